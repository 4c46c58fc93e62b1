"""Proxies and renderers: other hosts that connect to a site for us, and must not be a way past the address guard."""

import json
import os

import pytest

from cluster import Cluster
from database import wait_until
from hostile import HostileServer
from proxy import Proxy
from test_access import ROWS, certificates, fetch, mapping, parts, refusal, server  # noqa: F401 (a fixture)

BY_URL = '/render?url={url}'


@pytest.fixture(params=['http', 'socks5h'])
def proxy(request):
    with Proxy(request.param) as made:
        yield made


@pytest.fixture
def http_proxy():
    with Proxy() as made:
        yield made


@pytest.fixture
def other():
    with HostileServer(host='127.0.0.2') as made:
        yield made


def address(url):
    return url.split('/')[2]


# -- proxies

def test_a_proxy_is_used(db, hostile, proxy):
    assert fetch(db.main, hostile.url('/ok'), 'html', proxy=proxy.url).count('a page') == 1
    assert len(proxy.requests) == 1 and address(hostile.url('/')) in proxy.targets()[0]


def test_a_server_can_have_a_proxy(db, hostile, http_proxy):
    db.main.run(server('site', base_url=hostile.url('/'), proxy=http_proxy.url), ROWS.format('t', 'site', 'ok?1'))
    assert 'a page' in db.main.value('SELECT a FROM t') and fetch(db.main, 'ok?2', server='site') == 200
    # The robots.txt of a site goes its way, too.
    assert http_proxy.targets() == [hostile.url('/robots.txt'), hostile.url('/ok?1'), hostile.url('/ok?2')]


def test_a_proxy_may_speak_tls(db, hostile, certificates):
    with Proxy('https', context=certificates.server_context()) as proxy:
        db.main.run(server('site', base_url=hostile.url('/'), proxy=proxy.url, ca_certificate=certificates.text('ca.crt')))
        assert fetch(db.main, 'ok', server='site') == 200 and proxy.targets() == [hostile.url('/ok')]
        assert refusal(db.main, hostile.url('/ok'), proxy=proxy.url).sqlstate == 'HV00N' and len(proxy.requests) == 1


def test_every_hop_goes_by_the_proxy(db, hostile, other, http_proxy):
    target = hostile.url('/redirect?to=' + other.url('/ok'))
    assert fetch(db.main, target, 'final_url', proxy=http_proxy.url) == other.url('/ok')
    assert http_proxy.targets() == [target, other.url('/ok')]


def test_https_goes_through_a_tunnel(db, certificates, proxy):
    with HostileServer(context=certificates.server_context(asks_client=True)) as site:
        db.main.run(server('site', base_url=site.url('/'), proxy=proxy.url, ca_certificate=certificates.text('ca.crt')),
                    mapping('PUBLIC', 'site', bearer_token='sesame', client_certificate=certificates.text('ann.crt'),
                            client_key=certificates.text('ann.key')))
        seen = db.main.row("SELECT status, headers ? 'x-proxy' FROM webwrap.fetch('ok', '{\"server\": \"site\"}')")
        assert seen == (200, False) and site.requests[-1]['client'] == 'ann'
        assert proxy.targets() == [address(site.url('/'))] and 'sesame' not in str(proxy.requests)


def test_a_proxy_may_want_a_password(db, hostile, certificates):
    for kind in ('http', 'socks5h'):
        with Proxy(kind, 'me', 'pass:word') as proxy, HostileServer(context=certificates.server_context()) as tls:
            ca = certificates.text('ca.crt')
            db.main.run(server(f'plain_{kind}', base_url=hostile.url('/'), proxy=proxy.url),
                        server(f'tls_{kind}', base_url=tls.url('/'), proxy=proxy.url, ca_certificate=ca))
            for name, site in ((f'plain_{kind}', hostile), (f'tls_{kind}', tls)):
                seen = len(site.requests)
                db.main.run(mapping('PUBLIC', name, proxy_username='me', proxy_password='wrong-sesame'))
                try:
                    assert fetch(db.main, 'ok', server=name) == 407
                except Exception as error:
                    assert error.sqlstate == 'HV00N' and 'sesame' not in parts(error.diag)
                assert len(site.requests) == seen
                db.main.run(f"ALTER USER MAPPING FOR PUBLIC SERVER {name} OPTIONS (SET proxy_password 'pass:word')")
                assert fetch(db.main, 'ok', server=name) == 200
                assert 'Proxy-Authorization' not in dict(site.requests[-1]['headers'])


@pytest.mark.parametrize('kind', ['http', 'socks5h'])
def test_a_tunnel_belongs_to_who_opened_it(db, certificates, kind):
    with Proxy(kind, 'me', 'sesame') as proxy, HostileServer(context=certificates.server_context()) as tls, \
         db.role('other', 'webwrap_fetch') as role:
        db.main.run(server('site', base_url=tls.url('/'), proxy=proxy.url, ca_certificate=certificates.text('ca.crt')),
                    f'GRANT USAGE ON FOREIGN SERVER site TO {role}',
                    mapping('postgres', 'site', proxy_username='me', proxy_password='sesame'))
        assert fetch(db.main, 'ok', server='site') == 200
        db.main.run(f'SET ROLE {role}')
        assert refusal(db.main, 'ok', server='site').sqlstate == 'HV00N' and len(tls.requests) == 1
        db.main.run('RESET ROLE')


def test_a_password_is_for_the_proxy_of_its_server(db, hostile, http_proxy):
    with Proxy(username='me', password='sesame') as own:
        db.main.run(server('site', base_url=hostile.url('/'), proxy=own.url),
                    mapping('PUBLIC', 'site', proxy_username='me', proxy_password='sesame'))
        assert fetch(db.main, 'ok', server='site', proxy=http_proxy.url) == 200
        assert own.requests == [] and 'Proxy-Authorization' not in dict(http_proxy.requests[-1]['headers'])


def test_a_target_that_is_refused_is_not_told_to_the_proxy(db, other, proxy):
    db.main.run("SET webwrap.allowed_networks = '127.0.0.1/32'")
    for url in (other.url('/ok'), 'http://169.254.169.254/', 'http://10.0.0.1/', 'http://[::1]/', 'http://localhost/'):
        assert refusal(db.main, url, proxy=proxy.url).sqlstate == '42501', url
    assert proxy.requests == [] and other.requests == []


def test_a_redirect_to_a_refused_target_is_not_told_either(db, hostile, other, http_proxy):
    db.main.run("SET webwrap.allowed_networks = '127.0.0.1/32'")
    error = refusal(db.main, hostile.url('/redirect?to=' + other.url('/ok')), proxy=http_proxy.url)
    assert error.sqlstate == '42501' and '127.0.0.2' in error.message_primary
    assert len(http_proxy.requests) == 1 and other.requests == []


def test_a_proxy_has_to_be_listed(db, other, proxy):
    """Its address is refused though the target's is not."""
    db.main.run("SET webwrap.allowed_networks = '127.0.0.2/32'")
    error = refusal(db.main, other.url('/ok'), proxy=proxy.url)
    assert error.sqlstate == '42501' and 'proxy' in error.message_primary and 'allowed_networks' in error.message_hint
    assert proxy.requests == [] and other.requests == []
    # Nor over a connection that is open from before.
    db.main.run("SET webwrap.allowed_networks = '127.0.0.0/8'")
    assert fetch(db.main, other.url('/ok'), proxy=proxy.url) == 200
    db.main.run("SET webwrap.allowed_networks = '127.0.0.2/32'")
    assert refusal(db.main, other.url('/ok'), proxy=proxy.url).sqlstate == '42501' and len(proxy.requests) == 1


def test_that_a_proxy_is_public_is_not_enough(db, hostile):
    error = refusal(db.main, hostile.url('/ok'), proxy='http://93.184.216.34:3128')
    assert error.sqlstate == '42501' and '93.184.216.34' in error.message_primary


def test_no_proxy_comes_from_the_environment(folder, hostile, http_proxy):
    """Neither one nor an exception from ours."""
    for variables in ({'http_proxy': http_proxy.url, 'ALL_PROXY': http_proxy.url}, {'no_proxy': '*', 'NO_PROXY': '*'}):
        os.environ.update(variables)
        try:
            with Cluster(folder / f'proxied{len(variables)}{list(variables)[0]}',
                         settings={'webwrap.allowed_networks': '127.0.0.0/8'}) as cluster:
                cluster.psql('CREATE EXTENSION webwrap')
                seen = len(http_proxy.requests)
                cluster.psql(f"SELECT status FROM webwrap.fetch('{hostile.url('/ok')}')")
                assert len(http_proxy.requests) == seen
                options = json.dumps({'proxy': http_proxy.url})
                cluster.psql(f"SELECT status FROM webwrap.fetch('{hostile.url('/ok')}', '{options}')")
                assert len(http_proxy.requests) == seen + 1
            cluster.destroy()
        finally:
            for name in variables:
                del os.environ[name]


@pytest.mark.parametrize('url', ['ftp://h:1', 'socks5://h:1', 'socks4://h:1', 'http://h', 'h:1', 'http://me:sesame@h:1', 'http://h:1/x',
                                 'http://h:1?x', 'http://h:x', '', 'http://', 'socks5h://me:sesame@h:1'])
def test_what_is_no_proxy(db, hostile, url):
    for error in (db.main.error(server('site', base_url=hostile.url('/'), proxy=url)), refusal(db.main, hostile.url('/ok'), proxy=url)):
        assert error.sqlstate in ('HV024', '22023') and 'sesame' not in parts(error)


def test_a_dead_proxy_is_an_error_of_the_page(db, hostile):
    from process import free_port
    error = refusal(db.main, hostile.url('/ok'), proxy=f'http://127.0.0.1:{free_port()}')
    assert error.sqlstate == 'HV00N' and hostile.url('/ok') in error.message_primary


# -- renderers

def test_a_renderer_loads_the_page(db, hostile, other):
    target = other.url('/ok?a="b"&c=ü#part')
    normal = other.url('/ok?a=%22b%22&c=%C3%BC')
    row = db.main.row('SELECT url, final_url, status, html FROM webwrap.fetch(%s, %s)', target,
                      json.dumps({'renderer': hostile.url(BY_URL)}))
    assert row == (target, normal, 200, f'<p>rendered {normal.replace("&", "&amp;")}</p>')
    assert other.requests == []


def test_a_renderer_may_want_a_body(db, hostile, other):
    target = other.url('/ok?a=b&c=d')
    for more, sent, media_type in (
            ({'renderer_body': '{"url": "{url}", "again": "{url}"}'}, json.dumps({'url': target, 'again': target}), 'application/json'),
            ({'renderer_body': 'page={url}', 'renderer_content_type': 'application/x-www-form-urlencoded'},
             'page=' + target.translate({58: '%3A', 47: '%2F', 63: '%3F', 61: '%3D', 38: '%26'}), 'application/x-www-form-urlencoded')):
        assert fetch(db.main, target, renderer=hostile.url('/render'), **more) == 200
        seen = hostile.requests[-1]
        assert (seen['method'], seen['body'], dict(seen['headers'])['Content-Type']) == ('POST', sent, media_type)


def test_a_server_can_have_a_renderer(db, hostile, other):
    db.main.run(server('site', base_url=other.url('/'), renderer=hostile.url(BY_URL)), ROWS.format('t', 'site', 'ok'))
    assert db.main.rows('SELECT a FROM t') == [(f'rendered {other.url("/ok")}',)]
    assert fetch(db.main, 'ok', 'final_url', server='site') == other.url('/ok')
    # A renderer would make a page of robots.txt, so it is asked for directly.
    assert {request['path'] for request in other.requests} == {'/robots.txt'}


def test_the_cache_tells_ways_apart(db, hostile, other, http_proxy):
    """And the guard holds for what a helper has brought, too."""
    url = other.url('/ok')
    ways = ({}, {'renderer': hostile.url(BY_URL)}, {'renderer': hostile.url('/render?again=1&url={url}')}, {'proxy': http_proxy.url})

    def ask(columns):
        return [fetch(db.main, url, columns, cache_ttl=60, **way) for way in ways]
    assert ask('from_cache') == [False] * 4
    wait_until(lambda: db.main.value('SELECT count(*) FROM webwrap.cached_response WHERE url = %s', url) == 4, 'not stored')
    assert ask('from_cache') == [True] * 4
    html = ask('html')
    assert 'a page' in html[0] and 'rendered' in html[1] and 'rendered' in html[2] and 'a page' in html[3]
    db.main.run("SET webwrap.allowed_networks = '127.0.0.1/32'")
    for way in ways:
        assert refusal(db.main, url, cache_ttl=60, **way).sqlstate == '42501'


def test_a_target_that_is_refused_is_not_told_to_the_renderer(db, hostile, other):
    db.main.run("SET webwrap.allowed_networks = '127.0.0.1/32'")
    seen = len(hostile.requests)
    for url in (other.url('/ok'), 'http://169.254.169.254/', 'http://[::1]/', 'file:///etc/passwd'):
        assert refusal(db.main, url, renderer=hostile.url(BY_URL)).sqlstate in ('42501', '22023')
    rows = db.main.rows('SELECT error FROM webwrap.fetch_many(%s, %s)', [other.url('/ok')] * 3, json.dumps({'renderer': hostile.url(BY_URL)}))
    assert len(rows) == 3 and all('127.0.0.2' in error for (error,) in rows)
    assert len(hostile.requests) == seen


def test_a_renderer_has_to_be_listed(db, hostile, other):
    db.main.run("SET webwrap.allowed_networks = '127.0.0.2/32'")
    seen = len(hostile.requests)
    error = refusal(db.main, other.url('/ok'), renderer=hostile.url(BY_URL))
    assert error.sqlstate == '42501' and 'renderer' in error.message_primary and len(hostile.requests) == seen
    assert refusal(db.main, other.url('/ok'), renderer='http://93.184.216.34/?u={url}').sqlstate == '42501'


def test_what_a_renderer_answers_is_no_redirect(db, hostile, other):
    assert fetch(db.main, other.url('/ok'), 'status', renderer=hostile.url('/redirect?to={url}')) == 302
    assert other.requests == []


def test_secrets_and_renderers_exclude_each_other(db, hostile, other):
    renderer = hostile.url(BY_URL)
    db.main.run(server('site', base_url=other.url('/'), renderer=renderer), ROWS.format('t', 'site', 'ok'),
                server('plain', base_url=other.url('/')), mapping('PUBLIC', 'plain', bearer_token='sesame'))
    for secret in ({'bearer_token': 'sesame'}, {'header': 'X: sesame'}, {'cookie': 'a=sesame'}, {'username': 'u', 'password': 'sesame'}):
        seen = len(hostile.requests)
        db.main.run(mapping('PUBLIC', 'site', **secret))
        for error in (db.main.error('SELECT * FROM t'), refusal(db.main, 'ok', server='site'),
                      refusal(db.main, 'ok', server='plain', renderer=renderer)):
            assert error.sqlstate == 'HV024' and 'renderer' in error.message_primary and 'sesame' not in parts(error)
        assert len(hostile.requests) == seen and other.requests == []
        db.main.run('DROP USER MAPPING FOR PUBLIC SERVER site')


@pytest.mark.parametrize('call', [
    {'method': 'POST'}, {'headers': {'X': 'y'}}, {'body': 'x', 'method': 'POST'}, {'form': {'a': 1}}, {'session': 's'}, {'proxy': 'http://127.0.0.1:1'},
    {'renderer': 'http://127.0.0.1:1/'}, {'renderer': 'nowhere?{url}'}, {'renderer': 'http://u:sesame@127.0.0.1:1/{url}'},
    {'renderer_body': 'no place'}, {'renderer_body': '{url}', 'renderer_content_type': 'a\r\nX: y'}])
def test_what_a_renderer_cannot_do(db, hostile, other, call):
    seen = len(hostile.requests)
    error = refusal(db.main, other.url('/ok'), **{'renderer': hostile.url(BY_URL), **call})
    assert error.sqlstate in ('HV024', '22023') and 'sesame' not in parts(error)
    assert len(hostile.requests) == seen and other.requests == []


@pytest.mark.parametrize('values', [
    {'renderer': 'http://127.0.0.1:1/'}, {'renderer_body': '{url}'}, {'renderer': 'x{url}'}, {'renderer_content_type': 'text/plain'},
    {'renderer': 'http://127.0.0.1:1/{url}', 'proxy': 'http://127.0.0.1:2'}])
def test_bad_options_of_a_server_are_refused(db, hostile, values):
    assert db.main.error(server('site', base_url=hostile.url('/'), **values)).sqlstate == 'HV024'


def test_a_call_with_options_of_no_renderer_is_refused(db, hostile):
    for call in ({'renderer_body': '{url}'}, {'renderer_content_type': 'text/plain'}):
        assert refusal(db.main, hostile.url('/ok'), **call).sqlstate == 'HV024'
