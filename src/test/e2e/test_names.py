"""The address guard against every notation and every name, in a network where all addresses would answer."""

import ipaddress
import socket
import threading
import urllib.parse

import psycopg
import pytest

from conftest import PROXY
from database import Database, wait_until

PUBLIC = '1.2.3.4'
PUBLIC_V6 = '2606:4700::1111'
LOOPBACK = '127.0.0.1'
REDIRECTS = [301, 302, 303, 307, 308]

# Two of each range: its ends where they are addresses of hosts.
SPECIAL_V4 = [
    '0.0.0.0', '0.255.255.255', '10.0.0.0', '10.255.255.255', '100.64.0.0', '100.100.100.200', '100.127.255.255',
    '127.0.0.1', '127.255.255.255', '169.254.0.0', '169.254.169.254', '169.254.255.255', '172.16.0.0', '172.31.255.255',
    '192.0.0.0', '192.0.0.192', '192.0.0.255', '192.0.2.0', '192.0.2.255', '192.88.99.0', '192.88.99.255',
    '192.168.0.0', '192.168.255.255', '198.18.0.0', '198.19.255.255', '198.51.100.0', '198.51.100.255', '203.0.113.0',
    '203.0.113.255', '224.0.0.0', '239.255.255.255', '240.0.0.0', '255.255.255.254', '255.255.255.255']
SPECIAL_V6 = [
    '::', '::1', '64:ff9b:1::', '64:ff9b:1:ffff:ffff:ffff:ffff:ffff', '100::', '100::ffff:ffff:ffff:ffff',
    '100:0:0:1::1', '2001:1::1', '2001:2::', '2001:2:0:ffff::1', '2001:3::1', '2001:4:112::1', '2001:10::1',
    '2001:1f:ffff::1', '2001:20::1', '2001:2f:ffff::1', '2001:30::1', '2001:1ff:ffff::1', '2001:db8::',
    '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', '3fff::1', '3fff:fff:ffff::1', '4000::1', '5f00::1', 'fc00::',
    'fd00:ec2::254', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fe80::', 'fe80::a9fe:a9fe', 'febf:ffff::1', 'fec0::1',
    'feff::1', 'ff02::1', 'ff0e::1', '1::1', '8000::1', 'e000::1']
REFUSED_INSIDE = [
    '0.0.0.0', '10.0.0.1', '127.0.0.1', '169.254.169.254', '172.16.0.1', '192.168.0.1', '224.0.0.1', '255.255.255.255']


def in_v6(text):
    """IPv6 addresses that carry this IPv4 address."""
    v4 = int(ipaddress.IPv4Address(text))
    inverted, public = v4 ^ 0xFFFFFFFF, int(ipaddress.IPv4Address(PUBLIC))
    prefix = {'mapped': 0xFFFF << 32, 'nat64': 0x64FF9B << 96}
    return {
        'mapped': prefix['mapped'] | v4,
        'compatible': v4,
        'translated': 0xFFFF << 48 | v4,
        'nat64': prefix['nat64'] | v4,
        'local nat64': prefix['nat64'] | 1 << 80 | v4,
        '6to4': 0x2002 << 112 | v4 << 80 | 1,
        'teredo client': 0x20010000 << 96 | public << 64 | inverted,
        'teredo server': 0x20010000 << 96 | v4 << 64 | public ^ 0xFFFFFFFF,
        'isatap': 0xFE80 << 112 | 0x5EFE << 32 | v4,
    }


EMBEDDED = {f'{form} {text}': str(ipaddress.IPv6Address(number)) for text in REFUSED_INSIDE
            for form, number in in_v6(text).items()}
REFUSED = [*SPECIAL_V4, *SPECIAL_V6, *dict.fromkeys(address for address in EMBEDDED.values() if address not in SPECIAL_V6)]

# The neighbours of the ranges, and public addresses inside others. IPv4-compatible and translated ones never are.
ALLOWED = ['1.0.0.0', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.0',
           '169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0', '191.255.255.255', '192.0.1.0', '192.0.3.0',
           '192.88.98.255', '192.167.255.255', '192.169.0.0', '198.17.255.255', '198.20.0.0', '198.51.99.255', '203.0.112.255',
           '223.255.255.255', '2000::1', '2001:200::1', '2001:db7::1', '2001:db9::1', '2606:4700::1111', '3ffe::1',
           '3fff:1000::1',
           *(str(ipaddress.IPv6Address(in_v6(PUBLIC)[form])) for form in ('mapped', 'nat64', '6to4', 'teredo client'))]

# Spellings of refused addresses as hosts of URLs.
NOTATIONS = [
    '2130706433', '0x7f000001', '0X7F000001', '017700000001', '0177.0.0.1', '0177.0.0.01', '0x7f.0.0.1',
    '0x7f.0x0.0x0.0x1', '0x7f.1', '0177.1', '127.1', '127.0.1', '127.0.0.0x', '127.0x1', '127.65536', '00000177.0.0.1',
    '0x0000007f.1', '127.0.0.1.', '2130706433.', '0', '0x0', '0.', '00', '%31%32%37.0.0.1', '127%2e0%2e0%2e1',
    '１２７.０.０.１', '①②⑦.⓪.⓪.①', '127。0。0。1', '127．0．0．1', '２１３０７０６４３３', '0x7f．1', '1\u00ad27.0.0.1', '2852039166',
    '0xa9fea9fe', '025177524776', '0251.0376.0251.0376', '0xa9.0xfe.0xa9.0xfe', '169.254.43518', '169.16689662',
    '167772161', '012.1', '0xac.0x10.0.1', '3232235521', '4294967295', '[::1]', '[0:0:0:0:0:0:0:1]',
    '[0000:0000:0000:0000:0000:0000:0000:0001]', '[::0001]', '[::]', '[::ffff:127.0.0.1]', '[::FFFF:7F00:1]',
    '[0:0:0:0:0:ffff:127.0.0.1]', '[::ffff:a9fe:a9fe]', '[::127.0.0.1]', '[::7f00:1]', '[64:ff9b::127.0.0.1]',
    '[64:ff9b:1::10.0.0.1]', '[2002:7f00:1::]', '[FE80::1]', '[fe80::1%25lo]', '[::1%25lo]', '[::1%lo]', 'localhost',
    'LocalHost', 'localhost.', 'a.localhost', '%6cocalhost', 'ⓛⓞⓒⓐⓛⓗⓞⓢⓣ', 'ｌｏｃａｌｈｏｓｔ']
# Hosts that are nothing, though some client somewhere takes each of them for an address.
NO_HOSTS = [
    '256.0.0.1', '127.0.0.256', '4294967296', '0x100000000', '127.0.0.1.1', '127.0.0.08', '0xa9fe.43518',
    '0x7f.0.0.0x1g.1', '127..1', '[::ffff:127.1]', '[127.0.0.1]', '[::1', '::1', '127.0.0.1%00',
    '127.0.0.1%00.shop.test', '127.0.0.1%20', '127.0.0.1%0d%0a', 'shop.test@127.0.0.1', ':80']
# What may be read in two ways: whoever connects, connects to the public address.
CONFUSING = [
    r'http://127.0.0.1\@{public}/ok', r'http://{public}\@127.0.0.1/ok', r'http://{public}\.127.0.0.1/ok',
    'http://{public}#@127.0.0.1/ok', 'http://{public}?@127.0.0.1/ok', 'http://{public}/@127.0.0.1/ok',
    'http:/127.0.0.1/ok', 'http:///127.0.0.1/ok', r'http:\\127.0.0.1\ok', 'http:127.0.0.1/ok',
    'http://127.0.0.1:80:{public}/ok', 'http://127.0.\t0.1/ok', 'http://127.0.\n0.1/ok', ' http://127.0.0.1/ok',
    'http://{public}:80@127.0.0.1/ok', 'http://{public}%2f@127.0.0.1/ok', 'http://127.0.0.1&@{public}/ok',
    'http://{public} .127.0.0.1/ok', 'http://{public}\r\nHost: 127.0.0.1/ok', '//127.0.0.1/ok']


class Inside:
    """A session in the network, and what it did there."""

    def __init__(self, database, network, dns, server):
        self.database, self.network, self.dns, self.server = database, network, dns, server
        self.wire = network.wire
        self.session = database.main

    def forget(self):
        self.wire.clear()
        self.server.requests.clear()

    def scan(self, url):
        """(SQLSTATE or None, message) of reading a foreign table over this URL."""
        self.session.run('BEGIN')
        try:
            self.session.run("CREATE FOREIGN TABLE scanned (a text OPTIONS (xpath '.')) SERVER anywhere "
                             f"OPTIONS (url {quoted(url)}, rows '//li')")
            return None, self.session.rows('SELECT * FROM scanned')
        except psycopg.Error as error:
            return error.sqlstate, error.diag.message_primary
        finally:
            self.session.run('ROLLBACK')

    def fetch(self, url):
        try:
            return None, self.session.value('SELECT status FROM webwrap.fetch(%s)', url)
        except psycopg.Error as error:
            return error.sqlstate, error.diag.message_primary

    def fetch_many(self, url):
        """The error column has no SQLSTATE, so the status or the message."""
        status, error = self.session.row('SELECT status, error FROM webwrap.fetch_many(ARRAY[%s])', url)
        return None if error is None else 'row', status if error is None else error

    def expect_refusal(self, url, *, before=(), is_valid=True):
        """Three ways to ask for the URL, all refused; only addresses of `before` were called."""
        sqlstates = ('42501',) if is_valid else ('22023',)
        words = 'is not allowed' if is_valid else 'invalid URL'
        self.forget()
        state, message = self.fetch(url)
        assert state in sqlstates and words in message, (url, state, message)
        state, message = self.fetch_many(url)
        assert state == 'row' and words in message, (url, state, message)
        state, message = self.scan(url)
        assert state in sqlstates and words in message, (url, state, message)
        assert self.wire.addresses() <= set(before), url
        assert self.wire.datagrams() == []
        assert {address for address, _, _ in self.server.requests} <= set(before)

    def expect_success(self, url, address):
        self.forget()
        assert self.fetch(url) == (None, 200)
        assert self.fetch_many(url) == (None, 200)
        assert self.scan(url) == (None, [('here',)])
        assert {called for called, _, _ in self.server.requests} == {address}


def quoted(text):
    return "E'" + text.replace('\\', '\\\\').replace("'", "''") + "'"


def host_of(address):
    return f'[{address}]' if ':' in address else address


def redirect(target, status=302, host=PUBLIC, how='to'):
    return f'http://{host}/{how}/{status}?{urllib.parse.quote(target, safe="")}'


@pytest.fixture(scope='module')
def inside(inner_cluster, network, dns, everywhere):
    database = Database.create(inner_cluster)
    database.main.run('CREATE SERVER anywhere FOREIGN DATA WRAPPER webwrap')
    yield Inside(database, network, dns, everywhere)
    database.drop()


@pytest.fixture
def fresh(inside, network, dns, everywhere):
    """The same with a session of its own: no connection is kept and no name known."""
    made = Inside(inside.database, network, dns, everywhere)
    made.session = inside.database.connect()
    yield made
    made.session.close()


# -- the network is what the tests take it for

@pytest.mark.parametrize('address', ['10.0.0.1', '169.254.169.254', 'fd00:ec2::254', '64:ff9b::7f00:1', '::7f00:1'])
def test_refused_addresses_would_answer(network, everywhere, address):
    network.wire.clear()
    with network.entered():
        socket.create_connection((address, 80), timeout=5).close()
    assert network.wire.connections() == [(address, 80)]


# -- addresses

@pytest.mark.parametrize('address', REFUSED)
def test_a_special_address_is_refused(inside, address):
    inside.expect_refusal(f'http://{host_of(address)}/ok')


@pytest.mark.parametrize('address', REFUSED)
def test_a_name_of_a_special_address_is_refused(inside, address):
    name = f'n{REFUSED.index(address)}.test'
    inside.dns.answer(name, address)
    inside.expect_refusal(f'http://{name}/ok')
    assert inside.dns.count(name) > 0


@pytest.mark.parametrize('address', REFUSED)
def test_a_redirect_to_a_special_address_is_refused(inside, address):
    name = f'r{REFUSED.index(address)}.test'
    inside.dns.answer(name, address)
    for status in REDIRECTS:
        for target in (f'http://{host_of(address)}/ok', f'http://{name}/ok', f'//{host_of(address)}:8080/ok'):
            url = redirect(target, status)
            inside.expect_refusal(url, before=[PUBLIC])
            assert inside.server.paths() == [url.removeprefix(f'http://{PUBLIC}')] * 3


@pytest.mark.parametrize('address', ALLOWED)
def test_a_public_address_is_reached(inside, address):
    """Also in the three ways that are refused above: the network itself refuses nothing."""
    name = f'a{ALLOWED.index(address)}.test'
    inside.dns.answer(name, address)
    seen = str(ipaddress.ip_address(address).ipv4_mapped or address) if ':' in address else address
    inside.expect_success(f'http://{host_of(address)}/ok', seen)
    inside.expect_success(f'http://{name}/ok', seen)
    for status in REDIRECTS:
        inside.forget()
        assert inside.fetch(redirect(f'http://{name}:8080/ok', status)) == (None, 200)
        assert {called for called, _, _ in inside.server.requests} == {PUBLIC, seen}


# -- notations

@pytest.mark.parametrize('host', NOTATIONS)
def test_a_notation_of_a_special_address_is_refused(inside, host):
    is_valid = '%lo' not in host and '%25lo' not in host
    inside.dns.answer('localhost', LOOPBACK)  # with a dot at its end it is a name like any other
    inside.expect_refusal(f'http://{host}/ok', is_valid=is_valid)
    inside.expect_refusal(redirect(f'http://{host}/ok'), before=[PUBLIC], is_valid=is_valid)


@pytest.mark.parametrize('host', NO_HOSTS)
def test_what_is_no_host_is_refused(inside, host):
    inside.expect_refusal(f'http://{host}/ok', is_valid=False)
    inside.expect_refusal(redirect(f'http://{host}/ok'), before=[PUBLIC], is_valid=False)


@pytest.mark.parametrize('url', CONFUSING)
def test_a_url_that_can_be_read_in_two_ways_leads_to_no_special_address(inside, url):
    url = url.format(public=PUBLIC)
    for asked in (url, redirect(url) if '\r' not in url and '\n' not in url else url):
        inside.forget()
        outcomes = [inside.fetch(asked), inside.fetch_many(asked), inside.scan(asked)]
        assert all(state in (None, 'row', '42501', '22023', 'HV00N', 'HV024') for state, _ in outcomes), outcomes
        assert inside.wire.addresses() <= {PUBLIC}
        assert {address for address, _, _ in inside.server.requests} <= {PUBLIC}


# -- names

def test_a_name_that_does_not_exist_is_an_error(inside):
    for url in ('http://nothing.test/', 'http://empty.test/'):
        inside.dns.answer('empty.test')
        inside.forget()
        assert inside.fetch(url)[0] == 'HV00N'
        assert inside.wire.connections() == []


def test_a_late_answer_is_used(fresh):
    fresh.dns.answer('late.test', PUBLIC)
    fresh.dns.delay('late.test', 0.5)
    assert fresh.fetch('http://late.test/ok') == (None, 200)


def test_a_late_answer_is_judged(fresh):
    fresh.dns.answer('late-and-bad.test', LOOPBACK)
    fresh.dns.delay('late-and-bad.test', 0.5)
    fresh.expect_refusal('http://late-and-bad.test/ok')


def test_a_name_that_is_never_answered_takes_the_connect_timeout(fresh):
    fresh.dns.hang('never.test')
    fresh.session.run("SET webwrap.connect_timeout = '300ms'")
    error = fresh.session.error('SELECT * FROM webwrap.fetch(%s)', 'http://never.test/ok')
    assert error.sqlstate == '08006' and 'webwrap.connect_timeout' in error.message_hint
    assert fresh.fetch(f'http://{PUBLIC}/ok') == (None, 200)


def test_an_answer_after_a_cancel_does_no_harm(fresh):
    fresh.dns.answer('too-late.test', LOOPBACK)
    fresh.dns.delay('too-late.test', 1)
    fresh.session.run("SET statement_timeout = '200ms'")
    fresh.forget()
    assert fresh.fetch('http://too-late.test/ok')[0] == '57014'
    fresh.session.run('RESET statement_timeout')
    assert fresh.session.value('SELECT pg_sleep(1.2) IS NOT NULL')
    assert fresh.fetch(f'http://{PUBLIC}/ok') == (None, 200)
    assert fresh.wire.addresses() == {PUBLIC}


SEVERAL = [
    ([LOOPBACK, PUBLIC], PUBLIC), ([PUBLIC, LOOPBACK], PUBLIC), (['10.0.0.1', '169.254.169.254', PUBLIC, '192.168.0.1'], PUBLIC),
    (['::1', PUBLIC], PUBLIC), (['::1', 'fd00::1', '64:ff9b::7f00:1', LOOPBACK, PUBLIC], PUBLIC),
    ([LOOPBACK, PUBLIC_V6], PUBLIC_V6), (['fd00::1', PUBLIC_V6, '10.0.0.1'], PUBLIC_V6)]


@pytest.mark.parametrize('addresses, used', SEVERAL)
def test_of_several_addresses_an_allowed_one_is_used(fresh, addresses, used):
    name = f'several{SEVERAL.index((addresses, used))}.test'
    fresh.dns.answer(name, *addresses)
    fresh.expect_success(f'http://{name}/ok', used)
    assert fresh.wire.addresses() == {used}
    fresh.forget()
    assert fresh.fetch(redirect(f'http://{name}:8080/ok')) == (None, 200)
    assert fresh.wire.addresses() == {PUBLIC, used}


def test_no_refused_address_is_tried_after_an_allowed_one_failed(fresh):
    """Nobody listens at this port of any address."""
    fresh.dns.answer('down.test', LOOPBACK, '::1', PUBLIC, '10.0.0.1', PUBLIC_V6)
    fresh.forget()
    assert fresh.fetch('http://down.test:9/ok')[0] == 'HV00N'
    assert fresh.fetch_many('http://down.test:9/ok')[0] == 'row'
    assert fresh.scan('http://down.test:9/ok')[0] == 'HV00N'
    assert fresh.wire.addresses() == {PUBLIC, PUBLIC_V6}


def test_a_network_can_be_allowed_without_its_neighbours(fresh):
    fresh.session.run("SET webwrap.allowed_networks = '10.1.0.0/16, fd00:1::/32'")
    fresh.dns.answer('intra.test', '10.0.0.1', '10.1.0.1', '10.2.0.1', 'fd00:2::1')
    fresh.expect_success('http://intra.test/ok', '10.1.0.1')
    assert fresh.wire.addresses() == {'10.1.0.1'}
    fresh.expect_refusal('http://[fd00:2::1]/ok')
    fresh.expect_refusal('http://10.2.0.1/ok')


# -- names that move

ANSWERS = [([PUBLIC], [LOOPBACK]), ([PUBLIC], ['::1']), ([PUBLIC_V6], ['::ffff:127.0.0.1']), ([PUBLIC], ['169.254.169.254']),
           ([PUBLIC, PUBLIC_V6], [LOOPBACK, '::1'])]


@pytest.fixture(params=ANSWERS, ids=lambda answers: answers[1][0])
def moving(request, fresh):
    """The name of a site that is public when it is first looked up, and not from then on."""
    name = f'moving{ANSWERS.index(request.param)}.test'
    fresh.dns.answer_in_turn(name, *request.param)
    fresh.forget()
    fresh.public = set(request.param[0])
    return fresh, name


@pytest.mark.parametrize('how', ['to', 'goodbye'])
@pytest.mark.parametrize('status', REDIRECTS)
def test_a_name_that_moves_between_two_hops(moving, how, status):
    """To another port, which is another connection and another look-up."""
    inside, name = moving
    state, message = inside.fetch(redirect(f'http://{name}:8080/ok', status, host=name, how=how))
    assert state == '42501', message
    assert inside.dns.count(name) == 2
    assert inside.wire.addresses() <= inside.public and len(inside.server.requests) == 1


@pytest.mark.parametrize('how', ['to', 'goodbye'])
def test_a_name_that_moves_between_two_hops_to_the_same_port(moving, how):
    """Whether the name is looked up again is open; where it leads to now is refused."""
    inside, name = moving
    state, message = inside.fetch(redirect(f'http://{name}/ok', host=name, how=how))
    assert (state, message) == (None, 200) or state == '42501'
    assert inside.wire.addresses() <= inside.public


def test_a_name_that_moves_under_a_kept_connection(moving):
    inside, name = moving
    for _ in range(3):
        state, _ = inside.fetch(f'http://{name}/ok')
        assert state in (None, '42501')
    assert inside.server.requests[0][2] == '/ok'
    assert inside.wire.addresses() <= inside.public
    # A new session looks up anew.
    other = Inside(inside.database, inside.network, inside.dns, inside.server)
    other.session = inside.database.connect()
    other.expect_refusal(f'http://{name}/ok')
    other.session.close()


def test_a_name_that_moves_while_its_connections_end(moving):
    inside, name = moving
    for _ in range(5):
        state, _ = inside.fetch(f'http://{name}/close')
        assert state in (None, '42501')
        state, _ = inside.fetch(f'http://{name}:8081/close')
        assert state == '42501'
    assert inside.wire.addresses() <= inside.public


def test_a_name_that_moves_back_and_forth(fresh):
    """Twenty ports, so twenty look-ups; every other one leads to a refused address."""
    ports = range(9001, 9021)
    fresh.dns.answer_in_turn('restless.test', *([PUBLIC], [LOOPBACK]) * 10)
    fresh.forget()
    urls = [f'http://restless.test:{port}/' for port in ports]
    errors = [error for (error,) in fresh.session.rows('SELECT error FROM webwrap.fetch_many(%s)', urls)]
    refused = [error for error in errors if 'is not allowed' in error]
    assert len(errors) == 20 and 0 < len(refused) < 20
    assert fresh.wire.addresses() == {PUBLIC} and len(fresh.wire.connections()) == 20 - len(refused)


def test_a_name_that_moves_in_the_middle_of_a_scan(moving):
    """A next page at another port of the site: credentials aside, it is another look-up."""
    inside, name = moving
    inside.session.run('BEGIN')
    url = f'http://{name}/next?' + urllib.parse.quote(f'http://{name}:8080/ok', safe='')
    inside.session.run("CREATE FOREIGN TABLE moved (a text OPTIONS (xpath '.')) SERVER anywhere OPTIONS "
                       f"(url '{url}', rows '//li', next_page '//a/@href')")
    assert inside.session.error('SELECT * FROM moved').sqlstate == '42501'
    inside.session.run('ROLLBACK')
    assert len(inside.server.paths()) == 1 and inside.wire.addresses() <= inside.public


# -- proxies

def test_no_proxy_of_the_environment_is_used(fresh, network):
    fresh.session.run('CREATE TEMPORARY TABLE environment (line text)', "COPY environment FROM PROGRAM 'env'")
    names = fresh.session.rows("SELECT lower(split_part(line, '=', 1)) FROM environment WHERE line LIKE %s", f'%_%={PROXY}')
    assert sorted({name for (name,) in names}) == ['all_proxy', 'http_proxy', 'https_proxy']
    port = int(PROXY.rpartition(':')[2])
    with network.entered():
        proxy = socket.create_server(('127.0.0.1', port))
    accepted = []

    def count():
        try:
            while True:
                connection, _ = proxy.accept()
                accepted.append(connection)
                connection.close()
        except OSError:
            pass

    threading.Thread(target=count, daemon=True).start()
    try:
        with network.entered():  # the counter counts
            socket.create_connection(('127.0.0.1', port), timeout=5).close()
        wait_until(lambda: len(accepted) == 1, 'the proxy accepts nothing')
        # Whatever the guard says of the proxy's address.
        fresh.session.run("SET webwrap.allowed_networks = '127.0.0.0/8'")
        fresh.dns.answer('direct.test', PUBLIC)
        for host in (PUBLIC, 'direct.test'):
            fresh.expect_success(f'http://{host}/ok', PUBLIC)
            assert fresh.fetch(redirect(f'http://{host}/ok')) == (None, 200)
            assert fresh.fetch(f'https://{host}/ok')[0] == 'HV00N'  # nobody listens there
            assert fresh.fetch_many(f'https://{host}/ok')[0] == 'row'
            assert fresh.scan(f'https://{host}/ok')[0] == 'HV00N'
            assert set(fresh.wire.connections()) == {(PUBLIC, 80), (PUBLIC, 443)} or host != PUBLIC
            assert (PUBLIC, 443) in fresh.wire.connections() and ('127.0.0.1', port) not in fresh.wire.connections()
        assert len(accepted) == 1
    finally:
        proxy.shutdown(socket.SHUT_RDWR)
        proxy.close()
