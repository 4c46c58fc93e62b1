"""Fixtures: one cluster and one badly behaving web server for all tests, a database and a site for each test."""

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / 'servers')]

from cluster import Cluster  # noqa: E402
from database import Database, create_template  # noqa: E402
from hostile import HostileServer  # noqa: E402
from site_server import Site  # noqa: E402

SETTINGS = {'webwrap.allowed_networks': '127.0.0.0/8', 'max_worker_processes': '16', 'autovacuum': 'off'}


@pytest.fixture(scope='session')
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp('cluster')
    for parent in [made, *made.parents][:4]:  # the server's own user has to get in
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
    with HostileServer() as server:
        yield server
