"""Where the lake is: a folder, or any storage that fsspec reaches. Files appear there as a whole, or not at all."""

import os
import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.errors import DogearError
from orchestration.resources.storage_urls import (
    OBJECT_STORES,
    local_folder,
    open_filesystem,
    reason,
    storage_place,
    without_credentials,
)
from orchestration.state_folder import make_folders_like, open_like_its_folder

MANIFEST = "manifest.json"
# The prefix of staging files; no search for Parquet files finds them.
ASIDE = ".unfinished-"


class LakeRefusesError(DogearError):
    """The lake as a whole fails, so other days would fail too."""


@dataclass(frozen=True)
class LakeStorage:
    """A lake. ``url`` names it, without credentials; ``root`` names it in its filesystem (None for a folder)."""

    url: str
    root: str
    filesystem: Any = None

    def place(self, name: str) -> str:
        """Return what DuckDB calls the file ``name``."""
        return f"{self.url}/{name}"

    def publish(self, file: Path, name: str) -> None:
        """Move ``file`` into the lake as ``name``, replacing a file of that name.

        Raises DogearError if the lake takes no files; the old file stays.
        """
        try:
            if self.filesystem is None:
                publish_in_folder(file, Path(self.root), name)
            else:
                self._upload(file, name)
        except Exception as error:  # Each library behind fsspec has its own.
            raise self.refusal("takes no files", error) from None
        finally:
            file.unlink(missing_ok=True)

    def _upload(self, file: Path, name: str) -> None:
        aside, place = f"{self.root}/{ASIDE}{uuid.uuid4().hex}", f"{self.root}/{name}"
        if self.url.partition("://")[0] in OBJECT_STORES:
            self.filesystem.put_file(str(file), place)
            return
        self.filesystem.makedirs(place.rpartition("/")[0], exist_ok=True)
        self.filesystem.put_file(str(file), aside)
        self.filesystem.mv(aside, place)

    def read(self, name: str) -> bytes | None:
        """Return the content of the file ``name``; None if there is none. Raises DogearError if the lake is silent."""
        try:
            if self.filesystem is None:
                return Path(self.root, name).read_bytes()
            return bytes(self.filesystem.cat_file(f"{self.root}/{name}"))
        except FileNotFoundError:
            return None
        except Exception as error:
            raise self.refusal("cannot be read", error) from None

    def has(self, name: str) -> bool:
        """Return whether there is a file ``name``. Raises DogearError if the lake does not answer."""
        try:
            if self.filesystem is None:
                return Path(self.root, name).exists()
            # Not exists(): with some libraries it is also false if the server does not answer.
            self.filesystem.info(f"{self.root}/{name}")
            return True
        except FileNotFoundError:
            return False
        except Exception as error:
            raise self.refusal("cannot be read", error) from None

    def room_for_unfinished(self, spill: Path) -> Path:
        """Return a name for a file to publish: in the lake itself if that is a folder, so that it can be renamed."""
        folder = Path(self.root) if self.filesystem is None else spill
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self.refusal("takes no files", error) from None
        return folder / f"{ASIDE}{uuid.uuid4().hex}"

    def remove_unfinished(self) -> None:
        """Remove the files that a killed writer left. The caller holds the lake's lock."""
        with suppress(Exception):  # Not worth stopping for.
            if self.filesystem is None:
                for file in Path(self.root).glob(f"{ASIDE}*"):
                    file.unlink(missing_ok=True)
            else:
                for name in self.filesystem.glob(f"{self.root}/{ASIDE}*"):
                    self.filesystem.rm_file(name)

    def refusal(self, what: str, error: Exception) -> LakeRefusesError:
        """Return the error of a lake that does not do what it should."""
        way_out = (
            "Check that it is a folder that can be written to, with room on its disk."
            if self.filesystem is None
            else "Check that it can be reached, and its credentials (AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID and the like)."
        )
        return LakeRefusesError(f"The lake {self.url} {what}: {reason(error)}. {way_out}")


def open_lake(url: str) -> LakeStorage:
    """Return the lake that a folder or a URL of fsspec names; whether it answers is seen with the first file.

    Raises DogearError if nothing knows such URLs.
    """
    if "=" in url:
        raise DogearError(
            f"The lake {without_credentials(url)} must have no = in its path: readers take it for a partition."
        )
    if folder := local_folder(url):
        return LakeStorage(str(folder), str(folder))
    filesystem, root = open_filesystem(url, "lake")
    return LakeStorage(storage_place(url), root, filesystem)


def publish_in_folder(file: Path, root: Path, name: str) -> None:
    """Rename it once its content is synced to disk, then sync its name. Anyone who may read the lake may read it."""
    place = root / name
    make_folders_like(root, place.parent)
    with file.open("rb") as stream:
        os.fsync(stream.fileno())
    file.replace(place)
    open_like_its_folder(place)
    # Any of them may be new, the lake's own too, whose name is in the folder above it.
    for folder in (it for it in place.parents if it.is_relative_to(root.parent)):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
