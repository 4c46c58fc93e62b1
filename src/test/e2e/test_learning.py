"""Foreign tables made from example records: the suggested statement is run, and the table reads the whole site."""

import json

import pytest

import goods
from goods import PAGES, PER_PAGE, cards_page, catalogue, labelled_page, read, server_sql, table_page, truth

GOODS = catalogue()
NAMES = ['name', 'maker', 'shop', 'price', 'made']


def example(good):
    return dict(zip(NAMES, [*good[:3], good[3] and float(good[3]), good[4].isoformat()]))


def suggest(db, html, examples):
    return db.main.value("SELECT webwrap.suggest_ddl(%s, %s, 'goods', 'shop', '{1..%s}')" % ('%s', '%s', PAGES), html,
                         json.dumps(examples))


@pytest.mark.parametrize('count', [1, 2])
@pytest.mark.parametrize('layout', [table_page, cards_page, labelled_page])
def test_the_suggested_table_reads_every_page(db, site, layout, count):
    site.serve(goods.pages(layout))
    statement = suggest(db, layout(GOODS[:PER_PAGE], 1), [example(good) for good in GOODS[:count]])
    db.main.run(server_sql(site), statement)
    assert read(db.main) == truth()


def test_a_suggested_table_survives_a_redesign(db, site):
    site.serve(goods.pages(table_page))
    db.main.run(server_sql(site), suggest(db, table_page(GOODS[:PER_PAGE], 1), [example(GOODS[0])]))
    assert read(db.main) == truth()
    site.serve(goods.pages(cards_page))
    assert read(db.main) == truth()
    assert any('was adapted' in str(warning) for warning in db.main.warnings())


def test_the_table_of_one_record_reads_the_base_url(db, site):
    page = '<html><body><h1>Lamp</h1><dl><dt>Price</dt><dd>$1,250.00</dd><dt>Made</dt><dd>2020-05-03</dd></dl></body></html>'
    site.serve({'/': page})
    statement = db.main.value('SELECT webwrap.suggest_ddl(%s, %s)', page,
                              json.dumps({'name': 'Lamp', 'price': 1250, 'made': '2020-05-03'}))
    db.main.run(server_sql(site).replace('shop', 'site', 1), statement)
    assert [str(value) for value in db.main.row('SELECT name, price, made FROM page')] == ['Lamp', '1250.00', '2020-05-03']
