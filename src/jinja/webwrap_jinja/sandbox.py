"""Jinja2's sandbox, narrower, over tracked strings.

Attributes and calls are allowed by type and name, not refused by them: what is not listed here is not there. Filters that are
not known to keep track give strings that are from outside as a whole when one of their arguments is.
"""

import datetime as clock
import functools
import types
from collections.abc import Iterator

from jinja2 import StrictUndefined, Undefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.filters import FILTERS, _GroupTuple
from jinja2.runtime import BlockReference, LoopContext, Macro, TemplateReference
from jinja2.sandbox import SandboxedEnvironment, SecurityError
from jinja2.utils import Cycler, Joiner, Namespace

from webwrap_jinja import macros, text
from webwrap_jinja.errors import LIMIT, NOT_SUPPORTED, RenderError
from webwrap_jinja.tracked import (Tracked, check_items, check_size, concat, kind_within, mark_within, marked, plain,
                                   text_of)

MAX_BITS = 20_000
# Attributes by type; for the types without a list, all that do not begin with an underscore.
_ATTRIBUTES = {
    dict: {'clear', 'copy', 'get', 'items', 'keys', 'pop', 'popitem', 'setdefault', 'update', 'values'},
    list: {'append', 'clear', 'copy', 'count', 'extend', 'index', 'insert', 'pop', 'remove', 'reverse', 'sort'},
    _GroupTuple: {'grouper', 'list', 'count', 'index'},
    tuple: {'count', 'index'},
    set: {'add', 'clear', 'copy', 'difference', 'discard', 'intersection', 'isdisjoint', 'issubset', 'issuperset', 'pop', 'remove',
          'symmetric_difference', 'union', 'update'},
    range: {'count', 'index', 'start', 'step', 'stop'},
    bool: set(),
    int: {'bit_length', 'conjugate', 'denominator', 'imag', 'numerator', 'real'},
    float: {'conjugate', 'imag', 'is_integer', 'real'},
    LoopContext: {'changed', 'cycle', 'depth', 'depth0', 'first', 'index', 'index0', 'last', 'length', 'nextitem', 'previtem',
                  'revindex', 'revindex0'},
    Macro: {'arguments', 'caller', 'catch_kwargs', 'catch_varargs', 'name'},
    BlockReference: {'super'},
    Cycler: {'current', 'next', 'reset'},
    macros.TimeFilter: {'from_expr', 'time_range', 'to_expr'},
    Namespace: None,
    clock.datetime: None,
    clock.date: None,
    clock.time: None,
    clock.timedelta: None,
}
_TIMES = (clock.date, clock.time, clock.timedelta)
_ITEMS = (dict, list, tuple, range, TemplateReference)
_CALLABLE = (text.Method, Macro, BlockReference, LoopContext, Joiner)
# They give elements or numbers, or call filters and attributes of this environment.
_TRANSPARENT = {'abs', 'batch', 'count', 'd', 'default', 'dictsort', 'first', 'float', 'groupby', 'int', 'items', 'last', 'length',
                'list', 'map', 'max', 'min', 'random', 'reject', 'rejectattr', 'reverse', 'round', 'select', 'selectattr', 'slice',
                'sort', 'sum', 'unique'}
_WIDTHS = ('center', 'indent', 'wordwrap', 'truncate')


class _Generator(CodeGenerator):
    """Has what is put out and concatenated go through the environment; nothing but template text is constant."""

    def _output_child_to_const(self, node, frame, finalize):
        if not isinstance(node, nodes.TemplateData):
            raise nodes.Impossible()
        return super()._output_child_to_const(node, frame, finalize)

    def _output_child_pre(self, node, frame, finalize):
        self.write('environment.put_out(')

    def _output_child_post(self, node, frame, finalize):
        self.write(')')

    def visit_Concat(self, node, frame: Frame):
        self.write('environment.joined((')
        for part in node.nodes:
            self.visit(part, frame)
            self.write(', ')
        self.write('))')


class Environment(SandboxedEnvironment):
    code_generator_class = _Generator
    intercepted_binops = frozenset(SandboxedEnvironment.default_binop_table)

    def __init__(self, host, escape_strings=False):
        super().__init__(undefined=StrictUndefined, optimized=False, cache_size=0)
        self.globals['range'] = _range
        self.globals['lipsum'] = functools.wraps(self.globals['lipsum'])(_lipsum)
        self._functions = set(map(id, self.globals.values()))
        self.filters = {name: self._filter(name, function) for name, function in FILTERS.items()}
        self.filters.update(
            capitalize=_text_filter(str.capitalize), lower=_text_filter(str.lower), upper=_text_filter(str.upper),
            title=_title, string=text_of, trim=_trim, replace=_replace, join=_join(self), format=_format,
            center=lambda value, width=80: text.METHODS['center'](_checked(text_of(value)), width),
            attr=lambda value, name: self.getattr(value, name),
            where_in=functools.partial(macros.where_in, escape_strings=escape_strings), to_datetime=macros.to_datetime,
            literal=functools.partial(macros.literal, escape_strings=escape_strings),
            identifier=macros.identifier_filter(host))

    def allow(self, functions):
        self._functions.update(map(id, functions))

    # -- what generated code calls

    def put_out(self, value):
        made = text_of(value)
        # A minus that an expression gives must not meet another one.
        return marked(made, 'number') if type(made) is str and made[:1] == '-' and len(made) == 1 else made

    def joined(self, values):
        return concat([text_of(value) for value in values])

    @staticmethod
    def concat(parts):
        return concat(list(parts))

    # -- names and calls

    def getattr(self, obj, attribute):
        attribute = plain(attribute)
        if isinstance(obj, Undefined):
            return getattr(obj, attribute)
        if isinstance(obj, str):
            if attribute in text.ALLOWED:
                return text.Method(self, obj, attribute)
        elif self._is_allowed(obj, attribute):
            try:
                return getattr(obj, attribute)
            except AttributeError:
                pass
        if isinstance(obj, _ITEMS):
            try:
                return obj[attribute]
            except (AttributeError, TypeError, LookupError):
                pass
        return self._missing(obj, attribute)

    def getitem(self, obj, argument):
        if isinstance(obj, Undefined):
            return obj[argument]
        if isinstance(obj, _ITEMS + (str,)):
            try:
                return obj[argument]
            except (AttributeError, TypeError, LookupError):
                pass
        if isinstance(argument, str):
            return self.getattr(obj, argument)
        return self.undefined(obj=obj, name=argument)

    def _is_allowed(self, obj, attribute):
        if attribute.startswith('_'):
            return False
        for kind, names in _ATTRIBUTES.items():
            if isinstance(obj, kind):
                return names is None or attribute in names
        return False

    def _missing(self, obj, attribute):
        if attribute.startswith('_') or hasattr(type(obj), attribute):
            kind = 'str' if isinstance(obj, str) else type(obj).__name__
            raise SecurityError(f'access to attribute {attribute!r} of {kind!r} object is unsafe.')
        return self.undefined(obj=obj, name=attribute)

    def is_safe_attribute(self, obj, attr, value):
        return self._is_allowed(obj, attr)

    def is_safe_callable(self, obj):
        if isinstance(obj, _CALLABLE) or id(obj) in self._functions:
            return True
        if isinstance(obj, (types.BuiltinMethodType, types.MethodType)):
            return id(obj) in self._functions or any(type(obj.__self__) is kind for kind in _ATTRIBUTES)
        return isinstance(obj, functools.partial) and id(obj) in self._functions

    def call(self, context, obj, /, *arguments, **named):
        if isinstance(obj, Undefined):
            return obj(*arguments, **named)
        if not self.is_safe_callable(obj):
            raise SecurityError(f'{type(obj).__name__} is not safely callable')
        if isinstance(obj, BlockReference):  # its own call joins without tracking
            return concat(list(obj._stack[obj._depth](obj._context)))
        result = context.call(obj, *arguments, **named)
        if isinstance(getattr(obj, '__self__', None), _TIMES):
            kind = kind_within([arguments, named])
            return mark_within(result, kind) if kind else result
        if isinstance(getattr(obj, '__self__', None), list):
            check_items(len(obj.__self__))
        return result

    def call_binop(self, context, operator, left, right):
        if operator == '+' and isinstance(left, str) and isinstance(right, str):
            kind = kind_within([left, right])
            result = left + right  # markup escapes the other side
            return marked(result, kind) if kind and not isinstance(result, Tracked) else result
        if operator == '%' and isinstance(left, str):
            return text.percent(left, right)
        if operator == '*':
            self._check_product(left, right)
        if operator == '**' and isinstance(left, int) and isinstance(right, int) and left.bit_length() * abs(right) > MAX_BITS:
            raise RenderError(LIMIT, f'number has more than {MAX_BITS} bits')
        if operator == '+' and isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
            check_items(len(left) + len(right))
        result = self.binop_table[operator](left, right)
        if isinstance(result, int) and result.bit_length() > MAX_BITS:
            raise RenderError(LIMIT, f'number has more than {MAX_BITS} bits')
        return result

    @staticmethod
    def _check_product(left, right):
        for many, times in ((left, right), (right, left)):
            if isinstance(times, int) and isinstance(many, str):
                check_size(len(many) * max(times, 0))
            elif isinstance(times, int) and isinstance(many, (list, tuple)):
                check_items(len(many) * max(times, 0))

    # -- filters

    def _filter(self, name, function):
        if name in _TRANSPARENT:
            return function

        @functools.wraps(function)
        def tracking(*arguments, **named):
            passed = 1 if hasattr(function, 'jinja_pass_arg') else 0
            given = [list(one) if isinstance(one, Iterator) else one for one in arguments[passed:]]
            kind = kind_within([given, named])
            if name in _WIDTHS:
                for width in [*given[1:], *named.values()]:
                    if isinstance(width, int):
                        text.check_width(width)
            result = function(*arguments[:passed], *given, **named)
            return mark_within(result, kind) if kind else result
        return tracking

    def _parse(self, source, name, filename):
        tree = super()._parse(source, name, filename)
        for node in tree.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)):
            raise RenderError(NOT_SUPPORTED, f'line {node.lineno}: {type(node).__name__.lower()} is not supported: there are no '
                                             'other templates')
        for node in tree.find_all(nodes.EvalContextModifier):
            raise RenderError(NOT_SUPPORTED, f'line {node.lineno}: autoescape is not supported: this is no HTML')
        return tree


def _checked(value):
    check_size(len(value))
    return value


def _text_filter(change):
    return lambda value: text.mapped(text_of(value), change)


def _title(value):
    # As the filter of Jinja does, but character by character where the length stays.
    import jinja2.filters
    return text.mapped(text_of(value), jinja2.filters.do_title)


def _trim(value, chars=None):
    return text.stripped(text_of(value), chars)


def _replace(value, old, new, count=None):
    return text.replaced(text_of(value), text_of(old), text_of(new), -1 if count is None else count)


def _format(value, *arguments, **named):
    if arguments and named:
        raise TypeError("can't handle positional and keyword arguments at the same time")
    return text.percent(text_of(value), named or arguments)


def _join(environment):
    def join(value, d='', attribute=None):
        items = value
        if attribute is not None:
            items = (functools.reduce(environment.getitem, _path(attribute), item) for item in value)
        return text.joined(text_of(d), [text_of(item) for item in items])
    return join


def _path(attribute):
    return [int(part) if part.isdigit() else part for part in plain(attribute).split('.')] \
        if isinstance(attribute, str) else [attribute]


def _range(*arguments):
    made = range(*arguments)
    if len(made) > 100_000:
        raise RenderError(LIMIT, 'range has more than 100000 numbers')
    return made


def _lipsum(n=5, html=True, min=20, max=100):
    from jinja2.utils import generate_lorem_ipsum
    if n > 100 or max > 10_000:
        raise RenderError(LIMIT, 'lipsum gives at most 100 paragraphs of 10000 words')
    return generate_lorem_ipsum(n, html, min, max)

