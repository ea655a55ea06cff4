"""``dogear collect``: accept visits, until Ctrl-C."""

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.terminal import say

if TYPE_CHECKING:
    from collections.abc import Generator

    from orchestration.settings import Settings


def collect(
    port: Annotated[
        int | None, typer.Option(help="Port of the collector (default: DOGEAR_COLLECTOR_PORT, 8000).")
    ] = None,
) -> None:
    """Accept visits, until Ctrl-C; `dogear up` does it too.

    Pages send events by the script /dogear.js. Accepted events are on disk, and move to raw.events within two
    seconds; while PostgreSQL is down they wait there. If it is down at the start, the sites of the last run count.

    \b
    Examples:
      dogear collect
      DOGEAR_COLLECTOR_HOST=0.0.0.0 dogear collect --port 80
    """
    from contextlib import suppress

    from orchestration.cli.collector_processes import CollectorProcesses
    from orchestration.cli.supervisor import interrupt_on_termination, keep_all_running
    from orchestration.settings import Settings

    interrupt_on_termination()
    settings = Settings() if port is None else Settings(collector_port=port)
    with database_if_it_answers(settings) as database_url:
        environment = {"DATABASE_URL": database_url, "DOGEAR_COLLECTOR_PORT": str(settings.collector_port)}
        with CollectorProcesses(settings, environment) as collector, suppress(KeyboardInterrupt):
            say(f"The collector listens on {collector.url}. Ctrl-C stops it.")
            keep_all_running(settings, [collector])
    say("The collector has stopped; what it accepted is kept.")


@contextmanager
def database_if_it_answers(settings: "Settings") -> "Generator[str]":
    """Yield the URL of the database, migrated; or of one that is down, if sites and salts of the last run suffice."""
    from orchestration.errors import DogearError
    from orchestration.resources.database import expected_url, open_database
    from orchestration.resources.postgres import connect
    from serving.collector.registry import FILE

    if settings.database_url is not None and (settings.journal_folder / FILE).exists():
        url = expected_url(settings)
        try:
            connect(url).close()
        except DogearError as error:
            say(f"{error} The collector starts with the sites that it knew; accepted events wait on disk.")
            yield url
            return
    with open_database(settings) as url:
        yield url
