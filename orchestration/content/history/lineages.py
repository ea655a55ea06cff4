"""Which file is which document through history: followed commit by commit, over branches and merges."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import pygit2

from orchestration.content.documents.document import id_of_path
from orchestration.content.documents.rules.conventions import Conventions
from orchestration.content.history.git_history import Checkout, Commit, FileChange
from orchestration.content.sources.site_files import is_markdown

# A copy is taken from the commit before; a rename leaves the old path at once.
ORDER = {"copied": 0, "renamed": 1, "deleted": 2, "added": 3, "modified": 3}
# A commit, its change of the file, and the effect on the document.
Touch = tuple[Commit, FileChange, str]


@dataclass(eq=False)
class Lineage:
    """A file through its history, under all its names, and the commits that touched it.

    ``path_id`` follows from the path at which it began; front matter may name another id. ``versions`` counts what
    stands in the database already. ``is_whole``: all that touched it is known. ``inherited`` touches are those of the
    document that it is a copy of.
    """

    content_id: UUID
    path_id: UUID
    versions: int = 0
    is_document: bool = False
    is_whole: bool = True
    touches: list[Touch] = field(default_factory=list)
    inherited: int = 0

    def __post_init__(self) -> None:
        self.former_id = self.content_id


# The lineage at each path, as a commit leaves it, and whether its file is there.
State = dict[str, tuple[Lineage, bool]]
# One that is known from before: its path then, and whether its file was there.
Known = tuple[str, Lineage, bool]


class HistoryNeeded(Exception):  # noqa: N818 - not an error: it says that all of history must be read
    """The known lineages do not suffice to follow the new commits."""


class Lineages:
    """The lineages of a site: ``known`` ones, with the commit ``after`` which they are known, and those of new commits.

    ``at_head`` is how the newest commit leaves them.
    """

    def __init__(
        self, site: str, checkout: Checkout, conventions: Conventions, known: Sequence[Known], after: str | None
    ) -> None:
        self.site = site
        self.checkout = checkout
        self.conventions = conventions
        self.all = [lineage for _, lineage, _ in known]
        self.taken = {it.content_id for it in self.all} | {it.path_id for it in self.all}
        self.at_head: State = {path: (lineage, is_there) for path, lineage, is_there in known}
        self.is_whole = after is None
        self._states: dict[str, State] = {} if after is None else {after: self.at_head}
        self._children: Counter[str] = Counter()
        # Those touched since the history last was one line: a merge decides their fate.
        self._undecided: dict[Lineage, None] = {}

    def follow(self, commits: Sequence[Commit]) -> None:
        """Follow the files through the commits, parents first. Raises HistoryNeeded if too little is known."""
        self._children = Counter(parent for commit in commits for parent in commit.parents)
        for commit in commits:
            states = [self._state_at(parent) for parent in commit.parents]
            state = states[0] if states else {}
            for path, parent in commit.taken_over.items():
                if path in states[parent]:
                    state[path] = states[parent][path]
                else:
                    state.pop(path, None)
            for change in sorted(commit.changes, key=lambda change: ORDER[change.kind]):
                self._follow(commit, change, state, states[1:])
            if len(states) > 1:
                self._settle(commit, state)
            self._states[commit.commit_hash] = self.at_head = state
            if len(self._states) == 1:
                self._undecided.clear()

    def path_id(self, path: str) -> UUID:
        """Return a new id for a document that begins at a path (below the content folder), other than earlier ones."""
        content_id, number = id_of_path(self.site, path), 1
        while content_id in self.taken:
            number += 1
            content_id = id_of_path(self.site, f"{path}#{number}")
        return content_id

    def is_content(self, path: str) -> bool:
        below = self.checkout.below(path)
        return is_markdown(below) and not below.startswith("../") and self.conventions.is_document(below)

    def _state_at(self, commit_hash: str) -> State:
        """Return how the commit left the lineages: the state itself for its last child, a copy for others."""
        if commit_hash not in self._states:
            raise HistoryNeeded  # a branch that began before the last commit that was read
        self._children[commit_hash] -= 1
        if self._children[commit_hash]:
            return dict(self._states[commit_hash])
        return self._states.pop(commit_hash)

    def _follow(self, commit: Commit, change: FileChange, state: State, others: Iterable[State]) -> None:
        old_path = change.old_path or change.path
        found = next((it[old_path] for it in (state, *others) if old_path in it), None)
        is_whole = self.is_whole or change.kind == "added"
        if change.kind == "copied" or found is None:
            lineage = self._begin(change.path, is_whole=is_whole)
            if found is not None:
                lineage.touches += found[0].touches
                lineage.inherited = len(lineage.touches)
            was_there = found is not None
        else:
            lineage, was_there = found
        if change.kind == "renamed":
            state.pop(old_path, None)
        self._touch(commit, change, lineage, was_there=was_there)
        state[change.path] = lineage, change.kind != "deleted"

    def _begin(self, path: str, *, is_whole: bool) -> Lineage:
        path_id = self.path_id(self.checkout.below(path))
        self.taken.add(path_id)
        self.all.append(lineage := Lineage(path_id, path_id, is_whole=is_whole))
        return lineage

    def _touch(self, commit: Commit, change: FileChange, lineage: Lineage, *, was_there: bool) -> None:
        if change.kind == "deleted":
            how = "delete"
        elif not lineage.versions and not lineage.touches:
            how = "create"
        else:
            how = "update" if was_there else "restore"
        lineage.is_document |= self.is_content(change.path) and (change.blob is not None or how == "delete")
        if lineage.is_document and not lineage.is_whole:
            raise HistoryNeeded
        lineage.touches.append((commit, change, how))
        self._undecided[lineage] = None

    def _settle(self, commit: Commit, state: State) -> None:
        """Add a version if a merge keeps a document differently from the branch that touched it last."""
        tree = self.checkout.repository[commit.commit_hash].peel(pygit2.Tree)
        there = {lineage: path for path, (lineage, is_there) in state.items() if is_there}
        for lineage in self._undecided:
            if not lineage.touches:
                continue
            _, last, _ = lineage.touches[-1]
            path = there.get(lineage)
            if path is None and last.kind != "deleted":
                self._touch(commit, FileChange(last.path, None, "deleted", None), lineage, was_there=True)
            elif path is not None and path in tree and (blob := tree[path].id) != last.blob:
                change = FileChange(path, None, "modified", blob)
                self._touch(commit, change, lineage, was_there=last.kind != "deleted")
