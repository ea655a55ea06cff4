"""The range of a question, and what it is compared with: words and dates become days."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from orchestration.days import EARLIEST, ONE_DAY
from serving.questions.faults import Faults, at
from serving.questions.question import Compare, Range

WORDS = ("today", "yesterday", "week", "month", "year", "all")
DAYS = re.compile(r"([1-9][0-9]{0,3})d")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})"
)
FIRST_DAY, LAST_DAY = EARLIEST.date(), date(2100, 12, 31)
ALLOWED = (*WORDS, "28d", "two dates", "two instants")
WEEKS_OF_YEAR = 52 * 7
MATCHES = ("date", "weekday")


def read_range(said: Any, pointer: str, today: date, first_day: date, faults: Faults) -> Range | None:
    """Return the range; None, and a fault, where it is none. ``first_day`` is the first that has events."""
    if isinstance(said, str):
        if found := of_word(said, today, first_day):
            return found
    elif isinstance(said, list) and len(said) == 2 and all(isinstance(part, str) for part in said):
        if all(INSTANT.fullmatch(part) for part in said):
            return of_instants(said, pointer, faults)
        return of_dates(said, pointer, faults)
    faults.add("invalid_range", pointer, "A range is a word, a number of days, two dates or two instants.", ALLOWED)
    return None


def of_word(word: str, today: date, first_day: date) -> Range | None:
    yesterday = today - ONE_DAY
    firsts = {
        "today": today,
        "week": today - timedelta(days=today.weekday()),
        "month": today.replace(day=1),
        "year": today.replace(month=1, day=1),
        "all": min(first_day, today),
    }
    if word in firsts:
        return Range(firsts[word], today)
    if word == "yesterday":
        return Range(yesterday, yesterday)
    # Whole days: today is not over, and would look like a loss.
    found = DAYS.fullmatch(word)
    return found and Range(today - timedelta(days=int(found[1])), yesterday)


def of_dates(said: list[str], pointer: str, faults: Faults) -> Range | None:
    days = [read_day(part, at(pointer, place), faults) for place, part in enumerate(said)]
    first, last = days
    if first is None or last is None:
        return None
    if last < first:
        faults.add("invalid_range", pointer, "The second date lies before the first.")
        return None
    return Range(first, last)


def read_day(said: str, pointer: str, faults: Faults) -> date | None:
    try:
        day = date.fromisoformat(said) if DATE.fullmatch(said) else None
    except ValueError:
        day = None
    if day is None or not FIRST_DAY <= day <= LAST_DAY:
        faults.add("invalid_range", pointer, f"A date is written 2026-11-28, and lies in {FIRST_DAY} to {LAST_DAY}.")
        return None
    return day


def of_instants(said: list[str], pointer: str, faults: Faults) -> Range | None:
    try:
        since, until = (datetime.fromisoformat(part).astimezone(UTC) for part in said)
    except (ValueError, OverflowError):
        faults.add("invalid_range", pointer, "An instant is written 2026-11-28T09:30:00Z, or with an offset.")
        return None
    if until <= since or not (since.date() >= FIRST_DAY and until.date() <= LAST_DAY):
        faults.add(
            "invalid_range", pointer, f"Two instants in order, in {FIRST_DAY} to {LAST_DAY}; the second is not in it."
        )
        return None
    last = (until - timedelta(microseconds=1)).date()
    if since.time() == until.time() == datetime.min.time():
        return Range(since.date(), last)
    return Range(since.date(), last, since, until)


def read_compare(said: Any, pointer: str, main: Range, faults: Faults) -> Compare | None:
    """Return what a range is compared with; None, and a fault, where that cannot be said."""
    asked = said if isinstance(said, dict) else {"to": said}
    for name in asked.keys() - {"to", "match"}:
        faults.add("unknown_member", at(pointer, name), "compare has no such member.", ("to", "match"))
    to, match = asked.get("to"), asked.get("match", "date")
    if match not in MATCHES:
        faults.add("unknown_value", at(pointer, "match"), "Days are matched by date or by weekday.", MATCHES)
        return None
    if not main.is_whole_days:
        faults.add("not_together", pointer, "Ranges of whole days are compared; this one has instants.")
        return None
    days = (main.last - main.first).days + 1
    if to == "previous":
        by = -(-days // 7) * 7 if match == "weekday" else days
        return before(Compare(moved(main, by), to, match, days=by), pointer, faults)
    if to == "year" and match == "weekday":
        return before(Compare(moved(main, WEEKS_OF_YEAR), to, match, days=WEEKS_OF_YEAR), pointer, faults)
    if to == "year":
        return before(Compare(year_before(main), to, match, is_year=True), pointer, faults)
    if isinstance(to, list) and len(to) == 2 and all(isinstance(part, str) for part in to):
        if match == "weekday":
            detail = "Weekdays are matched for previous and year; of two dates, say those that you mean."
            faults.add("not_together", at(pointer, "match"), detail, ("date",))
        other = of_dates(to, at(pointer, "to"), faults)
        return other and Compare(other, days=(main.first - other.first).days)
    faults.add(
        "unknown_value",
        at(pointer, "to"),
        "Compare with previous, year, or two dates.",
        ("previous", "year", "two dates"),
    )
    return None


def before(compare: Compare, pointer: str, faults: Faults) -> Compare | None:
    if compare.range.first < FIRST_DAY:
        faults.add("invalid_range", pointer, f"What it would be compared with lies before {FIRST_DAY}.")
        return None
    return compare


def moved(main: Range, days: int) -> Range:
    return Range(main.first - timedelta(days=days), main.last - timedelta(days=days))


def year_before(main: Range) -> Range:
    return Range(a_year_before(main.first, 1), a_year_before(main.last, 0))


def a_year_before(day: date, after_february: int) -> date:
    """Return the same date of the year before. 29 February becomes the 28th, or so many days after that."""
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 2, 28) + timedelta(days=after_february)
    return day.replace(year=day.year - 1)
