"""Strings that know which of their characters came from outside.

A Tracked is a str whose pieces have kinds. Operations keep the kinds where they can say exactly what becomes of each
character; whatever else is done to a string from outside gives a string that is from outside as a whole.
"""

import collections.abc
import datetime

from jinja2 import Undefined

from webwrap_jinja.errors import LIMIT, NOT_SUPPORTED, RenderError

TRUSTED = 'trusted'      # written by the template's author
VALUE = 'value'          # from outside
NAME = 'name'            # from outside, where a column or metric is meant
PARAMETER = 'parameter'  # an author's parameter
FRAGMENT = 'fragment'    # finished SQL: a literal, a list of them, an identifier
NUMBER = 'number'        # the text of a negative or non-finite number

MAX_TEXT = 16 << 20
MAX_ITEMS = 1_000_000
# What a changed piece becomes: half a literal is no literal.
_CHANGED = {FRAGMENT: VALUE}
# Their text holds nothing of a string. What is neither one of them nor a container is taken as from outside.
_SCALARS = (type(None), bool, int, float, range, Undefined, datetime.date, datetime.time, datetime.timedelta)
_VIEWS = (collections.abc.KeysView, collections.abc.ValuesView, collections.abc.ItemsView)


class Tracked(str):
    __slots__ = ('pieces',)

    def __str__(self):
        return self

    def __iter__(self):
        return (self[at] for at in range(len(self)))

    def __getitem__(self, index):
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            if step != 1:
                return build([piece for at in range(start, stop, step) for piece in self._cut(at, at + 1)])
            return build(self._cut(start, stop))
        at = index.__index__()
        if not -len(self) <= at < len(self):
            raise IndexError('string index out of range')
        at %= len(self)
        return build(self._cut(at, at + 1))

    def _cut(self, start, stop):
        if start <= 0 and stop >= len(self):
            return list(self.pieces)
        found, begin = [], 0
        for kind, text in self.pieces:
            part = text[max(start - begin, 0):max(stop - begin, 0)]
            if part:
                found.append((kind if len(part) == len(text) else _CHANGED.get(kind, kind), part))
            begin += len(text)
        return found

    def __add__(self, other):
        return concat([self, other]) if isinstance(other, str) else NotImplemented

    def __radd__(self, other):
        return concat([other, self]) if isinstance(other, str) else NotImplemented

    def __mul__(self, times):
        check_size(len(self) * max(times, 0))
        return build(list(self.pieces) * times)

    __rmul__ = __mul__

    def __mod__(self, arguments):
        from webwrap_jinja.text import percent
        return percent(self, arguments)

    def __format__(self, spec):
        raise RenderError(NOT_SUPPORTED, 'a value from outside cannot be formatted here')

    def __reduce__(self):
        raise RenderError(NOT_SUPPORTED, 'a value from outside cannot be pickled')


def check_size(length):
    if length > MAX_TEXT:
        raise RenderError(LIMIT, f'text is longer than {MAX_TEXT >> 20} MB')


def check_items(length):
    if length > MAX_ITEMS:
        raise RenderError(LIMIT, f'list has more than {MAX_ITEMS} items')


def plain(text):
    """The characters alone."""
    return str.__getitem__(text, slice(None))


def build(pieces):
    """A string of (kind, text) pieces: an ordinary one when the author wrote all of it."""
    merged = []
    for kind, text in pieces:
        if not text:
            continue
        if merged and merged[-1][0] == kind and kind not in (FRAGMENT, NUMBER):
            merged[-1][1].append(text)
        else:
            merged.append((kind, [text]))
    joined = tuple((kind, ''.join(texts)) for kind, texts in merged)
    whole = ''.join(text for _, text in joined)
    check_size(len(whole))
    if all(kind == TRUSTED for kind, _ in joined):
        return whole
    made = str.__new__(Tracked, whole)
    made.pieces = joined
    return made


def marked(text, kind):
    """The text as a whole of one kind."""
    return build([(kind, plain(text))])


def pieces_of(text):
    return text.pieces if isinstance(text, Tracked) else ((TRUSTED, plain(text)),)


def concat(texts):
    return build(piece for text in texts for piece in pieces_of(text))


def number_text(number):
    text = str(number)
    return text if text[:1].isdigit() else marked(text, NUMBER)


def text_of(value):
    """str(value), tracked."""
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return number_text(value)
    kind = kind_within(value)
    if kind and isinstance(value, (list, tuple, dict, set, frozenset)):
        return repr_of(value)
    return marked(str(value), kind or TRUSTED)


def repr_of(value, depth=0):
    """repr(value), tracked: strings keep their kinds between quotes that Python would write."""
    if depth > 50:
        raise RenderError(LIMIT, 'value is nested more than 50 deep')
    inner = lambda item: repr_of(item, depth + 1)  # noqa: E731
    if isinstance(value, Tracked):
        text = repr(plain(value))
        if text == "'" + plain(value) + "'":
            return concat(["'", value, "'"])
        return marked(text, VALUE)
    if isinstance(value, dict):
        items = [concat([inner(key), ': ', inner(item)]) for key, item in value.items()]
        return concat(['{', *_separated(items), '}'])
    if isinstance(value, list):
        return concat(['[', *_separated([inner(item) for item in value]), ']'])
    if isinstance(value, tuple):
        return concat(['(', *_separated([inner(item) for item in value]), ',)' if len(value) == 1 else ')'])
    if isinstance(value, (set, frozenset)) and kind_within(value):
        return concat(['{', *_separated([inner(item) for item in value]), '}'])
    return marked(repr(value), kind_within(value) or TRUSTED)


def _separated(items):
    return [part for at, item in enumerate(items) for part in ((', ', item) if at else (item,))]


def kind_within(value, depth=0):
    """The strictest kind that a value holds anywhere, None for none but TRUSTED."""
    if isinstance(value, Tracked):
        kinds = {kind for kind, _ in value.pieces}
        for kind in (VALUE, FRAGMENT, NAME, PARAMETER, NUMBER):
            if kind in kinds:
                return _CHANGED.get(kind, kind)
        return None
    if isinstance(value, (str, *_SCALARS)):
        return None
    if depth > 50:
        return VALUE
    if isinstance(value, dict):
        items = [part for item in value.items() for part in item]
    elif isinstance(value, (list, tuple, set, frozenset, *_VIEWS)):
        items = value
    else:
        return VALUE
    found = None
    for item in items:
        kind = kind_within(item, depth + 1)
        if kind == VALUE:
            return VALUE
        found = kind or found
    return found


def mark_within(value, kind):
    """The value with every string in it of that kind; for what an unknown operation made of strings from outside."""
    if isinstance(value, str):
        return marked(value, kind)
    if isinstance(value, dict):
        return {mark_within(key, kind): mark_within(item, kind) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return type(value)(mark_within(item, kind) for item in value)
    return value
