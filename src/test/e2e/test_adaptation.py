"""A foreign table's life through redesigns of its site: the same rows, or a loud failure; never others."""

import psycopg
import pytest

import goods
from database import wait_until
from goods import SELECT, cards_page, labelled_page, read, server_sql, swapped_page, table_page, table_sql, truth, without_makers_page

HISTORY = "SELECT id, batch, coalesce(column_name, 'rows'), option_xpath, old_xpath, new_xpath, status FROM webwrap.adaptation ORDER BY id"
LAYOUTS = [cards_page, labelled_page, swapped_page]


@pytest.fixture
def shop(db, site):
    """A table that has been read once, in the layout that it was written for."""
    site.serve(goods.pages(table_page))
    db.main.run(server_sql(site), table_sql())
    assert read(db.main) == truth()
    assert db.main.warnings() == []
    return db.main


def redesign(site, layout):
    site.serve(goods.pages(layout))


def history(session):
    return session.rows(HISTORY)


def snapshots(session):
    return session.rows('SELECT relation::text, batch, url, is_last_page, webwrap.load_body(body_hash) FROM webwrap.snapshot '
                        'ORDER BY relation, batch, url')


def first_id(session):
    return session.value('SELECT min(id) FROM webwrap.adaptation')


# -- learning

def test_a_scan_stores_pages_that_it_was_right_on(shop, site):
    kept = snapshots(shop)
    assert kept[0][:4] == ('goods', 0, f'{site.url}1', False)
    for _, _, url, is_last, body in kept:
        path = '/' + url.removeprefix(site.url)
        assert body.decode() == site.pages[path] and is_last == (path == '/3')


def test_a_second_scan_of_the_same_site_learns_nothing_new(shop):
    before = shop.rows('SELECT * FROM webwrap.snapshot ORDER BY url')
    assert read(shop) == truth()
    assert shop.rows('SELECT * FROM webwrap.snapshot ORDER BY url') == before


def test_bodies_share_their_bytes(shop):
    size, stored = shop.row('SELECT sum(size_bytes), sum(length(bytes)) FROM webwrap.body')
    assert stored < size


def test_snapshot_pages_0_keeps_none(db, site):
    redesign(site, table_page)
    db.main.run(server_sql(site), table_sql(), 'SET webwrap.snapshot_pages = 0')
    assert read(db.main) == truth()
    assert snapshots(db.main) == []


# -- a redesign

@pytest.mark.parametrize('layout', LAYOUTS)
def test_after_a_redesign_the_rows_are_the_same(shop, site, layout):
    redesign(site, layout)
    assert read(shop) == truth()
    (warning,) = shop.warnings()
    assert 'was adapted' in warning.message and 'confidence' in warning.detail
    rows = history(shop)
    assert rows and all(old != new and option == old and status == 'active' for _, _, _, option, old, new, status in rows)
    assert len({batch for _, batch, *_ in rows}) == 1
    for _, _, pattern, _, old, new, _ in rows:
        assert pattern in warning.detail.replace('row pattern', 'rows') and old in warning.detail and new in warning.detail


def test_swapped_columns_of_one_type_are_noticed(shop, site):
    redesign(site, swapped_page)
    assert read(shop) == truth()
    assert {row[2] for row in history(shop)} == {'maker', 'shop'}


def test_the_history_tells_what_was_found(shop, site):
    redesign(site, cards_page)
    read(shop)
    row = shop.row("SELECT measure <> '', similarity BETWEEN 0 AND 1, confidence BETWEEN 0.7 AND 1, old_sample, new_sample, "
                   "now() - adapted_at < '1 hour', relation::text FROM webwrap.adaptation WHERE column_name = 'name'")
    names = [name for name, *_ in truth()]
    assert row[:3] == (True, True, True) and row[3] in names and row[4] in names and row[5:] == (True, 'goods')


def test_each_statement_warns_once(shop, site):
    redesign(site, cards_page)
    read(shop)
    shop.warnings()
    for statement in (SELECT, 'SELECT * FROM goods a JOIN goods b USING (name)', f'{SELECT} UNION ALL {SELECT}'):
        shop.run(statement)
        (warning,) = shop.warnings()
        assert 'adapted XPaths' in warning.message and 'webwrap.approve' in warning.hint


def test_a_statement_that_reads_the_table_twice_adapts_once(shop, site):
    redesign(site, cards_page)
    assert shop.value('SELECT count(*) FROM goods a JOIN goods b USING (name)') == len(truth())
    assert len(shop.warnings()) == 1
    assert len({batch for _, batch, *_ in history(shop)}) == 1


def test_the_adapted_column_says_so(db, site):
    redesign(site, table_page)
    columns = f"{goods.COLUMNS}, adapted bool OPTIONS (value 'adapted')"
    db.main.run(server_sql(site), table_sql(columns=columns))
    assert db.main.value('SELECT bool_or(adapted) FROM goods') is False
    redesign(site, cards_page)
    assert db.main.value('SELECT bool_and(adapted) FROM goods') is True


def test_explain_analyze_counts_adaptations(shop, site):
    redesign(site, cards_page)
    options = 'ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF'
    assert 'Adaptations: 1' in shop.explain(SELECT, options)
    assert 'Adaptations: 0' in shop.explain(SELECT, options)


def test_another_backend_uses_what_was_learned(db, shop, site):
    redesign(site, cards_page)
    read(shop)
    before = history(shop)
    other = db.connect()
    assert read(other) == truth()
    (warning,) = other.warnings()
    assert 'adapted XPaths' in warning.message
    assert history(shop) == before


def test_it_works_in_a_read_only_transaction(shop, site):
    redesign(site, cards_page)
    shop.run('BEGIN READ ONLY')
    assert read(shop) == truth()
    shop.run('COMMIT')
    assert history(shop)


def test_it_survives_rollback(db, shop, site):
    redesign(site, cards_page)
    shop.run('BEGIN')
    assert read(shop) == truth()
    shop.run('ROLLBACK')
    assert history(shop)
    assert read(db.connect()) == truth()


def test_a_repeatable_read_transaction_sees_what_it_learned(shop, site):
    shop.run('BEGIN ISOLATION LEVEL REPEATABLE READ', 'SELECT 1 FROM webwrap.adaptation')
    redesign(site, cards_page)
    assert read(shop) == truth()
    batches = {batch for _, batch, *_ in history(shop)}
    assert batches == set()  # its own snapshot is older
    assert read(shop) == truth()
    shop.run('COMMIT')
    assert len({batch for _, batch, *_ in history(shop)}) == 1


def test_an_error_after_adaptation_keeps_it(shop, site):
    redesign(site, cards_page)
    assert shop.error('SELECT 1 / (count(*) - count(*)) FROM goods').sqlstate == '22012'
    assert history(shop)


def test_two_redesigns_in_a_row(shop, site):
    redesign(site, cards_page)
    assert read(shop) == truth()
    redesign(site, labelled_page)
    assert read(shop) == truth()
    statuses = [(batch, status) for _, batch, *_, status in history(shop)]
    last = max(batch for batch, _ in statuses)
    assert all(status == ('active' if batch == last else 'superseded') for batch, status in statuses)
    assert {batch for batch, _ in statuses} != {last}


def right_or_refused(session, expected):
    """True for the expected rows, False for a refusal; fails for anything else."""
    try:
        rows = read(session)
    except psycopg.errors.IntegrityConstraintViolation:
        return False
    assert rows == expected
    return True


@pytest.mark.parametrize('layout', LAYOUTS)
@pytest.mark.parametrize('first', [1, 10])
def test_other_content_in_the_new_layout_is_read_right_or_refused(shop, site, layout, first):
    """A site changes its goods, too: half of each page, or all but one, was there when it was last right."""
    later = goods.catalogue(first)
    site.serve(goods.pages(layout, later))
    right_or_refused(shop, sorted(later))


@pytest.mark.parametrize('layout', [labelled_page, swapped_page])
@pytest.mark.parametrize('first', [1, 10])
def test_other_content_in_a_new_layout_with_labels_is_read(shop, site, layout, first):
    later = goods.catalogue(first)
    site.serve(goods.pages(layout, later))
    assert right_or_refused(shop, sorted(later))


# -- deciding

def test_revert_restores_the_old_xpaths_and_is_not_undone(shop, site):
    redesign(site, cards_page)
    read(shop)
    count = len(history(shop))
    assert shop.value('SELECT webwrap.revert(%s)', first_id(shop)) == count
    assert {status for *_, status in history(shop)} == {'reverted'}
    error = shop.error(SELECT)
    assert error.sqlstate == '23000' and 'must not be adapted as found' in error.message_primary
    assert 'webwrap.approve' in error.message_hint
    assert len(history(shop)) == count
    redesign(site, table_page)
    shop.warnings()
    assert read(shop) == truth()
    assert shop.warnings() == []


def test_a_reverted_adaptation_can_be_approved_after_all(shop, site):
    redesign(site, cards_page)
    read(shop)
    shop.value('SELECT webwrap.revert(%s)', first_id(shop))
    shop.value('SELECT webwrap.approve(%s)', first_id(shop))
    shop.warnings()
    assert read(shop) == truth()
    assert shop.warnings() == []


def test_approve_ends_the_warning(db, shop, site):
    redesign(site, cards_page)
    read(shop)
    shop.warnings()
    assert shop.value('SELECT webwrap.approve(%s)', first_id(shop)) == len(history(shop))
    for session in (shop, db.connect()):
        assert read(session) == truth()
        assert session.warnings() == []
    assert {status for *_, status in history(shop)} == {'approved'}


def test_approve_can_write_the_options(db, shop, site):
    redesign(site, cards_page)
    read(shop)
    rows = history(shop)
    shop.value('SELECT webwrap.approve(%s, true)', rows[0][0])
    options = dict(shop.rows("SELECT attname::text, o.option_value FROM pg_attribute, pg_options_to_table(attfdwoptions) o "
                             "WHERE attrelid = 'goods'::regclass AND o.option_name = 'xpath'"))
    options['rows'] = shop.value("SELECT o.option_value FROM pg_foreign_table, pg_options_to_table(ftoptions) o "
                                 "WHERE ftrelid = 'goods'::regclass AND o.option_name = 'rows'")
    for _, _, pattern, _, _, new, _ in rows:
        assert options[pattern] == new
    session = db.connect()
    assert read(session) == truth()
    assert session.warnings() == []
    redesign(site, labelled_page)
    assert read(session) == truth()


def test_a_table_of_selectors_adapts_and_approve_replaces_them(db, site):
    columns = goods.COLUMNS
    for xpath, css in {'./td[@class="name"]/a': '.name > a', './td[2]': 'td:nth-child(2)', './td[3]': ':scope > td:nth-of-type(3)',
                       './td[@class="price"]': '#goods .price', './td[5]': 'td:last-child'}.items():
        assert f"xpath '{xpath}'" in columns
        columns = columns.replace(f"xpath '{xpath}'", f"css '{css}'")
    site.serve(goods.pages(table_page))
    db.main.run(server_sql(site), table_sql(columns=columns, rows=None, rows_css='#goods tbody > tr'))
    assert read(db.main) == truth()
    assert db.main.warnings() == []
    redesign(site, cards_page)
    assert read(db.main) == truth()
    db.main.value('SELECT webwrap.approve(%s, true)', history(db.main)[0][0])
    names = db.main.value("SELECT array_agg(DISTINCT o.option_name) FROM pg_attribute, pg_options_to_table(attfdwoptions) o "
                          "WHERE attrelid = 'goods'::regclass")
    assert 'xpath' in names and 'css' not in names
    names = db.main.value("SELECT array_agg(o.option_name) FROM pg_foreign_table, pg_options_to_table(ftoptions) o "
                          "WHERE ftrelid = 'goods'::regclass")
    assert 'rows' in names and 'rows_css' not in names
    session = db.connect()
    assert read(session) == truth()
    assert session.warnings() == []


def test_revert_and_approve_are_for_the_owner(db, shop, site):
    redesign(site, cards_page)
    read(shop)
    with db.role('reader') as reader, db.role('owner') as owner:
        shop.run(f'GRANT SELECT ON goods TO {reader}', f'ALTER FOREIGN TABLE goods OWNER TO {owner}')
        session = db.connect(reader)
        for call in ('webwrap.revert', 'webwrap.approve'):
            assert session.error(f'SELECT {call}({first_id(shop)})').sqlstate == '42501'
        assert session.rows(HISTORY) == history(shop)
        session.close()
        session = db.connect(owner)
        assert session.value('SELECT webwrap.approve(%s, true)', first_id(shop)) == len(history(shop))
        session.close()
        shop.run(f'ALTER FOREIGN TABLE goods OWNER TO {db.cluster.user}')


def test_a_changed_option_voids_its_entry(shop, site):
    redesign(site, cards_page)
    read(shop)
    shop.run("ALTER FOREIGN TABLE goods ALTER COLUMN price OPTIONS (SET xpath './/span[@class=\"card-price\"]')")
    shop.warnings()
    assert read(shop) == truth()
    (warning,) = shop.warnings()
    assert '"maker"' in warning.detail and '"price"' not in warning.detail


def test_options_changed_back_to_the_new_layout_need_no_overlay(shop, site):
    redesign(site, cards_page)
    read(shop)
    xpaths = {pattern: new for _, _, pattern, _, _, new, _ in history(shop)}
    rows = xpaths.pop('rows').replace("'", "''")
    shop.run(f"ALTER FOREIGN TABLE goods OPTIONS (SET rows '{rows}')")
    for column, xpath in xpaths.items():
        quoted = xpath.replace("'", "''")
        shop.run(f"ALTER FOREIGN TABLE goods ALTER COLUMN {column} OPTIONS (SET xpath '{quoted}')")
    shop.warnings()
    assert read(shop) == truth()
    assert shop.warnings() == []


def test_dropping_the_table_forgets_it(shop, site):
    redesign(site, cards_page)
    read(shop)
    shop.run('DROP FOREIGN TABLE goods')
    assert history(shop) == [] and snapshots(shop) == []


# -- abstaining

def assert_nothing_was_stored(session, before):
    assert history(session) == [] and snapshots(session) == before


def test_a_removed_column_fails_loudly(shop, site):
    before = snapshots(shop)
    redesign(site, without_makers_page)
    error = shop.error(SELECT)
    assert error.sqlstate == '23000'
    assert f'{site.url}1' in error.message_primary and 'could not be adapted' in error.message_primary
    assert 'column "maker": ' in error.message_detail and error.message_hint
    assert_nothing_was_stored(shop, before)


def test_another_page_fails_loudly(shop, site):
    before = snapshots(shop)
    site.serve(['<html><body><h1>Down for maintenance</h1><p>Back soon.</p></body></html>'] * 3)
    assert shop.error(SELECT).sqlstate == '23000'
    assert_nothing_was_stored(shop, before)


def test_below_the_threshold_the_candidates_are_shown(shop, site):
    before = snapshots(shop)
    shop.run('ALTER FOREIGN TABLE goods OPTIONS (ADD adapt_threshold $$1$$)')
    redesign(site, cards_page)
    error = shop.error(SELECT)
    assert error.sqlstate == '23000' and 'below the threshold' in error.message_detail
    assert 'candidate' in error.message_detail and 'adapt_threshold' in error.message_hint
    assert_nothing_was_stored(shop, before)


@pytest.mark.parametrize('where', ['server', 'table'])
def test_adapt_off_fails(shop, site, where):
    before = snapshots(shop)
    kind, name = ('SERVER', 'shop') if where == 'server' else ('FOREIGN TABLE', 'goods')
    shop.run(f"ALTER {kind} {name} OPTIONS (ADD adapt 'off')")
    redesign(site, cards_page)
    error = shop.error(SELECT)
    assert error.sqlstate == '23000' and 'adapt' in error.message_hint
    assert_nothing_was_stored(shop, before)


def test_the_old_layout_coming_back_needs_nothing(shop, site):
    """A redesign that failed leaves the table as it was."""
    redesign(site, without_makers_page)
    shop.error(SELECT)
    redesign(site, table_page)
    assert read(shop) == truth()
    assert shop.warnings() == []


@pytest.mark.parametrize('layout', [cards_page, swapped_page])
@pytest.mark.parametrize('changed', [{1}, {2}, {3}, {1, 2}, {2, 3}], ids=str)
def test_half_a_redesign_is_read_right_or_refused(shop, site, changed, layout):
    """Some pages have the new layout already, or still the old one."""
    new = goods.pages(layout)
    site.serve({**site.pages, **{f'/{number}': new[number - 1] for number in changed}})
    right_or_refused(shop, truth())


# -- constraints without any page to learn from

def first_scan_error(db, site, page=None, **table):
    redesign(site, table_page)
    if page is not None:
        site.pages['/1'] = page
    db.main.run(server_sql(site), table_sql(**table))
    error = db.main.error('SELECT * FROM goods')
    assert error.sqlstate == '23000' and site.url in error.message_primary
    assert snapshots(db.main) == []
    return error


def test_too_few_rows(db, site):
    assert 'min_rows' in first_scan_error(db, site, min_rows=21).message_detail


def test_too_many_rows(db, site):
    assert 'max_rows' in first_scan_error(db, site, max_rows=15).message_detail


def test_the_last_page_may_be_short(db, site):
    redesign(site, table_page)
    db.main.run(server_sql(site), table_sql(min_rows=20))
    assert read(db.main) == truth()


def test_not_null(db, site):
    error = first_scan_error(db, site, columns="name text OPTIONS (xpath './td[1]'), shop text OPTIONS (xpath './td[3]') NOT NULL")
    assert 'shop' in error.message_detail and 'row 5' in error.message_detail


def test_check(db, site):
    error = first_scan_error(db, site, columns=goods.COLUMNS.replace('price > 0', 'price > 10'))
    assert 'check' in error.message_detail and 'price' in error.message_detail


def test_check_that_raises(db, site):
    columns = "name text OPTIONS (xpath './td[1]') CHECK (1 / (length(name) - length(name)) > 0)"
    assert 'division by zero' in first_scan_error(db, site, columns=columns).message_detail


def test_a_table_level_check(db, site):
    error = first_scan_error(db, site, columns=goods.COLUMNS + ', CONSTRAINT old CHECK (made < $$2015-06-01$$)')
    assert 'old (check)' in error.message_detail


@pytest.mark.parametrize('kind', ['int', 'numeric', 'date', 'timestamptz', 'boolean', 'inet', 'varchar(3)', 'uuid', 'jsonb', 'point'])
def test_type(db, site, kind):
    error = first_scan_error(db, site, columns=f"name {kind} OPTIONS (xpath './td[1]')")
    assert 'name (type)' in error.message_detail


def test_pattern(db, site):
    error = first_scan_error(db, site, columns="name text OPTIONS (xpath './td[1]', pattern '^[A-K]')")
    assert 'pattern' in error.message_detail and 'Lamp' in error.message_detail


def test_occurrence(db, site):
    assert 'max_occurs' in first_scan_error(db, site, columns="name text OPTIONS (xpath './td')").message_detail


def test_no_row_of_a_bad_page_comes_out(db, site):
    """The page's constraints are checked before its first row: rows of earlier pages may, its own may not."""
    redesign(site, table_page)
    site.pages['/2'] = site.pages['/2'].replace('<td>20', '<td>not a date 20', 1)
    db.main.run(server_sql(site), table_sql(), 'BEGIN', f'DECLARE c CURSOR FOR {SELECT}')
    assert len(db.main.rows('FETCH 20 FROM c')) == 20
    assert db.main.error('FETCH 1 FROM c').sqlstate == '23000'


# -- tables of the same transaction

def test_a_table_made_in_this_transaction_is_learned_at_commit(db, site):
    redesign(site, table_page)
    db.main.run('BEGIN', server_sql(site), table_sql())
    assert read(db.main) == truth()
    assert snapshots(db.main) == []
    db.main.run('COMMIT')
    wait_until(lambda: snapshots(db.main), 'nothing was stored after commit')
    redesign(site, cards_page)
    assert read(db.main) == truth()


def test_a_table_that_was_rolled_back_leaves_nothing(db, site):
    redesign(site, table_page)
    db.main.run('BEGIN', server_sql(site), table_sql())
    assert read(db.main) == truth()
    db.main.run('ROLLBACK', server_sql(site), table_sql())
    assert read(db.main) == truth()
    wait_until(lambda: snapshots(db.main), 'nothing was stored')
    assert {relation for relation, *_ in snapshots(db.main)} == {'goods'}


def test_a_table_altered_in_this_transaction_is_learned_at_commit(shop, site):
    shop.run('BEGIN', "ALTER FOREIGN TABLE goods OPTIONS (SET min_rows '9')")
    assert read(shop) == truth()
    shop.run('COMMIT')
    redesign(site, cards_page)
    wait_until(lambda: shop.value('SELECT count(DISTINCT wrapper) FROM webwrap.snapshot') == 1, 'old pages stay')
    assert read(shop) == truth()
