"""How a sensor requests runs of days: each at most once a minute, and less and less often if runs change nothing."""

import hashlib
from collections.abc import Callable, Mapping

import dagster as dg

from orchestration.asking.asked_runs import Memory
from orchestration.days import DayRange

UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def digest(*of: object) -> str:
    """Return a digest of the state of some days: if it is the same after a run, that run failed."""
    return hashlib.sha256(repr(of).encode()).hexdigest()[:32]


def ask_for(
    states: Mapping[DayRange, str],
    memory: Memory,
    now: float,
    request: Callable[[DayRange, str], dg.RunRequest],
    most: int | None = None,
) -> dg.SensorResult:
    """Return runs for the days that are due, up to a maximum, and the memory of them.

    ``states``: the days that need a run, and the digest of their state; ``request`` makes the run of some
    days, with its key.
    """
    due = [days for days, state in states.items() if memory.is_due(str(days), state, now)][:most]
    if not due:
        return skip(f"{', '.join(map(str, states))}: asked for a moment ago.", memory)
    requests = [request(days, f"{states[days]} {days} {now:.3f}") for days in due]
    memory = memory.without_old(now, keep=map(str, states)).with_asked({str(days): states[days] for days in due}, now)
    return dg.SensorResult(run_requests=requests, cursor=memory.written())


def skip(reason: str, memory: Memory) -> dg.SensorResult:
    return dg.SensorResult(skip_reason=dg.SkipReason(reason), cursor=memory.written())
