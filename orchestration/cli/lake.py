"""``dogear lake``: all of history as Parquet."""

import sys
from collections import Counter
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.filesize import decimal

from orchestration.cli.at_work import at_work
from orchestration.terminal import say

if TYPE_CHECKING:
    from orchestration.lake.days import LakeDay

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
From = Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First UTC day.")]
# Of a file that differs, by what makes it whole again.
THEN = {
    "export": "to rewrite it: dogear lake export",
    "build": "to build it again: dogear build, then dogear lake export",
    "backup": "restore the file from a backup",
}
To = Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last UTC day.")]


@app.callback()
def lake() -> None:
    """The lake: each closed day of raw.events, and of the marts of detail, as Parquet files.

    Days are written, compared and dropped from PostgreSQL automatically while Dogear runs; these commands do the same
    at once. DOGEAR_LAKE_URL says where the lake is: a folder, or a URL such as s3://bucket/path.

    \b
    Examples:
      dogear lake days
      dogear lake export
      dogear lake check
      dogear lake retention --dry-run
    """


@app.command()
def days(from_day: From = None, to_day: To = None) -> None:
    """List the days in the lake, and those that wait to be written.

    \b
    Examples:
      dogear lake days
      dogear lake days --from 2026-03-01 --to 2026-03-31
    """
    from orchestration.lake.days import changed_days, lake_days
    from orchestration.lake.tables import EVENTS, MARTS, TABLES
    from orchestration.resources.database import open_database
    from orchestration.resources.postgres import connect
    from orchestration.settings import Settings

    first, last = within(from_day, to_day)
    with open_database(Settings()) as url, connect(url) as connection:
        found = lake_days(connection, first, last, EVENTS)
        marts = Counter[date]()
        for table in MARTS:
            marts.update({day.day: day.bytes for day in lake_days(connection, first, last, table)})
        waiting = {
            day.day
            for table in TABLES.values()
            for day in changed_days(connection, table=table)
            if first <= day.day <= last
        }
    for day in found:
        say(line(day, marts[day.day], is_waiting=day.day in waiting))
    new = sorted(waiting - {day.day for day in found})
    if new:
        say(f"{count(len(new), 'day')} not in the lake yet: {new[0]} to {new[-1]}. Try: dogear lake export")
    if not found and not new:
        say("No day of these has events. A day can be written once it is over.")


@app.command()
def export(
    from_day: From = None,
    to_day: To = None,
    rewrite: Annotated[bool, typer.Option("--rewrite", help="Also rewrite days that are already up to date.")] = False,
) -> None:
    """Write the closed days that the lake does not hold yet, or that have changed in PostgreSQL.

    \b
    Examples:
      dogear lake export
      dogear lake export --from 2026-03-01 --to 2026-03-31 --rewrite
    """
    from orchestration.days import DayRange
    from orchestration.lake.export import export_days
    from orchestration.lake.tables import TABLES
    from orchestration.lake.wanted_days import days_of_range

    written = 0
    with at_work() as (settings, url, engine, progress):
        for table in TABLES.values():
            wanted = days_of_range(url, DayRange(*within(from_day, to_day)), only_changed=not rewrite, table=table)
            task = progress.add_task(table.name, total=len(wanted))
            days = rows = size = 0
            for done in export_days(url, settings, engine, wanted, table) if wanted else ():
                days, rows, size = days + 1, rows + done.rows, size + done.bytes
                progress.update(task, advance=1, description=f"{table.name} {done.day}")
            if days:
                said = f"{count(days, 'day')} written to {settings.lake}: {count(rows, 'row')}, {decimal(size)}."
                say(f"{table.name}: {said}")
            written += days
    if not written:
        say("The lake holds every closed day that PostgreSQL has. Whether its files are sound: dogear lake check")


@app.command()
def check(from_day: From = None, to_day: To = None) -> None:
    """Compare days of the lake with PostgreSQL, by reading both whole.

    A day that differs is rewritten while Dogear runs, or by dogear lake export, if PostgreSQL still holds it.
    Every outcome is in lake.checks. The exit status is 1 if a day differs.

    \b
    Examples:
      dogear lake check
      dogear lake check --from 2026-03-01 --to 2026-03-31
    """
    from orchestration.lake.compare import compare_days
    from orchestration.lake.days import lake_days
    from orchestration.lake.tables import TABLES
    from orchestration.resources.postgres import connect

    with at_work() as (settings, url, engine, progress):
        with connect(url) as connection:
            wanted = {
                table: [day.day for day in lake_days(connection, *within(from_day, to_day), table)]
                for table in TABLES.values()
            }
        total = sum(map(len, wanted.values()))
        task = progress.add_task("check", total=total)
        compared = wrong = gone = 0
        for table, days in wanted.items():
            for day in compare_days(url, settings, engine, days, table):
                compared += 1
                gone += day.has_left
                progress.update(task, completed=compared, description=f"{table.name} {day.day}")
                if day.verdict != "equal":
                    wrong += 1
                    then = THEN[day.way_out]
                    say(f"{day.day} of {table.name}: {day.verdict}, {day.reason}; {then}")
    more = f" {count(total - compared, 'file')} wait to be written first." if total > compared else ""
    if not total:
        say("None of these days is in the lake.")
        return
    apart = f" ({count(gone, 'file')} with what was written, since PostgreSQL no longer holds them)" if gone else ""
    say(f"{count(compared, 'file')} compared{apart}, {wrong or 'none'} found wrong.{more}")
    sys.exit(1 if wrong else 0)


@app.command()
def retention(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be dropped, and change nothing.")] = False,
) -> None:
    """Drop days from PostgreSQL that are older than DOGEAR_RETENTION_DAYS.

    A day leaves as a whole: its events, and its sessions, page views, clicks, custom events and visitors. It is dropped
    only after its copies in the lake are proven equal, by count and checksum. Rollups stay for ever. Rejected events of
    the same age are deleted too.

    \b
    Examples:
      dogear lake retention --dry-run
      dogear lake retention
    """
    from orchestration.lake.retention import (
        forget_corrected,
        let_old_days_leave,
        remove_old_rejected,
        what_would_leave,
    )

    gone = freed = kept = 0
    with at_work() as (settings, url, engine, _):
        found = what_would_leave(url, settings) if dry_run else let_old_days_leave(url, settings, engine)
        for day in found:
            if day.kept:
                kept += 1
                say(f"{day.day}: stays, {day.kept}.")
            else:
                gone, freed = gone + 1, freed + day.bytes
                went = "would be dropped" if dry_run else "dropped"
                say(f"{day.day}: {went}, {count(day.rows or 0, 'row')}, {decimal(day.bytes)}.")
        rejected = 0 if dry_run else remove_old_rejected(url, settings)
        if not dry_run:
            forget_corrected(url)
    if gone + kept:
        went = "would be dropped" if dry_run else "dropped"
        old = f"older than {settings.retention_days} days"
        say(f"{count(gone, 'day')} {went}, {decimal(freed)}; {kept or 'none'} of those {old} stay.")
    else:
        say(f"PostgreSQL holds no day older than {settings.retention_days} days.")
    if rejected:
        say(f"{count(rejected, 'rejected event')} of that age removed.")


def within(first: datetime | None, last: datetime | None) -> tuple[date, date]:
    """Return the requested days. Raise DogearError if the first lies after the last."""
    from orchestration.errors import DogearError

    if first and last and first > last:
        raise DogearError("--from lies after --to.")
    return first.date() if first else date.min, last.date() if last else date.max


def line(day: "LakeDay", bytes_of_marts: int, *, is_waiting: bool) -> str:
    where = f"left PostgreSQL on {day.left_at:%Y-%m-%d}" if day.left_at else "in PostgreSQL too"
    then = "; has changed since, to be written again" if is_waiting else ""
    marts = f"marts {decimal(bytes_of_marts):>10}"
    return f"{day.day}  {day.rows:>12,} events  {decimal(day.bytes):>10}  {marts}  {where}{then}"


def count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
