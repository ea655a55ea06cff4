"""The memory of the sensor of stale days between two ticks: which builds it requested, and when."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace

# Seconds between two builds of the same days: for the days of live visits, and for builds that keep failing.
SHORTEST_PAUSE = 60
LONGEST_PAUSE = 3600


@dataclass(frozen=True)
class Asked:
    """A build of some days: the state of their marts then, how often it was requested in vain, and when (Unix time)."""

    state: str
    tries: int
    at: float

    @property
    def pause(self) -> float:
        """Seconds after which it may be requested again while nothing has changed: longer each time."""
        return min(SHORTEST_PAUSE * 2**self.tries, LONGEST_PAUSE)


@dataclass(frozen=True)
class Memory:
    """The requested builds, by their days, and the state of content when no changed day was left."""

    content: str = ""
    asked: Mapping[str, Asked] = field(default_factory=dict[str, Asked])

    @staticmethod
    def read(cursor: str | None) -> "Memory":
        """Return what ``written`` gave. Starts from scratch if another version wrote the cursor."""
        try:
            parts = json.loads(cursor or "{}")
            asked = {days: Asked(**asked) for days, asked in parts.get("asked", {}).items()}
            return Memory(str(parts.get("content", "")), asked)
        except (ValueError, TypeError, AttributeError):
            return Memory()

    def written(self) -> str:
        return json.dumps(asdict(self))

    def is_due(self, days: str, state: str, now: float) -> bool:
        """Return whether a build of ``days`` may be requested: each has a pause of its own."""
        asked = self.asked.get(days)
        return asked is None or now >= asked.at + (asked.pause if asked.state == state else SHORTEST_PAUSE)

    def with_asked(self, states: Mapping[str, str], now: float) -> "Memory":
        """Return the memory after builds of these days were requested, whose marts are in ``states``."""
        new = {days: Asked(state, self.tries(days, state), now) for days, state in states.items()}
        return replace(self, asked={**self.asked, **new})

    def tries(self, days: str, state: str) -> int:
        asked = self.asked.get(days)
        return asked.tries + 1 if asked and asked.state == state else 0

    def without_old(self, now: float, keep: Iterable[str] = ()) -> "Memory":
        """Return the memory without built days, so that the cursor stays small; recent ones still have their pause."""
        kept = set(keep)
        return replace(self, asked={d: a for d, a in self.asked.items() if d in kept or now < a.at + SHORTEST_PAUSE})
