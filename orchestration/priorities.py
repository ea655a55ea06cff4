"""The priorities of runs: of several that wait, the highest number starts first. Long runs and old days come last."""

from enum import IntEnum

PRIORITY_TAG = "dagster/priority"


class Priority(IntEnum):
    """From 1, which waits for all others, to 10; each run of the queue has one."""

    NOTICES = 9
    TODAY = 8
    CONTENT = 7
    LATE = 6
    USUAL = 5
    NIGHTLY = 4
    UPKEEP = 3
    BACKFILL = 2

    @property
    def tags(self) -> dict[str, str]:
        """Tags of a run, or of a job, that has this priority."""
        return {PRIORITY_TAG: str(self.value)}


def priority_of(tags: dict[str, str]) -> int:
    """Return the priority of a run, from 1 to 10: that of its tags, else a backfill's, else the default."""
    try:
        return min(max(int(tags[PRIORITY_TAG]), 1), 10)
    except (KeyError, ValueError):
        return Priority.BACKFILL if "dagster/backfill" in tags else Priority.USUAL
