"""What a client's clock says in, the time that is believed out."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.collector.clock import LONG_AGO, OFF_BY, occurred_at, offset_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))
START = datetime(2020, 1, 2)  # noqa: DTZ001 - hypothesis adds the time zone
FIRST = datetime.min.replace(tzinfo=timezone(14 * HOUR))
LAST = datetime.max.replace(tzinfo=timezone(-14 * HOUR))


@pytest.mark.parametrize(
    ("said", "sent", "believed"),
    [
        # Nobody knows the client's clock: the past is believed, the future is not.
        (NOON - 3 * HOUR, None, NOON - 3 * HOUR),
        (NOON + MINUTE, None, NOON + MINUTE),
        (NOON + MINUTE + SECOND, None, NOON),
        (NOON - 365 * DAY, None, NOON - 365 * DAY),
        (NOON - 365 * DAY - SECOND, None, NOON),
        # It is right, give or take a minute.
        (NOON - 3 * HOUR, NOON - MINUTE, NOON - 3 * HOUR),
        (NOON - 3 * HOUR, NOON + MINUTE, NOON - 3 * HOUR),
        # It is off: all is moved by what it is off.
        (NOON + 2 * HOUR - 5 * SECOND, NOON + 2 * HOUR, NOON - 5 * SECOND),
        (NOON - 9 * DAY, NOON - 9 * DAY + 30 * SECOND, NOON - 30 * SECOND),
        (datetime(1970, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC) + HOUR, NOON - HOUR),
        # Moved, it still lies in the future or long ago.
        (NOON, NOON - 2 * MINUTE, NOON),
        (NOON - 300 * DAY, NOON + 100 * DAY, NOON),
        # Other offsets are other ways to write the same.
        (datetime(2026, 3, 1, 9, tzinfo=timezone(-2 * HOUR)), None, NOON - HOUR),
        # The ends of the calendar.
        (FIRST, None, NOON),
        (LAST, None, NOON),
        (FIRST, LAST, NOON),
        (LAST, FIRST, NOON),
        (NOON, FIRST, NOON),
    ],
)
def test_whose_clock_is_believed(said, sent, believed):
    assert occurred_at(said, offset_of(sent, NOON), NOON) == believed


def any_time(**bounds) -> st.SearchStrategy[datetime]:
    offsets = st.integers(-1439, 1439).map(lambda minutes: timezone(minutes * MINUTE))
    return st.datetimes(timezones=offsets, **bounds)


@given(said=any_time(), sent=st.none() | any_time(), received=any_time(min_value=START))
def test_a_time_is_within_a_year_and_believed_ever_after(said, sent, received):
    received = min(received, datetime(2100, 1, 1, tzinfo=UTC)).astimezone(UTC)
    at = occurred_at(said, offset_of(sent, received), received)
    assert received - LONG_AGO <= at <= received + OFF_BY
    assert at.utcoffset() == timedelta()
    assert occurred_at(at, timedelta(), received) == at
    assert occurred_at(at, offset_of(received, received), received) == at
