"""The PostgreSQL manual as Debian packages it: where it is, and how many SQL commands its files describe."""

import re
import subprocess
from pathlib import Path

PACKAGE = 'postgresql-doc-15'
CONTENTS = 'sql-commands.html'


def find(folder):
    """The folder of the manual's pages. Machines may leave out documentation when they install a package (containers do);
    then the package is unpacked into `folder`."""
    installed = subprocess.run(['dpkg', '-L', PACKAGE], capture_output=True, text=True).stdout.split('\n')
    for path in map(Path, installed):
        if path.name == CONTENTS and path.is_file():
            return path.parent
    unpacked = Path(folder) / 'manual'
    pages = unpacked / 'usr' / 'share' / 'doc' / PACKAGE / 'html'
    if not (pages / CONTENTS).is_file():
        unpacked.mkdir(parents=True, exist_ok=True)
        _run(['apt-get', '-q', 'download', PACKAGE], unpacked)
        _run(['dpkg-deb', '-x', str(next(unpacked.glob('*.deb'))), '.'], unpacked)
    return pages


def count_commands(pages):
    """Reference pages one level below the table of contents of SQL commands, counted in the files."""
    texts = (path.read_text(encoding='utf-8') for path in Path(pages).glob('*.html'))
    return sum(1 for text in texts if 'class="refentry"' in text and re.search(f'accesskey="u" href="{CONTENTS}"', text))


def _run(command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f'{" ".join(command)} failed: {done.stderr.strip()}\nInstall package {PACKAGE}.')
