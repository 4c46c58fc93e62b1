"""The shared HTTP cache and single flight, each rule against a real server that counts."""

import json
import threading

import pytest

from database import wait_until
from goods import server_sql

FETCH = 'SELECT {} FROM webwrap.fetch(%s, %s)'
BACKENDS = 16


def fetch(session, url, columns='html, from_cache', **options):
    return session.row(FETCH.format(columns), url, json.dumps(options))


def wait_for_store(db, url, count=1):
    wait_until(lambda: db.main.value('SELECT count(*) FROM webwrap.cached_response WHERE url = %s', url) >= count,
               f'{url} was not stored')


def numbered(**headers):
    """A page that says how often it was made."""
    made = []

    def page(_):
        made.append(1)
        return 200, headers, f'<p>{len(made)}</p>'
    return page


@pytest.fixture
def page(db, site):
    """A function that serves a page and returns its URL."""
    def serve(content, path='/page'):
        site.serve({**site.pages, path: content})
        return site.url.rstrip('/') + path
    return serve


@pytest.mark.parametrize('headers', [{'Cache-Control': 'max-age=600'}, {'ETag': '"1"'}, {}])
def test_sixteen_backends_make_one_request(db, site, page, headers):
    url = page((200, headers, '<p>one</p>'))
    site.hold('/page')
    sessions = [db.connect() for _ in range(BACKENDS)]
    running = [session.start(f"SELECT html FROM webwrap.fetch('{url}')") for session in sessions]
    site.wait_for_request('/page')
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT html%%' AND wait_event = 'Extension'"
    wait_until(lambda: db.main.value(waiting) == BACKENDS, 'not all backends wait')
    site.release('/page')
    assert [run.wait().rows for run in running] == [[('<p>one</p>',)]] * BACKENDS
    assert site.requests == ['/page']


def test_sixteen_scans_of_a_foreign_table_make_one_request(db, site):
    """What the charts of a dashboard do: each in a new backend, all at once."""
    site.serve({'/1': '<p>one</p><p>two</p>'})
    site.hold('/1')
    db.main.run(server_sql(site, options=", cache_ttl '1 hour'"),
                "CREATE FOREIGN TABLE t (a text OPTIONS (xpath '.')) SERVER shop OPTIONS (url '1', rows '//p')")
    running = [db.connect().start('SELECT a FROM t') for _ in range(BACKENDS)]
    site.wait_for_request('/1')
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT a FROM t' AND wait_event = 'Extension'"
    wait_until(lambda: db.main.value(waiting) == BACKENDS, 'not all backends wait')
    site.release('/1')
    assert [run.wait().rows for run in running] == [[('one',), ('two',)]] * BACKENDS
    assert site.requests == ['/1'] and site.robots_requests == 1
    wait_for_store(db, site.url + '1')
    warm = [db.connect().start('SELECT a FROM t') for _ in range(BACKENDS)]
    assert [run.wait().rows for run in warm] == [[('one',), ('two',)]] * BACKENDS
    assert site.requests == ['/1'] and site.robots_requests == 1


def test_a_warm_cache_makes_no_request(db, site, page):
    url = page((200, {'Cache-Control': 'max-age=600'}, '<p>one</p>'))
    assert fetch(db.main, url) == ('<p>one</p>', False)
    wait_for_store(db, url)
    site.forget_requests()
    running = [db.connect().start(f"SELECT html, from_cache FROM webwrap.fetch('{url}')") for _ in range(BACKENDS)]
    assert [run.wait().rows for run in running] == [[('<p>one</p>', True)]] * BACKENDS
    assert site.requests == []


def test_the_time_of_a_stored_response_is_when_it_came(db, page):
    url = page((200, {'Cache-Control': 'max-age=600'}, ''))
    (first,) = fetch(db.main, url, 'fetched_at')
    wait_for_store(db, url)
    assert fetch(db.main, url, 'fetched_at, from_cache') == (first, True)


def test_a_response_is_confirmed_by_its_etag(db, site, page):
    def tagged(headers):
        if headers.get('If-None-Match') == '"v1"':
            return 304, {'ETag': '"v1"', 'X-Confirmed': 'yes'}, ''
        return 200, {'ETag': '"v1"'}, '<p>v1</p>'
    url = page(tagged)
    assert fetch(db.main, url) == ('<p>v1</p>', False)
    wait_for_store(db, url)
    html, is_stored, headers = fetch(db.connect(), url, 'html, from_cache, headers')
    assert (html, is_stored, headers['x-confirmed']) == ('<p>v1</p>', True, ['yes'])
    assert site.requests == ['/page'] * 2 and 'If-None-Match' not in site.headers[0]
    page(lambda _: (200, {'ETag': '"v2"'}, '<p>v2</p>'))
    assert fetch(db.connect(), url) == ('<p>v2</p>', False)


def test_a_response_is_confirmed_by_its_date(db, site, page):
    date = 'Tue, 03 Mar 2026 10:00:00 GMT'
    url = page(lambda headers: (304, {}, '') if headers.get('If-Modified-Since') == date
               else (200, {'Last-Modified': date}, '<p>old</p>'))
    assert fetch(db.main, url)[0] == '<p>old</p>'
    wait_for_store(db, url)
    assert fetch(db.main, url) == ('<p>old</p>', True)
    assert len(site.requests) == 2


def test_a_confirmation_makes_a_response_fresh_again(db, site, page):
    answers = [(200, {'ETag': '"1"', 'Cache-Control': 'max-age=0'}, '<p>1</p>')]
    url = page(lambda headers: (304, {'ETag': '"1"', 'Cache-Control': 'max-age=600'}, '')
               if 'If-None-Match' in headers else answers[0])
    fetch(db.main, url)
    wait_for_store(db, url)
    assert fetch(db.main, url) == ('<p>1</p>', True)
    wait_until(lambda: db.main.value("SELECT cache_control FROM webwrap.cache WHERE url = %s", url) == 'max-age=600',
               'not renewed')
    site.forget_requests()
    assert fetch(db.main, url) == ('<p>1</p>', True)
    assert site.requests == []


def test_vary_keeps_variants_apart(db, site, page):
    url = page(lambda headers: (200, {'Vary': 'Accept-Language', 'Cache-Control': 'max-age=600'},
                                f"<p>{headers.get('Accept-Language')}</p>"))
    for language in ('de', 'en'):
        assert fetch(db.main, url, headers={'Accept-Language': language}) == (f'<p>{language}</p>', False)
    wait_for_store(db, url, 2)
    site.forget_requests()
    for language in ('de', 'en'):
        assert fetch(db.connect(), url, headers={'accept-language': language}) == (f'<p>{language}</p>', True)
    assert site.requests == []
    assert fetch(db.main, url, headers={'Accept-Language': 'fr'}) == ('<p>fr</p>', False)


@pytest.mark.parametrize('vary', ['*', 'Accept-Language, *'])
def test_vary_star_is_never_reused(db, page, vary):
    url = page(numbered(**{'Vary': vary, 'Cache-Control': 'max-age=600'}))
    assert [fetch(db.main, url) for _ in range(2)] == [('<p>1</p>', False), ('<p>2</p>', False)]


@pytest.mark.parametrize('control', ['no-store', 'no-store, max-age=600', 'private, max-age=600'])
def test_what_must_not_be_stored_is_not(db, page, control):
    url = page(numbered(**{'Cache-Control': control, 'ETag': '"1"'}))
    assert [fetch(db.main, url) for _ in range(2)] == [('<p>1</p>', False), ('<p>2</p>', False)]
    assert db.main.value('SELECT count(*) FROM webwrap.cached_response') == 0


def test_cache_ttl_overrides_the_site_but_not_no_store(db, page):
    url = page(numbered(**{'Cache-Control': 'no-cache'}))
    assert fetch(db.main, url, cache_ttl='1 hour') == ('<p>1</p>', False)
    wait_for_store(db, url)
    assert fetch(db.main, url, cache_ttl='1 hour') == ('<p>1</p>', True)
    assert fetch(db.main, url) == ('<p>2</p>', False)
    url = page(numbered(**{'Cache-Control': 'no-store'}), '/secret')
    assert [fetch(db.main, url, cache_ttl=3600)[1] for _ in range(2)] == [False, False]


def test_a_stale_response_is_served_while_it_is_fetched_anew(db, site, page):
    url = page(numbered(**{'Cache-Control': 'max-age=0, stale-while-revalidate=600'}))
    assert fetch(db.main, url, cache='use') == ('<p>1</p>', False)
    wait_for_store(db, url)
    assert fetch(db.main, url) == ('<p>1</p>', True)
    wait_until(lambda: len(site.requests) == 2, 'nobody fetched it anew')
    wait_until(lambda: fetch(db.main, url)[0] == '<p>2</p>', 'what was fetched anew is not served')


def test_stale_while_revalidate_as_an_option(db, site, page):
    url = page(numbered(ETag='"1"'))
    fetch(db.main, url)
    wait_for_store(db, url)
    assert fetch(db.main, url, stale_while_revalidate='1 hour') == ('<p>1</p>', True)
    wait_until(lambda: len(site.requests) == 2, 'nobody fetched it anew')


def test_reload_only_and_off(db, site, page):
    url = page(numbered(**{'Cache-Control': 'max-age=600'}))
    error = db.main.error(FETCH.format('*'), url, '{"cache": "only"}')
    assert error.sqlstate == '55000' and site.requests == []
    assert fetch(db.main, url, cache='off') == ('<p>1</p>', False)
    assert fetch(db.main, url, cache='reload') == ('<p>2</p>', False)
    wait_for_store(db, url)
    assert fetch(db.main, url, cache='reload') == ('<p>3</p>', False)
    wait_until(lambda: fetch(db.main, url) == ('<p>3</p>', True), 'the newest is not served')
    assert fetch(db.main, url, cache='only') == ('<p>3</p>', True)
    assert db.main.error(FETCH.format('*'), url, '{"cache": "sometimes"}').sqlstate == 'HV024'


def test_offline_serves_what_there_is_however_old(db, site, page):
    url = page(numbered(ETag='"1"'))
    fetch(db.main, url)
    wait_for_store(db, url)
    site.forget_requests()
    db.main.run('SET webwrap.offline = on')
    assert fetch(db.main, url) == ('<p>1</p>', True)
    error = db.main.error(FETCH.format('*'), url + '?other', '{}')
    assert error.sqlstate == '55000' and 'offline' in error.message_hint
    assert db.main.error(FETCH.format('*'), url, '{"method": "POST"}').sqlstate == '55000'
    assert site.requests == []


def test_redirects_are_stored_hop_by_hop(db, site, page):
    target = page((200, {'Cache-Control': 'max-age=600'}, '<p>there</p>'), '/there')
    url = page((301, {'Location': '/there', 'Cache-Control': 'max-age=600'}, ''))
    assert fetch(db.main, url, 'html, final_url') == ('<p>there</p>', target)
    wait_for_store(db, url)
    wait_for_store(db, target)
    site.forget_requests()
    assert fetch(db.connect(), url, 'html, final_url, from_cache') == ('<p>there</p>', target, True)
    assert site.requests == []


@pytest.mark.parametrize('options', [{'method': 'POST'}, {'headers': {'Authorization': 'x'}}, {'headers': {'Cookie': 'a=1'}},
                                     {'headers': {'X-Key': '1'}}, {'headers': {'If-None-Match': '"x"'}}])
def test_requests_that_are_not_for_others_are_not_shared(db, page, options):
    url = page(numbered(**{'Cache-Control': 'max-age=600'}))
    page_of_post = db.main.row(FETCH.format('status, from_cache'), url, json.dumps(options))
    assert page_of_post[1] is False
    assert db.main.value('SELECT count(*) FROM webwrap.cached_response') == 0


def test_a_fill_works_in_a_read_only_transaction_and_survives_its_rollback(db, site, page):
    url = page((200, {'Cache-Control': 'max-age=600'}, '<p>one</p>'))
    db.main.run('BEGIN READ ONLY')
    assert fetch(db.main, url) == ('<p>one</p>', False)
    db.main.run('ROLLBACK')
    wait_for_store(db, url)
    assert fetch(db.connect(), url) == ('<p>one</p>', True)


def test_the_guard_holds_for_stored_responses(db, site, page):
    url = page((200, {'Cache-Control': 'max-age=600'}, ''))
    fetch(db.main, url)
    wait_for_store(db, url)
    db.main.run("SET webwrap.allowed_networks = ''")
    assert db.main.error(FETCH.format('*'), url, '{}').sqlstate == '42501'
    db.main.run('SET webwrap.offline = on')
    assert db.main.error(FETCH.format('*'), url, '{}').sqlstate == '55000'


# -- identities

def own_page(headers):
    return 200, {'Cache-Control': 'max-age=600'}, f"<p>{headers.get('Authorization')}</p>"


def test_one_users_response_never_serves_another(db, site):
    site.serve({'/1': own_page})
    db.main.run(server_sql(site), "CREATE FOREIGN TABLE t (who text OPTIONS (xpath '//p')) SERVER shop OPTIONS (url '1')",
                'GRANT SELECT ON t TO PUBLIC', f'ALTER DATABASE {db.name} SET webwrap.snapshot_pages = 0')
    with db.role('ada') as ada, db.role('bob') as bob, db.role('eve') as eve:
        for role in (ada, bob):
            db.main.run(f"CREATE USER MAPPING FOR {role} SERVER shop OPTIONS (bearer_token 'of-{role}')")
        for _ in range(2):
            assert db.connect(ada).rows('SELECT who FROM t') == [('Bearer of-ada',)]
            assert db.connect(bob).rows('SELECT who FROM t') == [('Bearer of-bob',)]
            assert db.connect(eve).rows('SELECT who FROM t') == [('None',)]
            wait_for_store(db, site.url + '1', 3)
        asked = [path for path in site.requests if path == '/1']
        assert len(asked) == 3
        # A changed secret is somebody else.
        db.main.run(f"ALTER USER MAPPING FOR {ada} SERVER shop OPTIONS (SET bearer_token 'new')")
        assert db.connect(ada).rows('SELECT who FROM t') == [('Bearer new',)]
        # Nor does a role see what another has.
        for role, count in ((ada, 2), (bob, 1), (eve, 1)):
            wait_until(lambda: db.connect(role).value('SELECT count(*) FROM webwrap.cache WHERE url = %s',
                                                      site.url + '1') == count, 'not stored')
            assert db.connect(role).error('SELECT * FROM webwrap.cached_response').sqlstate == '42501'
        assert db.connect(eve).value('SELECT webwrap.cache_clear()') <= 2  # its page and robots.txt
        assert db.main.value("SELECT count(*) FROM webwrap.cached_response WHERE url = %s", site.url + '1') == 3
        stored = db.main.value("SELECT string_agg(c::text, ' ') FROM webwrap.cached_response c")
        assert 'of-bob' not in stored


# -- size, clearing, what can be seen

def test_the_cache_keeps_to_its_size(db, site):
    db.main.run(f"ALTER DATABASE {db.name} SET webwrap.cache_size = '100kB'")
    noise = ''.join(f'{n * 7919 % 10007:x}' for n in range(8000))
    pages = {f'/{n}': (200, {'Cache-Control': 'max-age=600'}, f'<p>{n}{noise[n * 100:]}</p>') for n in range(40)}
    site.serve(pages)
    session = db.connect()
    urls = [site.url + str(n) for n in range(40)]
    assert session.value('SELECT count(*) FROM webwrap.fetch_many(%s) WHERE status = 200', urls) == 40

    def is_trimmed():
        count, size = db.main.row('SELECT count(*), coalesce(sum(stored_bytes), 0) FROM webwrap.cached_response')
        return 0 < count < 40 and size <= 100 * 1024
    wait_until(is_trimmed, 'the cache grew beyond its size')
    assert db.main.value('SELECT count(*) FROM webwrap.body b WHERE NOT EXISTS '
                         '(SELECT FROM webwrap.cached_response c WHERE c.body_hash = b.hash)') == 0


def test_clearing(db, site, page):
    urls = [page(numbered(**{'Cache-Control': 'max-age=600'}), path) for path in ('/a', '/b', '/c')]
    for url in urls:
        fetch(db.main, url)
        wait_for_store(db, url)
    assert db.main.value('SELECT webwrap.cache_clear(%s)', '%/a') == 1
    assert fetch(db.main, urls[0]) == ('<p>2</p>', False) and fetch(db.main, urls[1]) == ('<p>1</p>', True)
    wait_for_store(db, urls[0])
    assert db.main.value('SELECT webwrap.cache_clear()') == 3
    assert db.main.value('SELECT count(*) FROM webwrap.body') == 0


def test_a_replaced_response_leaves_no_body_behind(db, page):
    url = page(numbered(ETag='"x"'))
    for _ in range(3):
        fetch(db.main, url, cache='reload')
    wait_until(lambda: db.main.value("SELECT convert_from(webwrap.load_body(body_hash), 'UTF8') FROM webwrap.cached_response")
               == '<p>3</p>', 'the last one is not stored')
    assert db.main.value('SELECT count(*) FROM webwrap.body') == 1


def test_many_threads_of_many_urls(db, site):
    """Eight backends want the same forty pages in different orders: each page is fetched once."""
    site.serve({f'/{n}': (200, {'Cache-Control': 'max-age=600'}, f'<p>{n}</p>') for n in range(40)})
    urls = [site.url + str(n) for n in range(40)]
    orders = [urls[n * 5:] + urls[:n * 5] for n in range(8)]
    results = [None] * 8

    def work(number):
        results[number] = db.connect().rows('SELECT url, html FROM webwrap.fetch_many(%s)', orders[number])
    threads = [threading.Thread(target=work, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    expected = sorted((site.url + str(n), f'<p>{n}</p>') for n in range(40))
    assert [sorted(rows) for rows in results] == [expected] * 8
    assert sorted(site.requests) == sorted(f'/{n}' for n in range(40))


@pytest.mark.parametrize('ending', ['cancel', 'terminate'])
def test_a_leader_that_ends_leaves_the_flight_to_the_others(db, site, page, ending):
    url = page((200, {'Cache-Control': 'max-age=600'}, '<p>one</p>'))
    site.hold('/page')
    leader, follower = db.connect(), db.connect()
    leading = leader.start(f"SELECT html FROM webwrap.fetch('{url}')")
    site.wait_for_request('/page')
    following = follower.start(f"SELECT html FROM webwrap.fetch('{url}')")
    db.main.run(f'SELECT pg_{ending}_backend({leader.pid})')
    assert leading.wait().error is not None
    wait_until(lambda: len(site.requests) == 2, 'nobody took over')
    site.release('/page')
    assert following.wait().rows == [('<p>one</p>',)]
