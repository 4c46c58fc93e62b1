"""XPaths as a person would have written them on the old page: by position, or from the nearest id or class."""

import re
from collections import Counter

from pages import path_of, text_key, write_path

SIMPLE_NAME = re.compile(r'^[^"\'\[\]{}<>]+$')
HEADINGS = ('h1', 'h2', 'h3', 'h4', 'dt', 'th')
ASIDE = ('nav', 'footer', 'aside', 'head')
MOST_GROUPS = 12


def selected(page, xpath):
    """The elements that an XPath selects, in document order."""
    return [e for e in page.root.getroottree().xpath(xpath) if isinstance(getattr(e, 'tag', None), str)]


def rank(element):
    """The smaller, the more likely a person pointed at this occurrence of a text: headings first, asides last."""
    above = [element, *element.iterancestors()]
    tags = [e.tag for e in above]
    aside = any(t in ASIDE for t in tags)
    heading = next((HEADINGS.index(t) for t in tags[:3] if t in HEADINGS), len(HEADINGS))
    return aside, heading, -len(tags)


def anchors(page, element):
    """Nearest ancestors-or-self that carry an id or a class, as (ancestor, first step). An id that spells a text of the page is no
    name a person would have taken: it is another one on the next page."""
    found = []
    for e in [element, *element.iterancestors()]:
        if e.tag in ('html', 'body'):
            break
        for name in ('id', 'class'):
            value = e.get(name)
            if value and SIMPLE_NAME.match(value) and not (name == 'id' and text_key(value) in page.key_to_elements):
                found.append((e, f"//{e.tag}[@{name}='{value}']"))
    return found[:6]


def tail(ancestor, element):
    return path_of(element)[len(path_of(ancestor)):]


def merged(paths):
    """One path for several of the same length and tags: a position stays where all agree."""
    return [(steps[0][0], steps[0][1] if len({s[1] for s in steps}) == 1 else None) for steps in zip(*paths)]


def single(page, field, style):
    """An XPath that selects exactly one element with the text or image, or None."""
    for element in sorted(page.elements(field.keys[0], field.kind), key=rank)[:4]:
        if style == 'abs':
            return write_path(path_of(element))
        for ancestor, step in anchors(page, element):
            xpath = step + write_path(tail(ancestor, element))
            if selected(page, xpath) == [element]:
                return xpath
    return None


def groups(page, field):
    """Groups of elements, alike in their tags, that show the values, fullest first."""
    shape_to_elements = {}
    for key in dict.fromkeys(field.keys):
        for element in page.elements(key, field.kind):
            shape = tuple(tag for tag, _ in path_of(element))
            shape_to_elements.setdefault(shape, []).append(element)
    order = {e: i for i, e in enumerate(page.order)}
    found = []
    for elements in shape_to_elements.values():
        elements.sort(key=order.get)
        found.append(elements)
        for up in range(1, 8):  # the parts of it that share an ancestor
            parts = {}
            for e in elements:
                above = list(e.iterancestors())
                if len(above) > up:
                    parts.setdefault(above[up], []).append(e)
            if len(parts) > 1:
                found.extend(parts.values())
    want = Counter(field.keys)

    def misfit(elements):
        have = Counter(page.key_of(e, field.kind) for e in elements)
        return sum((want - have).values()) + sum((have - want).values())
    return [g for g in sorted(found, key=misfit) if misfit(g) <= 0.1 * len(field.keys)][:MOST_GROUPS]


def selects(page, xpath, group, field):
    found = selected(page, xpath)
    return found == group or bool(field.also_keys) and [e for e in found if e in group or page.key_of(e, field.kind)
                                                        not in field.also_keys] == group


def several(page, field, style):
    """An XPath that selects exactly one group of elements that shows the values, or None."""
    for group in groups(page, field):
        if style == 'abs':
            xpath = write_path(merged([path_of(e) for e in group]))
            if selects(page, xpath, group, field):
                return xpath
            continue
        for ancestor, step in anchors(page, group[0]):
            level = len(path_of(group[0])) - len(path_of(ancestor))
            tails = [path_of(e)[len(path_of(e)) - level:] for e in group]
            xpath = step + write_path(merged(tails) if level else [])
            if selects(page, xpath, group, field):
                return xpath
    return None


def write_xpath(page, field, style):
    return single(page, field, style) if len(field.values) == 1 else several(page, field, style)
