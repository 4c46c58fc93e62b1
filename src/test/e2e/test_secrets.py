"""What a user mapping holds reaches the site, and shows nowhere else: not in \\d, dumps of other roles, plans, errors, views,
tables of webwrap or the server's log at its most talkative."""

import re

from goods import server_sql

SECRETS = {'bearer_token': 'tokensecret', 'header': 'X-Key: headersecret', 'cookie': 'session=cookiesecret'}
WORDS = ['tokensecret', 'headersecret', 'cookiesecret', 'basicsecret']


def shown(text):
    return [word for word in WORDS if word in str(text)]


def test_a_secret_shows_nowhere(db, site, tmp_path):
    site.serve({'/1': (200, {'Cache-Control': 'max-age=0', 'ETag': '"1"'}, '<p>one</p>'), '/404': (404, {}, '<p>no</p>'),
                '/slow': '<p>slow</p>', '/latin': (200, {'Content-Type': 'text/html; charset=iso-2022-kr'}, '<p>\xff</p>')})
    site.hold('/slow')
    db.main.run(f"ALTER DATABASE {db.name} SET webwrap.log_requests = on",
                server_sql(site, options=", stale_while_revalidate '1 day'"), server_sql(site, name='basic'))
    for name, url in (('t', '1'), ('missing', '404'), ('slow', 'slow'), ('odd', 'latin')):
        db.main.run(f"CREATE FOREIGN TABLE {name} (a text OPTIONS (xpath '//p')) SERVER shop OPTIONS (url '{url}')",
                    f'GRANT SELECT ON {name} TO PUBLIC')
    with db.role('ada', 'webwrap_fetch', 'USAGE ON FOREIGN SERVER shop, basic', 'pg_read_all_data') as ada, \
            db.role('eve', 'webwrap_fetch', 'USAGE ON FOREIGN SERVER shop', 'pg_monitor', 'pg_read_all_data') as eve:
        options = ', '.join(f"{name} '{value}'" for name, value in SECRETS.items())
        db.main.run(f'CREATE USER MAPPING FOR {ada} SERVER shop OPTIONS ({options})',
                    f"CREATE USER MAPPING FOR {ada} SERVER basic OPTIONS (username 'ada', password 'basicsecret')",
                    f'ALTER ROLE {ada} SET log_min_messages = debug5', f'ALTER ROLE {ada} SET client_min_messages = debug5',
                    f'ALTER ROLE {ada} SET log_error_verbosity = verbose', f"ALTER ROLE {ada} SET log_statement = 'all'",
                    f'ALTER ROLE {ada} SET debug_print_plan = on')
        log_before = db.cluster.log.stat().st_size
        session = db.connect(ada)
        texts = [session.rows('SELECT * FROM t'), session.rows('SELECT * FROM t'),
                 session.rows("SELECT headers, html FROM webwrap.fetch('1', '{\"server\": \"shop\"}')"),
                 session.rows("SELECT headers, html FROM webwrap.fetch('404', '{\"server\": \"basic\"}')"),
                 session.explain('SELECT * FROM t', 'ANALYZE, VERBOSE'), session.rows('EXPLAIN (VERBOSE, FORMAT JSON) SELECT * FROM t')]
        session.run("SET statement_timeout = '300ms'")
        for table in ('missing', 'slow', 'odd'):
            error = session.error(f'SELECT * FROM {table}')
            texts.append([error.message_primary, error.message_detail, error.message_hint, error.context])
        session.run('RESET statement_timeout')
        texts += [(notice.message, notice.detail, notice.hint) for notice in session.notices]
        site.release('/slow')
        sent = {value for headers in site.headers for value in headers.values()}
        assert {'Bearer tokensecret', 'headersecret', 'session=cookiesecret', 'Basic YWRhOmJhc2ljc2VjcmV0'} <= sent

        psql = ['-d', db.name, '-X', '-c', r'\d+ t', '-c', r'\des+', '-c', r'\deu+', '-c', r'\det+',
                '-c', 'SELECT * FROM pg_user_mappings', '-c', 'SELECT * FROM webwrap.cache', '-c', 'SELECT * FROM webwrap.adaptation',
                '-c', 'SELECT * FROM webwrap.request_log', '-c', 'SELECT * FROM pg_stat_activity']
        texts += [db.tool('psql', '-U', eve, *psql).stdout,
                  db.tool('pg_dump', '-U', eve, '--exclude-table-data=webwrap.*', '-f', tmp_path / 'dump', db.name).stdout,
                  (tmp_path / 'dump').read_text()]
        for table in ('cached_response', 'body', 'request_log', 'adaptation', 'snapshot'):
            texts.append(db.main.rows(f'SELECT t::text FROM webwrap.{table} t'))
        assert [shown(text) for text in texts] == [[]] * len(texts)
        with db.cluster.log.open('rb') as log:
            log.seek(log_before)
            written = log.read().decode('utf-8', 'replace')
        assert re.search(r'DEBUG:', written) and 'PLANNEDSTMT' in written and shown(written) == []
        assert 'YWRhOmJhc2ljc2VjcmV0' not in written + str(texts)


def test_options_that_are_refused_do_not_repeat_the_secret(db, site):
    db.main.run(server_sql(site))
    for options in ("bearer_token 'tokensecret', password 'basicsecret'", "header 'no colon headersecret'",
                    "header 'Content-Length: headersecret'", "cookie E'cookiesecret\\n'", "client_key 'headersecret'",
                    "bearer_tokn 'tokensecret'"):
        error = db.main.error(f'CREATE USER MAPPING FOR CURRENT_USER SERVER shop OPTIONS ({options})')
        assert error.sqlstate and shown([error.message_primary, error.message_detail, error.message_hint]) == []
