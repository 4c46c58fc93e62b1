#!/usr/bin/env python3
"""Web pages after their scripts have run: a small service around Chromium. README.md beside this file says how to use it.

    renderer.py [--port 8377] [--pages 4] [--seconds 20] [--only HOST]...

    GET  /?url=https://example.org/
    POST /      {"url": "https://example.org/"} as application/json, or url=... as a form

The answer is the page's DOM as HTML in UTF-8. Needs Python's standard library and Chromium, with which it speaks the
DevTools protocol over a pipe: one browser for all pages, and for each page a profile of its own that is forgotten after it.
"""

import argparse
import contextlib
import fcntl
import http.server
import itertools
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

PROGRAMS = ('chromium', 'chromium-browser', 'google-chrome')
ARGUMENTS = ('--headless', '--remote-debugging-pipe', '--no-first-run', '--disable-gpu', '--disable-dev-shm-usage',
             '--disable-background-networking', '--disable-component-update', '--disable-default-apps', '--disable-extensions',
             '--disable-sync', '--disable-breakpad', '--mute-audio', '--block-new-web-contents', '--deny-permission-prompts',
             '--window-size=1280,1024')
MAX_URL = 8192
MAX_REQUEST = 64 << 10
START_SECONDS, ANSWER_SECONDS = 60, 10  # that Chromium may take to start, and for what needs no network
IDLE_SECONDS = 10  # that a client may take for its request
ENDLESS = ('EventSource', 'Ping', 'Media', 'Prefetch')  # requests that a page is not waited for

COUNT_CHANGES = """
(() => {
    if (globalThis.changes === undefined) {
        globalThis.changes = 0;
        new MutationObserver(list => { changes += list.length; }).observe(
            document, {subtree: true, childList: true, attributes: true, characterData: true});
    }
    return changes;
})()"""
SERIALIZE = """
(max => {
    const doctype = document.doctype ? new XMLSerializer().serializeToString(document.doctype) + '\\n' : '';
    const html = doctype + (document.documentElement?.outerHTML ?? '');
    return html.length > max ? null : html;
})(%d)"""


class Refused(Exception):
    """Why there is no page: the status of the answer and a sentence."""

    def __init__(self, status, reason):
        super().__init__(reason)
        self.status, self.reason = status, reason


class BrowserGone(Exception):
    """Chromium has ended or does not answer."""


class ProtocolError(Exception):
    """Chromium refused a command."""


# -- the browser

class Browser:
    """One Chromium. Commands may come from several threads; events go to the queue of their session."""

    def __init__(self, program, arguments):
        self.folder = tempfile.mkdtemp(prefix='renderer-')
        self.sessions = {}
        self._numbers = itertools.count(1)
        self._answers = {}
        self._lock, self._stop_lock = threading.Lock(), threading.Lock()
        self._is_gone = self._is_stopped = False
        self._start(program, arguments)
        threading.Thread(target=self._read, daemon=True).start()
        try:
            self.call('Browser.getVersion', seconds=START_SECONDS)
        except (TimeoutError, BrowserGone):
            self.stop()
            raise BrowserGone from None

    def _start(self, program, arguments):
        ours_out, theirs_in = self._pipe()
        theirs_out, ours_in = self._pipe()
        # Chromium reads commands from descriptor 3 and writes to 4.
        wrapper = ('import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); '
                   'os.execv(sys.argv[3], sys.argv[3:])')
        command = [sys.executable, '-c', wrapper, str(theirs_out), str(theirs_in), program, *ARGUMENTS,
                   f'--user-data-dir={self.folder}', *arguments, 'about:blank']
        environment = {**os.environ, 'HOME': self.folder, 'XDG_CONFIG_HOME': self.folder, 'XDG_CACHE_HOME': self.folder}
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                         stderr=subprocess.DEVNULL, pass_fds=(theirs_out, theirs_in), env=environment,
                                         start_new_session=True)
        os.close(theirs_out)
        os.close(theirs_in)
        self._input, self._output = os.fdopen(ours_in, 'wb', buffering=0), os.fdopen(ours_out, 'rb', buffering=0)

    @staticmethod
    def _pipe():
        """A pipe whose ends are none of the descriptors 3 and 4."""
        ends = []
        for end in os.pipe():
            ends.append(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10))
            os.close(end)
        return ends

    @property
    def pid(self):
        return self._process.pid

    @property
    def is_gone(self):
        """Also when it has ended and something still holds its pipe. The process stays unreaped, so that its number is
        nobody else's when stop() kills its group."""
        return self._is_gone or self._is_stopped or os.waitid(
            os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def call(self, method, parameters=None, session=None, seconds=ANSWER_SECONDS):
        """The result of a command. Raises ProtocolError, BrowserGone, or TimeoutError when no answer came in time."""
        answer = queue.Queue(1)
        number = self._send(method, parameters, session, answer)
        try:
            result = answer.get(timeout=max(seconds, 0.001))
        except queue.Empty:
            raise TimeoutError from None
        finally:
            with self._lock:
                self._answers.pop(number, None)
        if result is None:
            raise BrowserGone
        if 'error' in result:
            raise ProtocolError(result['error'].get('message', ''))
        return result['result']

    def stop(self):
        """Ends it with all its processes; may be called again."""
        with self._stop_lock:
            if self._is_stopped:
                return
            self._is_stopped = True
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _send(self, method, parameters, session, answer):
        number = next(self._numbers)
        message = {'id': number, 'method': method, 'params': parameters or {}}
        if session is not None:
            message['sessionId'] = session
        with self._lock:
            if self._is_gone:
                raise BrowserGone
            self._answers[number] = answer
            try:
                self._input.write(json.dumps(message).encode() + b'\0')
            except OSError:
                raise BrowserGone from None
        return number

    def _read(self):
        parts = []
        while data := self._output.read(1 << 16):
            *messages, last = data.split(b'\0')
            for message in messages:
                self._dispatch(json.loads(b''.join([*parts, message])))
                parts.clear()
            parts.append(last)
        with self._lock:
            self._is_gone = True
            waiting = [*self._answers.values(), *self.sessions.values()]
        for one in [one for one in waiting if one is not None]:
            with contextlib.suppress(queue.Full):
                one.put_nowait(None)

    def _dispatch(self, message):
        if message.get('method') == 'Page.javascriptDialogOpening':
            # At once: a page that waits for its dialog answers nothing else.
            with contextlib.suppress(BrowserGone):
                self._send('Page.handleJavaScriptDialog', {'accept': False}, message['sessionId'], None)
            return
        with self._lock:
            receiver = self._answers.pop(message['id'], None) if 'id' in message else self.sessions.get(message.get('sessionId'))
        if receiver is not None:
            with contextlib.suppress(queue.Full):
                receiver.put_nowait(message)


# -- one page

class Page:
    """A page in a profile of its own, from `with` to the end of it."""

    def __init__(self, browser, deadline):
        self.browser, self.deadline = browser, deadline
        self.events = queue.Queue(100_000)
        self.context = self.session = self.frame = self.world = None
        self.is_loaded = False
        self.address = ''  # of the page in the window
        self.document = {}  # the response that it came with
        self.open_requests = set()

    def __enter__(self):
        call = self.browser.call
        try:
            self.context = call('Target.createBrowserContext', {'disposeOnDetach': True})['browserContextId']
            target = call('Target.createTarget', {'url': 'about:blank', 'browserContextId': self.context})['targetId']
            self.session = call('Target.attachToTarget', {'targetId': target, 'flatten': True})['sessionId']
            with self.browser._lock:
                self.browser.sessions[self.session] = self.events
            call('Browser.setDownloadBehavior', {'behavior': 'deny', 'browserContextId': self.context})
            for domain in ('Page', 'Network', 'Inspector'):
                self.call(f'{domain}.enable')
            self.call('Network.setBypassServiceWorker', {'bypass': True})
            self.frame = self.call('Page.getFrameTree')['frameTree']['frame']['id']
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        with self.browser._lock:
            self.browser.sessions.pop(self.session, None)
        try:
            self.browser.call('Target.disposeBrowserContext', {'browserContextId': self.context})
        except (TimeoutError, ProtocolError):  # also without a context: it hangs
            self.browser.stop()
        except BrowserGone:
            pass

    def call(self, method, parameters=None):
        return self.browser.call(method, parameters, self.session, self.left)

    @property
    def left(self):
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def open(self, url):
        """Returns when the page has loaded, or raises Refused."""
        answer = self.call('Page.navigate', {'url': url})
        if answer.get('errorText'):
            raise Refused(502, f'{url} could not be loaded: {answer["errorText"]}')
        while not self.is_loaded:
            self.take_event(self.left)

    def take_event(self, seconds):
        """Notes the next event, if one comes in time."""
        try:
            message = self.events.get(timeout=seconds)
        except queue.Empty:
            return
        if message is None:
            raise BrowserGone
        note = getattr(self, 'on_' + message['method'].replace('.', '_'), None)
        if note is not None:
            note(message['params'])

    def wait_until_quiet(self, quiet, settle):
        """Until nothing was requested and nothing changed for `quiet` seconds, at most `settle` seconds long."""
        last, since = None, time.monotonic()
        end = since + settle
        while time.monotonic() < end:
            self.take_event(min(0.05, self.left))
            while not self.events.empty():
                self.take_event(self.left)
            state = (self.changes(), len(self.open_requests), self.is_loaded)
            if state != last or self.open_requests or not self.is_loaded:
                last, since = state, time.monotonic()
            elif time.monotonic() - since >= quiet:
                return

    def changes(self):
        try:
            return self.evaluate(COUNT_CHANGES)
        except ProtocolError:  # another page has come
            self.world = None
            return None

    def evaluate(self, expression):
        """In a world of our own, which shares the page's DOM but none of what its scripts define."""
        if self.world is None:
            world = self.call('Page.createIsolatedWorld', {'frameId': self.frame, 'worldName': 'renderer'})
            self.world = world['executionContextId']
        answer = self.call('Runtime.evaluate', {'expression': expression, 'contextId': self.world, 'returnByValue': True})
        if 'exceptionDetails' in answer:
            raise ProtocolError('a script failed')
        return answer['result'].get('value')

    def html(self, max_size):
        html = self.evaluate(SERIALIZE % max_size)
        # A page that scripts led to has loaded by now or is not waited for.
        while not self.events.empty():
            self.take_event(self.left)
        url, status = self.document.get('url', ''), self.document.get('status', 0)
        kind = self.document.get('mimeType', '')
        if not self.address.startswith(('http:', 'https:')):
            raise Refused(502, 'the page led to an address that is neither http nor https')
        if status >= 400 or status < 200:
            raise Refused(502, f'{url} answered with status {status}')
        if kind not in ('text/html', 'application/xhtml+xml'):
            raise Refused(502, f'{url} is no HTML page but "{kind}"')
        if html is None:
            raise Refused(502, f'{url} is larger than {max_size} characters')
        return html

    # events

    def on_Page_loadEventFired(self, _):
        self.is_loaded = True

    def on_Page_frameNavigated(self, event):
        if event['frame']['id'] == self.frame:
            self.address = event['frame']['url']
            self.is_loaded = False
            self.world = None

    def on_Network_requestWillBeSent(self, event):
        if event.get('type') not in ENDLESS:
            self.open_requests.add(event['requestId'])

    def on_Network_loadingFinished(self, event):
        self.open_requests.discard(event['requestId'])

    on_Network_loadingFailed = on_Network_loadingFinished

    def on_Network_responseReceived(self, event):
        if event.get('type') == 'Document' and event.get('frameId') == self.frame:
            self.document = event['response']

    def on_Inspector_targetCrashed(self, _):
        raise Refused(502, 'the page crashed')


# -- the service

class Renderer:
    """Renders at most `pages` pages at a time and lets as many again wait four times over; restarts a browser that ended."""

    def __init__(self, options):
        self.options = options
        self.program = options.chromium or next(filter(None, map(shutil.which, PROGRAMS)), None)
        if self.program is None:
            raise FileNotFoundError('no Chromium is installed')
        self._slots = threading.BoundedSemaphore(options.pages)
        self._places = threading.BoundedSemaphore(options.pages * 5)
        self._lock = threading.Lock()
        self._browser = None

    def render(self, url):
        """(HTML, final URL); raises Refused."""
        if not self._places.acquire(blocking=False):
            raise Refused(503, 'too many pages are waiting')
        try:
            if not self._slots.acquire(timeout=self.options.seconds):
                raise Refused(503, f'no page ended within {self.options.seconds:g} s')
            try:
                return self._render(url)
            finally:
                self._slots.release()
        finally:
            self._places.release()

    def _render(self, url):
        try:
            browser = self.browser()
            with Page(browser, time.monotonic() + self.options.seconds) as page:
                page.open(url)
                page.wait_until_quiet(self.options.quiet, self.options.settle)
                return page.html(self.options.max_size), page.document['url']
        except TimeoutError:
            raise Refused(504, f'{url} took longer than {self.options.seconds:g} s') from None
        except BrowserGone:
            raise Refused(502, f'{url} could not be loaded: the browser ended') from None
        except ProtocolError as error:
            raise Refused(502, f'{url} could not be loaded: {error}') from None

    def browser(self):
        with self._lock:
            if self._browser is not None and self._browser.is_gone:
                self._browser.stop()
                self._browser = None
            if self._browser is None:
                arguments = []
                if os.geteuid() == 0:
                    arguments.append('--no-sandbox')  # Chromium's sandbox refuses to run as root
                if self.options.only:
                    hosts = ''.join(f', EXCLUDE {host}' for host in self.options.only)
                    arguments.append(f'--host-resolver-rules=MAP * ~NOTFOUND{hosts}')
                self._browser = Browser(self.program, arguments)
            return self._browser

    def stop(self):
        with self._lock:
            if self._browser is not None:
                self._browser.stop()
                self._browser = None


def checked_url(text):
    """The URL in ASCII; raises Refused unless it is one of http or https without a password."""
    try:
        parts = urllib.parse.urlsplit(text.strip())
        port = parts.port
    except ValueError:
        raise Refused(400, 'the URL is malformed') from None
    if len(text) > MAX_URL:
        raise Refused(400, f'the URL is longer than {MAX_URL} characters')
    if parts.scheme not in ('http', 'https') or not parts.hostname or port == 0:
        raise Refused(400, 'the URL must be an absolute one of http or https')
    if parts.username is not None or parts.password is not None:
        raise Refused(400, 'a URL with a user name or a password is refused')
    if any(ord(c) <= 32 or ord(c) == 127 for c in text.strip()):
        raise Refused(400, 'the URL is malformed')
    return text.strip()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    server_version = 'renderer'
    sys_version = ''
    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True

    def do_GET(self):
        self.answer(lambda: self.only_url(urllib.parse.urlsplit(self.path).query))

    def do_POST(self):
        self.answer(self.posted_url)

    def answer(self, find_url):
        try:
            self.check_host()
            if urllib.parse.urlsplit(self.path).path != '/':
                raise Refused(404, 'there is only /')
            html, final_url = self.server.renderer.render(checked_url(find_url()))
            headers = {'Content-Type': 'text/html; charset=utf-8', 'Content-Location': urllib.parse.quote(
                final_url, safe="%/:?#[]@!$&'()*+,;=~-._")}
            self.send(200, html.encode('utf-8', 'replace'), headers)
        except Refused as refused:
            self.close_connection = True  # a body may be unread
            reason = ' '.join(refused.reason.split())
            self.send(refused.status, f'{reason}\n'.encode('utf-8', 'replace'), {'Content-Type': 'text/plain; charset=utf-8'})

    def check_host(self):
        """A web page in somebody's browser can call this service under a name of its own that leads here."""
        host = urllib.parse.urlsplit(f'//{self.headers.get("Host", "")}').hostname
        if self.server.is_local and host not in ('127.0.0.1', '::1', 'localhost', self.server.server_address[0]):
            raise Refused(400, 'the host of the request is not this service')

    def only_url(self, query):
        values = urllib.parse.parse_qs(query, keep_blank_values=True, max_num_fields=100).get('url', [])
        if len(values) != 1:
            raise Refused(400, 'one url is needed')
        return values[0]

    def posted_url(self):
        length = self.headers.get('Content-Length', '')
        if not length.isdecimal() or int(length) > MAX_REQUEST:
            raise Refused(400, f'a body of at most {MAX_REQUEST} bytes and its length are needed')
        try:
            body = self.rfile.read(int(length)).decode()
        except UnicodeDecodeError:
            raise Refused(400, 'the body is not UTF-8') from None
        kind = self.headers.get_content_type()
        if kind == 'application/x-www-form-urlencoded':
            return self.only_url(body)
        if kind != 'application/json':
            raise Refused(400, 'the body must be application/json or a form')
        try:
            url = json.loads(body)['url']
        except (ValueError, KeyError, TypeError, RecursionError):
            url = None
        if not isinstance(url, str):
            raise Refused(400, 'the body must be {"url": "..."}')
        return url

    def send(self, status, body, headers):
        with contextlib.suppress(OSError):  # the client may have left
            self.send_response(status)
            for name, value in {**headers, 'Content-Length': str(len(body)), 'X-Content-Type-Options': 'nosniff'}.items():
                self.send_header(name, value)
            if status == 503:
                self.send_header('Retry-After', '5')
            if self.close_connection:
                self.send_header('Connection', 'close')
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, form, *values):
        if self.server.is_talkative:
            super().log_message(form, *values)


class Service(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, options):
        self.renderer = Renderer(options)
        self.is_talkative = options.verbose
        self.is_local = options.listen.startswith('127.')
        super().__init__((options.listen, options.port), Handler)

    def handle_error(self, *_):
        """Clients may leave."""


def main(argv):
    parser = argparse.ArgumentParser(description='Renders web pages with Chromium.')
    parser.add_argument('--listen', default='127.0.0.1', metavar='ADDRESS', help='where to listen (default: loopback only)')
    parser.add_argument('--port', type=int, default=8377, help='0 for any free one; the first line of output says which')
    parser.add_argument('--pages', type=int, default=4, help='pages at a time')
    parser.add_argument('--seconds', type=float, default=20, help='for one page, from first to last byte')
    parser.add_argument('--quiet', type=float, default=0.5, metavar='SECONDS', help='without change until a page is done')
    parser.add_argument('--settle', type=float, default=5, metavar='SECONDS', help='at most, after it has loaded')
    parser.add_argument('--max-size', type=int, default=10 << 20, metavar='CHARACTERS', help='of a page')
    parser.add_argument('--only', action='append', default=[], metavar='HOST', help='reach no other hosts; may be repeated')
    parser.add_argument('--chromium', metavar='PROGRAM')
    parser.add_argument('--verbose', action='store_true', help='tell requests')
    options = parser.parse_args(argv)
    if min(options.pages, options.seconds, options.max_size) <= 0 or min(options.quiet, options.settle) < 0:
        parser.error('numbers must be positive')
    service = Service(options)

    def stop(*_):
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    address, port = service.server_address[:2]
    print(f'http://{address}:{port}/', flush=True)
    try:
        service.serve_forever(poll_interval=0.1)
    finally:
        service.server_close()
        service.renderer.stop()


if __name__ == '__main__':
    try:
        main(sys.argv[1:])
    except OSError as error:
        sys.exit(f'renderer.py: {error}')
