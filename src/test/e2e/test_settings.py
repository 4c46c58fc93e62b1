"""Settings of adaptation and process flow of foreign tables: each gives one outcome with one value and another with another."""

import pytest

import goods
from goods import SELECT, cards_page, labelled_page, read, server_sql, table_page, table_sql, truth

REDESIGNED = 'SELECT coalesce(column_name, \'rows\'), measure, new_xpath FROM webwrap.adaptation ORDER BY id'
SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="goods"><xs:complexType><xs:sequence>
<xs:element name="name" type="xs:string"/><xs:element name="maker" type="xs:string"/>
<xs:element name="shop" type="xs:string" minOccurs="0"/>
<xs:element name="price" minOccurs="0"><xs:simpleType><xs:restriction base="xs:decimal"><xs:maxInclusive value="{limit}"/>
</xs:restriction></xs:simpleType></xs:element>
<xs:element name="made" type="xs:date"/></xs:sequence></xs:complexType></xs:element></xs:schema>"""
CONSENT = '<html><body><h1>Before you go on</h1>{}</body></html>'
WRONG = '<html><body><h1>Welcome</h1><p>Please come again</p></body></html>'


def columns_with(column, options):
    """The table's columns with more options for one of them."""
    lines = goods.COLUMNS.split('\n')
    return '\n'.join(line.replace("OPTIONS (", f"OPTIONS ({options}, ", 1) if line.strip().startswith(column + ' ') else line
                     for line in lines)


@pytest.fixture
def shop(db, site):
    """Makes a table with options in its first layout and reads it once; then the site has another layout."""
    def make(layout=cards_page, columns=goods.COLUMNS, **options):
        db.main.run('DROP SERVER IF EXISTS shop CASCADE')
        site.serve(goods.pages(table_page))
        db.main.run(server_sql(site, options=", cache_ttl '0'"), table_sql(columns=columns, **options))
        assert read(db.main) == truth()
        if layout is not None:
            site.serve(goods.pages(layout))
        db.main.warnings()
        return db.main
    return make


def fails(session, sql=SELECT):
    error = session.error(sql)
    assert error.sqlstate is not None, 'the server is gone'
    return error


# -- thresholds

def test_threshold_of_the_table(shop):
    assert read(shop(adapt_threshold='0.5')) == truth()
    assert 'could not be adapted' in fails(shop(adapt_threshold='1')).message_primary


def test_threshold_of_a_column(shop):
    error = fails(shop(columns=columns_with('maker', "adapt_threshold '1'")))
    assert 'column "maker"' in error.message_detail and 'column "name"' not in error.message_detail
    assert read(shop(adapt_threshold='0.5', columns=columns_with('maker', "adapt_threshold '0.6'"))) == truth()


def test_similarity_threshold(shop):
    assert read(shop(adapt_similarity_threshold='0')) == truth()
    assert 'could not be adapted' in fails(shop(adapt_similarity_threshold='1')).message_primary


def test_similarity_threshold_of_a_column(shop):
    error = fails(shop(columns=columns_with('maker', "adapt_similarity_threshold '1'")))
    assert 'column "maker"' in error.message_detail and 'column "name"' not in error.message_detail


# -- measures and labels

def renamed(chunk, number):
    """The old trees under other names, so that a tree measure is enough."""
    return table_page(chunk, number).replace('id="goods"', 'id="things"')


@pytest.mark.parametrize('measure', ['values', 'clustered 0.6', 'simple 0.6', 'combined'])
def test_measures_in_their_order(shop, measure):
    session = shop(renamed, adapt_measures=f'{measure}, combined')
    assert read(session) == truth()
    (row,) = [row for row in session.rows(REDESIGNED) if row[0] == 'rows']
    assert row[1] == ('values' if measure == 'combined' else measure.split()[0])


def test_a_measure_that_has_no_answer_leaves_it_to_the_next(shop):
    assert 'could not be adapted' in fails(shop(adapt_measures='clustered 0.99')).message_primary
    assert read(shop(adapt_measures='clustered 0.99, values')) == truth()


def restyled(chunk, number):
    """The old tags, with a class for each row and a word beside each name."""
    return renamed(chunk, number).replace('<tr><td', '<tr class="row"><td').replace('<a href="/g/', 'No. <a href="/g/')


def test_labels_and_text_nodes_of_trees(shop):
    def similarity(**options):
        session = shop(restyled, **options)
        read(session)
        return session.value("SELECT similarity FROM webwrap.adaptation WHERE column_name IS NULL ORDER BY id DESC LIMIT 1")

    plain = similarity()
    assert plain == 1
    assert similarity(adapt_labels='tag+class') < plain
    assert similarity(adapt_text_nodes='on') < plain


# -- triggers

def without_shops(chunk, number):
    """Cards under other names: nothing is violated when the shop's XPath finds none, since shops may be missing."""
    return cards_page(chunk, number)


@pytest.mark.parametrize('top_down, has_shops', [('all', True), ('none', False), ('shop', True), ('price', False)])
def test_top_down(shop, top_down, has_shops):
    session = shop(without_shops, adapt_top_down=top_down)
    rows = read(session)
    assert [row[:2] for row in rows] == [row[:2] for row in truth()]
    assert any(row[2] is not None for row in rows) == has_shops
    assert ('shop' in [row[0] for row in session.rows(REDESIGNED)]) == has_shops


def decoy(chunk, number):
    """What the row XPath finds now is another list, long enough for it."""
    rows = ''.join(f'<tr><td>Help {i}</td></tr>' for i in range(12))
    return cards_page(chunk, number).replace('<main>', f'<table id="goods"><tbody>{rows}</tbody></table><main>')


def test_bottom_up(shop):
    session = shop(decoy, adapt_bottom_up='on')
    assert read(session) == truth()
    assert 'rows' in [row[0] for row in session.rows(REDESIGNED)]
    assert 'could not be adapted' in fails(shop(decoy, adapt_bottom_up='off')).message_primary


# -- refresh

def test_refresh_makes_adaptations_the_evidence_of_later_ones(db, site, shop):
    """The goods change while the layout does: the third layout shares goods with the second only, page by page."""
    everything = goods.catalogue(0, 80)
    def chosen(start):
        return everything[start:start + 20] + everything[40 + start:40 + start + 20]
    first, second, third = chosen(0), chosen(7), chosen(14)
    def start(refresh):
        db.main.run('DROP SERVER IF EXISTS shop CASCADE')
        site.serve(goods.pages(table_page, first))
        db.main.run(server_sql(site, options=", cache_ttl '0'"),
                    table_sql(url='{1..2}', adapt_refresh=refresh, adapt_measures='values'))
        assert read(db.main) == sorted(first)
        site.serve(goods.pages(cards_page, second))
        assert read(db.main) == sorted(second)
        site.serve(goods.pages(labelled_page, third))
    start('on')
    assert read(db.main) == sorted(third)
    assert db.main.value('SELECT count(DISTINCT batch) FROM webwrap.snapshot') == 2
    start('off')
    assert 'could not be adapted' in fails(db.main).message_primary
    assert db.main.value('SELECT array_agg(DISTINCT batch) FROM webwrap.snapshot') == [0]


def test_without_refresh_what_was_adapted_stays_in_use(shop, site):
    session = shop(adapt_refresh='off')
    assert read(session) == truth()
    before = session.rows(REDESIGNED)
    assert read(session) == truth() and session.rows(REDESIGNED) == before
    site.serve(goods.pages(labelled_page))
    assert read(session) == truth()


# -- constraints

def short_cards(chunk, number):
    return cards_page(chunk, number)


def test_children_of_a_record(shop, site):
    """A maker and a name are always there, shop and price may be missing."""
    assert read(shop(None, min_children='3')) == truth()
    session = shop(None, min_children='3', adapt='off')
    session.run("ALTER FOREIGN TABLE goods OPTIONS (SET min_children '5', ADD max_children '5')")
    assert read(session) == truth()  # five cells, empty ones included
    session.run("ALTER FOREIGN TABLE goods OPTIONS (SET min_children '0', SET max_children '4')")
    assert 'max_children' in fails(session).message_detail
    session.run("ALTER FOREIGN TABLE goods OPTIONS (SET min_children '6', DROP max_children)")
    assert 'min_children' in fails(session).message_detail


def test_an_xml_schema_of_records(shop):
    session = shop(None, xml_schema=SCHEMA.format(limit=1000000), adapt='off')
    session.run(f"ALTER FOREIGN TABLE goods OPTIONS (SET xml_schema '{SCHEMA.format(limit=100)}')")
    error = fails(session)
    assert 'price (xml_schema)' in error.message_detail and 'maxInclusive' in error.message_detail


def test_an_xml_schema_accepts_an_adaptation(shop):
    assert read(shop(xml_schema=SCHEMA.format(limit=1000000))) == truth()


# -- process flow

def one_page(db, site, **options):
    site.serve(goods.pages(table_page))
    db.main.run('DROP SERVER IF EXISTS shop CASCADE', server_sql(site, options=", cache_ttl '0'"),
                table_sql(url='1', columns=goods.COLUMNS + ", stale bool OPTIONS (value 'stale')", **options))
    assert read(db.main) == first_page()  # what a page that is right looks like
    db.main.warnings()
    return db.main


def first_page():
    return sorted(goods.catalogue()[:goods.PER_PAGE])


def test_a_refresh_is_followed(db, site):
    for refresh, header in (('<meta http-equiv="refresh" content="0; url=/goods">', None), ('', '0; url=/goods')):
        def serve():
            page = WRONG.replace('<body>', '<body>' + refresh)
            site.serve({'/1': (200, {'Refresh': header}, page) if header else page, '/goods': table_page(goods.catalogue()[:20], 1)})
        session = one_page(db, site, flow='refresh')
        serve()
        assert read(session) == first_page()
        assert 'Hops: 1' in session.explain(SELECT, 'ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF')
        session = one_page(db, site)
        serve()
        assert fails(session)


def with_consent(site, form):
    """Goods are for those who have agreed; agreeing sets a cookie and thanks."""
    page = table_page(goods.catalogue()[:20], 1)
    site.serve({'/1': lambda headers: page if 'agreed=1' in (headers.get('Cookie') or '') else CONSENT.format(form),
                '/agree?yes=1': (200, {'Set-Cookie': 'agreed=1'}, CONSENT.format('<p>Thanks</p>'))})


@pytest.mark.parametrize('form, xpath', [('<a id="ok" href="/agree?yes=1">Yes</a>', '//a[@id="ok"]'),
                                         ('<form action="/agree"><input type="hidden" name="yes" value="1"></form>', '//form')])
def test_a_consent_is_given_where_the_user_says_so(db, site, form, xpath):
    session = one_page(db, site, consent=xpath)
    with_consent(site, form)
    assert read(session) == first_page()
    session = one_page(db, site)
    with_consent(site, form)
    assert fails(session)


def test_a_page_that_nothing_is_known_of_may_be_empty_or_behind_a_hop(db, site):
    """It is the scan's last page, so min_rows does not count."""
    def make(**options):
        db.main.run('DROP SERVER IF EXISTS shop CASCADE', server_sql(site, options=", cache_ttl '0'"), table_sql(url='1', **options))
        return db.main
    site.serve({'/1': WRONG, '/other': table_page(goods.catalogue()[:20], 1)})
    assert read(make()) == []
    assert read(make(alternatives='other')) == first_page()
    assert read(make(alternatives='1')) == []


def test_a_consent_counts_for_the_pages_that_an_adaptation_compares(shop, site):
    """Behind the consent the layout is another one."""
    pages = {f'/{number}': page for number, page in enumerate(goods.pages(cards_page), 1)}
    def guarded(page):
        return lambda headers: page if 'agreed=1' in (headers.get('Cookie') or '') else CONSENT.format('<a id="ok" href="/agree">Yes</a>')
    def guard():
        site.serve({**{path: guarded(page) for path, page in pages.items()},
                    '/agree': (200, {'Set-Cookie': 'agreed=1'}, CONSENT.format('thanks'))})
    session = shop(None, consent='//a[@id="ok"]')
    guard()
    assert read(session) == truth()
    session = shop(None)
    guard()
    assert fails(session)


def test_a_step_back(db, site):
    """The page is only given to those who come from the entrance."""
    def serve():
        page = table_page(goods.catalogue()[:20], 1)
        site.serve({'/': (200, {'Set-Cookie': 'visit=1'}, WRONG),
                    '/1': lambda headers: page if 'visit=1' in (headers.get('Cookie') or '') and headers.get('Referer') == site.url
                    else WRONG})
    session = one_page(db, site, flow='back')
    serve()
    assert read(session) == first_page()
    session = one_page(db, site)
    serve()
    assert fails(session)


def test_a_step_back_to_the_page_that_linked_here(db, site):
    """Its link has moved in the meantime."""
    chunks = [goods.catalogue()[:20], goods.catalogue()[20:40]]
    first = table_page(chunks[0], 1).replace('</body>', '<a rel="next" href="/{}">next</a></body>')
    def serve():
        asked = []
        def start(_headers):
            asked.append(1)
            return first.replace('{}', '2' if len(asked) == 1 else 'two')
        site.serve({'/1': start, '/2': WRONG, '/two': table_page(chunks[1], 2)})
    def make(**options):
        db.main.run('DROP SERVER IF EXISTS shop CASCADE', server_sql(site, options=", cache_ttl '0'"),
                    table_sql(url='1', next_page='//a[@rel="next"]/@href', min_rows='5', adapt='off', **options))
        serve()
        return db.main
    assert read(make(flow='back')) == sorted(chunks[0] + chunks[1])
    assert fails(make())


def test_alternatives(shop, site):
    def move():
        site.serve({f'/mirror/{number}': page for number, page in enumerate(goods.pages(table_page), 1)})
    session = shop(None, alternatives='gone/{1..3} mirror/{1..3}')
    move()
    assert read(session) == truth()
    session = shop(None)
    move()
    assert 'status 404' in fails(session).message_primary


def test_alternatives_for_pages_that_are_there_but_wrong(db, site):
    def serve():
        site.serve({'/1': WRONG, '/other': table_page(goods.catalogue()[:20], 1)})
    session = one_page(db, site, alternatives='other')
    serve()
    assert read(session) == first_page()
    session = one_page(db, site)
    serve()
    assert fails(session)


def test_the_last_good_snapshot(db, site):
    session = one_page(db, site, stale='on')
    assert session.rows('SELECT DISTINCT stale FROM goods') == [(False,)]
    for pages in ({'/1': WRONG}, {}, {'/1': (503, {}, 'closed')}):
        site.serve(pages)
        session.warnings()
        assert read(session) == first_page()
        (warning,) = session.warnings()
        assert 'old pages' in warning.message and 'snapshot' in warning.detail
        assert session.rows('SELECT DISTINCT stale FROM goods') == [(True,)]
    assert 'Pages from Snapshots: 1' in session.explain(SELECT, 'ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF')
    session.run("ALTER FOREIGN TABLE goods OPTIONS (SET stale 'off')")
    assert fails(session)


def test_a_snapshot_shows_how_old_it_is_and_is_not_kept_again(db, site):
    session = one_page(db, site, stale='on')
    read(session)
    before = session.rows('SELECT * FROM webwrap.snapshot')
    site.serve({'/1': WRONG})
    read(session)
    assert session.rows('SELECT * FROM webwrap.snapshot') == before


def test_steps_in_their_order(db, site):
    """Both the entrance and the other page would do."""
    def serve():
        site.serve({'/': (200, {'Set-Cookie': 'visit=1'}, WRONG), '/other': table_page(goods.catalogue()[20:40], 1),
                    '/1': lambda headers: table_page(goods.catalogue()[:20], 1) if 'visit=1' in (headers.get('Cookie') or '') else WRONG})
    for flow, expected in (('back, alternatives', first_page()), ('alternatives, back', sorted(goods.catalogue()[20:40]))):
        session = one_page(db, site, flow=flow, alternatives='other')
        serve()
        assert read(session) == expected


def test_hops_meet_the_rules_for_addresses(db, site):
    """Who may not name other sites is not led to them by a page either."""
    session = one_page(db, site, flow='refresh')
    with db.role('visitor', 'USAGE ON FOREIGN SERVER shop', 'CREATE ON SCHEMA public'):
        session.run('ALTER FOREIGN TABLE goods OWNER TO visitor')  # dropped with the role
        site.serve({'/1': WRONG.replace('<body>', '<meta http-equiv="refresh" content="0; url=http://127.0.0.1:9/">')})
        assert 'not of the site' in fails(session).message_primary
