"""What a template can use: the context's variables, and the macros and filters that Superset has."""

from datetime import datetime

from jinja2 import Undefined

from webwrap_jinja.errors import BAD_VALUE, UNDEFINED_OBJECT, RenderError
from webwrap_jinja.timerange import NO_FILTER, since_until
from webwrap_jinja.tracked import (FRAGMENT, NAME, PARAMETER, TRUSTED, VALUE, Tracked, build, kind_within, marked, plain,
                                   text_of)

# Defined even where the context does not give them.
VARIABLES = ('columns', 'filter', 'from_dttm', 'groupby', 'metrics', 'row_limit', 'row_offset', 'table_columns', 'time_column',
             'time_grain', 'to_dttm')
_NAMES = ('columns', 'groupby', 'metrics', 'table_columns', 'time_column')
# Of the context, but no variables.
_INPUT = ('_filters', 'adhoc_filters', 'time_range', 'url_params', 'user', 'column_types', 'datasource_id', 'now')
_WITHOUT_VALUE = ('IS NULL', 'IS NOT NULL')
_TIMESTAMPS = ('TIMESTAMP', 'DATETIME')


class TimeFilter:
    def __init__(self, from_expr, to_expr, time_range):
        self.from_expr, self.to_expr, self.time_range = from_expr, to_expr, time_range


def tracked(value, kind):
    """A value of JSON with all its strings marked."""
    if isinstance(value, str):
        return marked(value, kind)
    if isinstance(value, dict):
        return {marked(key, kind): tracked(item, kind) for key, item in value.items()}
    if isinstance(value, list):
        return [tracked(item, kind) for item in value]
    return value


def _as_object(value, what):
    if not isinstance(value, dict):
        raise RenderError(BAD_VALUE, f'{what} must be a JSON object')
    return value


class Macros:
    """The macros over one context. host gives datasets; render renders the SQL of a metric or dataset."""

    def __init__(self, context, parameters, host, render):
        self.host, self.render = host, render
        self.input = {}
        self.variables = dict.fromkeys(VARIABLES)
        for given, kind in ((_as_object(parameters, 'parameters'), PARAMETER), (_as_object(context, 'context'), VALUE)):
            for key, value in given.items():
                of = NAME if key in _NAMES and kind == VALUE else kind
                (self.input if key in _INPUT else self.variables)[key] = tracked(value, of)
        self.now = self._now()
        self.filters = self._read_filters()
        if self.variables['filter'] is None and self.filters:
            self.variables['filter'] = [dict(one) for one in self.filters]
        self._read_times({'from_dttm', 'to_dttm'} & {*context, *parameters})

    def callables(self):
        names = ('cache_key_wrapper', 'current_user_email', 'current_user_id', 'current_user_rls_rules', 'current_user_roles',
                 'current_username', 'dataset', 'filter_values', 'get_filters', 'get_guest_user_attribute', 'get_time_filter',
                 'metric', 'url_param')
        return {name: getattr(self, name) for name in names}

    # -- reading the context

    def _now(self):
        given = self.input.get('now')
        return datetime.now() if given is None else _iso(given, 'now')

    def _read_filters(self):
        found = []
        for one in self.input.get('_filters') or []:
            one = {plain(key): value for key, value in _as_object(one, 'an element of _filters').items()}
            found.append({'op': one.get('op', 'IN' if isinstance(one.get('val'), list) else '=='), 'col': one.get('col'),
                          'val': one.get('val')})
        for one in self.input.get('adhoc_filters') or []:
            one = {plain(key): value for key, value in _as_object(one, 'an element of adhoc_filters').items()}
            if one.get('expressionType') == 'SIMPLE' and one.get('clause', 'WHERE') == 'WHERE':
                found.append({'op': one.get('operator'), 'col': one.get('subject'), 'val': one.get('comparator')})
        for one in found:
            if one['op'] == 'TEMPORAL_RANGE' and self.input.get('time_range'):
                one['val'] = self.input['time_range']  # that of the dashboard goes before a chart's own
        return found

    def _read_times(self, given):
        if not given and self.input.get('time_range'):
            ends = since_until(plain(self.input['time_range']), self.now)
            for name, end in zip(('from_dttm', 'to_dttm'), ends):
                self.variables[name] = None if end is None else marked(end.isoformat(), VALUE)

    # -- filters

    def filter_values(self, column, default=None, remove_filter=False):
        values = []
        for one in self.get_filters(column, remove_filter):
            if isinstance(one['val'], list):
                values.extend(one['val'])
            elif one['val']:
                values.append(one['val'])
        return [default] if not values and default else values

    def get_filters(self, column, remove_filter=False):
        found = []
        for one in self.filters:
            # An operator comes from outside, too, but only this short list of words can be one.
            op = None if not one['op'] else marked(plain(one['op']).upper(), VALUE)
            if one['col'] != column or not (one['val'] or op in _WITHOUT_VALUE):
                continue
            value = one['val']
            if op in ('IN', 'NOT IN') and not isinstance(value, list):
                value = [value]
            found.append({'op': _known_operator(op), 'col': column, 'val': value})
        return found

    # -- time

    def get_time_filter(self, column=None, default=None, target_type=None, strftime=None, remove_filter=False):
        time_range = self.input.get('time_range')
        if column:
            for one in self.filters:
                if one['op'] == 'TEMPORAL_RANGE' and one['col'] == column:
                    time_range = one['val']
                    target_type = target_type or (self.input.get('column_types') or {}).get(column)
                    break
        time_range = time_range or NO_FILTER
        if time_range == NO_FILTER and default:
            time_range = default
        since, until = since_until(plain(time_range), self.now)
        return TimeFilter(*(_moment_as_sql(end, target_type, strftime) for end in (since, until)), time_range)

    # -- who and what asks

    def url_param(self, param, default=None, add_to_cache_keys=True, escape_result=True):
        value = (self.input.get('url_params') or {}).get(param)
        return default if value is None else value

    def _user(self, key):
        return (self.input.get('user') or {}).get(key) or None

    def current_user_id(self, add_to_cache_keys=True):
        return self._user('id')

    def current_username(self, add_to_cache_keys=True):
        return self._user('username')

    def current_user_email(self, add_to_cache_keys=True):
        return self._user('email')

    def current_user_roles(self, add_to_cache_keys=True):
        return sorted(self._user('roles') or []) or None

    def current_user_rls_rules(self):
        return sorted(self._user('rls_rules') or []) or None

    def get_guest_user_attribute(self, name, default=None):
        value = (self._user('attributes') or {}).get(name)
        return default if value is None else value

    def cache_key_wrapper(self, key):
        return key

    # -- datasets

    def _dataset(self, number):
        if isinstance(number, str):
            number = int(number) if plain(number).isdigit() else None
        found = None if number is None else self.host.dataset(number)
        if found is None:
            raise RenderError(UNDEFINED_OBJECT, f'dataset {number} does not exist', 'Insert it into webwrap.dataset.')
        return found

    def metric(self, key, dataset_id=None):
        dataset_id = dataset_id or self.input.get('datasource_id')
        if not dataset_id:
            raise RenderError(UNDEFINED_OBJECT, f'metric {plain(key)} needs the number of its dataset',
                              'Give it as the second argument, or datasource_id in the context.')
        dataset = self._dataset(dataset_id)
        if key not in dataset['metrics']:
            raise RenderError(UNDEFINED_OBJECT, f'dataset {dataset["name"]} has no metric {plain(key)}')
        return self.render(dataset['metrics'][plain(key)])

    def dataset(self, dataset_id, include_metrics=False, columns=None):
        dataset = self._dataset(dataset_id)
        listed = [one if one in dataset['columns'] else None for one in columns] if columns else dataset['columns']
        if None in listed:
            raise RenderError(UNDEFINED_OBJECT, f'dataset {dataset["name"]} does not have all of these columns')
        listed = [self.host.quoted_name(plain(one)) for one in listed]
        parts = [f'{one} AS {one}' for one in listed]
        rendered = []
        if include_metrics:
            for name, expression in dataset['metrics'].items():
                rendered += [', ', self.render(expression), f' AS {self.host.quoted_name(name)}']
        source = [self.render(dataset['sql'])] if dataset['sql'] else [dataset['relation']]
        source = ['(', *source, '\n) AS virtual_table'] if dataset['sql'] else source
        group = [' GROUP BY ', ', '.join(listed)] if include_metrics else []
        pieces = ['(\nSELECT ', ', '.join(parts), *rendered, ' \nFROM ', *source, *group, f'\n) AS dataset_{int(dataset_id)}']
        return build(piece for part in pieces for piece in _pieces(part))


def _pieces(text):
    return text.pieces if isinstance(text, Tracked) else ((TRUSTED, plain(text)),)


OPERATORS = ('==', '!=', '>', '<', '>=', '<=', 'LIKE', 'NOT LIKE', 'ILIKE', 'NOT ILIKE', 'IS NULL', 'IS NOT NULL', 'IN', 'NOT IN',
             'IS TRUE', 'IS FALSE', 'TEMPORAL_RANGE', '=', '<>')


def _known_operator(op):
    """The author's to print when it is one of Superset's operators."""
    return plain(op) if op in OPERATORS else op


def _iso(value, what):
    try:
        return datetime.fromisoformat(plain(value))
    except (TypeError, ValueError):
        raise RenderError(BAD_VALUE, f'{what} is no ISO timestamp') from None


def _moment_as_sql(moment, target_type, strftime):
    if moment is None:
        return None
    if strftime:
        return marked(moment.strftime(plain(strftime)), kind_within(strftime) or TRUSTED)
    kind = plain(target_type or '').upper()
    if kind == 'DATE':
        return build([(FRAGMENT, f"TO_DATE('{moment.date().isoformat()}', 'YYYY-MM-DD')")])
    if kind.startswith(_TIMESTAMPS):
        shown = moment.isoformat(sep=' ', timespec='microseconds')
        return build([(FRAGMENT, f"TO_TIMESTAMP('{shown}', 'YYYY-MM-DD HH24:MI:SS.US')")])
    return None


# -- filters

def literal(value, escape_strings=False):
    """One value as an SQL constant."""
    if isinstance(value, Undefined):
        str(value)  # raises what it is to say
    if value is None:
        return build([(FRAGMENT, 'NULL')])
    if isinstance(value, bool):
        return build([(FRAGMENT, 'true' if value else 'false')])
    if isinstance(value, (int, float)):
        text = str(value)
        return build([(FRAGMENT, text if text.lstrip('-')[:1].isdigit() else f"'{text}'::float8")])
    if isinstance(value, datetime):
        value = str(value)
    if not isinstance(value, str):
        raise RenderError(BAD_VALUE, f'a {type(value).__name__} is no SQL constant', 'Use the filter where_in for a list.')
    text = plain(value)
    if escape_strings:
        text = text.replace('\\', '\\\\')
    return build([(FRAGMENT, "'" + text.replace("'", "''") + "'")])


def where_in(values, mark=None, default_to_none=False, escape_strings=False):
    """The values as a list for IN."""
    if values is None:
        raise RenderError(BAD_VALUE, 'where_in needs a list, not None')
    texts = ', '.join(plain(literal(value, escape_strings)) for value in values)
    if not texts and default_to_none:
        return None
    note = '\n-- WARNING: the `mark` parameter was removed from the `where_in` macro for security reasons\n' if mark else ''
    return build([(FRAGMENT, f'({texts})'), (TRUSTED, note)])


def to_datetime(value, format='%Y-%m-%d %H:%M:%S'):
    if not value:
        return None
    return datetime.strptime(plain(text_of(value)).strip('\'"'), plain(format))


def identifier_filter(host):
    def identifier(value):
        """A name, or a list of them, quoted where it needs to be."""
        if isinstance(value, (list, tuple)):
            return [identifier(one) for one in value]
        if not isinstance(value, str) or not value:
            raise RenderError(BAD_VALUE, 'identifier needs a name or a list of names')
        return build([(FRAGMENT, host.quoted_name(plain(value)))])
    return identifier

