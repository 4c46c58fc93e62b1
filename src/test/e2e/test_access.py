"""Who asks, and how a site is reached: credentials of user mappings, client certificates, authorities of one's own."""

import json
import ssl

import pytest

from certificates import PASSWORD, Certificates
from hostile import HostileServer

FETCH = 'SELECT {} FROM webwrap.fetch(%s, %s)'
ROWS = "CREATE FOREIGN TABLE {} (a text OPTIONS (xpath 'string(.)')) SERVER {} OPTIONS (url '{}')"


def quote(text):
    return "'" + text.replace("'", "''") + "'"


def options(**values):
    return ', '.join(f'{name} {quote(value)}' for name, value in values.items())


def server(name, **values):
    return f'CREATE SERVER {name} FOREIGN DATA WRAPPER webwrap OPTIONS ({options(**values)})'


def mapping(role, name, **values):
    return f'CREATE USER MAPPING FOR {role} SERVER {name} OPTIONS ({options(**values)})'


def fetch(session, url, columns='status', /, **call):
    return session.value(FETCH.format(columns), url, json.dumps(call))


def refusal(session, url, /, **call):
    return session.error(FETCH.format('*'), url, json.dumps(call))


def parts(error):
    return '\n'.join(text or '' for text in (error.message_primary, error.message_detail, error.message_hint, error.context))


@pytest.fixture(scope='module')
def certificates(tmp_path_factory):
    return Certificates(tmp_path_factory.mktemp('certificates'))


@pytest.fixture(scope='module')
def tls(certificates):
    with HostileServer(context=certificates.server_context()) as made:
        yield made


@pytest.fixture(scope='module')
def closed(certificates):
    """Lets in only clients that have a certificate of the authority."""
    with HostileServer(context=certificates.server_context(asks_client=True)) as made:
        yield made


def client_of(certificates, name, key=None):
    return {'client_certificate': certificates.text(f'{name}.crt'), 'client_key': certificates.text(key or f'{name}.key')}


# -- authorities

def test_an_unknown_authority_is_refused_with_a_hint(db, tls):
    error = refusal(db.main, tls.url('/ok'))
    assert error.sqlstate == 'HV00N' and tls.url('/ok') in error.message_primary
    assert 'certificate' in error.message_detail and 'ca_certificate' in error.message_hint


def test_an_own_authority_is_trusted_by_fetch_and_scans(db, tls, certificates):
    db.main.run(server('own', base_url=tls.url('/'), ca_certificate=certificates.text('ca.crt')), ROWS.format('t', 'own', 'ok'))
    assert fetch(db.main, 'ok', server='own') == 200
    assert 'a page' in db.main.value('SELECT a FROM t')


def test_an_own_authority_counts_instead_of_others(db, tls, certificates):
    """Also over a connection that another server has left open."""
    db.main.run(server('good', base_url=tls.url('/'), ca_certificate=certificates.text('ca.crt')),
                server('bad', base_url=tls.url('/'), ca_certificate=certificates.text('other-ca.crt')))
    assert fetch(db.main, 'ok', server='good') == 200
    for call in ({'server': 'bad'}, {}):
        assert refusal(db.main, tls.url('/ok'), **call).sqlstate == 'HV00N'
    assert fetch(db.main, 'ok', server='good') == 200


def test_a_certificate_for_another_name_is_refused(db, certificates):
    with HostileServer(context=certificates.server_context(), host='127.0.0.3') as elsewhere:
        db.main.run(server('own', base_url=elsewhere.url('/'), ca_certificate=certificates.text('ca.crt')))
        assert refusal(db.main, 'ok', server='own').sqlstate == 'HV00N' and not elsewhere.requests


@pytest.mark.filterwarnings('ignore:ssl.TLSVersion')  # Python warns of the very version that this server has to offer
def test_versions_before_tls_1_2_are_refused(db, certificates):
    with HostileServer(context=certificates.server_context(newest=ssl.TLSVersion.TLSv1_1)) as old:
        db.main.run(server('own', base_url=old.url('/'), ca_certificate=certificates.text('ca.crt')))
        assert refusal(db.main, 'ok', server='own').sqlstate == 'HV00N' and not old.requests


# -- client certificates

@pytest.fixture
def shop(db, closed, certificates):
    db.main.run(server('shop', base_url=closed.url('/'), ca_certificate=certificates.text('ca.crt')),
                ROWS.format('t', 'shop', 'ok'))
    return db.main


def test_a_client_certificate_lets_in(shop, closed, certificates):
    assert refusal(shop, 'ok', server='shop').sqlstate == 'HV00N'
    shop.run(mapping('PUBLIC', 'shop', **client_of(certificates, 'ann')))
    assert fetch(shop, 'ok', server='shop') == 200 and 'a page' in shop.value('SELECT a FROM t')
    assert [request['client'] for request in closed.requests[-2:]] == ['ann', 'ann']


def test_a_locked_key_needs_its_password(shop, closed, certificates):
    locked = client_of(certificates, 'ann', 'ann-locked.key')
    shop.run(mapping('PUBLIC', 'shop', **locked, client_key_password=PASSWORD))
    assert fetch(shop, 'ok', server='shop') == 200
    for change in (f"SET client_key_password '{PASSWORD}x'", 'DROP client_key_password'):
        seen = len(closed.requests)
        shop.run(f'ALTER USER MAPPING FOR PUBLIC SERVER shop OPTIONS ({change})')
        error = refusal(shop, 'ok', server='shop')
        assert error.sqlstate == 'HV00N' and PASSWORD not in parts(error) and 'PRIVATE' not in parts(error)
        assert len(closed.requests) == seen  # nor over the connection that is still open


@pytest.mark.parametrize('other', ['bob', 'nobody', 'ann with a key of another'])
def test_a_connection_belongs_to_one_identity(db, shop, closed, certificates, other):
    with db.role('other', 'webwrap_fetch') as role:
        shop.run(f'GRANT USAGE ON FOREIGN SERVER shop TO {role}', mapping('postgres', 'shop', **client_of(certificates, 'ann')))
        if other == 'bob':
            shop.run(mapping(role, 'shop', **client_of(certificates, 'bob')))
        elif other != 'nobody':  # a certificate is public: it proves nothing without its key
            shop.run(mapping(role, 'shop', **client_of(certificates, 'ann', 'bob.key')))
        assert fetch(shop, 'ok', server='shop') == 200
        seen = len(closed.requests)
        shop.run(f'SET ROLE {role}')
        if other == 'bob':
            assert fetch(shop, 'ok', server='shop') == 200
        else:
            assert refusal(shop, 'ok', server='shop').sqlstate == 'HV00N'
        shop.run('RESET ROLE')
        assert fetch(shop, 'ok', server='shop') == 200
        later = closed.requests[seen:]
        assert [request['client'] for request in later] == (['bob', 'ann'] if other == 'bob' else ['ann'])
        assert later[-1]['connection'] == closed.requests[seen - 1]['connection']  # her own is kept


def test_a_client_certificate_does_not_follow_a_redirect(db, closed, certificates):
    with HostileServer(context=certificates.server_context()) as first, \
         HostileServer(context=certificates.server_context(asks_client=True)) as second:
        db.main.run(server('own', base_url=first.url('/'), ca_certificate=certificates.text('ca.crt')),
                    mapping('PUBLIC', 'own', **client_of(certificates, 'ann')))
        assert refusal(db.main, '/redirect?to=' + second.url('/ok'), server='own').sqlstate == 'HV00N'
        assert second.requests == []


# -- headers

def headers_seen(server_, number=-1):
    return {name.lower(): value for name, value in server_.requests[number]['headers']}


def test_all_kinds_of_credentials_go_together(db, hostile):
    db.main.run(server('site', base_url=hostile.url('/')), ROWS.format('t', 'site', 'ok'),
                mapping('PUBLIC', 'site', bearer_token='s1', header='X-Key: s2\r\n\nX-Other:s3', cookie='a=s4; b=s5'))
    for read in (lambda: db.main.rows('SELECT * FROM t'), lambda: fetch(db.main, 'ok', server='site')):
        read()
        seen = headers_seen(hostile)
        assert (seen['authorization'], seen['x-key'], seen['x-other'], seen['cookie']) == ('Bearer s1', 's2', 's3', 'a=s4; b=s5')


def test_what_the_call_says_goes_before(db, hostile):
    db.main.run(server('site', base_url=hostile.url('/'), user_agent='of the server'),
                mapping('PUBLIC', 'site', username='u', password='p', header='X-Key: mapping'))
    fetch(db.main, 'ok', server='site')
    assert headers_seen(hostile)['user-agent'] == 'of the server'
    fetch(db.main, 'ok', server='site', user_agent='of the call', headers={'x-key': 'call', 'AUTHORIZATION': 'own'})
    names = [name.lower() for name, _ in hostile.requests[-1]['headers']]
    seen = headers_seen(hostile)
    assert (seen['user-agent'], seen['x-key'], seen['authorization']) == ('of the call', 'call', 'own')
    assert names.count('x-key') == names.count('authorization') == 1


def test_credentials_are_for_the_origin_only(db, hostile):
    with HostileServer(host='127.0.0.2') as other:
        db.main.run(server('site', base_url=hostile.url('/')),
                    mapping('PUBLIC', 'site', bearer_token='s1', header='Accept-Language: s2', cookie='a=s3'))
        assert fetch(db.main, other.url('/ok'), server='site') == 200
        assert fetch(db.main, '/redirect?to=' + other.url('/ok'), server='site') == 200
        back = other.url('/redirect?to=' + hostile.url('/ok'))
        assert fetch(db.main, '/redirect?to=' + back, server='site') == 200
        assert headers_seen(hostile, -2)['cookie'] == 'a=s3'
        for seen in [headers_seen(other, number) for number in range(len(other.requests))] + [headers_seen(hostile)]:
            assert not {'authorization', 'cookie', 'accept-language'} & seen.keys()


def test_fetch_many_uses_a_server_too(db, hostile):
    db.main.run(server('site', base_url=hostile.url('/')), mapping('PUBLIC', 'site', bearer_token='s1'))
    rows = db.main.rows('SELECT url, final_url, status, error FROM webwrap.fetch_many(%s, %s) ORDER BY url',
                        ['ftp://x/', '/ok', 'status/404'], json.dumps({'server': 'site'}))
    assert rows[:1] == [('/ok', hostile.url('/ok'), 200, None)] and rows[2] == ('status/404', hostile.url('/status/404'), 404, None)
    assert rows[1][0] == 'ftp://x/' and rows[1][2] is None and 'http' in rows[1][3]
    assert headers_seen(hostile)['authorization'] == headers_seen(hostile, -2)['authorization'] == 'Bearer s1'


def test_a_server_needs_usage_and_brings_the_mapping_of_who_asks(db, hostile):
    db.main.run(server('site', base_url=hostile.url('/')), mapping('postgres', 'site', bearer_token='boss'))
    with db.role('clerk', 'webwrap_fetch') as role:
        session = db.connect(role)
        seen = len(hostile.requests)
        assert refusal(session, 'ok', server='site').sqlstate == '42501' and len(hostile.requests) == seen
        db.main.run(f'GRANT USAGE ON FOREIGN SERVER site TO {role}')
        assert fetch(session, 'ok', server='site') == 200 and 'authorization' not in headers_seen(hostile)
        db.main.run(mapping(role, 'site', bearer_token='clerk'))
        assert fetch(session, 'ok', server='site') == 200 and headers_seen(hostile)['authorization'] == 'Bearer clerk'
        session.close()


def test_only_servers_of_ours_can_be_named(db, hostile):
    assert refusal(db.main, hostile.url('/ok'), server='nothing').sqlstate == '42704'
    db.main.run('CREATE FOREIGN DATA WRAPPER other', 'CREATE SERVER foreign_one FOREIGN DATA WRAPPER other')
    assert refusal(db.main, hostile.url('/ok'), server='foreign_one').sqlstate == 'HV024'


# -- checks when options are given

BAD_MAPPINGS = [
    {'header': 'sesame'}, {'header': 'X y: sesame'}, {'header': 'Content-Length: 4711'}, {'header': 'X: y\nsesame'},
    {'header': 'Authorization: sesame', 'bearer_token': 'sesame'}, {'header': 'cookie: sesame', 'cookie': 'a=sesame'},
    {'cookie': 'a=sesame\r\nX: y'}, {'bearer_token': 'sesame\nX: y'}, {'username': 'ses:ame', 'password': 'sesame'},
    {'password': 'sesame'}, {'client_certificate': 'sesame', 'client_key': 'sesame'},
    {'client_certificate': '-----BEGIN CERTIFICATE-----\nsesame\n', 'client_key': 'sesame'},
    {'client_key_password': 'sesame'},
]


@pytest.mark.parametrize('values', BAD_MAPPINGS, ids=lambda values: '+'.join(values))
def test_bad_options_of_a_mapping_are_refused_without_being_repeated(db, hostile, values):
    db.main.run(server('site', base_url=hostile.url('/')))
    error = db.main.error(mapping('PUBLIC', 'site', **values))
    assert error.sqlstate == 'HV024' and 'sesame' not in parts(error) and 'ses:ame' not in parts(error)


def test_certificate_and_key_go_together_and_are_told_apart(db, hostile, certificates):
    db.main.run(server('site', base_url=hostile.url('/')))
    good = client_of(certificates, 'ann')
    for bad in ({'client_key': good['client_key']}, {'client_certificate': good['client_certificate']},
                {'client_certificate': good['client_key'], 'client_key': good['client_certificate']},
                {**good, 'client_key': good['client_key'][:-30]}):
        error = db.main.error(mapping('PUBLIC', 'site', **bad))
        assert error.sqlstate == 'HV024' and good['client_key'].splitlines()[1] not in parts(error)
    db.main.run(mapping('PUBLIC', 'site', **good))
    assert db.main.error("ALTER SERVER site OPTIONS (ADD ca_certificate 'x')").sqlstate == 'HV024'


def test_secrets_show_nowhere(db, hostile):
    secrets = {'bearer_token': 'sesame1', 'header': 'X-Key: sesame2', 'cookie': 'a=sesame3'}
    db.main.run(server('site', base_url=hostile.url('/')), mapping('PUBLIC', 'site', **secrets),
                "CREATE FOREIGN TABLE t (a text OPTIONS (xpath '//nothing') NOT NULL) SERVER site OPTIONS (url 'status/500')",
                "CREATE FOREIGN TABLE u (a text OPTIONS (xpath '//nothing') NOT NULL) SERVER site OPTIONS (url 'ok')")
    with db.role('reader') as role:
        db.main.run(f'GRANT SELECT ON t, u TO {role}')
        session = db.connect(role)
        shown = [parts(session.error('SELECT * FROM t')), parts(session.error('SELECT * FROM u')),
                 session.explain('SELECT * FROM u', 'VERBOSE'), str(session.rows('SELECT * FROM pg_user_mappings'))]
        shown += [parts(refusal(db.main, '/drop', server='site')), parts(refusal(db.main, '/redirect-loop', server='site'))]
        assert 'sesame' not in '\n'.join(shown)
        session.close()
