"""What the sensor of stale days remembers from one look to the next: for which builds it asked, and when."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace

# Seconds between two builds of the same days: where people are there just now, and where builds keep failing.
SHORTEST_PAUSE = 60
LONGEST_PAUSE = 3600


@dataclass(frozen=True)
class Asked:
    """A build of some days: what marts held of them then, how often it was asked for in vain, and when (Unix time)."""

    state: str
    tries: int
    at: float

    @property
    def pause(self) -> float:
        """Seconds after which it may be asked for again while nothing has changed: longer each time."""
        return min(SHORTEST_PAUSE * 2**self.tries, LONGEST_PAUSE)


@dataclass(frozen=True)
class Memory:
    """The builds that were asked for, by their days, and what content was when no day was left that it had changed."""

    content: str = ""
    asked: Mapping[str, Asked] = field(default_factory=dict[str, Asked])

    @staticmethod
    def read(cursor: str | None) -> "Memory":
        """Return what ``written`` gave. Begins anew with a cursor that another version wrote."""
        try:
            parts = json.loads(cursor or "{}")
            asked = {days: Asked(**asked) for days, asked in parts.get("asked", {}).items()}
            return Memory(str(parts.get("content", "")), asked)
        except (ValueError, TypeError, AttributeError):
            return Memory()

    def written(self) -> str:
        return json.dumps(asdict(self))

    def is_due(self, days: str, state: str, now: float) -> bool:
        """Return whether a build of ``days`` may be asked for: each has a pause of its own."""
        asked = self.asked.get(days)
        return asked is None or now >= asked.at + (asked.pause if asked.state == state else SHORTEST_PAUSE)

    def with_asked(self, states: Mapping[str, str], now: float) -> "Memory":
        """After builds of these days, of which the marts hold ``states``, were asked for."""
        new = {days: Asked(state, self.tries(days, state), now) for days, state in states.items()}
        return replace(self, asked={**self.asked, **new})

    def tries(self, days: str, state: str) -> int:
        asked = self.asked.get(days)
        return asked.tries + 1 if asked and asked.state == state else 0

    def without_old(self, now: float, keep: Iterable[str] = ()) -> "Memory":
        """Without the days that were built, lest the cursor grow; those of a moment ago still have their pause."""
        kept = set(keep)
        return replace(self, asked={d: a for d, a in self.asked.items() if d in kept or now < a.at + SHORTEST_PAUSE})
