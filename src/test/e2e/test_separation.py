"""What one role can do to another one through what they share: the cache, the pace of hosts, the log, a pooled backend."""

import json
import time

import pytest

from database import wait_until
from goods import server_sql
from proxy import Proxy
from site_server import Site

FETCH = 'SELECT {} FROM webwrap.fetch(%s, %s)'
FRESH = {'Cache-Control': 'max-age=600'}


def fetch(session, url, columns='html', **options):
    found = session.row(FETCH.format(columns), url, json.dumps(options))
    return found[0] if len(found) == 1 else found


def refusal(session, url, **options):
    return session.error(FETCH.format('status'), url, json.dumps(options))


def wait_for_store(db, url, count=1):
    wait_until(lambda: db.main.value('SELECT count(*) FROM webwrap.cached_response WHERE url = %s', url) >= count,
               f'{url} was not stored')


@pytest.fixture
def eve(db):
    with db.role('eve', 'webwrap_fetch') as name:
        yield db.connect(name)


@pytest.fixture
def ada(db):
    with db.role('ada', 'webwrap_fetch') as name:
        yield db.connect(name)


# -- the cache

@pytest.mark.parametrize('name', ['Accept', 'Accept-Language', 'Referer', 'User-Agent'])
def test_a_header_of_one_role_does_not_choose_the_page_of_another(db, site, ada, eve, name):
    """Many sites give another page for these and say nothing of it in Vary."""
    site.serve({'/1': lambda headers: (200, FRESH, '<p>evil</p>' if headers.get(name) == 'evil' else '<p>good</p>')})
    assert fetch(eve, site.url + '1', headers={name: 'evil'}) == '<p>evil</p>'
    wait_for_store(db, site.url + '1')
    assert fetch(ada, site.url + '1') == '<p>good</p>'
    site.forget_requests()
    assert fetch(eve, site.url + '1', headers={name.lower(): 'evil'}) == '<p>evil</p>' and site.requests == []


def test_a_cookie_is_for_whom_it_was_set(db, site, ada, eve):
    site.serve({'/1': (200, {**FRESH, 'Set-Cookie': 'session=of-ada', 'X-Other': 'yes'}, '<p>one</p>')})
    assert fetch(ada, site.url + '1', 'headers')['set-cookie'] == ['session=of-ada']
    wait_for_store(db, site.url + '1')
    headers, is_stored = fetch(eve, site.url + '1', 'headers, from_cache')
    assert is_stored and 'set-cookie' not in headers and headers['x-other'] == ['yes']
    assert 'of-ada' not in db.main.value("SELECT string_agg(c::text, ' ') FROM webwrap.cached_response c")


def test_nor_is_one_that_comes_with_a_confirmation(db, site, ada, eve):
    site.serve({'/1': lambda headers: (304, {'ETag': '"1"', 'Set-Cookie': 'session=of-ada', **FRESH}, '')
                if 'If-None-Match' in headers else (200, {'ETag': '"1"'}, '<p>one</p>')})
    fetch(ada, site.url + '1')
    wait_for_store(db, site.url + '1')
    fetch(ada, site.url + '1')
    wait_until(lambda: db.main.value('SELECT count(*) FROM webwrap.cache WHERE cache_control IS NOT NULL'), 'not renewed')
    assert 'set-cookie' not in fetch(eve, site.url + '1', 'headers')


def test_a_cheap_function_sees_no_rows_of_others(db, site, ada, eve):
    site.serve({'/secret-place': (200, FRESH, '')})
    fetch(ada, site.url + 'secret-place')
    wait_for_store(db, site.url + 'secret-place')
    db.main.run('GRANT CREATE ON SCHEMA public TO eve')
    eve.run("CREATE FUNCTION public.leak(text) RETURNS bool LANGUAGE plpgsql COST 0.0000001 AS "
            "$$ BEGIN RAISE NOTICE '%', $1; RETURN true; END $$")
    assert eve.rows('SELECT * FROM webwrap.cache WHERE public.leak(url)') == []
    assert [notice.message for notice in eve.notices] == []


def test_clearing_tells_nothing_about_what_others_fetched(db, site, ada, eve):
    """LIKE raises for a backslash at the end of a pattern, but only once all before it has matched."""
    site.serve({'/secret-place': (200, FRESH, '')})
    fetch(ada, site.url + 'secret-place')
    wait_for_store(db, site.url + 'secret-place')
    for guess in ('secret', 'nothing'):
        assert eve.value('SELECT webwrap.cache_clear(%s)', site.url + guess + '\\') == 0
    assert db.main.value('SELECT count(*) FROM webwrap.cached_response') == 1


def test_who_watches_the_cache_sees_no_secret_in_a_url(db, site, ada):
    site.serve({'/1?api_key=hidden': (200, FRESH, '')})
    fetch(ada, site.url + '1?api_key=hidden')
    wait_for_store(db, site.url + '1?api_key=hidden')
    assert ada.value('SELECT url FROM webwrap.cache') == site.url + '1?api_key=hidden'
    with db.role('watch', 'pg_monitor') as watch:
        assert db.connect(watch).rows('SELECT url, stored_by FROM webwrap.cache') == [(site.url + '1?***', 'ada')]


def test_headers_count_as_size_of_the_cache(db, site, eve):
    """Or a role could fill the disk with responses that have no body."""
    db.main.run(f"ALTER DATABASE {db.name} SET webwrap.cache_size = '100kB'")
    site.serve({f'/{n}': (200, {**FRESH, 'X-Long': 'x' * 20_000}, '') for n in range(40)})
    eve.rows('SELECT status FROM webwrap.fetch_many(%s)', [site.url + str(n) for n in range(40)])
    wait_until(lambda: 0 < db.main.value('SELECT count(*) FROM webwrap.cached_response') <= 5, 'the cache grows on')


def test_a_mapping_that_changes_twice_in_a_transaction_is_two(db, site):
    site.serve({'/1': lambda headers: (200, FRESH, f"<p>{headers.get('Authorization')}</p>")})
    db.main.run(server_sql(site), "CREATE USER MAPPING FOR CURRENT_USER SERVER shop OPTIONS (bearer_token 'a')", 'BEGIN')
    for token in ('b', 'c'):
        db.main.run(f"ALTER USER MAPPING FOR CURRENT_USER SERVER shop OPTIONS (SET bearer_token '{token}')")
        assert fetch(db.main, '1', server='shop') == f'<p>Bearer {token}</p>'
        identity = "SELECT count(*) FROM webwrap.cached_response"
        seen = db.connect()
        wait_until(lambda: seen.value(identity) > 0, 'not stored')
    db.main.run('COMMIT')
    assert fetch(db.connect(), '1', server='shop') == '<p>Bearer c</p>'


def test_the_reader_of_a_view_sees_no_headers_that_its_owner_got(db, site, ada, eve):
    site.serve({'/1': (200, {**FRESH, 'ETag': '"of-ada"'}, '<p>one</p>')})
    db.main.run(server_sql(site), "CREATE USER MAPPING FOR ada SERVER shop OPTIONS (bearer_token 'sesame')",
                "CREATE FOREIGN TABLE t (a text OPTIONS (xpath '//p')) SERVER shop OPTIONS (url '1')",
                'CREATE VIEW v AS SELECT a FROM t', 'ALTER VIEW v OWNER TO ada', 'GRANT SELECT ON t TO ada',
                'GRANT SELECT ON v TO eve')
    assert eve.rows('SELECT * FROM v') == [('one',)]
    wait_for_store(db, site.url + '1')
    seen = 'SELECT etag, is_private FROM webwrap.cache WHERE url = %s'
    assert eve.rows(seen, site.url + '1') == [] and eve.value('SELECT webwrap.cache_clear(%s)', site.url + '1') == 0
    assert ada.rows(seen, site.url + '1') == [('"of-ada"', True)]


# -- secrets of a mapping for PUBLIC, which those who use it cannot read

@pytest.fixture
def shared_secret(db, site, eve):
    site.serve({'/1': '<p>one</p>'})
    db.main.run(server_sql(site), "CREATE USER MAPPING FOR PUBLIC SERVER shop OPTIONS (bearer_token 'sesame')",
                'GRANT USAGE ON FOREIGN SERVER shop TO eve')
    assert eve.value("SELECT umoptions FROM pg_user_mappings WHERE srvname = 'shop'") is None


def test_a_secret_goes_through_no_proxy_of_the_call(db, site, eve, shared_secret):
    with Proxy() as proxy:
        error = refusal(eve, '1', server='shop', proxy=proxy.url)
        assert error.sqlstate == 'HV024' and 'proxy' in error.message_primary
        assert 'sesame' not in str(proxy.requests) and site.requests == []
        db.main.run('DROP USER MAPPING FOR PUBLIC SERVER shop')
        assert fetch(eve, '1', server='shop', proxy=proxy.url) == '<p>one</p>'


@pytest.mark.parametrize('name', ['Host', 'host'])
def test_a_secret_goes_to_no_other_host_of_the_same_address(site, eve, shared_secret, name):
    error = refusal(eve, '1', server='shop', headers={name: 'evil.example'})
    assert error.sqlstate == '22023' and 'cannot be set' in error.message_primary and site.requests == []
    assert fetch(eve, site.url + '1', headers={name: 'evil.example'}) == '<p>one</p>'


# -- pace

@pytest.mark.parametrize('rate', [1e-9, 1e-300])
def test_a_slow_pace_is_for_whoever_wants_it(site, ada, eve, rate):
    site.serve({'/1': '<p>one</p>', '/2': '<p>two</p>'})
    fetch(eve, site.url + '1', requests_per_second=rate)
    ada.run("SET statement_timeout = '5s'")
    assert fetch(ada, site.url + '2', requests_per_second=10) == '<p>two</p>'


def test_who_waits_for_a_turn_holds_up_no_one(db, site, ada, eve):
    """eve leads the flight for a page and waits for her own pace all the while."""
    def slow(_):
        time.sleep(0.3)
        return '<p>two</p>'
    site.serve({'/1': '<p>one</p>', '/2': slow})
    fetch(eve, site.url + '1', requests_per_second=1e-6)
    held = eve.start(f"""SELECT html FROM webwrap.fetch('{site.url}2', '{{"requests_per_second": 0.000001}}')""")
    wait_until(lambda: db.main.value("SELECT count(*) FROM pg_stat_activity WHERE usename = 'eve' AND wait_event = 'Extension'"),
               'eve does not wait')
    ada.run("SET webwrap.request_timeout = '2s'")
    assert fetch(ada, site.url + '2') == '<p>two</p>'
    db.main.run("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE usename = 'eve'")
    assert held.wait().sqlstate == '57014'


# -- the log

def test_a_role_cannot_keep_out_of_the_log(db, site):
    site.serve({'/1': '<p>one</p>'})
    db.main.run(f'ALTER DATABASE {db.name} SET webwrap.log_requests = on')
    with db.role('eve', 'webwrap_fetch') as eve:
        session = db.connect(eve + " options='-c webwrap.log_requests=off'")
        fetch(session, site.url + '1')
        wait_until(lambda: db.main.value('SELECT count(*) FROM webwrap.request_log') == 1, 'not logged')


# -- robots.txt in a backend that roles share

def test_robots_of_one_way_are_not_those_of_another(db, site):
    site.serve({'/robots.txt': 'User-agent: *\nAllow: /', '/1': '<p>one</p>'})
    with Site() as evil:  # a proxy is asked for whole URLs
        evil.serve({site.url + 'robots.txt': 'User-agent: *\nDisallow: /'})
        error = refusal(db.main, site.url + '1', proxy=evil.url, respect_robots=True)
    assert error.sqlstate == '42501'
    assert fetch(db.main, site.url + '1', respect_robots=True) == '<p>one</p>'


def test_a_limit_of_one_role_does_not_stop_the_next(db, site):
    site.serve({'/robots.txt': 'User-agent: *\nAllow: /\n' + '#' * 5000, '/1': '<p>one</p>'})
    db.main.run('BEGIN', "SET LOCAL webwrap.max_page_size = '1kB'")
    assert refusal(db.main, site.url + '1', respect_robots=True).sqlstate == '54000'
    db.main.run('ROLLBACK')
    assert fetch(db.main, site.url + '1', respect_robots=True) == '<p>one</p>'


# -- background workers

def test_refreshers_leave_workers_to_others(db, site, eve):
    half = int(db.main.value("SHOW max_worker_processes")) // 2
    urls = [site.url + str(n) for n in range(12)]
    stale = (200, {'Cache-Control': 'max-age=0, stale-while-revalidate=600'}, '')
    site.serve({f'/{n}': stale for n in range(12)})
    eve.rows('SELECT status FROM webwrap.fetch_many(%s)', urls)
    wait_until(lambda: db.main.value('SELECT count(*) FROM webwrap.cached_response') == 12, 'not stored')
    for n in range(12):
        site.hold(f'/{n}')
    running = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'webwrap refresher'"
    for url in urls:
        assert eve.value('SELECT from_cache FROM webwrap.fetch(%s)', url)
        assert db.main.value(running) <= half
    wait_until(lambda: db.main.value(running) == half, 'nobody refreshes')
    for n in range(12):
        site.release(f'/{n}')
    wait_until(lambda: db.main.value(running) == 0, 'refreshers go on')
    eve.value('SELECT from_cache FROM webwrap.fetch(%s)', urls[-1])
    site.wait_for_request('/11')
