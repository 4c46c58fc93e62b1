"""Template and context to SQL."""

import re

from jinja2 import TemplateAssertionError, TemplateSyntaxError, UndefinedError, nodes
from jinja2.exceptions import TemplateRuntimeError
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import SecurityError

from webwrap_jinja import errors
from webwrap_jinja.errors import RenderError
from webwrap_jinja.guard import bounded_memory, interruptible
from webwrap_jinja.landing import as_sql
from webwrap_jinja.macros import Macros
from webwrap_jinja.sandbox import Environment
from webwrap_jinja.tracked import MAX_TEXT, concat, pieces_of

MAX_TEMPLATE = 1 << 20
MAX_NESTED = 20
_SQLSTATES = ((RecursionError, errors.TOO_COMPLEX, 'template nests too deeply'),
              (MemoryError, errors.OUT_OF_MEMORY, 'template needs too much memory'),
              (ZeroDivisionError, errors.DIVISION, None))


def render(template, context, parameters, host):
    """The SQL of a template. host: see plpython.py; context is from outside, parameters are the author's."""
    with interruptible(host.flag, host.check_interrupts):
        try:
            with bounded_memory():
                return _Rendering(context, parameters, host).sql(template)
        except RenderError:
            raise
        except MemoryError:
            raise RenderError(errors.OUT_OF_MEMORY, 'template needs too much memory') from None
        except RecursionError:
            raise RenderError(errors.TOO_COMPLEX, 'template nests too deeply') from None


class _Rendering:
    def __init__(self, context, parameters, host):
        self.host = host
        self.environment = Environment(host, host.escape_strings)
        self.macros = Macros(context, parameters, host, self.nested)
        callables = self.macros.callables()
        self.environment.allow(callables.values())
        # A variable of the context never replaces a macro.
        self.variables = {**self.macros.variables, **callables}
        self.depth = 0

    def sql(self, template):
        made = as_sql(pieces_of(self.text(template)), self.host.is_reserved, self.host.escape_strings)
        if '\0' in made or any('\ud800' <= character <= '\udfff' for character in made):
            raise RenderError(errors.BAD_VALUE, 'the text has a character that PostgreSQL does not know')
        return made

    def nested(self, template):
        """The text of an author's expression in the middle of another one."""
        self.depth += 1
        if self.depth > MAX_NESTED:
            raise RenderError(errors.TOO_COMPLEX, f'metrics and datasets nest more than {MAX_NESTED} deep')
        made = self.text(template)
        self.depth -= 1
        return made

    def text(self, source):
        if len(source) > MAX_TEMPLATE:
            raise RenderError(errors.LIMIT, f'template is longer than {MAX_TEMPLATE >> 20} MB')
        code = self._compiled(source)
        context = code.new_context(self.variables)
        parts, size = [], 0
        try:
            for part in code.root_render_func(context):
                size += len(part)
                if size > MAX_TEXT:
                    raise RenderError(errors.LIMIT, f'text is longer than {MAX_TEXT >> 20} MB')
                parts.append(part)
            return concat(parts)
        except RenderError as error:
            raise _with_line(error, _line(error, code)) from None
        except Exception as error:
            raise _with_line(_translated(error), _line(error, code)) from None

    def _compiled(self, source):
        try:
            tree = self.environment.parse(source)
            self._check_names(tree)
            return self.environment.from_string(source)
        except RenderError:
            raise
        except TemplateAssertionError as error:
            raise _with_line(_assertion(error), error.lineno) from None
        except TemplateSyntaxError as error:
            raise _with_line(RenderError(errors.SYNTAX, error.message), error.lineno) from None
        except SyntaxError:
            raise RenderError(errors.TOO_COMPLEX, 'template nests too deeply') from None

    def _check_names(self, tree):
        """Unknown names are errors even where they would not be reached, unless the template asks whether they are there."""
        asked = {test.node.name for test in tree.find_all(nodes.Test)
                 if test.name in ('defined', 'undefined') and isinstance(test.node, nodes.Name)}
        asked |= {one.node.name for one in tree.find_all(nodes.Filter)
                  if one.name in ('default', 'd') and isinstance(one.node, nodes.Name)}
        unknown = find_undeclared_variables(tree) - asked - set(self.variables) - set(self.environment.globals)
        if unknown:
            first = min((node for node in tree.find_all(nodes.Name) if node.name in unknown),
                        key=lambda node: (node.lineno, node.name))
            called = any(isinstance(call.node, nodes.Name) and call.node.name == first.name
                         for call in tree.find_all(nodes.Call))
            raise _with_line(_undefined(first.name, called), first.lineno)


def _undefined(name, is_called=False):
    if is_called:
        return RenderError(errors.UNDEFINED_FUNCTION, f"'{name}' is undefined",
                           'Macros are those of Superset: filter_values, get_filters, get_time_filter, url_param and so on.')
    return RenderError(errors.UNDEFINED_NAME, f"'{name}' is undefined",
                       'Give it in the context or in the parameters, or test it with "is defined".')


def _assertion(error):
    """Filters and tests that are not there; all else that Jinja finds wrong in the tree."""
    is_missing = re.match(r'No (filter|test) named', error.message)
    return RenderError(errors.UNDEFINED_FUNCTION if is_missing else errors.SYNTAX, error.message)


def _translated(error):
    for kind, sqlstate, message in _SQLSTATES:
        if isinstance(error, kind):
            return RenderError(sqlstate, message or str(error))
    if isinstance(error, UndefinedError):
        return RenderError(errors.UNDEFINED_NAME, str(error))
    if isinstance(error, SecurityError):
        return RenderError(errors.NOT_ALLOWED, str(error), 'Templates reach only data and the macros.')
    if isinstance(error, TemplateRuntimeError) and str(error).startswith('No '):
        return RenderError(errors.UNDEFINED_FUNCTION, str(error))
    if hasattr(error, 'sqlstate'):
        raise error  # the server's
    return RenderError(errors.BAD_VALUE, f'{type(error).__name__}: {error}')


def _line(error, code):
    """The template's line that an error comes from."""
    line, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == '<template>':
            line = code.get_corresponding_lineno(trace.tb_lineno)
        trace = trace.tb_next
    return line


def _with_line(error, line):
    if line is None or error.message.startswith('line '):
        return error
    return RenderError(error.sqlstate, f'line {line}: {error.message}', error.hint)

