"""Manual pages in several languages by mandoc, groff, man2html and pandoc."""

import gzip
import re
import subprocess

from families.common import harvest, pairings

LANGUAGES = ('de', 'fr', 'es', 'ja', 'pl', 'ru', 'it', 'pt_BR', 'zh_CN')
PAGES = 6  # of each language
PAIRS = 2
SIZES = range(3_000, 40_000)  # bytes of source: neither stubs nor books
REDIRECTION = re.compile(r'^\.so ', re.M)
RULES = {
    'title': ("//td[@class='head-ltitle']", 'text'),
    'volume': ("//td[@class='head-vol']", 'text'),
    'date': ("//td[@class='foot-date']", 'text'),
    'name_line': ("//section[1]/p[1]", 'text'),
    'sections': ("//h1[@class='Sh']", 'list'),
    'terms': ('//section/dl/dt', 'list'),
}


def render(source, target):
    """Writes the page in each design; returns {design: markup}."""
    markup = {}
    for design, command in (
            ('mandoc', ['mandoc', '-K', 'utf-8', '-T', 'html', source]),
            ('groff', ['groff', '-k', '-K', 'utf8', '-t', '-mandoc', '-T', 'html', source]),
            ('man2html', ['man2html', '-r', source]),
            ('pandoc', ['pandoc', '-f', 'man', '-t', 'html5', '-s', '--toc', source]),
            ('pandoc4', ['pandoc', '-f', 'man', '-t', 'html4', '-s', '--section-divs', '--shift-heading-level-by=1', source])):
        path = target / f'{source.stem}.{design}.html'
        with open(path, 'wb') as out:
            done = subprocess.run([str(c) for c in command], stdout=out, stderr=subprocess.DEVNULL)
        text = path.read_text(encoding='utf-8', errors='replace')
        if done.returncode == 0 and len(text) > 1500:
            markup[design] = re.sub(r'^Content-type:.*\n', '', text)
    return markup


def sites(tools, work):
    for language in LANGUAGES:
        designs, folder = {}, work / language
        folder.mkdir(exist_ok=True)
        taken = 0
        for packed in sorted((tools / f'deb/usr/share/man/{language}').glob('man[18]/*.gz')):
            source = gzip.decompress(packed.read_bytes())
            if len(source) not in SIZES or REDIRECTION.search(source.decode('utf-8', 'replace')) or source.count(b'\n.TP') < 4:
                continue
            plain = folder / packed.name[:-3]
            plain.write_bytes(source)
            for design, markup in render(plain, folder).items():
                designs.setdefault(design, {})[plain.name] = markup
            taken += 1
            if taken == PAGES:
                break
        yield from pairings(f'man-{language}', designs, harvest(designs.get('mandoc', {}), RULES), PAIRS)
