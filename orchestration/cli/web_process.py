"""The web process: the API, its pages, and the Dagster UI for admins."""

from collections.abc import Mapping

from orchestration.cli.kept_server import KeptServer, Served
from orchestration.settings import Settings

REACHABLE = (
    "they may try to sign in, over a connection that is not encrypted; put a proxy with a certificate in front, and "
    "name its host in DOGEAR_WEB_HOSTS (docs/security.md), or DOGEAR_WEB_HOST=127.0.0.1."
)


class WebProcess(KeptServer):
    """``with WebProcess(…)`` runs it inside the block."""

    def __init__(self, settings: Settings, environment: Mapping[str, str]) -> None:
        served = Served(
            what="The web process",
            modules=["serving.run_server"],
            host=settings.web_host,
            port=settings.web_port,
            settings="DOGEAR_WEB_HOST or DOGEAR_WEB_PORT",
            sign_of_life="/healthz",
            log_file=settings.home_folder / "web.log",
            reachable=REACHABLE,
        )
        super().__init__(served, environment)
