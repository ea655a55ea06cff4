"""A site in a real Git repository, and the database into which it is synced."""

import subprocess
from pathlib import Path

import psycopg

from orchestration.content.sync_content import SyncSummary
from tests.content.syncing import sync

GIT = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=main"]


class GitSite:
    """A repository whose folder ``content`` holds the documents."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.database_url = database_url
        self.git("init", "--quiet")

    def git(self, *arguments: str) -> str:
        return subprocess.run([*GIT, *arguments], cwd=self.folder, check=True, capture_output=True, text=True).stdout

    def write(self, path: str, text: str | bytes) -> None:
        """Write a file below ``content``."""
        (file := self.folder / "content" / path).parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())

    def commit(self, message: str) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD").strip()

    def read(self, branch: str | None = None) -> SyncSummary:
        return sync(self.database_url, self.folder, content_root="content", branch=branch)

    def sync(self) -> int:
        """Sync the working tree; how many versions were new."""
        return self.read().versions

    def rows(self, question: str) -> list[tuple]:
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(question.encode()).fetchall()

    def versions(self) -> list[tuple]:
        """Path, number, type and title of each version, in the order of documents and versions."""
        return self.rows(
            "select file_path, version_number, change_type, title from content.content_versions "
            "order by min(file_path) over (partition by content_id), content_id, version_number"
        )
