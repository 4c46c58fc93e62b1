"""HTTP/2, with nginx: many requests over one connection, in every coding that it has."""

import gzip

import pytest

from nginx import Nginx
from process import free_port
from test_access import certificates, fetch, server  # noqa: F401 (a fixture)

PAGES = 60


@pytest.fixture
def modern(tmp_path, certificates):
    """An nginx that speaks HTTP/2 over TLS, and its URL."""
    root = tmp_path / 'root'
    root.mkdir()
    for number in range(PAGES):
        (root / f'{number}.html').write_text(f'<p>{number}</p>' + 'text of a page ' * 200)
    (root / 'packed.html').write_bytes(gzip.compress(b'<p>packed</p>'))
    port = free_port()
    pem, key = certificates.folder / 'server.crt', certificates.folder / 'server.key'
    extra = (f'listen 127.0.0.1:{port} ssl http2; ssl_certificate "{pem}"; ssl_certificate_key "{key}"; gzip on; '
             'location = /packed.html { gzip off; add_header Content-Encoding gzip; } '
             'location = /connections { stub_status; }')
    with Nginx(tmp_path / 'nginx', root, extra=extra) as nginx:
        nginx.secure_url = f'https://127.0.0.1:{port}/'
        yield nginx


def test_requests_share_a_connection_of_http2(db, modern, certificates):
    db.main.run(server('modern', base_url=modern.secure_url, ca_certificate=certificates.text('ca.crt')))
    urls = [f'{n}.html' for n in range(PAGES)]
    rows = db.main.rows("""SELECT status, html LIKE '<p>%%</p>%%' FROM webwrap.fetch_many(%s, '{"server": "modern"}')""", urls)
    assert rows == [(200, True)] * PAGES
    requests = [entry['request'] for entry in modern.requests()]
    assert requests == [request for request in requests if request.endswith('HTTP/2.0')] and len(requests) == PAGES
    accepted = fetch(db.main, 'connections', 'html', server='modern', cache='off').split('\n')[2].split()[0]
    # nginx counts our own look at it, and the test's asking for its log.
    assert int(accepted) < PAGES / 4


def test_packed_pages_of_http2_arrive_plain(db, modern, certificates):
    db.main.run(server('modern', base_url=modern.secure_url, ca_certificate=certificates.text('ca.crt')))
    assert fetch(db.main, 'packed.html', 'html', server='modern') == '<p>packed</p>'
