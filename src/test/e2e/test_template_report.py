"""webwrap.template_report in a browser."""

import pytest


EVIL = '</div><script>window.done = 1</script><img src="http://127.0.0.1:1/x" onerror="window.done = 2">'
ITEMS = ''.join(f'<li class="good"><a href="/g/{n}"><b>name {n}</b></a> <i>costs</i> <u>{n}.50</u></li>' for n in range(12))
PAGE = f'<!DOCTYPE html><title>Shop</title><h1>Goods</h1>{EVIL}<ul>{ITEMS}</ul>'


@pytest.fixture
def shown(db, reader):
    with reader.shown(db.main.value('SELECT webwrap.template_report(%s)', PAGE)):
        yield reader


def test_it_shows_everything_as_text_and_asks_for_nothing(shown):
    assert shown.run('return window.done') is None
    assert shown.requests() == []
    assert shown.errors() == []
    assert shown.run("return document.getElementById('source').textContent") == PAGE
    assert shown.run('return document.querySelectorAll("script, img").length') == 0


def test_iterations_unfold_beside_the_source(shown):
    assert shown.run("return document.querySelector('#template summary').textContent") == 'for1, 12 turns'
    assert shown.run("return document.querySelector('#template details').open") is False
    boxes = shown.run("return ['source', 'template'].map(id => document.getElementById(id).getBoundingClientRect())"
                      '.map(box => [box.left, box.right, box.top])')
    assert boxes[0][1] <= boxes[1][0] and boxes[0][2] == boxes[1][2]


def test_data_are_tables_and_figures_are_given(shown):
    rows = shown.run("return Array.from(document.querySelectorAll('table.data tr')).map("
                     'row => Array.from(row.cells).map(cell => cell.textContent))')
    assert rows[0][:2] == ['record', 'visible'] and len(rows) == 13
    assert rows[1] == ['1', 'name 0 costs 0.50', '/g/0', 'name 0', '0.50']
    figures = dict(shown.run("return Array.from(document.querySelectorAll('#figures tr')).map("
                             'row => Array.from(row.cells).map(cell => cell.textContent))'))
    assert figures['method'] == 'optimal'
    assert float(figures['maintainability of the template']) > float(figures['maintainability of the page'])
