"""Cases in the format of EVOLUTION/cases.jsonl from sites rendered in two designs."""

import hashlib
import random
from collections import Counter
from dataclasses import dataclass

from pages import Field, Page, text_key, write_path, path_of
from xpaths import selected, several, write_xpath

OLD_PAGES = 2  # of each site, each with its own and with another page's content in the new design
LARGEST_PAGE = 400_000
LEAST_FOUND = 0.7  # of the values of a list, for the list to be in the new design at all
NUMBERING = 3  # letters and digits that a design may add to a text without it being another one
STYLES = ('abs', 'rel')
CASES_OF_SITE = 24  # so that no site outweighs the others


@dataclass
class Site:
    """The same contents in two designs: page name to markup, page name to {field name: Field}."""
    name: str
    old: dict
    new: dict
    fields: dict


def shape_of(page):
    return {(write_path([(t, None) for t, _ in path_of(e)]), e.get('class')) for e in page.order}


def true_keys(page, field):
    """Per value on the page the keys that count as it, and keys that count neither way; None where the page lacks it."""
    truth, ignore, found = [], set(), 0
    near = {}
    for key in field.keys:
        keys = [key] if page.elements(key, field.kind) else []
        if not keys and field.kind != 'image' and len(key) >= 4:
            near = near or {k: e for k, e in page.key_to_elements.items()}
            close = [k for k in near if key in k and (k.startswith(key) or k.endswith(key)) and len(k) - len(key) <= max(6, len(key) // 3)]
            keys = [min(close, key=len)] if close else []
        if not keys:
            continue
        found += 1
        for e in page.elements(keys[0], field.kind):
            for above in e.iterancestors():
                longer = page.element_to_key.get(above, '')
                extra = len(longer) - len(keys[0])
                if field.kind == 'image' or not 0 < extra or len(longer) > 2 * len(keys[0]) + 12:
                    break
                if extra <= NUMBERING:
                    keys.append(longer)
                else:
                    ignore.add(longer)
        truth.append(sorted(set(keys), key=keys.index))
    if found < LEAST_FOUND * len(field.keys):
        return None
    return truth, sorted((ignore | field.also_keys) - {k for keys in truth for k in keys})


def hits(page, elements, kind, truth, ignore):
    """tp, fp, fn of elements, as the scorer counts."""
    free, fp = list(range(len(truth))), 0
    for e in elements:
        key = page.key_of(e, kind)
        hit = next((i for i in free if key in truth[i]), None)
        if hit is not None:
            free.remove(hit)
        elif key not in ignore:
            fp += 1
    return len(truth) - len(free), fp, len(free)


def expressible(page, field, truth):
    """Whether an XPath a person could write selects the true elements and nothing else."""
    if len(field.values) == 1:
        return True
    present = Field([keys[0] for keys in truth], field.kind)
    present.keys, present.also_keys = [keys[0] for keys in truth], field.also_keys
    return any(several(page, present, style) for style in STYLES)


def usable(field):
    keys = Counter(field.keys)
    return all(keys) and (len(field.values) == 1 and len(field.keys[0]) >= 3
                          or len(field.values) >= 2 and max(keys.values()) <= 0.5 * len(field.keys))


class Maker:
    def __init__(self):
        self.cases, self.pages, self.parsed, self.dropped = [], {}, {}, Counter()

    def page(self, markup):
        name = hashlib.sha1(markup.encode()).hexdigest()
        if name not in self.parsed:
            self.parsed[name] = Page(markup)
            self.pages[name] = self.parsed[name].markup
        return name, self.parsed[name]

    def add(self, site):
        names = sorted(n for n in site.fields if n in site.old and n in site.new
                       and max(len(site.old[n]), len(site.new[n])) <= LARGEST_PAGE)
        if len(names) < 2:
            self.dropped['site of fewer than two pages'] += 1
            return
        random.Random(site.name).shuffle(names)
        first = len(self.cases)
        for number, name in enumerate(names[:OLD_PAGES]):
            others = [n for n in names if n != name]
            other = others[number % len(others)]
            further = others[(number + 1) % len(others)]
            old_name, old = self.page(site.old[name])
            for target in (name, other):
                new_name, new = self.page(site.new[target])
                change = shape_change(old, new)
                for field_name, field in site.fields[name].items():
                    if target != name and field_name not in site.fields[target] or not usable(field):
                        continue
                    wanted = site.fields[target][field_name]
                    for style in STYLES:
                        self.add_case(site, field_name, style, field, wanted, target == name, (old_name, old), (new_name, new),
                                      change, further if further != target else None)
        made = self.cases[first:]
        if len(made) > CASES_OF_SITE:
            made = random.Random(site.name).sample(made, CASES_OF_SITE)
        self.cases[first:] = sorted(made, key=lambda c: c['case'])
        self.parsed.clear()

    def add_case(self, site, field_name, style, field, wanted, same, old, new, change, further):
        xpath = write_xpath(old[1], field, style) if usable(wanted) else None
        found = true_keys(new[1], wanted) if xpath else None
        if not found or len(wanted.values) > 1 and len(found[0]) < 2 or not expressible(new[1], wanted, found[0]):
            self.dropped['no XPath on the old page' if not xpath else 'not on the new page' if not found else
                         'no XPath could say it on the new page'] += 1
            return
        truth, ignore = found
        tp, fp, fn = hits(new[1], selected(new[1], xpath), wanted.kind, truth, ignore)
        status = 'broken' if not selected(new[1], xpath) else 'unbroken' if tp and not fp and not fn else 'silently_wrong'
        case = dict(case=len(self.cases), site=site.name, field='image' if field.kind == 'image' else field_name, style=style,
                    kind='two_designs' if same else 'other_content', same_recipe=same, old_page=old[0], new_page=new[0],
                    old_date='2020-01-01', new_date='2024-01-01', change=change, xpath_old=xpath,
                    old_values=[' '.join(v.lower().split()) for v in field.values], status_on_new=status, truth=truth,
                    ignore=ignore)
        if further and field_name in site.fields[further] and usable(site.fields[further][field_name]):
            name, page = self.page(site.new[further])
            there = true_keys(page, site.fields[further][field_name])
            if there:
                case.update(further_page=name, further_truth=there[0], further_ignore=there[1])
        self.cases.append(case)


def shape_change(old, new):
    a, b = shape_of(old), shape_of(new)
    return round(1 - len(a & b) / (len(a | b) or 1), 4)
