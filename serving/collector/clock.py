"""When did it happen? Clients say so by clocks that may be wrong.

1. A client that says when it sent the batch (``sent_at``) and is off by more than a minute has a wrong clock: all its
   times are shifted by the difference.
2. A time that then lies in the future is set to the time of receipt.
3. An event more than a week old is refused: anybody may send it, each day that it names would be built again, and
   nobody can check whether it is true. The tracker keeps unsent events for a week, and no longer.
4. Any other time is believed: a page that was read on a train is sent in the evening.

If the time was changed, the client's own is kept beside it (``client_occurred_at``).
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
    """Return the correction of the client's clock; zero if it is right, or unknown."""
    if sent_at is None:
        return timedelta()
    offset = received_at - sent_at
    return offset if abs(offset) > OFF_BY else timedelta()


def occurred_at(said: datetime, offset: timedelta, received_at: datetime) -> datetime:
    """Return the client's time by our clock, in UTC. Raises ValueError if it cannot be believed."""
    try:
        at = said.astimezone(UTC) + offset
    except OverflowError:
        raise ValueError(NO_TIME) from None
    if at < earliest_believed(received_at):
        raise ValueError(TOO_OLD)
    return at if at <= received_at + OFF_BY else received_at


def earliest_believed(received_at: datetime) -> datetime:
    return received_at - LONGEST_DELAY - OFF_BY
