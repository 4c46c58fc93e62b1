"""What backends share, when something goes wrong: leaders, writers, databases and memory that end early."""

import os
import random
import stat

import pytest

from database import Database, wait_until
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
