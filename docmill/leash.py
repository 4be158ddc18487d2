"""Run a module as `python -m` does, but not beyond the death of the process that started it.

Usage: `python -P leash.py MODULE ARGUMENT…`, with a pipe as standard input whose other end the parent keeps open and
never writes to. However the parent ends, SIGKILL included, the system closes its end; reading then ends, and this
process with it. Linux's PR_SET_PDEATHSIG would do for one platform and needs care: it fires when the *thread* that
started the child ends, and setting it between fork and exec is not safe in a program with threads.
"""

import os
import runpy
import signal
import sys
import threading
import time

GRACE_SECONDS = 10


def _watch() -> None:
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_watch, name="leash", daemon=True).start()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
