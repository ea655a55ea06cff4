"""``dogear build``: the marts of a range of days."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.terminal import say

if TYPE_CHECKING:
    from orchestration.days import DayRange


def check_range(days: "DayRange") -> None:
    """Raise DogearError if no event can lie on some of the days."""
    from orchestration.days import EARLIEST
    from orchestration.errors import DogearError
    from orchestration.events.event import MOST_AHEAD

    if days.first > days.last:
        raise DogearError(f"--from lies after --to: {days.first} after {days.last} (today, if --to is not given).")
    if days.first < EARLIEST.date():
        raise DogearError(f"--from lies before {EARLIEST.date()}, the first day that events can have.")
    latest = (datetime.now(UTC) + MOST_AHEAD).date()
    if days.last > latest:
        raise DogearError(f"--to lies after {latest}, the last day that events can have by now.")


def build(
    from_day: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First UTC day.")] = None,
    to_day: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last UTC day.")] = None,
) -> None:
    """Build the marts of a range of days.

    By default of the days that need it; content that changed is read first. A day needs it when its events are no
    longer those that its marts were built from. Building a day again is safe: each mart replaces the day as a whole,
    or not at all.

    \b
    Examples:
      dogear build
      dogear build --from 2026-03-01 --to 2026-03-31
      dogear build --from 2026-03-01                    (up to today)
    """
    from orchestration.cli.build_run import build_ranges
    from orchestration.days import DayRange
    from orchestration.errors import DogearError
    from orchestration.resources.database import open_database
    from orchestration.rollups.stale_days import days_to_build
    from orchestration.settings import Settings

    if from_day is None and to_day is not None:
        raise DogearError("--to needs --from: say on which day to begin.")
    settings = Settings()
    with open_database(settings) as database_url:
        if from_day is None:
            ranges = days_to_build(database_url, settings)
        else:
            ranges = [DayRange(from_day.date(), (to_day or datetime.now(UTC)).date())]
            check_range(ranges[0])
        if not ranges:
            say("Every day is built: no event has come or gone since.")
            return
        build_ranges(settings, database_url, ranges, say=say)
