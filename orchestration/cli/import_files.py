"""``dogear import``: visits from files."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.errors import DogearError

if TYPE_CHECKING:
    from orchestration.events.logs.import_file import ImportSummary


def import_files(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help="Files, or folders of files.")],
    site: Annotated[
        str | None,
        typer.Option(help="Site that was visited (default: DOGEAR_SITE, or the only one but for the sample)."),
    ] = None,
) -> None:
    """Import visits from files.

    Access logs (combined or common format, JSON of nginx, Traefik or Caddy, CloudFront) and NDJSON in the collector's
    format, plain or gzip. A file that was imported before adds nothing, even if it was renamed or compressed; one that
    has grown since adds what is new.
    Lines that cannot be read go to raw.rejected_events with the reason. From a log, a page view is a GET answered 200
    or 304 for a page; images and the like are skipped. A file that cannot be read does not stop the others; the last
    line names those that failed, and the exit status is 1.

    \b
    Examples:
      dogear import /var/log/nginx/access.log /var/log/nginx/access.log.1.gz
      dogear import --site example.org events.ndjson
      dogear import logs/ && dogear build
    """
    from rich.progress import DownloadColumn, TimeRemainingColumn

    from orchestration.content.sites import find_site
    from orchestration.events.logs.import_file import import_file, printable
    from orchestration.events.logs.import_warnings import warnings_about
    from orchestration.resources.database import open_database
    from orchestration.settings import Settings
    from orchestration.terminal_display import print_beside, progress_bar

    settings = Settings()
    files = list_files(paths)
    failed: list[Path] = []
    with open_database(settings) as database_url, progress_bar(DownloadColumn(), TimeRemainingColumn()) as progress:
        visited = find_site(database_url, site or settings.site)
        for file in files:
            task = progress.add_task(file.name, total=size_of(file))
            try:
                summary = import_file(
                    database_url,
                    file,
                    site=visited.site,
                    user_code=visited.user_code,
                    spill=settings.home_folder,
                    memory_limit=settings.duckdb_memory,
                    on_progress=lambda done, task=task: progress.update(task, completed=done),
                )
            except DogearError as error:
                failed.append(file)
                print_beside(progress, f"dogear: {error}")
            else:
                print_beside(progress, sentence(summary, visited.site))
                for warning in warnings_about(database_url, visited, summary):
                    print_beside(progress, f"dogear: warning: {warning}")
            progress.remove_task(task)
        if failed and len(files) > 1:
            names = ", ".join(printable(file) for file in failed)
            verb = "was" if len(failed) == 1 else "were"
            print_beside(progress, f"dogear: {len(failed)} of {len(files)} files {verb} not imported: {names}.")
    sys.exit(1 if failed else 0)


def size_of(file: Path) -> int | None:
    try:
        return file.stat().st_size
    except OSError:
        return None


def list_files(paths: list[Path]) -> list[Path]:
    """Return the files that ``paths`` name; a folder stands for all files below it, except hidden ones.

    Raise DogearError if all of them are folders without files.
    """
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = (file for file in path.rglob("*") if not is_hidden(file.relative_to(path)))
            files += sorted(file for file in inside if file.is_file())
        else:
            files.append(path)
    if not files:
        raise DogearError(f"{', '.join(map(str, paths))}: there is no file in this folder.")
    return files


def is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def sentence(summary: "ImportSummary", site: str) -> str:
    """Return what was done, in one line."""
    if summary.format is None:
        return f"{summary.file}: the file is empty; site {site}."
    parts = [f"{summary.events_added:,} events added"]
    if summary.events_known:
        parts.append(f"{summary.events_known:,} known already")
    if summary.lines_passed_over:
        parts.append(f"{summary.lines_passed_over:,} lines that are no page view skipped")
    if summary.lines_rejected:
        parts.append(f"{summary.lines_rejected:,} rejected (see raw.rejected_events)")
    if summary.days:
        parts.append(f"{summary.days[0]} to {summary.days[-1]}")
    return f"{summary.file}: {summary.lines_read:,} lines; {', '.join(parts)}; site {site}."
