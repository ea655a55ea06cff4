"""``dogear goal``: what counts as a conversion."""

from typing import Annotated

import typer

from orchestration.terminal import say

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
Name = Annotated[str, typer.Argument(help="Name of the goal.")]
Site = Annotated[str | None, typer.Option(help="The site (default: DOGEAR_SITE, or the only one but for the sample).")]


@app.callback()
def goal() -> None:
    """The goals of a site: events that count as conversions.

    \b
    Examples:
      dogear goal add signup --event signup
      dogear goal list
      dogear goal remove signup
    """


@app.command()
def add(
    name: Name,
    event: Annotated[str, typer.Option(help="Type of the events: page_view, click, or a custom name.")],
    path: Annotated[str | None, typer.Option(help="Only on the page with this path (default: on any).")] = None,
    site: Site = None,
) -> None:
    """Add a goal, or change it. It counts in all of history: the days that have such events are built again.

    \b
    Examples:
      dogear goal add signup --event signup
      dogear goal add thanked --event page_view --path /thanks --site example.org
    """
    from orchestration.content.sites import find_site
    from orchestration.resources.database import open_database
    from orchestration.rollups.goals import Goal, add_goal, check_goal
    from orchestration.settings import Settings

    settings = Settings()
    with open_database(settings) as database_url:
        chosen = check_goal(Goal(find_site(database_url, site or settings.site).site, name, event, path))
        days = add_goal(database_url, chosen)
        say(f"{chosen.site}: {chosen.goal} is reached by each {chosen}. {to_build(days)}")


@app.command("list")
def list_goals() -> None:
    """List the goals of all sites.

    \b
    Example:
      dogear goal list
    """
    from orchestration.resources.database import open_database
    from orchestration.rollups.goals import all_goals
    from orchestration.settings import Settings

    with open_database(Settings()) as database_url:
        goals = all_goals(database_url)
    for found in goals:
        say(f"{found.site}: {found.goal}, {found}")
    if not goals:
        say("There is no goal yet. Name one: dogear goal add signup --event signup")


@app.command()
def remove(name: Name, site: Site = None) -> None:
    """Remove a goal, from all of history.

    \b
    Example:
      dogear goal remove signup
    """
    from orchestration.content.sites import find_site
    from orchestration.resources.database import open_database
    from orchestration.rollups.goals import remove_goal
    from orchestration.settings import Settings

    settings = Settings()
    with open_database(settings) as database_url:
        chosen = find_site(database_url, site or settings.site).site
        say(f"{chosen}: {name} is removed. {to_build(remove_goal(database_url, chosen, name))}")


def to_build(days: int) -> str:
    """Return a sentence on the days to rebuild."""
    if not days:
        return "No day need be built again."
    which = "1 day is" if days == 1 else f"{days:,} days are"
    return f"{which} built again while Dogear runs, or by: dogear build"
