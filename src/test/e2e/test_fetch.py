"""webwrap.fetch and webwrap.fetch_many against a server that behaves in every way."""

import json
import urllib.parse

import pytest

FETCH = 'SELECT {} FROM webwrap.fetch(%s)'


def fetch(db, hostile, path, columns='status'):
    return db.main.row(FETCH.format(columns), hostile.url(path))


def refusal(db, hostile, path):
    return db.main.error(FETCH.format('*'), hostile.url(path))


@pytest.mark.parametrize('status', [200, 201, 204, 304, 400, 404, 410, 429, 500, 503])
def test_any_status_is_a_result(db, hostile, status):
    assert fetch(db, hostile, f'/status/{status}', 'status, error') == (status, None)


def test_the_response_has_all_its_parts(db, hostile):
    url = hostile.url('/ok')
    row = fetch(db, hostile, '/ok', "url, final_url, status, content_type, charset, convert_from(body, 'UTF8') = html, "
                "html LIKE '%%Grüße%%', now() - fetched_at < '1 hour', elapsed_ms >= 0, from_cache, error")
    assert row[:3] == (url, url, 200)
    assert row[3].startswith('text/html') and row[4].lower() == 'utf-8'
    assert row[5:] == (True, True, True, True, False, None)


def test_repeated_headers_are_arrays(db, hostile):
    (headers,) = fetch(db, hostile, '/headers', 'headers')
    assert headers['set-cookie'] == ['a=1', 'b=2']
    assert headers['x-empty'] == ['']
    assert all(name == name.lower() and isinstance(values, list) for name, values in headers.items())


def test_latin1_is_decoded_as_browsers_do(db, hostile):
    html, charset, body = fetch(db, hostile, '/latin1', 'html, charset, body')
    assert html == '<p>Grüße €</p>'  # windows-1252, by the WHATWG label
    assert body == '<p>Gr\xfc\xdfe \x80</p>'.encode('latin-1') and charset


def test_latin1_without_a_declaration_is_decoded(db, hostile):
    assert fetch(db, hostile, '/latin1-undeclared', 'html') == ('<p>Grüße</p>',)


@pytest.mark.parametrize('label', ['windows-1251', 'koi8-r', 'utf-8'])
def test_a_meta_charset_is_followed(db, hostile, label):
    (html,) = fetch(db, hostile, f'/meta?charset={label}', 'html')
    assert 'Привет' in html


def test_bytes_that_are_not_their_charset_are_an_error(db, hostile):
    error = refusal(db, hostile, '/bad-utf8-declared')
    assert error.sqlstate == '22021' and hostile.url('/bad-utf8-declared') in error.message_primary


def test_nul_becomes_a_replacement_character(db, hostile):
    html, body = fetch(db, hostile, '/nul', 'html, body')
    assert html == '<p>a\ufffdb</p>' and body == b'<p>a\x00b</p>'


def test_what_is_no_text_has_no_html(db, hostile):
    assert fetch(db, hostile, '/binary', 'html, length(body)') == (None, 256)


@pytest.mark.parametrize('media_type, text, is_text', [
    ('text/plain', 'words', True), ('text/plain', 'a\0b', False), ('text/html', 'a\0b', True), ('nonsense', '<p>x', True),
    ('nonsense', '%PDF-1.7', False), ('application/unknown', 'a\1b', False), ('application/octet-stream', 'words', False)])
def test_bytes_tell_text_where_the_media_type_does_not(db, hostile, media_type, text, is_text):
    path = '/typed?' + urllib.parse.urlencode({'type': media_type, 'text': text})
    assert fetch(db, hostile, path, 'html IS NOT NULL, length(body)') == (is_text, len(text))


def test_compressed_pages_arrive_plain(db, hostile):
    assert fetch(db, hostile, '/gzip', "html LIKE '%%Grüße%%'") == (True,)


def test_redirects_are_followed_and_told(db, hostile):
    assert fetch(db, hostile, '/redirect?n=3', 'status, url, final_url') == (
        200, hostile.url('/redirect?n=3'), hostile.url('/ok'))


def test_options_make_the_request(db, hostile):
    options = {'method': 'POST', 'body': 'a=ü', 'user_agent': 'tester/1.0', 'headers': {'X-Test': 'yes'}}
    seen = json.loads(db.main.value('SELECT html FROM webwrap.fetch(%s, %s)', hostile.url('/echo'), json.dumps(options)))
    headers = {name.lower(): value for name, value in seen['headers']}
    assert seen['method'] == 'POST' and seen['body'].encode('latin-1').decode() == 'a=ü'
    assert headers['user-agent'] == 'tester/1.0' and headers['x-test'] == 'yes'


@pytest.mark.parametrize('path, setting, value', [
    ('/large?bytes=3000000', 'max_page_size', '1MB'),
    ('/endless-chunked', 'max_page_size', '1MB'),
    ('/gzip-bomb', 'max_page_size', '1MB'),
    ('/endless-header', 'max_header_size', '16kB'),
    ('/endless-header?line=1', 'max_header_size', '16kB'),
    ('/redirect?n=6', 'max_redirects', '5'),
    ('/redirect-loop', 'max_redirects', '5'),
])
def test_a_limit_names_its_setting(db, hostile, path, setting, value):
    db.main.run(f"SET webwrap.{setting} = '{value}'")
    error = refusal(db, hostile, path)
    assert error.sqlstate == '54000' and f'webwrap.{setting}' in error.message_hint
    assert db.main.value('SELECT 1') == 1


def test_exactly_the_limit_is_no_error(db, hostile):
    db.main.run("SET webwrap.max_page_size = '1MB'", 'SET webwrap.max_redirects = 5')
    assert fetch(db, hostile, f'/large?bytes={1 << 20}', 'length(body)') == (1 << 20,)
    assert fetch(db, hostile, '/redirect?n=5') == (200,)


@pytest.mark.parametrize('path', ['/drop', '/not-compressed', '/not-http'])
def test_a_broken_answer_is_an_error_that_names_the_url(db, hostile, path):
    error = refusal(db, hostile, path)
    assert error.sqlstate.startswith(('HV', '08')) and hostile.url(path) in error.message_primary


def test_a_port_where_nothing_listens_is_an_error(db):
    from process import free_port
    url = f'http://127.0.0.1:{free_port()}/'
    error = db.main.error(FETCH.format('*'), url)
    assert error.sqlstate == 'HV00N' and url in error.message_primary


def test_fetch_many_answers_in_order_of_completion(db, hostile):
    slow, quick = hostile.url('/wait?seconds=0.5'), hostile.url('/ok')
    urls = db.main.rows('SELECT url FROM webwrap.fetch_many(%s)', [slow, quick])
    assert urls == [(quick,), (slow,)]


def test_fetch_many_turns_failures_into_rows(db, hostile):
    urls = [hostile.url('/ok'), hostile.url('/status/404'), hostile.url('/bad-utf8-declared'), 'ftp://example.org/',
            'http://10.0.0.1/', hostile.url('/drop'), hostile.url('/ok')]
    rows = db.main.rows('SELECT url, status, html IS NOT NULL, error FROM webwrap.fetch_many(%s)', urls)
    assert sorted(row[0] for row in rows) == sorted(urls)
    url_to_row = {row[0]: row[1:] for row in rows}
    assert url_to_row[urls[0]] == (200, True, None) and url_to_row[urls[1]] == (404, True, None)
    for url in urls[2:6]:
        status, has_html, error = url_to_row[url]
        assert status is None and not has_html and error


def test_fetch_many_keeps_to_its_number_of_connections(db, hostile):
    db.main.run('SET webwrap.max_connections_per_host = 1')
    urls = [hostile.url(f'/wait?seconds=0.01&n={n}') for n in range(5)]
    assert db.main.rows('SELECT url FROM webwrap.fetch_many(%s)', urls) == [(url,) for url in urls]


def test_fetch_many_of_hundreds(db, hostile):
    urls = [hostile.url(f'/ok?n={n}') for n in range(300)]
    assert db.main.row('SELECT count(*), count(DISTINCT url), min(status) FROM webwrap.fetch_many(%s)', urls) == (300, 300, 200)


def test_results_feed_the_parsing_functions(db, hostile):
    assert db.main.value("SELECT (webwrap.xpath(html, '//h1'))[1] FROM webwrap.fetch(%s)", hostile.url('/ok')) == 'Grüße'
