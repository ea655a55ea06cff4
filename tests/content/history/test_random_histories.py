"""Whenever a site is synced: what stands in the tables is what one sync of all of its history makes."""

import random
import subprocess
from pathlib import Path

import psycopg
import pytest

from tests.content.git_site import GIT, GitSite
from tests.content.syncing import sync

VERSIONS = (
    "select file_path, version_number, change_type, title, url_path, content_hash, commit_hash, content_id, "
    "change_summary from content.content_versions order by file_path, version_number, commit_hash, content_id"
)
TABLES = [
    VERSIONS,
    "select file_path, content_id, title, url_path, content_hash from content.items order by 1",
    "select path, kind, content_id, precedence, last_at from content.paths order by path, precedence, content_id",
    "select content_id, title, content, combined_vector::text from content.search_index order by 1",
    "select content_hash, word_count, has_title from content.measures order by 1",
    "select file_path, sync_status from content.file_sync_status order by 1",
]


class RandomSite(GitSite):
    """A repository in which things happen at random, on branches that are merged as Git likes."""

    def __init__(self, folder: Path, database_url: str, chance: random.Random) -> None:
        super().__init__(folder, database_url)
        self.chance = chance
        self.number = 0
        self.write("first.md", self.text())
        self.commit("first")

    def text(self) -> str:
        """Mostly the same, so that Git finds renames and copies; some lines are another's."""
        self.number += 1
        lines = [f"Line {self.chance.randrange(12)} of a text.\n" for _ in range(6)]
        return f"# Title {self.number}\n\n{''.join(lines)}"

    def names(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "content").glob("*.md"))

    def step(self) -> None:
        names, name = self.names(), f"{self.chance.choice('abcdef')}.md"
        known = self.chance.choice(names) if names else None
        what = self.chance.choice(["edit", "edit", "new", "rename", "copy", "delete", "branch", "merge", "switch"])
        if what in {"branch", "merge", "switch"}:
            self.on_branches(what)
        elif what == "new" or known is None:
            self.write(name, self.text())
        elif what == "edit":
            self.write(known, (self.folder / "content" / known).read_text() + f"More {self.number}.\n")
        elif what == "rename" and name not in names:
            (self.folder / "content" / known).rename(self.folder / "content" / name)
        elif what == "copy" and name not in names:
            self.write(name, (self.folder / "content" / known).read_text() + "Copied.\n")
        elif what == "delete" and len(names) > 1:
            (self.folder / "content" / known).unlink()
        self.commit(what)

    def on_branches(self, what: str) -> None:
        branches = self.git("branch", "--format=%(refname:short)").split()
        if what == "branch":
            self.git("checkout", "--quiet", "-b", f"branch-{len(branches)}")
        elif what == "switch":
            self.git("checkout", "--quiet", self.chance.choice(branches))
        else:
            merge = ["merge", "--quiet", "--no-edit", self.chance.choice([*branches, "--strategy=ours"])]
            merge += branches[:1] if merge[-1] == "--strategy=ours" else []
            subprocess.run([*GIT, *merge], cwd=self.folder, check=False, capture_output=True)


def rows(database_url: str) -> list[list[tuple]]:
    with psycopg.connect(database_url) as connection:
        return [connection.execute(question.encode()).fetchall() for question in TABLES]


@pytest.mark.parametrize("seed", range(8))
def test_syncs_in_between_change_nothing(database_url, other_database_url, tmp_path, seed):
    (folder := tmp_path / "site").mkdir()
    site = RandomSite(folder, database_url, random.Random(seed))
    for _ in range(18):
        site.step()
        if site.chance.random() < 0.5:
            site.read()
    site.read()
    assert sync(other_database_url, folder, content_root="content").synced > 0
    for found, expected in zip(rows(database_url), rows(other_database_url), strict=True):
        assert found == expected
