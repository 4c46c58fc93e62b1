"""Fixtures: one cluster and one badly behaving web server for all tests, a database and a site for each test."""

import os
import sys
import tempfile
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / 'servers')]

from browser import Reader  # noqa: E402
from cluster import Cluster  # noqa: E402
from database import Database, create_template  # noqa: E402
from dns import DnsServer  # noqa: E402
from everywhere import Everywhere  # noqa: E402
from figures import FIGURES  # noqa: E402
from hostile import HostileServer  # noqa: E402
from namespace import Namespace, Unavailable  # noqa: E402
from site_server import Site  # noqa: E402

SETTINGS = {'webwrap.allowed_networks': '127.0.0.0/8', 'max_worker_processes': '16', 'autovacuum': 'off',
            'log_line_prefix': '%m [%p] %b %d %e '}


def pytest_terminal_summary(terminalreporter):
    for line in FIGURES.lines():
        terminalreporter.write_line(line)


@pytest.fixture(scope='session')
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp('cluster')
    for parent in [made, *made.parents][:4]:  # under root the server's own user has to get in
        if parent.stat().st_uid == os.geteuid() and parent != Path(tempfile.gettempdir()):
            parent.chmod(parent.stat().st_mode | 0o055)
    return made


@pytest.fixture(scope='session')
def cluster(folder):
    with Cluster(folder / 'shared', settings=SETTINGS) as shared:
        create_template(shared)
        yield shared
    shared.destroy()


@pytest.fixture
def db(cluster):
    database = Database.create(cluster)
    yield database
    database.drop()


@pytest.fixture
def site():
    with Site() as server:
        yield server


@pytest.fixture(scope='session')
def hostile():
    with HostileServer(seconds=2 * 3600) as server:  # longer than all tests take, on a slow machine too
        yield server


@pytest.fixture(scope='module')
def reader():
    """A browser that shows reports."""
    with Reader() as started:
        yield started


# -- a network of its own, in which every address is this machine's and names are what a test says

PROXY = 'http://127.0.0.1:3128'
PROXY_VARIABLES = {name: PROXY for lower in ('http_proxy', 'https_proxy', 'all_proxy') for name in (lower, lower.upper())}


@pytest.fixture(scope='session')
def network(folder):
    try:
        with Namespace(folder / 'network') as made:
            yield made
    except Unavailable as reason:
        if os.geuid() == 0:  # where it has to work, it not working is a failure
            raise
        pytest.skip(str(reason))


@pytest.fixture(scope='session')
def dns(network):
    with network.entered():
        server = DnsServer().__enter__()
    yield server
    server.__exit__()


@pytest.fixture(scope='session')
def everywhere(network):
    with network.entered():
        server = Everywhere(80, 8080, 8081)
    yield server
    server.close()


@pytest.fixture(scope='session')
def inner_cluster(network, dns, folder):
    """A cluster in that network with default settings: nothing is allowed but what is public. Its environment names a
    proxy, which nothing may use."""
    environment = {**PROXY_VARIABLES, 'no_proxy': '', 'NO_PROXY': ''}
    settings = {**SETTINGS, 'webwrap.allowed_networks': ''}
    with Cluster(folder / 'inner', settings=settings, prefix=network.prefix, environment=environment) as inner:
        create_template(inner)
        yield inner
    inner.destroy()
