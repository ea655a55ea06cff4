"""From commits to versions: which document each change of a file belongs to."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from orchestration.content.documents.document import Document, read_document
from orchestration.content.documents.read_documents import LARGEST_FILE
from orchestration.content.documents.text.measures import Measures
from orchestration.content.history.git_history import FileChange
from orchestration.content.history.lineages import Lineage, Lineages
from orchestration.errors import DogearError

# Given the path below the content folder, the SHA-256 of the file, and the document.
Prepare = Callable[[str, str, Document], None]


@dataclass(frozen=True)
class Version:
    """Columns of ``content.content_versions``; each is described there."""

    content_id: UUID
    path_id: UUID
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


def size_of_version(version: Version) -> int:
    """Return about how many bytes it takes."""
    return 1000 + len(version.content_snapshot or "")


class History:
    """The documents and versions that the followed commits made.

    ``documents`` are those that were read for their last version, by path below the content folder and SHA-256;
    ``measures`` are those of every version, by SHA-256.
    """

    def __init__(self, lineages: Lineages) -> None:
        self.lineages = lineages
        self.documents: dict[tuple[str, str], Document] = {}
        self.measures: dict[str, Measures] = {}
        self._checkout = lineages.checkout
        self._conventions = lineages.conventions

    def content_ids(self) -> dict[str, UUID]:
        """Id of each document that stands there, or stood there last, by its path below the content folder."""
        return {
            self._checkout.below(path): lineage.content_id
            for path, (lineage, _) in self.lineages.at_head.items()
            if lineage.is_document
        }

    def versions(self, prepare: Prepare) -> Iterator[Version]:
        """Yield the versions that the commits made of documents, in the order of each document's history.

        Documents are given to ``prepare`` as they were read for their last version.
        """
        for lineage in self.lineages.all:
            if lineage.is_document:
                yield from self._versions_of(lineage, prepare)

    def renamed_ids(self) -> list[tuple[UUID, UUID]]:
        """Ids that front matter named later than the first version, each with that of before."""
        return [(it.content_id, it.former_id) for it in self.lineages.all if it.content_id != it.former_id]

    def _versions_of(self, lineage: Lineage, prepare: Prepare) -> Iterator[Version]:
        written = [self._written(lineage, change, prepare) for _, change, _ in lineage.touches]
        for number, ((commit, change, how), (data, digest, document)) in enumerate(
            zip(lineage.touches, written, strict=True), lineage.versions + 1
        ):
            summary = commit.subject
            if change.old_path is not None:
                summary += f" ({change.kind} from {self._checkout.below(change.old_path)})"
            # It may have stood elsewhere before, where visitors did not see it.
            is_content = self.lineages.is_content(change.path)
            yield Version(
                content_id=lineage.content_id,
                path_id=lineage.path_id,
                version_number=number,
                content_type=self._conventions.content_type(self._checkout.below(change.path)) if is_content else None,
                file_path=self._checkout.below(change.path),
                # A copy was never seen where the other was.
                url_path=document.url_path if document and is_content and number > lineage.inherited else None,
                change_type=how,
                change_summary=summary,
                title=document and document.title,
                content_hash=digest,
                content_snapshot=None if data is None else data.decode("utf-8", "replace").replace("\0", ""),
                author_name=commit.author_name,
                author_email=commit.author_email,
                authored_at=commit.authored_at,
                commit_hash=commit.commit_hash,
            )

    def _written(
        self, lineage: Lineage, change: FileChange, prepare: Prepare
    ) -> tuple[bytes | None, str | None, Document | None]:
        """Return the file after the change, its SHA-256 and its document, with the id of front matter if it has one."""
        data = self._checkout.data_of(change.blob)
        if data is None or len(data) > LARGEST_FILE:
            return None, None, None
        path, digest = self._checkout.below(change.path), hashlib.sha256(data).hexdigest()
        try:
            document = read_document(lineage.content_id, path, data, self._conventions, self.lineages.site)
        except DogearError:
            return data, digest, None
        if document.content_id not in self.lineages.taken:
            self.lineages.taken.add(document.content_id)
            lineage.content_id = document.content_id
        self.measures[digest] = document.measures
        if change is lineage.touches[-1][1]:
            self.documents[path, digest] = document
            prepare(path, digest, document)
        return data, digest, document
