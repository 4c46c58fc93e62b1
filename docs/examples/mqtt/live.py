#!/usr/bin/env python3
"""The live feed in a real Superset:  live.py

Starts the feed, a private PostgreSQL whose pg_cron polls it every minute, and a private Superset with a dashboard of the words;
prints where it is, and stays until interrupted. Everything runs on loopback and lies in build/mqtt/live. `make superset-feed`
runs it in Superset's own virtual environment.
"""

import os
import signal
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[2]
sys.path[:0] = [str(HERE), str(HERE.parent / 'film-dashboard'), str(REPOSITORY / 'src' / 'test' / 'servers')]
import bundle  # noqa: E402
from charts import ApiError, Client  # noqa: E402
from cluster import Cluster  # noqa: E402
from feed import Feed  # noqa: E402
from superset_server import ADMINISTRATOR, Superset  # noqa: E402

BUILD = REPOSITORY / 'build'
DATABASE, METADATA, ROLE = 'mqtt', 'superset', 'dashboard'
SLUG = 'feed'
SETTINGS = {
    'shared_preload_libraries': 'pg_cron', 'cron.database_name': DATABASE, 'cron.use_background_workers': 'on',
    'max_worker_processes': '32', 'max_connections': '200', 'webwrap.allowed_networks': '127.0.0.0/8', 'jit': 'off'}
READER = (f'CREATE ROLE {ROLE} LOGIN', f'ALTER ROLE {ROLE} SET default_transaction_read_only = on',
          f"ALTER ROLE {ROLE} SET timezone = 'UTC'", f'GRANT SELECT ON word_minute, word_total, entry TO {ROLE}')


class Stage:
    """Feed, database and Superset. start() brings all of it up, stop() leaves nothing running."""

    def __init__(self, folder=BUILD / 'mqtt' / 'live', venv=BUILD / 'superset' / 'venv', every=1.0):
        self.folder, self.venv, self.every = Path(folder), venv, every
        self.folder.mkdir(parents=True, exist_ok=True)
        self.feed = Feed()
        self.cluster = Cluster(self.folder, os.environ.get('PG_CONFIG', 'pg_config'), settings=SETTINGS)
        self.superset = self.client = None

    def start(self):
        self.feed.start(self.every)
        self.cluster.destroy()
        self.cluster.start()
        self.cluster.createdb(METADATA)
        self.cluster.createdb(DATABASE)
        self.cluster.psql(file=HERE / 'feed.sql', dbname=DATABASE, variables={'base_url': self.feed.url})
        self.cluster.psql(READER, dbname=DATABASE)
        self.superset = Superset(self.folder / 'server', self.venv, self.uri(METADATA, self.cluster.user)).start()
        self.client = Client(self.superset.url).login(ADMINISTRATOR, self.superset.password)
        self.client.import_bundle(bundle.pack(self.folder / 'feed.zip', self.uri(DATABASE, ROLE), HERE / 'bundle'))
        return self

    def stop(self):
        if self.superset is not None:
            self.superset.stop()
        self.cluster.destroy()
        self.feed.stop()

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_):
        self.stop()

    def uri(self, database, user):
        return f'postgresql+psycopg2://{user}@127.0.0.1:{self.cluster.port}/{database}'

    def charts(self):
        """Title to id, of the dashboard."""
        return {chart['slice_name']: chart['id'] for chart in self.client.charts(SLUG)}

    @property
    def address(self):
        return f'{self.superset.url}superset/dashboard/{SLUG}/'


def main(argv):
    if argv:
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with Stage() as stage:
            print(f'dashboard  {stage.address}\nlog in as  {ADMINISTRATOR}, password {stage.superset.password}\n'
                  f'the feed   {stage.feed.url}feed.ndjson\n'
                  f'psql       psql -h 127.0.0.1 -p {stage.cluster.port} -U {ROLE} {DATABASE}\n'
                  'Ctrl-C ends all of it.', flush=True)
            signal.pause()
    except KeyboardInterrupt:
        print()
    except (ApiError, RuntimeError, TimeoutError) as error:
        sys.exit(f'live.py: {error}')


if __name__ == '__main__':
    main(sys.argv[1:])
