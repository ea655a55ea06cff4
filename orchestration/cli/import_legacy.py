"""``dogear import-legacy``: the events of the old design."""

import os
from pathlib import Path
from typing import Annotated

import typer

from orchestration.errors import DogearError
from orchestration.terminal import say


def import_legacy(
    source: Annotated[str, typer.Argument(metavar="TABLE|FILE", help="The old table, or a dump of it.")],
    site: Annotated[
        str | None,
        typer.Option(help="Site that was visited (default: DOGEAR_SITE, or the only one but for the sample)."),
    ] = None,
    owner: Annotated[
        str | None, typer.Option(help="Take only events with this user_code in event_data; skip the others.")
    ] = None,
    url_from: Annotated[
        str | None,
        typer.Option(metavar="VARIABLE", help="Environment variable with the URL of the table's database."),
    ] = None,
    archive: Annotated[
        bool, typer.Option("--archive", help="Then copy it to the lake, and move it into the schema archive.")
    ] = False,
) -> None:
    """Import the table analytics_events (event_type, event_data, created_at) of the old design.

    A table in the same database, or in the one whose URL is in the environment variable of --url-from; or a dump,
    written by COPY or pg_dump, CSV, or one JSON object a line. The same rows again add nothing. Rows that cannot be
    read go to raw.rejected_events with the reason.

    \b
    Examples:
      dogear import-legacy public.analytics_events --archive
      OLD_URL=postgresql://… dogear import-legacy analytics_events --url-from OLD_URL --site example.org
      dogear import-legacy analytics_events.csv
    """
    from orchestration.content.sites import find_site
    from orchestration.events.legacy.import_legacy import LegacyImport
    from orchestration.events.legacy.legacy_table import archive as put_away
    from orchestration.events.legacy.legacy_table import find_legacy_table
    from orchestration.lake.legacy_archive import archive_rows
    from orchestration.resources.database import open_database
    from orchestration.settings import Settings

    settings = Settings()
    other_url = url_in(url_from)
    with open_database(settings) as database_url:
        visited = find_site(database_url, site or settings.site)
        target = LegacyImport(
            *(database_url, visited.site, visited.user_code, owner),
            spill=settings.home_folder,
            memory_limit=settings.duckdb_memory,
        )
        is_file = other_url is None and Path(source).is_file()
        if is_file and archive:
            raise DogearError(f"{source} is a file: only a table can be archived.")
        table = None if is_file else find_legacy_table(other_url or database_url, source)
        summary = target.dump(Path(source)) if table is None else target.table(table)
        passed_over = f", {summary.lines_passed_over:,} of other owners skipped" if summary.lines_passed_over else ""
        say(
            f"{summary.file}: {summary.lines_read:,} rows = {summary.events_added:,} events added, "
            f"{summary.events_known:,} known already, {summary.lines_rejected:,} rejected{passed_over}."
        )
        if archive and table:
            say(f"Its rows are in {archive_rows(settings, table, summary.lines_read)}.")
            say(f"The table is {put_away(table, summary.lines_read)} now.")


def url_in(variable: str | None) -> str | None:
    """Return the URL in an environment variable. Raise DogearError, without quoting it, if it holds none."""
    from orchestration.resources.server import Server

    if variable is None:
        return None
    if "://" in variable:
        raise DogearError("--url-from takes the name of an environment variable, since a command line is seen by all.")
    return Server.said(os.environ.get(variable, ""), variable).url
