#!/usr/bin/env python3
"""Generated pages of known templates, grouped in one statement by webwrap.template_clusters.

Each site has a frame (head, navigation, footer) that its templates share and some templates of its own. A page of a
template has lists and tables of different lengths, parts that only some pages have, and other words. The peer is a
PL/Python function that reads pages with lxml and compares the same sets, each element's tag and classes with those of its two
ancestors, with every representative: what one would write first. It gets the first of the same pages.
"""

import argparse
import random
import threading
import time
from pathlib import Path

from lxml import etree

from common import connect, cpu_seconds, create_extension, fail, print_bench

WORDS = ['alder', 'birch', 'cedar', 'drift', 'ember', 'fjord', 'grove', 'heath', 'inlet', 'juniper', 'knoll', 'larch']
TAGS = ['div', 'section', 'article', 'aside', 'p', 'span', 'h2', 'h3', 'figure', 'em']
SETUP = r"""
CREATE EXTENSION IF NOT EXISTS plpython3u;
DROP TABLE IF EXISTS generated_page;
CREATE UNLOGGED TABLE generated_page (number int, template int, html text);
CREATE OR REPLACE FUNCTION lxml_clusters(pages int, threshold float8) RETURNS TABLE (number int, cluster int)
LANGUAGE plpython3u AS $$
import re
import lxml.html
def features(html):
    root = lxml.html.document_fromstring(html)
    labels = {}
    found = set()
    for element in root.iter(lxml.etree.Element):
        label = (element.tag, frozenset(re.sub('[0-9]+', '', element.get('class') or '').split()))
        parent = element.getparent()
        above = parent.getparent() if parent is not None else None
        labels[element] = label
        found.add((label, labels.get(parent), labels.get(above)))
    return found
representatives = []
for row in plpy.cursor('SELECT number, html FROM generated_page ORDER BY number LIMIT %d' % pages):
    mine = features(row['html'])
    similar, best = max(((len(mine & other) / len(mine | other), -i) for i, other in enumerate(representatives)),
                        default=(0, 0))
    if similar < threshold:
        best = -len(representatives)
        representatives.append(mine)
    yield row['number'], -best
$$;
"""
# Pairs of pages: of one template and cluster, of one template, of one cluster.
PAIRS = """
WITH place AS (SELECT p.template, c.cluster FROM {clusters} c JOIN generated_page p USING (number)),
     cell AS (SELECT count(*)::numeric AS n FROM place GROUP BY template, cluster),
     row AS (SELECT count(*)::numeric AS n FROM place GROUP BY template),
     col AS (SELECT count(*)::numeric AS n FROM place GROUP BY cluster)
SELECT (SELECT sum(n * (n - 1)) FROM cell) / 2, (SELECT sum(n * (n - 1)) FROM row) / 2,
       (SELECT sum(n * (n - 1)) FROM col) / 2, (SELECT count(*)::numeric FROM place), (SELECT count(*) FROM row),
       (SELECT count(*) FROM col)
"""


class Block:
    """A part of a template: fixed markup around words, a list of rows, and whether each page has it."""

    def __init__(self, dice, name, depth=0):
        self.tag = dice.choice(TAGS)
        self.classes = f'{name}-{dice.choice(WORDS)}-{dice.choice("abcdefgh")}'
        self.is_optional = depth > 0 and dice.random() < 0.15
        self.is_list = dice.random() < 0.25
        self.children = [Block(dice, name, depth + 1) for _ in range(dice.randint(1, 4) if depth < 3 else 0)]

    def render(self, dice, out):
        if self.is_optional and dice.random() < 0.5:
            return
        out.append(f'<{self.tag} class="{self.classes}">')
        for _ in range(dice.randint(1, 6) if self.is_list else 1):
            out.append(' '.join(dice.choices(WORDS, k=4)))
            for child in self.children:
                child.render(dice, out)
        out.append(f'</{self.tag}>')


def make_templates(dice, sites, per_site):
    """Lists of blocks; those of one site share the first and the last."""
    for site in range(sites):
        frame = [Block(dice, f'frame{chr(97 + site % 26)}') for _ in range(2)]
        for number in range(per_site):
            own = [Block(dice, f't{chr(97 + number)}{chr(97 + site // 26 % 26)}') for _ in range(3)]
            yield [frame[0], *own, frame[1]]


def make_page(dice, template, number):
    out = [f'<!doctype html><html><head><title>{number}</title></head><body class="page-{number}">']
    for block in template:
        block.render(dice, out)
    return ''.join(out) + '</body></html>'


def load(session, pages, sites, per_site, seed):
    dice = random.Random(seed)
    templates = list(make_templates(dice, sites, per_site))
    weights = [1 / (1 + i % 40) for i in range(len(templates))]  # some have many pages, most have few
    size_bytes = 0
    with session.cursor().copy('COPY generated_page FROM STDIN') as copy:
        for number in range(pages):
            template = dice.choices(range(len(templates)), weights)[0]
            html = make_page(dice, templates[template], number)
            size_bytes += len(html)
            copy.write_row((number, template, html))
    session.execute('VACUUM ANALYZE generated_page')
    return size_bytes


class MemoryWatch(threading.Thread):
    """The most memory of its own that a process has at a time, in MB."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.status = Path(f'/proc/{pid}/status')
        self.start_mb = self.peak_mb = self.now_mb()
        self.is_over = threading.Event()
        self.start()

    def now_mb(self):
        return int(self.status.read_text().split('RssAnon:')[1].split()[0]) / 1024

    def run(self):
        while not self.is_over.wait(0.05):
            self.peak_mb = max(self.peak_mb, self.now_mb())

    def stop(self):
        self.is_over.set()
        self.join()
        return max(self.peak_mb, self.now_mb()) - self.start_mb


def agreement(session, clusters):
    """Precision and recall of pairs, the adjusted Rand index, and the numbers of templates and clusters."""
    both, same_template, same_cluster, count, templates, found = session.execute(PAIRS.format(clusters=clusters)).fetchone()
    expected = same_template * same_cluster / (count * (count - 1) / 2)
    rand = (both - expected) / ((same_template + same_cluster) / 2 - expected)
    return (f'{templates} templates, {found} clusters, pair precision {both / same_cluster:.4f}, recall '
            f'{both / same_template:.4f}, adjusted Rand index {rand:.4f}'), float(rand)


def run(name, statement, pages):
    """Runs it in a session of its own; returns CPU seconds for each page."""
    with connect() as session:
        pid = session.info.backend_pid
        memory, cpu, wall = MemoryWatch(pid), cpu_seconds(pid), time.monotonic()
        session.execute(f'CREATE UNLOGGED TABLE {name}_result AS {statement}')
        wall, cpu = time.monotonic() - wall, cpu_seconds(pid) - cpu
        print(f'  {name:24} {pages} pages in {wall:.1f} s, {pages / wall:.0f} pages/s, {pages / cpu:.0f} pages per CPU second, '
              f'{memory.stop():.1f} MB of memory at most', flush=True)
        return cpu / pages


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--pages', type=int, default=100_000)
    parser.add_argument('--peer-pages', type=int, default=1_000)
    parser.add_argument('--sites', type=int, default=250)
    parser.add_argument('--templates', type=int, default=4, help='of each site')
    parser.add_argument('--threshold', type=float, default=0.5)
    parser.add_argument('--seed', type=int, default=1)
    options = parser.parse_args()
    session = connect()
    ours = create_extension(session)
    session.execute(SETUP)
    size_bytes = load(session, options.pages, options.sites, options.templates, options.seed)
    print(f'clusters: {options.pages} generated pages of {options.sites} sites with {options.templates} templates each, '
          f'{size_bytes / 1e6:.0f} MB, {size_bytes / options.pages / 1e3:.1f} kB a page')
    query = 'SELECT number::text, html FROM generated_page ORDER BY number'
    seconds = run('webwrap', f"SELECT url::int AS number, cluster FROM webwrap.template_clusters('{query}', "
                  f'{options.threshold})', options.pages)
    text, rand = agreement(session, 'webwrap_result')
    print(f'    {text}')
    peer = run('lxml', f'SELECT * FROM lxml_clusters({options.peer_pages}, {options.threshold})', options.peer_pages)
    print(f'    {agreement(session, "lxml_result")[0]}')
    if rand < 0.5:
        fail('the clusters are not those of the templates')
    print_bench('clusters', peer / seconds, f'plpython-lxml/{etree.__version__}')
    print(f'  ({ours})')


if __name__ == '__main__':
    main()
