"""Counters that are made of days: what was counted of a day is never taken back, whatever is built again.

Marts are rebuilt, dropped and corrected; erasure takes events away. A counter that went down would look to Prometheus
like one that began again, and its rate would jump. So the largest count of each day and label is kept. Only days that
events may still reach are looked at; what was counted of older ones is kept as a sum.
"""

from collections import defaultdict
from collections.abc import Iterable
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

    def see(self, counted: Iterable[Counted], first_day: date, most_labels: int) -> None:
        """Take in the counts of the days from ``first_day``, of so many labels, those that come first, and (other).

        A label without a day is forgotten where another needs its place.
        """
        self.let_go(first_day)
        labels = self.labels()
        sums: dict[tuple[date, str], float] = defaultdict(float)
        for day, label, amount in counted:
            if label not in labels and len(labels) >= most_labels:
                self.make_room(labels, most_labels)
            if label in labels or len(labels) < most_labels:
                labels.add(label)
            else:
                label = OTHER
            sums[day, label] += amount
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

    def labels(self) -> set[str]:
        return {*self.older, *(label for counts in self.days.values() for label in counts)}

    def let_go(self, first_day: date) -> None:
        """Add the days before ``first_day`` to the sums."""
        for day in [day for day in self.days if day < first_day]:
            for label, amount in self.days.pop(day).items():
                self.older[label] = self.older.get(label, 0) + amount

    def make_room(self, labels: set[str], most_labels: int) -> None:
        """Forget labels that no day has, if there are too many."""
        current = {label for counts in self.days.values() for label in counts}
        for label in [label for label in self.older if label not in current and label != OTHER]:
            del self.older[label]
            labels.discard(label)
            if len(labels) < most_labels:
                return
