"""Processes that end when their parent ends, for any reason."""

import ctypes
import multiprocessing
import os
import signal
import sys

# The variable with the parent's process id: without it, we would not notice a parent that ended before we could ask.
PARENT = "DOGEAR_PARENT"
PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """Be killed when the parent ends; on systems without such a feature, do nothing.

    Killed, not terminated: all durable state is on disk at any moment, and a slow process would hold the
    port and the locks that its successor needs. Linux watches the parent's thread, so that thread must stay.
    """
    if sys.platform != "linux":
        return
    parent = parent_process()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before we could ask
        os.kill(os.getpid(), signal.SIGKILL)


def parent_process() -> int:
    """Return the id of the process that started us, even if it has ended since."""
    forked_from = multiprocessing.parent_process()
    if forked_from is not None and forked_from.pid is not None:
        return forked_from.pid
    return int(os.environ.get(PARENT, os.getppid()))
