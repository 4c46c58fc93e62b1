"""What others do when an XPath breaks, over the trees that webwrap parsed: the peers of adapt.py.

* tree matching alone (Ferrara and Baumgartner 2011): the subtree of the new page most similar to the one selected on the old
  page, and its siblings of the same tag when several were selected;
* the same with climbing: where that match is not unique, the smallest ancestor whose match is, aligned with its match node by
  node, and what was selected followed through the alignment;
* attribute relocation, the idea of Scrapling's adaptive selection: the unweighted mean of the similarity ratios of tag, text,
  attributes, class, id, href, src, path, parent and siblings, over all elements of the page.

Each is called with the old elements and the new tree and returns elements of the new tree.
"""

import difflib
import functools
import sys
import time
from pathlib import Path

import psycopg
from lxml import etree, html

SKIP = {'head', 'script', 'style', 'noscript', 'template', 'meta', 'link', 'title', 'base'}
sys.setrecursionlimit(10_000)  # alignment goes as deep as a page
LARGEST_EXAMPLE = 2000  # elements of an ancestor that is still compared
LEAST_SIMILAR = 0.0
EXAMPLES = 6  # of a list that are relocated
LEAST_RELOCATED = 0.4  # Scrapling's default


class Pages:
    """Trees of webwrap's parser, and its measures, by page."""

    def __init__(self, session, folder):
        self.session, self.folder, self.texts, self.trees = session, Path(folder), {}, {}

    def text(self, name):
        if name not in self.texts:
            self.texts[name] = (self.folder / f'{name}.html').read_text(encoding='utf-8', errors='replace').replace('\0', '\ufffd')
        return self.texts[name]

    def tree(self, name):
        if name not in self.trees:
            xml = self.session.execute('SELECT webwrap.as_xml(%s)::text', (self.text(name),)).fetchone()[0]
            self.trees[name] = etree.fromstring(xml, etree.XMLParser(huge_tree=True, remove_comments=True, remove_pis=True))
        return self.trees[name]

    def similar(self, name, element, measure, options):
        """[(element, similarity)] of the new page, best first."""
        try:
            rows = self.session.execute(
                'SELECT s.xpath, s.similarity FROM webwrap.similar_nodes(%s, %s, %s, %s, %s::jsonb) s LIMIT 2',
                (self.text(name), outer_html(element), LEAST_SIMILAR, measure, options)).fetchall()
        except psycopg.errors.ProgramLimitExceeded:  # too deep or too large for a comparison
            return []
        tree = self.tree(name).getroottree()
        return [(found[0], similarity) for xpath, similarity in rows if (found := tree.xpath(xpath))]


def outer_html(element):
    return html.tostring(element, encoding='unicode', with_tail=False)


def elements_of(tree):
    return [e for e in tree.iter() if isinstance(e.tag, str)]


def step_of(element):
    parent = element.getparent()
    alike = [c for c in parent if c.tag == element.tag] if parent is not None else [element]
    return element.tag, alike.index(element) + 1 if len(alike) > 1 else None


def path_of(element):
    return [step_of(e) for e in [*list(element.iterancestors())[::-1], element]]


def generalised(tree, elements):
    """(XPath, elements): of the largest group alike in tags one path in which differing positions are free."""
    groups = {}
    for element in dict.fromkeys(elements):
        steps = path_of(element)
        groups.setdefault(tuple(tag for tag, _ in steps), []).append(steps)
    if not groups:
        return None, []
    steps = [(column[0][0], column[0][1] if len({position for _, position in column}) == 1 else None)
             for column in zip(*max(groups.values(), key=len))]
    xpath = ''.join(f'/{tag}' + (f'[{position}]' if position else '') for tag, position in steps)
    return xpath, tree.getroottree().xpath(xpath)


def alone(pages, old, new_name, measure, options):
    found = pages.similar(new_name, old[0], measure, options)
    if not found:
        return None, []
    best = found[0][0]
    return generalised(pages.tree(new_name), [best] if len(old) == 1 else [c for c in best.getparent() if c.tag == best.tag])


def alignment(a, b, clustered):
    """{id of element of a: element of b}: the alignment of greatest weight that keeps levels, tags and order."""
    @functools.lru_cache(maxsize=None)
    def weight(x, y):
        if x.tag != y.tag:
            return 0.0
        value = table(x, y)[-1][-1]
        if not clustered:
            return value + 1
        return value / max(len(x), len(y)) if len(x) and len(y) else float(not len(x) and not len(y))

    @functools.lru_cache(maxsize=None)
    def table(x, y):
        rows = [[0.0] * (len(y) + 1)]
        for child in x:
            row = [0.0]
            for j, other in enumerate(y):
                row.append(max(row[j], rows[-1][j + 1], rows[-1][j] + weight(child, other)))
            rows.append(row)
        return rows

    mapped, pending = {}, [(a, b)]
    while pending:
        x, y = pending.pop()
        mapped[x] = y
        rows, i, j = table(x, y), len(x), len(y)
        while i and j:
            if rows[i][j] == rows[i - 1][j]:
                i -= 1
            elif rows[i][j] == rows[i][j - 1]:
                j -= 1
            else:
                i, j = i - 1, j - 1
                pending.append((x[i], y[j]))
    return mapped


def common_ancestor(elements):
    chains = [[*list(e.iterancestors())[::-1], e] for e in elements]
    shared = [level[0] for level in zip(*chains) if all(e is level[0] for e in level)]
    return shared[-1]


def climbing(pages, old, new_name, measure, options):
    top = common_ancestor(old)
    while top is not None and len(elements_of(top)) <= LARGEST_EXAMPLE:
        found = pages.similar(new_name, top, measure, options)
        if found and (len(found) == 1 or found[0][1] > found[1][1] + 1e-9):
            if len(elements_of(found[0][0])) > 4 * LARGEST_EXAMPLE:
                break
            mapped = alignment(top, found[0][0], measure == 'clustered')
            targets = [mapped[e] for e in old if e in mapped]
            if targets:
                return generalised(pages.tree(new_name), targets)
        top = top.getparent()
    return None, []


@functools.lru_cache(maxsize=1 << 18)
def ratio(a, b):
    return 1.0 if a == b else difflib.SequenceMatcher(None, a, b).ratio()


def mapping_ratio(a, b):
    return (ratio(tuple(a), tuple(b)) + ratio(tuple(a.values()), tuple(b.values()))) / 2


def described(element):
    parent = element.getparent()
    text = lambda e: (e.text or '').strip()  # noqa: E731
    return {
        'tag': element.tag, 'text': text(element), 'attributes': {k: v.strip() for k, v in element.attrib.items() if v},
        'path': tuple(e.tag for e in [*list(element.iterancestors())[::-1], element]),
        'parent': None if parent is None else (parent.tag, dict(parent.attrib), text(parent)),
        'siblings': () if parent is None else tuple(c.tag for c in parent if c is not element and isinstance(c.tag, str)),
    }


def relocation_score(old, new):
    scores = [float(old['tag'] == new['tag'])]
    if old['text']:
        scores.append(ratio(old['text'], new['text']))
    scores.append(mapping_ratio(old['attributes'], new['attributes']))
    scores.extend(ratio(old['attributes'][name], new['attributes'].get(name, '')) for name in ('class', 'id', 'href', 'src')
                  if name in old['attributes'])
    scores.append(ratio(old['path'], new['path']))
    if old['parent'] and new['parent']:
        scores.append(ratio(old['parent'][0], new['parent'][0]))
        scores.append(mapping_ratio(old['parent'][1], new['parent'][1]))
        if old['parent'][2]:
            scores.append(ratio(old['parent'][2], new['parent'][2]))
    if old['siblings']:
        scores.append(ratio(old['siblings'], new['siblings']))
    return sum(scores) / len(scores)


@functools.lru_cache(maxsize=8)
def described_all(tree):
    return [(e, described(e)) for e in elements_of(tree) if e.tag not in SKIP]


def relocated(tree, element):
    old = described(element)
    best, found = 0.0, None
    for candidate, new in described_all(tree):
        score = relocation_score(old, new)
        if score > best:
            best, found = score, candidate
    return found if best >= LEAST_RELOCATED else None


def relocation_first(pages, old, new_name):
    tree = pages.tree(new_name)
    found = relocated(tree, old[0])
    return generalised(tree, [found]) if found is not None else (None, [])


def relocation_list(pages, old, new_name):
    """Of an even choice of the elements of a list each is relocated; what the places have in common is the list."""
    tree = pages.tree(new_name)
    picked = [old[i * len(old) // min(len(old), EXAMPLES)] for i in range(min(len(old), EXAMPLES))]
    found = [e for e in (relocated(tree, element) for element in picked) if e is not None]
    return generalised(tree, found)


LEAF = '{"leaf": "both"}'
BASELINES = {
    'simple-alone': functools.partial(alone, measure='simple', options='{}'),
    'clustered-alone-printed': functools.partial(alone, measure='clustered', options='{}'),
    'clustered-alone': functools.partial(alone, measure='clustered', options=LEAF),
    'simple-climbing': functools.partial(climbing, measure='simple', options='{}'),
    'clustered-climbing-printed': functools.partial(climbing, measure='clustered', options='{}'),
    'clustered-climbing': functools.partial(climbing, measure='clustered', options=LEAF),
    'relocation-first': relocation_first,
    'relocation-list': relocation_list,
}


def run(baseline, session, cases, folder):
    """What score.py's own run returns, answered by a baseline: {case: {xpath, confidence, nodes, holds, ms, error}}."""
    answers, known = {}, {}
    pages, site = None, None
    for case in cases:
        if case['site'] != site:  # the trees of one site at a time
            pages, site, known = Pages(session, folder), case['site'], {}
        answer = dict(xpath=None, confidence=None, nodes=None, holds=None, ms=None, error=None)
        answers[case['case']] = answer
        if case['status_on_new'] == 'unbroken':
            continue
        old = [e for e in pages.tree(case['old_page']).getroottree().xpath(case['xpath_old']) if isinstance(e, etree._Element)]
        if not old:
            answer['error'] = 'the XPath selects nothing on the old page'
            continue
        key = (case['old_page'], case['new_page'], tuple(map(old[0].getroottree().getpath, old)))
        if key not in known:
            start = time.perf_counter()
            xpath, nodes = baseline(pages, old, case['new_page'])
            known[key] = xpath, [outer_html(e) for e in nodes], (time.perf_counter() - start) * 1000
        answer['xpath'], answer['nodes'], answer['ms'] = known[key]
    return answers
