#!/usr/bin/env python3
"""Writes the install script of webwrap_jinja: bundle.py SCRIPT.sql... > webwrap_jinja--VERSION.sql

The modules of webwrap_jinja/ take the place of @SOURCES@, in the order in which they can be loaded, and @DIGEST@ is theirs.
"""

import ast
import hashlib
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent / 'webwrap_jinja'


def needs(source):
    """Modules of the package that a module imports at its top."""
    found = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.ImportFrom) and (node.module or '').startswith('webwrap_jinja'):
            parts = node.module.split('.')
            found.update(parts[1:2] or (alias.name for alias in node.names))
    return found


def ordered(sources):
    """Names, each after what it needs."""
    done, left = [], dict(sources)
    while left:
        ready = sorted(name for name, source in left.items() if needs(source) <= set(done))
        if not ready:
            raise SystemExit(f'bundle: {", ".join(sorted(left))} import one another')
        done += ready
        for name in ready:
            del left[name]
    return done


def main(paths):
    sources = {path.stem: path.read_text(encoding='utf-8') for path in PACKAGE.glob('*.py') if path.stem != '__init__'}
    if any('$module$' in source for source in sources.values()):
        raise SystemExit('bundle: a module contains $module$')
    parts = [f"    pg_catalog.jsonb_build_array('{name}', $module${sources[name]}$module$)" for name in ordered(sources)]
    listed = ',\n'.join(parts)
    digest = hashlib.sha256(listed.encode()).hexdigest()[:16]
    for path in paths:
        script = Path(path).read_text(encoding='utf-8')
        sys.stdout.write(script.replace('@SOURCES@', listed).replace('@DIGEST@', digest))


if __name__ == '__main__':
    main(sys.argv[1:])
