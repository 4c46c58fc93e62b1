#!/usr/bin/env python3
"""Reads and changes the charts of a Superset over its REST API.

    charts.py [--url URL] [--user NAME] COMMAND ...      the password is in SUPERSET_PASSWORD, or asked for

    dashboards                                  ids and titles
    datasets                                    ids and names
    list DASHBOARD                              charts of a dashboard (id or slug)
    show CHART                                  everything about a chart, as JSON
    create DASHBOARD NAME --dataset ID ...      a chart of one metric; prints its id
    update CHART ...                            changes what is given, keeps the rest
    delete CHART
    walkthrough DASHBOARD --dataset ID          what the report does: SUM(budget) a year, then COUNT(name), then deleted

Needs nothing but Python. Exit status: 0, 1 when Superset refuses or does not answer, 2 for wrong arguments.
"""

import argparse
import getpass
import json
import os
import sys
import urllib.error
import urllib.request
import uuid

AGGREGATES = ('SUM', 'COUNT', 'COUNT_DISTINCT', 'MIN', 'MAX', 'AVG')
BAR = 'echarts_timeseries_bar'  # what became of dist_bar
TIMEOUT_S = 300


class ApiError(Exception):
    """What Superset said, or why it could not be asked. status is None when there was no answer."""

    def __init__(self, message, status=None):
        super().__init__(message)
        self.status = status


class Client:
    """Speaks to one Superset, after login() as one user."""

    def __init__(self, url):
        self.url = url.rstrip('/')
        self._token = None

    def login(self, user, password):
        answer = self.post('security/login', {'username': user, 'password': password, 'provider': 'db'})
        if 'access_token' not in answer:
            raise ApiError(f'{self.url} gave no token; is it a Superset?')
        self._token = answer['access_token']
        return self

    def dashboards(self):
        return self.get('dashboard/?q=(page_size:100)')['result']

    def datasets(self):
        return self.get('dataset/?q=(page_size:100)')['result']

    def dashboard(self, id_or_slug):
        return self.get(f'dashboard/{id_or_slug}')['result']

    def charts(self, id_or_slug):
        return self.get(f'dashboard/{id_or_slug}/charts')['result']

    def chart(self, chart_id):
        return self.get(f'chart/{chart_id}')['result']

    def create_chart(self, chart):
        return self.post('chart/', chart)['id']

    def update_chart(self, chart_id, changes):
        return self.put(f'chart/{chart_id}', changes)

    def delete_chart(self, chart_id):
        return self.request('DELETE', f'chart/{chart_id}')

    def chart_data(self, chart_id):
        """Rows of the query that is stored with a chart."""
        return self.get(f'chart/{chart_id}/data/')['result'][0]['data']

    def import_bundle(self, path):
        """Loads a ZIP of databases, datasets, charts and dashboards in place of those with the same uuids."""
        boundary = uuid.uuid4().hex
        body = (f'--{boundary}\r\nContent-Disposition: form-data; name="bundle"; filename="bundle.zip"\r\n'
                'Content-Type: application/zip\r\n\r\n').encode() + path.read_bytes() + f'\r\n--{boundary}--\r\n'.encode()
        self.request('POST', 'assets/import/', body, f'multipart/form-data; boundary={boundary}')

    # -- requests

    def get(self, path):
        return self.request('GET', path)

    def post(self, path, body):
        return self.request('POST', path, body)

    def put(self, path, body):
        return self.request('PUT', path, body)

    def request(self, method, path, body=None, content_type='application/json', api='/api/v1/'):
        """Returns the parsed answer; raises ApiError for any status but 2xx."""
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(f'{self.url}{api}{path}', data=data, method=method)
        request.add_header('Accept', 'application/json')
        if data is not None:
            request.add_header('Content-Type', content_type)
        if self._token is not None:
            request.add_header('Authorization', f'Bearer {self._token}')
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:
                text = response.read()
        except urllib.error.HTTPError as error:
            raise ApiError(f'{method} {path}: {error.code} {_reason(error.read())}', error.code) from error
        except (urllib.error.URLError, OSError) as error:
            raise ApiError(f'{self.url} does not answer: {getattr(error, "reason", error)}') from error
        try:
            return json.loads(text)
        except ValueError as error:
            raise ApiError(f'{method} {path}: the answer is no JSON; is {self.url} a Superset?') from error


def _reason(text):
    """The message in an answer that reports an error, in whichever of Superset's forms it comes."""
    try:
        answer = json.loads(text)
    except ValueError:
        return text.decode(errors='replace')[:300].strip()
    if not isinstance(answer, dict):
        return str(answer)
    errors = answer.get('errors')
    if errors:
        return '; '.join(error.get('message', str(error)) for error in errors)
    message = answer.get('message', answer)
    return message if isinstance(message, str) else json.dumps(message, ensure_ascii=False)


# -- charts

def metric(column, aggregate, label=None):
    return {'expressionType': 'SIMPLE', 'column': {'column_name': column}, 'aggregate': aggregate,
            'label': label or f'{aggregate}({column})'}


def chart_definition(dashboards, datasource_id, slice_name, metrics, groupby, granularity=None, order_desc=True,
                     row_limit=10000, viz_type=BAR, limit_metric=None, datasource_type='table'):
    """The body that creates a chart, or updates it to be that one."""
    time_filter = [] if granularity is None else [
        {'clause': 'WHERE', 'expressionType': 'SIMPLE', 'subject': granularity, 'operator': 'TEMPORAL_RANGE',
         'comparator': 'No filter'}]
    params = {'viz_type': viz_type, 'datasource': f'{datasource_id}__{datasource_type}', 'metrics': metrics,
              'granularity_sqla': granularity, 'adhoc_filters': time_filter, 'order_desc': order_desc, 'row_limit': row_limit,
              'timeseries_limit_metric': limit_metric}
    if viz_type.startswith('echarts_timeseries'):
        # Its axis is the first column, its series are of the others.
        params.update(x_axis=groupby[0], groupby=groupby[1:], x_axis_force_categorical=True)
    else:
        params['groupby'] = groupby
    query = {'columns': groupby, 'metrics': metrics, 'row_limit': row_limit, 'order_desc': order_desc,
             'orderby': [[metrics[0], not order_desc]],
             'filters': [{'col': granularity, 'op': 'TEMPORAL_RANGE', 'val': 'No filter'}] if granularity else []}
    context = {'datasource': {'id': datasource_id, 'type': datasource_type}, 'queries': [query],
               'result_format': 'json', 'result_type': 'full'}
    return {'dashboards': dashboards, 'datasource_id': datasource_id, 'datasource_type': datasource_type,
            'slice_name': slice_name, 'viz_type': viz_type, 'params': json.dumps(params),
            'query_context': json.dumps(context)}


def definition_of(client, chart_id):
    """Arguments of chart_definition for an existing chart of one query."""
    chart = client.chart(chart_id)
    params, context = json.loads(chart['params'] or '{}'), json.loads(chart['query_context'] or '{}')
    if not context.get('queries'):
        raise ApiError(f'chart {chart_id} has no query stored; open and save it in Superset first')
    query, source = context['queries'][0], context['datasource']
    return {'dashboards': [dashboard['id'] for dashboard in chart['dashboards']], 'datasource_id': source['id'],
            'datasource_type': source['type'], 'slice_name': chart['slice_name'], 'metrics': query['metrics'],
            'groupby': query['columns'], 'granularity': params.get('granularity_sqla'),
            'order_desc': params.get('order_desc', True), 'row_limit': params.get('row_limit', 10000),
            'viz_type': chart['viz_type'], 'limit_metric': params.get('timeseries_limit_metric')}


# -- commands

def show_dashboards(client, _):
    for dashboard in client.dashboards():
        print(dashboard['id'], dashboard['dashboard_title'])


def show_datasets(client, _):
    for dataset in client.datasets():
        print(dataset['id'], f'{dataset["schema"]}.{dataset["table_name"]}')


def list_charts(client, options):
    for chart in client.charts(options.dashboard):
        print(chart['id'], chart['form_data'].get('viz_type'), chart['slice_name'])


def show_chart(client, options):
    print(json.dumps(client.chart(options.chart), indent=2, ensure_ascii=False))


def create(client, options):
    dashboard = client.dashboard(options.dashboard)['id']
    given = metric(options.column or 'budget', options.aggregate or 'SUM', options.label)
    print(client.create_chart(chart_definition(
        [dashboard], options.dataset, options.name, [given], options.groupby or ['year'], options.granularity,
        options.order_desc is not False, options.row_limit or 10000, options.viz_type or BAR)))


def update(client, options):
    definition = definition_of(client, options.chart)
    old = definition['metrics'][0] if definition['metrics'] else None
    if options.column or options.aggregate or options.label:
        old = old if isinstance(old, dict) else {'column': {'column_name': None}, 'aggregate': None}
        column = options.column or old.get('column', {}).get('column_name')
        aggregate = options.aggregate or old.get('aggregate')
        if column is None or aggregate is None:
            raise ApiError(f'the metric of chart {options.chart} is a saved one; give --column and --aggregate')
        definition['metrics'] = [metric(column, aggregate, options.label)]
    for name in ('groupby', 'granularity', 'order_desc', 'row_limit', 'viz_type'):
        if getattr(options, name) is not None:
            definition[name] = getattr(options, name)
    if options.name is not None:
        definition['slice_name'] = options.name
    client.update_chart(options.chart, chart_definition(**definition))


def delete(client, options):
    client.delete_chart(options.chart)


def walkthrough(client, options):
    dashboard = client.dashboard(options.dashboard)['id']
    common = {'dashboards': [dashboard], 'datasource_id': options.dataset, 'groupby': ['year'], 'granularity': 'released',
              'limit_metric': metric('year', 'MAX')}
    chart = client.create_chart(chart_definition(slice_name='bar_chart_test', metrics=[metric('budget', 'SUM')], **common))
    _report('created', client, chart)
    client.update_chart(chart, chart_definition(slice_name='Số lượng phim',
                                                metrics=[metric('name', 'COUNT', 'Số lượng phim')], **common))
    _report('updated', client, chart)
    client.delete_chart(chart)
    print(f'deleted {chart}')


def _report(what, client, chart_id):
    rows = client.chart_data(chart_id)
    print(f'{what} {chart_id} {client.chart(chart_id)["slice_name"]}: {len(rows)} rows, first {rows[0] if rows else None}')


def _arguments(argv):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--url', default=os.environ.get('SUPERSET_URL', 'http://127.0.0.1:8088'))
    parser.add_argument('--user', default='admin')
    commands = parser.add_subparsers(dest='command', required=True, metavar='COMMAND')

    def command(name, function, *positional):
        made = commands.add_parser(name)
        made.set_defaults(run=function)
        for argument, kind in positional:
            made.add_argument(argument, type=kind)
        return made

    command('dashboards', show_dashboards)
    command('datasets', show_datasets)
    command('list', list_charts, ('dashboard', str))
    command('show', show_chart, ('chart', int))
    command('delete', delete, ('chart', int))
    creating = command('create', create, ('dashboard', str), ('name', str))
    updating = command('update', update, ('chart', int))
    updating.add_argument('--name', help='of the chart')
    walking = command('walkthrough', walkthrough, ('dashboard', str))
    for made in (creating, walking):
        made.add_argument('--dataset', type=int, required=True, help='id of the dataset')
    for made in (creating, updating):
        made.add_argument('--column', help='that the metric is of')
        made.add_argument('--aggregate', choices=AGGREGATES)
        made.add_argument('--label', help='of the metric')
        made.add_argument('--groupby', nargs='+', metavar='COLUMN')
        made.add_argument('--granularity', metavar='COLUMN', help='the time column')
        made.add_argument('--order-desc', action=argparse.BooleanOptionalAction)
        made.add_argument('--row-limit', type=int)
        made.add_argument('--viz-type')
    return parser.parse_args(argv)


def main(argv):
    options = _arguments(argv)
    password = os.environ.get('SUPERSET_PASSWORD')
    if password is None:
        if not sys.stdin.isatty():
            sys.exit('charts.py: no password: set SUPERSET_PASSWORD')
        password = getpass.getpass(f'Password of {options.user}: ')
    try:
        options.run(Client(options.url).login(options.user, password), options)
    except ApiError as error:
        sys.exit(f'charts.py: {error}')


if __name__ == '__main__':
    main(sys.argv[1:])
