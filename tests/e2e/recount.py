"""What the log says, counted in plain Python: no DuckDB, no SQL, no code of the importer or of the rollups."""

import gzip
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Protocol, TypeVar

from crawleruseragents import is_crawler

# Those of files that the log names; other names may hold dots too.
FILES = {
    *("css", "js", "xml", "xsl", "txt", "png", "jpg", "jpeg", "gif", "ico", "svg", "woff", "ttf", "swf"),
    *("pdf", "doc", "gz", "jar", "deb", "exe"),
}
GAP = timedelta(minutes=30)
LONGEST = timedelta(hours=24)


class ByVisitor(Protocol):
    """What is put into sessions: something that somebody did at some time."""

    @property
    def at(self) -> datetime: ...
    @property
    def visitor(self) -> tuple[str, ...]: ...


Seen = TypeVar("Seen", bound=ByVisitor)


@dataclass(frozen=True)
class View:
    """One page view by a person."""

    at: datetime
    visitor: tuple[str, str]
    path: str


def read_views(log: Path) -> list[View]:
    return [view for line in gzip.open(log, "rt") if (view := read_view(line.rstrip("\n")))]


def read_view(line: str) -> View | None:
    head, request, status_and_size, _referrer, _space, agent, *_ = line.split('"')
    address, _, rest = head.partition(" ")
    method, target, _protocol = request.split(" ")
    path = target.partition("?")[0].partition("#")[0]
    extension = path.rpartition("/")[2].rpartition(".")[2].lower() if "." in path.rpartition("/")[2] else ""
    is_page = method == "GET" and status_and_size.split()[0] in {"200", "304"} and extension not in FILES
    if not is_page or is_crawler(agent):
        return None
    at = datetime.strptime(rest[rest.index("[") + 1 : rest.index("]")], "%d/%b/%Y:%H:%M:%S %z").astimezone(UTC)
    return View(at, (address, agent), path)


def views_by_day(views: list[View]) -> dict[date, int]:
    return dict(Counter(view.at.date() for view in views))


def visitors_by_day(views: list[View]) -> dict[date, int]:
    return {day: len({view.visitor for view in views if view.at.date() == day}) for day in views_by_day(views)}


def sessions_of(views: list[Seen]) -> list[list[Seen]]:
    """Sessions, each in the order of its views."""
    by_visitor: dict[tuple[str, ...], list[Seen]] = defaultdict(list)
    for view in sorted(views, key=lambda view: view.at):
        by_visitor[view.visitor].append(view)
    return [session for own in by_visitor.values() for session in sessions_of_visitor(own)]


def sessions_of_visitor(views: list[Seen]) -> list[list[Seen]]:
    sessions: list[list[Seen]] = []
    after_gap = views[0].at
    previous: Seen | None = None
    piece = None
    for view in views:
        if previous is None or view.at - previous.at > GAP:
            after_gap, piece = view.at, None
        here = 0 if view.at - after_gap < LONGEST else (view.at.date() - after_gap.date()).days
        if here != piece:
            sessions.append([])
        sessions[-1].append(view)
        previous, piece = view, here
    return sessions


def canonical(path: str) -> str:
    for index in ("/index.html", "/index.htm", "/index.xhtml", "/index.php"):
        path = path.removesuffix(index) or "/"
    for extension in (".html", ".htm", ".xhtml", ".php", ".aspx", ".asp"):
        path = path.removesuffix(extension)
    return path.rstrip("/") or "/"
