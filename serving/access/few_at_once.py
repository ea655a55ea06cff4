"""Work that takes long, which anybody may cause: few threads do it, and few requests wait for one."""

from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from serving.http.clients import Client, most_at_once
from serving.http.problems import ProblemError

MOST_WAITING = 20
# Of one client, those that are worked on too.
MOST_OF_ONE = 5
T = TypeVar("T")


class FewAtOnce:
    """Runs so much ``at_once``, in threads of its own; who comes after the last that may wait is sent away."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._threads: CapacityLimiter | None = None
        self._of: Counter[str] = Counter()

    async def run(self, work: Callable[[], T], client: Client) -> T:
        """Return what ``work`` returns. Raises ProblemError if many wait already, or that client has enough."""
        self.check(client)
        assert self._threads is not None
        keys = [key for key, _ in client]
        self._of.update(keys)
        try:
            return await to_thread.run_sync(work, limiter=self._threads)
        finally:
            self._of.subtract(keys)
            # Keys that count nothing go.
            self._of = +self._of

    def check(self, client: Client) -> None:
        """Raise ProblemError if many wait already, or that client has enough."""
        if self._threads is None:
            # It belongs to the event loop, which does not run yet when we are made.
            self._threads = CapacityLimiter(self._at_once)
        if self._threads.statistics().tasks_waiting >= MOST_WAITING or any(
            self._of[key] >= most_at_once(MOST_OF_ONE, share, MOST_WAITING) for key, share in client
        ):
            raise ProblemError(503, "Many people sign in just now.", headers={"Retry-After": "5"})
