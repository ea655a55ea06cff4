"""``dogear erase``: one visitor, everywhere."""

import sys
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.terminal import say

if TYPE_CHECKING:
    from datetime import date

    from orchestration.days import DayRange
    from orchestration.settings import Settings
    from orchestration.upkeep.erase import Erasure

NOT_REACHED = (
    "Backups are not reached, nor files and tables that were imported, and their archive: "
    "importing one again adds its visitors again."
)


def erase(
    visitor_id: Annotated[
        str, typer.Option("--visitor", metavar="ID", help="account_id, client_visitor_id or anonymous_id.")
    ],
    site: Annotated[str | None, typer.Option(help="Only what was left on this site (default: on every site).")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase one visitor, everywhere.

    Deletes every event with ID as account_id, client_visitor_id or anonymous_id (the visitor_id of the marts is one of
    these), and what was derived from it: live visitors, notifications of the account, rejected lines. The files of
    these days in the lake are written without it, their marts built again, and PostgreSQL's tables rewritten without
    the deleted rows. The rows are shown first; in a terminal you are asked to confirm. A second run finds nothing. An
    earlier erasure, of anybody, that was left unfinished is finished too.

    \b
    Examples:
      dogear erase --visitor 4711
      dogear erase --visitor 0197f2ab-6c1e-7c3a-8f52-9d0c4b1a7e63 --site example.org
      dogear erase --visitor 4711 --yes
    """
    from orchestration.events.journal.pending_journal import load_pending
    from orchestration.resources.database import open_database
    from orchestration.rollups.dbt_project import day_columns, parsed_project
    from orchestration.settings import Settings
    from orchestration.upkeep import erase as upkeep

    settings = Settings()
    with open_database(settings) as database_url:
        visitor = upkeep.check_visitor(database_url, upkeep.Visitor(visitor_id, site))
        columns = day_columns(parsed_project(database_url, settings))
        is_collecting = load_pending(settings.journal_folder, database_url, settings.duckdb_memory)
        found = upkeep.look(database_url, settings, visitor, columns)
        where = site or "any site"
        if not found.removed and not found.to_build:
            say(f"0 rows: there is nothing of {visitor_id} on {where}.")
            done = found
        else:
            say(f"{visitor_id} on {where}:")
            tell(found)
            if not yes and sys.stdin.isatty() and not typer.confirm("Erase this for good?"):
                say("Nothing was erased.")
                sys.exit(1)
            done = upkeep.erase(database_url, settings, visitor, columns)
            say("Erased:")
            tell(done)
        finish(settings, database_url, done)
        say(NOT_REACHED)
        if is_collecting:
            say("A collector runs: what the visitor sends from now on is kept. Erase again when that has ended.")


def tell(erasure: "Erasure") -> None:
    """Print what was or would be deleted: rows and UTC days by table, and the days whose marts change."""
    for it in erasure.removed:
        days = f"{it.first}" if it.first == it.last else f"{it.first} to {it.last}"
        say(f"  {it.table:<26}{it.rows:>9,} {'row ' if it.rows == 1 else 'rows'}  {days}")
    if erasure.to_build:
        say(f"  marts are built again for {', '.join(map(str, erasure.to_build))}")


def finish(settings: "Settings", database_url: str, done: "Erasure") -> None:
    """Do the steps after the deletion. If one fails, do the others, and raise DogearError at the end."""
    from orchestration.errors import DogearError

    # A warehouse that was built while an erasure went on would still know the visitor.
    forget_warehouse(settings)
    failures: list[str] = []
    steps = (
        partial(write_again, settings, database_url, done.to_export),
        partial(build, settings, database_url, done.to_build),
        partial(write_marts_again, settings, database_url),
        partial(free, database_url),
    )
    for step in steps:
        try:
            step()
        except DogearError as error:
            failures.append(str(error))
    if failures:
        raise DogearError(f"{' '.join(failures)} To finish, run the same command again.")


def forget_warehouse(settings: "Settings") -> None:
    """Remove the DuckDB warehouse: it holds copies of rows, and is quickly rebuilt."""
    from orchestration.warehouse.warehouse import remove_warehouse

    if removed := remove_warehouse(settings):
        say(f"{removed} is removed, a copy. To build it again: dogear dbt build --target duckdb")


def write_again(settings: "Settings", database_url: str, days: "list[date]") -> None:
    """Write files of the lake without the visitor. Raise DogearError if that fails."""
    from orchestration.errors import DogearError
    from orchestration.lake.export import export_days
    from orchestration.resources.duckdb_engine import open_duckdb

    if not days:
        return
    try:
        with open_duckdb(settings) as engine:
            for done in export_days(database_url, settings, engine, days):
                say(f"{done.day}: written to the lake without the visitor.")
    except DogearError as error:
        raise DogearError(f"{error} The events are erased in PostgreSQL; the lake is not yet.") from None


def write_marts_again(settings: "Settings", database_url: str) -> None:
    """Write files of marts that were built without the visitor. Raise DogearError if that fails."""
    from orchestration.errors import DogearError
    from orchestration.lake.days import changed_days, lake_days
    from orchestration.lake.export import export_days
    from orchestration.lake.tables import MARTS
    from orchestration.resources.duckdb_engine import open_duckdb
    from orchestration.resources.postgres import connect

    with connect(database_url) as connection:
        wanted = {
            table: {found.day for found in changed_days(connection, table=table)}
            & {known.day for known in lake_days(connection, table=table)}
            for table in MARTS
        }
    if not any(wanted.values()):
        return
    try:
        with open_duckdb(settings) as engine:
            for table, days in wanted.items():
                for done in export_days(database_url, settings, engine, sorted(days), table):
                    say(f"{done.day} of {table.name}: written to the lake as it is now.")
    except DogearError as error:
        raise DogearError(f"{error} The marts are built without the visitor; their files are not yet.") from None


def build(settings: "Settings", database_url: str, ranges: "list[DayRange]") -> None:
    """Build the marts without the visitor. Raise DogearError if that fails."""
    from orchestration.cli.build_run import build_ranges
    from orchestration.errors import DogearError

    if not ranges:
        return
    try:
        build_ranges(settings, database_url, ranges, say=say)
    except DogearError as error:
        raise DogearError(f"{error} The events are erased; the marts are not yet.") from None


def free(database_url: str) -> None:
    """Free the bytes that erasures left in PostgreSQL's files. Raise DogearError if that fails."""
    from orchestration.upkeep.unfinished import free_bytes

    if free_bytes(database_url):
        say("PostgreSQL's tables are written again, without the deleted rows.")
