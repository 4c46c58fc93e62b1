"""The renderer without a server."""

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / 'jinja')]

from webwrap_jinja.engine import render  # noqa: E402
from webwrap_jinja.errors import RenderError  # noqa: E402


class Never:
    def is_set(self):
        return False


class Host:
    """As plpython.Host, with an answer for everything."""

    flag = Never()
    escape_strings = False
    datasets = {1: {'name': 'film', 'sql': None, 'relation': 'film', 'columns': ['a', 'b'],
                    'metrics': {'n': 'COUNT(*)', 'of': "SUM({{ columns[0] }})", 'self': "{{ metric('self', 1) }}"}},
                2: {'name': 'virtual', 'sql': "SELECT a FROM t WHERE b = '{{ url_param('b') }}'", 'relation': None,
                    'columns': ['a'], 'metrics': {}}}

    def check_interrupts(self):
        raise AssertionError('nothing to check')

    def is_reserved(self, word):
        return word in ('select', 'null', 'current_user', 'true')

    def quoted_name(self, name):
        plain = name.isidentifier() and name.islower() and not self.is_reserved(name)
        return name if plain else '"' + name.replace('"', '""') + '"'

    def dataset(self, number):
        return self.datasets.get(number)


@pytest.fixture
def sql():
    """The SQL of a template, or the SQLSTATE of its error."""
    def run(template, context=None, parameters=None, host=None):
        try:
            return render(template, context or {}, parameters or {}, host or Host())
        except RenderError as error:
            return error.sqlstate
    return run
