"""What a client's clock says in, the time that is believed out."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.collector.clock import NO_TIME, OFF_BY, TOO_OLD, earliest_believed, occurred_at, offset_of

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
        (NOON - 7 * DAY - MINUTE, None, NOON - 7 * DAY - MINUTE),
        # It is right, give or take a minute.
        (NOON - 3 * HOUR, NOON - MINUTE, NOON - 3 * HOUR),
        (NOON - 3 * HOUR, NOON + MINUTE, NOON - 3 * HOUR),
        # It is off: all is moved by what it is off.
        (NOON + 2 * HOUR - 5 * SECOND, NOON + 2 * HOUR, NOON - 5 * SECOND),
        (NOON - 9 * DAY, NOON - 9 * DAY + 30 * SECOND, NOON - 30 * SECOND),
        (datetime(1970, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC) + HOUR, NOON - HOUR),
        # Moved, it still lies in the future.
        (NOON, NOON - 2 * MINUTE, NOON),
        # Other offsets are other ways to write the same.
        (datetime(2026, 3, 1, 9, tzinfo=timezone(-2 * HOUR)), None, NOON - HOUR),
    ],
)
def test_whose_clock_is_believed(said, sent, believed):
    assert occurred_at(said, offset_of(sent, NOON), NOON) == believed


@pytest.mark.parametrize(
    ("said", "sent", "reason"),
    [
        (NOON - 7 * DAY - MINUTE - SECOND, None, TOO_OLD),
        (NOON - 364 * DAY, NOON, TOO_OLD),
        # Moved, it lies too long ago.
        (NOON - 6 * DAY, NOON + 2 * DAY, TOO_OLD),
        (NOON, LAST, NO_TIME),
        # The ends of the calendar.
        (FIRST, None, NO_TIME),
        (LAST, None, NO_TIME),
        (FIRST, LAST, NO_TIME),
        (LAST, FIRST, NO_TIME),
    ],
)
def test_what_nobody_believes_is_refused(said, sent, reason):
    with pytest.raises(ValueError, match="^" + re.escape(reason)):
        occurred_at(said, offset_of(sent, NOON), NOON)


def any_time(**bounds) -> st.SearchStrategy[datetime]:
    offsets = st.integers(-1439, 1439).map(lambda minutes: timezone(minutes * MINUTE))
    return st.datetimes(timezones=offsets, **bounds)


@given(
    ago=st.timedeltas(min_value=-9000 * DAY, max_value=9 * DAY),
    sent=st.none() | any_time(),
    received=any_time(min_value=START),
)
def test_a_time_is_within_a_week_and_believed_ever_after_or_refused(ago, sent, received):
    received = min(received, datetime(2100, 1, 1, tzinfo=UTC)).astimezone(UTC)
    offset = offset_of(sent, received)
    try:
        at = occurred_at(received - offset - ago, offset, received)
    except (ValueError, OverflowError):
        return
    assert earliest_believed(received) <= at <= received + OFF_BY
    assert at.utcoffset() == timedelta()
    assert occurred_at(at, timedelta(), received) == at
    assert occurred_at(at, offset_of(received, received), received) == at
