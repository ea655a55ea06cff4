"""When days of sites begin and end. They are UTC's until sites have time zones."""

from datetime import UTC, date, datetime


def end_of(day: date) -> datetime:
    """Return the instant at which a day of the sites ends."""
    return datetime.fromordinal(day.toordinal() + 1).replace(tzinfo=UTC)


def start_of(day: date) -> datetime:
    """Return the instant at which a day of the sites begins."""
    return datetime.fromordinal(day.toordinal()).replace(tzinfo=UTC)
