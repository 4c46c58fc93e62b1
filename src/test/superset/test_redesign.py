"""The site gets a new design between two refreshes of the dashboard."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from answers import EXPECTED, comparable
from charts import ApiError
from conftest import SCREENSHOTS
from database import wait_until
from screens import Screens
from superset_server import ADMINISTRATOR

LAYOUT = 'cards'  # nothing of the first design is left in it


def refresh(bench):
    """Data of all charts, asked for at once."""
    charts = bench.charts()
    with ThreadPoolExecutor(len(charts)) as pool:
        return dict(zip(charts, pool.map(bench.client.chart_data, charts.values())))


def test_a_redesign_between_two_refreshes_changes_no_number_and_is_shown(bench):
    before = refresh(bench)
    assert before.pop('adaptations') == []
    wait_until(lambda: bench.psql("SELECT FROM webwrap.snapshot WHERE relation = 'doan4.movie'::regclass", bench.cluster.user),
               'no page was kept')
    bench.site.set_root(bench.stage.make_site(LAYOUT))
    bench.forget_pages()
    after = refresh(bench)
    after.pop('adaptations')
    assert {name: comparable(rows) for name, rows in after.items()} == {name: comparable(rows) for name, rows in before.items()}
    for name, sql in EXPECTED.items():
        assert comparable(after[name]) == comparable(bench.psql(sql)), name

    chart = bench.charts()['adaptations']
    wait_until(lambda: bench.client.chart_data(chart), 'no adaptation is shown')
    shown = bench.client.chart_data(chart)
    assert {row['relation'] for row in shown} == {'movie'}
    assert '//article' in next(row['new_xpath'] for row in shown if row['column_name'] == '(rows)')
    names = [row['column_name'] for row in shown if row['status'] == 'active']
    assert len(names) == len(set(names)) == 16  # rows and 15 columns, once, though seven charts met the new pages at once
    assert min(row['confidence'] for row in shown if row['status'] == 'active') >= .8

    # The materialized views read the new design, too.
    at = 'SELECT min(refreshed_at) AS at FROM movie_year'
    read_before = bench.psql(at)[0]['at']
    wait_until(lambda: bench.psql(at)[0]['at'] > read_before, 'pg_cron refreshed nothing', 150)
    assert comparable(refresh(bench)['money']) == comparable(bench.psql(EXPECTED['money']))
    failed = bench.psql("SELECT return_message FROM cron.job_run_details WHERE status = 'failed'", bench.cluster.user)
    assert failed == []


def test_a_design_that_lost_data_is_an_error_in_the_chart_and_no_wrong_number(bench):
    chart = bench.charts()['budgets']
    before = bench.client.chart_data(chart)
    served = (bench.site.folder / 'root').resolve()
    bench.site.set_root(bench.stage.make_site('lossy'))
    bench.forget_pages()
    try:
        with pytest.raises(ApiError) as refused:
            bench.client.chart_data(chart)
        assert 'films/1.html' in str(refused.value)
    finally:
        bench.site.set_root(served)
        bench.forget_pages()
    assert bench.client.chart_data(chart) == before


def test_the_adaptation_is_on_the_screen(bench):
    with Screens(height=1400) as screens:
        screens.login(bench.stage.superset.url, ADMINISTRATOR, bench.stage.superset.password)
        screens.show(bench.stage.address, 4)
        screens.screenshot(SCREENSHOTS / 'overview-after-redesign.png')
        assert screens.state['errors'] == []
        assert '//article' in screens.state['text']
        (total,) = bench.psql('SELECT count(*) FROM truth')
        assert f'{total["count"]:,}' in screens.state['text']
