"""pg_cron itself: scheduled refreshes, saved queries and recompression run, and what fails is seen in webwrap.job_status."""

import pytest

from cluster import Cluster
from database import wait_until

# Jobs run at the beginning of a minute.
A_MINUTE_AND_MORE = 100
SCHEDULED = "SELECT cron.schedule('{}', '* * * * *', $job${}$job$)"


@pytest.fixture(scope='module')
def scheduled(tmp_path_factory):
    folder = tmp_path_factory.mktemp('cron')
    for parent in (folder, folder.parent):
        parent.chmod(0o755)
    settings = {'shared_preload_libraries': 'pg_cron', 'cron.database_name': 'postgres', 'cron.use_background_workers': 'on',
                'max_worker_processes': '16'}
    with Cluster(folder / 'cluster', settings=settings) as cluster:
        cluster.psql(['CREATE EXTENSION pg_cron', 'SET client_min_messages = warning; CREATE EXTENSION webwrap_jinja CASCADE'])
        yield cluster
    cluster.destroy()


def test_jobs_run_and_failures_are_seen(scheduled):
    with scheduled.connect(autocommit=True) as connection:
        run = connection.execute
        run('CREATE TABLE source AS SELECT 1 AS n')
        run('CREATE MATERIALIZED VIEW copy AS SELECT n FROM source')
        run('CREATE TABLE answer (n int, label text)')
        run("""INSERT INTO webwrap.saved_query (name, template, context)
               VALUES ('labelled', $$SELECT n, '{{ label }}' AS label FROM source WHERE n >= {{ least }}$$, '{"least": 2}')""")
        run('INSERT INTO source VALUES (2), (3)')
        pages = {f'https://site.example/{number}': '<p class="row">the same on every page</p>' * 200 + f'<h1>Page {number}</h1>'
                 for number in range(6)}
        for url, html in pages.items():
            run("SELECT webwrap.store_html(%s, %s, '2024-01-01')", (url, html))
        assert run('SELECT DISTINCT level FROM webwrap.body').fetchall() == [(3,)]
        never = "SELECT webwrap.refresh_saved('never', 'answer')"
        jobs = {'refresh': 'REFRESH MATERIALIZED VIEW copy',
                'saved': """SELECT webwrap.refresh_saved('labelled', 'answer', '{"label": "it''s"}')""",
                'recompress': 'SELECT webwrap.page_recompress(200)', 'never': never}
        for name, command in jobs.items():
            run(SCHEDULED.format(name, command))
        assert run('SELECT DISTINCT state FROM webwrap.job_status').fetchall() == [('never ran',)]

        def states():
            return dict(run('SELECT jobname, state FROM webwrap.job_status').fetchall())

        wait_until(lambda: set(states().values()) <= {'ok', 'failed'}, 'jobs did not run', A_MINUTE_AND_MORE)
        assert states() == {'refresh': 'ok', 'saved': 'ok', 'recompress': 'ok', 'never': 'failed'}
        assert run('SELECT n FROM copy ORDER BY n').fetchall() == [(1,), (2,), (3,)]
        assert run('SELECT n, label FROM answer ORDER BY n').fetchall() == [(2, "it's"), (3, "it's")]
        details = dict(run('SELECT command, status FROM cron.job_run_details').fetchall())
        assert details == {command: 'failed' if command == never else 'succeeded' for command in jobs.values()}
        assert run('SELECT DISTINCT level FROM webwrap.body').fetchall() == [(19,)]
        assert dict(run('SELECT url, html FROM webwrap.page').fetchall()) == pages
        (message, in_a_row, success) = run("""SELECT last_message, failures_in_a_row, last_success FROM webwrap.job_status
                                              WHERE jobname = 'never'""").fetchone()
        assert 'saved query "never" does not exist' in message
        assert in_a_row >= 1 and success is None


def test_a_role_sees_its_own_jobs(scheduled):
    with scheduled.connect(autocommit=True) as connection:
        run = connection.execute
        run('CREATE ROLE analyst LOGIN')
        run('GRANT USAGE ON SCHEMA cron TO analyst')
        run('SET ROLE analyst')
        assert run('SELECT count(*) FROM webwrap.job_status').fetchone() == (0,)
        run(SCHEDULED.format('mine', 'SELECT 1'))
        assert run('SELECT jobname, username FROM webwrap.job_status').fetchall() == [('mine', 'analyst')]
        run('RESET ROLE')
