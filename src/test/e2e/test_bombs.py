"""Servers that send too much, too slowly or for ever: a limit ends each, is named, and memory stays small."""

from pathlib import Path

import pytest

from figures import FIGURES
from goods import table_sql

MAX_GROWTH_MB = 64

UNLIMITED_RATIO = {'max_compression_ratio': '1000000'}  # test_compression.py is about that limit

# path: (SQLSTATE, setting that the hint names, words of the message that say the limit, settings of the session)
ENDLESS = {
    '/gzip-bomb': ('54000', 'webwrap.max_page_size', 'larger than 10 MB', UNLIMITED_RATIO),
    '/deflate-bomb': ('54000', 'webwrap.max_page_size', 'larger than 10 MB', UNLIMITED_RATIO),
    '/br-bomb': ('54000', 'webwrap.max_page_size', 'larger than 10 MB', UNLIMITED_RATIO),
    '/zstd-bomb': ('54000', 'webwrap.max_page_size', 'larger than 10 MB', UNLIMITED_RATIO),
    '/zstd-window-bomb': ('54000', 'webwrap.max_page_size', 'larger than 10 MB', UNLIMITED_RATIO),
    '/endless-chunked': ('54000', 'webwrap.max_page_size', 'larger than 10 MB', {}),
    '/long': ('54000', 'webwrap.max_page_size', 'larger than 10 MB', {}),
    '/endless-header?line=1': ('54000', 'webwrap.max_header_size', 'larger than 64 kB', {}),
    '/endless-header': ('54000', 'webwrap.max_header_size', 'larger than 64 kB', {}),
    '/endless-hints': ('54000', 'webwrap.max_header_size', 'larger than 64 kB', {}),
    '/endless-trailer': ('54000', 'webwrap.max_header_size', 'larger than 64 kB', {}),
    '/endless-chunk-extension': ('08006', 'webwrap.request_timeout', 'within 1 s', {'request_timeout': '1s'}),
    '/small-chunks?bytes=20000000': ('54000', 'webwrap.max_page_size', 'larger than 10 MB', {}),
    '/redirect-with-body': ('54000', 'webwrap.max_page_size', 'larger than 10 MB', {}),
    '/slow-header?delay=0.1': ('08006', 'webwrap.low_speed_limit', 'less than 16 bytes per second', {'low_speed_time': '1s'}),
    '/slow-header?delay=0.01': ('08006', 'webwrap.request_timeout', 'within 1 s', {'request_timeout': '1s'}),
    '/slow?delay=1&bytes=600': ('08006', 'webwrap.low_speed_limit', 'less than 16 bytes per second', {'low_speed_time': '1s'}),
    '/slow?delay=0.05&bytes=6000': ('08006', 'webwrap.request_timeout', 'within 1 s', {'request_timeout': '1s'}),
    '/redirect?n=2000': ('54000', 'webwrap.max_redirects', 'more than 10 times', {}),
    '/redirect-loop': ('54000', 'webwrap.max_redirects', 'more than 100 times', {'max_redirects': '100'}),
}


class Memory:
    """Of a backend, while the context lasts: grown_mb is how far its resident memory rose above what it was."""

    def __init__(self, session):
        self.proc = Path(f'/proc/{session.pid}')

    def __enter__(self):
        (self.proc / 'clear_refs').write_text('5')  # the peak starts anew
        self.before = self.status('VmRSS')
        return self

    def __exit__(self, *_):
        self.grown_mb = (self.status('VmHWM') - self.before) / 1024

    def status(self, name):
        (line,) = [line for line in (self.proc / 'status').read_text().splitlines() if line.startswith(f'{name}:')]
        return int(line.split()[1])


@pytest.fixture(params=['fetch', 'fetch_many', 'scan'])
def ask(request, db, hostile):
    """A function that asks for a path in one way and returns (SQLSTATE, message, hint) of the error; fetch_many tells the
    message only."""
    session = db.main
    session.run(f"CREATE SERVER bad FOREIGN DATA WRAPPER webwrap OPTIONS (base_url '{hostile.url('/')}')",
                table_sql('warm', 'bad', "a text OPTIONS (xpath '.')", url='ok', rows='//p', min_rows=None))

    def ask_for(path):
        if request.param == 'fetch_many':
            return None, session.value('SELECT error FROM webwrap.fetch_many(ARRAY[%s])', hostile.url(path)), None
        if request.param == 'fetch':
            diagnostics = session.error('SELECT * FROM webwrap.fetch(%s)', hostile.url(path))
        else:
            session.run(table_sql('t', 'bad', "a text OPTIONS (xpath '.')", url=path, rows='//p', min_rows=None))
            diagnostics = session.error('SELECT * FROM t')
        return diagnostics.sqlstate, diagnostics.message_primary, diagnostics.message_hint

    return ask_for


def expect_work(session, hostile):
    assert session.value('SELECT status FROM webwrap.fetch(%s)', hostile.url('/ok')) == 200
    assert session.rows('SELECT * FROM warm') == [('a page',)]


@pytest.mark.parametrize('path', ENDLESS)
def test_a_limit_ends_it_in_little_memory(db, hostile, ask, path):
    sqlstate, setting, words, settings = ENDLESS[path]
    session = db.main
    session.run(*(f"SET webwrap.{name} = '{value}'" for name, value in settings.items()))
    expect_work(session, hostile)  # what a first request takes is no growth
    with Memory(session) as memory:
        state, message, hint = ask(path)
    assert words in message
    assert (state, hint) == (None, None) or (state == sqlstate and setting in hint)
    FIGURES.note(f'growth of a backend by {path.partition("?")[0]}', memory.grown_mb, 'MB')
    assert memory.grown_mb < MAX_GROWTH_MB
    expect_work(session, hostile)


def test_what_is_refused_again_and_again_leaves_nothing(db, hostile, ask):
    session = db.main
    expect_work(session, hostile)
    session.run('SET webwrap.max_compression_ratio = 1000000')
    ask('/gzip-bomb')
    with Memory(session) as memory:
        for _ in range(10):
            assert session.error('SELECT * FROM webwrap.fetch(%s)', hostile.url('/gzip-bomb')).sqlstate == '54000'
    assert memory.grown_mb < MAX_GROWTH_MB / 2


def test_a_page_within_the_limit_is_no_bomb(db, hostile):
    """The same measure sees a page that is let in."""
    session = db.main
    session.run("SET webwrap.max_page_size = '100MB'")
    session.value('SELECT status FROM webwrap.fetch(%s)', hostile.url('/ok'))
    with Memory(session) as memory:
        assert session.value('SELECT length(body) FROM webwrap.fetch(%s)', hostile.url(f'/large?bytes={90 << 20}')) == 90 << 20
    assert memory.grown_mb > MAX_GROWTH_MB


@pytest.mark.parametrize('path', ['/gzip-bomb', '/br-bomb', '/zstd-bomb', '/endless-chunked'])
def test_many_at_once_are_bounded_by_their_number(db, hostile, path):
    """Each connection has its own body of at most webwrap.max_page_size."""
    session = db.main
    session.run("SET webwrap.max_page_size = '1MB'", 'SET webwrap.max_compression_ratio = 1000000')
    session.value('SELECT status FROM webwrap.fetch(%s)', hostile.url('/ok'))
    with Memory(session) as memory:
        rows = session.rows('SELECT error FROM webwrap.fetch_many(%s)', [hostile.url(path)] * 20)
    assert len(rows) == 20 and all('larger than 1 MB' in error for (error,) in rows)
    FIGURES.note(f'growth of a backend by 20 times {path} with pages of 1 MB', memory.grown_mb, 'MB')
    assert memory.grown_mb < MAX_GROWTH_MB


@pytest.mark.parametrize('coding', ['gzip', 'deflate', 'br', 'zstd'])
def test_the_bombs_are_of_codings_that_are_asked_for(db, hostile, coding):
    """Otherwise a bomb is a page of a few bytes."""
    echoed = db.main.value('SELECT html::jsonb FROM webwrap.fetch(%s)', hostile.url('/echo'))
    (accepted,) = [value for name, value in echoed['headers'] if name.lower() == 'accept-encoding']
    assert coding in accepted.replace(',', ' ').split()


def test_a_cancel_ends_a_page_without_end(db, hostile):
    session = db.main
    session.run("SET webwrap.max_page_size = '1000MB'", "SET webwrap.request_timeout = '60s'", "SET statement_timeout = '100ms'")
    assert session.error('SELECT length(body) FROM webwrap.fetch(%s)', hostile.url('/endless-chunked')).sqlstate == '57014'
    session.run('RESET statement_timeout')
    assert session.value('SELECT status FROM webwrap.fetch(%s)', hostile.url('/ok')) == 200


def test_a_header_line_without_end_fails_its_own_row_only(db, hostile):
    """On a connection that is reused, too."""
    assert db.main.value('SELECT status FROM webwrap.fetch(%s)', hostile.url('/ok')) == 200
    rows = db.main.rows('SELECT status, error FROM webwrap.fetch_many(%s)', [hostile.url('/endless-header?line=1'), hostile.url('/ok')])
    assert sorted(status or 0 for status, _ in rows) == [0, 200]
