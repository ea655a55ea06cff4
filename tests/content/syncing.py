"""A sync of one site, as the commands do it."""

import tempfile
from pathlib import Path

from orchestration.content.sites import Site, save_site
from orchestration.content.sync_content import SyncSummary
from orchestration.content.sync_sites import sync_tables
from orchestration.settings import Settings


def sync(
    database_url: str,
    repository: Path | str,
    site: str = "example.org",
    user_code: str = "ada",
    *,
    branch: str | None = None,
    content_root: str | None = None,
    home: Path | None = None,
) -> SyncSummary:
    """Add the site, or change it to this, and read its content. ``home`` keeps what is fetched from elsewhere."""
    wanted = Site(site, user_code, str(repository), branch, content_root)
    save_site(database_url, wanted)
    return sync_tables(Settings(home=home or Path(tempfile.gettempdir())), database_url, wanted)
