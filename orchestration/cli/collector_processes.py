"""The collector's processes: the server that accepts events, and the loader that moves them into PostgreSQL."""

from collections.abc import Mapping, Sequence

from orchestration.cli.kept_server import KeptServer, Served
from orchestration.resources.process_roles import COLLECTOR, LOADER, NoOwnRoleError, own_url
from orchestration.resources.program_environment import program_environment
from orchestration.resources.server import ServerSilentError
from orchestration.settings import Settings
from orchestration.terminal import say

REACHABLE = (
    "they may send events of your sites, and read the tracker's scripts, /openapi.json and /health; "
    "DOGEAR_COLLECTOR_HOST=127.0.0.1 keeps it to this one."
)
# The role of each: docs/security.md.
PROGRAMS = {"serving.collector.run_server": COLLECTOR, "orchestration.events.journal.run_loader": LOADER}


class CollectorProcesses(KeptServer):
    """``with CollectorProcesses(…)`` runs them inside the block.

    The server is stopped first, so that the loader takes what it accepted last. What is accepted waits on disk; what is
    not, clients send again.
    """

    def __init__(self, settings: Settings, environment: Mapping[str, str]) -> None:
        self.settings = settings
        served = Served(
            what="The collector",
            modules=list(PROGRAMS),
            host=settings.collector_host,
            port=settings.collector_port,
            settings="DOGEAR_COLLECTOR_HOST or DOGEAR_COLLECTOR_PORT",
            sign_of_life="/health",
            log_file=settings.home_folder / "collector.log",
            reachable=REACHABLE,
        )
        super().__init__(served, environment)

    def environments(self) -> Mapping[str, Mapping[str, str]]:
        """Return what each needs, with the URL by which it reaches the database."""
        home = str(self.settings.home_folder)
        urls = own_urls(self.environment["DATABASE_URL"], PROGRAMS, (home, str(self.settings.collector_port)))
        given = {**self.environment, "DOGEAR_HOME": home}
        return {module: program_environment({**given, "DATABASE_URL": url}) for module, url in urls.items()}


def own_urls(database_url: str, groups: Mapping[str, str], place: Sequence[str]) -> dict[str, str]:
    """Return the URL by which each program, given with its group, reaches the database.

    If one can have no role of its own, that is said, and all get the URL of DATABASE_URL's role.
    """
    try:
        return {program: own_url(database_url, group, place) for program, group in groups.items()}
    except (NoOwnRoleError, ServerSilentError) as error:
        say(f"{error} Until the next start, the collector has the rights of DATABASE_URL's role.")
        return dict.fromkeys(groups, database_url)
