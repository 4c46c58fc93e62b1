"""The address guard and the switches: what may be connected to, and who decides."""

import psycopg
import pytest

from goods import server_sql, table_sql
from hostile import PAGE
from site_server import Site

LOOPBACK = ['127.0.0.1', '[::ffff:127.0.0.1]', '2130706433', '0x7f000001', '127.1', 'localhost']


def with_host(url, host):
    return url.replace('127.0.0.1', host, 1)


@pytest.mark.parametrize('host', LOOPBACK)
def test_loopback_is_refused_unless_allowed(db, hostile, host):
    url = with_host(hostile.url('/ok'), host)
    seen = len(hostile.requests)
    db.main.run("SET webwrap.allowed_networks = ''")
    error = db.main.error('SELECT * FROM webwrap.fetch(%s)', url)
    assert error.sqlstate == '42501' and 'webwrap.allowed_networks' in error.message_hint
    assert len(hostile.requests) == seen


@pytest.mark.parametrize('host', [host for host in LOOPBACK if host != 'localhost'])
def test_loopback_is_reached_when_allowed(db, hostile, host):
    assert db.main.value('SELECT status FROM webwrap.fetch(%s)', with_host(hostile.url('/ok'), host)) == 200


def test_a_name_is_reached_when_its_address_is_allowed(db, hostile):
    db.main.run("SET webwrap.allowed_networks = '127.0.0.0/8, ::1'")
    assert db.main.value('SELECT status FROM webwrap.fetch(%s)', with_host(hostile.url('/ok'), 'localhost')) == 200


@pytest.mark.parametrize('host', LOOPBACK)
def test_a_redirect_to_loopback_is_refused(db, hostile, host):
    """The first hop is allowed, the one that it leads to is not."""
    target = with_host(hostile.url('/ok'), host)
    with Site('127.0.0.2') as site:
        site.serve({'/to': (302, {'Location': target}, '')})
        db.main.run("SET webwrap.allowed_networks = '127.0.0.2/32'")
        seen = len(hostile.requests)
        error = db.main.error('SELECT * FROM webwrap.fetch(%s)', f'{site.url}to')
        assert error.sqlstate == '42501'
        assert site.requests == ['/to'] and len(hostile.requests) == seen
        db.main.run("SET webwrap.allowed_networks = '127.0.0.0/8, ::1'")
        assert db.main.value('SELECT status FROM webwrap.fetch(%s)', f'{site.url}to') == 200


@pytest.mark.parametrize('target', ['ftp://127.0.0.1/', 'file:///etc/passwd', 'gopher://127.0.0.1:70/_'])
def test_a_redirect_to_another_scheme_is_refused(db, hostile, target):
    error = db.main.error('SELECT * FROM webwrap.fetch(%s)', hostile.url(f'/redirect?to={target}'))
    assert error.sqlstate in ('22023', '42501')


def test_a_scan_meets_the_guard_too(db, site):
    site.serve(['<table id="goods"><tbody><tr><td>1</td></tr></tbody></table>'])
    db.main.run(server_sql(site), table_sql('t', columns="a text OPTIONS (xpath 'td')", url='1', min_rows=None),
                "SET webwrap.allowed_networks = ''")
    assert db.main.error('SELECT * FROM t').sqlstate == '42501'
    assert site.requests == []
    db.main.run('RESET webwrap.allowed_networks')
    assert db.main.rows('SELECT * FROM t') == [('1',)]


def test_an_open_connection_does_not_outlive_its_permission(db, hostile):
    fetch = 'SELECT status FROM webwrap.fetch(%s)'
    assert db.main.value(fetch, hostile.url('/ok')) == 200
    seen = len(hostile.requests)
    db.main.run("SET webwrap.allowed_networks = ''")
    assert db.main.error(fetch, hostile.url('/ok')).sqlstate == '42501'
    assert len(hostile.requests) == seen


def test_an_ordinary_role_cannot_widen_what_it_may_reach(db):
    with db.role('ordinary', 'webwrap_fetch') as role:
        session = db.connect(role)
        session.run("SELECT webwrap.xpath('', '/')")  # from here on the server knows the settings
        for setting, value in (('allowed_networks', '0.0.0.0/0'), ('enabled', 'on')):
            assert session.error(f"SET webwrap.{setting} = '{value}'").sqlstate == '42501'
            assert session.error(f"SELECT set_config('webwrap.{setting}', '{value}', false)").sqlstate == '42501'
            assert session.error(f"ALTER ROLE {role} SET webwrap.{setting} = '{value}'").sqlstate == '42501'
        session.close()


@pytest.mark.parametrize('setting, forced, wanted, sqlstate', [
    ('allowed_networks', '', '127.0.0.0/8', '42501'), ('enabled', 'off', 'on', '55000')])
def test_nor_by_a_setting_made_before_the_library_is_loaded(db, hostile, setting, forced, wanted, sqlstate):
    """The server takes any value for a name that it does not know yet; loading the library must drop it."""
    db.main.run(f"ALTER DATABASE {db.name} SET webwrap.{setting} = '{forced}'")
    with db.role('ordinary', 'webwrap_fetch') as role:
        session = db.connect(role)
        session.run(f"SET webwrap.{setting} = '{wanted}'")
        assert session.error('SELECT * FROM webwrap.fetch(%s)', hostile.url('/ok')).sqlstate == sqlstate
        session.close()
        dsn = f"{db.cluster.dsn(db.name, role)} options='-c webwrap.{setting}={wanted}'"
        with psycopg.connect(dsn, autocommit=True) as session:
            with pytest.raises(psycopg.Error) as error:
                session.execute('SELECT * FROM webwrap.fetch(%s)', [hostile.url('/ok')])
            assert error.value.sqlstate == sqlstate


def test_a_role_without_webwrap_fetch_cannot_fetch(db, hostile):
    with db.role('reader') as role:
        session = db.connect(role)
        for call in ('webwrap.fetch(%s)', 'webwrap.fetch_many(ARRAY[%s])'):
            assert session.error(f'SELECT * FROM {call}', hostile.url('/ok')).sqlstate == '42501'
        assert session.error("CREATE SERVER s FOREIGN DATA WRAPPER webwrap").sqlstate == '42501'
        db.main.run(f'GRANT webwrap_fetch TO {role}')
        assert session.value('SELECT status FROM webwrap.fetch(%s)', hostile.url('/ok')) == 200
        session.close()


def pages_asked(hostile):
    return sum(request['path'] != '/robots.txt' for request in hostile.requests)


@pytest.mark.parametrize('options', ["url '{elsewhere}'", "url '1', next_page 'string(\"{elsewhere}\")'"])
def test_usage_on_a_server_is_for_its_site_only(db, site, hostile, options):
    """A role without webwrap_fetch must not get to choose addresses by way of a table's options."""
    site.serve([PAGE])
    db.main.run(server_sql(site))
    with db.role('reader', 'USAGE ON FOREIGN SERVER shop', 'CREATE ON SCHEMA public') as role:
        session = db.connect(role)
        session.run("CREATE FOREIGN TABLE own (a text OPTIONS (xpath '.')) SERVER shop OPTIONS (url '1', rows '//p')",
                    "CREATE FOREIGN TABLE other (a text OPTIONS (xpath '.')) SERVER shop "
                    f"OPTIONS ({options.format(elsewhere=hostile.url('/ok'))}, rows '//p')")
        assert session.rows('SELECT * FROM own') == [('a page',)]
        seen = pages_asked(hostile)
        error = session.error('SELECT * FROM other')
        assert error.sqlstate == '42501' and 'webwrap_fetch' in error.message_hint
        assert pages_asked(hostile) == seen
        db.main.run(f'GRANT webwrap_fetch TO {role}')
        assert ('a page',) in session.rows('SELECT * FROM other') and pages_asked(hostile) == seen + 1
        session.close()


def test_the_switch_stops_every_fetch_at_once(db, site, hostile):
    site.serve(['<table id="goods"><tbody><tr><td>1</td></tr></tbody></table>'])
    db.main.run(server_sql(site), table_sql('t', columns="a text OPTIONS (xpath 'td')", url='1', min_rows=None),
                'SET webwrap.enabled = off')
    seen = len(hostile.requests)
    for statement in (f"SELECT * FROM webwrap.fetch('{hostile.url('/ok')}')",
                      f"SELECT * FROM webwrap.fetch_many(ARRAY['{hostile.url('/ok')}'])", 'SELECT * FROM t'):
        error = db.main.error(statement)
        assert error.sqlstate == '55000' and 'webwrap.enabled' in error.message_hint
    assert site.requests == [] and len(hostile.requests) == seen
    db.main.run('RESET webwrap.enabled')
    assert db.main.rows('SELECT * FROM t') == [('1',)]
