"""Work that takes long, which anybody may cause: few threads do it, and few requests wait for one."""

from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from serving.http.problems import ProblemError

MOST_WAITING = 20
T = TypeVar("T")


class FewAtOnce:
    """Runs so much ``at_once``, in threads of its own; who comes after the last that may wait is sent away."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._threads: CapacityLimiter | None = None

    async def run(self, work: Callable[[], T]) -> T:
        """Return what ``work`` returns. Raises ProblemError if many wait already."""
        self.check()
        assert self._threads is not None
        return await to_thread.run_sync(work, limiter=self._threads)

    def check(self) -> None:
        """Raise ProblemError if many wait already."""
        if self._threads is None:
            # It belongs to the event loop, which does not run yet when we are made.
            self._threads = CapacityLimiter(self._at_once)
        if self._threads.statistics().tasks_waiting >= MOST_WAITING:
            raise ProblemError(503, "Many people sign in just now.", headers={"Retry-After": "5"})
