#!/usr/bin/env python3
"""Packs the folder bundle/ into a ZIP that Superset imports:  bundle.py OUTPUT.zip [DATABASE_URI]

DATABASE_URI is where Superset finds the database, in SQLAlchemy's words: postgresql+psycopg2://dashboard@host:5432/films
"""

import json
import sys
import zipfile
from pathlib import Path

import yaml

FOLDER = Path(__file__).resolve().parent / 'bundle'


def pack(output, database_uri=None, folder=FOLDER):
    """Writes the ZIP of a folder and returns its path. Query contexts are mappings here, for people; Superset wants them as JSON."""
    with zipfile.ZipFile(output, 'w', zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob('*.yaml')):
            content = yaml.safe_load(path.read_text(encoding='utf-8'))
            if content.get('query_context') is not None:
                content['query_context'] = json.dumps(content['query_context'], ensure_ascii=False)
            if database_uri is not None and 'sqlalchemy_uri' in content:
                content['sqlalchemy_uri'] = database_uri
            archive.writestr(f'bundle/{path.relative_to(folder)}', yaml.safe_dump(content, allow_unicode=True, sort_keys=False))
    return Path(output)


def main(argv):
    if len(argv) not in (1, 2):
        sys.exit(__doc__)
    print(pack(*argv))


if __name__ == '__main__':
    main(sys.argv[1:])
