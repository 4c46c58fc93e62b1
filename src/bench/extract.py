#!/usr/bin/env python3
"""Title, links and texts of list items from pages in a table, in one SQL statement: webwrap.xpath against a PL/Python
function with lxml, and against XMLTABLE over the same pages, which lxml made well-formed beforehand.

The two peers read each page once for all three, and the PL/Python function keeps its parser and its compiled XPaths.
CPU seconds are those of the backend. Titles are those of the head: an HTML5 tree tells the titles of SVG images apart,
lxml's does not.
"""

import argparse
import re

import lxml.html
from lxml import etree

from common import check_comparable, connect, cpu_seconds, create_extension, fail, read_pages, report, run_rounds

FIELDS = ['titles', 'links', 'items']
SETUP = r"""
CREATE EXTENSION plpython3u;
CREATE TABLE page (html text, xhtml xml);
CREATE FUNCTION lxml_extract(html text, OUT titles text[], OUT links text[], OUT items text[])
LANGUAGE plpython3u IMMUTABLE AS $$
import lxml.html
from lxml import etree
if 'parser' not in SD:
    SD['parser'] = lxml.html.HTMLParser(encoding='utf-8', huge_tree=True)
    SD['paths'] = [etree.XPath(path, smart_strings=False) for path in ('//head/title', '//a/@href', '//li')]
    SD['text'] = etree.XPath('string()', smart_strings=False)
root = lxml.html.document_fromstring(html.encode(), parser=SD['parser'])
titles, links, items = [path(root) for path in SD['paths']]
return [SD['text'](title) for title in titles], links, [SD['text'](item) for item in items]
$$;
CREATE FUNCTION accepted(markup text) RETURNS xml LANGUAGE plpgsql AS $$
BEGIN
    RETURN xmlparse(DOCUMENT markup);
EXCEPTION WHEN invalid_xml_document THEN
    RETURN NULL;
END
$$;
CREATE VIEW webwrap_page AS
    SELECT md5(html) AS page, webwrap.xpath(html, '//head/title') AS titles, webwrap.xpath(html, '//a/@href') AS links,
           webwrap.xpath(html, '//li') AS items
    FROM page OFFSET 0;
CREATE VIEW lxml_page AS SELECT md5(html) AS page, titles, links, items FROM page, lxml_extract(html);
CREATE VIEW xmltable_page AS
    SELECT md5(html) AS page, titles, links, items
    FROM page, LATERAL (
        SELECT coalesce(array_agg(value) FILTER (WHERE name = 'title'), '{}') AS titles,
               coalesce(array_agg(value) FILTER (WHERE name = 'href'), '{}') AS links,
               coalesce(array_agg(value) FILTER (WHERE name = 'li'), '{}') AS items
        FROM xmltable('//head/title | //a/@href | //li' PASSING xhtml
                      COLUMNS name text PATH 'name(.)', value text PATH 'string(.)')) AS extracted;
"""
COUNT = 'SELECT ' + ', '.join(f'sum(cardinality({field}))' for field in FIELDS) + ' FROM {}_page'
EQUAL = ('SELECT ' + ', '.join(f'count(*) FILTER (WHERE ours.{field} = peer.{field})' for field in FIELDS)
         + ' FROM webwrap_page AS ours JOIN {}_page AS peer USING (page)')
NAME = re.compile(r'[A-Za-z_][\w.-]*', re.A)


def xhtml_of(html):
    """The page as lxml's tree, in XML: without comments, and without names that XML or namespaces do not allow."""
    parser = lxml.html.HTMLParser(encoding='utf-8', huge_tree=True, remove_comments=True, remove_pis=True)
    root = lxml.html.document_fromstring(html.encode(), parser=parser)
    for element in root.iter():
        if not NAME.fullmatch(element.tag):
            element.tag = 'unknown'
        for name in element.keys():
            if not NAME.fullmatch(name) or name == 'xmlns':
                del element.attrib[name]
    root.getroottree().docinfo.clear()  # an XHTML doctype would put all names into a namespace
    return etree.tostring(root, encoding='unicode')


def load(session, pages):
    """Fills the table with the pages that the server takes as XML too, so that all contenders get the same."""
    for html in pages:
        session.execute('INSERT INTO page SELECT %s, xhtml FROM accepted(%s) AS xhtml WHERE xhtml IS NOT NULL',
                        [html, xhtml_of(html)])
    return session.execute('SELECT count(*), sum(octet_length(html)) FROM page').fetchone()


def timed(session, contender):
    """A call that runs the statement and returns the backend's CPU seconds."""
    pid = session.info.backend_pid

    def run():
        start = cpu_seconds(pid)
        session.execute(COUNT.format(contender)).fetchone()
        return cpu_seconds(pid) - start
    return run


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('evolution')
    parser.add_argument('--pages', type=int, default=200)
    parser.add_argument('--rounds', type=int, default=5)
    options = parser.parse_args()
    pages = read_pages(options.evolution, options.pages)

    sessions = {name: connect() for name in ('webwrap', 'xmltable', 'lxml')}
    ours = create_extension(sessions['webwrap'])
    sessions['webwrap'].execute(SETUP)
    count, size_bytes = load(sessions['webwrap'], pages)
    if count < 0.9 * len(pages):
        fail(f'the server takes only {count} of {len(pages)} pages as XML')
    server = sessions['webwrap'].info.parameter_status('server_version').split()[0]
    names = {'webwrap': ours, 'xmltable': f'xmltable/{server}', 'lxml': f'plpython-lxml/{etree.__version__}'}

    print(f'extract: {count} pages ({len(pages) - count} left out, whose XHTML the server refuses), '
          f'{size_bytes / 1e6:.1f} MB, {options.rounds} rounds, CPU time of the backend')
    found = {}
    for contender, session in sessions.items():
        session.execute('SET max_parallel_workers_per_gather = 0')
        found[contender] = session.execute(COUNT.format(contender)).fetchone()
        equal = session.execute(EQUAL.format(contender)).fetchone()
        print(f'  {names[contender]:24} ' + ', '.join(
            f'{n} {field} ({same} pages as ours)' for n, field, same in zip(found[contender], FIELDS, equal)))
        for field, own, theirs in zip(FIELDS, found['webwrap'], found[contender]):
            check_comparable(field, own, theirs)
    seconds = run_rounds({names[name]: timed(session, name) for name, session in sessions.items()}, options.rounds)
    report('extract', seconds, lambda value: f'{count / value:8.1f} pages per CPU second')


if __name__ == '__main__':
    main()
