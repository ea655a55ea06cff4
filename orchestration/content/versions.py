"""Commits to versions: which document each change of a file is a version of."""

import hashlib
import posixpath
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import pygit2

from orchestration.content.document import Document, id_of_path, read_document
from orchestration.content.git_history import Checkout, Commit, FileChange
from orchestration.content.read_files import LARGEST_FILE
from orchestration.content.rules.conventions import Conventions
from orchestration.content.site_files import is_markdown
from orchestration.content.text.measures import Measures
from orchestration.errors import DogearError

# What is copied is copied from the commit before; and of a rename, the old path is left at once.
ORDER = {"copied": 0, "renamed": 1, "deleted": 2, "added": 3, "modified": 3}

Touch = tuple[Commit, FileChange, str]
# Given the path below the content folder, the SHA-256 of the file, and the document.
Prepare = Callable[[str, str, Document], None]


@dataclass
class Lineage:
    """A file through its history, whatever it is called: what touched it and how, and whether it is there.

    ``versions`` counts what stands in the database already. ``is_whole``: all that touched it is known. ``former_id``
    is the id before front matter named another.
    """

    content_id: UUID
    versions: int = 0
    is_there: bool = False
    is_document: bool = False
    is_whole: bool = True
    touches: list[Touch] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.former_id = self.content_id


@dataclass(frozen=True)
class Version:
    """Columns of ``content.content_versions``; each is described there."""

    content_id: UUID
    version_number: int
    content_type: str | None
    file_path: str
    url_path: str | None
    change_type: str
    change_summary: str
    title: str | None
    content_hash: str | None
    content_snapshot: str | None
    author_name: str
    author_email: str
    authored_at: datetime
    commit_hash: str


class HistoryNeeded(Exception):  # noqa: N818 - no error: it says that all of history must be read
    """A document was made of a file that is known in part only."""


class History:
    """The files of a repository by path, to which commits are added in their order.

    ``lineages`` are the documents that are known from before, unless the commits begin with the first.
    ``documents`` are those that were read for their last version, by path below the content folder and SHA-256;
    ``measures`` are those of every version, by SHA-256.
    """

    def __init__(
        self,
        site: str,
        checkout: Checkout,
        conventions: Conventions,
        lineages: dict[str, Lineage],
        *,
        goes_on: bool,
    ) -> None:
        self.site = site
        self.checkout = checkout
        self.conventions = conventions
        self.lineages = lineages
        self.documents: dict[tuple[str, str], Document] = {}
        self.measures: dict[str, Measures] = {}
        self._goes_on = goes_on
        self._taken = {lineage.content_id for lineage in lineages.values()}

    def add(self, commits: Iterable[Commit]) -> None:
        """Follow the files through the commits. Raises HistoryNeeded where what is known does not suffice."""
        for commit in commits:
            for change in sorted(commit.changes, key=lambda change: ORDER[change.kind]):
                self._follow(commit, change)

    def content_ids(self) -> dict[str, UUID]:
        """Id of each document that stands there, by its path below the content folder."""
        return {
            self.below(path): lineage.content_id
            for path, lineage in self.lineages.items()
            if lineage.is_there and lineage.is_document
        }

    def below(self, path: str) -> str:
        """Path below the content folder of a path below the root of the repository."""
        folder = self.checkout.folder
        if not folder or path.startswith(f"{folder}/"):
            return path[len(folder) + 1 :] if folder else path
        return posixpath.relpath(path, folder)

    def is_content(self, path: str) -> bool:
        below = self.below(path)
        return is_markdown(below) and not below.startswith("../") and self.conventions.is_document(below)

    def versions(self, prepare: Prepare) -> Iterator[Version]:
        """The versions that the commits made of documents, in the order of each document's history.

        Documents are given to ``prepare`` as they were read for their last version.
        """
        for lineage in {id(lineage): lineage for lineage in self.lineages.values()}.values():
            if lineage.is_document:
                yield from self._versions_of(lineage, prepare)

    def renamed_ids(self) -> list[tuple[UUID, UUID]]:
        """Ids that front matter named later than the first version, each with that of before."""
        return [(it.content_id, it.former_id) for it in self.lineages.values() if it.content_id != it.former_id]

    def _follow(self, commit: Commit, change: FileChange) -> None:
        if change.kind == "renamed" and change.old_path is not None:
            lineage = self.lineages.pop(change.old_path, None) or self._new(
                commit, change.path, is_whole=not self._goes_on
            )
            self.lineages[change.path] = lineage
        elif change.kind == "copied" and change.old_path is not None:
            source = self.lineages.get(change.old_path)
            lineage = self.lineages[change.path] = self._new(commit, change.path, is_whole=not self._goes_on)
            lineage.touches += source.touches if source else []
            lineage.is_there = bool(lineage.touches)
        elif change.path in self.lineages:
            lineage = self.lineages[change.path]
        else:
            is_whole = change.kind == "added" or not self._goes_on
            lineage = self.lineages[change.path] = self._new(commit, change.path, is_whole=is_whole)
        touch = (commit, change, change_type(lineage, change))
        lineage.is_there = change.kind != "deleted"
        lineage.is_document |= self.is_content(change.path) and (change.blob is not None or not lineage.is_there)
        if lineage.is_document and not lineage.is_whole:
            raise HistoryNeeded
        lineage.touches.append(touch)

    def _new(self, commit: Commit, path: str, *, is_whole: bool) -> Lineage:
        content_id = id_of_path(self.site, self.below(path))
        if content_id in self._taken:  # by a document that began at this path and stands elsewhere now
            content_id = id_of_path(self.site, f"{self.below(path)}@{commit.commit_hash}")
        self._taken.add(content_id)
        return Lineage(content_id, is_whole=is_whole)

    def _versions_of(self, lineage: Lineage, prepare: Prepare) -> Iterator[Version]:
        written = [self._written(lineage, change, prepare) for _, change, _ in lineage.touches]
        for number, ((commit, change, how), (data, document)) in enumerate(
            zip(lineage.touches, written, strict=True), lineage.versions + 1
        ):
            summary = commit.subject
            if change.old_path is not None:
                summary += f" ({change.kind} from {self.below(change.old_path)})"
            # It may have stood elsewhere before, where visitors did not see it.
            is_content = self.is_content(change.path)
            yield Version(
                content_id=lineage.content_id,
                version_number=number,
                content_type=self.conventions.content_type(self.below(change.path)) if is_content else None,
                file_path=self.below(change.path),
                url_path=document.url_path if document and is_content else None,
                change_type=how,
                change_summary=summary,
                title=document and document.title,
                content_hash=None if data is None else hashlib.sha256(data).hexdigest(),
                content_snapshot=None if data is None else data.decode("utf-8", "replace").replace("\0", ""),
                author_name=commit.author_name,
                author_email=commit.author_email,
                authored_at=commit.authored_at,
                commit_hash=commit.commit_hash,
            )

    def _written(self, lineage: Lineage, change: FileChange, prepare: Prepare) -> tuple[bytes | None, Document | None]:
        """The file after the change, and its document; an id that front matter names becomes the document's."""
        blob = None if change.blob is None else self.checkout.repository[change.blob]
        if not isinstance(blob, pygit2.Blob) or blob.size > LARGEST_FILE:
            return None, None
        data = blob.data
        try:
            document = read_document(lineage.content_id, self.below(change.path), data, self.conventions, self.site)
        except DogearError:
            return data, None
        if document.content_id not in self._taken:
            self._taken.add(document.content_id)
            lineage.content_id = document.content_id
        digest = hashlib.sha256(data).hexdigest()
        self.measures[digest] = document.measures
        if change is lineage.touches[-1][1]:
            self.documents[self.below(change.path), digest] = document
            prepare(self.below(change.path), digest, document)
        return data, document


def change_type(lineage: Lineage, change: FileChange) -> str:
    """What the change does to the document, as it was before."""
    if change.kind == "deleted":
        return "delete"
    if not lineage.versions and not lineage.touches:
        return "create"
    return "update" if lineage.is_there else "restore"
