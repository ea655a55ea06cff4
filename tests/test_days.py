"""Ranges of days."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from orchestration.days import DayRange


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 400), st.integers(1, 400))
def test_parts_are_the_range_in_order_and_none_is_too_long(first: date, more: int, most: int):
    days = DayRange(first, first + timedelta(days=more))
    parts = days.in_parts(most)
    assert [day for part in parts for day in part.with_days_around(0)] == days.with_days_around(0)
    assert all(len(part.with_days_around(0)) == most for part in parts[:-1])
    assert 1 <= len(parts[-1].with_days_around(0)) <= most
