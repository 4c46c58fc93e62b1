"""Superset's time ranges: 'since : until', 'Last week', 'previous calendar month', 'Current year', DATEADD(...) and the like.

The grammar is followed where it says one thing; free text ('the day before Easter') is an error, never an open range.
"""

import calendar
import re
from datetime import datetime, timedelta

from webwrap_jinja.errors import BAD_DATE, RenderError

NO_FILTER = 'No filter'
UNITS = ('second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year')
_UNIT = '(' + '|'.join(UNITS) + ')s?'
_FORMATS = ('%Y-%m-%dT%H:%M:%S.%f', '%Y-%m-%dT%H:%M:%S', '%Y-%m-%dT%H:%M', '%Y-%m-%d %H:%M:%S.%f', '%Y-%m-%d %H:%M:%S',
            '%Y-%m-%d %H:%M', '%Y-%m-%d', '%Y-%m', '%Y')
_TOKEN = re.compile(r"""\s*(?:(?P<word>[A-Za-z]+)|(?P<number>[-+]?\d+)|(?P<text>'[^']*'|"[^"]*")|(?P<sign>[(),]))""")
_SEPARATOR = ' : '


def since_until(time_range, now):
    """(since, until) of a range, None where it is open."""
    text = (time_range or NO_FILTER).strip()
    if text == NO_FILTER:
        return None, None
    if _SEPARATOR not in text and (text.startswith(': ') or text.endswith(' :')):
        text = f' {text} '
    if _SEPARATOR not in text:
        text = _named_range(text) or text
    if _SEPARATOR not in text:
        raise _unknown(time_range)
    since, until = (_Moment(part.strip(), now).value() if part.strip() else None for part in text.split(_SEPARATOR, 1))
    if since is not None and until is not None and since > until:
        raise RenderError(BAD_DATE, f'time range ends before it begins: {time_range}')
    return since, until


def _named_range(text):
    if text.startswith('Last'):
        return f'{text}{_SEPARATOR}today'
    if text.startswith('Next'):
        return f'today{_SEPARATOR}{text}'
    if match := re.match(r'(previous calendar|Current) (day|week|month|quarter|year)', text):
        unit, shift = match[2], -1 if match[1] != 'Current' else 0
        begin, end = (f"DATETRUNC(DATEADD(DATETIME('today'), {by}, {unit}), {unit})" for by in (shift, shift + 1))
        return begin + _SEPARATOR + end
    match = re.match(r'(?:first|1st)\s{1,5}(week|month|quarter)\s{1,5}of\s{1,5}(?:(this|last|next|prior)\s{1,5})?(?:the\s{1,5})?'
                     r'(week|month|quarter|year)$', text, re.I)
    if match:
        begin = f'DATETRUNC({_scoped(match[2] or "this", 1, match[3])}, {match[3]})'
        return f'{begin}{_SEPARATOR}DATEADD({begin}, 1, {match[1]})'
    return None


def _scoped(scope, count, unit):
    """this/last/next N unit, counted from now for what is shorter than a day."""
    base = f"DATETIME('{'now' if unit.lower() in UNITS[:3] else 'today'}')"
    scope = scope.lower()
    return base if scope == 'this' else f'DATEADD({base}, {count if scope == "next" else -count}, {unit})'


class _Moment:
    """One side of a range."""

    def __init__(self, text, now):
        self.text, self.now = text, now

    def value(self):
        if match := re.match(rf'(start of|beginning of|end of)\s{{1,5}}(this|last|next|prior)\s{{1,5}}(\d+)?\s{{0,5}}{_UNIT}$',
                             self.text, re.I):
            what = 'LASTDAY' if match[1].lower() == 'end of' else 'DATETRUNC'
            return self.expression(f'{what}({_scoped(match[2], int(match[3] or 1), match[4])}, {match[4]})')
        if match := re.match(r'(?:first|1st)\s{1,5}(?:day\s{1,5})?of\s{1,5}(?:the\s{1,5})?(?:(this|last|next|prior)\s{1,5})?'
                             rf'{_UNIT}$', self.text, re.I):
            return self.expression(f'DATETRUNC({_scoped(match[1] or "this", 1, match[2])}, {match[2]})')
        if match := re.match(rf'(this|last|next|prior)\s{{1,5}}(\d+)?\s{{0,5}}{_UNIT}$', self.text, re.I):
            return self.expression(_scoped(match[1], int(match[2] or 1), match[3]))
        if re.match(r'(DATETIME|DATEADD|DATETRUNC|LASTDAY)\s*\(', self.text, re.I):
            return self.expression(self.text)
        return self.moment(self.text)

    def moment(self, text):
        today = self.now.replace(hour=0, minute=0, second=0, microsecond=0)
        named = {'now': self.now.replace(microsecond=0), 'today': today, 'yesterday': today - timedelta(1),
                 'tomorrow': today + timedelta(1)}
        text = text.strip()
        if text.lower() in named:
            return named[text.lower()]
        if match := re.match(rf'(\d+)\s+{_UNIT}\s+(ago|later|from now)$', text, re.I):
            start = self.now.replace(microsecond=0) if match[2].lower() in UNITS[:3] else today
            return self.guarded(added, start, int(match[1]) * (-1 if match[3].lower() == 'ago' else 1), match[2].lower())
        for form in _FORMATS:
            try:
                return datetime.strptime(text.rstrip('Z'), form)
            except ValueError:
                pass
        raise _unknown(self.text)

    def guarded(self, function, *arguments):
        try:
            return function(*arguments)
        except (OverflowError, ValueError):
            raise RenderError(BAD_DATE, f'time is out of range: {self.text}') from None

    # -- DATEADD(DATETRUNC(DATETIME('today'), month), -1, week)

    def expression(self, text):
        tokens, at = [], 0
        while at < len(text.rstrip()):
            match = _TOKEN.match(text, at)
            if not match:
                raise _unknown(self.text)
            tokens.append((match.lastgroup, match[match.lastgroup]))
            at = match.end()
        if len(tokens) > 200:
            raise _unknown(self.text)
        tokens.reverse()
        value = self.call(tokens)
        if tokens:
            raise _unknown(self.text)
        return value

    def call(self, tokens):
        name = self.expect(tokens, 'word').upper()
        self.expect(tokens, 'sign', '(')
        if name == 'DATETIME':
            kind, text = tokens.pop() if tokens else (None, '')
            if kind not in ('text', 'word'):
                raise _unknown(self.text)
            value = self.moment(text.strip('\'"'))
        elif name in ('DATEADD', 'DATETRUNC', 'LASTDAY'):
            value = self.call(tokens)
            self.expect(tokens, 'sign', ',')
            count = None
            if name == 'DATEADD':
                count = int(self.expect(tokens, 'number'))
                self.expect(tokens, 'sign', ',')
            unit = self.expect(tokens, 'word').lower()
            if unit not in UNITS:
                raise _unknown(self.text)
            value = (self.guarded(added, value, count, unit) if name == 'DATEADD' else truncated(value, unit)
                     if name == 'DATETRUNC' else self.guarded(last_day, value, unit))
        else:
            raise _unknown(self.text)
        self.expect(tokens, 'sign', ')')
        return value

    def expect(self, tokens, kind, text=None):
        if not tokens or tokens[-1][0] != kind or text not in (None, tokens[-1][1]):
            raise _unknown(self.text)
        return tokens.pop()[1]


def added(moment, count, unit):
    if unit in ('month', 'quarter', 'year'):
        months = moment.year * 12 + moment.month - 1 + count * {'month': 1, 'quarter': 3, 'year': 12}[unit]
        year, month = divmod(months, 12)
        return moment.replace(year=year, month=month + 1,
                              day=min(moment.day, calendar.monthrange(year, month + 1)[1]))
    return moment + timedelta(**{unit + 's': count})


def truncated(moment, unit):
    if unit in ('year', 'quarter', 'month'):
        month = {'year': 1, 'quarter': (moment.month - 1) // 3 * 3 + 1, 'month': moment.month}[unit]
        return moment.replace(month=month, day=1, hour=0, minute=0, second=0, microsecond=0)
    if unit == 'week':
        moment -= timedelta(moment.weekday())
    zero = {'second': ('microsecond',), 'minute': ('second', 'microsecond'), 'hour': ('minute', 'second', 'microsecond')}
    return moment.replace(**dict.fromkeys(zero.get(unit, ('hour', 'minute', 'second', 'microsecond')), 0))


def last_day(moment, unit):
    if unit == 'week':
        return truncated(moment, 'week') + timedelta(6)
    begin = truncated(moment, unit)
    return added(begin, 1, unit) - timedelta(1) if unit in ('month', 'quarter', 'year') else begin


def _unknown(text):
    return RenderError(BAD_DATE, f'unknown time range: {text}',
                       "Write 'since : until' with ISO dates, 'No filter', 'Last week', 'previous calendar month', 'Current year' "
                       'or expressions of DATETIME, DATEADD, DATETRUNC and LASTDAY.')
