"""How much may one caller ask? Token buckets: a budget at once, which refills by the minute."""

import time
from collections.abc import Callable, Hashable, Iterable

MOST_KEYS = 100_000


class TokenBuckets:
    """``per_minute`` a minute for each key, times its share, and as many at once; 0 is no limit.

    A caller has some keys, each with its share, and must wait while one of them has nothing left. A request may take
    more than is left, since its size is not known beforehand: then the next request waits for it.

    Keys live only in memory, at most 100,000. Beyond that, half of them are evicted: those whose buckets are fullest.
    So a caller that must wait is not let off because many others came.
    """

    def __init__(self, per_minute: int, now: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self._now = now
        # When the bucket of a key will be full again.
        self._full_at: dict[Hashable, float] = {}

    def wait(self, caller: Iterable[tuple[Hashable, int]]) -> float:
        """Return seconds until there is something to take; 0 if there is."""
        if not self.per_minute:
            return 0
        longest = 0.0
        for key, share in caller:
            interval = 60 / (self.per_minute * share)
            missing = self.missing(key) + interval
            # Half of one is left to rounding.
            if missing > 60 + interval / 2:
                longest = max(longest, missing - 60)
        return longest

    def take(self, caller: Iterable[tuple[Hashable, int]], amount: int = 1) -> None:
        if not self.per_minute:
            return
        now = self._now()
        for key, share in caller:
            if len(self._full_at) >= MOST_KEYS and key not in self._full_at:
                self._forget()
            self._full_at[key] = max(self._full_at.get(key, now), now) + amount * 60 / (self.per_minute * share)

    def missing(self, key: Hashable) -> float:
        """Return seconds until the bucket of a key is full again."""
        now = self._now()
        return max(self._full_at.get(key, now) - now, 0)

    def left(self, key: Hashable, share: int) -> int:
        """Return how many a key may take now, rounded as ``wait`` rounds."""
        return int((60 - self.missing(key)) * self.per_minute * share / 60 + 0.5)

    def _forget(self) -> None:
        median = sorted(self._full_at.values())[len(self._full_at) // 2]
        self._full_at = {key: at for key, at in self._full_at.items() if at > median}
