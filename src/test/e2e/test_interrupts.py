"""Whatever a session waits for, it can be stopped, and goes on afterwards."""

import itertools
import os
import time
from pathlib import Path

import pytest

from database import Database, wait_until
from figures import FIGURES
from goods import server_sql, table_sql

COLUMNS = "a text OPTIONS (xpath './td')"


@pytest.fixture
def urls(hostile):
    return {'never answers': hostile.url('/hang'), 'never ends its page': hostile.url('/hang-body'),
            'trickles': hostile.url('/slow?delay=0.1&bytes=100000'), 'never accepts': hostile.silent_url()}


def fastest_cancel(session, statement, *parameters):
    """Seconds until 57014, the best of some tries: the machine may be busy, and one quick try shows that it can be."""
    fastest = 60.0
    for _ in range(5):
        started = time.monotonic()
        assert session.error(statement, *parameters).sqlstate == '57014'
        fastest = min(fastest, time.monotonic() - started)
        if fastest < 0.5:
            break
    return fastest


KINDS = ['never answers', 'never ends its page', 'trickles', 'never accepts']


@pytest.mark.parametrize('kind', KINDS)
def test_statement_timeout_ends_a_fetch_from_a_server_that(db, urls, kind):
    db.main.run("SET statement_timeout = '250ms'")
    assert fastest_cancel(db.main, 'SELECT status FROM webwrap.fetch(%s)', urls[kind]) < 0.5
    assert db.main.value("SELECT (webwrap.xpath('<p>goes on', '//p'))[1]") == 'goes on'


STAGES = {
    'parse': "SELECT count(webwrap.xpath(repeat('<p class=\"a\"><b>x</b> y', 150000) || i, 'count(//p)')) FROM generate_series(1, 1000) i",
    'parse of misnested elements': "SELECT count(webwrap.xpath(repeat('<a><div>', 400000) || i, 'count(//a)')) FROM generate_series(1, 1000) i",
    'visible text': "SELECT count(webwrap.visible_text(repeat('<p> x <b>y</b>', 150000) || i)) FROM generate_series(1, 1000) i",
    'tables': "SELECT count(*) FROM generate_series(1, 1000) i, webwrap.tables('<table>' || repeat('<tr><td>x<td>y', 100000) || i)",
    'as XML': "SELECT count(webwrap.as_xml(repeat('<p title=x>x', 150000) || i)) FROM generate_series(1, 1000) i",
    'select': "SELECT webwrap.xpath(repeat('<p>x</p>', 20000), '//p[count(preceding::p[. = following::p]) > 1]')",
    'select in libxml2': "SELECT webwrap.xpath(repeat('<p>x</p>', 20000), '//p[not(lang(\"x\"))][count(preceding::p[. = following::p]) > 1]')",
    'css': "SELECT webwrap.css(repeat('<p><b>x</b></p>', 20000), 'p:has(~ p ~ p > i)')",
    'match': """SELECT webwrap.simple_tree_matching('<r>' || string_agg(format('<x><a%s/></x>', i), '') || '</r>',
        '<r>' || string_agg(format('<x><b%s/></x>', i), '') || '</r>') FROM generate_series(1, 14000) i""",
    'wrap': """SELECT webwrap.verify(repeat('<p>x</p>', 20000),
        '{"rows": {"xpath": "//p"}, "columns": {"a": {"xpath": "count(preceding::p[. = following::p])"}}}')""",
    'adapt': """SELECT webwrap.adapt('<table>' || string_agg(format('<tr><td class="a%s">%s</td><td>%s</td></tr>', i % 7, md5(i::text), i), ''), '//td',
        string_agg(format('<li><b>%s</b><i class="b%s">%s</i></li>', i, i % 5, md5(i::text)), '')) FROM generate_series(1, 40000) i""",
    'learn': """SELECT count(webwrap.learn_wrapper(repeat('<div><p><b>1</b><i>1</i></p></div>', 30000) || i, '{"a": 1, "b": 1}'))
        FROM generate_series(1, 1000) i""",
    'separate': """SELECT count(webwrap.separate(page || n)) FROM generate_series(1, 1000) n, (SELECT string_agg(
        format('<li class="a%s"><a href="%s">%s</a></li>', i % 7, i, md5(i::text)), '') AS page FROM generate_series(1, 20000) i) p""",
    'separate by dual-TLBO': """SELECT webwrap.separate(string_agg(
        format('<li><a href="%s">%s</a></li>', i, md5(i::text)), ''), 'mi_dual_tlbo') FROM generate_series(1, 20000) i""",
    'restore': """SELECT count(webwrap.restore('<for1>{r1}<if1>x</if1></for1>' || n, data)) FROM generate_series(1, 1000) n,
        (SELECT jsonb_build_object('for1', jsonb_agg(jsonb_build_object('r1', 'x'))) AS data FROM generate_series(1, 50000)) d""",
    'site_template': """SELECT webwrap.site_template(page || n) FROM generate_series(1, 1000) n, (SELECT string_agg(
        format('<li class="a%s"><b>%s</b></li>', i % 7, i), '') AS page FROM generate_series(1, 5000) i) p""",
    'classify': """SELECT count(*) FROM generate_series(1, 1000) i, webwrap.classify(repeat('<div class=a><p><b>1</b></p></div>', 30000) || i,
        '{"a": {"wrapper": {"columns": {"b": {"xpath": "//i"}}}, "example": "<p>"}}')""",
}


@pytest.mark.parametrize('stage', STAGES)
def test_statement_timeout_ends_the_stage(db, stage):
    db.main.run("SET webwrap.max_xpath_operations = 2147483647", "SET webwrap.max_match_cells = 2147483647",
                "SET statement_timeout = '250ms'")
    assert fastest_cancel(db.main, STAGES[stage]) < 0.5
    assert db.main.value("SELECT (webwrap.xpath('<p>goes on', '//p'))[1]") == 'goes on'


def test_statement_timeout_ends_a_scan(db, hostile):
    db.main.run(f"CREATE SERVER s FOREIGN DATA WRAPPER webwrap OPTIONS (base_url '{hostile.url('/')}')",
                table_sql('t', 's', COLUMNS, url='hang', min_rows=None), "SET statement_timeout = '250ms'")
    assert db.main.error('SELECT * FROM t').sqlstate == '57014'
    assert db.main.value('SELECT 1') == 1


def test_statement_timeout_ends_the_wait_between_requests(db, site):
    site.serve(['<table id="goods"><tbody><tr><td>1</td></tr></tbody></table>'] * 3)
    db.main.run(server_sql(site, options=", requests_per_second '0.001'"), table_sql('t', columns=COLUMNS, min_rows=None),
                "SET statement_timeout = '250ms'")
    assert db.main.error('SELECT * FROM t').sqlstate == '57014'
    assert site.requests == ['/1']


def test_statement_timeout_ends_fetch_many(db, urls):
    db.main.run("SET statement_timeout = '250ms'")
    assert db.main.error('SELECT * FROM webwrap.fetch_many(%s)', list(urls.values())).sqlstate == '57014'
    assert db.main.value('SELECT 1') == 1


@pytest.fixture
def held(db, site):
    """A session in the middle of a scan: the site does not answer for its second page."""
    page = '<table id="goods"><tbody><tr><td>1</td></tr></tbody></table>'
    site.serve([page] * 3)
    db.main.run(server_sql(site), table_sql('t', columns=COLUMNS, min_rows=None))
    site.hold('/2')
    session = db.connect()
    running = session.start('SELECT * FROM t')
    site.wait_for_request('/2')
    return session, running


def test_pg_cancel_backend_ends_a_scan(db, site, held):
    session, running = held
    db.main.value('SELECT pg_cancel_backend(%s)', session.pid)
    assert running.wait().sqlstate == '57014'
    site.release('/2')
    assert session.value('SELECT count(*) FROM t') == 3


def test_pg_terminate_backend_ends_a_scan(db, held):
    session, running = held
    db.main.value('SELECT pg_terminate_backend(%s)', session.pid)
    assert 'terminating connection due to administrator command' in str(running.wait().error)
    wait_until(lambda: db.main.value('SELECT count(*) FROM pg_stat_activity WHERE pid = %s', session.pid) == 0, 'backend stays')


def test_our_own_time_limit_is_another_error(db, hostile):
    error = db.main.error('SELECT * FROM webwrap.fetch(%s, %s)', hostile.url('/hang'), '{"timeout_ms": 100}')
    assert error.sqlstate == '08006'
    db.main.run("SET webwrap.request_timeout = '100ms'")
    error = db.main.error('SELECT * FROM webwrap.fetch(%s)', hostile.url('/hang'))
    assert error.sqlstate == '08006' and 'webwrap.request_timeout' in (error.message_hint or '')


def test_a_closed_cursor_leaves_the_session_fine(db, site):
    site.serve(['<table id="goods"><tbody><tr><td>1</td></tr></tbody></table>'] * 3)
    db.main.run(server_sql(site), table_sql('t', columns=COLUMNS, min_rows=None), 'BEGIN',
                'DECLARE c CURSOR FOR SELECT * FROM t')
    assert db.main.rows('FETCH 1 FROM c') == [('1',)]
    db.main.run('CLOSE c', 'COMMIT')
    assert site.requests == ['/1']
    assert db.main.value('SELECT count(*) FROM t') == 3


# -- every stage of a request, stopped in every way

MANY = 20
_numbers = itertools.count()


def sockets_of(pid):
    """Inodes of the sockets the process has open."""
    for descriptor in Path(f'/proc/{pid}/fd').iterdir():
        try:
            target = os.readlink(descriptor)
        except FileNotFoundError:  # closed since
            continue
        if target.startswith('socket:['):
            yield target[len('socket:['):-1]


def is_connecting(pid, port):
    """Whether a socket of this process waits for the answer to its first packet, as the kernel lists it."""
    rows = [line.split() for line in Path(f'/proc/{pid}/net/tcp').read_text().splitlines()[1:]]
    waiting = {row[9] for row in rows if row[2].endswith(f':{port:04X}') and row[3] == '02'}
    return bool(waiting) and not waiting.isdisjoint(sockets_of(pid))


class Stage:
    """A page that keeps a request in one stage: `url` makes addresses, `is_reached(session)` tells, `works` is a page
    that comes."""

    def __init__(self, database, url, is_reached, works):
        self.database, self.url, self.is_reached, self.works = database, url, is_reached, works


@pytest.fixture
def resolving(request):
    dns = request.getfixturevalue('dns')
    request.getfixturevalue('everywhere')
    database = Database.create(request.getfixturevalue('inner_cluster'))
    name = f'stage{next(_numbers)}.test'
    for number in range(MANY):
        dns.hang(f'{number}.{name}')
    yield Stage(database, lambda number: f'http://{number}.{name}/', lambda session: dns.count(f'0.{name}') > 0,
                'http://1.2.3.4/ok')
    database.drop()


@pytest.fixture
def connecting(db, hostile):
    url = hostile.silent_url()
    port = int(url.rstrip('/').rpartition(':')[2])
    return Stage(db, lambda number: f'{url}{number}', lambda session: is_connecting(session.pid, port), hostile.url('/ok'))


@pytest.fixture
def handshake(db, hostile):
    url, before = hostile.mute_url(), hostile.mute_hellos
    return Stage(db, lambda number: f'{url}{number}', lambda session: hostile.mute_hellos > before, hostile.url('/ok'))


def page_stage(db, hostile, path):
    mark = f'&mark={next(_numbers)}'
    return Stage(db, lambda number: hostile.url(f'{path}{mark}&n={number}'),
                 lambda session: any(mark in seen for seen in hostile.paths()), hostile.url('/ok'))


@pytest.fixture
def header(db, hostile):
    return page_stage(db, hostile, '/hang?seconds=60')


@pytest.fixture
def body(db, hostile):
    return page_stage(db, hostile, '/slow?delay=0.1&bytes=100000')


@pytest.fixture(params=['resolving', 'connecting', 'handshake', 'header', 'body'])
def stage(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(params=['fetch', 'fetch_many', 'scan'])
def statement(request, stage):
    if request.param == 'fetch':
        return f"SELECT status FROM webwrap.fetch('{stage.url(0)}')"
    if request.param == 'fetch_many':
        urls = ', '.join(f"'{stage.url(number)}'" for number in range(MANY))
        return f'SELECT url, error FROM webwrap.fetch_many(ARRAY[{urls}])'
    stage.database.main.run('CREATE SERVER anywhere FOREIGN DATA WRAPPER webwrap',
                            table_sql('staged', 'anywhere', COLUMNS, url=stage.url(0), min_rows=None))
    return 'SELECT * FROM staged'


def expect_work(stage, session):
    session.run('RESET statement_timeout')
    assert session.value('SELECT status FROM webwrap.fetch(%s)', stage.works) == 200
    assert session.row('SELECT count(*), max(error) FROM webwrap.fetch_many(%s)', [stage.works] * 3) == (3, None)


def logged_sqlstate(stage, pid, message):
    """Of a message of this backend in the server's log: psycopg does not tell that of its last one."""
    found = [line.partition(' FATAL: ')[0].split()[-1] for line in stage.database.cluster.log.read_text().splitlines()
             if f'[{pid}]' in line and message in line]
    return found[0] if found else None


def note_delay(what, seconds):
    FIGURES.note(f'time to {what}', seconds * 1000, 'ms')
    assert seconds < 2


def test_statement_timeout_ends_each_stage(stage, statement, request):
    session = stage.database.connect()
    session.run("SET statement_timeout = '300ms'")
    started = time.monotonic()
    error = session.error(statement)
    delay = time.monotonic() - started - 0.3
    assert error.sqlstate == '57014' and 'statement timeout' in error.message_primary
    assert stage.is_reached(session) or 'connecting' in request.node.name  # a closed socket leaves no trace
    note_delay('a statement_timeout', delay)
    expect_work(stage, session)


def test_pg_cancel_backend_ends_each_stage(stage, statement):
    session = stage.database.connect()
    running = session.start(statement)
    wait_until(lambda: stage.is_reached(session), 'the stage is not reached')
    started = time.monotonic()
    assert stage.database.main.value('SELECT pg_cancel_backend(%s)', session.pid)
    assert running.wait().sqlstate == '57014' and 'user request' in str(running.error)
    note_delay('a pg_cancel_backend', running.ended_at - started)
    expect_work(stage, session)


def expect_termination(place, running, pid):
    started = time.monotonic()
    assert place.database.main.value('SELECT pg_terminate_backend(%s)', pid)
    message = 'terminating connection due to administrator command'
    assert message in str(running.wait().error) and logged_sqlstate(place, pid, message) == '57P01'
    note_delay('a pg_terminate_backend', running.ended_at - started)
    wait_until(lambda: not Path(f'/proc/{pid}').exists(), 'the backend stays')
    note_delay('the end of a terminated backend', time.monotonic() - started)


def test_pg_terminate_backend_ends_each_stage(stage, statement):
    session = stage.database.connect()
    pid = session.pid
    running = session.start(statement)
    wait_until(lambda: stage.is_reached(session), 'the stage is not reached')
    expect_termination(stage, running, pid)
    expect_work(stage, stage.database.connect())


# -- what a session waits for before it asks

CALL = "SELECT status FROM webwrap.fetch('{}', '{}')"


def wait_for_another_request(db, site):
    site.hold('/held')
    db.connect().start(CALL.format(f'{site.url}held', '{}'))
    site.wait_for_request('/held')
    return CALL.format(f'{site.url}held', '{}')


def wait_for_a_turn(db, site):
    db.main.run(server_sql(site, options=", requests_per_second '0.02'"))
    assert db.main.value(CALL.format(site.url, '{"server": "shop"}')) == 200
    return CALL.format(f'{site.url}held', '{"server": "shop"}')


def wait_for_a_connection(db, site):
    site.hold('/held')
    db.main.run(f"ALTER DATABASE {db.name} SET webwrap.max_connections_per_host = 1")
    db.connect().start(CALL.format(f'{site.url}held', '{}'))
    site.wait_for_request('/held')
    return CALL.format(f'{site.url}other', '{}')


def wait_to_try_again(db, site):
    site.serve({**site.pages, '/held': (503, {'Retry-After': '20'}, 'later')})
    return CALL.format(f'{site.url}held', '{}')


def wait_for_robots_txt(db, site):
    site.serve({**site.pages, '/robots.txt': ''})
    site.hold('/robots.txt')
    return CALL.format(f'{site.url}held', '{"respect_robots": true}')


WAITS = [wait_for_another_request, wait_for_a_turn, wait_for_a_connection, wait_to_try_again, wait_for_robots_txt]


@pytest.fixture(params=WAITS, ids=lambda wait: wait.__name__)
def wait(request, db, site, hostile):
    """A statement that waits, and whether a session is in it: latches of extensions show as such, curl's wait does not."""
    site.serve({path: '<p>x</p>' for path in ('/', '/held', '/other')})
    statement = request.param(db, site)
    is_asking = request.param is wait_for_robots_txt

    def is_reached(session):
        if is_asking:
            return '/robots.txt' in site.requests
        return db.main.value('SELECT wait_event FROM pg_stat_activity WHERE pid = %s', session.pid) == 'Extension'
    yield Stage(db, lambda _: statement, is_reached, hostile.url('/ok'))
    for path in list(site.held):
        site.release(path)


def test_statement_timeout_ends_each_wait(wait):
    session = wait.database.connect()
    session.run("SET statement_timeout = '300ms'")
    started = time.monotonic()
    error = session.error(wait.url(0))
    delay = time.monotonic() - started - 0.3
    assert error.sqlstate == '57014' and 'statement timeout' in error.message_primary
    note_delay('a statement_timeout', delay)
    expect_work(wait, session)


def test_pg_cancel_backend_ends_each_wait(wait):
    session = wait.database.connect()
    running = session.start(wait.url(0))
    wait_until(lambda: wait.is_reached(session), 'the session does not wait')
    started = time.monotonic()
    assert wait.database.main.value('SELECT pg_cancel_backend(%s)', session.pid)
    assert running.wait().sqlstate == '57014'
    note_delay('a pg_cancel_backend', running.ended_at - started)
    expect_work(wait, session)


def test_pg_terminate_backend_ends_each_wait(wait):
    session = wait.database.connect()
    pid = session.pid
    running = session.start(wait.url(0))
    wait_until(lambda: wait.is_reached(session), 'the session does not wait')
    expect_termination(wait, running, pid)
    expect_work(wait, wait.database.connect())


# -- what a request that waits does to others

def test_a_session_that_waits_holds_no_one_up(stage):
    """Dropping a database waits for every session of the server to answer a signal (from PostgreSQL 15 on)."""
    waiting, other = stage.database.connect(), stage.database.connect()
    running = waiting.start(f"SELECT status FROM webwrap.fetch('{stage.url(0)}')")
    wait_until(lambda: stage.is_reached(waiting), 'the stage is not reached')
    other.run("SET statement_timeout = '20s'", 'CREATE DATABASE dropped')
    started = time.monotonic()
    other.run('DROP DATABASE dropped')
    FIGURES.note('time to drop a database beside a waiting request', (time.monotonic() - started) * 1000, 'ms')
    assert not running.is_done
    waiting.connection.cancel()
    assert running.wait().sqlstate == '57014'


def test_a_client_that_leaves_ends_its_request(stage):
    """With client_connection_check_interval the server looks whether the client is still there."""
    session = stage.database.connect()
    pid = session.pid
    session.run("SET client_connection_check_interval = '100ms'")
    session.connection.pgconn.send_query(f"SELECT status FROM webwrap.fetch('{stage.url(0)}')".encode())
    wait_until(lambda: stage.is_reached(session), 'the stage is not reached')
    session.connection.pgconn.finish()
    wait_until(lambda: not Path(f'/proc/{pid}').exists(), 'the backend stays')
