"""``dogear analyst``: roles that may read the marts with other tools."""

from typing import Annotated

import typer

from orchestration.terminal import say

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
NameArgument = Annotated[str, typer.Argument(help="Name of the role in PostgreSQL: lower-case letters, digits and _.")]


@app.callback()
def analyst() -> None:
    """Manage analysts: read-only roles of PostgreSQL that may read the marts with other tools (docs/analysts.md).

    \b
    Examples:
      dogear analyst add ada
      dogear analyst list
      dogear analyst remove ada
    """


@app.command()
def add(name: NameArgument) -> None:
    """Add an analyst: a role that may read the marts, of all sites, and call the functions of schema analytics.

    The password is generated, shown once, and not stored.

    \b
    Example:
      dogear analyst add ada
    """
    from orchestration.access.analysts import add_analyst, analyst_url, left_to_everybody
    from orchestration.resources.database import open_database
    from orchestration.settings import Settings

    settings = Settings()
    with open_database(settings) as url:
        password = add_analyst(url, name)
        say(f"{name} may read the marts of all sites; they hold ids of visitors. Shown once:")
        say(f"  {analyst_url(url, name, password)}")
        if left := left_to_everybody(url):
            say(f"Every role of this server may also {', '.join(left)}: docs/analysts.md says how to end that.")
    if settings.database_url is None:
        say(
            "The embedded server answers only on this machine, while Dogear runs, and asks for no password: "
            "anyone who reaches its socket may use any role. Use a server of your own (DATABASE_URL) for others."
        )


@app.command("list")
def list_analysts() -> None:
    """List the analysts, with their current connections.

    \b
    Example:
      dogear analyst list
    """
    from orchestration.access.analysts import analysts
    from orchestration.resources.database import open_database
    from orchestration.settings import Settings

    with open_database(Settings()) as url:
        found = analysts(url)
    for one in found:
        connections = f"{one.connections} {'connection' if one.connections == 1 else 'connections'}"
        say(f"{one.name}  {connections}{'' if one.is_ours else '  (not made here)'}")
    if not found:
        say("There is no analyst yet. Add one: dogear analyst add NAME")


@app.command()
def remove(name: NameArgument) -> None:
    """Remove an analyst, and end open connections.

    \b
    Example:
      dogear analyst remove ada
    """
    from orchestration.access.analysts import remove_analyst
    from orchestration.resources.database import open_database
    from orchestration.settings import Settings

    with open_database(Settings()) as url:
        remove_analyst(url, name)
    say(f"{name} is removed.")
