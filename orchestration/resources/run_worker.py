"""Which process works on a run, written into the run's tags, and whether that process lives."""

import os
import socket

import psutil

WORKER_TAG = "dogear/worker"
ASKED_BY_TAG = "dogear/asked_by"
# Setting the clock changes the time at which a process seems to have begun.
CLOCK_SECONDS = 10


def this_worker(run_id: str) -> str:
    """Return this process as the worker of a run: host/pid/begin (Unix time)/run. A retried run inherits tags."""
    begin = psutil.Process().create_time()
    return f"{socket.gethostname()}/{os.getpid()}/{begin:.0f}/{run_id}"


def is_alive(worker: str | None, run_id: str) -> bool | None:
    """Return whether the run's worker is alive; None if unknown: it has not begun, or is on another host."""
    host, pid, begin, whose = (worker or "///").split("/")
    if whose != run_id or host != socket.gethostname():
        return None
    try:
        process = psutil.Process(int(pid))
        return process.status() != psutil.STATUS_ZOMBIE and abs(process.create_time() - int(begin)) < CLOCK_SECONDS
    except psutil.NoSuchProcess:
        return False
