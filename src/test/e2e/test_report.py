"""webwrap.adaptation_report: the page that a person looks at, in a browser, and who may ask for it."""

import pytest

import goods
from goods import cards_page, labelled_page, read, server_sql, table_page, table_sql, truth

EVIL = ('</style></code><script>window.done = 1</script><img src="http://127.0.0.1:1/x" onerror="window.done = 2">'
        '<iframe srcdoc="<script>parent.done = 3</script>"></iframe><svg onload="window.done = 4"></svg>'
        '<a href="javascript:window.done = 5">x</a><b style="background: url(http://127.0.0.1:1/y)">y</b>')


@pytest.fixture
def shop(db, site):
    site.serve(goods.pages(table_page))
    db.main.run(server_sql(site), table_sql())
    assert read(db.main) == truth()
    return db.main


def adapt(session, site, layout=cards_page):
    site.serve(goods.pages(layout))
    assert read(session) == truth()


def id_of(session, column):
    return session.value("SELECT max(id) FROM webwrap.adaptation WHERE coalesce(column_name, 'rows') = %s", column)


def report(session, column='name'):
    return session.value('SELECT webwrap.adaptation_report(%s)', id_of(session, column))


def hostile(layout):
    """The layout with scripts of all kinds around, and in a name of which the table keeps a record."""
    def page(chunk, number):
        first = (f'{chunk[0][0]} {EVIL}', *chunk[0][1:])
        text = layout([first, *chunk[1:]], number)
        return text.replace('<h1>', f'{EVIL}<h1 class="{goods.escape(EVIL).replace(chr(34), "&quot;")}">')
    return page


def test_the_browser_tells_what_a_live_page_does(reader):
    with reader.shown(f'<!DOCTYPE html><title>x</title><p>{EVIL}'):
        assert reader.run('return window.done') is not None
        assert {url[-2:] for url in reader.requests()} == {'/x', '/y'}
        assert reader.errors() != []


# -- what it shows

def test_it_opens_without_errors_and_asks_for_nothing(shop, site, reader):
    adapt(shop, site)
    asked = len(site.requests)
    with reader.shown(report(shop)):
        assert reader.errors() == []
        assert reader.requests() == []
        assert 'Adaptation' in reader.title()
    assert len(site.requests) == asked


def test_corresponding_nodes_have_one_colour(shop, site, reader):
    adapt(shop, site)
    with reader.shown(report(shop)):
        sides = reader.run('''return ['old', 'new'].map(side => Object.fromEntries(
            Array.from(document.querySelectorAll(`[id^="${side}-"].pair`), line => [line.id.slice(4), getComputedStyle(line).backgroundColor])))''')
    old, new = sides
    assert old == new and len(old) > 20
    assert len(set(old.values())) > 15 and 'rgba(0, 0, 0, 0)' not in old.values()


def test_what_was_selected_is_linked_to_its_counterpart(shop, site, reader):
    adapt(shop, site)
    with reader.shown(report(shop)):
        texts = reader.run('''return Array.from(document.querySelectorAll('[id^="old-"].target'), line => {
            const partner = document.querySelector(line.querySelector('a').getAttribute('href'));
            return [line.nextElementSibling.querySelector('.text').textContent, partner.nextElementSibling.querySelector('.text').textContent,
                    partner.classList.contains('target')]; })''')
    names = {name for name, *_ in truth()}
    assert len(texts) >= 5
    assert all(old == new and old in names and is_target for old, new, is_target in texts)


@pytest.mark.parametrize('column', ['name', 'price', 'rows'])
def test_values_and_evidence(shop, site, reader, column):
    adapt(shop, site)
    new_xpath, confidence = shop.row('SELECT new_xpath, confidence FROM webwrap.adaptation WHERE id = %s', id_of(shop, column))
    with reader.shown(report(shop, column)):
        text = reader.visible_text()
        rows = reader.run('''return Array.from(document.querySelectorAll('#values tbody tr'), row => Array.from(row.cells, cell => cell.textContent))''')
        others = reader.run("return Array.from(document.querySelectorAll('.candidate:not([open]) > summary code'), e => e.textContent)")
        features = reader.run('''return Array.from(document.querySelectorAll('.candidate[open] table:first-of-type tbody tr'), row => row.cells[0].textContent)''')
    assert new_xpath in text and f'{confidence:.3f}' in text and 'public.goods' in text and 'active' in text and site.url in text
    columns = {row[1] for row in rows}
    assert columns == ({'name', 'maker', 'shop', 'price', 'made'} if column == 'rows' else {column})
    assert all(before == after and verdict == 'same' for _, _, before, after, verdict in rows)
    by_name = {name: price for name, _, _, price, _ in truth()}
    if column == 'name':
        assert rows and {row[2] for row in rows} <= set(by_name)
    assert len(features) > 5 and 'Not chosen' in text
    assert others and all(xpath.startswith('/') and xpath != new_xpath for xpath in others)


@pytest.mark.parametrize('scheme', ['light', 'dark'])
def test_text_has_contrast(shop, site, reader, scheme):
    adapt(shop, site)
    with reader.shown(report(shop), scheme):
        worst = reader.run('''
            const light = text => { const [r, g, b] = text.match(/[\\d.]+/g).slice(0, 3).map(c => c / 255).map(
                c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
            const ratio = line => { const [a, b] = [light(getComputedStyle(line).color), light(getComputedStyle(line).backgroundColor)];
                return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05); };
            return [ratio(document.body), ...Array.from(document.querySelectorAll('.pair'), ratio)].reduce((x, y) => Math.min(x, y));''')
        background = reader.run('return getComputedStyle(document.body).backgroundColor')
    assert worst >= 4.5
    assert background == {'light': 'rgb(255, 255, 255)', 'dark': 'rgb(22, 22, 26)'}[scheme]


def test_it_can_be_used_by_keyboard_and_screen_reader(shop, site, reader):
    adapt(shop, site)
    with reader.shown(report(shop)):
        assert reader.run('return document.documentElement.lang') == 'en'
        assert reader.run('''return Array.from(document.querySelectorAll('.tree a')).every(a => a.ariaLabel && document.querySelector(a.getAttribute('href')))''')
        assert reader.run('''return Array.from(document.querySelectorAll('.box')).every(box => box.tabIndex === 0)''')
        assert reader.run('''const ids = Array.from(document.querySelectorAll('[id]'), e => e.id); return ids.length === new Set(ids).size''')


def test_a_hostile_site_does_nothing(db, site, reader):
    site.serve(goods.pages(hostile(table_page)))
    db.main.run(server_sql(site), table_sql())
    before = read(db.main)
    site.serve(goods.pages(hostile(cards_page)))
    assert read(db.main) == before
    for column in ('name', 'rows'):
        html = report(db.main, column)
        with reader.shown(html):
            assert reader.errors() == [] and reader.requests() == []
            assert reader.run('return window.done') is None
            assert reader.run('return document.querySelectorAll("script, img, iframe, svg, object, embed, form, base, style").length') == 1
            assert 'window.done = 1' in reader.visible_text()
        # Nor would it without the policy that it gives itself.
        with reader.shown(html.replace('Content-Security-Policy', 'x')):
            assert reader.errors() == [] and reader.requests() == []
            assert reader.run('return window.done') is None


# -- for whom, and as long as what

def test_it_follows_the_history(shop, site, reader):
    adapt(shop, site)
    identity = id_of(shop, 'name')
    for call, status in (('approve', 'approved'), ('revert', 'reverted')):
        shop.value(f'SELECT webwrap.{call}(%s)', identity)
        assert f'<td>{status}</td>' in report(shop)


def test_each_batch_keeps_its_own_pages(shop, site):
    adapt(shop, site)
    first = report(shop)
    adapt(shop, site, labelled_page)
    second = report(shop)
    assert 'td class=' in first and 'h3' in first and '&lt;dl' not in first
    assert 'td class=' not in second.split('New page</h3>')[0].split('Old page</h3>')[1] and '&lt;h2' in second


def test_without_the_pages_there_is_no_report(shop, site):
    adapt(shop, site)
    identity, batch = shop.row("SELECT id, batch FROM webwrap.adaptation WHERE column_name = 'name'")
    shop.run(f'DELETE FROM webwrap.snapshot WHERE batch < {batch}')
    error = shop.error('SELECT webwrap.adaptation_report(%s)', identity)
    assert error.sqlstate == '22023' and 'before adaptation' in error.message_primary and 'approved' in error.message_hint


def test_without_refresh_the_new_page_is_not_kept(db, site):
    site.serve(goods.pages(table_page))
    db.main.run(server_sql(site), table_sql(adapt_refresh='off'))
    assert read(db.main) == truth()
    adapt(db.main, site)
    error = db.main.error('SELECT webwrap.adaptation_report(%s)', id_of(db.main, 'name'))
    assert error.sqlstate == '22023' and 'made on is not kept' in error.message_primary and 'adapt_refresh' in error.message_hint


def test_it_is_for_those_who_may_read_the_table(db, shop, site):
    adapt(shop, site)
    identity = id_of(shop, 'name')
    with db.role('stranger') as stranger, db.role('buyer') as buyer:
        session = db.connect(stranger)
        error = session.error(f'SELECT webwrap.adaptation_report({identity})')
        assert error.sqlstate == '22023' and error.message_primary == f'there is no adaptation {identity}'
        session.close()
        shop.run(f'GRANT SELECT ON goods TO {buyer}')
        session = db.connect(buyer)
        assert session.value('SELECT webwrap.adaptation_report(%s)', identity) == report(shop)
        assert session.error('SELECT * FROM webwrap.snapshot').sqlstate == '42501'
        session.close()
