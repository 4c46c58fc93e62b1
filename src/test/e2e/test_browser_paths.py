"""What a browser says of a page holds for webwrap: full XPaths copied from its developer tools, links, visible text.

The pages are ours, made to be awkward, and, when EVOLUTION names a folder of real pages, twenty of them.
"""

import os
from pathlib import Path

import pytest

from browser import PAGE_HEADERS, Browser

ELEMENTS = 50
REAL_PAGES = 20
OURS = sorted((Path(__file__).resolve().parents[1] / 'pages').glob('*.html'))


def real_pages():
    folder = os.environ.get('EVOLUTION')
    paths = sorted(Path(folder, 'pages').glob('*.html')) if folder else []
    assert paths or not folder, f'no pages in {folder}/pages'
    count = min(REAL_PAGES, len(paths))
    return [paths[i * len(paths) // count] for i in range(count)]


PAGES = [pytest.param(path, id=path.stem) for path in OURS + real_pages()]
# Chromium puts each symbol of a formula on a line of its own.
TEXT_PAGES = [pytest.param(path, id=path.stem) for path in OURS if path.stem != 'formula']


@pytest.fixture(scope='session')
def browser():
    with Browser() as started:
        yield started


@pytest.fixture
def shown(browser, site):
    """Shows a page in the browser; returns its text and its address."""
    def show(path):
        html = path.read_text(encoding='utf-8', errors='replace').replace('\0', '\ufffd')
        site.serve({'/d/page': (200, PAGE_HEADERS, html)})
        browser.open(site.url + 'd/page')
        return html, site.url + 'd/page'
    return show


@pytest.mark.parametrize('path', PAGES)
def test_full_xpaths_select_the_same_element(browser, db, shown, path):
    html, _ = shown(path)
    expected = browser.paths_and_texts(ELEMENTS)
    assert len(expected) > 1
    found = db.main.rows('SELECT path, webwrap.xpath(%s, path) FROM unnest(%s::text[]) AS path', html,
                         [xpath for xpath, _ in expected])
    assert dict(found) == {xpath: [text] for xpath, text in expected}


@pytest.mark.parametrize('path', PAGES)
def test_links_are_those_of_the_browser(browser, db, shown, path):
    html, url = shown(path)
    assert [found for (found,) in db.main.rows('SELECT url FROM webwrap.links(%s, %s)', html, url)] == browser.links()


@pytest.mark.parametrize('path', TEXT_PAGES)
def test_visible_text_is_what_the_browser_shows(browser, db, shown, path):
    html, _ = shown(path)
    assert db.main.value('SELECT webwrap.visible_text(%s)', html) == browser.visible_text()
