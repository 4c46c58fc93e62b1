"""What a call says about its request: queries, forms, JSON bodies, sessions with cookies."""

import json

import pytest

from hostile import HostileServer
from test_access import fetch, refusal


def sent(db, hostile, path='/echo', **call):
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


@pytest.mark.parametrize('call, word', [
    ({'form': {'a': 1}, 'body': 'x'}, 'exclude'), ({'form': {'a': 1}, 'json': 1}, 'exclude'), ({'form': [1]}, 'form'),
    ({'form': {'a': {'b': 'sesame'}}}, 'form.a'), ({'query': 'a=1'}, 'query'), ({'query': {'a': None}}, 'query.a'),
    ({'server': 1}, 'server'), ({'fom': {}}, 'fom')])
def test_wrong_options_are_named(db, hostile, call, word):
    error = refusal(db.main, hostile.url('/ok'), **call)
    assert error.sqlstate == 'HV024' and word in error.message_primary and 'sesame' not in error.message_primary
