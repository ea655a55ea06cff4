"""``dogear site``: the sites of this installation."""

from dataclasses import asdict
from typing import Annotated

import typer

from orchestration.terminal import say

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def site() -> None:
    """The sites of this installation: add one, list them, remove one.

    \b
    Examples:
      dogear site add example.org --repository ~/example.org
      dogear site list
      dogear site remove example.org
    """


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Name of the site: the host that visitors see, such as example.org.")],
    repository: Annotated[
        str | None, typer.Option(help="Folder, or Git repository (path or URL), that holds its content.")
    ] = None,
    branch: Annotated[
        str | None, typer.Option(help="Branch whose commits are read, in place of the working tree or default branch.")
    ] = None,
    content: Annotated[
        str | None, typer.Option(help="Folder of the Markdown files in it (default: as its generator has it).")
    ] = None,
    user_code: Annotated[str | None, typer.Option(help="Owner of the site: the tenant (default: owner).")] = None,
    build_url: Annotated[str | None, typer.Option(help="Webhook that builds the site after a new commit.")] = None,
    origin: Annotated[
        list[str] | None,
        typer.Option(metavar="HOST", help="Host besides the site's own whose pages may send events; one option each."),
    ] = None,
) -> None:
    """Add a site, or change its settings; then read its content.

    Hugo, Jekyll, Astro, Eleventy and plain folders of Markdown are recognised by their configuration; a dogear.toml in
    the repository says what cannot be recognised. Options that are not given stay as they were; --origin replaces all
    allowed hosts, --origin "" allows none. Subdomains of the site need not be named; wildcards are not supported.

    \b
    Examples:
      dogear site add example.org --repository ~/example.org
      dogear site add example.org --repository https://github.com/ada/example.org --branch main --user-code ada
      dogear site add example.org --build-url https://api.example.net/hooks/build
      dogear site add example.org --origin shop.example.net --origin 192.0.2.7
    """
    import sys

    from orchestration.cli.sync import sync_and_tell
    from orchestration.content.sites import all_sites, allowed_origins, check_site, save_site
    from orchestration.content.sources.repositories import check_repository, forget_unused
    from orchestration.resources.database import open_database
    from orchestration.settings import Settings

    settings = Settings()
    given = {
        "repository": None if repository is None else check_repository(repository),
        "branch": branch,
        "content_root": content,
        "user_code": user_code,
        "build_url": build_url,
        "allowed_origins": allowed_origins(origin) if origin else None,
    }
    with open_database(settings) as database_url:
        known = {site.site: asdict(site) for site in all_sites(database_url)}
        before = known.get(name, {"site": name, "user_code": "owner"})
        site = check_site({**before, **{key: value for key, value in given.items() if value is not None}})
        save_site(database_url, site)
        forget_unused(settings.home_folder, all_sites(database_url))
        say(f"{name} is {'changed' if name in known else 'added'}, for {site.user_code}.")
        if site.build_url and settings.build_webhook_secret is None:
            say("No build will be requested before DOGEAR_BUILD_WEBHOOK_SECRET is set.")
        if not sync_and_tell(settings, database_url, [site]):
            sys.exit(1)


@app.command("list")
def list_sites() -> None:
    """List the sites, with their repositories and the last commit that was read.

    \b
    Example:
      dogear site list
    """
    from orchestration.content.sites import all_sites, overview
    from orchestration.resources.database import open_database
    from orchestration.settings import Settings

    with open_database(Settings()) as database_url:
        sites = overview(database_url)
        origins = {site.site: site.allowed_origins for site in all_sites(database_url)}
    for name, owner, repository, state in sites:
        say(f"{name}, of {owner}")
        say(f"  {repository}")
        say(f"  {state}")
        if allowed := origins.get(name):
            say(f"  events from pages of {allowed.replace(' ', ', ')} too")
    if not sites:
        say("There is no site yet. Add yours: dogear site add NAME --repository PATH_OR_URL")


@app.command()
def remove(name: Annotated[str, typer.Argument(help="Name of the site.")]) -> None:
    """Remove a site, with its documents, their history, and the fetched copy of its repository.

    Its visits stay, and so do its published images.

    \b
    Example:
      dogear site remove example.org
    """
    from orchestration.content.sites import all_sites, remove_site
    from orchestration.content.sources.repositories import forget_unused
    from orchestration.resources.database import open_database
    from orchestration.settings import Settings

    settings = Settings()
    with open_database(settings) as database_url:
        remove_site(database_url, name)
        forget_unused(settings.home_folder, all_sites(database_url))
    say(f"{name} is removed.")
