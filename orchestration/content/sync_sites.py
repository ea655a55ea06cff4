"""A site's content, all of it: fetched, read into tables, its images published, its build asked for."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

import psycopg
import pygit2

from orchestration.content.builds.build_requests import BuildsSummary, request_build, send_builds
from orchestration.content.media.images import is_image
from orchestration.content.media.sync_media import MediaSummary, sync_media
from orchestration.content.sites import Site, note_sync_error
from orchestration.content.sources.changes import fingerprint
from orchestration.content.sources.remotes import GitAccess
from orchestration.content.sources.repositories import RepositoryBusyError, open_source
from orchestration.content.sync_content import SyncSummary, sync_content
from orchestration.errors import DogearError
from orchestration.resources.postgres import connect
from orchestration.settings import Settings

BUSY_TRIES = 20
BUSY_PAUSE = 0.25

T = TypeVar("T")


@dataclass(frozen=True)
class SiteSync:
    """What came of each step; all None for a site without a repository."""

    content: SyncSummary | None = None
    media: MediaSummary | None = None
    builds: BuildsSummary | None = None


def sync_sites(
    settings: Settings, database_url: str, sites: Iterable[Site], on_image: Callable[[int, int], object] | None = None
) -> dict[str, SiteSync | DogearError]:
    """Sync each of the sites, then ask for builds; what came of it, by site.

    A site that cannot be synced does not stop the others. ``on_image`` gets how many images are done, of how many.
    """
    done: dict[str, SiteSync | DogearError] = {}
    for site in sites:
        try:
            done[site.site] = sync_site(settings, database_url, site, on_image)
        except (DogearError, psycopg.Error, pygit2.GitError) as error:
            done[site.site] = problem = as_problem(error)
            note_sync_error(database_url, site.site, str(problem))
    # Last, since a host may keep us waiting.
    for name, result in done.items():
        if isinstance(result, SiteSync) and result.content:
            builds = send_builds(database_url, settings.build_webhook_secret, name)
            done[name] = replace(result, builds=builds)
    return done


def as_problem(error: Exception) -> DogearError:
    """Return what went wrong with one site; it ends the sync of no other."""
    if isinstance(error, DogearError):
        return error
    what = "PostgreSQL refused the content" if isinstance(error, psycopg.Error) else "Git cannot read the repository"
    return DogearError(f"{what}: {' '.join(str(error).split())[:300]}")


def sync_site(
    settings: Settings, database_url: str, site: Site, on_image: Callable[[int, int], object] | None
) -> SiteSync:
    """Bring the site's tables and images up to date. Safe to repeat, and to interrupt: each step is whole, or not done.

    Raises DogearError if the repository, the storage of images or the database cannot be used; what was done before
    stays.
    """
    if site.repository is None:
        return SiteSync()
    # Before it is read: what changes meanwhile makes another one.
    found = when_at_rest(lambda: fingerprint(site, settings.home_folder, GitAccess.granted_by(settings)))
    content = sync_tables(settings, database_url, site)
    images = [(file, url_path) for file, url_path in content.others if is_image(file.path)]
    media = sync_media(database_url, site.site, site.user_code, images, settings.media_storage, on_image)
    with connect(database_url) as connection:
        connection.execute("update content.sites set fingerprint = %s where site = %s", [found, site.site])
    return SiteSync(content, media)


def sync_tables(settings: Settings, database_url: str, site: Site) -> SyncSummary:
    """Read what changed; all of it becomes visible at once, with the request for a build, or nothing does."""

    def read() -> SyncSummary:
        source = open_source(site, settings.home_folder, GitAccess.granted_by(settings))
        with connect(database_url) as connection:
            done = sync_content(connection, site, source)
            if site.build_url and done.is_new and done.commit:
                changes = {"changed": done.synced, "removed": done.deleted}
                request_build(connection, site.site, site.user_code, done.commit, site.build_url, changes)
            return done

    return when_at_rest(read)


def when_at_rest(look: Callable[[], T]) -> T:
    """Look at a source, again while Git changes it; raises RepositoryBusyError where that does not end."""
    for _ in range(BUSY_TRIES):
        try:
            return look()
        except RepositoryBusyError:
            time.sleep(BUSY_PAUSE)
    return look()


def sentence(result: SiteSync | DogearError) -> str:
    """Return what came of a sync, in one line."""
    if isinstance(result, DogearError):
        return f"not read: {result}"
    if result.content is None:
        return "no repository: its visits alone are known."
    content, media, builds = result.content, result.media, result.builds
    parts = [f"{content.synced} read, {content.unchanged} unchanged, {content.deleted} gone"]
    parts[0] += f", {content.failed} not readable (see content.file_sync_status)" if content.failed else ""
    parts.append(
        f"{'versions from Git, all read again' if content.is_rebuilt else 'new versions from Git'}: {content.versions}"
    )
    if media and (media.published or media.failed):
        parts.append(f"images: {media.published} published, {media.unchanged} unchanged")
        parts[-1] += f", {media.failed} not readable (see content.media)" if media.failed else ""
    if builds and builds.sent:
        parts.append("a build was asked for")
    if builds and (builds.waiting or builds.failed or builds.unknown):
        reason = f": {builds.problem.rstrip('.')}" if builds.problem else ""
        parts.append(f"a build could not be asked for (see content.build_requests){reason}")
    return f"{'; '.join(parts)}."
