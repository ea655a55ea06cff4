"""The files of a site in a commit."""

import os
import posixpath
from collections.abc import Iterator

import pygit2
from pygit2.enums import FileMode

from orchestration.content.sources.site_files import WAY_OUT, SiteFile, is_looked_into, printable_path
from orchestration.errors import DogearError

MOST_LINKS = 8


class CommitFiles:
    """The files of one commit below a folder of its repository, even if others are committed meanwhile."""

    def __init__(self, repository: pygit2.Repository, commit: pygit2.Oid, folder: str) -> None:
        self.repository = repository
        self.tree = repository[commit].peel(pygit2.Tree)
        self.folder = folder

    def below(self, folder: str, *, optional: bool = False) -> Iterator[SiteFile]:
        start = posixpath.normpath(posixpath.join(self.folder, folder))
        tree = self._object(start)
        if optional and tree is None:
            return
        if not isinstance(tree, pygit2.Tree):
            raise DogearError(f"There is no folder {start} in the commit. {WAY_OUT}")
        try:
            yield from sorted(self._walk(tree, folder.encode()), key=lambda file: file.path.split("/"))
        except RecursionError:
            raise DogearError("Its folders are nested too deeply.") from None
        except (KeyError, pygit2.GitError) as error:
            raise DogearError(f"Git lacks a part of the commit, as partial clones do: {error}.") from None

    def read(self, path: str) -> bytes | None:
        found = self._object(posixpath.join(self.folder, path))
        return found.data if isinstance(found, pygit2.Blob) else None

    def _walk(self, tree: pygit2.Tree, path: bytes) -> Iterator[SiteFile]:
        for entry in tree:
            name = entry.raw_name or b""
            if not is_looked_into(os.fsdecode(name)):
                continue
            inside = posixpath.join(path, name)
            if isinstance(entry, pygit2.Tree):
                yield from self._walk(entry, inside)
            elif isinstance(entry, pygit2.Blob):
                yield self._file(entry, inside)

    def _file(self, blob: pygit2.Blob, path: bytes) -> SiteFile:
        if blob.filemode != FileMode.LINK:
            return SiteFile(printable_path(path), str(blob.id), blob.size, None, lambda: blob.data)
        try:
            wanted = self._behind_link(blob, path.decode())
        except (DogearError, UnicodeDecodeError):
            wanted = blob
        return SiteFile(printable_path(path), str(wanted.id), wanted.size, None, lambda: self._read_link(blob, path))

    def _read_link(self, blob: pygit2.Blob, path: bytes) -> bytes:
        return self._behind_link(blob, path.decode("utf-8", "surrogateescape")).data

    def _behind_link(self, blob: pygit2.Blob, path: str) -> pygit2.Blob:
        """Return the file to which a link leads, maybe through others. Raises DogearError if it is not the site's."""
        for _ in range(MOST_LINKS):
            path = posixpath.normpath(posixpath.join(posixpath.dirname(path), blob.data.decode("utf-8", "replace")))
            if path.startswith(("../", "/")) or path == "..":
                raise DogearError("a link that leads out of the site's folder")
            if not all(map(is_looked_into, path.split("/"))):
                raise DogearError("a link to a hidden file")
            found = self._object(posixpath.join(self.folder, path))
            if not isinstance(found, pygit2.Blob):
                raise DogearError("a link that leads to no file")
            if found.filemode != FileMode.LINK:
                return found
            blob = found
        raise DogearError("a link that leads round in a circle")

    def _object(self, path: str) -> pygit2.Object | None:
        try:
            return self.tree[path] if path not in {"", "."} else self.tree
        except KeyError:
            return None
