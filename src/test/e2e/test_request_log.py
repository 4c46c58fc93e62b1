"""webwrap.request_log: what was asked of whom, without secrets, each role for itself."""

import json

from database import wait_until
from goods import server_sql

FETCH = 'SELECT status FROM webwrap.fetch(%s, %s)'
LINES = 'SELECT method, url, status, cache, attempts, bytes, sqlstate FROM webwrap.request_log ORDER BY requested_at'


def logging(db):
    db.main.run(f'ALTER DATABASE {db.name} SET webwrap.log_requests = on')


def lines(session, count):
    wait_until(lambda: session.value('SELECT count(*) FROM webwrap.request_log') >= count, 'no lines')
    return session.rows(LINES)


def test_each_request_has_its_line(db, site):
    site.serve({'/1': (200, {'Cache-Control': 'max-age=600'}, 'eleven byte'), '/2': (302, {'Location': '/1?x'}, ''), '/1?x': '',
                '/404': (404, {}, '')})
    logging(db)
    session = db.connect()
    session.value(FETCH, site.url + '1', '{}')
    wait_until(lambda: db.main.value('SELECT count(*) FROM webwrap.cached_response'), 'not stored')
    for path, options in (('1', {}), ('2', {}), ('404', {})):
        session.value(FETCH, site.url + path, json.dumps(options))
    session.error(FETCH, 'http://10.0.0.1/', '{}')
    assert lines(session, 5) == [
        ('GET', site.url + '1', 200, 'miss', 1, 11, None), ('GET', site.url + '1', 200, 'hit', 0, 0, None),
        ('GET', site.url + '2', 200, 'miss', 2, 0, None), ('GET', site.url + '404', 404, 'miss', 1, 0, None),
        ('GET', 'http://10.0.0.1/', None, None, 1, 0, '42501')]
    assert db.main.value("SELECT bool_and(requested_at > now() - interval '1 hour' AND waited_ms >= 0) "
                         'FROM webwrap.request_log')


def test_it_is_off_unless_a_superuser_wants_it(db, site):
    site.serve({'/1': ''})
    db.main.value(FETCH, site.url + '1', '{}')
    assert db.main.value("SHOW webwrap.log_requests") == 'off'
    with db.role('plain', 'webwrap_fetch') as role:
        session = db.connect(role)
        session.value("SELECT webwrap.xpath('', '/')")  # from here on the server knows the setting
        assert session.error('SET webwrap.log_requests = on').sqlstate == '42501'
    assert db.main.value('SELECT count(*) FROM webwrap.request_log') == 0


def test_a_role_sees_its_own_lines_and_no_secret(db, site):
    site.serve({'/1': '<p>x</p>', '/1?api_key=hidden': ''})
    logging(db)
    db.main.run(server_sql(site), "CREATE FOREIGN TABLE t (a text OPTIONS (xpath '//p')) SERVER shop OPTIONS (url '1')",
                "CREATE USER MAPPING FOR PUBLIC SERVER shop OPTIONS (bearer_token 'very-secret')", 'GRANT SELECT ON t TO PUBLIC')
    with db.role('ada', 'webwrap_fetch') as ada, db.role('eve', 'webwrap_fetch') as eve, db.role('watch', 'pg_monitor') as watch:
        first, second = db.connect(ada), db.connect(eve)
        first.value(FETCH, site.url + '1?api_key=hidden', '{}')
        second.rows('SELECT * FROM t')
        assert [line[1] for line in lines(first, 1)] == [site.url + '1?api_key=***']
        assert [line[1] for line in lines(second, 1)] == [site.url + '1']
        assert len(lines(db.connect(watch), 2)) == 2
        everything = db.main.value("SELECT string_agg(l::text, ' ') FROM webwrap.request_log l")
        assert 'hidden' not in everything and 'very-secret' not in everything
        for session in (first, second):
            for statement in ("INSERT INTO webwrap.request_log DEFAULT VALUES", 'DELETE FROM webwrap.request_log',
                              "SELECT webwrap.record_requests('[]', 1)"):
                assert session.error(statement).sqlstate == '42501'
            (partition,) = db.main.row("SELECT inhrelid::regclass::text FROM pg_inherits "
                                       "WHERE inhparent = 'webwrap.request_log'::regclass")
            assert session.error(f'SELECT * FROM {partition}').sqlstate == '42501'


def test_a_partition_for_each_day_and_old_ones_go(db, site, tmp_path):
    line = ('[{"requested_at_us": %s, "role": 10, "method": "GET", "url": "http://example.org/", "attempts": 1, "bytes": 0,'
            ' "waited_ms": 0}]')
    at = "(extract(epoch FROM timestamptz '2026-03-%s 12:00Z') * 1e6)::bigint"
    for day in (1, 2, 2, 9):
        db.main.run(f"SELECT webwrap.record_requests(format($json${line}$json$, {at % day})::jsonb, 7)")
    partitions = ("SELECT array_agg(inhrelid::regclass::text ORDER BY 1) FROM pg_inherits "
                  "WHERE inhparent = 'webwrap.request_log'::regclass")
    assert db.main.value(partitions) == ['webwrap.request_log_20260302', 'webwrap.request_log_20260309']
    assert db.main.value('SELECT count(*) FROM webwrap.request_log') == 3
    db.tool('pg_dump', '-f', tmp_path / 'dump', db.name)
    assert 'request_log' not in (tmp_path / 'dump').read_text()
    db.main.run('DROP EXTENSION webwrap CASCADE')
    assert db.main.value("SELECT count(*) FROM pg_class WHERE relname LIKE 'request_log%%'") == 0
