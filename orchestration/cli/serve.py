"""``dogear serve``: the API and its pages, until Ctrl-C."""

from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.terminal import say

if TYPE_CHECKING:
    from orchestration.settings import Settings


def serve(
    port: Annotated[
        int | None, typer.Option(help="Port of the API and its pages (default: DOGEAR_WEB_PORT, 8080).")
    ] = None,
) -> None:
    """Answer questions, on pages and to programs, until Ctrl-C; `dogear up` does it too.

    The contract is at /openapi.json, and to read at /docs. Admins who signed in open the Dagster UI of a running
    `dogear up` at /dagster.

    \b
    Examples:
      dogear serve
      DOGEAR_WEB_HOST=0.0.0.0 DOGEAR_WEB_HOSTS=stats.example.org dogear serve --port 8080
    """
    from contextlib import suppress

    from orchestration.cli.supervisor import interrupt_on_termination, keep_all_running
    from orchestration.cli.web_process import WebProcess
    from orchestration.resources.database import open_database
    from orchestration.settings import Settings

    interrupt_on_termination()
    settings = Settings() if port is None else Settings(web_port=port)
    with open_database(settings) as database_url:
        environment = {"DATABASE_URL": database_url, "DOGEAR_WEB_PORT": str(settings.web_port)}
        with WebProcess(settings, environment) as web, suppress(KeyboardInterrupt):
            say(f"Dogear answers on {web.url}; the contract is at {web.url}/docs. Ctrl-C stops it.")
            say_how_to_sign_in(settings, database_url)
            keep_all_running(settings, [web])
    say("The web process has stopped.")


def say_how_to_sign_in(settings: "Settings", database_url: str) -> None:
    """Print a link that signs in, once, until somebody has signed in."""
    from orchestration.access.first_account import first_link
    from orchestration.access.web_address import web_address

    if link := first_link(database_url, web_address(settings)):
        say(f"  Sign in, once, in an hour  {link}")
