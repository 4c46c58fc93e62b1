"""What a call says about its request: queries, forms, JSON bodies, sessions with cookies."""

import json

import psycopg
import pytest

from hostile import HostileServer
from test_access import fetch, mapping, refusal, server


def sent(db, hostile, path='/echo', /, **call):
    """The request as the server saw it."""
    seen = json.loads(fetch(db.main, hostile.url(path), 'html', **call))
    return seen['method'], seen['path'], {name.lower(): value for name, value in seen['headers']}, seen['body']


def test_a_form_is_posted(db, hostile):
    method, _, headers, body = sent(db, hostile, form={'q': 'Grüße & co', 'n': [1, 2.50, True], 'empty': ''})
    assert method == 'POST' and headers['content-type'] == 'application/x-www-form-urlencoded'
    assert body == 'empty=&n=1&n=2.5&n=true&q=Gr%C3%BC%C3%9Fe+%26+co'


def test_json_is_posted_digit_for_digit(db, hostile):
    options = '{"json": {"id": 12345678901234567890123, "price": 1.10, "s": "ü\\n"}}'
    seen = json.loads(db.main.value('SELECT html FROM webwrap.fetch(%s, %s)', hostile.url('/echo'), options))
    assert dict(seen['headers'])['Content-Type'] == 'application/json' and seen['method'] == 'POST'
    assert seen['body'].encode('latin-1').decode() == '{"id":12345678901234567890123,"price":1.10,"s":"ü\\n"}'


@pytest.mark.parametrize('value', [None, 0, False, '', []])
def test_any_json_can_be_a_body(db, hostile, value):
    assert sent(db, hostile, json=value)[3] == json.dumps(value)


def test_method_and_media_type_of_the_call_win(db, hostile):
    method, _, headers, body = sent(db, hostile, json=[1], method='PUT', headers={'content-type': 'application/x-own'})
    assert (method, headers['content-type'], body) == ('PUT', 'application/x-own', '[1]')


def test_a_query_is_appended(db, hostile):
    assert sent(db, hostile, '/echo?a=1', query={'b c': ['x y', 'ü'], 'd': 1})[1] == '/echo?a=1&b%20c=x%20y&b%20c=%C3%BC&d=1'
    row = db.main.row('SELECT url, final_url FROM webwrap.fetch(%s, %s)', hostile.url('/ok'), '{"query": {"a": 1}}')
    assert row == (hostile.url('/ok'), hostile.url('/ok?a=1'))


# -- sessions

def set_cookie(db, site, cookie, /, to=None, **call):
    query = {'cookie': cookie, **({'to': to} if to else {})}
    return fetch(db.main, site.url('/set-cookie'), query=query, **call)


def cookies(db, site, path='/echo', /, **call):
    return sent(db, site, path, **call)[2].get('cookie')


def test_without_a_session_no_cookies_are_kept(db, hostile):
    set_cookie(db, hostile, 'a=1')
    set_cookie(db, hostile, 'a=1', to='/echo')
    assert cookies(db, hostile) is None and 'cookie' not in dict(hostile.requests[-2]['headers'])


def test_a_session_keeps_its_cookies(db, hostile):
    set_cookie(db, hostile, 'a=1\nb=2', session='s')
    assert cookies(db, hostile, session='s') in ('a=1; b=2', 'b=2; a=1')
    assert cookies(db, hostile, session='other') is None and cookies(db, hostile) is None
    set_cookie(db, hostile, 'a=3\nb=2; Max-Age=0', session='s')
    assert cookies(db, hostile, session='s') == 'a=3'


def test_a_redirect_sets_cookies_too(db, hostile):
    assert json.loads(set_cookie_html(db, hostile)) and cookies(db, hostile, session='s') == 'a=1'


def set_cookie_html(db, server):
    html = fetch(db.main, server.url('/set-cookie'), 'html', session='s', query={'cookie': 'a=1', 'to': '/echo'})
    assert ['Cookie', 'a=1'] in json.loads(html)['headers']
    return html


def test_cookies_go_where_they_belong(db, hostile):
    with HostileServer(host='127.0.0.2') as other:
        set_cookie(db, hostile, 'root=1; Path=/\ndeep=2; Path=/echo/deep\nsafe=3; Secure; Domain=127.0.0.2\nwide=4; Domain=0.0.1',
                   session='s')
        assert cookies(db, hostile, session='s') == 'root=1'
        assert cookies(db, hostile, '/echo/deep/x', session='s') in ('deep=2; root=1', 'root=1; deep=2')
        assert cookies(db, other, session='s') is None
        set_cookie(db, hostile, 'x=1', to=other.url('/ok'), session='s')
        assert 'Cookie' not in dict(other.requests[-1]['headers'])


def test_own_cookies_join_those_of_the_session(db, hostile):
    set_cookie(db, hostile, 'a=1', session='s')
    seen = sent(db, hostile, session='s', headers={'Cookie': 'b=2'})
    assert sorted(seen[2]['cookie'].split('; ')) == ['a=1', 'b=2']
    assert [name for name, _ in hostile.requests[-1]['headers']].count('Cookie') == 1


def test_a_session_ends(db, hostile):
    assert db.main.value("SELECT webwrap.end_session('s')") is False
    set_cookie(db, hostile, 'a=1', session='s')
    assert db.main.value("SELECT webwrap.end_session('s')") is True
    assert cookies(db, hostile, session='s') is None
    assert db.main.value('SELECT webwrap.end_session(NULL)') is None


def test_a_session_belongs_to_its_role_and_backend(db, hostile):
    set_cookie(db, hostile, 'a=1', session='s')
    second = db.connect()
    assert json.loads(fetch(second, hostile.url('/echo'), 'html', session='s'))['headers'].count(['Cookie', 'a=1']) == 0
    with db.role('clerk', 'webwrap_fetch') as role:
        db.main.run(f'SET ROLE {role}')
        assert cookies(db, hostile, session='s') is None
        assert db.main.value("SELECT webwrap.end_session('s')") is True  # the one that it has just made
        db.main.run('RESET ROLE')
        assert cookies(db, hostile, session='s') == 'a=1'
    with db.role('reader') as role:
        db.main.run(f'SET ROLE {role}')
        assert db.main.error("SELECT webwrap.end_session('s')").sqlstate == '42501'
        db.main.run('RESET ROLE')


def test_the_session_that_was_not_used_for_longest_goes(db, hostile):
    for number in range(100):
        set_cookie(db, hostile, 'a=1', session=f's{number}')
    assert cookies(db, hostile, session='s0') == 'a=1'
    set_cookie(db, hostile, 'a=1', session='one more')
    assert db.main.row("SELECT webwrap.end_session('s0'), webwrap.end_session('s1'), webwrap.end_session('s2')") == (True, False, True)


def test_a_session_does_not_grow_without_end(db, hostile):
    with pytest.raises(psycopg.Error) as error:
        for number in range(100):
            fetch(db.main, hostile.url(f'/many-cookies?prefix=c{number}x'), session='s')
    assert error.value.sqlstate == '54000' and number > 30
    assert db.main.value("SELECT webwrap.end_session('s')") is True
    assert cookies(db, hostile, session='s') is None


def test_as_many_cookies_as_fit_are_sent(db, hostile):
    fetch(db.main, hostile.url('/many-cookies?prefix=c&n=2&bytes=4000'), session='s')
    assert len(cookies(db, hostile, '/echo?' + 'x' * 3400, session='s')) > 4000
    assert refusal(db.main, hostile.url('/echo?' + 'x' * 3500), session='s').sqlstate == '54000'


def test_a_session_goes_with_the_credentials_of_a_server(db, hostile):
    db.main.run(server('site', base_url=hostile.url('/')), mapping('PUBLIC', 'site', bearer_token='t', cookie='b=2'))
    set_cookie(db, hostile, 'a=1', session='s', server='site')
    seen = sent(db, hostile, session='s', server='site')[2]
    assert sorted(seen['cookie'].split('; ')) == ['a=1', 'b=2'] and seen['authorization'] == 'Bearer t'


@pytest.mark.parametrize('call, word', [
    ({'session': ''}, 'session'), ({'session': 1}, 'session'),
    ({'form': {'a': 1}, 'body': 'x'}, 'exclude'), ({'form': {'a': 1}, 'json': 1}, 'exclude'), ({'form': [1]}, 'form'),
    ({'form': {'a': {'b': 'sesame'}}}, 'form.a'), ({'query': 'a=1'}, 'query'), ({'query': {'a': None}}, 'query.a'),
    ({'server': 1}, 'server'), ({'fom': {}}, 'fom')])
def test_wrong_options_are_named(db, hostile, call, word):
    error = refusal(db.main, hostile.url('/ok'), **call)
    assert error.sqlstate == 'HV024' and word in error.message_primary and 'sesame' not in error.message_primary
