#!/usr/bin/env python3
"""Writes the pages:  scenario_pages.py SEED OUTPUT_FOLDER

For each scenario OUTPUT_FOLDER gets stored.html, the page that the wrapper was written for, 1.html to 10.html, the same site
later with other records and mild changes of layout, and records.json: the XPath of the records on the stored page, and the
positional paths of the true records of each page. The same seed gives the same bytes.
"""

import json
import random
import sys
from pathlib import Path
from xml.etree.ElementTree import Element, tostring

sys.path.insert(0, str(Path(__file__).resolve().parent))
from scenarios import SCENARIOS, link, node, words  # noqa: E402

PAGES = 10


def page_of(scenario, draw):
    """(tree, records) in the layout of the stored page."""
    records = [scenario.record(draw) for _ in range(scenario.records)]
    body = node('body', *scenario.around(draw, records))
    return node('html', node('head', node('title', scenario.name)), body), records


# -- mild changes: each takes (tree, records, random) and changes the tree in place

def rename_classes(tree, records, draw):
    """The site was restyled: about half of the class names are others."""
    names = sorted({e.get('class') for e in tree.iter() if e.get('class')})
    new = {name: f'{draw.choice("abcdxyz")}-{name}' for name in names if draw.random() < 0.5}
    for element in tree.iter():
        if element.get('class') in new:
            element.set('class', new[element.get('class')])


def add_part(tree, records, draw):
    """Each record got a button or a note."""
    text = words(draw, 1, 1)
    for record in records:
        record[-1].append(node('span', link(draw, text), class_='extra'))


def drop_part(tree, records, draw):
    """A part of the record is no longer shown where it was empty or old: in some of the records."""
    for record in records:
        inner = [e for e in record.iter() if len(e) > 2 and e.tag not in ('tr', 'tbody')]
        if inner and draw.random() < 0.2:
            parent = draw.choice(inner)
            parent.remove(parent[-1])


def permute_parts(tree, records, draw):
    """The last part of each record went to the front."""
    for record in records:
        if len(record) > 1 and record.tag != 'tr':
            last = record[-1]
            record.remove(last)
            record.insert(0, last)


def wrap_list(tree, records, draw):
    """A level more around the list."""
    body = tree[1]
    for i, block in enumerate(list(body)):
        if any(record in list(block.iter()) for record in records[:1]):
            body.remove(block)
            body.insert(i, node('div', block, class_='wrap'))


def insert_block(tree, records, draw):
    """An advertisement or a notice above the list."""
    body = tree[1]
    body.insert(draw.randint(1, len(body) - 1), node('div', node('h4', words(draw, 1, 3)), node('p', words(draw, 5, 12)), class_='notice'))


def move_side(tree, records, draw):
    """What stood below or beside the list stands above it, or the other way round."""
    body = tree[1]
    block = body[draw.randint(1, len(body) - 2)]
    body.remove(block)
    body.insert(draw.randint(1, len(body) - 1), block)


def wrap_part(tree, records, draw):
    """A level more inside of each record, around its first part."""
    for record in records:
        if record.tag != 'tr':
            first = record[0]
            record.remove(first)
            record.insert(0, node('div', first, class_='inner'))


CHANGES = ((rename_classes, 0.5), (add_part, 0.2), (drop_part, 0.3), (permute_parts, 0.05), (wrap_list, 0.3), (insert_block, 0.5),
           (move_side, 0.3), (wrap_part, 0.05))


# -- writing

def paths_of(tree, wanted):
    """Positional paths of elements, in document order."""
    paths, wanted = [], set(map(id, wanted))

    def walk(element: Element, path):
        if id(element) in wanted:
            paths.append(path)
        counts = {}
        for child in element:
            counts[child.tag] = counts.get(child.tag, 0) + 1
            walk(child, f'{path}/{child.tag}[{counts[child.tag]}]')
    walk(tree, f'/{tree.tag}')
    return paths


def stored_xpath(tree, records):
    """The XPath of the records as a person would write it: from the nearest id above, by class."""
    above = {child: parent for parent in tree.iter() for child in parent}
    step, element = f"//{records[0].tag}[@class='{records[0].get('class')}']", above[records[0]]
    while not element.get('id'):
        element = above[element]
    return f"//{element.tag}[@id='{element.get('id')}']{step}"


def write(path, tree):
    path.write_text('<!DOCTYPE html>\n' + tostring(tree, encoding='unicode', method='html') + '\n', encoding='utf-8')


def generate(seed, output):
    """Writes all scenarios below a folder; returns [(scenario, its folder)]."""
    made = []
    for scenario in SCENARIOS:
        folder = Path(output) / scenario.name.replace(' ', '-')
        folder.mkdir(parents=True, exist_ok=True)
        tree, records = page_of(scenario, random.Random(f'{seed} {scenario.name} stored'))
        write(folder / 'stored.html', tree)
        description = {'xpath': stored_xpath(tree, records), 'pages': []}
        for number in range(1, PAGES + 1):
            draw = random.Random(f'{seed} {scenario.name} {number}')
            tree, records = page_of(scenario, draw)
            changed = [change for change, share in CHANGES if draw.random() < share]
            for change in changed:
                change(tree, records, draw)
            write(folder / f'{number}.html', tree)
            description['pages'].append({'file': f'{number}.html', 'changes': [c.__name__ for c in changed], 'records': paths_of(tree, records)})
        (folder / 'records.json').write_text(json.dumps(description, indent=1) + '\n')
        made.append((scenario, folder))
    return made


if __name__ == '__main__':
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    generate(sys.argv[1], sys.argv[2])
