"""What a person sees: three tabs in headless Chromium. The pictures are kept in build/superset/screenshots."""

import json
from urllib.parse import quote

import pytest
from answers import EXPECTED, comparable
from conftest import SCREENSHOTS
from PIL import Image
from screens import Screens
from superset_server import ADMINISTRATOR

TABS = {'Tổng quan (overview)': ('overview', ['films', 'shares', 'world', 'adaptations']),
        'Thống kê (statistics)': ('statistics', ['budgets', 'best']),
        'Xu hướng (trends)': ('trends', ['money', 'stars'])}


@pytest.fixture(scope='module')
def screens(stage):
    with Screens() as made:
        made.login(stage.superset.url, ADMINISTRATOR, stage.superset.password)
        yield made


def test_three_tabs_are_drawn_without_errors(bench, screens):
    screens.show(bench.stage.address, 4)
    for tab, (name, charts) in TABS.items():
        screens.open_tab(tab, len(charts))
        picture = Image.open(screens.screenshot(SCREENSHOTS / f'{name}.png'))
        assert screens.state['errors'] == []
        # a page with drawings on it, not an empty one
        assert len(picture.convert('RGB').getcolors(1 << 24)) > 200
    (total,) = bench.psql('SELECT count(*) FROM truth')
    screens.open_tab('Tổng quan (overview)', 4)
    assert f'{total["count"]:,}' in screens.state['text']


def queries_by_chart(bench, asked):
    """Chart's name in the bundle to the body of its query, of those that the browser posted."""
    names = {chart: name for name, chart in bench.charts().items()}
    bodies = [json.loads(body) for url, body in asked if '/chart/data' in url and body]
    return {names[body['form_data']['slice_id']]: body for body in bodies if body['form_data'].get('slice_id') in names}


def test_the_browsers_own_queries_bring_the_true_numbers(bench, screens):
    screens.queries()
    screens.show(bench.stage.address, 4)
    for tab, (_, charts) in list(TABS.items())[1:]:
        screens.open_tab(tab, len(charts))
    asked = screens.queries()
    queries = queries_by_chart(bench, asked)
    assert set(queries) == {*EXPECTED, 'adaptations'} - {'world'}
    for name in set(queries) & set(EXPECTED):
        rows, sql = bench.ask(queries[name])
        answer = bench.psql(sql)
        # Superset adds columns of its own, such as each slice's share.
        rows = [{column: row[column] for column in answer[0]} for row in rows]
        assert comparable(rows) == comparable(answer), name
        if name != 'best':  # ties are in another order there
            assert comparable(rows) == comparable(bench.psql(EXPECTED[name])), name
    # The world map still comes by Superset's older way.
    (world,) = [body for url, body in asked if 'explore_json' in url]
    mapped = {row['name']: (row['m1'], row['m2']) for row in screens.explore(world)['data'] if row.get('name')}
    for row in bench.psql(EXPECTED['world'] + ' ORDER BY count(*) DESC LIMIT 5'):
        if row['country'] is not None:
            assert mapped[row['country']] == (row['count'], row['SUM(gross)'])


def test_filters_of_the_filter_bar_reach_the_database(bench, screens):
    """The address is the one that Superset makes for a chosen filter."""
    chosen = ("(NATIVE_FILTER-country:(extraFormData:(filters:!((col:jcountry,op:IN,val:!(France,Japan)))),"
              "filterState:(value:!(France,Japan)),id:NATIVE_FILTER-country,ownState:()),"
              "NATIVE_FILTER-time:(extraFormData:(time_range:'1990-01-01 : 2000-01-01'),"
              "filterState:(value:'1990-01-01 : 2000-01-01'),id:NATIVE_FILTER-time,ownState:()))")
    screens.queries()
    screens.show(f'{bench.stage.address}?native_filters={quote(chosen)}', 4)
    screens.screenshot(SCREENSHOTS / 'overview-filtered.png')
    expected = ("SELECT count(*) FROM truth WHERE country IN ('France', 'Japan') AND year >= 1990 AND year < 2000 "
                "AND released >= '1990-01-01' AND released < '2000-01-01'")
    query = queries_by_chart(bench, screens.queries())['films']
    assert bench.ask(query)[0] == bench.psql(expected)
    assert f'\n{bench.psql(expected)[0]["count"]:,}\n' in screens.state['text']
