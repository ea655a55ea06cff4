"""What a metric is, and a dimension: ``metrics`` and ``dimensions`` list those that can be asked for.

A metric is made of measures of one fact. A fact is a kind of thing that is counted (sessions, page views…), and every
metric counts its own fact, whatever else is asked beside it: so one more metric never changes another.
"""

from typing import Literal

import msgspec

Type = Literal["integer", "number", "text", "date", "datetime"]
# How a metric is made of its measures. count: a sum, 0 where nothing is counted. sum: NULL where nothing is known.
# ratio: one measure divided by another, NULL where that is 0. value: the measure as it is.
Kind = Literal["count", "sum", "ratio", "value"]


class Metric(msgspec.Struct, frozen=True, kw_only=True):
    """A number that can be asked for. ``better`` says whether more of it is better."""

    name: str
    definition: str
    fact: str
    kind: Kind
    measures: tuple[str, ...]
    unit: str
    additive: bool
    better: Literal["more", "less", "neither"]

    @property
    def type(self) -> Type:
        return "integer" if self.kind == "count" else "number"


class Dimension(msgspec.Struct, frozen=True, kw_only=True):
    """What rows can be grouped and filtered by."""

    name: str
    definition: str
    type: Type = "text"

    @property
    def is_time(self) -> bool:
        return self.name.startswith("time:")
