"""Record the image files of a site in ``content.media``, and publish their variants."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from orchestration.content.media.images import RECIPE, EncodedImage, encode_variants, hush_pillow, refuse_size
from orchestration.content.media.media_rows import Media, delete_rows, read_rows, write_row
from orchestration.content.media.media_storage import MediaStorage, open_storage
from orchestration.content.sources.site_files import SiteFile
from orchestration.errors import DogearError
from orchestration.resources.locks import alone, of_site
from orchestration.resources.postgres import connect

# Decoders and encoders let other threads run; each holds one image, of up to a few hundred MB.
THREADS = 2


@dataclass(frozen=True)
class MediaSummary:
    """How many files were published, are unchanged, are gone, and cannot be published (now, or since before).

    ``bytes_before`` counts the files that were published, ``bytes_after`` their full variants.
    """

    published: int
    unchanged: int
    deleted: int
    failed: int
    bytes_before: int = 0
    bytes_after: int = 0


def sync_media(
    database_url: str,
    site: str,
    user_code: str,
    files: Iterable[tuple[SiteFile, str]],
    storage_url: str,
    on_progress: Callable[[int, int], object] | None = None,
) -> MediaSummary:
    """Publish the images that changed; ``files`` are all of the site's, each with the URL path that it has there.

    Each image is in the table as soon as it is published. One that cannot be published is an error in its row, until
    the file changes. Files that are gone lose their row; their objects stay, since pages that are out may show them.
    ``on_progress`` is called with how many of the new and changed files are done, and how many there are.

    Raises DogearError if ``storage_url`` takes no files; what was published by then is kept.
    """
    storage = open_storage(storage_url)
    found = {file.path: (file, url_path) for file, url_path in files}
    hush_pillow()
    # Only one sync of a site runs at a time: the second sees what the first has published.
    with alone(database_url, of_site("media", site)), connect(database_url) as connection:
        connection.autocommit = True
        before = read_rows(connection, site)
        gone = [path for path in before if path not in found]
        delete_rows(connection, site, gone)
        # Equal files share their objects, and their fate.
        known = {row.content_hash: row for row in before.values() if is_current(row, storage)}
        after: list[Media] = []
        changed: list[tuple[SiteFile, Media]] = []
        for file, url_path in found.values():
            old, new = before.get(file.path), Media(user_code, file.path, url_path, file.tag, storage.url)
            if old is not None and is_current(old, storage) and old.source_tag == file.tag:
                after.append(same_content(old, new))
                if after[-1] != old:
                    write_row(connection, site, after[-1])
            else:
                changed.append((file, new))
        pool = ThreadPoolExecutor(THREADS)
        try:
            jobs = [pool.submit(publish, storage, file, new, before.get(file.path), known) for file, new in changed]
            for done, job in enumerate(as_completed(jobs), 1):
                row = job.result()
                if row != before.get(row.file_path):
                    write_row(connection, site, row)
                known.setdefault(row.content_hash, row)
                after.append(row)
                if on_progress is not None:
                    on_progress(done, len(jobs))
        finally:
            pool.shutdown(cancel_futures=True)
    return summary(before, after, len(gone))


def is_current(row: Media, storage: MediaStorage) -> bool:
    """Return whether the row says what would come out for its content today, here."""
    return row.storage_url == storage.url and row.recipe == RECIPE and row.content_hash is not None


def same_content(old: Media, new: Media) -> Media:
    """Return ``old`` with the names of ``new``."""
    return replace(
        old, user_code=new.user_code, file_path=new.file_path, url_path=new.url_path, source_tag=new.source_tag
    )


def publish(
    storage: MediaStorage, file: SiteFile, new: Media, old: Media | None, known: Mapping[str | None, Media]
) -> Media:
    """Return the row of one file, whose variants are published. Raises DogearError if the storage takes none."""
    try:
        if file.size > 0:
            refuse_size(file.size)
        data = file.read()
    except DogearError as error:
        return replace(new, source_tag=None, file_size=file.size, error_message=str(error))
    except OSError as error:
        return replace(new, source_tag=None, error_message=f"cannot be opened: {error.strerror or error}")
    digest = hashlib.sha256(data).hexdigest()
    new = replace(new, content_hash=digest, file_size=len(data))
    if old is not None and is_current(old, storage) and old.content_hash == digest:
        return same_content(old, new)
    twin = known.get(digest)
    if twin is not None:
        return replace(same_content(twin, new), published_at=twin.published_at and datetime.now(UTC))
    try:
        image = encode_variants(data)
    except DogearError as error:
        return replace(new, error_message=str(error))
    return replace(
        new,
        status="published",
        mime_type=image.mime_type,
        width=image.width,
        height=image.height,
        variants=put_variants(storage, digest, image),
        published_at=datetime.now(UTC),
    )


def put_variants(storage: MediaStorage, digest: str, image: EncodedImage) -> list[dict[str, Any]]:
    """Publish the variants, under keys that other bytes or another recipe never have."""
    put: list[dict[str, Any]] = []
    for variant in image.variants:
        key = f"{digest[:2]}/{digest[:32]}/{RECIPE}/{variant.name}.{variant.format}"
        size = storage.put(key, variant.data)
        put.append(
            {
                "name": variant.name,
                "key": key,
                "width": variant.width,
                "height": variant.height,
                "bytes": size,
                "format": variant.format,
            }
        )
    return put


def summary(before: Mapping[str, Media], after: Sequence[Media], deleted: int) -> MediaSummary:
    failed = [row for row in after if row.status == "error"]
    published = [
        row
        for row in after
        if row.status == "published"
        and (row.file_path not in before or before[row.file_path].published_at != row.published_at)
    ]
    return MediaSummary(
        published=len(published),
        unchanged=len(after) - len(failed) - len(published),
        deleted=deleted,
        failed=len(failed),
        bytes_before=sum(row.file_size or 0 for row in published),
        bytes_after=sum(row.variants[0]["bytes"] for row in published),
    )
