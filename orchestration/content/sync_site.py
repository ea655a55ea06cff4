"""A site's content, all of it: fetched, read into tables, its images published, its build asked for."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from orchestration.content.builds.build_requests import BuildsSummary, request_build, send_builds
from orchestration.content.media.images import is_image
from orchestration.content.media.sync_media import MediaSummary, sync_media
from orchestration.content.repositories import RepositoryBusyError, open_source
from orchestration.content.sites import Site
from orchestration.content.sync import SyncSummary, sync_content
from orchestration.errors import DogearError
from orchestration.resources.postgres import connect
from orchestration.settings import Settings

BUSY_TRIES = 20
BUSY_PAUSE = 0.25


@dataclass(frozen=True)
class SiteSync:
    """What came of each step; the later ones are None for a site without a repository."""

    content: SyncSummary | None = None
    media: MediaSummary | None = None
    builds: BuildsSummary | None = None


def sync_site(
    settings: Settings, database_url: str, site: Site, on_image: Callable[[int, int], object] | None = None
) -> SiteSync:
    """Bring the site's tables and images up to date. Safe to repeat, and to interrupt: each step is whole, or not done.

    ``on_image`` is told how many images are done, of how many. Raises DogearError where the repository, the storage of
    images or the database cannot be used; what was done before stays.
    """
    if site.repository is None:
        return SiteSync()
    content = sync_tables(settings, database_url, site)
    images = [(file, url_path) for file, url_path in content.others if is_image(file.path)]
    media = sync_media(database_url, site.site, site.user_code, images, settings.media_storage, on_image)
    builds = send_builds(database_url, settings.build_webhook_secret, site.site)
    return SiteSync(content, media, builds)


def sync_sites(
    settings: Settings, database_url: str, sites: Iterable[Site], on_image: Callable[[int, int], object] | None = None
) -> dict[str, SiteSync | DogearError]:
    """Sync each of the sites; one that cannot be synced does not stop the others. What came of it, by site."""
    done: dict[str, SiteSync | DogearError] = {}
    for site in sites:
        try:
            done[site.site] = sync_site(settings, database_url, site, on_image)
        except DogearError as error:
            done[site.site] = error
            with connect(database_url) as connection:
                statement = "update content.sites set sync_error = %s where site = %s"
                connection.execute(statement, [str(error), site.site])
    return done


def sync_tables(settings: Settings, database_url: str, site: Site) -> SyncSummary:
    """Read what changed; all of it becomes visible at once, with the request for a build, or nothing does."""
    for tries_left in range(BUSY_TRIES, -1, -1):
        source = open_source(site, settings.home_folder, settings.git_tokens)
        try:
            with connect(database_url) as connection:
                done = sync_content(connection, site, source)
                if site.build_url and done.is_new and done.commit:
                    changes = {"changed": done.synced, "removed": done.deleted}
                    request_build(connection, site.site, site.user_code, done.commit, site.build_url, changes)
                return done
        except RepositoryBusyError:
            if not tries_left:
                raise
            time.sleep(BUSY_PAUSE)
    raise AssertionError


def sentence(result: SiteSync | DogearError) -> str:
    """What came of a sync, in one line."""
    if isinstance(result, DogearError):
        return f"not read: {result}"
    if result.content is None or result.media is None or result.builds is None:
        return "no content, visits alone."
    reason = f": {result.builds.problem}" if result.builds.problem else ""
    content, media, builds = result.content, result.media, result.builds
    parts = [f"{content.synced} read, {content.unchanged} unchanged, {content.deleted} gone"]
    parts[0] += f", {content.failed} not readable (see content.file_sync_status)" if content.failed else ""
    parts.append(f"{content.versions} new versions from Git")
    if media.published or media.unchanged or media.failed:
        parts.append(f"{media.published} images published, {media.unchanged} unchanged")
        parts[-1] += f", {media.failed} not readable (see content.media)" if media.failed else ""
    if builds.sent:
        parts.append("a build was asked for")
    if builds.waiting or builds.failed or builds.unknown:
        parts.append(f"a build could not be asked for (see content.build_requests){reason}")
    return f"{'; '.join(parts)}."
