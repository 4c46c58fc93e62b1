"""The dashboard of docs/examples/film-dashboard in a real Superset: its numbers, its filters, its requests."""

import copy
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from answers import EXPECTED, comparable
from conftest import bundled
from database import wait_until

VALUE_FILTERS = ('jcountry', 'jcompany', 'jgroupby')


def narrowed(context, countries=(), companies=(), time_range=None, groupby=()):
    """A chart's query under the dashboard's filters."""
    context = copy.deepcopy(context)
    for query in context['queries']:
        for column, values in (('jcountry', countries), ('jcompany', companies), ('jgroupby', groupby)):
            if values:
                query['filters'].append({'col': column, 'op': 'IN', 'val': list(values)})
        if time_range is not None:
            for one in query['filters']:
                if one['op'] == 'TEMPORAL_RANGE':
                    one['val'] = time_range
            query['time_range'] = time_range
    return context


def test_the_bundle_has_the_charts_and_tabs_of_the_report(bench):
    types = Counter(chart['viz_type'] for chart in bundled('charts').values())
    assert types == {'big_number_total': 1, 'world_map': 1, 'pie': 1, 'echarts_timeseries_bar': 1, 'word_cloud': 1,
                     'table': 2, 'echarts_timeseries_line': 1}
    position = bundled('dashboards')['films']['position']
    assert [part['meta']['text'] for part in position.values() if isinstance(part, dict) and part['type'] == 'TAB'] == [
        'Tổng quan (overview)', 'Thống kê (statistics)', 'Xu hướng (trends)']
    assert set(bench.charts()) == {*EXPECTED, 'adaptations'}


@pytest.mark.parametrize('name', EXPECTED)
def test_a_chart_shows_what_psql_shows_and_what_is_true(bench, name):
    chart = bench.charts()[name]
    rows = bench.client.chart_data(chart)
    assert rows == bench.ask(bench.context(chart))[0]
    _, sql = bench.ask(bench.context(chart))
    assert len(rows) > 0
    assert comparable(rows) == comparable(bench.psql(sql))
    assert comparable(rows) == comparable(bench.psql(EXPECTED[name]))


FILTERS = {
    'country': ({'countries': ['France', 'Japan']}, "country IN ('France', 'Japan')"),
    'quoted country': ({'countries': ["Côte d'Ivoire"]}, "country = 'Côte d''Ivoire'"),
    'company': ({'companies': ['Miramare']}, "company = 'Miramare'"),
    'country or company': ({'countries': ['Canada'], 'companies': ['Miramare', 'Stonegate']},
                           "(country = 'Canada' OR company IN ('Miramare', 'Stonegate'))"),
    'time': ({'time_range': '1990-01-01 : 1995-01-01'},
             "year >= 1990 AND year < 1995 AND released >= '1990-01-01' AND released < '1995-01-01'"),
    'all': ({'countries': ['France'], 'companies': ['Stonegate'], 'time_range': '2000-01-01 : 2010-01-01'},
            "(country = 'France' OR company = 'Stonegate') AND year >= 2000 AND year < 2010 "
            "AND released >= '2000-01-01' AND released < '2010-01-01'"),
}


@pytest.mark.parametrize('name', ['films', 'world', 'shares', 'budgets', 'best'])
@pytest.mark.parametrize('chosen', FILTERS)
def test_filters_work_through_the_templates(bench, name, chosen):
    arguments, condition = FILTERS[chosen]
    context = bench.context(bench.charts()[name])
    everything, _ = bench.ask(context)
    rows, sql = bench.ask(narrowed(context, **arguments))
    expected = EXPECTED[name].replace('FROM truth', f'FROM (SELECT * FROM truth WHERE {condition}) AS truth')
    assert comparable(rows) == comparable(bench.psql(expected))
    assert comparable(rows) == comparable(bench.psql(sql))
    assert comparable(rows) != comparable(everything)
    assert '{{' not in sql and '{%' not in sql


@pytest.mark.parametrize('columns', [['country'], ['company'], ['genre', 'rating']])
def test_the_column_to_group_by_is_a_filter(bench, columns):
    context = bench.context(bench.charts()['shares'])
    rows, _ = bench.ask(narrowed(context, groupby=columns))
    dimension = "concat_ws(' / ', {})".format(', '.join(columns))
    expected = bench.psql(f'SELECT {dimension} AS dimension, count(*) FROM truth GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 100')
    assert comparable(rows) == comparable(expected)


def test_what_is_no_column_does_not_reach_the_query(bench):
    context = bench.context(bench.charts()['shares'])
    rows, sql = bench.ask(narrowed(context, groupby=['pg_sleep(9))', 'year']))
    assert rows == bench.ask(context)[0]
    assert 'pg_sleep' not in sql


def plainly_narrowed(context, countries=(), companies=(), time_range=None):
    """The same question with Superset's own filters on the table itself. They are joined by AND, so that two of them of which
    one is enough are a condition in SQL."""
    context = narrowed(context, time_range=time_range)
    chosen = [(column, list(values)) for column, values in (('country', countries), ('company', companies)) if values]
    for query in context['queries']:
        if len(chosen) == 2:
            texts = [f"{column} IN ({', '.join(repr(value) for value in values)})" for column, values in chosen]
            query['extras'] = {**query.get('extras', {}), 'where': f'({" OR ".join(texts)})'}
        elif chosen:
            ((column, values),) = chosen
            query['filters'].append({'col': column, 'op': 'IN', 'val': values})
        else:
            query['filters'].append({'col': 'country', 'op': 'IS NOT NULL'})
        if time_range is not None:
            begin, end = (int(day[:4]) for day in time_range.split(' : '))
            query['filters'] += [{'col': 'year', 'op': '>=', 'val': begin}, {'col': 'year', 'op': '<', 'val': end}]
    return context


@pytest.mark.parametrize('chosen', ['nothing', *(name for name in FILTERS if name != 'quoted country')])
def test_the_reports_own_template_gives_the_same_numbers(bench, chosen):
    """As plain filters and as the truth, where it is right: it loses films without a country, and breaks at quotes."""
    datasets = bench.stage.datasets()
    context = bench.context(bench.charts()['budgets'])
    arguments, condition = FILTERS.get(chosen, ({}, 'true'))
    asked = narrowed(context, **arguments)
    asked['datasource']['id'] = datasets['movie_report']['id']
    rows, sql = bench.ask(asked)
    if not arguments.keys() & {'countries', 'companies'}:
        condition += ' AND country IS NOT NULL'
    expected = EXPECTED['budgets'].replace('FROM truth', f'FROM (SELECT * FROM truth WHERE {condition}) AS truth')
    assert len(rows) > 0
    assert comparable(rows) == comparable(bench.psql(expected)), sql
    plain = plainly_narrowed(context, **arguments)
    plain['datasource']['id'] = datasets['movie']['id']
    plain_rows, plain_sql = bench.ask(plain)
    assert comparable(rows) == comparable(plain_rows), plain_sql


@pytest.mark.parametrize('name', ['movie_filtered', 'movie_grouped'])
def test_the_templates_can_be_saved_from_the_editor(bench, name):
    """It runs a template without a dashboard around it."""
    database = bench.client.get('database/')['result'][0]['id']
    sql = bundled('datasets')[name]['sql']
    made = bench.client.post('dataset/', {'database': database, 'schema': 'doan4', 'table_name': 'saved', 'sql': sql})
    bench.client.request('DELETE', f'dataset/{made["id"]}')


def test_a_refresh_from_cold_backends_asks_for_each_page_once(bench):
    """All charts and all lists of values at the same time, each on a backend of its own, with an empty cache."""
    contexts = [bench.context(chart) for chart in bench.charts().values()]
    contexts += [bench.filter_context(dataset) for dataset in VALUE_FILTERS]
    bench.forget_pages()
    seen = bench.site.request_count()
    with ThreadPoolExecutor(len(contexts)) as pool:
        answers = list(pool.map(bench.ask, contexts))
    uris = Counter(request['uri'] for request in bench.site.requests()[seen:])
    pages = {uri: count for uri, count in uris.items() if uri != '/robots.txt'}
    assert pages == {f'/films/{page}.html': 1 for page in range(1, 163)}
    assert uris['/robots.txt'] <= 1
    assert len(answers) == 11
    # and a second refresh within the lifetime of the pages asks for nothing
    seen = bench.site.request_count()
    with ThreadPoolExecutor(len(contexts)) as pool:
        assert list(pool.map(bench.ask, contexts)) == answers
    assert bench.site.request_count() == seen


def test_pg_cron_keeps_the_materialized_views_new(bench):
    rows = 'SELECT min(refreshed_at) AS at FROM {}'
    before = {view: bench.psql(rows.format(view))[0]['at'] for view in ('movie_year', 'movie_star')}

    def is_new():
        return all(bench.psql(rows.format(view))[0]['at'] > at for view, at in before.items())
    wait_until(is_new, 'pg_cron refreshed nothing', 150)  # it works once a minute
    runs = bench.psql('SELECT command, status FROM cron.job_run_details WHERE status IN ($$succeeded$$, $$failed$$)', bench.cluster.user)
    assert len(runs) >= 2
    assert {run['status'] for run in runs} == {'succeeded'}
