"""How a command of this folder runs and ends."""

import signal

import terminal
from checks import Failure
from generate import LayoutError


def run(build, start, work):
    """work(start()) in a folder that exists: its exit status, or that of what went wrong. What was started is tidied up."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    build.mkdir(parents=True, exist_ok=True)
    started = None
    try:
        started = start()
        return work(started)
    except LayoutError as error:
        terminal.verdict(False, f'the site could not be made: {error}')
        return 2
    except (Failure, RuntimeError, TimeoutError) as error:
        print(f'\n{terminal.bad("The demo failed.")}\n{error}', flush=True)
        return 1
    except KeyboardInterrupt:
        print('\ninterrupted')
        return 130
    finally:
        if started is not None:
            started.tidy_up()
