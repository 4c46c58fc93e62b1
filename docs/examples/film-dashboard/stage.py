"""A private PostgreSQL with pg_cron and a private Superset with a dashboard over it: what dashboard.py and ../mqtt/live.py put
their tables and charts into."""

import os
import signal
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[2]
sys.path[:0] = [str(HERE), str(REPOSITORY / 'src' / 'test' / 'servers')]
import bundle  # noqa: E402
from charts import ApiError, Client  # noqa: E402
from cluster import Cluster  # noqa: E402
from superset_server import ADMINISTRATOR, Superset  # noqa: E402

METADATA, ROLE = 'superset', 'dashboard'
VENV = REPOSITORY / 'build' / 'superset' / 'venv'


class Stage:
    """start() brings all of it up, stop() leaves nothing running. DATABASE, SLUG (of the dashboard) and BUNDLE are the
    subclass's, and so are these steps."""

    def start_source(self):
        """Starts what the tables read."""

    def stop_source(self):
        """Stops it, started or not."""

    def make_tables(self):
        """Makes tables, jobs and the role ROLE in DATABASE."""

    def __init__(self, folder, venv=VENV):
        self.folder, self.venv = Path(folder), venv
        self.folder.mkdir(parents=True, exist_ok=True)
        self.cluster = Cluster(self.folder, os.environ.get('PG_CONFIG', 'pg_config'), settings={
            'shared_preload_libraries': 'pg_cron', 'cron.database_name': self.DATABASE, 'cron.use_background_workers': 'on',
            # pg_cron's jobs and webwrap's writers share the workers; each query of a dashboard is a connection of its own.
            'max_worker_processes': '32', 'max_connections': '200', 'webwrap.allowed_networks': '127.0.0.0/8', 'jit': 'off'})
        self.superset = self.client = None

    def start(self):
        self.start_source()
        self.cluster.destroy()
        self.cluster.start()
        self.cluster.createdb(METADATA)
        self.cluster.createdb(self.DATABASE)
        self.make_tables()
        self.superset = Superset(self.folder / 'server', self.venv, self.uri(METADATA, self.cluster.user)).start()
        self.client = Client(self.superset.url).login(ADMINISTRATOR, self.superset.password)
        self.load()
        return self

    def load(self):
        """Imports the bundle, then takes the columns of physical datasets, with their comments, from the database."""
        self.client.import_bundle(bundle.pack(self.folder / 'bundle.zip', self.uri(self.DATABASE, ROLE), self.BUNDLE))
        for dataset in self.datasets().values():
            if dataset['kind'] == 'physical':
                self.client.put(f'dataset/{dataset["id"]}/refresh', None)

    def stop(self):
        if self.superset is not None:
            self.superset.stop()
        self.cluster.destroy()
        self.stop_source()

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

    def datasets(self):
        """Name to id, kind and schema."""
        return {row['table_name']: row for row in self.client.datasets()}

    def charts(self):
        """Title to chart, of the dashboard."""
        return {chart['slice_name']: chart for chart in self.client.charts(self.SLUG)}

    @property
    def address(self):
        return f'{self.superset.url}superset/dashboard/{self.SLUG}/'

    def show(self, source):
        """Starts all, says where it is (source: a line about what the tables read), and stays until interrupted."""
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            with self:
                print(f'dashboard  {self.address}\nlog in as  {ADMINISTRATOR}, password {self.superset.password}\n{source()}\n'
                      f'psql       psql -h 127.0.0.1 -p {self.cluster.port} -U {ROLE} {self.DATABASE}\nCtrl-C ends all of it.',
                      flush=True)
                signal.pause()
        except KeyboardInterrupt:
            print()
        except (ApiError, RuntimeError, TimeoutError) as error:
            sys.exit(f'{Path(sys.argv[0]).name}: {error}')
