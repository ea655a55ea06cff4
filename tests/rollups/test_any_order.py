"""Whatever the order in which batches come in, and however often: the marts are those of one orderly delivery."""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from orchestration.events.journal.loader import Loader
from tests.rollups.building import MODELS, Warehouse
from tests.rollups.sent_batches import Batch, batches

# In how many parts all comes in, each followed by a build, in each of the rounds.
PARTS = [3, 1]
Snapshot = dict[str, list[tuple[Any, ...]]]


def load(warehouse: Warehouse, sent: Sequence[Batch], at_once: int) -> int:
    """The journal's way in, so many batches at a time; returns how many events were new."""
    journal = warehouse.home / "journal"
    journal.mkdir(exist_ok=True)
    loader = Loader(journal, warehouse.url)
    new = 0
    for start in range(0, len(sent), at_once):
        lines = [batch.line() + b"\n" for batch in sent[start : start + at_once]]
        Path(journal, "1.ndjson").write_bytes(b"".join(lines))
        new += loader.load_waiting()
    assert not list(journal.glob("*")), "all was loaded, and nothing was damaged"
    return new


def again(batch: Batch, chance: random.Random) -> Batch:
    """The batch, or a part of it, as a client sends it again that saw no answer."""
    some = [event for event in batch.events if chance.random() < 0.7] or batch.events
    return Batch(batch.sender, tuple(chance.sample(some, len(some))), batch.has_wrong_clock)


def differences(found: Snapshot, expected: Snapshot) -> list[str]:
    """The tables that are not equal, with a row or two that only one of them has."""
    said = [f"{name} is in one of them only" for name in found.keys() ^ expected.keys()]
    for name in found.keys() & expected.keys():
        only_found = set(map(repr, found[name])).difference(map(repr, expected[name]))
        only_expected = set(map(repr, expected[name])).difference(map(repr, found[name]))
        if found[name] != expected[name]:
            said.append(f"{name}: {list(only_found)[:2]} instead of {list(only_expected)[:2]}")
    return said


@pytest.fixture
def sent() -> list[Batch]:
    return batches(random.Random(20260301), visitors=60)


def test_any_order_and_any_number_of_deliveries_give_identical_marts(warehouse: Warehouse, sent: list[Batch]):
    new = load(warehouse, sent, at_once=len(sent))
    assert new == sum(len(batch.events) for batch in sent)
    warehouse.build(select=MODELS)
    expected = warehouse.snapshot()
    assert {"analytics_sessions", "analytics_aggregates", "built_days"} <= expected.keys()
    assert len(expected["analytics_sessions"]) > 200

    for seed, parts in enumerate(PARTS):
        chance = random.Random(seed)
        warehouse.empty()
        delivered = [*sent, *(again(batch, chance) for batch in chance.sample(sent, len(sent) // 3))]
        chance.shuffle(delivered)
        for part in range(parts):
            load(warehouse, delivered[part::parts], at_once=chance.randint(50, 200))
            warehouse.build(select=MODELS)
        assert differences(warehouse.snapshot(), expected) == [], f"round {seed}"
