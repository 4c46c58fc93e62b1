"""What the families share: running tools, reading what they wrote, pairing designs."""

import itertools
import random
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from cases import Site  # noqa: E402
from pages import Field, Page  # noqa: E402
from xpaths import selected  # noqa: E402

HERE = Path(__file__).resolve().parent


def run(command, **options):
    """Runs a tool; what it says is shown only when it fails, and then the family goes on without its pages."""
    done = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors='replace',
                          **options)
    if done.returncode != 0:
        print(f'  {Path(str(command[0])).name}: exit {done.returncode}: {done.stdout[-400:]}', file=sys.stderr)
    return done.returncode == 0


def read(path):
    return Path(path).read_text(encoding='utf-8', errors='replace')


def folder_pages(folder, pattern='*.html'):
    return {p.stem: read(p) for p in sorted(Path(folder).glob(pattern))}


def pairings(name, designs, fields, count):
    """Sites for `count` ordered pairs of designs, drawn by the name; each design is old as often as it is new."""
    names = sorted(n for n in designs if designs[n])
    random.Random(name).shuffle(names)
    pairs = [(names[i], names[(i + step) % len(names)]) for step in range(1, len(names)) for i in range(len(names))]
    for old, new in itertools.islice(pairs, count):
        yield Site(f'{name}/{old}-{new}', designs[old], designs[new], fields)


def harvest(pages, rules):
    """Fields of pages whose markup says what is what: rules are field name to (XPath, 'text', 'list' or 'image')."""
    fields = {}
    for name, markup in pages.items():
        page = Page(markup)
        fields[name] = {}
        for field, (xpath, kind) in rules.items():
            found = selected(page, xpath)
            texts = [page.key_of(e, 'image') if kind == 'image' else page.text_of(e) for e in found]
            texts = [t for t in texts if t.strip()]
            if texts and (kind != 'list' or len(texts) > 1):
                fields[name][field] = Field(texts if kind == 'list' else texts[:1], 'image' if kind == 'image' else 'text')
    return fields
