"""What both servers need from the operating system: ports, users, processes. Standard library only."""

import ctypes
import os
import pwd
import signal
import socket
import subprocess
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1


def free_port():
    """A loopback port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def die_with_parent():
    """For Popen(preexec_fn=...): the child gets SIGTERM when the thread that started it ends, however it ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def can_enter(user, folder):
    """Whether `user` can reach `folder` through all of its parents. Needs root."""
    account = pwd.getpwnam(user)
    reached = subprocess.run(['test', '-x', str(folder)], cwd='/', user=account.pw_uid, group=account.pw_gid,
                             extra_groups=[])
    return reached.returncode == 0


def is_running(pid):
    """False for a zombie too: it holds no port, file or memory."""
    try:
        return Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()[0] not in 'ZX'
    except (FileNotFoundError, ProcessLookupError):
        return False


def children_of(pid):
    """Pids of all descendants of `pid`."""
    parent_to_children = {}
    for entry in Path('/proc').iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / 'stat').read_text().rpartition(')')[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
            parent_to_children.setdefault(parent, []).append(int(entry.name))
    found, open_pids = [], [pid]
    while open_pids:
        level = parent_to_children.get(open_pids.pop(), [])
        found += level
        open_pids += level
    return found


def end(process, seconds=10):
    """SIGTERM to a child, SIGKILL if it is still there after so many seconds; waits for its end. None is no child."""
    if process is None:
        return
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_until(condition, seconds, what):
    """Polls `condition` until it holds; raises TimeoutError naming `what`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f'{what} after {seconds} s')
        time.sleep(0.02)


def tail(path, lines=20):
    """The last lines of a log, for error messages; empty when there is none."""
    try:
        return '\n'.join(Path(path).read_text(errors='replace').splitlines()[-lines:])
    except FileNotFoundError:
        return ''
