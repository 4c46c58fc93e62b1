#!/usr/bin/env python3
"""The film dashboard in a real Superset:  dashboard.py [--seed N]

Makes the film site, a private PostgreSQL with pg_cron and a private Superset, loads the dashboard, prints where it is, and
stays until interrupted. Everything runs on loopback and lies in build/superset. `make superset` runs it in Superset's own
virtual environment.
"""

import argparse
import os
import signal
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[2]
sys.path[:0] = [str(HERE), str(HERE.parent / 'film'), str(REPOSITORY / 'src' / 'test' / 'servers')]
import bundle  # noqa: E402
from charts import ApiError, Client  # noqa: E402
from cluster import Cluster  # noqa: E402
from generate import find_layout, generate  # noqa: E402
from nginx import Nginx  # noqa: E402
from superset_server import ADMINISTRATOR, Superset  # noqa: E402

BUILD = REPOSITORY / 'build' / 'superset'
DATABASE, METADATA, ROLE = 'films', 'superset', 'dashboard'
SLUG = 'films'
SETTINGS = {
    'shared_preload_libraries': 'pg_cron', 'cron.database_name': DATABASE, 'cron.use_background_workers': 'on',
    # pg_cron's jobs and webwrap's writers share the workers; each query of a dashboard is a connection of its own.
    'max_worker_processes': '32', 'max_connections': '200', 'webwrap.allowed_networks': '127.0.0.0/8', 'jit': 'off'}


class Stage:
    """Site, database and Superset. start() brings all of it up, stop() leaves nothing running."""

    def __init__(self, folder=BUILD, venv=BUILD / 'venv', seed='1', schedule='*/5 * * * *', layout='classic', settings=None):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.seed, self.schedule, self.layout = seed, schedule, layout
        self.cluster = Cluster(self.folder, os.environ.get('PG_CONFIG', 'pg_config'), settings={**SETTINGS, **(settings or {})})
        self.site = self.superset = self.client = None
        self.venv = venv

    def start(self):
        site = self.make_site(self.layout)
        self.site = Nginx(self.folder / 'nginx', site).start()
        self.cluster.destroy()
        self.cluster.start()
        self.cluster.createdb(METADATA)
        self.cluster.createdb(DATABASE)
        self.cluster.psql(file=HERE / 'films.sql', dbname=DATABASE,
                          variables={'base_url': self.site.url, 'schedule': self.schedule})
        self.superset = Superset(self.folder / 'server', self.venv, self.uri(METADATA, self.cluster.user)).start()
        self.client = Client(self.superset.url).login(ADMINISTRATOR, self.superset.password)
        self.load()
        return self

    def stop(self):
        for server in (self.superset, self.site):
            if server is not None:
                server.stop()
        self.cluster.destroy()

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_):
        self.stop()

    def make_site(self, layout):
        """Writes the site in a layout and returns its folder, whose truth.csv says what there is to read."""
        folder = self.folder / f'site-{Path(layout).name}'
        generate(self.seed, find_layout(layout), folder)
        return folder

    def uri(self, database, user):
        return f'postgresql+psycopg2://{user}@127.0.0.1:{self.cluster.port}/{database}'

    def load(self):
        """Imports the bundle, then takes the columns of physical datasets, with their comments, from the database."""
        self.client.import_bundle(bundle.pack(self.folder / 'films.zip', self.uri(DATABASE, ROLE)))
        for dataset in self.datasets().values():
            if dataset['kind'] == 'physical':
                self.client.put(f'dataset/{dataset["id"]}/refresh', None)

    def datasets(self):
        """Name to id, kind and schema."""
        return {row['table_name']: row for row in self.client.datasets()}

    def charts(self):
        """Title to chart, of the dashboard."""
        return {chart['slice_name']: chart for chart in self.client.charts(SLUG)}

    @property
    def address(self):
        return f'{self.superset.url}superset/dashboard/{SLUG}/'


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--seed', default='1', help='of the catalogue')
    options = parser.parse_args(argv)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    stage = Stage(seed=options.seed or '1')
    try:
        stage.start()
        print(f'dashboard  {stage.address}\nlog in as  {ADMINISTRATOR}, password {stage.superset.password}\n'
              f'the site   {stage.site.url}films/1.html\n'
              f'psql       psql -h 127.0.0.1 -p {stage.cluster.port} -U {ROLE} {DATABASE}\nCtrl-C ends all of it.', flush=True)
        signal.pause()
    except KeyboardInterrupt:
        print()
    except (ApiError, RuntimeError, TimeoutError) as error:
        sys.exit(f'dashboard.py: {error}')
    finally:
        stage.stop()


if __name__ == '__main__':
    main(sys.argv[1:])
