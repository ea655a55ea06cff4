"""A few readers whose every number can be checked by eye, and what the marts are built from: their events."""

import os
import subprocess
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

SITE = "tiny.example"
ANA, BEN, CAY = "ana", "ben", "cay"
DOCUMENT = "/blog/why"


def event(kind: str, at: str, visitor: str, path: str, **more: object) -> dict[str, Any]:
    """One event; ``at`` is like ``03-02 10:00``, in 2026, UTC. Each visitor has one session an hour."""
    when = datetime.strptime(f"2026-{at}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    data = {
        "event_id": f"00000000-0000-7000-8000-{abs(hash_of(kind, at, visitor, path, more)):012d}",
        "occurred_at": when.isoformat(),
        "page_url": f"https://{SITE}{path}",
        "visitor_id": visitor,
        "session_id": f"{visitor}-{when:%d%H}",
        **more,
    }
    return {"type": kind, "data": data}


def hash_of(*parts: object) -> int:
    """A number that is the same in every process, unlike hash()."""
    return zlib.crc32(repr(parts).encode())


# 2026-03-02 is a Monday. Ana comes on Monday and Wednesday of one week and on Monday of the next, Ben once, Cay last.
EVENTS = [
    event("page_view", "03-02 10:00", ANA, "/a", referrer="https://news.example/"),
    event("heartbeat", "03-02 10:01", ANA, "/a", engaged_seconds=30),
    event("theme", "03-02 10:02", ANA, "/a", properties={"theme": "dark"}),
    event("page_view", "03-04 10:00", ANA, "/a"),
    event("heartbeat", "03-04 10:01", ANA, "/a", engaged_seconds=10),
    event("page_view", "03-04 10:05", ANA, "/b"),
    event("theme", "03-04 10:06", ANA, "/b", properties={"theme": "dark"}),
    event("page_view", "03-04 12:00", BEN, "/a"),
    event("theme", "03-04 12:01", BEN, "/a", properties={"theme": "light"}),
    event("click", "03-04 12:02", BEN, "/a", click_target="buy", pointer_x=50, pointer_y=120, viewport_width=100),
    event("letter_generated", "03-04 12:03", BEN, "/a", properties={"letter_type": "thanks"}),
    event("page_view", "03-09 10:00", ANA, "/a"),
    event("page_view", "03-10 09:00", CAY, "/a"),
    # A document, in two versions.
    event("page_view", "04-02 09:00", CAY, DOCUMENT),
    event("heartbeat", "04-02 09:01", CAY, DOCUMENT, engaged_seconds=10),
    event("page_view", "04-04 09:00", CAY, DOCUMENT),
    event("heartbeat", "04-04 09:01", CAY, DOCUMENT, engaged_seconds=40),
]


def write_events(file: Path, events: list[dict[str, Any]] = EVENTS) -> Path:
    file.write_bytes(msgspec.json.Encoder().encode_lines(events))
    return file


def write_repository(folder: Path, title: str = "Why", text: str = "Text.") -> Path:
    """A repository with the document, written on 1 April and corrected on 3 April."""
    git = ["git", "-C", str(folder), "-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    (folder / "blog").mkdir()
    subprocess.run([*git, "init", "--quiet"], check=True)
    for day, heading in ((1, title), (3, f"{title}, again")):
        (folder / "blog" / "why.md").write_text(f"---\ntitle: {heading}\n---\n{text}\n")
        subprocess.run([*git, "add", "--all"], check=True)
        at = f"2026-04-0{day}T00:00:00Z"
        dates = {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
        subprocess.run([*git, "commit", "--quiet", "--message", heading], check=True, env={**os.environ, **dates})
    return folder


def rounded(row: Mapping[str, object] | tuple) -> tuple:
    """Numbers as they are read: three digits after the point."""
    return tuple(round(value, 3) if isinstance(value, float) else value for value in row)
