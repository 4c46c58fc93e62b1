"""Keeps a running template interruptible and within bounds. Nothing of Python looks at the server's interrupts by itself."""

import sys
from contextlib import contextmanager

from webwrap_jinja.errors import Interrupted

MEMORY = 128 << 20
EVENTS_BETWEEN_LOOKS = 2000


class _Flag:
    """The server's flag that something wants to be looked at; reading it costs next to nothing."""

    def __init__(self):
        import ctypes
        self._flag = ctypes.c_int.in_dll(ctypes.CDLL(None), 'InterruptPending')

    def is_set(self):
        return self._flag.value != 0


class _EveryFew:
    """Where the flag cannot be read: every few thousand events."""

    def __init__(self):
        self._left = EVENTS_BETWEEN_LOOKS

    def is_set(self):
        self._left -= 1
        if self._left:
            return False
        self._left = EVENTS_BETWEEN_LOOKS
        return True


def server_flag():
    try:
        return _Flag()
    except (ImportError, OSError, ValueError):
        return _EveryFew()


@contextmanager
def interruptible(flag, check):
    """Calls check() while the block runs Python code, whenever the flag is set; what it raises ends the block."""
    cause = []

    def on_event(_frame, _event, _argument):
        if cause:
            raise Interrupted(cause[0])
        if flag.is_set():
            sys.setprofile(None)
            try:
                check()
            except Exception as error:
                cause.append(error)
                raise Interrupted(error) from error
            finally:
                sys.setprofile(on_event)

    before = sys.getprofile()
    sys.setprofile(on_event)
    try:
        yield
    finally:
        sys.setprofile(before)
    if cause:  # swallowed on its way
        raise Interrupted(cause[0])


@contextmanager
def bounded_memory(size=MEMORY):
    """MemoryError, not a dead server, when the block wants much more memory than the process has now."""
    try:
        import resource
        with open('/proc/self/statm', encoding='ascii') as statm:
            now = int(statm.read().split()[0]) * resource.getpagesize()
        before = resource.getrlimit(resource.RLIMIT_AS)
        wanted = now + size
        if before[0] != resource.RLIM_INFINITY:
            wanted = min(wanted, before[0])
        resource.setrlimit(resource.RLIMIT_AS, (wanted, before[1]))
    except (ImportError, OSError, ValueError):
        yield  # another system: the limits of single texts and lists remain
        return
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
