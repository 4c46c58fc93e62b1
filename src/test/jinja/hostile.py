"""Hostile values in every way that templates use values: what comes out is read by the server as the data it is, or refused."""

import json

import psycopg

from templates import HOSTILE, WAYS_BARE, WAYS_LISTS, WAYS_LITERAL

# Ways that change the value: that it comes out as one literal is enough. For the others the literal has to be the value.
SAME = ["'{{ x }}'", "E'{{ x }}'", "{{ \"'\" + x + \"'\" }}", "{{ x|literal }}", "'{{ '%s' % x }}'", "'{{ '{}'.format(x) }}'",
        "{% macro m(v) %}'{{ v }}'{% endmacro %}{{ m(x) }}", "{% set s %}'{{ x }}'{% endset %}{{ s }}",
        "'{% for c in x %}{{ c }}{% endfor %}'", "'{{ x|list|join }}'"]
# As a number may stand bare, what a value like -1 gives is one.
NUMBER = r'^\s*(SELECT\s+)?-?[0-9.]+\s*$'


def check_hostile(connection):
    """(number of renderings, what is wrong)."""
    tried, failures = 0, []
    for value in HOSTILE:
        context = json.dumps({'x': value})
        for way in WAYS_LITERAL:
            tried += 1
            outcome = _one_literal(connection, way, context)
            if outcome is not None and (outcome[0] is None or way in SAME and outcome[0] != value):
                failures.append((way, value, outcome))
        for way in WAYS_BARE:
            tried += 1
            sql = _rendered(connection, way, context)
            if sql is not None and not connection.execute('SELECT %s ~ %s', (sql, NUMBER)).fetchone()[0]:
                failures.append((way, value, sql))
        for way in WAYS_LISTS:
            tried += 1
            sql = _rendered(connection, way, context)
            if sql is not None and not _is_array_of(connection, sql, value):
                failures.append((way, value, sql))
    return tried, failures


def _is_array_of(connection, sql, value):
    """Whether the server reads an array of text with nothing but the value, a part of it, or the author's own a."""
    try:
        items = connection.execute(f'SELECT item FROM unnest(ARRAY{sql}::text[]) AS item').fetchall()
    except psycopg.Error:
        return False
    return all(item == 'a' or item in value for (item,) in items)


def _rendered(connection, way, context):
    """None where it is refused for what it is."""
    try:
        return connection.execute('SELECT webwrap.render(%s, %s)', (way, context)).fetchone()[0]
    except psycopg.Error as error:
        if error.sqlstate not in ('22023', '42501'):
            raise
        return None


def _one_literal(connection, way, context):
    """What the server reads, which must be one row of text: (text or None, SQL); None where the template is refused."""
    sql = _rendered(connection, way, context)
    if sql is None:
        return None
    try:
        if 'where_in' in way or ", '\")" in way:
            rows = connection.execute(f'SELECT ARRAY[{sql.strip("()")}]::text[]').fetchall()
            values = rows[0][0]
            return (values[0] if len(rows) == 1 and len(set(values)) == 1 else None), sql
        rows = connection.execute(f'SELECT {sql}').fetchall()
    except psycopg.Error as error:
        return None, f'{sql}: {error}'
    return (rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 and isinstance(rows[0][0], str) else None), sql
