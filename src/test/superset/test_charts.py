"""docs/examples/film-dashboard/charts.py against a real Superset."""

import json
import os
import subprocess
import sys

import pytest
from answers import comparable
from conftest import REPOSITORY
from dashboard import SLUG
from superset_server import ADMINISTRATOR

SCRIPT = REPOSITORY / 'docs' / 'examples' / 'film-dashboard' / 'charts.py'


@pytest.fixture
def charts(stage):
    def run(*arguments, password=stage.superset.password, url=stage.superset.url, status=0, user=ADMINISTRATOR):
        environment = {**os.environ, **({} if password is None else {'SUPERSET_PASSWORD': password})}
        done = subprocess.run([sys.executable, SCRIPT, '--url', url, '--user', user, *map(str, arguments)], text=True,
                              capture_output=True, env=environment, stdin=subprocess.DEVNULL)
        assert done.returncode == status, done.stderr
        return done.stdout if status == 0 else done.stderr
    return run


@pytest.fixture
def dataset(stage):
    return stage.datasets()['movie']['id']


def test_dashboards_datasets_and_charts_are_listed_and_shown(bench, charts, dataset):
    ids = bench.charts()
    assert 'Công nghiệp điện ảnh (the film industry)' in charts('dashboards')
    assert f'{dataset} doan4.movie' in charts('datasets').splitlines()
    lines = charts('list', SLUG).splitlines()
    assert f'{ids["budgets"]} echarts_timeseries_bar Tổng chi phí phim (cost of films a year)' in lines
    assert len(lines) == len(ids)
    shown = json.loads(charts('show', ids['shares']))
    assert (shown['viz_type'], shown['id']) == ('pie', ids['shares'])


def test_a_chart_is_created_updated_and_deleted(bench, charts, dataset):
    before = charts('list', SLUG)
    made = int(charts('create', SLUG, 'bar_chart_test', '--dataset', dataset, '--column', 'budget', '--aggregate', 'SUM',
                      '--groupby', 'year', '--granularity', 'released', '--row-limit', 10000))
    chart = json.loads(charts('show', made))
    params = json.loads(chart['params'])
    assert chart['slice_name'] == 'bar_chart_test'
    assert [dashboard['dashboard_title'] for dashboard in chart['dashboards']] == ['Công nghiệp điện ảnh (the film industry)']
    assert params['datasource'] == f'{dataset}__table'
    assert params['metrics'] == [{'expressionType': 'SIMPLE', 'column': {'column_name': 'budget'}, 'aggregate': 'SUM',
                                  'label': 'SUM(budget)'}]
    assert (params['x_axis'], params['granularity_sqla'], params['order_desc'], params['row_limit'], params['viz_type']) == (
        'year', 'released', True, 10000, 'echarts_timeseries_bar')
    assert comparable(bench.client.chart_data(made)) == comparable(
        bench.psql('SELECT year, sum(budget) AS "SUM(budget)" FROM truth GROUP BY year'))

    charts('update', made, '--name', 'Số lượng phim', '--column', 'name', '--aggregate', 'COUNT', '--label', 'Số lượng phim')
    chart = json.loads(charts('show', made))
    assert chart['slice_name'] == 'Số lượng phim'
    assert len(chart['dashboards']) == 1
    assert json.loads(chart['params'])['granularity_sqla'] == 'released'
    assert comparable(bench.client.chart_data(made)) == comparable(
        bench.psql('SELECT year, count(name) AS "Số lượng phim" FROM truth GROUP BY year'))

    charts('update', made, '--groupby', 'genre', '--viz-type', 'table', '--row-limit', 3, '--no-order-desc')
    fewest = bench.psql('SELECT count(name) AS n FROM truth GROUP BY genre ORDER BY 1 LIMIT 3')
    assert [row['Số lượng phim'] for row in bench.client.chart_data(made)] == [row['n'] for row in fewest]

    charts('delete', made)
    assert charts('list', SLUG) == before
    assert 'charts.py: GET chart/' in charts('show', made, status=1)


def test_the_walkthrough_of_the_report(charts, dataset):
    before = charts('list', SLUG)
    told = charts('walkthrough', SLUG, '--dataset', dataset).splitlines()
    assert [line.split()[0] for line in told] == ['created', 'updated', 'deleted']
    assert 'bar_chart_test: 36 rows' in told[0]
    assert 'Số lượng phim: 36 rows' in told[1]
    assert charts('list', SLUG) == before


def test_errors_say_what_is_wrong(charts, dataset):
    assert charts('dashboards', password='wrong', status=1) == 'charts.py: POST security/login: 401 Not authorized\n'
    assert charts('list', 'no-such-dashboard', status=1).startswith('charts.py: GET dashboard/no-such-dashboard/charts: 404 ')
    assert charts('delete', 999999, status=1).startswith('charts.py: DELETE chart/999999: 404 ')
    assert 'charts.py: http://127.0.0.1:1 does not answer: ' in charts('dashboards', url='http://127.0.0.1:1', status=1)
    assert 'required: --dataset' in charts('create', SLUG, 'x', status=2)
    assert "invalid choice: 'MEDIAN'" in charts('create', SLUG, 'x', '--dataset', dataset, '--aggregate', 'MEDIAN', status=2)
    refused = charts('create', SLUG, 'x', '--dataset', 999999, status=1)
    assert refused.startswith('charts.py: POST chart/: 422 ')
