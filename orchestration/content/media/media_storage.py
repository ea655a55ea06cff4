"""Where the variants of images are published: a folder, or any storage of fsspec (S3, Google Cloud, Azure, SFTP…)."""

import os
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.errors import DogearError
from orchestration.resources.storage_urls import (
    OBJECT_STORES,
    S3,
    local_folder,
    open_filesystem,
    reason,
    without_credentials,
)
from orchestration.state_folder import make_folders_like, open_like_its_folder

# The object under a key never changes.
CACHE_CONTROL = "public, max-age=31536000, immutable"
MIME_TYPES = {"webp": "image/webp", "svg": "image/svg+xml"}
UNFINISHED = ".unfinished"
# A web server reads the published files; a folder that somebody else has made keeps its rights.
FOR_ALL_TO_READ = 0o755
UNFINISHED_SECONDS = 3600


@dataclass(frozen=True)
class MediaStorage:
    """A place for objects by key. ``url`` names it, without credentials; ``root`` is its name in its library."""

    url: str
    root: str
    filesystem: Any = None
    protocol: str = "file"

    def put(self, key: str, data: bytes) -> int:
        """Publish an object, unless the key has one; return the size in bytes of the one that is there then.

        It appears as a whole. Raises DogearError if the storage refuses, or cannot be reached.
        """
        try:
            return self._put_file(key, data) if self.filesystem is None else self._put_object(key, data)
        except Exception as error:  # Each library behind fsspec has its own.
            raise DogearError(
                f"The media storage {self.url} takes no files: {reason(error)}. {self._way_out()}"
            ) from None

    def _put_file(self, key: str, data: bytes) -> int:
        file = Path(self.root, key)
        if not file.exists():
            root = Path(self.root)
            if not root.exists():
                root.mkdir(parents=True, exist_ok=True)
                root.chmod(FOR_ALL_TO_READ)
            staging = root / UNFINISHED
            staging.mkdir(exist_ok=True)
            make_folders_like(root, file.parent)
            unfinished = staging / uuid.uuid4().hex
            try:
                with unfinished.open("xb") as stream:
                    stream.write(data)
                    stream.flush()
                    os.fsync(stream.fileno())
                unfinished.replace(file)
                open_like_its_folder(file)
            finally:
                unfinished.unlink(missing_ok=True)
        return file.stat().st_size

    def _put_object(self, key: str, data: bytes) -> int:
        path = f"{self.root}/{key}"
        if self.protocol in OBJECT_STORES:
            try:
                return self.filesystem.info(path)["size"]
            except (FileNotFoundError, PermissionError):
                pass  # Credentials may allow writing but not reading.
        else:
            self.filesystem.makedirs(path.rpartition("/")[0], exist_ok=True)
        headers = {"ContentType": MIME_TYPES[key.rpartition(".")[2]], "CacheControl": CACHE_CONTROL}
        self.filesystem.pipe_file(path, data, **(headers if self.protocol in S3 else {}))
        return len(data)

    def _way_out(self) -> str:
        if self.filesystem is None:
            return "Check that it is a folder that can be written to, with room on its disk."
        if self.protocol in S3:
            return "Check that the bucket exists, and the variables AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID and the like."
        return "Check that it can be reached, exists, and can be written to with these credentials."


def open_storage(storage_url: str) -> MediaStorage:
    """Return the storage at a path or a URL of fsspec; whether it answers is seen with the first object.

    Raises DogearError if nothing knows such URLs.
    """
    if folder := local_folder(storage_url):
        remove_what_was_left(folder / UNFINISHED)
        return MediaStorage(str(folder), str(folder))
    filesystem, root = open_filesystem(storage_url, "media storage")
    return MediaStorage(without_credentials(storage_url).rstrip("/"), root, filesystem, storage_url.partition("://")[0])


def remove_what_was_left(folder: Path) -> None:
    """Remove the files of a killed sync. Younger ones may belong to another that runs."""
    for file in folder.glob("*"):
        try:
            if file.stat().st_mtime < time.time() - UNFINISHED_SECONDS:
                file.unlink(missing_ok=True)
        except OSError:
            continue  # Not worth stopping for.
