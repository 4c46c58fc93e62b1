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
