"""Headless Chromium: one that shows pages without running their scripts or loading anything else, one for pages of ours."""

import contextlib
import json
import shutil
import tempfile
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

# Sandboxed without allow-scripts: the parser's scripting flag is off, and no refresh leads away from the page.
PAGE_HEADERS = {'Content-Security-Policy': "sandbox allow-same-origin; default-src 'none'; style-src 'unsafe-inline'"}
ARGUMENTS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-dev-shm-usage',
             '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
             '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1', '--window-size=1200,900']

# The full XPath as the developer tools copy it: an index only where siblings share the name. They write plain names for
# SVG and MathML too, which select nothing in a browser: there an unprefixed name means an element of HTML. So these are
# asked for by name(), as users have to.
FULL_XPATH = r"""
function step(element) {
    const isHtml = element.namespaceURI === 'http://www.w3.org/1999/xhtml';
    const name = isHtml ? element.localName : `*[name()="${element.nodeName}"]`;
    const alike = Array.from(element.parentNode.children).filter(other => other.localName === element.localName);
    return '/' + name + (alike.length > 1 ? `[${alike.indexOf(element) + 1}]` : '');
}
function fullXPath(element) {
    let path = '';
    for (; element.nodeType === Node.ELEMENT_NODE; element = element.parentNode)
        path = step(element) + path;
    return path;
}
const all = Array.from(document.documentElement.querySelectorAll('*')).filter(
    element => /^[A-Za-z][\w.-]*$/.test(element.localName) && /^[A-Za-z][\w.:-]*$/.test(element.nodeName));
const count = Math.min(arguments[0], all.length);
const picked = Array.from({length: count}, (_, i) => all[Math.floor(i * all.length / count)]);
return picked.map(element => [fullXPath(element), element.textContent]);
"""

# SVG has links too, whose href is no string. Chromium takes a host with blanks, which the URL standard refuses.
LINKS = r"""
return Array.from(document.querySelectorAll('a, area')).map(link => {
    const target = link.getAttribute('href') ?? (link instanceof SVGElement ? link.getAttribute('xlink:href') : null);
    try {
        const url = target === null ? null : new URL(target, document.baseURI);
        return url === null || url.host.includes('%20') ? '' : url.href;
    } catch (error) {
        return '';
    }
});
"""


class Browser:
    PREFERENCES = {}

    def __init__(self):
        programs = [shutil.which(name) for name in ('chromium', 'chromedriver')]
        if None in programs:
            raise FileNotFoundError('no chromium or chromedriver: run make check-deps')
        self._profile = tempfile.mkdtemp(prefix='webwrap-browser-')
        options = Options()
        options.binary_location = programs[0]
        for argument in [*ARGUMENTS, f'--user-data-dir={self._profile}']:
            options.add_argument(argument)
        for name, value in self.PREFERENCES.items():
            options.set_capability(name, value)
        try:
            self._driver = webdriver.Chrome(service=Service(programs[1]), options=options)
        except BaseException:
            shutil.rmtree(self._profile, ignore_errors=True)
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._driver.quit()
        shutil.rmtree(self._profile, ignore_errors=True)

    def open(self, url):
        self._driver.get(url)
        assert self._driver.current_url == url

    def paths_and_texts(self, count):
        """(full XPath, textContent) of at most `count` elements, spread over the page."""
        return [tuple(pair) for pair in self._driver.execute_script(FULL_XPATH, count)]

    def visible_text(self):
        return self._driver.execute_script('return document.body.innerText')

    def links(self):
        """The http and https links in document order, without fragments."""
        urls = self._driver.execute_script(LINKS)
        return [url.partition('#')[0] for url in urls if url.startswith(('http:', 'https:'))]


class Reader(Browser):
    """Shows pages from files, with their scripts, and tells what they tried to load and what went wrong."""

    PREFERENCES = {'goog:loggingPrefs': {'browser': 'ALL', 'performance': 'ALL'}}

    @contextlib.contextmanager
    def shown(self, html, scheme='light'):
        self._driver.execute_cdp_cmd('Emulation.setEmulatedMedia', {'features': [{'name': 'prefers-color-scheme', 'value': scheme}]})
        path = Path(self._profile) / 'page.html'
        path.write_text(html, encoding='utf-8')
        for kind in ('browser', 'performance'):
            self._driver.get_log(kind)
        self.open(path.as_uri())
        yield
        self._driver.get('about:blank')

    def run(self, script):
        return self._driver.execute_script(script)

    def title(self):
        return self._driver.title

    def errors(self):
        return [entry['message'] for entry in self._driver.get_log('browser')]

    def requests(self):
        """URLs that were asked for beside the page itself."""
        events = [json.loads(entry['message'])['message'] for entry in self._driver.get_log('performance')]
        urls = [event['params']['request']['url'] for event in events if event['method'] == 'Network.requestWillBeSent']
        return [url for url in urls if not url.startswith(('file:', 'data:', 'about:'))]
