"""The rendering service of docs/examples/renderer: what it answers, what bounds it, and what webwrap reads through it."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
from pathlib import Path

import pytest

from database import wait_until
from process import children_of, die_with_parent, free_port, is_running
from site_server import Site

PROGRAM = Path(__file__).resolve().parents[3] / 'docs' / 'examples' / 'renderer' / 'renderer.py'

LIST = '''<!DOCTYPE html><html><head><title>goods</title></head><body><ul id="goods"></ul><script>
fetch('/goods.json').then(answer => answer.json()).then(goods => {
    for (const [name, price] of goods) {
        const item = document.createElement('li');
        item.innerHTML = `<b></b> <i>${price}</i>`;
        item.firstChild.textContent = name;
        document.getElementById('goods').append(item);
    }
});
</script></body></html>'''
GOODS = [['Größe <1>', 10], ['Teapot', 20], ['Lamp', 30]]
JSON = {'Content-Type': 'application/json'}


class Service:
    """One renderer.py in a process of its own."""

    def __init__(self, *options):
        self.options = ['--quiet', '0.3', '--settle', '3', '--seconds', '30', *map(str, options)]

    def __enter__(self):
        self._process = subprocess.Popen([sys.executable, str(PROGRAM), '--port', '0', *self.options], stdout=subprocess.PIPE,
                                         stdin=subprocess.DEVNULL, text=True, preexec_fn=die_with_parent)
        self.url = self._process.stdout.readline().strip()
        assert self.url.startswith('http://127.0.0.1:')
        self.port = urllib.parse.urlsplit(self.url).port
        return self

    def __exit__(self, *_):
        self._process.terminate()
        try:
            self.code = self._process.wait(20)
        except subprocess.TimeoutExpired:
            for pid in [self._process.pid, *children_of(self._process.pid)]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            raise
        finally:
            self._process.stdout.close()

    def ask(self, method, path, body=None, headers=None):
        """(status, headers in lower case, text)"""
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=120)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()
        finally:
            connection.close()

    def render(self, url):
        return self.ask('GET', self.path_of(url))

    @staticmethod
    def path_of(url):
        return '/?' + urllib.parse.urlencode({'url': url})

    def browser(self):
        """Pids of Chromium's processes, the browser first; none before the first page."""
        return children_of(self._process.pid)


@pytest.fixture(scope='module')
def service():
    if not any(map(shutil.which, ('chromium', 'chromium-browser', 'google-chrome'))):
        pytest.fail('no chromium: run make check-deps')
    with Service() as running:
        yield running


@pytest.fixture
def shop(site):
    site.serve({'/': LIST, '/goods.json': (200, JSON, json.dumps(GOODS))})
    return site


# -- pages

def test_a_list_made_by_script_is_in_the_answer(service, shop):
    status, headers, html = service.render(shop.url)
    assert (status, headers['content-type'], headers['content-location']) == (200, 'text/html; charset=utf-8', shop.url)
    assert html.startswith('<!DOCTYPE html>') and '<title>goods</title>' in html
    assert html.count('<li>') == len(GOODS) and '<li><b>Größe &lt;1&gt;</b> <i>10</i></li>' in html


@pytest.mark.parametrize('body, kind', [
    (lambda url: json.dumps({'url': url}), 'application/json'),
    (lambda url: json.dumps({'url': url}), 'application/json; charset=utf-8'),
    (lambda url: urllib.parse.urlencode({'url': url}), 'application/x-www-form-urlencoded')])
def test_the_url_may_be_posted(service, shop, body, kind):
    status, _, html = service.ask('POST', '/', body(shop.url), {'Content-Type': kind})
    assert status == 200 and html.count('<li>') == len(GOODS)


def test_webwrap_reads_what_only_scripts_write(db, service, shop):
    texts = 'SELECT webwrap.xpath(html, %s) FROM webwrap.fetch(%s)'
    assert db.main.value(texts, '//li/b', shop.url) == []
    assert db.main.value(texts, '//li/b', service.url + service.path_of(shop.url).lstrip('/')) == [name for name, _ in GOODS]
    db.main.run(f"CREATE SERVER rendered FOREIGN DATA WRAPPER webwrap OPTIONS (base_url '{service.url}')",
                "CREATE FOREIGN TABLE good (name text OPTIONS (xpath './b') NOT NULL, price int OPTIONS (xpath './i') NOT NULL) "
                f"SERVER rendered OPTIONS (url '{service.path_of(shop.url).lstrip('/')}', rows '//ul/li')")
    assert db.main.rows('SELECT * FROM good') == [tuple(good) for good in GOODS]


WAYS = {
    'GET': lambda service: {'renderer': service.url + '?url={url}'},
    'JSON': lambda service: {'renderer': service.url, 'renderer_body': '{"url": "{url}"}'},
    'form': lambda service: {'renderer': service.url, 'renderer_body': 'url={url}',
                             'renderer_content_type': 'application/x-www-form-urlencoded'}}


@pytest.mark.parametrize('way', WAYS)
def test_webwraps_renderer_option_goes_through_it(db, service, shop, way):
    """The URL has what has to be encoded, and the row says the page's own address."""
    options = WAYS[way](service)
    url = f'{shop.url}?a="b"&c=d%20e'
    shop.pages[shop_path(url)] = shop.pages['/']
    row = db.main.row('SELECT status, final_url, webwrap.xpath(html, %s) FROM webwrap.fetch(%s, %s)', '//li/b', url,
                      json.dumps(options))
    assert row == (200, url.replace('"', '%22'), [name for name, _ in GOODS])
    listed = ', '.join(f"{name} '{value}'" for name, value in options.items())
    db.main.run(f"CREATE SERVER shown FOREIGN DATA WRAPPER webwrap OPTIONS (base_url '{shop.url}', {listed})",
                "CREATE FOREIGN TABLE good (name text OPTIONS (xpath './b') NOT NULL, price int OPTIONS (xpath './i')) "
                "SERVER shown OPTIONS (url '/', rows '//ul/li')")
    assert db.main.rows('SELECT * FROM good') == [tuple(good) for good in GOODS]


@pytest.mark.parametrize('page', [(404, {}, '<p>no'), (200, JSON, '{}')])
def test_webwrap_tells_that_a_page_was_not_rendered(db, service, site, page):
    """Never an empty page."""
    site.serve({'/': page})
    options = WAYS['GET'](service)
    db.main.run('SET webwrap.max_retries = 0')
    assert db.main.row('SELECT status, html LIKE %s FROM webwrap.fetch(%s, %s)', f'{site.url}%', site.url,
                       json.dumps(options)) == (502, True)
    db.main.run(f"CREATE SERVER shown FOREIGN DATA WRAPPER webwrap OPTIONS (base_url '{site.url}', renderer '{options['renderer']}')",
                "CREATE FOREIGN TABLE p (a text OPTIONS (xpath '.')) SERVER shown OPTIONS (url '/', rows '//p')")
    assert '502' in db.main.error('SELECT * FROM p').message_primary


def shop_path(url):
    """As it stands in the request line."""
    parts = urllib.parse.urlsplit(url)
    return f'{parts.path}?{parts.query}'.replace('"', '%22')


def test_a_late_answer_is_waited_for(service, shop):
    shop.hold('/goods.json')
    timer = threading.Timer(1.0, shop.release, ['/goods.json'])
    timer.start()
    status, _, html = service.render(shop.url)
    assert status == 200 and html.count('<li>') == len(GOODS)


def test_a_page_that_never_stands_still_is_taken_as_it_is(service, site):
    site.serve({'/': '<p id="p">0</p><script>setInterval(() => { p.textContent = +p.textContent + 1; }, 20)</script>'})
    status, _, html = service.render(site.url)
    assert status == 200 and '<p id="p">' in html and '>0<' not in html


@pytest.mark.parametrize('page', [
    (302, {'Location': '/there'}, ''), '<script>location = "/there"</script>',
    '<script>setTimeout(() => location.replace("/there"), 100)</script>', '<meta http-equiv="refresh" content="0; url=/there">'])
def test_the_address_after_redirects_is_told(service, site, page):
    site.serve({'/': page, '/there': '<p>there</p>'})
    status, headers, html = service.render(site.url)
    assert (status, headers['content-location']) == (200, f'{site.url}there') and '<p>there</p>' in html


def test_dialogs_do_not_hold_a_page_up(service, site):
    site.serve({'/': '<p>x</p><script>alert(1); '
                     'setTimeout(() => { confirm("?") || document.body.append("went on"); }, 50)</script>'})
    status, _, html = service.render(site.url)
    assert status == 200 and 'went on' in html


def test_a_page_cannot_change_how_it_is_read(service, site):
    site.serve({'/': '''<p>true</p><script>
        Object.defineProperty(Element.prototype, 'outerHTML', {get: () => 'false'});
        XMLSerializer.prototype.serializeToString = () => 'false'; window.MutationObserver = undefined;</script>'''})
    status, _, html = service.render(site.url)
    assert status == 200 and '<p>true</p>' in html


def test_pages_share_no_cookies_and_no_storage(service, site):
    site.serve({'/': '''<p id="p"></p><script>
        p.textContent = `seen ${document.cookie} ${localStorage.length}`;
        document.cookie = 'a=1'; localStorage.b = 2</script>'''})
    for _ in range(2):
        assert '<p id="p">seen  0</p>' in service.render(site.url)[2]
    asked = [headers for path, headers in zip(site.requests, site.headers) if path == '/']  # not the page's own requests
    assert len(asked) == 2 and not any('Cookie' in headers for headers in asked)


def test_text_that_is_no_unicode_is_still_an_answer(service, site):
    site.serve({'/': '<p id="p"></p><script>p.textContent = "a\\ud800b"</script>'})
    status, _, html = service.render(site.url)
    assert status == 200 and '<p id="p">a' in html


# -- what is refused

@pytest.mark.parametrize('url', ['', 'example.org', '/path', 'ftp://example.org/', 'file:///etc/passwd', 'javascript:alert(1)',
                                 'data:text/html,x', 'chrome://version', 'view-source:http://127.0.0.1/', 'about:blank',
                                 'http://', 'http://user:secret@127.0.0.1/', 'http://127.0.0.1:99999/', 'http://[::1/',
                                 'http://127.0.0.1/ x', 'http://127.0.0.1/' + 'x' * 9000])
def test_another_url_is_a_bad_request(service, url):
    status, headers, text = service.render(url)
    assert status == 400 and headers['content-type'].startswith('text/plain') and 'secret' not in text
    assert service.ask('POST', '/', json.dumps({'url': url}), JSON)[0] == 400


@pytest.mark.parametrize('method, path, body, headers, status', [
    ('GET', '/', None, {}, 400),
    ('GET', '/?url=http://127.0.0.1/&url=http://127.0.0.1/', None, {}, 400),
    ('GET', '/elsewhere?url=http://127.0.0.1/', None, {}, 404),
    ('POST', '/', '{', JSON, 400),
    ('POST', '/', '[]', JSON, 400),
    ('POST', '/', '{"url": 1}', JSON, 400),
    ('POST', '/', '[' * 60000, JSON, 400),
    ('POST', '/', '"' + 'x' * 70000 + '"', JSON, 400),
    ('POST', '/', b'\xff', JSON, 400),
    ('POST', '/', 'http://127.0.0.1/', {'Content-Type': 'text/plain'}, 400),
    ('DELETE', '/', None, {}, 501)])
def test_a_malformed_request_is_refused(service, method, path, body, headers, status):
    assert service.ask(method, path, body, headers)[0] == status


def test_a_web_page_cannot_use_the_service_under_a_name_of_its_own(service, shop):
    status, _, _ = service.ask('GET', service.path_of(shop.url), headers={'Host': f'evil.test:{service.port}'})
    assert status == 400 and shop.requests == []


def test_only_loopback_is_listened_on(service):
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(('127.0.0.2', service.port), timeout=5)


# -- what could not be loaded

def test_a_port_where_nothing_listens_is_a_bad_gateway(service):
    status, _, text = service.render(f'http://127.0.0.1:{free_port()}/')
    assert status == 502 and 'ERR_CONNECTION_REFUSED' in text


@pytest.mark.parametrize('page, words', [
    ((404, {}, '<p>no'), 'status 404'), ((500, {}, '<p>no'), 'status 500'),
    ((401, {'WWW-Authenticate': 'Basic realm="x"'}, ''), 'could not be loaded'),
    ((200, JSON, '{}'), 'application/json'),
    ((200, {'Content-Type': 'application/octet-stream'}, 'x'), 'could not be loaded'),
    ((302, {'Location': 'file:///etc/passwd'}, ''), 'could not be loaded'),
    ((302, {'Location': '/'}, ''), 'ERR_TOO_MANY_REDIRECTS')])
def test_no_page_is_a_bad_gateway(service, site, page, words):
    site.serve({'/': page})
    status, _, text = service.render(site.url)
    assert status == 502 and words in text


@pytest.mark.parametrize('target', ['file:///etc/passwd', 'chrome://version', 'data:text/html,other', 'about:blank'])
def test_a_script_leads_to_no_other_scheme(service, site, target):
    site.serve({'/': f'<p>here</p><script>location = "{target}"</script>'})
    status, headers, text = service.render(site.url)
    assert (status == 200 and '<p>here</p>' in text and headers['content-location'] == site.url) or status == 502
    assert 'root:' not in text


def test_a_page_beyond_the_size_is_a_bad_gateway(site):
    site.serve({'/small': f'<p>{"x" * 900}</p>', '/large': '<p id="p"></p><script>p.textContent = "x".repeat(2000)</script>'})
    with Service('--max-size', 1000) as small:
        assert small.render(f'{site.url}small')[0] == 200
        status, _, text = small.render(f'{site.url}large')
        assert status == 502 and '1000' in text


# -- what takes too long

def test_what_takes_too_long_is_a_gateway_timeout(site, hostile):
    site.serve({'/': '<p>fine</p>', '/loop': '<p>x</p><script>while (true);</script>',
                '/late-loop': '<p>x</p><script>setTimeout(() => { while (true); }, 100)</script>',
                '/frame': f'<iframe src="{hostile.url("/hang")}"></iframe>'})
    with Service('--seconds', 5) as hasty:
        assert hasty.render(site.url)[0] == 200
        for url in (hostile.url('/hang'), hostile.silent_url(), f'{site.url}loop', f'{site.url}late-loop', f'{site.url}frame'):
            status, _, text = hasty.render(url)
            assert status == 504 and '5 s' in text, (url, status, text)
            assert hasty.render(site.url)[0] == 200


def test_no_more_pages_at_a_time_than_allowed(site):
    """Three hold their pages up; two are loaded, the third waits, and others than those that may wait are refused."""
    names = [f'/{number}' for number in range(3)]
    site.serve({name: '<p>x</p>' for name in names})
    for name in names:
        site.hold(name)
    answers = []
    with Service('--pages', 2) as narrow:
        def ask(name):
            answers.append(narrow.render(site.url.rstrip('/') + name)[0])

        threads = [threading.Thread(target=ask, args=[name], daemon=True) for name in names]
        for thread in threads:
            thread.start()
        wait_until(lambda: len(set(site.requests)) == 2, 'no two pages are asked for', 60)
        time.sleep(0.3)  # the third would come now
        assert len(set(site.requests)) == 2
        # Ten places in all: seven more may wait.
        more = [threading.Thread(target=ask, args=['/0'], daemon=True) for _ in range(12)]
        for thread in more:
            thread.start()
        wait_until(lambda: answers.count(503) == 5, 'not as many are refused as should be', 60)
        for name in names:
            site.release(name)
        for thread in [*threads, *more]:
            thread.join(60)
    assert sorted(answers) == [200] * 10 + [503] * 5


# -- a browser that ends

@pytest.mark.parametrize('killed', ['browser', 'all'])
def test_a_browser_that_crashes_is_replaced(site, killed):
    site.serve({'/': '<p>fine</p>', '/held': '<p>x</p>'})
    with Service() as fresh:
        assert fresh.browser() == []
        assert fresh.render(site.url)[0] == 200
        site.hold('/held')
        answers = []
        waiting = threading.Thread(target=lambda: answers.append(fresh.render(f'{site.url}held')), daemon=True)
        waiting.start()
        site.wait_for_request('/held')
        pids = fresh.browser()
        for pid in pids[:1] if killed == 'browser' else pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        waiting.join(60)
        site.release('/held')
        assert answers[0][0] == 502
        assert fresh.render(site.url)[0] == 200
        assert fresh.browser()[0] != pids[0]


def test_a_page_that_crashes_ends_only_itself(site):
    site.serve({'/': '<p>fine</p>', '/held': '<p>x</p><script src="/script"></script>'})
    with Service() as fresh:
        assert fresh.render(site.url)[0] == 200
        site.hold('/script')
        answers = []
        waiting = threading.Thread(target=lambda: answers.append(fresh.render(f'{site.url}held')), daemon=True)
        waiting.start()
        site.wait_for_request('/script')
        browser = fresh.browser()[0]
        pages = [pid for pid in fresh.browser() if b'--type=renderer' in Path(f'/proc/{pid}/cmdline').read_bytes()]
        assert pages
        for pid in pages:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        waiting.join(60)
        site.release('/script')
        assert answers[0][0] == 502 and 'crashed' in answers[0][2]
        assert fresh.render(site.url)[0] == 200 and fresh.browser()[0] == browser


def test_nothing_is_left_of_a_service(site):
    site.serve({'/': '<p>fine</p>'})
    with Service() as fresh:
        assert fresh.render(site.url)[0] == 200
        pids = fresh.browser()
        arguments = Path(f'/proc/{pids[0]}/cmdline').read_bytes().decode().split('\0')
        (profile,) = [Path(argument.split('=', 1)[1]) for argument in arguments if argument.startswith('--user-data-dir=')]
        assert profile.is_dir()
    assert fresh.code == 0
    wait_until(lambda: not any(map(is_running, pids)), 'Chromium stays')
    assert not profile.exists()


# -- hosts

def test_only_the_named_hosts_are_reached(site):
    with Site('127.0.0.2') as other, Service('--only', '127.0.0.1') as choosy:
        other.serve({'/': '<p>other</p>', '/script.js': 'document.body.append("loaded")'})
        site.serve({'/': f'<p>fine</p><script src="{other.url}script.js"></script>', '/to': (302, {'Location': other.url}, '')})
        status, _, html = choosy.render(site.url)
        assert status == 200 and 'fine' in html and 'loaded' not in html
        assert choosy.render(f'{site.url}to')[0] == 502
        assert choosy.render(other.url)[0] == 502
        assert other.requests == []
    with Site('127.0.0.2') as other, Service('--only', '127.0.0.1', '--only', '127.0.0.2') as both:
        other.serve({'/': '<p>other</p>'})
        assert both.render(other.url)[0] == 200
