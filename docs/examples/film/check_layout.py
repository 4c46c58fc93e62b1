#!/usr/bin/env python3
"""Tells whether a layout still says everything:  check_layout.py LAYOUT_FOLDER [SEED]

For each attribute: how many values of the truth a reader can find on the listing page where their film is. A layout that
does not say everything (a rounded budget, say) cannot give the same answers; webwrap has to refuse it.
With --wrapper the XPaths of film.sql are run by lxml and compared with the truth: what the layout does to an old wrapper.
"""

import argparse
import csv
import re
import sys
import tempfile
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import lxml.html

sys.path.insert(0, str(Path(__file__).resolve().parent))
from catalogue import COLUMNS  # noqa: E402
from generate import TRUTH, LayoutError, find_layout, generate  # noqa: E402

HERE = Path(__file__).resolve().parent
NUMBERS = {'year', 'score', 'votes', 'budget', 'gross', 'runtime'}


def read_truth(site):
    with open(site / TRUTH, encoding='utf-8', newline='') as file:
        return list(csv.DictReader(file))


# -- is everything said?

def writings(column, value):
    """How a site may write a value so that it can be read back exactly."""
    if column == 'released':
        day = date.fromisoformat(value)
        return {value, f'{day:%B} {day.day}, {day.year}', f'{day:%b} {day.day}, {day.year}', f'{day.day} {day:%B} {day.year}',
                f'{day.day} {day:%b} {day.year}', f'{day:%d.%m.%Y}', f'{day:%m/%d/%Y}', f'{day:%d/%m/%Y}'}
    if column in NUMBERS:
        number = Decimal(value)
        written = {value, value.replace('.', ',')}
        if number == number.to_integral_value():
            grouped = f'{int(number):,}'
            written |= {str(int(number)), grouped, grouped.replace(',', '.'), grouped.replace(',', ' ')}
        return written
    return {value}


class Page:
    """All texts of a page that a reader or an XPath can take: text nodes and attributes, white space folded."""

    def __init__(self, path):
        self.texts = Counter()
        for element in parse(path).iter():
            if isinstance(element.tag, str) and element.tag not in ('script', 'style'):
                parts = [element.text, *(child.tail for child in element), *element.attrib.values()]
                self.texts.update(' '.join(part.split()) for part in parts if part and part.strip())
        self.joined = '\n'.join(self.texts.elements())

    def count(self, column, value, wanted):
        """Number of texts that hold the value, whole or as a word of its own between other words; at most `wanted`."""
        found = sum(self.texts[written] for written in writings(column, value))
        if found < wanted:
            words = '|'.join(map(re.escape, writings(column, value)))
            found = len(re.findall(rf'(?<![\w.,])(?:{words})(?!\w|[.,]\d)', self.joined))
        return min(found, wanted)


def unsaid_values(site):
    """column -> list of (page, value) that the listing page does not say as often as there are films with it."""
    page_to_films = defaultdict(list)
    for film in read_truth(site):
        page_to_films[film['page']].append(film)
    said, total = Counter(), Counter()
    unsaid = defaultdict(list)
    for page, films in page_to_films.items():
        listing = Page(site / 'films' / f'{page}.html')
        for column in COLUMNS:
            for value, wanted in Counter(film[column] for film in films if film[column]).items():
                found = listing.count(column, value, wanted)
                said[column] += found
                total[column] += wanted
                if found < wanted:
                    unsaid[column].append((page, value))
    return said, total, unsaid


# -- what does the old wrapper read?

def wrapper_of(sql):
    """XPath of the rows, and column -> (XPath, pattern), out of the text of film.sql."""
    rows = re.search(r"\brows\s+'([^']+)'", sql)[1]
    columns = {}
    for name, options in re.findall(r'^  (\w+)\s+(?:varchar|integer|date|numeric).*?OPTIONS \((.*?)\)(?: NOT NULL)?,$', sql, re.M):
        pattern = re.search(r"pattern '([^']+)'", options)
        columns[name] = re.search(r"xpath '([^']+)'", options)[1], pattern and pattern[1]
    return rows, columns


def read_site(site, pages):
    """Rows as the XPaths of film.sql select them: texts, None where there is no node or no text."""
    row_path, columns = wrapper_of((HERE / 'film.sql').read_text(encoding='utf-8'))
    for number in range(1, pages + 1):
        for row in parse(site / 'films' / f'{number}.html').xpath(row_path):
            yield tuple(read_cell(column, row.xpath(path), pattern) for column, (path, pattern) in columns.items())


def read_cell(column, nodes, pattern):
    text = ' '.join(nodes[0].text_content().split()) if nodes else ''
    if text and pattern:
        match = re.search(pattern, text)
        text = match[1] if match else f'violates {pattern}: {text}'
    if column in NUMBERS:
        text = text.replace(',', '')
    return text or None


def parse(path):
    return lxml.html.fromstring(path.read_bytes())


# -- command line

def report_said(site):
    said, total, unsaid = unsaid_values(site)
    for column in COLUMNS:
        example = f'   e.g. {unsaid[column][0][1]!r} on page {unsaid[column][0][0]}' if unsaid[column] else ''
        print(f'{column:<10}{said[column]:>7} of {total[column]:>5}{example}')
    return not any(unsaid.values())


def report_wrapper(site):
    truth = read_truth(site)
    wanted = [tuple(film[column] or None for column in COLUMNS) for film in truth]
    rows = list(read_site(site, int(truth[-1]['page'])))
    right = [0] * len(COLUMNS)
    for row, film in zip(rows, wanted):
        right = [count + (cell == value) for count, cell, value in zip(right, row, film)]
    print(f'rows      {len(rows):>7} of {len(wanted):>5}')
    for column, count in zip(COLUMNS, right):
        print(f'{column:<10}{count:>7} of {len(wanted):>5}')
    return rows == wanted


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('layout')
    parser.add_argument('seed', nargs='?', default='1')
    parser.add_argument('--wrapper', action='store_true')
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        try:
            generate(options.seed, find_layout(options.layout), folder)
        except LayoutError as error:
            sys.exit(f'check_layout.py: {error}')
        complete = (report_wrapper if options.wrapper else report_said)(Path(folder))
    print('complete' if complete else 'not complete')
    return 0 if complete else 1


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
