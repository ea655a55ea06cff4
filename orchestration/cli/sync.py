"""``dogear sync``: content from repositories."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.terminal import complain, say

if TYPE_CHECKING:
    from orchestration.content.sites import Site
    from orchestration.settings import Settings


def sync(
    sites: Annotated[list[str] | None, typer.Argument(metavar="SITE", help="Sites (default: all).")] = None,
) -> None:
    """Read the content of the sites: Markdown files, Git history, images.

    Documents become rows of content.items, and the commits that touched them rows of content.content_versions. Only
    changed files are parsed, only new commits are read, and published images stay as they are.

    \b
    Examples:
      dogear sync
      dogear sync example.org
    """
    from orchestration.content.sites import all_sites, find_site
    from orchestration.errors import DogearError
    from orchestration.resources.database import open_database
    from orchestration.settings import Settings

    settings = Settings()
    with open_database(settings) as database_url:
        wanted = [find_site(database_url, name) for name in sites or []] or all_sites(database_url)
        if not wanted:
            raise DogearError("There is no site yet. Add yours: dogear site add NAME --repository PATH_OR_URL")
        if not sync_and_tell(settings, database_url, wanted):
            sys.exit(1)


def sync_and_tell(settings: "Settings", database_url: str, sites: "Sequence[Site]") -> bool:
    """Sync the sites and print a line for each, with progress for its images; return False if one failed."""
    from rich.progress import MofNCompleteColumn

    from orchestration.content.sync_sites import sentence, sync_sites
    from orchestration.errors import DogearError
    from orchestration.terminal_display import progress_bar

    succeeded = True
    with progress_bar(MofNCompleteColumn()) as progress:
        for site in sites:
            task = progress.add_task(f"{site.site}: images", total=None, visible=False)

            def on_image(done: int, of: int, task: object = task) -> None:
                progress.update(task, completed=done, total=of, visible=True)  # pyright: ignore[reportArgumentType]

            (result,) = sync_sites(settings, database_url, [site], on_image).values()
            progress.remove_task(task)
            if isinstance(result, DogearError):
                succeeded = False
                complain(f"{site.site}: {result}")
            else:
                say(f"{site.site}: {sentence(result)}")
    return succeeded
