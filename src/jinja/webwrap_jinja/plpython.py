"""The server's side, inside PL/Python."""

import json

from webwrap_jinja.engine import render
from webwrap_jinja.errors import Interrupted, RenderError
from webwrap_jinja.guard import server_flag


class Host:
    """What rendering asks of the server; queries run as the caller."""

    flag = server_flag()
    reserved = frozenset()

    def __init__(self, plpy):
        self.plpy = plpy
        setting = "SELECT pg_catalog.current_setting('standard_conforming_strings') AS value"
        self.escape_strings = plpy.execute(setting)[0]['value'] == 'off'

    def check_interrupts(self):
        self.plpy.execute('SELECT 1')

    def is_reserved(self, word):
        if not Host.reserved:
            words = self.plpy.execute("SELECT word FROM pg_catalog.pg_get_keywords() WHERE catcode IN ('R', 'T')")
            Host.reserved = frozenset(row['word'] for row in words)
        return word in Host.reserved

    def quoted_name(self, name):
        return self.plpy.quote_ident(name)

    def dataset(self, number):
        plan = self.plpy.prepare('SELECT name, sql, relation::pg_catalog.text AS relation, columns, metrics '
                                 'FROM webwrap.dataset WHERE id OPERATOR(pg_catalog.=) $1', ['pg_catalog.int4'])
        for row in self.plpy.execute(plan, [number]):
            return {**row, 'metrics': json.loads(row['metrics'])}
        return None


def run(plpy, template, context, parameters):
    """The outcome of render() as JSON: sql, or sqlstate, message and hint."""
    try:
        outcome = {'sql': render(template, json.loads(context), json.loads(parameters), Host(plpy))}
    except RenderError as error:
        outcome = {'sqlstate': error.sqlstate, 'message': error.message, 'hint': error.hint or ''}
    except Interrupted as interrupted:
        outcome = {'sqlstate': getattr(interrupted.cause, 'sqlstate', None) or '57014', 'message': str(interrupted.cause), 'hint': ''}
    return json.dumps({key: text.replace('\0', '?').encode(errors='replace').decode() for key, text in outcome.items()})
