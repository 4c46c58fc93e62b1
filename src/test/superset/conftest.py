"""Fixtures of the dashboard tests: one stage (site, PostgreSQL with pg_cron, Superset with the bundle loaded) for all."""

import json
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[2]
sys.path[:0] = [str(HERE), str(HERE.parent / 'e2e'), str(HERE.parent / 'servers'),
                str(REPOSITORY / 'docs' / 'examples' / 'film-dashboard')]

from dashboard import DATABASE, ROLE, SLUG, Stage  # noqa: E402

FOLDER = REPOSITORY / 'build' / 'superset' / 'check'
SCREENSHOTS = REPOSITORY / 'build' / 'superset' / 'screenshots'


class Bench:
    """The stage, and how the tests ask it."""

    def __init__(self, stage):
        self.stage, self.client, self.site, self.cluster = stage, stage.client, stage.site, stage.cluster

    # -- the database

    def psql(self, sql, role=ROLE):
        """Rows of a query in psql, as mappings; JSON, so that NULL, numbers and texts stay apart. As Superset does it: in
        the role that the dashboard logs in as, with the dataset's schema as the search path."""
        sql = sql.strip().rstrip(';')
        output = self.cluster.psql([f'SET ROLE {role}', "SET timezone = 'UTC'", 'SET search_path = doan4, public',
                                    f'SELECT coalesce(json_agg(row_to_json(q)), $$[]$$) FROM ({sql}\n) q'],
                                   dbname=DATABASE, args=['-At']).stdout
        return json.loads(output)

    def forget_pages(self):
        """Empties the cache that all backends share."""
        self.cluster.psql("SELECT webwrap.cache_clear('%')", dbname=DATABASE)

    # -- Superset

    def charts(self):
        """Name in the bundle to id."""
        uuids = {str(chart['uuid']): chart['id'] for chart in
                 (self.client.chart(chart['id']) for chart in self.client.charts(SLUG))}
        return {name: uuids[content['uuid']] for name, content in bundled('charts').items()}

    def context(self, chart_id):
        return json.loads(self.client.chart(chart_id)['query_context'])

    def filter_context(self, dataset):
        """What Superset asks to fill the list of a filter over a dataset's column of the same name."""
        source = {'id': self.stage.datasets()[dataset]['id'], 'type': 'table'}
        return {'datasource': source, 'result_format': 'json', 'result_type': 'full', 'queries': [
            {'columns': [dataset], 'metrics': [], 'filters': [], 'orderby': [[dataset, True]], 'row_limit': 1000}]}

    def ask(self, context):
        """(rows, SQL) of a query context."""
        result = self.client.post('chart/data', context)['result'][0]
        assert result['error'] is None
        return result['data'], result['query']


def bundled(kind):
    """Name to content of the files of one kind in the bundle."""
    import yaml
    from bundle import FOLDER as folder
    return {path.stem: yaml.safe_load(path.read_text(encoding='utf-8')) for path in sorted((folder / kind).rglob('*.yaml'))}


@pytest.fixture(scope='session')
def stage():
    with Stage(FOLDER, sys.prefix, schedule='* * * * *') as made:
        truth = made.folder / 'site-classic' / 'truth.csv'
        made.cluster.psql(['CREATE TABLE truth (LIKE doan4.movie, page int, position int)',
                           f"\\copy truth FROM '{truth}' WITH (FORMAT csv, HEADER)", f'GRANT SELECT ON truth TO {ROLE}'],
                          dbname=DATABASE)
        yield made


@pytest.fixture(scope='session')
def bench(stage):
    return Bench(stage)
