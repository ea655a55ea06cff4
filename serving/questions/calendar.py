"""Days of sites. They are UTC's until sites have time zones: what today is, is asked here alone."""

from datetime import UTC, date, datetime


def today() -> date:
    """Return the day that it is on the sites."""
    return datetime.now(UTC).date()


def end_of(day: date) -> datetime:
    """Return the instant at which a day of the sites ends."""
    return datetime.fromordinal(day.toordinal() + 1).replace(tzinfo=UTC)


def start_of(day: date) -> datetime:
    """Return the instant at which a day of the sites begins."""
    return datetime.fromordinal(day.toordinal()).replace(tzinfo=UTC)
