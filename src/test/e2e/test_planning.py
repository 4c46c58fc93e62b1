"""What is fetched, how often, and what is not fetched at all."""

import pytest

import goods
from goods import read, server_sql, table_sql, truth

GENRES = """
    title text OPTIONS (xpath './b') NOT NULL,
    genre text OPTIONS (parameter 'genre'),
    page int OPTIONS (value 'page_number'),
    url text OPTIONS (value 'url')"""


def listing(*titles, link=''):
    return '<html><body><ul>' + ''.join(f'<li><b>{title}</b></li>' for title in titles) + f'</ul>{link}</body></html>'


@pytest.fixture
def shop(db, site):
    site.serve(goods.pages(goods.table_page))
    db.main.run(server_sql(site), table_sql())
    return db.main


@pytest.fixture
def films(db, site):
    """A table whose URL has a parameter."""
    site.serve({f'/search?genre={genre}&page={page}': listing(f'{genre} {page}a', f'{genre} {page}b')
                for genre in ['drama', 'comedy', 'a%20b%26c'] for page in (1, 2)})
    db.main.run(server_sql(site), table_sql('film', columns=GENRES, url='search?genre={genre}&page={1,2}', rows='//li',
                                            min_rows=None))
    return db.main


@pytest.mark.parametrize('statement', [
    'EXPLAIN SELECT * FROM goods',
    'EXPLAIN (VERBOSE) SELECT * FROM goods',
    'EXPLAIN (VERBOSE, FORMAT json) SELECT count(*) FROM goods g JOIN goods h USING (name)',
    'SELECT * FROM goods LIMIT 0',
    'SELECT * FROM goods WHERE false',
    "PREPARE p AS SELECT * FROM goods WHERE name = 'x'",
    'CREATE VIEW v AS SELECT * FROM goods',
    'ANALYZE',
])
def test_nothing_is_fetched_by(shop, site, statement):
    shop.run(statement)
    assert site.requests == []


def test_explain_shows_the_template_and_the_number_of_urls(shop, site):
    plan = shop.explain('SELECT * FROM goods', 'VERBOSE')
    assert 'URL Template' in plan and '{1..3}' in plan and 'URLs: 3' in plan
    assert site.requests == []


def test_a_scan_fetches_each_url_once_and_in_order(shop, site):
    assert read(shop) == truth()
    assert site.requests == ['/1', '/2', '/3']


def test_a_scan_stops_fetching_when_no_more_rows_are_wanted(shop, site):
    assert len(shop.rows('SELECT name FROM goods LIMIT 5')) == 5
    assert site.requests == ['/1']


def test_a_rescan_does_not_fetch_again(shop, site):
    shop.run('SET enable_material = off', 'SET enable_hashjoin = off', 'SET enable_mergejoin = off')
    query = 'SELECT count(*) FROM (VALUES (1), (2), (3)) AS v (i) LEFT JOIN goods ON length(goods.name) > v.i'
    plan = shop.explain(query)
    assert 'Nested Loop' in plan and 'Materialize' not in plan
    assert shop.value(query) == 3 * len(truth())
    assert site.requests == ['/1', '/2', '/3']


def test_analyze_counts_requests_pages_and_bytes(shop, site):
    plan = shop.explain('SELECT * FROM goods', 'ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF')
    size = sum(len(page.encode()) for page in site.pages.values())
    assert 'Requests: 3' in plan and 'Pages: 3' in plan and 'Adaptations: 0' in plan
    assert f'Bytes Received: {size} B' in plan or f'Bytes Received: {size}' in plan


def test_a_condition_fills_the_parameter(films, site):
    assert films.rows("SELECT title, genre FROM film WHERE genre = 'drama'") == [
        ('drama 1a', 'drama'), ('drama 1b', 'drama'), ('drama 2a', 'drama'), ('drama 2b', 'drama')]
    assert site.requests == ['/search?genre=drama&page=1', '/search?genre=drama&page=2']


def test_a_parameter_is_percent_encoded(films, site):
    assert films.value("SELECT count(*) FROM film WHERE genre = 'a b&c'") == 4
    assert site.requests[0] == '/search?genre=a%20b%26c&page=1'


def test_an_in_list_fetches_each_member_once(films, site):
    query = "SELECT genre, count(*) FROM film WHERE genre IN ('drama', 'comedy', 'drama') GROUP BY 1 ORDER BY 1"
    assert films.rows(query) == [('comedy', 4), ('drama', 4)]
    assert sorted(site.requests) == sorted(set(site.requests)) and len(site.requests) == 4


def test_a_missing_parameter_is_an_error_and_fetches_nothing(films, site):
    error = films.error('SELECT * FROM film')
    assert error.sqlstate == '22023' and 'genre' in error.message_primary and 'genre' in error.message_hint
    assert site.requests == []


@pytest.mark.parametrize('mode', ['force_custom_plan', 'force_generic_plan'])
def test_prepared_statements_fill_parameters(films, site, mode):
    films.run(f'SET plan_cache_mode = {mode}', 'PREPARE p (text) AS SELECT count(*) FROM film WHERE genre = $1',
              'PREPARE q (text[]) AS SELECT count(*) FROM film WHERE genre = ANY ($1)')
    assert [films.value(f"EXECUTE p ('{genre}')") for genre in ('drama', 'comedy')] == [4, 4]
    assert films.value("EXECUTE q ('{drama,comedy}')") == 8
    assert films.value('EXECUTE p (NULL)') == 0
    assert len(site.requests) == 8


def test_parameters_of_the_protocol_fill_parameters(films):
    assert films.value('SELECT count(*) FROM film WHERE genre = %s', 'drama') == 4
    assert films.value('SELECT count(*) FROM film WHERE genre = ANY (%s)', ['drama', 'comedy']) == 8


def test_a_join_cannot_fill_a_parameter_silently(films, site):
    """Either each value of the other side is fetched, or the query says what it needs; never an empty answer."""
    query = "SELECT count(*) FROM (VALUES ('drama'), ('comedy')) AS g (genre) JOIN film USING (genre)"
    assert films.error(query).sqlstate == '22023'


def test_a_subquery_fills_the_parameter(films):
    assert films.value("SELECT count(*) FROM film WHERE genre = (SELECT 'drama'::text)") == 4


def test_values_of_the_page_are_columns(films, site):
    rows = films.rows("SELECT DISTINCT page, url FROM film WHERE genre = 'drama' ORDER BY page")
    assert rows == [(page, f'{site.url}search?genre=drama&page={page}') for page in (1, 2)]


def next_link(target):
    return f'<p><a rel="next" href="{target}">more</a></p>'


@pytest.fixture
def chain(db, site):
    columns = "title text OPTIONS (xpath './b'), page int OPTIONS (value 'page_number')"
    db.main.run(server_sql(site), table_sql('chain', columns=columns, url='first', rows='//li', min_rows=None,
                                            next_page='//a[@rel="next"]/@href'))
    return db.main


def test_next_page_is_followed_to_the_end(chain, site):
    site.serve({'/first': listing('a', 'b', link=next_link('more/2')), '/more/2': listing('c', link=next_link('3?x=1&amp;y=2')),
                '/more/3?x=1&y=2': listing('d')})
    assert chain.rows('SELECT title, page FROM chain') == [('a', 1), ('b', 1), ('c', 2), ('d', 3)]
    assert site.requests == ['/first', '/more/2', '/more/3?x=1&y=2']


def test_a_loop_of_next_pages_ends(chain, site):
    site.serve({'/first': listing('a', link=next_link('/2')), '/2': listing('b', link=next_link('/first#top'))})
    assert chain.rows('SELECT title FROM chain') == [('a',), ('b',)]
    assert site.requests == ['/first', '/2']


def test_a_page_that_links_to_itself_ends(chain, site):
    site.serve({'/first': listing('a', link=next_link('/first'))})
    assert chain.rows('SELECT title FROM chain') == [('a',)]
    assert site.requests == ['/first']


def test_too_many_pages_are_a_limit_error(chain, site):
    site.serve({'/first': listing('0', link=next_link('/1')),
                **{f'/{n}': listing(str(n), link=next_link(f'/{n + 1}')) for n in range(1, 20)}})
    chain.run('SET webwrap.max_pages = 5')
    error = chain.error('SELECT * FROM chain')
    assert error.sqlstate == '54000' and 'more than 5 pages' in error.message_primary
    assert 'webwrap.max_pages' in error.message_hint
    assert len(site.requests) == 5
    chain.run('ALTER FOREIGN TABLE chain OPTIONS (ADD max_pages $$7$$)')
    assert 'more than 7 pages' in chain.error('SELECT * FROM chain').message_primary


def test_exactly_max_pages_is_no_error(shop):
    shop.run('SET webwrap.max_pages = 3')
    assert read(shop) == truth()


def test_a_status_that_is_no_success_names_url_and_status(shop, site):
    site.pages['/2'] = (503, {}, 'busy')
    error = shop.error('SELECT * FROM goods')
    assert error.sqlstate == 'HV00N' and f'{site.url}2' in error.message_primary and '503' in error.message_primary


def test_an_xpath_that_selects_nothing_warns_once(db, site):
    site.serve(goods.pages(goods.table_page))
    db.main.run(server_sql(site), table_sql(columns="name text OPTIONS (xpath './td[1]'), gone text OPTIONS (xpath './/em')"))
    assert db.main.value('SELECT count(gone) FROM goods') == 0
    (warning,) = db.main.warnings()
    assert '"gone"' in warning.message and './/em' in warning.detail


def test_the_parser_is_an_option_of_server_and_table(db, site):
    """XPaths for lxml know no tbody, those for browsers do; a table overrides its server."""
    site.serve([f'<table id="goods"><tr><td>{page}1</td></tr><tr><td>{page}2</td></tr></table>' for page in (1, 2)])
    columns = "a int OPTIONS (xpath './td')"
    as_lxml, as_browser = '//table[@id="goods"]/tr', '//table[@id="goods"]/tbody/tr'
    db.main.run(server_sql(site, options=", parser 'libxml2'"),
                table_sql('inherits', columns=columns, url='{1..2}', rows=as_lxml, min_rows=2),
                table_sql('overrides', columns=columns, url='{1..2}', rows=as_browser, min_rows=2, parser='html5'),
                table_sql('mismatch', columns=columns, url='{1..2}', rows=as_browser, min_rows=2, adapt='off'))
    assert read(db.main, 'SELECT a FROM inherits') == [(11,), (12,), (21,), (22,)]
    assert read(db.main, 'SELECT a FROM overrides') == [(11,), (12,), (21,), (22,)]
    assert db.main.error('SELECT a FROM mismatch').sqlstate == '23000'
