"""``dogear up``: everything, until Ctrl-C."""

from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration import terminal

if TYPE_CHECKING:
    from orchestration.cli.web_process import WebProcess
    from orchestration.settings import Settings


def up(
    port: Annotated[int | None, typer.Option(help="Port of the Dagster UI (default: DOGEAR_PORT, 3000).")] = None,
) -> None:
    """Start everything, until Ctrl-C.

    PostgreSQL, content, marts, the collector, the API and its pages, the Dagster UI and daemon; Ctrl-C stops it.
    Without a site of your own (dogear site add) you get the sample site, with four weeks of synthetic visits.
    Restarting is safe.

    \b
    Examples:
      dogear up
      dogear up --port 3333
      DATABASE_URL=postgresql://me:secret@db.example/dogear dogear up
    """
    from orchestration.cli.build_run import build_ranges
    from orchestration.cli.collector_processes import CollectorProcesses
    from orchestration.cli.dagster_processes import DagsterProcesses
    from orchestration.cli.serve import say_how_to_sign_in
    from orchestration.cli.supervisor import alone, interrupt_on_termination, keep_all_running
    from orchestration.cli.web_process import WebProcess
    from orchestration.content.sites import SAMPLE, all_sites, save_site
    from orchestration.content.sync_sites import sentence, sync_sites
    from orchestration.resources.dagster_home import prepare_dagster_home
    from orchestration.resources.database import open_database
    from orchestration.resources.locks import UP, OnlyOne
    from orchestration.rollups.stale_days import days_to_build
    from orchestration.settings import Settings

    interrupt_on_termination()
    settings = Settings() if port is None else Settings(port=port)
    with alone(settings), open_database(settings) as database_url, OnlyOne(database_url, UP, OTHER_UP) as only_one:
        say("PostgreSQL", "as DATABASE_URL says" if settings.database_url else f"embedded, in {settings.home_folder}")
        if not all_sites(database_url):
            save_site(database_url, SAMPLE)
        sites = all_sites(database_url)
        for site, result in sync_sites(settings, database_url, sites).items():
            say("Content", f"{site}: {sentence(result)}")
        if sites == [SAMPLE]:
            say("Sample visits", f"{load_sample_visits(settings, database_url):,} new, synthetic")
        if ranges := days_to_build(database_url, settings):
            build_ranges(settings, database_url, ranges, say=lambda text: say("Marts", text))
        else:
            say("Marts", "every day is built")
        environment = {**prepare_dagster_home(settings, database_url), "DATABASE_URL": database_url}
        say("Collector", "starting")
        with ExitStack() as stack:
            collector = stack.enter_context(CollectorProcesses(settings, {"DATABASE_URL": database_url}))
            say("Web", "starting")
            # Not the environment of Dagster, whose URL has all rights.
            web_environment = {"DATABASE_URL": database_url, "DOGEAR_PORT": str(settings.port)}
            web = started_web(stack, WebProcess(settings, web_environment))
            say("Dagster", "starting")
            dagster = stack.enter_context(DagsterProcesses(settings, environment))
            with suppress(KeyboardInterrupt):
                for line in READY.format(command=our_command(), url=dagster.url, collector=collector.url).split("\n"):
                    terminal.say(line)
                if web:
                    terminal.say(f"  API, and how to ask it     {web.url}/docs")
                    say_how_to_sign_in(settings, database_url)
                terminal.say("Ctrl-C stops everything.")
                kept = [dagster, collector, *([web] if web else [])]
                keep_all_running(settings, kept, and_then=only_one.keep)
        terminal.say("Everything has stopped.")


OTHER_UP = (
    "`dogear up` already runs on this database, from another state folder, and only one may start runs. Stop it, or "
    "collect visits only: dogear collect"
)
READY = """
Dogear is ready.
  Lineage, runs, backfills   {url}
  Tables                     {command} psql
  Summary                    {command} analytics
  Script for your pages      <script defer src="{collector}/dogear.js"></script>
  Your own site              {command} site add NAME --repository PATH_OR_URL"""


def started_web(stack: "ExitStack", web: "WebProcess") -> "WebProcess | None":
    """Start it until the stack ends; where it can have no role of its own, say so, and go on without it."""
    from orchestration.resources.process_roles import NoOwnRoleError

    try:
        return stack.enter_context(web)
    except NoOwnRoleError as error:
        terminal.say(f"{error} Until then Dogear answers nobody: no API, no pages.")
        return None


def our_command() -> str:
    """Return the command as a person would type it here."""
    import os
    import shutil
    import sys
    from pathlib import Path

    program = Path(sys.executable).with_name("dogear")
    found = shutil.which("dogear")
    if found and Path(found).resolve() == program.resolve():
        return "dogear"
    return os.path.relpath(program) if program.is_relative_to(Path.cwd()) else str(program)


def say(what: str, how: str) -> None:
    terminal.say(f"{what:<15}{how}")


def load_sample_visits(settings: "Settings", database_url: str) -> int:
    """Make and import the sample site's visits, up to yesterday, once a day; return how many events were new."""
    from datetime import timedelta

    from orchestration.content.site_paths import site_paths
    from orchestration.content.sites import SAMPLE
    from orchestration.days import today
    from orchestration.events.logs.import_file import import_file, was_imported
    from orchestration.events.sample_traffic import write_sample_traffic

    folder = settings.home_folder / "sample"
    folder.mkdir(exist_ok=True)
    yesterday = today() - timedelta(days=1)
    file = folder / f"visits-to-{yesterday}.ndjson"
    if was_imported(database_url, file, SAMPLE.site):
        return 0
    write_sample_traffic(file, paths=site_paths(database_url, SAMPLE.site), until=yesterday)
    return import_file(database_url, file, site=SAMPLE.site, user_code=SAMPLE.user_code, spill=folder).events_added
