"""What a person sees: three tabs in headless Chromium. The pictures are kept in build/superset/screenshots."""

import json

import pytest
from conftest import SCREENSHOTS
from PIL import Image
from screens import Screens
from superset import ADMINISTRATOR

TABS = {'Tổng quan (overview)': ('overview', ['films', 'shares', 'world', 'adaptations']),
        'Thống kê (statistics)': ('statistics', ['budgets', 'best']),
        'Xu hướng (trends)': ('trends', ['money', 'stars'])}


@pytest.fixture(scope='module')
def screens(stage):
    with Screens() as made:
        made.login(stage.superset.url, ADMINISTRATOR, stage.superset.password)
        yield made


def test_three_tabs_are_drawn_without_errors(bench, screens):
    first = True
    for tab, (name, charts) in TABS.items():
        if first:
            screens.show(bench.stage.address, len(charts))
        else:
            screens.open_tab(tab, len(charts))
        first = False
        picture = Image.open(screens.screenshot(SCREENSHOTS / f'{name}.png'))
        assert screens.state['errors'] == []
        # a page with drawings on it, not an empty one
        assert len(picture.convert('RGB').getcolors(1 << 24)) > 200
    (total,) = bench.psql('SELECT count(*) FROM truth')
    screens.open_tab('Tổng quan (overview)', 4)
    assert f'{total["count"]:,}' in screens.state['text']


def test_the_browsers_own_queries_have_the_numbers_that_psql_has(bench, screens):
    screens.queries()
    screens.show(bench.stage.address, 4)
    for tab, (_, charts) in list(TABS.items())[1:]:
        screens.open_tab(tab, len(charts))
    asked = screens.queries()
    print(json.dumps(asked)[:6000])
