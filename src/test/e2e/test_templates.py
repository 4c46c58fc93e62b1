"""Templates in real sessions: cancelling, refreshing beside readers and beside one another, dump and restore."""

import pytest

from database import wait_until

ENDLESS = '{% for i in range(100000) %}{% for j in range(100000) %}{% set x = j %}{% endfor %}{% endfor %}'


@pytest.fixture
def jinja(db):
    db.main.run('SET client_min_messages = warning', 'CREATE EXTENSION webwrap_jinja CASCADE', 'RESET client_min_messages')
    return db.main


@pytest.mark.parametrize('how', ['pg_cancel_backend', 'pg_terminate_backend'])
def test_a_template_can_be_stopped(db, jinja, how):
    other = db.connect()
    pid = other.pid
    running = other.start(f"SELECT webwrap.render('{ENDLESS}')")
    wait_until(lambda: jinja.value("SELECT state FROM pg_stat_activity WHERE pid = %s", pid) == 'active', 'not started')
    jinja.value(f'SELECT {how}(%s)', pid)
    running.wait()
    if how == 'pg_terminate_backend':  # the client only learns that the connection is gone
        assert running.error is not None
        assert jinja.value('SELECT count(*) FROM pg_stat_activity WHERE pid = %s', pid) == 0
    else:
        assert running.sqlstate == '57014'
        assert other.value("SELECT webwrap.render('{{ 1 + 1 }}')") == '2'


def test_refreshes_wait_for_one_another_and_readers_for_none(db, jinja):
    jinja.run("INSERT INTO webwrap.saved_query (name, template, context) VALUES ('n', 'SELECT {{ n }} AS n', '{\"n\": 1}')",
              'CREATE TABLE kept (n int)', "SELECT webwrap.refresh_saved('n', 'kept')")
    first, second = db.connect(), db.connect()
    first.run('BEGIN', "SELECT webwrap.refresh_saved('n', 'kept', '{\"n\": 2}')")
    running = second.start("SELECT webwrap.refresh_saved('n', 'kept', '{\"n\": 3}')")
    wait_until(lambda: jinja.value('SELECT cardinality(pg_blocking_pids(%s))', second.pid) == 1, 'does not wait')
    assert jinja.rows('SELECT n FROM kept') == [(1,)]
    first.run('COMMIT')
    assert running.wait().rows == [(1,)]
    assert jinja.rows('SELECT n FROM kept') == [(3,)]


def test_saved_queries_and_datasets_are_dumped(db, jinja, tmp_path):
    jinja.run('CREATE TABLE film (a int)',
              "INSERT INTO webwrap.saved_query (name, template) VALUES ('q', $$SELECT '{{ 1 + 1 }}' AS two$$)",
              "INSERT INTO webwrap.dataset VALUES (1, 'film', 'film', NULL, '{a}', '{\"n\": \"COUNT(*)\"}')")
    with db.restored(tmp_path) as restored:
        assert restored.main.value("SELECT webwrap.saved_rows('q')") == {'two': '2'}
        assert restored.main.value("SELECT webwrap.render('{{ metric(\"n\", 1) }}')") == 'COUNT(*)'
