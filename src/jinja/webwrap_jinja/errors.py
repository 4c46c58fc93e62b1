"""How rendering fails: one exception with what an SQL error has."""

SYNTAX = '42601'
UNDEFINED_NAME = '42703'
UNDEFINED_FUNCTION = '42883'
UNDEFINED_OBJECT = '42704'
NOT_ALLOWED = '42501'
NOT_SUPPORTED = '0A000'
BAD_VALUE = '22023'
BAD_DATE = '22007'
DIVISION = '22012'
TOO_COMPLEX = '54001'
LIMIT = '54000'
OUT_OF_MEMORY = '53200'


class RenderError(Exception):
    """A failure with SQLSTATE, message and, where there is one, a hint."""

    def __init__(self, sqlstate, message, hint=None):
        super().__init__(message)
        self.sqlstate, self.message, self.hint = sqlstate, message, hint


class Interrupted(BaseException):
    """The server wants to stop. Not an Exception, so that nothing in a template or in Jinja swallows it."""

    def __init__(self, cause):
        super().__init__('interrupted')
        self.cause = cause
