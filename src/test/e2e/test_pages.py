"""The page store and template clusters from outside: captures, dumps, cancels, crashes, many sessions at once."""

import threading

import psycopg
import pytest

from cluster import Cluster
from conftest import SETTINGS
from database import Database, create_template, wait_until

STORE = "SELECT webwrap.store_html('https://site.example/{0}', {1}, '2024-01-01')"
PAGE = ("(SELECT string_agg(format('<p class=\"%s\">%s</p>', md5(i::text), md5(i::text)), '') || '<h1>' || md5('{0}') "
        'FROM generate_series(1, 100) i)')


def page_html(number):
    return PAGE.format(number)


def store(session, *numbers):
    for number in numbers:
        session.run(STORE.format(number, page_html(number)))


def contents(session):
    return session.rows('SELECT url, fetched_at, owner, status, headers, html, body FROM webwrap.page ORDER BY url, fetched_at, owner')


def test_capture_keeps_what_was_fetched(db, site):
    site.pages = {'/a': '<p>first', '/b': (410, {'X-Reason': 'sold'}, 'gone'),
                  '/c': (200, {'Content-Type': 'text/html; charset=iso-8859-2'}, 'plain')}
    key = db.main.value('SELECT webwrap.capture(%s)', f'{site.url}a')
    assert db.main.row('SELECT html, status, content_type FROM webwrap.page WHERE key = %s', key) == ('<p>first', 200, 'text/html')
    site.pages['/a'] = '<p>second'
    rows = db.main.rows('SELECT url, status, size_bytes, key IS NOT NULL, error IS NULL FROM webwrap.capture_many(%s) ORDER BY url',
                        [f'{site.url}a', f'{site.url}b', f'{site.url}c', 'http://127.0.0.1:1/'])
    assert rows == [('http://127.0.0.1:1/', None, None, False, False), (f'{site.url}a', 200, 9, True, True),
                    (f'{site.url}b', 410, 4, True, True), (f'{site.url}c', 200, 5, True, True)]
    assert db.main.value("SELECT headers -> 'x-reason' ->> 0 FROM webwrap.page WHERE status = 410") == 'sold'
    assert [row[0] for row in db.main.rows("SELECT html FROM webwrap.page WHERE url LIKE '%%/a' ORDER BY fetched_at")] \
        == ['<p>first', '<p>second']
    assert db.main.value("SELECT html FROM webwrap.latest_page WHERE url LIKE '%%/a'") == '<p>second'
    error = db.main.error('SELECT webwrap.capture(%s)', 'http://127.0.0.1:1/')
    assert error.sqlstate.startswith('08') or 'connect' in error.message_primary


@pytest.mark.parametrize('form', ['custom', 'plain', 'inserts'])
def test_dump_and_restore_carry_the_page_store(db, tmp_path, form):
    store(db.main, *range(6))
    assert db.main.value('SELECT webwrap.page_recompress()') == 6
    db.main.run("INSERT INTO webwrap.page_policy (url_pattern, keep_versions) VALUES ('%', 3)")
    with db.restored(tmp_path, form) as restored:
        assert len(contents(db.main)) == 6 and contents(restored.main) == contents(db.main)
        assert restored.main.value('SELECT keep_versions FROM webwrap.page_policy') == 3
        assert restored.main.value('SELECT webwrap.page_recompress()') == 0
        store(restored.main, 6)
        assert restored.main.value('SELECT count(DISTINCT template) FROM webwrap.page') == 1
        restored.main.run(STORE.format('other', "'<ul><li>another template</ul>'"),
                          "INSERT INTO webwrap.page_policy (keep_versions) VALUES (5)")


NOISE = "(SELECT string_agg(md5((i * {0})::text), ' ') FROM generate_series(1, 100000) i)"
LONG = {
    'clustering': "SELECT count(*) FROM webwrap.template_clusters('SELECT i::text, repeat(''<p>'', 2000) || i "
                  "FROM generate_series(1, 100000000) i')",
    'recompression': 'SELECT webwrap.page_recompress(level => 22)',
}


@pytest.mark.parametrize('statement', LONG.values(), ids=LONG)
def test_long_work_is_cancelled(db, statement):
    db.main.run(*(STORE.format(number, NOISE.format(number)) for number in range(1, 9)))
    before = contents(db.main)
    session = db.connect()
    pid = session.pid
    running = session.start(statement)
    wait_until(lambda: db.main.value("SELECT count(*) = 1 FROM pg_stat_activity WHERE pid = %s AND state = 'active' "
                                     "AND query LIKE '%%webwrap.%%'", pid), 'it does not run')
    assert db.main.value('SELECT pg_cancel_backend(%s)', pid)
    assert running.wait().sqlstate == '57014'
    assert session.value('SELECT 1') == 1
    assert contents(db.main) == before


@pytest.fixture(scope='module')
def own_cluster(folder):
    own = Cluster(folder / 'pages', fsync=True, settings=SETTINGS)
    own.start()
    create_template(own)
    yield own
    own.destroy()


def test_a_crash_in_the_middle_loses_nothing(own_cluster):
    db = Database.create(own_cluster)
    store(db.main, *range(5))
    before = contents(db.main)
    session = db.connect()
    session.run('BEGIN')
    assert session.value('SELECT webwrap.page_recompress()') == 5
    store(session, 99)
    assert len(contents(session)) == 6
    own_cluster.restart('immediate')
    again = Database(own_cluster, db.name)
    assert contents(again.main) == before
    assert again.main.value('SELECT webwrap.page_recompress()') == 5
    assert contents(again.main) == before
    again.drop()


def test_many_sessions_store_recompress_and_trim_at_once(db):
    """None of them fails, and at the end every page is right."""
    writers, pages = 3, 20
    db.main.run("INSERT INTO webwrap.page_policy (url_pattern, keep_versions) VALUES ('%/gone/%', 1)")
    errors, is_over = [], threading.Event()

    def work(body):
        try:
            with psycopg.connect(db.cluster.dsn(db.name), autocommit=True) as session:
                body(session)
        except psycopg.Error as error:
            errors.append(f'{error.sqlstate} {error}')

    def write(writer):
        def body(session):
            for number in range(pages):
                with session.transaction():
                    session.execute(STORE.format(f'{number % 3}/{writer}/{number}', page_html(f'{writer}-{number}')))
                    session.execute(STORE.format(f'gone/{number % 2}', page_html(f'g{writer}-{number}')).replace(
                        "'2024-01-01'", f"timestamptz '2024-01-01' + interval '{writer * pages + number} hours'"))
        return body

    def keep_doing(statement):
        def body(session):
            while not is_over.is_set():
                session.execute(statement).fetchall()
        return body

    others = [threading.Thread(target=work, args=[keep_doing(statement)]) for statement in
              ('SELECT webwrap.page_recompress(10, 5)', 'SELECT webwrap.page_trim()',
               "SELECT webwrap.delete_pages('%/gone/0')", 'SELECT sum(octet_length(html)) FROM webwrap.page')]
    threads = [threading.Thread(target=work, args=[write(writer)]) for writer in range(writers)]
    for thread in others + threads:
        thread.start()
    for thread in threads:
        thread.join()
    is_over.set()
    for thread in others:
        thread.join()
    assert errors == []
    for writer in range(writers):
        for number in range(pages):
            assert db.main.value(f'SELECT html = {page_html(f"{writer}-{number}")} FROM webwrap.page '
                                 f"WHERE url = 'https://site.example/{number % 3}/{writer}/{number}'")
    db.main.run("SELECT webwrap.delete_pages()", 'SELECT webwrap.page_trim()')
    assert db.main.value('SELECT count(*) FROM webwrap.body') == 0
