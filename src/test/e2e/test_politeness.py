"""How hosts are treated, by all backends together: pace, connections, Retry-After, retries, robots.txt."""

import json

import pytest

from database import wait_until
from goods import server_sql

FETCH = 'SELECT {} FROM webwrap.fetch(%s, %s)'
TABLE = "CREATE FOREIGN TABLE t (a text OPTIONS (xpath '//p')) SERVER shop OPTIONS (url '{url}')"


def fetch(session, url, columns='status', **options):
    return session.row(FETCH.format(columns), url, json.dumps(options))


def answers(*pages):
    """A page that gives each of these answers once, and then the last one again."""
    left = list(pages)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


def serve_numbers(site, count, **more):
    site.serve({**{f'/{n}': f'<p>{n}</p>' for n in range(count)}, **more})
    return [site.url + str(n) for n in range(count)]


# -- pace

def test_backends_share_the_pace_of_a_host(db, site):
    urls = serve_numbers(site, 8)
    running = [db.connect().start(f"""SELECT status FROM webwrap.fetch('{url}', '{{"requests_per_second": 20}}')""")
               for url in urls]
    assert [run.wait().rows for run in running] == [[(200,)]] * 8
    gaps = [later - earlier for earlier, later in zip(site.times, site.times[1:])]
    # Requests leave 50 ms apart; how long they take to arrive differs.
    assert sum(gaps) >= 7 * 0.05 - 0.04, gaps


@pytest.mark.parametrize('options', ['{"requests_per_second": 0.5}', '{"requests_per_second": 2.5}', '{"cache_ttl": 0.5}',
                                     '{"stale_while_revalidate": 1.5}'])
def test_numbers_may_be_fractions(db, site, options):
    (url,) = serve_numbers(site, 1)
    assert db.main.value('SELECT status FROM webwrap.fetch(%s, %s)', url, options) == 200


def test_a_foreign_table_keeps_the_pace_of_its_server_in_all_scans(db, site):
    serve_numbers(site, 4)
    db.main.run(server_sql(site, options=", requests_per_second '20'"), TABLE.format(url='{0..3}'))
    running = [db.connect().start('SELECT a FROM t') for _ in range(2)]
    for run in running:
        assert sorted(run.wait().rows) == [(str(n),) for n in range(4)]
    assert site.times[-1] - site.times[0] >= (len(site.times) - 1) * 0.05 - 0.04


def test_backends_share_the_connections_of_a_host(db, site):
    urls = serve_numbers(site, 12)
    for number in range(12):
        site.hold(f'/{number}')
    half = 'SET webwrap.max_connections_per_host = 2'
    sessions = [db.connect() for _ in range(4)]
    for session in sessions:
        session.run(half)
    running = [session.start(f"SELECT count(*) FROM webwrap.fetch_many(ARRAY{urls[n * 3:n * 3 + 3]})")
               for n, session in enumerate(sessions)]
    wait_until(lambda: len(site.requests) == 2, 'nobody asks')
    for number in range(12):
        site.release(f'/{number}')
    assert [run.wait().rows for run in running] == [[(3,)]] * 4
    assert site.most_at_a_time <= 2


def test_a_terminated_backend_gives_its_connection_back(db, site):
    urls = serve_numbers(site, 2)
    site.hold('/0')
    first, second = db.connect(), db.connect()
    for session in (first, second):
        session.run('SET webwrap.max_connections_per_host = 1')
    running = first.start(f"SELECT * FROM webwrap.fetch('{urls[0]}')")
    site.wait_for_request('/0')
    db.main.run(f'SELECT pg_terminate_backend({first.pid})')
    assert 'terminating connection due to administrator command' in str(running.wait().error)
    assert fetch(second, urls[1]) == (200,)
    site.release('/0')


# -- retries

@pytest.mark.parametrize('status', [429, 503])
def test_what_may_work_later_is_tried_again(db, site, status):
    site.serve({'/1': answers((status, {}, ''), (status, {}, ''), '<p>at last</p>')})
    assert fetch(db.main, site.url + '1', 'status, html') == (200, '<p>at last</p>')
    assert site.requests == ['/1'] * 3


def test_a_lost_connection_is_tried_again(db, hostile):
    seen = len(hostile.requests)
    error = db.main.error(FETCH.format('*'), hostile.url('/drop'), '{"max_retries": 1}')
    assert error.sqlstate == 'HV00N' and len(hostile.requests) - seen == 2


@pytest.mark.parametrize('status', [400, 403, 404, 410, 500, 502])
def test_other_failures_are_not_tried_again(db, site, status):
    site.serve({'/1': (status, {}, '')})
    assert fetch(db.main, site.url + '1') == (status,)
    assert site.requests == ['/1']


def test_a_post_is_not_tried_again(db, hostile):
    seen = len(hostile.requests)
    assert fetch(db.main, hostile.url('/status/503'), method='POST') == (503,)
    assert len(hostile.requests) - seen == 1


def test_tries_are_counted(db, site):
    site.serve({'/1': (503, {}, '')})
    assert fetch(db.main, site.url + '1', max_retries=0) == (503,)
    assert len(site.requests) == 1
    db.main.run('SET webwrap.max_retries = 1')
    assert fetch(db.main, site.url + '1') == (503,)
    assert len(site.requests) == 3
    assert db.main.error(FETCH.format('*'), site.url, '{"max_retries": -1}').sqlstate == 'HV024'


def test_a_hosts_wish_is_kept_by_all_backends(db, site):
    site.serve({'/1': answers((503, {'Retry-After': '1'}, ''), '<p>now</p>'), '/2': '<p>other</p>'})
    first = db.connect().start(f"SELECT html FROM webwrap.fetch('{site.url}1')")
    site.wait_for_request('/1')
    assert fetch(db.main, site.url + '2', 'html') == ('<p>other</p>',)
    assert first.wait().rows == [('<p>now</p>',)]
    assert site.times[1] - site.times[0] >= 0.95 or site.requests[1] == '/2'
    assert site.times[site.requests.index('/1', 1)] - site.times[0] >= 0.95


def test_a_wish_beyond_the_time_limit_is_not_waited_for(db, site):
    site.serve({'/1': (503, {'Retry-After': '40'}, ''), '/2': ''})
    assert fetch(db.main, site.url + '1') == (503,)
    assert len(site.requests) == 1
    error = db.main.error(FETCH.format('*'), site.url + '2', '{}')
    assert error.sqlstate == '08006' and 'asks for no requests' in error.message_primary


def test_a_scan_names_the_status_that_stayed(db, site):
    site.serve({'/1': (503, {}, '')})
    db.main.run(server_sql(site, options=", max_retries '1'"), TABLE.format(url='1'))
    error = db.main.error('SELECT * FROM t')
    assert '503' in error.message_primary and len(site.requests) == 2


# -- robots.txt

ROBOTS = """User-agent: *
Disallow: /private/
Allow: /private/open

User-agent: other
Disallow: /
"""


def test_foreign_tables_keep_to_robots_txt(db, site):
    site.serve({'/robots.txt': ROBOTS, '/1': '<p>public</p>', '/private/1': '<p>private</p>', '/private/open': '<p>open</p>'})
    db.main.run(server_sql(site), TABLE.format(url='1'), TABLE.format(url='private/1').replace(' t ', ' p '),
                TABLE.format(url='private/open').replace(' t ', ' o '))
    assert db.main.rows('SELECT * FROM t') == [('public',)] and db.main.rows('SELECT * FROM o') == [('open',)]
    error = db.main.error('SELECT * FROM p')
    assert error.sqlstate == '42501' and 'robots.txt' in error.message_primary and '/private/' in error.message_detail
    assert '/private/1' not in site.requests
    db.main.run("ALTER SERVER shop OPTIONS (ADD respect_robots 'off')")
    assert db.main.rows('SELECT * FROM p') == [('private',)]


def test_a_single_fetch_keeps_to_robots_txt_only_when_told(db, site):
    site.serve({'/robots.txt': ROBOTS, '/private/1': ''})
    url = site.url + 'private/1'
    assert fetch(db.main, url) == (200,) and '/robots.txt' not in site.requests
    assert db.main.error(FETCH.format('*'), url, '{"respect_robots": true}').sqlstate == '42501'


def test_robots_txt_is_fetched_once_for_all(db, site):
    site.serve({'/robots.txt': ROBOTS, **{f'/{n}': f'<p>{n}</p>' for n in range(20)}})
    db.main.run(server_sql(site), TABLE.format(url='{0..19}'))
    for session in (db.main, db.connect()):
        assert len(session.rows('SELECT * FROM t')) == 20
        wait_until(lambda: db.main.value("SELECT count(*) FROM webwrap.cached_response WHERE url LIKE '%%/robots.txt'"),
                   'robots.txt is not stored')
    assert site.requests.count('/robots.txt') == 1


def test_redirect_targets_are_checked_too(db, site):
    site.serve({'/robots.txt': ROBOTS, '/1': (302, {'Location': '/private/1'}, ''), '/private/1': ''})
    error = db.main.error(FETCH.format('*'), site.url + '1', '{"respect_robots": true}')
    assert error.sqlstate == '42501' and '/private/1' not in site.requests


@pytest.mark.parametrize('status', [401, 403, 404, 410])
def test_without_robots_txt_everything_is_allowed(db, site, status):
    site.serve({'/robots.txt': (status, {}, ''), '/1': ''})
    assert fetch(db.main, site.url + '1', respect_robots=True) == (200,)


@pytest.mark.parametrize('status', [500, 503])
def test_while_robots_txt_cannot_be_read_nothing_is_allowed(db, site, status):
    site.serve({'/robots.txt': (status, {}, ''), '/1': ''})
    db.main.run('SET webwrap.max_retries = 0')
    error = db.main.error(FETCH.format('*'), site.url + '1', '{"respect_robots": true}')
    assert 'robots.txt' in error.message_primary and str(status) in error.message_primary
    assert '/1' not in site.requests


def test_the_delay_of_robots_txt_is_kept(db, site):
    site.serve({'/robots.txt': 'User-agent: *\nCrawl-delay: 0.1\n', **{f'/{n}': '' for n in range(5)}})
    urls = [site.url + str(n) for n in range(5)]
    assert db.main.value("SELECT count(*) FROM webwrap.fetch_many(%s, '{\"respect_robots\": true}')", urls) == 5
    assert site.times[-1] - site.times[1] >= 4 * 0.1 - 0.05


def test_the_product_token_chooses_the_group(db, site):
    site.serve({'/robots.txt': ROBOTS, '/1': ''})
    assert fetch(db.main, site.url + '1', respect_robots=True, user_agent='mine/1.0') == (200,)
    error = db.main.error(FETCH.format('*'), site.url + '1',
                          '{"respect_robots": true, "user_agent": "Other/2.0 (+https://example.org/)"}')
    assert error.sqlstate == '42501'
