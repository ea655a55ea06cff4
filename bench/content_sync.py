"""How long does a sync of 5,000 generated documents take: the first, one with nothing new, one with one change?

    .venv/bin/python -m bench.content_sync [documents]

The database is an embedded PostgreSQL of its own. The goal: 10 s, 1 s and 1 s, below 500 MB of memory.
On a virtual machine, the time that its host gave to others is shown too: it explains the longest runs.
"""

import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from bench.processor_time import stolen_seconds
from bench.results import keep
from orchestration.content.sites import Site, save_site
from orchestration.content.sync_content import SyncSummary
from orchestration.content.sync_sites import sync_tables
from orchestration.resources.embedded_postgres import EmbeddedPostgres
from orchestration.resources.migrations import migrate
from orchestration.settings import SAMPLE_CONTENT, Settings

SITE = "bench.example"
GIT = ["git", "-c", "user.name=Bench", "-c", "user.email=bench@example.org"]
WORDS = [word for file in SAMPLE_CONTENT.rglob("*.md") for word in file.read_text().split()]


def document(chance: random.Random, number: int) -> str:
    body = "\n\n".join(" ".join(chance.choices(WORDS, k=100)) for _ in range(6))
    return f"---\ntitle: Document {number}\ndate: 2026-01-01\ntags: [a, b]\n---\n\n{body}\n"


def write_site(folder: Path, documents: int) -> None:
    chance = random.Random(1)
    for number in range(documents):
        file = folder / "content" / "blog" / f"{number // 100:03}" / f"{number}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(document(chance, number))
    subprocess.run([*GIT, "init", "--quiet"], cwd=folder, check=True)
    commit(folder)


def commit(folder: Path) -> None:
    subprocess.run([*GIT, "add", "--all"], cwd=folder, check=True)
    subprocess.run([*GIT, "commit", "--quiet", "--message", "Write"], cwd=folder, check=True)


def timed(what: str, sync: Callable[[], SyncSummary]) -> float:
    started, stolen = time.perf_counter(), stolen_seconds()
    done = sync()
    seconds, stolen = time.perf_counter() - started, stolen_seconds() - stolen
    print(
        f"{what:<14}{seconds:6.2f} s   {done.synced} read, {done.unchanged} unchanged, {done.versions} new versions; "
        f"the host took {stolen:.1f} s of the processors"
    )
    return seconds


@contextmanager
def generated_site(documents: int) -> Generator[tuple[Path, str, Callable[[], SyncSummary]]]:
    """The folder of a site of generated documents, the URL of a database for it, and a function that syncs it."""
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder) / "postgres") as url:
        path = Path(folder) / "site"
        path.mkdir()
        write_site(path, documents)
        migrate(url)
        site = Site(SITE, "bench", str(path), content_root="content")
        save_site(url, site)
        yield path, url, lambda: sync_tables(Settings(home=Path(folder)), url, site)


def main() -> None:
    documents = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    with generated_site(documents) as (folder, _, sync):
        figures = {"first, s": timed("first", sync), "unchanged, s": timed("unchanged", sync)}
        (folder / "content/blog/000/7.md").write_text("# Changed\n")
        commit(folder)
        figures["one changed, s"] = timed("one changed", sync)
    figures["memory, MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"memory        {figures['memory, MB']:6.0f} MB")
    keep("content_sync", {"documents": documents}, figures)


if __name__ == "__main__":
    main()
