"""Whose credentials a scan sends: those of the user that the server checks the table's permissions for."""

import pytest

import goods
from goods import server_sql, table_page, table_sql, truth
from site_server import Site

ROLES = ['maker', 'lender', 'reader']
TOKENS = {role: f'token-of-{role}' for role in ROLES}
COUNT = 'SELECT count(*) FROM {}'


class House:
    """Three roles with a token each; maker owns the foreign table, and views may be of lender."""

    def __init__(self, db, site):
        self.db, self.site = db, site
        self.session = {role: db.connect(role) for role in ROLES}
        self.maker, self.lender, self.reader = (self.session[role] for role in ROLES)

    def sends(self, session, statement):
        """Names of the roles whose tokens a statement sends; None for no token."""
        self.site.forget_requests()
        session.run(statement)
        token_to_role = {f'Bearer {token}': role for role, token in TOKENS.items()}
        return {token_to_role.get(headers.get('Authorization')) for headers in self.site.headers}


@pytest.fixture
def house(db, site):
    site.serve(goods.pages(table_page))
    with db.role(ROLES[0]), db.role(ROLES[1]), db.role(ROLES[2]):
        db.main.run(server_sql(site), f'GRANT CREATE ON SCHEMA public TO {", ".join(ROLES)}',
                    f'GRANT USAGE ON FOREIGN SERVER shop TO {ROLES[0]}')
        for role, token in TOKENS.items():
            db.main.run(f"CREATE USER MAPPING FOR {role} SERVER shop OPTIONS (bearer_token '{token}')")
        made = House(db, site)
        made.maker.run(table_sql(), 'GRANT SELECT ON goods TO lender')
        yield made
        for session in made.session.values():
            session.close()
        db.main.run('ROLLBACK', 'RESET ROLE')  # whatever a failed test left open


def test_each_role_sends_its_own_token(house):
    house.maker.run('GRANT SELECT ON goods TO reader')
    for role in ROLES:
        assert house.sends(house.session[role], COUNT.format('goods')) == {role}


def test_a_view_sends_that_of_its_owner(house):
    house.maker.run('CREATE VIEW v AS SELECT * FROM goods', 'GRANT SELECT ON v TO reader')
    assert house.reader.error(COUNT.format('goods')).sqlstate == '42501'
    assert house.sends(house.reader, COUNT.format('v')) == {'maker'}
    assert house.reader.value(COUNT.format('v')) == len(truth())


def test_a_view_of_another_than_the_tables_owner_sends_that_of_the_view(house):
    house.lender.run('CREATE VIEW v AS SELECT * FROM goods', 'GRANT SELECT ON v TO reader')
    assert house.sends(house.reader, COUNT.format('v')) == {'lender'}


def test_a_view_whose_owner_changes_sends_that_of_the_new_one(house):
    house.maker.run('CREATE VIEW v AS SELECT * FROM goods', 'GRANT SELECT ON v TO reader', 'PREPARE p AS SELECT count(*) FROM v')
    house.reader.run('PREPARE p AS SELECT count(*) FROM v')
    assert house.sends(house.reader, 'EXECUTE p') == {'maker'}
    house.db.main.run('ALTER VIEW v OWNER TO lender')
    assert house.sends(house.reader, 'EXECUTE p') == {'lender'}


def test_a_view_whose_owner_may_not_read_sends_nothing(house):
    house.lender.run('CREATE VIEW v AS SELECT * FROM goods', 'GRANT SELECT ON v TO reader')
    house.maker.run('REVOKE SELECT ON goods FROM lender')
    house.site.forget_requests()
    assert house.reader.error(COUNT.format('v')).sqlstate == '42501'
    assert house.site.requests == []


def test_nested_views_send_that_of_the_innermost(house):
    house.maker.run('CREATE VIEW inner_v AS SELECT * FROM goods', 'GRANT SELECT ON inner_v TO lender')
    house.lender.run('CREATE VIEW middle_v AS SELECT name, price FROM inner_v WHERE price > 0',
                     'CREATE VIEW outer_v AS SELECT name FROM middle_v', 'GRANT SELECT ON outer_v TO reader')
    assert house.sends(house.reader, COUNT.format('outer_v')) == {'maker'}
    assert house.sends(house.lender, COUNT.format('outer_v')) == {'maker'}


def test_views_of_two_owners_in_one_query_send_each_its_own(house):
    house.maker.run('CREATE VIEW m AS SELECT * FROM goods', 'GRANT SELECT ON m TO reader')
    house.lender.run('CREATE VIEW l AS SELECT * FROM goods', 'GRANT SELECT ON l TO reader')
    house.maker.run('GRANT SELECT ON goods TO reader')
    assert house.sends(house.reader, 'SELECT count(*) FROM m JOIN l USING (name)') == {'maker', 'lender'}
    union = 'SELECT name FROM m UNION ALL SELECT name FROM l UNION ALL SELECT name FROM goods'
    assert house.sends(house.reader, union) == set(ROLES)


@pytest.mark.parametrize('options', ['security_barrier', 'security_barrier, security_invoker = off'])
def test_a_security_barrier_sends_that_of_its_owner(house, options):
    house.lender.run(f"CREATE VIEW v WITH ({options}) AS SELECT * FROM goods WHERE maker <> 'Weber'",
                     'GRANT SELECT ON v TO reader')
    assert house.sends(house.reader, COUNT.format('v')) == {'lender'}
    assert house.sends(house.reader, "SELECT * FROM v WHERE name LIKE 'L%'") == {'lender'}


def test_a_security_barrier_hides_rows_from_the_readers_functions(house):
    """A cheap function that tells what it sees must see only the rows of the view."""
    seen = ('CREATE FUNCTION {0}(t text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS '
            "$$BEGIN RAISE NOTICE 'seen %', t; RETURN true; END$$")
    house.reader.run(seen.format('tell'))
    for view, options in (('open_v', ''), ('closed_v', 'WITH (security_barrier)')):
        house.lender.run(f"CREATE VIEW {view} {options} AS SELECT * FROM goods WHERE maker <> 'Weber'",
                         f'GRANT SELECT ON {view} TO reader')
    told = {}
    for view in ('open_v', 'closed_v'):
        house.reader.notices.clear()
        house.reader.run(f'SELECT count(*) FROM {view} WHERE tell(maker)')
        told[view] = {notice.message for notice in house.reader.notices}
    assert 'seen Weber' in told['open_v']  # the function can tell
    assert told['closed_v'] and 'seen Weber' not in told['closed_v']


def test_a_security_barrier_bounds_the_pages_that_are_asked_for(house):
    house.site.serve({f'/{genre}': f'<ul><li>{genre}</li></ul>' for genre in ('drama', 'crime')})
    house.maker.run(table_sql('film', columns="title text OPTIONS (xpath '.'), genre text OPTIONS (parameter 'genre')",
                              url='{genre}', rows='//li', min_rows=None),
                    "CREATE VIEW v WITH (security_barrier) AS SELECT * FROM film WHERE genre = 'drama'",
                    'GRANT SELECT ON v TO reader')
    house.site.forget_requests()
    assert house.reader.rows('SELECT * FROM v') == [('drama', 'drama')] and house.site.requests == ['/drama']
    assert house.reader.rows("SELECT * FROM v WHERE genre = 'crime'") == []
    assert '/crime' not in house.site.requests
    assert house.reader.rows("SELECT * FROM v WHERE genre IN ('crime', 'drama')") == [('drama', 'drama')]
    assert '/crime' not in house.site.requests


def test_a_security_invoker_view_sends_that_of_the_reader(house):
    if house.db.main.connection.info.server_version < 150000:
        pytest.skip('PostgreSQL has this from version 15 on')
    house.maker.run('CREATE VIEW v WITH (security_invoker) AS SELECT * FROM goods', 'GRANT SELECT ON v TO reader')
    assert house.reader.error(COUNT.format('v')).sqlstate == '42501'
    house.maker.run('GRANT SELECT ON goods TO reader')
    assert house.sends(house.reader, COUNT.format('v')) == {'reader'}
    house.lender.run('CREATE VIEW over AS SELECT * FROM v')
    house.maker.run('GRANT SELECT ON v TO lender')
    house.lender.run('GRANT SELECT ON over TO reader')
    assert house.sends(house.reader, COUNT.format('over')) == {'reader'}  # as if read directly, says CREATE VIEW


FUNCTION = "CREATE FUNCTION {name}() RETURNS bigint LANGUAGE {language} {security} AS $${body}$$"
BODIES = {'sql': 'SELECT count(*) FROM {}', 'plpgsql': 'BEGIN RETURN (SELECT count(*) FROM {}); END'}


@pytest.mark.parametrize('language', BODIES)
def test_a_function_sends_that_of_whom_it_runs_as(house, language):
    for name, security in (('definer_f', 'SECURITY DEFINER'), ('invoker_f', '')):
        house.lender.run(FUNCTION.format(name=name, language=language, security=security, body=BODIES[language].format('goods')))
    house.maker.run('GRANT SELECT ON goods TO reader')
    assert house.sends(house.reader, 'SELECT definer_f()') == {'lender'}
    assert house.sends(house.reader, 'SELECT invoker_f()') == {'reader'}
    assert house.sends(house.reader, 'SELECT definer_f(), invoker_f()') == {'lender', 'reader'}
    # The function's plan is kept in its session; whom it is for is not.
    assert house.sends(house.db.main, 'SELECT definer_f(), invoker_f()') == {'lender', None}
    assert house.sends(house.db.main, 'SET ROLE maker; SELECT invoker_f(); RESET ROLE') == {'maker'}
    assert house.sends(house.db.main, 'SET ROLE reader; SELECT invoker_f(); RESET ROLE') == {'reader'}


def test_a_definers_function_over_a_view_sends_that_of_the_view(house):
    house.maker.run('CREATE VIEW v AS SELECT * FROM goods', 'GRANT SELECT ON v TO lender')
    house.lender.run(FUNCTION.format(name='f', language='sql', security='SECURITY DEFINER', body='SELECT count(*) FROM v'))
    assert house.sends(house.reader, 'SELECT f()') == {'maker'}


def test_a_view_over_functions_sends_that_of_whom_they_run_as(house):
    """A function in a view runs as the reader unless it is SECURITY DEFINER."""
    for name, security in (('definer_f', 'SECURITY DEFINER'), ('invoker_f', '')):
        body = BODIES['plpgsql'].format('goods')
        house.lender.run(FUNCTION.format(name=name, language='plpgsql', security=security, body=body))
        house.maker.run(f'CREATE VIEW over_{name} AS SELECT {name}()', f'GRANT SELECT ON over_{name} TO reader')
    assert house.sends(house.reader, 'SELECT * FROM over_definer_f') == {'lender'}
    assert house.reader.error('SELECT * FROM over_invoker_f').sqlstate == '42501'
    house.maker.run('GRANT SELECT ON goods TO reader')
    assert house.sends(house.reader, 'SELECT * FROM over_invoker_f') == {'reader'}


def test_a_cursor_sends_that_of_whom_opened_it(house):
    house.maker.run('GRANT SELECT ON goods TO reader')
    session = house.db.main
    session.run('BEGIN', 'SET LOCAL ROLE lender', 'DECLARE c CURSOR FOR SELECT * FROM goods', 'SET LOCAL ROLE reader')
    assert house.sends(session, 'FETCH ALL FROM c') == {'lender'}
    session.run('COMMIT')


def test_a_definers_cursor_sends_that_of_the_definer(house):
    house.lender.run("CREATE FUNCTION open_goods() RETURNS refcursor LANGUAGE plpgsql SECURITY DEFINER AS "
                     "$$DECLARE c refcursor := 'c'; BEGIN OPEN c FOR SELECT * FROM goods; RETURN c; END$$")
    house.reader.run('BEGIN', 'SELECT open_goods()')
    assert house.sends(house.reader, 'FETCH ALL FROM c') == {'lender'}
    house.reader.run('COMMIT')


@pytest.mark.parametrize('mode', ['force_generic_plan', 'force_custom_plan'])
def test_a_prepared_statement_sends_that_of_whom_it_is_executed_for(house, mode):
    session = house.db.main
    session.run(f'SET plan_cache_mode = {mode}', "PREPARE p(text) AS SELECT * FROM goods WHERE name <> $1")
    for role in (*ROLES, *ROLES):
        house.maker.run(f'GRANT SELECT ON goods TO {role}')
        assert house.sends(session, f"SET ROLE {role}; EXECUTE p('x'); RESET ROLE") == {role}


def test_a_materialized_view_sends_that_of_its_owner(house):
    house.lender.run('CREATE MATERIALIZED VIEW kept AS SELECT * FROM goods', 'GRANT SELECT ON kept TO reader')
    assert house.sends(house.db.main, 'REFRESH MATERIALIZED VIEW kept') == {'lender'}
    assert house.sends(house.reader, COUNT.format('kept')) == set()


def test_a_partition_sends_that_of_whom_the_parent_is_read_for(house):
    house.maker.run('CREATE TABLE parent (name text, maker text, shop text, price numeric, made date) '
                    'PARTITION BY LIST (maker)',
                    'ALTER TABLE parent ATTACH PARTITION goods DEFAULT', 'GRANT SELECT ON parent TO reader',
                    'CREATE VIEW v AS SELECT * FROM parent', 'GRANT SELECT ON v TO reader')
    assert house.reader.error(COUNT.format('goods')).sqlstate == '42501'
    assert house.sends(house.reader, COUNT.format('parent')) == {'reader'}
    assert house.sends(house.reader, COUNT.format('v')) == {'maker'}


def test_a_role_without_a_mapping_sends_that_of_public_or_none(house):
    house.db.main.run('DROP USER MAPPING FOR reader SERVER shop')
    house.maker.run('GRANT SELECT ON goods TO reader')
    assert house.sends(house.reader, COUNT.format('goods')) == {None}
    house.db.main.run("CREATE USER MAPPING FOR PUBLIC SERVER shop OPTIONS (bearer_token 'token-of-lender')")
    assert house.sends(house.reader, COUNT.format('goods')) == {'lender'}
    assert house.sends(house.maker, COUNT.format('goods')) == {'maker'}


def test_a_changed_mapping_counts_from_the_next_scan(house):
    assert house.sends(house.maker, COUNT.format('goods')) == {'maker'}
    house.db.main.run("ALTER USER MAPPING FOR maker SERVER shop OPTIONS (SET bearer_token 'token-of-reader')")
    assert house.sends(house.maker, COUNT.format('goods')) == {'reader'}
    house.db.main.run('DROP USER MAPPING FOR maker SERVER shop')
    assert house.sends(house.maker, COUNT.format('goods')) == {None}


def test_a_definers_fetch_needs_the_definers_right(house):
    """EXECUTE is checked for whom the function runs as; a view checks the functions that it calls for its reader."""
    with Site('127.0.0.2') as other:
        other.serve({'/': '<p>x</p>'})
        call = f"SELECT status FROM webwrap.fetch('{other.url}')"
        house.lender.run(f'CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS $${call}$$')
        assert house.reader.error('SELECT f()').sqlstate == '42501'
        house.db.main.run('GRANT webwrap_fetch TO lender')
        assert house.reader.value('SELECT f()') == 200
        house.lender.run(f'CREATE VIEW v AS {call}', 'GRANT SELECT ON v TO reader')
        assert house.lender.value('SELECT status FROM v') == 200
        assert house.reader.error('SELECT status FROM v').sqlstate == '42501'
        assert other.requests == ['/'] * 2
