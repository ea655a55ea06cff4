"""``dogear sync``: content from files."""

from pathlib import Path
from typing import Annotated

import typer


def sync(
    root: Annotated[Path | None, typer.Argument(help="Content folder (default: DOGEAR_CONTENT_ROOT).")] = None,
) -> None:
    """Read the site's Markdown files.

    They become rows of content.items, and the commits that touched them rows of content.content_versions. Only files
    that changed are parsed, and only new commits are read.

    \b
    Examples:
      dogear sync
      DOGEAR_SITE=example.org dogear sync ~/example.org/content
    """
    from orchestration.content.sync import sync_content
    from orchestration.resources.database import open_database
    from orchestration.settings import Settings

    settings = Settings()
    folder = root or settings.content_root
    with open_database(settings) as database_url:
        done = sync_content(database_url, folder, settings.site, settings.user_code)
    typer.echo(
        f"{folder}: {done.synced} read, {done.unchanged} unchanged, {done.deleted} gone, {done.failed} not readable"
        f"{' (see content.file_sync_status)' if done.failed else ''}; {done.versions} new versions from Git."
    )
