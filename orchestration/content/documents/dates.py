"""Dates as people write them in front matter."""

import re
from datetime import UTC, datetime

# Names of the date of publication in front matter: Hugo, Jekyll and Eleventy; our own; Hugo; Astro.
NAMES = ("date", "published_at", "publishDate", "pubDate")
LONGEST = 80
SPACE_BEFORE_OFFSET = re.compile(r" (?=[+-]\d\d:?\d\d$)")
YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
# With points in between, the day comes first in every country.
DAY_FIRST = re.compile(r"\d{1,2}\.\s?\d{1,2}\.\s?\d{4}")
# The parser takes missing parts from these; if the results differ, the date is incomplete.
A_DAY, ANOTHER_DAY = datetime(2001, 1, 1), datetime(2004, 2, 3)  # noqa: DTZ001 - the zone is the written one, if any


def read_date(written: str) -> datetime | None:
    """Return the date as written, with its zone if it has one: ISO 8601 and its kin, RFC 2822, names of months.

    None for an incomplete date, and for one that could be two days: 03/04/2026 is in March or in April.
    """
    written = written.strip()
    if len(written) > LONGEST:
        return None
    # "2025-01-14 10:00:00 +0100", as Jekyll writes it, is ISO 8601 except for one space.
    written = SPACE_BEFORE_OFFSET.sub("", written)
    if begun := YEAR_FIRST.match(written):
        year, month, day = map(int, begun.groups())
        written = f"{year}-{month:02}-{day:02}{written[begun.end() :]}"
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return read_loosely(written)


def read_loosely(written: str) -> datetime | None:
    import warnings

    from dateutil.parser import UnknownTimezoneWarning, parse

    orders = [True] if DAY_FIRST.match(written) else [False] if YEAR_FIRST.match(written) else [False, True]
    try:
        with warnings.catch_warnings():
            # The parser would ignore an unknown name of a zone.
            warnings.simplefilter("error", UnknownTimezoneWarning)
            readings = {
                parse(written, default=default, dayfirst=dayfirst)
                for default in (A_DAY, ANOTHER_DAY)
                for dayfirst in orders
            }
    except (ValueError, OverflowError, TypeError, UnknownTimezoneWarning):
        return None
    return readings.pop() if len(readings) == 1 else None


def in_utc(at: datetime) -> datetime | None:
    """Return the same instant in UTC, the zone of dates without one; None if it is out of the range of years."""
    try:
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
