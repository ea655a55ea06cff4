"""When did it happen? Clients say so by clocks that may be wrong.

1. A client that says when it sent the batch (``sent_at``) and is off by more than a minute has a wrong clock: all its
   times are moved by what it is off.
2. What then lies in the future happened when it was received.
3. What lies more than a week ago is refused: anybody may send it, each day that it names would be built again, and
   nobody can tell whether it is true. The tracker keeps what it could not send for a week, and no longer.
4. All else is believed: a page that was read on a train is sent in the evening.

Where the time was changed, the client's own is kept beside it (``client_occurred_at``).
"""

from datetime import UTC, datetime, timedelta

from orchestration.events.event import LONGEST_DELAY

OFF_BY = timedelta(minutes=1)
TOO_OLD = (
    f"occurred_at lies more than {LONGEST_DELAY.days} days ago, and nobody can tell whether that is true: "
    "import older visits with `dogear import`"
)
NO_TIME = "occurred_at, moved by what the client's clock lacks, is beyond the calendar"


def offset_of(sent_at: datetime | None, received_at: datetime) -> timedelta:
    """Return what the client's clock lacks; zero where it is right, or nobody knows."""
    if sent_at is None:
        return timedelta()
    offset = received_at - sent_at
    return offset if abs(offset) > OFF_BY else timedelta()


def occurred_at(said: datetime, offset: timedelta, received_at: datetime) -> datetime:
    """Return the time by our clock, in UTC, of what the client said. Raises ValueError if nobody believes it."""
    try:
        at = said.astimezone(UTC) + offset
    except OverflowError:
        raise ValueError(NO_TIME) from None
    if at < earliest_believed(received_at):
        raise ValueError(TOO_OLD)
    return at if at <= received_at + OFF_BY else received_at


def earliest_believed(received_at: datetime) -> datetime:
    return received_at - LONGEST_DELAY - OFF_BY
