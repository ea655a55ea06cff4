"""Where the variants of images are published: a folder, or whatever fsspec reaches (S3, Google Cloud, Azure, SFTP…)."""

import os
import re
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.content.media.images import one_line
from orchestration.errors import DogearError

# What lies under a key never changes.
CACHE_CONTROL = "public, max-age=31536000, immutable"
MIME_TYPES = {"webp": "image/webp", "svg": "image/svg+xml"}
S3 = {"s3", "s3a"}
# In these an object is there as a whole or not at all; elsewhere it may be half of one.
OBJECT_STORES = {*S3, "gs", "gcs", "abfs", "az", "memory"}
CREDENTIALS = re.compile(r"(?<=://)[^/@\s]*@|(?<=\S)\?\S*")
PASSWORD = re.compile(r"//[^/@]*:[^/@]*@")
UNFINISHED = ".unfinished"
UNFINISHED_SECONDS = 3600


@dataclass(frozen=True)
class MediaStorage:
    """A place for objects by key. ``url`` names it, without credentials; ``root`` is its name in its library."""

    url: str
    root: str
    filesystem: Any = None
    protocol: str = "file"

    def put(self, key: str, data: bytes) -> int:
        """Publish an object, unless the key has one; the size of the one that is there then, in bytes.

        It appears as a whole. Raises DogearError where the storage refuses, or cannot be reached.
        """
        try:
            return self._put_file(key, data) if self.filesystem is None else self._put_object(key, data)
        except Exception as error:  # Each library behind fsspec has its own.
            reason = error.strerror if isinstance(error, OSError) and error.strerror else one_line(error)
            raise DogearError(
                f"The media storage {self.url} takes no files: {without_credentials(reason)}. {self._way_out()}"
            ) from None

    def _put_file(self, key: str, data: bytes) -> int:
        file = Path(self.root, key)
        if not file.exists():
            aside = Path(self.root, UNFINISHED)
            aside.mkdir(parents=True, exist_ok=True)
            file.parent.mkdir(parents=True, exist_ok=True)
            unfinished = aside / uuid.uuid4().hex
            try:
                with unfinished.open("xb") as stream:
                    stream.write(data)
                    stream.flush()
                    os.fsync(stream.fileno())
                unfinished.replace(file)
            finally:
                unfinished.unlink(missing_ok=True)
        return file.stat().st_size

    def _put_object(self, key: str, data: bytes) -> int:
        path = f"{self.root}/{key}"
        if self.protocol in OBJECT_STORES:
            try:
                return self.filesystem.info(path)["size"]
            except (FileNotFoundError, PermissionError):
                pass  # Who may write need not be allowed to look.
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
    """The storage that a path of a folder or a URL of fsspec names; whether it answers is seen with the first object.

    Raises DogearError where nothing knows such URLs.
    """
    if PASSWORD.search(storage_url):
        raise DogearError("The URL of the media storage holds a password: leave it to AWS_* and the like.")
    local = re.sub(r"^(file|local)://", "", storage_url)
    if "://" not in local and "::" not in local:
        root = str(Path(local).expanduser().absolute())
        remove_what_was_left(Path(root, UNFINISHED))
        return MediaStorage(root, root)
    import fsspec

    try:
        # A new one each time: settings from the environment may be others than before.
        filesystem, root = fsspec.url_to_fs(storage_url, skip_instance_cache=True, **options(storage_url))
    except Exception as error:
        reason = without_credentials(one_line(error))
        raise DogearError(
            f"The media storage {without_credentials(storage_url)} cannot be used: {reason}. "
            "Name a folder, or a URL such as s3://bucket/folder."
        ) from None
    return MediaStorage(
        without_credentials(storage_url).rstrip("/"), root.rstrip("/"), filesystem, storage_url.partition("://")[0]
    )


def options(storage_url: str) -> dict[str, Any]:
    """Do not wait long for a server that does not answer; fsspec tries several times."""
    if storage_url.partition("://")[0] not in S3:
        return {}
    return {"config_kwargs": {"connect_timeout": 5, "read_timeout": 30, "retries": {"max_attempts": 2}}}


def remove_what_was_left(folder: Path) -> None:
    """Remove the files of a sync that was killed. Younger ones may be those of another that runs."""
    for file in folder.glob("*"):
        try:
            if file.stat().st_mtime < time.time() - UNFINISHED_SECONDS:
                file.unlink(missing_ok=True)
        except OSError:
            continue  # Not worth stopping for.


def without_credentials(text: str) -> str:
    """``text`` where URLs have neither user and password nor parameters."""
    return CREDENTIALS.sub("", text)
