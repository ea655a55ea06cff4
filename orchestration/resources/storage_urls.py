"""Folders and URLs of fsspec (S3, Google Cloud, Azure, SFTP…) as the settings name them."""

import re
from pathlib import Path
from typing import Any

from orchestration.errors import DogearError

S3 = {"s3", "s3a"}
# In these an object appears as a whole or not at all; elsewhere it may be half written.
OBJECT_STORES = {*S3, "gs", "gcs", "abfs", "az", "memory"}
CREDENTIALS = re.compile(r"(?<=://)[^/@\s]*@|(?<=\S)\?\S*")
PASSWORD = re.compile(r"//[^/@]*:[^/@]*@")


def local_folder(url: str) -> Path | None:
    """Return the folder that ``url`` names, if it is one of this machine."""
    if PASSWORD.search(url):
        raise DogearError("The URL of a storage holds a password: leave it to AWS_* and the like.")
    local = re.sub(r"^(file|local)://", "", url)
    return None if "://" in local or "::" in local else Path(local).expanduser().absolute()


def storage_place(url: str) -> str:
    """Return what names the place for all who read files there: the path of a folder, or a URL without credentials."""
    return str(local_folder(url) or without_credentials(url).rstrip("/"))


def open_filesystem(url: str, what: str) -> tuple[Any, str]:
    """Return the filesystem of fsspec for ``url``, and its path there; whether it answers is seen later.

    ``what`` is named by errors ("media storage"). Raises DogearError if nothing knows such URLs.
    """
    import fsspec

    try:
        # A new one each time: settings from the environment may be others than before.
        filesystem, root = fsspec.url_to_fs(url, skip_instance_cache=True, **options(url))
    except Exception as error:
        raise DogearError(
            f"The {what} {without_credentials(url)} cannot be used: {without_credentials(one_line(error))}. "
            "Name a folder, or a URL such as s3://bucket/folder."
        ) from None
    # Besides the attempts of the library below, which s3fs would multiply by five.
    filesystem.retries = 2
    return filesystem, root.rstrip("/")


def options(url: str) -> dict[str, Any]:
    """Do not wait long for a server that does not answer; fsspec tries several times."""
    if url.partition("://")[0] not in S3:
        return {}
    return {"config_kwargs": {"connect_timeout": 5, "read_timeout": 30, "retries": {"max_attempts": 2}}}


def reason(error: Exception) -> str:
    """Return why a storage refuses, in one line and without credentials."""
    said = error.strerror if isinstance(error, OSError) and error.strerror else one_line(error)
    return without_credentials(said)


def without_credentials(text: str) -> str:
    """Return ``text`` where URLs have neither user and password nor parameters."""
    return CREDENTIALS.sub("", text)


def one_line(error: Exception) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return "".join(letter if letter.isprintable() else "�" for letter in text)[:200]
