"""The web process: the API, its pages, and the Dagster UI for admins."""

from collections.abc import Mapping

from orchestration.cli.kept_server import KeptServer, Served
from orchestration.resources.process_roles import MONITOR, WEB, own_url
from orchestration.resources.program_environment import program_environment
from orchestration.settings import Settings

MODULE = "serving.run_server"
# Besides the URLs: by this it asks the OpenID provider.
SECRETS = ("DOGEAR_OIDC_CLIENT_SECRET",)
REACHABLE = (
    "they may try to sign in, over a connection that is not encrypted; put a proxy with a certificate in front, and "
    "name its host in DOGEAR_WEB_HOSTS (docs/security.md), or DOGEAR_WEB_HOST=127.0.0.1."
)


class WebProcess(KeptServer):
    """``with WebProcess(…)`` runs it inside the block. Raises NoOwnRoleError where it can have no role of its own.

    With the rights of DATABASE_URL's role it would see everything.
    """

    def __init__(self, settings: Settings, environment: Mapping[str, str]) -> None:
        self.settings = settings
        served = Served(
            what="The web process",
            modules=[MODULE],
            host=settings.web_host,
            port=settings.web_port,
            settings="DOGEAR_WEB_HOST or DOGEAR_WEB_PORT",
            sign_of_life="/healthz",
            log_file=settings.home_folder / "web.log",
            reachable=REACHABLE,
        )
        super().__init__(served, environment)

    def environments(self) -> Mapping[str, Mapping[str, str]]:
        """Return what it needs, with the URLs by which it reaches the database."""
        home = str(self.settings.home_folder)
        place = (home, str(self.settings.web_port))
        database_url = self.environment["DATABASE_URL"]
        given = {
            "DOGEAR_HOME": home,
            "DATABASE_URL": own_url(database_url, WEB, place),
            "DOGEAR_MONITOR_DATABASE_URL": own_url(database_url, MONITOR, place),
        }
        return {MODULE: program_environment({**self.environment, **given}, SECRETS, is_outward=True)}
