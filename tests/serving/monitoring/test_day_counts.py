"""Counters made of days: they never go down, and on the whole say what the marts said."""

from datetime import date, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from serving.monitoring.day_counts import OTHER, Counted, DayCounts

TODAY = date(2026, 3, 20)
WEEK = timedelta(days=7)
days = st.integers(0, 10).map(lambda back: TODAY - timedelta(days=back))
counted = st.dictionaries(st.tuples(days, st.sampled_from("abcdefg")), st.integers(0, 50))


def rows(counts: dict[tuple[date, str], float], since: date) -> list[Counted]:
    return [(day, label, amount) for (day, label), amount in counts.items() if day >= since]


@given(st.lists(counted, min_size=1), st.integers(1, 8))
def test_no_counter_goes_down_and_a_restart_changes_none(looks, most):
    counts = DayCounts()
    last: dict[str, float] = {}
    for passed, found in enumerate(looks):
        since = TODAY - WEEK + timedelta(days=passed)
        counts.see(rows(found, since), since, most)
        counts = msgspec.json.decode(msgspec.json.encode(counts), type=DayCounts)
        totals = counts.totals()
        assert len(set(totals) - {OTHER}) <= most
        # A label that no day has may have gone, where another needed its place.
        assert all(totals[label] >= amount for label, amount in last.items() if label in totals)
        last = totals


@given(st.lists(counted, min_size=1, max_size=5))
def test_counts_that_only_grow_are_counted_exactly(looks):
    counts, truth = DayCounts(), {}
    for found in looks:
        truth = {key: max(truth.get(key, 0), found.get(key, 0)) for key in truth.keys() | found.keys()}
        counts.see(rows(truth, TODAY - WEEK), TODAY - WEEK, 100)
    expected: dict[str, float] = {}
    for _, label, amount in rows(truth, TODAY - WEEK):
        expected[label] = expected.get(label, 0) + amount
    assert counts.totals() == expected


def test_a_mart_that_is_dropped_and_made_again_adds_nothing():
    counts = DayCounts()
    for found in ([(TODAY, "a", 5)], [], [(TODAY, "a", 3)], [(TODAY, "a", 5)], [(TODAY, "a", 6)]):
        counts.see(found, TODAY - WEEK, 10)
    assert counts.totals() == {"a": 6}


def test_what_has_no_place_is_other_and_a_label_that_is_no_longer_seen_gives_its_place():
    counts = DayCounts()
    counts.see([(TODAY, "a", 1), (TODAY, "b", 2), (TODAY, "c", 4)], TODAY - WEEK, 2)
    assert counts.totals() == {"a": 1, "b": 2, OTHER: 4}
    later = TODAY + 2 * WEEK
    counts.see([(later, "c", 8)], later - WEEK, 2)
    assert counts.totals() == {"b": 2, "c": 8, OTHER: 4}
