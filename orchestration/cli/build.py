"""``dogear build``: the marts of a range of days."""

from datetime import UTC, datetime
from typing import Annotated

import typer


def build(
    from_day: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First UTC day.")] = None,
    to_day: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last UTC day.")] = None,
) -> None:
    """Read changed content, then build every mart for a range of days; by default for the days that need it.

    A day needs it when its events are not the ones that its marts were made of. Building a day again is safe: each mart
    replaces the day as a whole, or not at all.

    \b
    Examples:
      dogear build
      dogear build --from 2026-03-01 --to 2026-03-31
      dogear build --from 2026-03-01                    (up to today)
    """
    from orchestration.errors import DogearError
    from orchestration.resources.database import open_database
    from orchestration.rollups.build_run import build_ranges
    from orchestration.rollups.stale_days import DayRange, days_to_build
    from orchestration.settings import Settings

    if from_day is None and to_day is not None:
        raise DogearError("--to needs --from: say on which day to begin.")
    settings = Settings()
    with open_database(settings) as database_url:
        if from_day is None:
            ranges = days_to_build(database_url, settings.home_folder)
        else:
            ranges = [DayRange(from_day.date(), (to_day or datetime.now(UTC)).date())]
        if any(days.first > days.last for days in ranges):
            raise DogearError("--from lies after --to.")
        if not ranges:
            typer.echo("Every day is built: no event has come or gone since.")
            return
        build_ranges(settings, database_url, ranges, say=typer.echo)
