#!/usr/bin/env python3
"""Writes the film site in one layout:  generate.py SEED LAYOUT_FOLDER OUTPUT_FOLDER

README.md beside this file says what a layout is. OUTPUT_FOLDER gets films/N.html (listing pages), film/ID.html (a page a
film), the layout's other files, and truth.csv: what anyone who reads the site right has read.
"""

import csv
import gc
import shutil
import sys
import traceback
import unicodedata
from collections import Counter
from datetime import date
from pathlib import Path

try:
    import jinja2
except ImportError:
    sys.exit(f'generate.py: {sys.executable} has no module jinja2; install python3-jinja2 and run this with /usr/bin/python3')

sys.path.insert(0, str(Path(__file__).resolve().parent))
from catalogue import COLUMNS, PAGE_SIZE, catalogue  # noqa: E402

LAYOUTS = Path(__file__).resolve().parent / 'layouts'
COMMON = LAYOUTS / '_common'
TRUTH = 'truth.csv'
INDEX = '<!DOCTYPE html><title>Films</title><meta http-equiv="refresh" content="0; url=/films/1.html">\n'
SIDE_LIST = 8  # films in each list beside the listing


class LayoutError(Exception):
    """A layout that cannot be rendered; the message says where."""


def generate(seed, layout, output, films=None):
    """Writes the site and truth.csv, returns the films: those of the seed's catalogue, or the given ones. The same arguments
    give the same bytes."""
    layout, output = Path(layout), Path(output)
    environment = _environment(layout)
    _empty(output)
    films = films or catalogue(seed)
    gc.freeze()  # they live to the end: the collector need not walk them again and again
    _write_truth(films, output / TRUTH)
    _copy_files(layout, output)
    try:
        _write_pages(environment, films, output)
    except jinja2.TemplateError as error:
        raise LayoutError(_describe(error)) from error
    except Exception as error:
        # Anything else that a template's own expressions raise, such as None + 1.
        if not _template_frames(error):
            raise
        raise LayoutError(_describe(error)) from error
    return films


def find_layout(name):
    """The folder of a layout given by path or by the name of one of ours; raises LayoutError for neither."""
    for folder in (Path(name), LAYOUTS / name):
        if (folder / 'list.html').is_file():
            return folder
    if Path(name).is_dir():
        raise LayoutError(f'layout {name} has no list.html')
    ours = ', '.join(sorted(folder.name for folder in LAYOUTS.iterdir() if (folder / 'list.html').is_file()))
    raise LayoutError(f'there is no layout folder {name} (ours are: {ours})')


# -- rendering

def _environment(layout):
    if not (layout / 'list.html').is_file():
        raise LayoutError(f'layout {layout} has no list.html' if layout.is_dir() else f'there is no layout folder {layout}')
    for template in layout.rglob('*.html'):
        try:
            template.read_text(encoding='utf-8')
        except UnicodeDecodeError as error:
            raise LayoutError(f'{template} is not UTF-8: {error.reason} at byte {error.start}') from error
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([layout, COMMON]), autoescape=True, auto_reload=False, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True, undefined=jinja2.StrictUndefined)
    environment.filters.update(FILTERS)
    return environment


def _write_pages(environment, films, output):
    pages = [films[start:start + PAGE_SIZE] for start in range(0, len(films), PAGE_SIZE)]
    environment.globals.update(catalogue=films, pages=len(pages), total=len(films), genres=_counts(films, 'genre'),
                               countries=_counts(films, 'country'))
    popular = sorted(films, key=lambda film: -(film.votes or 0))[:100]
    newest = sorted(films, key=lambda film: film.released or date.min, reverse=True)[:100]
    (output / 'films').mkdir()
    template = environment.get_template('list.html')
    for page, listed in enumerate(pages, 1):
        html = template.render(films=listed, page=page, first=listed[0].id, last=listed[-1].id,
                               popular=_window(popular, page), newest=_window(newest, page))
        (output / 'films' / f'{page}.html').write_text(html, encoding='utf-8')
    if not (output / 'index.html').exists():
        (output / 'index.html').write_text(INDEX, encoding='utf-8')
    try:
        template = environment.get_template('film.html')
    except jinja2.TemplateNotFound as error:
        if error.name != 'film.html':
            raise
        return  # a layout may do without detail pages
    (output / 'film').mkdir()
    for film in films:
        related = [films[(film.id * 7 + step * 1009) % len(films)] for step in range(6)]
        html = template.render(film=film, page=film.page, related=related, popular=_window(popular, film.page))
        (output / 'film' / f'{film.id}.html').write_text(html, encoding='utf-8')


def _window(ranked, page):
    """A stretch of a ranking that differs from page to page, as a side list's would."""
    start = page * 3 % (len(ranked) - SIDE_LIST)
    return ranked[start:start + SIDE_LIST]


def _counts(films, attribute):
    values = (getattr(film, attribute) for film in films)
    return Counter(value for value in values if value is not None).most_common()


# -- files

def _empty(output):
    """Makes room for the site. Deletes only what an earlier run wrote: a folder with a truth.csv in it."""
    if output.exists() and any(output.iterdir()):
        if not (output / TRUTH).is_file():
            raise LayoutError(f'{output} is not empty and was not written by generate.py')
        shutil.rmtree(output)
    output.mkdir(parents=True, exist_ok=True)


def _copy_files(layout, output):
    templates = {'list.html', 'film.html'}
    for source in sorted(layout.rglob('*')):
        is_template = source.suffix == '.html' and (source.name.startswith('_') or source.name in templates)
        if source.is_file() and not is_template:
            target = output / source.relative_to(layout)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)


def _write_truth(films, path):
    """For COPY ... CSV HEADER: an unquoted empty field is NULL, and no value is empty."""
    with open(path, 'w', newline='', encoding='utf-8') as file:
        writer = csv.writer(file, lineterminator='\n')
        writer.writerow([*COLUMNS, 'page', 'position'])
        writer.writerows([*film.attributes(), film.page, film.position] for film in films)


# -- filters; each gives an empty string for a missing value

def _filter(function):
    return lambda value, *arguments: '' if value is None else function(value, *arguments)


def _slug(text):
    plain = unicodedata.normalize('NFKD', text).encode('ascii', 'ignore').decode().lower()
    return '-'.join(''.join(letter if letter.isalnum() else ' ' for letter in plain).split()) or 'x'


def _thousands(number, separator=','):
    return f'{number:,}'.replace(',', separator)


FILTERS = {
    'money': _filter(lambda amount: f'${amount:,}'),
    'millions': _filter(lambda amount: f'${amount / 1e6:.1f}M'),
    'thousands': _filter(_thousands),
    'decimal': _filter(lambda number, point='.': f'{number:.1f}'.replace('.', point)),
    'iso_date': _filter(date.isoformat),
    'long_date': _filter(lambda day: f'{day:%B} {day.day}, {day.year}'),
    'strftime': _filter(lambda day, form: day.strftime(form)),
    'minutes': _filter(lambda minutes, unit='min': f'{minutes} {unit}'),
    'hours': _filter(lambda minutes: f'{minutes // 60}h {minutes % 60:02}m'),
    'slug': _filter(_slug),
}


# -- errors

def _template_frames(error):
    """Where in which template the error arose: Jinja puts templates into the traceback."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f'{frame.filename}, line {frame.lineno}' for frame in frames if frame.filename.endswith(('.html', '.css'))]


def _describe(error):
    if isinstance(error, jinja2.TemplateSyntaxError):
        return f'{error.filename or error.name}, line {error.lineno}: {error.message}'
    if isinstance(error, jinja2.TemplateNotFound):
        where = _template_frames(error)
        return f'{where[-1] if where else "layout"}: there is no template {error}'
    where = _template_frames(error)
    return f'{where[-1] if where else "layout"}: {error}'


def main(argv):
    if len(argv) != 3:
        sys.exit(__doc__)
    seed, layout, output = argv
    try:
        films = generate(seed, find_layout(layout), output)
    except LayoutError as error:
        sys.exit(f'generate.py: {error}')
    print(f'{len(films)} films, {films[-1].page} listing pages in {output}')


if __name__ == '__main__':
    main(sys.argv[1:])
