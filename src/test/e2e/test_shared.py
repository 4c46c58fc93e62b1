"""What backends share, when something goes wrong: leaders, writers, databases and memory that end early."""

import json
import os
import random
import signal
import stat
import subprocess

import pytest

import goods
from cluster import Cluster
from conftest import SETTINGS
from database import Database, create_template, wait_until
from test_cache import BACKENDS, FETCH, fetch, numbered, page, wait_for_store  # noqa: F401 (page is a fixture)

WRITER = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'webwrap cache writer' AND datname = current_database()"
WRITERS = f'SELECT count(*) FROM ({WRITER}) w'
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT html%%' AND wait_event = 'Extension'"


def wait_for_end_of_writer(db):
    wait_until(lambda: db.main.value(WRITERS) == 0, 'the writer does not end')


# -- single flight

@pytest.mark.parametrize('end', ['pg_cancel_backend', 'pg_terminate_backend'])
def test_when_the_leader_goes_one_of_many_followers_leads(db, site, page, end):
    url = page((200, {'Cache-Control': 'max-age=600'}, '<p>one</p>'))
    site.hold('/page')
    leader = db.connect()
    leading = leader.start(f"SELECT html FROM webwrap.fetch('{url}')")
    site.wait_for_request('/page')
    following = [db.connect().start(f"SELECT html FROM webwrap.fetch('{url}')") for _ in range(BACKENDS - 1)]
    wait_until(lambda: db.main.value(WAITING) == BACKENDS, 'not all backends wait')
    db.main.run(f'SELECT {end}({leader.pid})')
    assert leading.wait().error is not None
    wait_until(lambda: len(site.requests) >= 2, 'nobody took over')
    with pytest.raises(TimeoutError):
        wait_until(lambda: len(site.requests) > 2, 'only one took over', 1)
    site.release('/page')
    assert [run.wait().rows for run in following] == [[('<p>one</p>',)]] * (BACKENDS - 1)
    assert site.requests == ['/page'] * 2


def test_a_page_that_waits_for_its_next_try_is_not_kept_out_by_those_that_want_the_same(db, site, page):
    answers = [(503, {}, ''), (200, {'Cache-Control': 'max-age=600'}, '<p>one</p>')]
    url = page(lambda _: answers.pop(0) if len(answers) > 1 else answers[0])
    session = db.connect()
    session.run('SET webwrap.max_connections_per_host = 1', "SET statement_timeout = '20s'", 'SET webwrap.request_timeout = 0')
    assert session.rows('SELECT html FROM webwrap.fetch_many(%s)', [url, url]) == [('<p>one</p>',)] * 2
    assert site.requests == ['/page'] * 2


# -- the cache writer

def test_the_writer_writes_where_transactions_are_read_only_by_default(db, page):
    db.main.run(f'ALTER DATABASE {db.name} SET default_transaction_read_only = on',
                f"ALTER DATABASE {db.name} SET default_transaction_isolation = 'serializable'")
    url = page((200, {'Cache-Control': 'max-age=600'}, ''))
    fetch(db.connect(), url)
    wait_for_store(db, url)


def test_what_cannot_be_trimmed_is_stored_all_the_same(db, page):
    first = page((200, {'Cache-Control': 'max-age=600'}, '<p>1</p>'), '/1')
    fetch(db.main, first)
    wait_for_store(db, first)
    wait_for_end_of_writer(db)
    db.main.run(f"ALTER DATABASE {db.name} SET webwrap.cache_size = '64kB'")
    locking = db.connect()
    locking.run('BEGIN', 'SELECT FROM webwrap.cached_response FOR UPDATE')
    noise = random.Random(1).randbytes(100_000).hex()
    second = page((200, {'Cache-Control': 'max-age=600'}, noise), '/2')
    fetch(db.connect(), second)
    wait_for_store(db, second)
    locking.run('ROLLBACK')


def test_a_writer_that_cannot_attach_the_shared_memory_costs_no_other(db, cluster, page):
    url = page((200, {'Cache-Control': 'max-age=600'}, '<p>one</p>'))
    session = db.connect()
    fetch(session, url, cache='off')
    wait_for_end_of_writer(db)
    folder = cluster.data / 'pg_stat_tmp'
    mode = stat.S_IMODE(os.stat(folder).st_mode)
    folder.chmod(0)
    try:
        assert fetch(session, url) == ('<p>one</p>', False)
        wait_until(lambda: 'could not create file "pg_stat_tmp/webwrap' in cluster.log.read_text(), 'no writer came')
    finally:
        folder.chmod(mode)
    assert session.value('SELECT 1') == 1


def test_the_writers_changes_are_counted_while_it_works(db, page):
    url = page(numbered(**{'Cache-Control': 'max-age=600'}))
    counted = "SELECT n_tup_ins FROM pg_stat_user_tables WHERE relid = 'webwrap.cached_response'::regclass"
    before = db.main.value(counted)
    session = db.connect()
    fetch(session, url)
    wait_for_store(db, url)
    pid = db.main.value(WRITER)

    def is_counted():
        fetch(session, url, cache='reload')  # keeps the writer at work
        return db.main.value(counted) > before
    wait_until(is_counted, 'not counted')
    assert db.main.rows(WRITER) == [(pid,)]


def test_messages_of_a_dropped_database_are_given_up(cluster, db, site):
    """They are as much as may wait, and no writer can come for them."""
    site.serve({f'/{n}': (200, {'Cache-Control': 'max-age=600'}, 'x' * 3_000_000) for n in range(24)})
    urls = [site.url + str(n) for n in range(24)]
    dropped = Database.create(cluster)
    session = dropped.connect()
    session.run('BEGIN', 'LOCK TABLE webwrap.cached_response')
    fetch(session, urls[0])
    wait_until(lambda: dropped.main.rows(f"{WRITER} AND wait_event_type = 'Lock'"), 'no writer')
    writer = dropped.main.value(WRITER)
    os.kill(writer, signal.SIGSTOP)
    session.rows('SELECT status FROM webwrap.fetch_many(%s)', urls)
    os.kill(writer, signal.SIGTERM)
    os.kill(writer, signal.SIGCONT)
    wait_for_end_of_writer(dropped)
    dropped.drop()
    site.serve({'/0': (200, {'Cache-Control': 'max-age=600'}, 'x' * 10_400_000)})

    def is_stored():
        fetch(db.main, urls[0], cache='reload')
        return db.main.value('SELECT count(*) FROM webwrap.cached_response') == 1
    wait_until(is_stored, 'no room for a response', 30)


def test_stale_responses_are_renewed_though_there_are_more_than_workers(db, site):
    control = {'Cache-Control': 'max-age=0, stale-while-revalidate=600'}
    site.serve({f'/{n}': numbered(**control) for n in range(40)})
    urls = [site.url + str(n) for n in range(40)]
    assert db.main.value('SELECT count(*) FROM webwrap.fetch_many(%s) WHERE NOT from_cache', urls) == 40
    stored = 'SELECT count(*) FROM webwrap.cached_response WHERE url = ANY (%s)'
    wait_until(lambda: db.main.value(stored, urls) == 40, 'not stored')
    wait_for_end_of_writer(db)
    site.forget_requests()
    assert db.main.value('SELECT count(*) FROM webwrap.fetch_many(%s) WHERE from_cache', urls) == 40
    refreshers = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'webwrap refresher'"
    wait_until(lambda: len(site.requests) > 0, 'nobody fetched anything anew')
    wait_until(lambda: db.main.value(refreshers) == 0, 'the refreshers do not end')
    renewed = 'SELECT count(*) FROM webwrap.cached_response c JOIN webwrap.body b ON b.hash = c.body_hash ' \
        'WHERE convert_from(webwrap.load_body(b.hash), $$UTF8$$) <> $$<p>1</p>$$'
    # The writer may not have begun yet, so that it is not there says nothing.
    wait_until(lambda: db.main.value(renewed) == len(site.requests), 'not all that was fetched anew is stored')


# -- who sees what

def test_the_view_of_the_cache_hides_rows_from_functions_of_the_reader(db, page):
    url = page((200, {'Cache-Control': 'max-age=600'}, ''))
    fetch(db.main, url)
    wait_for_store(db, url)
    with db.role('spy', 'CREATE ON SCHEMA public') as spy:
        session = db.connect(spy)
        session.run("CREATE FUNCTION leak(text) RETURNS bool LANGUAGE plpgsql COST 0.0000001 AS "
                    "$$BEGIN RAISE NOTICE '%', $1; RETURN true; END$$")
        assert session.rows('SELECT url FROM webwrap.cache WHERE leak(url)') == []
        assert [notice.message for notice in session.notices] == []


def test_default_privileges_do_not_lead_past_the_policy_of_the_log(db, page):
    url = page('')
    db.main.run('ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC', 'SET webwrap.log_requests = on')
    fetch(db.main, url)
    lines = 'SELECT count(*) FROM {}'
    wait_until(lambda: db.main.value(lines.format('webwrap.request_log')) == 1, 'not logged')
    part = db.main.value("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'webwrap.request_log'::regclass")
    assert db.main.value(lines.format(part)) == 1
    with db.role('spy') as spy:
        assert db.connect(spy).value(lines.format(part)) == 0


# -- what comes out of order

RESPONSE = {'key': '00' * 16, 'variant': '11' * 16, 'url': 'u', 'identity': '', 'peer': '127.0.0.1', 'status': 200,
            'content_type': '', 'stored_by': 10}


def record(db, head, second, body):
    response = json.dumps({**RESPONSE, 'head': head, 'received_at_us': second * 1_000_000})
    db.main.rows('SELECT webwrap.record_response(%s, %s)', response, body)
    return db.main.value('SELECT hash FROM webwrap.body ORDER BY hash = (SELECT body_hash FROM webwrap.cached_response)')


def renew(db, head, second, body_hash):
    db.main.rows('SELECT webwrap.renew_response(%s)',
                 json.dumps({**RESPONSE, 'head': head, 'received_at_us': second * 1_000_000, 'body': body_hash.hex()}))


def test_what_was_confirmed_is_renewed_and_nothing_that_came_meanwhile(db):
    head = 'SELECT head FROM webwrap.cached_response'
    first = record(db, '{"n": 1}', 1, b'first')
    renew(db, '{"n": 2}', 2, first)
    assert db.main.value(head) == '{"n": 2}'
    record(db, '{"n": 3}', 3, b'second')
    renew(db, '{"n": 4}', 4, first)
    assert db.main.value(head) == '{"n": 3}'


def test_a_response_that_comes_after_a_newer_one_leaves_no_body(db):
    record(db, '{}', 2, b'newer')
    record(db, '{}', 1, b'older')
    assert db.main.rows('SELECT webwrap.load_body(hash) FROM webwrap.body') == [(b'newer',)]


# -- memory

def test_a_cancelled_wait_for_the_writer_of_lessons_keeps_no_memory(db, site):
    site.serve(goods.pages(goods.table_page))
    db.main.run(goods.server_sql(site), goods.table_sql())
    assert goods.read(db.main) == goods.truth()
    site.serve(goods.pages(goods.cards_page))
    other, session = db.connect(), db.connect()
    other.run('BEGIN', 'LOCK TABLE webwrap.adaptation IN EXCLUSIVE MODE')

    def segments():
        with open(f'/proc/{session.pid}/maps') as maps:
            return sum('/dev/shm/PostgreSQL.' in line for line in maps)

    def cancelled():
        running = session.start(goods.SELECT)
        wait_until(lambda: db.main.value("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'webwrap writer' "
                                         "AND datname = current_database()") > 0, 'no writer')
        db.main.run(f'SELECT pg_cancel_backend({session.pid})')
        assert running.wait().sqlstate == '57014'
        db.main.rows("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE backend_type = 'webwrap writer'")
    cancelled()
    before = segments()
    cancelled()
    assert segments() == before


@pytest.fixture
def narrow_cluster(folder):
    """A cluster with little shared memory, as containers have."""
    mount = 'mount -t tmpfs -o size=3m,mode=1777 tmpfs /dev/shm && exec "$@"'
    prefix = ['unshare', '-m', 'sh', '-c', mount, 'sh']
    if subprocess.run([*prefix, 'true'], capture_output=True).returncode != 0:
        assert os.geuid() != 0, 'no namespace can be made'
        pytest.skip('namespaces need root')
    with Cluster(folder / 'narrow', settings=SETTINGS, prefix=prefix) as narrow:
        create_template(narrow)
        yield narrow
    narrow.destroy()


def test_a_response_that_shared_memory_has_no_room_for_is_a_result_all_the_same(narrow_cluster, site):
    database = Database.create(narrow_cluster)
    site.serve({'/big': (200, {'Cache-Control': 'max-age=600'}, 'x' * 5_000_000),
                '/small': (200, {'Cache-Control': 'max-age=600'}, '')})
    for _ in range(3):
        assert fetch(database.main, site.url + 'big', 'length(html), from_cache') == (5_000_000, False)
    fetch(database.main, site.url + 'small')
    wait_for_store(database, site.url + 'small')
    site.serve(goods.pages(lambda *page: goods.table_page(*page) + ' ' * 2_000_000))
    database.main.run(goods.server_sql(site), goods.table_sql())
    assert goods.read(database.main) == goods.truth()
