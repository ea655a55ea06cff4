"""dbt called by a person: the days that it writes must be in PostgreSQL, or their marts would be emptied."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import date

import yaml

from orchestration.days import DayRange
from orchestration.errors import DogearError
from orchestration.lake.days import days_that_left
from orchestration.lake.recall import recall
from orchestration.lake.tables import TABLES
from orchestration.resources.locks import BUILD, alone
from orchestration.resources.postgres import connect
from orchestration.rollups.dbt_project import day_columns, parsed_project
from orchestration.rollups.dbt_run import READ_AROUND, VISITORS_OF_ALL_TIME, dbt_refresh, lock_environment
from orchestration.rollups.dbt_words import command_of, value_of
from orchestration.rollups.foreign_relations import refuse_foreign
from orchestration.rollups.outdated_tables import drop_outdated
from orchestration.rollups.stale_days import forget_days, missing_tables
from orchestration.settings import Settings

# Other commands write tables that hold no days.
WRITING_DAYS = {"build", "run", "retry", "clone"}
FULL_REFRESH = {"--full-refresh", "-f"}


@contextmanager
def days_at_hand(database_url: str, settings: Settings, arguments: Sequence[str]) -> Generator[dict[str, str]]:
    """Keep the days that a command of dbt writes in PostgreSQL until the block ends, and other builds out.

    Yields the environment for dbt. Named days count as not built until they are. Raises DogearError if the
    command names no days, but some have left for the lake; or if it names some, and would drop the others.
    """
    if command_of(arguments) not in WRITING_DAYS:
        yield {}
        return
    days = named_days(arguments)
    if days and FULL_REFRESH.intersection(arguments):
        raise DogearError(
            "--full-refresh would drop all other days. Leave it out, which builds the days of --vars again; to build "
            "all days, try: dogear build"
        )
    parsed = parsed_project(database_url, settings)
    with alone(database_url, BUILD) as lock:
        with connect(database_url) as connection:
            refuse_foreign(connection, parsed)
            drop_outdated(connection, parsed)
        if days:
            recall(database_url, settings, days.with_days_around(READ_AROUND))
            with connect(database_url) as connection:
                forget_days(connection, days, day_columns(parsed))
        elif left := sorted({day for of in TABLES.values() for day in days_that_left(lock, date.min, date.max, of)}):
            raise DogearError(
                f"{len(left)} days, {left[0]} to {left[-1]}, have left PostgreSQL for the lake: dbt would empty "
                "their marts. Name the days: --vars '{from_day: 2026-03-01, to_day: 2026-03-07}', or try: dogear build"
            )
        yield lock_environment(lock)
    if days:
        refresh_visitors(database_url, settings)


def refresh_visitors(database_url: str, settings: Settings) -> None:
    """Refresh visitors of all time: dbt may have done so while days that came back were still summed up as left."""
    with connect(database_url) as connection:
        if not connection.execute("select from lake.left_visits limit 1").rowcount:
            return
        if missing_tables(connection, [f"marts.{VISITORS_OF_ALL_TIME}"]):
            return
    for result in dbt_refresh(database_url, settings, [VISITORS_OF_ALL_TIME]):
        if result.status in {"error", "fail"}:
            raise DogearError(f"{VISITORS_OF_ALL_TIME} could not be refreshed: {result.message}")


def named_days(arguments: Sequence[str]) -> DayRange | None:
    """Return from_day and to_day of --vars; None if it names no days, or dbt will reject it."""
    try:
        said = yaml.safe_load(value_of(arguments, "--vars") or "") or {}
        return DayRange(date.fromisoformat(str(said["from_day"])), date.fromisoformat(str(said["to_day"])))
    except (yaml.YAMLError, KeyError, TypeError, ValueError):
        return None
