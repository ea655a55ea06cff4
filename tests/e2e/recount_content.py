"""What Git says of the pages of the real site: which file stands at a path, and which commit was live when."""

import re
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True)
class Version:
    """A commit that changed a page. ``live_to`` is when the next one was made; None for the last."""

    number: int
    commit: str
    author: str
    authored_at: datetime
    live_to: datetime | None


@dataclass(frozen=True)
class Pages:
    """``files`` by path of the page; ``versions`` by file, the oldest first."""

    files: dict[str, str]
    versions: dict[str, list[Version]]
    drafts: set[str]

    def entity(self, path: str) -> str:
        """The document at the path, else the path."""
        return self.files.get(path, path)

    def live(self, file: str, at: datetime) -> Version | None:
        found = [version for version in self.versions.get(file, []) if version.authored_at <= at]
        return found[-1] if found else None


def pages_of(site: Path) -> Pages:
    content = site / "content"
    texts = {str(file.relative_to(content)): file.read_text() for file in sorted(content.rglob("*.md"))}
    drafts = {file for file, text in texts.items() if re.search(r"^draft\s*[:=]\s*true", text, re.MULTILINE)}
    # Of a post that stands twice, its first file; a draft is at no path as long as another page is.
    files = {path_of(file): file for file in sorted(texts, reverse=True)}
    return Pages(files, {file: versions_of(site, f"content/{file}") for file in texts}, drafts)


def path_of(file: str) -> str:
    return "/" + re.sub(r"(/_?index)?\.md$", "", file)


def versions_of(site: Path, file: str) -> list[Version]:
    command = ["git", "-C", site, "log", "--follow", "--format=%H|%an|%aI", "--", file]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    commits = [line.split("|") for line in reversed(lines)]
    times = [datetime.fromisoformat(at).astimezone(UTC) for _, _, at in commits]
    ends = [*times[1:], None]
    return [
        Version(number, commit, author, at, end)
        for number, ((commit, author, _), at, end) in enumerate(zip(commits, times, ends, strict=True), start=1)
    ]
