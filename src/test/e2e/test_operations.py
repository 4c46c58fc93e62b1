"""What administrators do to a database: locks, restarts, crashes, dumps, few workers, many roles."""

import psycopg
import pytest

import goods
from cluster import Cluster
from conftest import SETTINGS
from database import Database, create_template, wait_until
from goods import SELECT, cards_page, read, server_sql, table_page, table_sql, truth
from site_server import Site
from test_adaptation import history, snapshots


def make_shop(database, site):
    site.serve(goods.pages(table_page))
    database.main.run(server_sql(site), table_sql())
    assert read(database.main) == truth()
    assert snapshots(database.main)
    return database.main


@pytest.fixture(scope='module')
def own_cluster(folder):
    """For tests that stop their server."""
    own = Cluster(folder / 'own', fsync=True, settings=SETTINGS)
    own.start()
    create_template(own)
    yield own
    own.destroy()


@pytest.fixture
def workerless(own_cluster):
    """A function that restarts the server without any slot for background workers."""
    def restart():
        own_cluster.settings['max_worker_processes'] = 0
        return own_cluster.restart('immediate')

    yield restart
    own_cluster.settings['max_worker_processes'] = SETTINGS['max_worker_processes']
    own_cluster.restart('immediate')


# -- the background writer

def test_without_worker_slots_a_session_keeps_what_it_learned(own_cluster, workerless, site):
    database = Database.create(own_cluster)
    make_shop(database, site)
    workerless()
    database = Database(own_cluster, database.name)
    site.serve(goods.pages(cards_page))
    session = database.main
    assert read(session) == truth()
    messages = [warning.message for warning in session.warnings()]
    assert sum('was adapted' in message for message in messages) == 1
    (kept,) = [message for message in messages if 'kept for this session only' in message]
    assert history(session) == []
    site.forget_requests()
    assert read(session) == truth()
    assert not any('kept for this session' in warning.message for warning in session.warnings())
    assert len(site.requests) == goods.PAGES
    assert read(database.connect()) == truth()

    # A first scan keeps its pages, too.
    site.serve(goods.pages(table_page))
    database = Database.create(own_cluster)
    database.main.run(server_sql(site), table_sql())
    assert read(database.main) == truth()
    assert database.main.warnings() == [] and snapshots(database.main) == []
    site.serve(goods.pages(cards_page))
    assert read(database.main) == truth()


@pytest.mark.parametrize('locked', ['adaptation', 'snapshot', 'body'])
def test_a_scan_does_not_wait_without_bound_for_rows_that_its_own_session_locked(db, site, locked):
    """The writer waits for this session, which waits for the writer: no deadlock detector sees that."""
    session = make_shop(db, site)
    site.serve(goods.pages(cards_page))
    session.run("SET webwrap.writer_timeout = '200ms'", "SET statement_timeout = '20s'", 'BEGIN',
                f'LOCK TABLE webwrap.{locked} IN ACCESS EXCLUSIVE MODE')
    assert read(session) == truth()
    messages = [warning.message for warning in session.warnings()]
    assert any('kept for this session only' in message for message in messages), messages
    session.run('COMMIT')
    wait_until(lambda: history(session), 'the writer did not go on')
    assert read(session) == truth()


def test_a_scan_does_not_wait_without_bound_for_a_writer_that_others_block(db, site):
    session, other = make_shop(db, site), db.connect()
    other.run('BEGIN', 'LOCK TABLE webwrap.adaptation IN EXCLUSIVE MODE')
    site.serve(goods.pages(cards_page))
    session.run("SET webwrap.writer_timeout = '200ms'", "SET statement_timeout = '20s'")
    assert read(session) == truth()
    other.run('ROLLBACK')
    wait_until(lambda: history(session), 'the writer did not go on')
    assert len({batch for _, batch, *_ in history(session)}) == 1


def test_many_sessions_adapt_at_once(db, site):
    make_shop(db, site)
    site.serve(goods.pages(cards_page))
    running = [db.connect().start(SELECT) for _ in range(6)]
    assert [sorted(one.wait().rows) for one in running] == [truth()] * 6
    assert len({batch for _, batch, *_, status in history(db.main) if status == 'active'}) == 1
    assert len([row for row in history(db.main) if row[-1] == 'active']) == len({row[2] for row in history(db.main)})


# -- a crash

def test_kill_9_in_the_middle_of_a_scan(own_cluster, site):
    database = Database.create(own_cluster)
    make_shop(database, site)
    site.serve(goods.pages(cards_page))
    assert read(database.main) == truth()
    before = history(database.main), snapshots(database.main)
    site.forget_requests()
    site.hold('/2')
    running = database.connect().start(SELECT)
    site.wait_for_request('/2')
    own_cluster.kill()
    assert isinstance(running.wait().error, psycopg.OperationalError)
    site.release('/2')
    own_cluster.start()
    database = Database(own_cluster, database.name)
    assert (history(database.main), snapshots(database.main)) == before
    assert read(database.main) == truth()
    site.serve(goods.pages(table_page))
    assert read(database.main) == truth()


def test_kill_9_right_after_adaptation(own_cluster, site):
    """What the writer has said to be stored is stored, though the scan's own transaction never commits."""
    database = Database.create(own_cluster)
    make_shop(database, site)
    site.serve(goods.pages(cards_page))
    database.main.run('BEGIN')
    assert read(database.main) == truth()
    own_cluster.kill()
    own_cluster.start()
    database = Database(own_cluster, database.name)
    assert history(database.main)
    assert read(database.main) == truth()


# -- dump and restore

@pytest.mark.parametrize('form', ['custom', 'plain'])
def test_dump_and_restore_carry_what_was_learned(db, site, tmp_path, form):
    make_shop(db, site)
    site.serve(goods.pages(cards_page))
    read(db.main)
    with db.restored(tmp_path, form) as restored:
        assert history(restored.main) == history(db.main)
        assert snapshots(restored.main) == snapshots(db.main)
        assert read(restored.main) == truth()
        (warning,) = restored.main.warnings()
        assert 'adapted XPaths' in warning.message
        site.serve(goods.pages(goods.labelled_page))
        assert read(restored.main) == truth()
        ids = [row[0] for row in history(restored.main)]
        batches = {row[1] for row in history(restored.main)}
        assert len(ids) == len(set(ids)) and len(batches) == 2


def test_a_dump_as_inserts_restores_whatever_the_order_on_disk(db, tmp_path):
    """Space that deleted bodies leave is reused: a body may stand before its prefix."""
    store = "SELECT webwrap.store_body(convert_to(repeat(md5({}), 50), 'UTF8'), {}) FROM generate_series(1, {}) i"
    db.main.run(store.format("i::text", "NULL", 9), "DELETE FROM webwrap.body WHERE ctid < '(0,9)'", 'VACUUM webwrap.body',
                store.format("'new' || i", '(SELECT hash FROM webwrap.body ORDER BY ctid DESC LIMIT 1)', 3))
    assert db.main.value('SELECT count(*) FROM webwrap.body b JOIN webwrap.body p ON p.hash = b.prefix_hash '
                         'WHERE b.ctid < p.ctid') == 3
    with db.restored(tmp_path, 'inserts') as restored:
        bodies = 'SELECT hash, prefix_hash, bytes FROM webwrap.body ORDER BY hash'
        assert restored.main.rows(bodies) == db.main.rows(bodies)


# -- roles and secrets

TOKEN = 'sesame-open-4711'


@pytest.fixture
def guarded(db, site):
    """A table over a site that wants a token, owned by `owner`, who alone has one."""
    site.serve(goods.pages(table_page))
    with db.role('owner') as owner, db.role('reader') as reader:
        db.main.run(server_sql(site), f'GRANT USAGE ON FOREIGN SERVER shop TO {owner}, {reader}',
                    f'GRANT CREATE ON SCHEMA public TO {owner}',
                    f"CREATE USER MAPPING FOR {owner} SERVER shop OPTIONS (bearer_token '{TOKEN}')")
        session = db.connect(owner)
        session.run(table_sql(), 'CREATE VIEW cheap AS SELECT * FROM goods WHERE price < 1000',
                    f'GRANT SELECT ON cheap TO {reader}')
        yield session, db.connect(reader)
        for open_session in db._sessions[:]:
            if open_session is not db.main:
                open_session.close()


def tokens(site):
    return {headers.get('Authorization') for headers in site.headers}


def test_the_owner_sends_the_token(guarded, site):
    owner, _ = guarded
    assert read(owner) == truth()
    assert tokens(site) == {f'Bearer {TOKEN}'}


def test_a_view_uses_its_owners_mapping(guarded, site):
    _, reader = guarded
    assert reader.value('SELECT count(*) FROM cheap') > 0
    assert tokens(site) == {f'Bearer {TOKEN}'}


def test_a_reader_of_the_table_sends_no_token(guarded, site):
    owner, reader = guarded
    owner.run('GRANT SELECT ON goods TO reader')
    assert reader.value('SELECT count(*) FROM goods') == len(truth())
    assert tokens(site) == {None}


def test_a_basic_password_is_sent(db, site):
    site.serve(goods.pages(table_page))
    db.main.run(server_sql(site), table_sql(), "CREATE USER MAPPING FOR PUBLIC SERVER shop OPTIONS (username 'us', password 'pä:ss')")
    read(db.main)
    assert tokens(site) == {'Basic dXM6cMOkOnNz'}


def test_the_token_stays_with_its_site(db, site):
    """Another server that a page links to gets no token of ours."""
    with Site('127.0.0.2') as other:
        item = '<ul><li><b>x</b></li></ul>'
        other.serve({'/2': item, '/4': item})
        site.serve({'/1': f'{item}<a rel="next" href="{other.url}2">more</a>', '/3': (302, {'Location': f'{other.url}4'}, '')})
        db.main.run(server_sql(site), f"CREATE USER MAPPING FOR PUBLIC SERVER shop OPTIONS (bearer_token '{TOKEN}')",
                    table_sql('t', columns="b text OPTIONS (xpath './b')", url='{1,3}', rows='//li', min_rows=None,
                              next_page='//a[@rel="next"]/@href'))
        assert db.main.rows('SELECT * FROM t') == [('x',)] * 3
        assert tokens(site) == {f'Bearer {TOKEN}'} and other.requests == ['/2', '/4'] and tokens(other) == {None}


def test_no_one_else_sees_the_token(guarded, site):
    owner, reader = guarded
    shown = [reader.explain('SELECT * FROM cheap', 'ANALYZE, VERBOSE, COSTS OFF'),
             owner.explain(SELECT, 'ANALYZE, VERBOSE, COSTS OFF'),
             str(reader.rows('SELECT * FROM pg_user_mappings')), str(reader.rows('SELECT * FROM pg_foreign_table'))]
    site.pages['/1'] = (401, {}, 'no')
    for session, statement in ((reader, 'SELECT * FROM cheap'), (owner, SELECT)):
        error = session.error(statement)
        assert error.sqlstate == 'HV00N'
        shown += [error.message_primary, error.message_detail or '', error.message_hint or '', error.context or '']
    site.serve(['<p>another page</p>'] * 3)
    error = reader.error('SELECT * FROM cheap')
    shown += [error.message_primary, error.message_detail or '', error.message_hint or '', error.context or '']
    assert TOKEN not in '\n'.join(shown)
    assert reader.error('SELECT * FROM pg_user_mapping').sqlstate == '42501'


def test_the_token_is_not_in_the_servers_log(guarded, site, cluster):
    owner, _ = guarded
    site.pages['/1'] = (401, {}, 'no')
    size = cluster.log.stat().st_size
    owner.error(SELECT)
    with open(cluster.log, errors='replace') as log:
        log.seek(size)
        assert TOKEN not in log.read()


def test_the_history_shows_only_to_readers_of_the_table(guarded, db, site):
    owner, reader = guarded
    assert read(owner) == truth()
    site.serve(goods.pages(cards_page))
    assert read(owner) == truth()
    assert history(owner) and history(reader) == []
    owner.run('GRANT SELECT (name) ON goods TO reader')
    assert history(reader) == history(owner)


# -- databases

@pytest.mark.parametrize('encoding', ['SQL_ASCII', 'LATIN1'])
def test_another_encoding_is_refused_with_a_hint(cluster, encoding):
    name = f'test_{encoding.lower()}'
    cluster.createdb(name, template='template0', encoding=encoding, locale='C')
    database = Database(cluster, name)
    try:
        error = database.main.error('CREATE EXTENSION webwrap')
        assert error.sqlstate == '0A000' and encoding in error.message_primary and "ENCODING 'UTF8'" in error.message_hint
    finally:
        database.drop()


def test_the_extension_can_be_dropped_and_made_again(db, site):
    make_shop(db, site)
    db.main.run('SET client_min_messages = warning', 'DROP EXTENSION webwrap CASCADE', 'CREATE EXTENSION webwrap')
    make_shop(db, site)


def test_nothing_is_left_of_a_dropped_extension(db, site):
    make_shop(db, site)
    db.main.run('SET client_min_messages = warning', 'DROP EXTENSION webwrap CASCADE')
    assert db.main.value("SELECT count(*) FROM pg_namespace WHERE nspname = 'webwrap'") == 0
    assert db.main.value("""SELECT count(*) FROM pg_init_privs
        WHERE privtype = 'e' AND classoid = 'pg_namespace'::regclass""") == 0


def test_a_schema_of_somebody_else_is_not_used(db):
    db.main.run('DROP EXTENSION webwrap CASCADE', 'DROP SCHEMA IF EXISTS webwrap', 'CREATE SCHEMA webwrap')
    assert db.main.error('CREATE EXTENSION webwrap').sqlstate == '42P06'


def test_dropping_the_server_forgets_its_tables(db, site):
    make_shop(db, site)
    db.main.run('SET client_min_messages = warning', 'DROP SERVER shop CASCADE')
    assert history(db.main) == [] and snapshots(db.main) == []


def test_the_switch_can_be_thrown_for_all_sessions(own_cluster, hostile):
    session = Database.create(own_cluster).main
    session.run(f"SELECT webwrap.fetch('{hostile.url('/ok')}')")
    own_cluster.psql(["LOAD 'webwrap'", 'ALTER SYSTEM SET webwrap.enabled = off', 'SELECT pg_reload_conf()'])
    try:
        seen = len(hostile.requests)
        wait_until(lambda: session.value('SHOW webwrap.enabled') == 'off', 'the setting did not arrive')
        assert session.error(f"SELECT webwrap.fetch('{hostile.url('/ok')}')").sqlstate == '55000'
        assert len(hostile.requests) == seen
    finally:
        own_cluster.psql(["LOAD 'webwrap'", 'ALTER SYSTEM RESET webwrap.enabled', 'SELECT pg_reload_conf()'])
