"""Counters that are made of days: what was counted of a day is never taken back, whatever is built again.

Marts are rebuilt, dropped and corrected; erasure takes events away. A counter that went down would look to Prometheus
like one that began again, and its rate would jump. So the largest count of each day and label is kept. Only days that
events may still reach are looked at; what was counted of older ones is kept as a sum.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

import msgspec

OTHER = "(other)"
# In a text that holds several labels: occurs in none, since control characters become spaces when events are read.
BETWEEN = "\x1f"

Counted = tuple[date, str, float]


class DayCounts(msgspec.Struct):
    """The counts of one metric: ``days`` by day and label, and ``older``, sums of the days before them, by label."""

    days: dict[date, dict[str, float]] = msgspec.field(default_factory=dict)
    older: dict[str, float] = msgspec.field(default_factory=dict)

    def see(self, counted: Sequence[Counted], first_day: date, most_labels: int) -> None:
        """Take in the counts of the days from ``first_day``, of so many labels, those that come first, and (other)."""
        self.let_go(first_day)
        labels = self.labels_with([label for _, label, _ in counted], most_labels)
        sums: dict[tuple[date, str], float] = defaultdict(float)
        for day, label, amount in counted:
            sums[day, label if label in labels else OTHER] += amount
        for (day, label), amount in sums.items():
            kept = self.days.setdefault(day, {})
            kept[label] = max(kept.get(label, 0), amount)

    def totals(self) -> dict[str, float]:
        """Return each label's count."""
        totals: dict[str, float] = defaultdict(float, self.older)
        for counts in self.days.values():
            for label, amount in counts.items():
                totals[label] += amount
        return totals

    def labels_with(self, wanted: Sequence[str], most_labels: int) -> set[str]:
        """Return the labels that have a place: those that have one, then those of ``wanted``, as long as there is room.

        A label that no day has any more is forgotten, with its sum, where another needs its place.
        """
        recent = {label for counts in self.days.values() for label in counts}
        labels = (recent | self.older.keys()) - {OTHER}
        new = list(dict.fromkeys(label for label in wanted if label not in labels and label != OTHER))
        idle = sorted(labels - recent - set(wanted))
        for label in idle[: max(0, len(labels) + len(new) - most_labels)]:
            del self.older[label]
            labels.remove(label)
        return labels | set(new[: max(0, most_labels - len(labels))])

    def let_go(self, first_day: date) -> None:
        """Add the days before ``first_day`` to the sums."""
        for day in [day for day in self.days if day < first_day]:
            for label, amount in self.days.pop(day).items():
                self.older[label] = self.older.get(label, 0) + amount
