"""Small responses that unpack to large pages."""

from pathlib import Path

import pytest

from test_access import fetch, refusal

CODINGS = ['gzip', 'br', 'zstd']
CHUNKED = ['', '?chunked=1']


def megabytes(pid, name):
    status = Path(f'/proc/{pid}/status').read_text()
    return int(next(line for line in status.splitlines() if line.startswith(name + ':')).split()[1]) / 1024


@pytest.mark.parametrize('coding', CODINGS)
@pytest.mark.parametrize('query', CHUNKED)
@pytest.mark.parametrize('settings, hint', [
    ([], 'max_compression_ratio'), (["SET webwrap.max_page_size = '500MB'"], 'max_compression_ratio'),
    (['SET webwrap.max_compression_ratio = 1000000'], 'max_page_size')])
def test_a_bomb_is_stopped_before_it_fills_memory(db, hostile, coding, query, settings, hint):
    session = db.connect()
    fetch(session, hostile.url('/ok'))
    session.run(*settings)
    before = megabytes(session.pid, 'VmRSS')
    error = refusal(session, hostile.url(f'/{coding}-bomb{query}'))
    assert error.sqlstate == '54000' and f'webwrap.{hint}' in error.message_hint
    assert megabytes(session.pid, 'VmHWM') - before < 64
    session.close()


@pytest.mark.parametrize('coding', CODINGS)
@pytest.mark.parametrize('query', ['', '&chunked=1'])
def test_a_small_page_may_compress_very_well(db, hostile, coding, query):
    assert fetch(db.main, hostile.url(f'/repeated?coding={coding}&bytes=1000000{query}'), 'length(body)') > 999_000


@pytest.mark.parametrize('coding', CODINGS)
@pytest.mark.parametrize('query', ['', '&chunked=1'])
def test_beyond_a_megabyte_the_ratio_counts_to_the_byte(db, hostile, coding, query):
    """Also where curl counts late: the page ends before its first buffer would."""
    url = hostile.url(f'/repeated?coding={coding}&bytes=1500000{query}')
    error = refusal(db.main, url)
    assert error.sqlstate == '54000' and 'webwrap.max_compression_ratio' in error.message_hint and url in error.message_primary
    db.main.run('SET webwrap.max_compression_ratio = 100000')
    assert fetch(db.main, url, 'length(body)') > 1_499_000
    db.main.run('RESET webwrap.max_compression_ratio')


def test_plain_pages_have_no_ratio(db, hostile):
    db.main.run('SET webwrap.max_compression_ratio = 2')
    assert fetch(db.main, hostile.url('/large?bytes=3000000'), 'length(body)') == 3_000_000
    db.main.run('RESET webwrap.max_compression_ratio')


def test_a_large_page_does_not_take_much_more_than_its_size(db, hostile):
    """As body, bytea, text and row."""
    session = db.connect()
    fetch(session, hostile.url('/ok'))
    before = megabytes(session.pid, 'VmRSS')
    assert fetch(session, hostile.url(f'/large?bytes={10 << 20}'), 'length(body)') == 10 << 20
    assert megabytes(session.pid, 'VmHWM') - before < 64
    session.close()


@pytest.fixture
def session(db):
    session = db.connect()
    session.run('SET webwrap.max_retries = 0')
    yield session
    session.close()


@pytest.mark.parametrize('coding', CODINGS + ['deflate'])
@pytest.mark.parametrize('query', ['', '&chunked=1'])
@pytest.mark.parametrize('cut', ['keep=0.5', 'last=1'])
def test_a_stream_that_ends_early_is_an_error(session, hostile, coding, query, cut):
    """Although as many bytes came as the header or the chunks say: a part of a page is no page."""
    whole = fetch(session, hostile.url(f'/cut?coding={coding}{query}'), 'html')
    assert whole.endswith(f'<p>{3999 ** 2}</p>\n') and whole.count('<p>') == 4000
    url = hostile.url(f'/cut?coding={coding}{query}&{cut}')
    error = refusal(session, url)
    assert error.sqlstate == 'HV00N' and 'ends early' in error.message_primary and url in error.message_primary
    assert coding in error.message_detail


def test_a_stream_that_ends_early_is_tried_again(session, hostile):
    session.run('SET webwrap.max_retries = 1')
    assert fetch(session, hostile.url('/cut?keep=0.5&once=1'), 'html').count('<p>') == 4000


@pytest.mark.parametrize('coding', CODINGS + ['deflate'])
def test_a_damaged_stream_is_an_error(session, hostile, coding):
    error = refusal(session, hostile.url(f'/not-compressed?coding={coding}'))
    assert error.sqlstate == 'HV00N' and 'is damaged' in error.message_primary


@pytest.mark.parametrize('header, coding, words', [
    ('Content-Encoding', 'compress', 'of a kind that was not asked for'),
    ('Content-Encoding', 'gzip, br', 'compressed more than once'),
    ('Transfer-Encoding', 'gzip', 'compressed for the transfer')])
def test_codings_that_were_not_asked_for_are_errors(session, hostile, header, coding, words):
    error = refusal(session, hostile.url(f'/coded?header={header}&coding={coding.replace(" ", "%20")}'))
    assert error.sqlstate == 'HV00N' and words in error.message_primary


@pytest.mark.parametrize('coding', ['x-gzip', 'identity,%20GZIP'])
def test_other_ways_to_say_gzip(session, hostile, coding):
    assert 'Grüße' in fetch(session, hostile.url(f'/coded?header=Content-Encoding&coding={coding}'), 'html')


def test_a_part_of_a_page_is_asked_for_uncompressed(session, hostile):
    headers = fetch(session, hostile.url('/echo'), 'html::jsonb', headers={'Range': 'bytes=0-99'})['headers']
    assert [value for name, value in headers if name.lower() == 'accept-encoding'] == ['identity']
