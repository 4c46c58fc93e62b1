"""Behind pgbouncer in transaction pooling: many clients take turns on few sessions, and nothing of one reaches another."""

import json
import threading

import psycopg
import pytest

import goods
from database import Session
from goods import SELECT, read, server_sql, table_page, table_sql, truth
from pgbouncer import PgBouncer
from test_adaptation import history

POOL_SIZE = 2
CLIENTS = 8
ROLES = ['ada', 'bob']
TOKENS = {'ada': 'token-of-ada', 'bob': 'token-of-bob'}


@pytest.fixture(scope='module')
def pooler(cluster):
    with PgBouncer(cluster, POOL_SIZE, ROLES) as running:
        yield running


class Pooled:
    """Clients of the pooler in one database."""

    def __init__(self, db, pooler):
        self.db, self.pooler = db, pooler
        self._sessions = []

    def connect(self, user=None):
        session = Session(self.pooler.dsn(self.db.name, user))
        session.connection.prepare_threshold = None  # a prepared statement belongs to a session
        self._sessions.append(session)
        return session

    def at_once(self, work, clients=CLIENTS, users=(None,)):
        """work(session, number) in as many threads; returns what each returned. The first failure is raised."""
        results, failures = [None] * clients, []
        sessions = [self.connect(users[number % len(users)]) for number in range(clients)]

        def run(number):
            try:
                results[number] = work(sessions[number], number)
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=run, args=[number], daemon=True) for number in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        if failures:
            raise failures[0]
        assert not any(thread.is_alive() for thread in threads)
        return results

    def backends(self, user=None):
        """Pids of the server's sessions for this database."""
        sql = "SELECT pid FROM pg_stat_activity WHERE datname = %s AND application_name <> 'psql' AND usename = %s AND pid <> %s"
        return {pid for (pid,) in self.db.main.rows(sql, self.db.name, user or self.db.cluster.user, self.db.main.pid)}

    def close(self):
        for session in self._sessions:
            session.close()


@pytest.fixture
def pooled(db, pooler):
    made = Pooled(db, pooler)
    yield made
    made.close()


@pytest.fixture
def shop(db, site):
    site.serve(goods.pages(table_page))
    db.main.run(server_sql(site), table_sql())


def test_the_pool_is_what_the_tests_take_it_for(pooled, pooler):
    """Fewer sessions than clients, and a client meets each that is free."""
    seen = pooled.at_once(lambda session, _: {session.value('SELECT pg_backend_pid() FROM pg_sleep(0.01)') for _ in range(30)})
    assert len(set().union(*seen)) == POOL_SIZE == len(pooled.backends())
    first, second, third = (pooled.connect() for _ in range(3))
    pid = 'SELECT pg_backend_pid()'
    first.run('BEGIN')
    second.run('BEGIN')
    pids = [first.value(pid), second.value(pid)]
    first.run('COMMIT')
    assert third.value(pid) == pids[0] and pids[0] != pids[1]
    first.run('BEGIN', pid)
    second.run('COMMIT')
    assert third.value(pid) == pids[1]
    first.run('COMMIT')
    assert {row['pool_mode'] for row in pooler.show('POOLS') if row['database'] == pooled.db.name} == {'transaction'}


def test_fetch(pooled, hostile):
    def work(session, number):
        return [session.row('SELECT url, status, html FROM webwrap.fetch(%s)', hostile.url(f'/ok?client={number}&n={n}'))[:2]
                for n in range(10)]

    for number, rows in enumerate(pooled.at_once(work)):
        assert rows == [(hostile.url(f'/ok?client={number}&n={n}'), 200) for n in range(10)]
    assert len(pooled.backends()) == POOL_SIZE


def test_fetch_many(pooled, hostile):
    def work(session, number):
        urls = [hostile.url(f'/wait?seconds=0.01&client={number}&n={n}') for n in range(10)]
        rows = session.rows('SELECT url, status FROM webwrap.fetch_many(%s)', urls)
        return sorted(rows) == sorted((url, 200) for url in urls)

    assert pooled.at_once(work) == [True] * CLIENTS


def test_a_foreign_table(pooled, shop):
    assert pooled.at_once(lambda session, _: [read(session) for _ in range(3)]) == [[truth()] * 3] * CLIENTS


def test_a_failure_of_one_client_is_not_that_of_another(pooled, hostile):
    pooled.db.main.run(f'ALTER DATABASE {pooled.db.name} SET webwrap.max_retries = 0')

    def work(session, number):
        outcomes = []
        for _ in range(10):
            if number % 2:
                outcomes.append(session.value('SELECT status FROM webwrap.fetch(%s)', hostile.url('/ok')))
            else:
                outcomes.append(session.error("SELECT * FROM webwrap.fetch(%s, '{\"max_retries\": 0}')",
                                              hostile.url('/drop')).sqlstate)
        return outcomes

    assert pooled.at_once(work) == [['HV00N'] * 10, [200] * 10] * (CLIENTS // 2)


def test_a_cancel_meets_the_client_that_asked_for_it(pooled, hostile):
    def work(session, number):
        if number:
            return [session.value('SELECT status FROM webwrap.fetch(%s)', hostile.url('/ok')) for _ in range(20)]
        timer = threading.Timer(0.3, session.connection.cancel)
        timer.start()
        state = session.error('SELECT status FROM webwrap.fetch(%s)', hostile.url('/hang')).sqlstate
        return [state, session.value('SELECT status FROM webwrap.fetch(%s)', hostile.url('/ok'))]

    first, *others = pooled.at_once(work, 4)
    assert first == ['57014', 200] and others == [[200] * 20] * 3


# -- settings

def test_set_local_is_for_one_transaction(pooled, hostile):
    def work(session, number):
        agents = []
        for turn in range(10):
            with session.connection.transaction():
                if number % 2:
                    session.run(f"SET LOCAL webwrap.user_agent = 'client-{number}-{turn}'")
                page = session.value('SELECT html FROM webwrap.fetch(%s)', hostile.url('/echo'))
            agents.append({name.lower(): value for name, value in json.loads(page)['headers']}['user-agent'])
        return agents

    for number, agents in enumerate(pooled.at_once(work)):
        if number % 2:
            assert agents == [f'client-{number}-{turn}' for turn in range(10)]
        else:
            assert all(agent.startswith('webwrap/') for agent in agents)


def test_what_set_local_allows_is_allowed_for_one_transaction(pooled, hostile):
    """Also on the connection to the site that the session keeps open."""
    def work(session, number):
        states = []
        for _ in range(10):
            with session.connection.transaction():
                session.run(f"SET LOCAL webwrap.allowed_networks = '{'127.0.0.0/8' if number % 2 else ''}'")
                states.append(session.value('SELECT coalesce(status::text, error) FROM webwrap.fetch_many(ARRAY[%s])',
                                            hostile.url('/ok')))
        return states

    for number, states in enumerate(pooled.at_once(work)):
        assert all(state == '200' if number % 2 else 'is not allowed' in state for state in states)


def test_a_limit_with_set_local_is_for_one_transaction(pooled, hostile):
    def work(session, number):
        sizes = []
        for _ in range(10):
            with session.connection.transaction():
                if number % 2:
                    session.run("SET LOCAL webwrap.max_page_size = '1kB'")
                sizes.append(session.value('SELECT length(body) FROM webwrap.fetch_many(ARRAY[%s])',
                                           hostile.url('/large?bytes=2000')))
        return sizes

    assert pooled.at_once(work) == [[2000] * 10, [None] * 10] * (CLIENTS // 2)


# -- roles

@pytest.fixture
def roles(db, shop):
    with db.role(ROLES[0]), db.role(ROLES[1]):
        for role in ROLES:
            db.main.run(f"CREATE USER MAPPING FOR {role} SERVER shop OPTIONS (bearer_token '{TOKENS[role]}')",
                        f'GRANT SELECT ON goods TO {role}', f'GRANT webwrap_fetch TO {role}')
        yield
        for session in db._sessions:
            if session is not db.main:
                session.close()


def sent_tokens(site):
    return {headers.get('Authorization') for headers in site.headers}


def test_each_role_sends_its_own_token(pooled, roles, site):
    def work(session, number):
        return [session.rows('SELECT current_user, count(*) FROM goods') for _ in range(3)]

    results = pooled.at_once(work, users=ROLES)
    assert results == [[[(ROLES[number % 2], len(truth()))]] * 3 for number in range(CLIENTS)]
    sent = [headers.get('Authorization') for headers in site.headers]
    # Those who want the same page at the same time with the same token share a request.
    assert set(sent) == {f'Bearer {token}' for token in TOKENS.values()}
    assert all(sent.count(token) <= CLIENTS // 2 * 3 * goods.PAGES for token in sent)
    assert all(1 <= len(pooled.backends(role)) <= POOL_SIZE for role in ROLES)
    pooled.close()


def test_set_local_role_takes_that_roles_token(pooled, roles, site):
    """Clients of one user share sessions; each transaction plays another role, the last one none."""
    client = pooled.connect()
    for role in [*ROLES, *ROLES]:
        site.forget_requests()
        with client.connection.transaction():
            client.run(f'SET LOCAL ROLE {role}')
            assert client.value('SELECT count(*) FROM goods') == len(truth())
        assert sent_tokens(site) == {f'Bearer {TOKENS[role]}'}
    site.forget_requests()
    assert client.value('SELECT count(*) FROM goods') == len(truth())
    assert sent_tokens(site) == {None}


def test_a_token_goes_over_no_kept_connection_of_another(pooled, roles, site):
    """Eight clients in roles by turns, over two sessions that keep connections to the site."""
    def work(session, number):
        role = ROLES[number % 2]
        for turn in range(5):
            with session.connection.transaction():
                session.run(f'SET LOCAL ROLE {role}')
                session.run(f"SELECT count(*) FROM goods WHERE name <> '{number}-{turn}'")
        return role

    site.forget_requests()
    pooled.at_once(work)
    sent = [headers.get('Authorization') for headers in site.headers]
    assert set(sent) == {f'Bearer {token}' for token in TOKENS.values()}
    assert all(sent.count(token) <= CLIENTS // 2 * 5 * goods.PAGES for token in sent)


# -- what a scan learns

def test_pooled_sessions_adapt_together(pooled, db, shop, site):
    assert read(db.main) == truth()
    site.serve(goods.pages(goods.cards_page))
    assert pooled.at_once(lambda session, _: sorted(session.rows(SELECT)), 4) == [truth()] * 4
    assert len({row[1] for row in history(db.main) if row[-1] == 'active'}) == 1


def test_a_cursor_lives_as_long_as_its_transaction(pooled, shop):
    def work(session, _):
        with session.connection.transaction():
            session.run(f'DECLARE c CURSOR FOR {SELECT}')
            rows = []
            while batch := session.rows('FETCH 10 FROM c'):
                rows += batch
        return sorted(rows)

    assert pooled.at_once(work, 4) == [truth()] * 4
    session = pooled.connect()
    with pytest.raises(psycopg.errors.InvalidCursorName):
        session.rows('FETCH 1 FROM c')
