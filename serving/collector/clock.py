"""When did it happen? Clients say so by clocks that may be wrong.

1. A client that says when it sent the batch (``sent_at``) and is off by more than a minute has a wrong clock: all its
   times are moved by what it is off.
2. What then lies in the future, or more than a year ago, happened when it was received.
3. All else is believed: a page that was read on a train is sent in the evening.

Where the time was changed, the client's own is kept beside it (``client_occurred_at``).
"""

from datetime import UTC, datetime, timedelta

OFF_BY = timedelta(minutes=1)
LONG_AGO = timedelta(days=365)


def offset_of(sent_at: datetime | None, received_at: datetime) -> timedelta:
    """What the client's clock lacks; zero where it is right, or nobody knows."""
    if sent_at is None:
        return timedelta()
    offset = received_at - sent_at
    return offset if abs(offset) > OFF_BY else timedelta()


def is_believed(at: datetime, received_at: datetime) -> bool:
    return received_at - LONG_AGO <= at <= received_at + OFF_BY


def occurred_at(said: datetime, offset: timedelta, received_at: datetime) -> datetime:
    """The time by our clock, in UTC, of what the client said."""
    try:
        at = said.astimezone(UTC) + offset
    except OverflowError:  # at either end of the calendar
        return received_at
    return at if is_believed(at, received_at) else received_at
