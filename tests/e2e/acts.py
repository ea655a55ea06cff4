"""What people did on the real site: what the log says, the same once more when its pages had versions, and acts of
readers that no log shows. Each is one plain value, to be counted, and a line of the file that is imported."""

import gzip
import json
import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.e2e import recount

SITE = "semicomplete.com"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"
# 17 May 2015 becomes 13 April 2018: on the days after, most commits were made to pages that are read much.
LOG_BEGINS = date(2015, 5, 17)
MOVED_BEGINS = date(2018, 4, 13)
READ = [
    "/projects/xdotool/",
    "/blog/geekery/ssl-latency.html",
    "/projects/keynav/",
    "/projects/fex/",
    "/about",
    "/none",
]
ARRIVALS: list[dict[str, str]] = [
    {},
    {},
    {"referrer": "https://www.google.co.uk/"},
    {"referrer": "https://news.ycombinator.com/item"},
    {"referrer": "https://chatgpt.com/"},
    {"referrer": "https://gist.github.com/x"},
    {"referrer": "https://www.semicomplete.com/about"},
    {"utm_source": "newsletter", "utm_medium": "email"},
    {"utm_source": "newsletter", "utm_medium": "email", "utm_campaign": "May", "utm_term": "x", "utm_content": "top"},
    {"utm_source": "google", "utm_medium": "cpc", "referrer": "https://www.google.com/"},
]
# What the pages of readers say of them: towns that share a name, screens at the bounds of their classes.
READERS: list[dict[str, Any]] = [
    {},
    {"country_code": "US", "region": "Illinois", "city": "Springfield", "language_code": "en-US", "screen_width": 991},
    {"country_code": "US", "region": "Ohio", "city": "Springfield", "language_code": "en-US", "screen_width": 992},
    {"country_code": "US", "city": "Springfield", "language_code": "es", "screen_width": 575},
    {"country_code": "DE", "region": "Saxony", "language_code": "de", "device_type": "desktop", "screen_width": 1440},
]


@dataclass(frozen=True)
class Act:
    """One event by a person. ``visitor`` tells sessions apart, ``reader`` whom a unique count counts.

    ``host`` is that of the page, which logs do not name.
    """

    at: datetime
    visitor: tuple[str, ...]
    reader: tuple[object, ...]
    path: str
    kind: str
    data: dict[str, Any]
    host: str | None = None

    @property
    def day(self) -> date:
        return self.at.date()

    @property
    def pointer(self) -> tuple[Any, Any, Any]:
        """Across, down, and how wide the window was, in pixels; each None where it is not known."""
        return self.data.get("pointer_x"), self.data.get("pointer_y"), self.data.get("viewport_width")


def acts_of_log(log: Path) -> list[Act]:
    """The page views of the log, in its order. A visitor is known again on the same day only."""
    found: list[Act] = []
    for line in gzip.decompress(log.read_bytes()).decode().splitlines():
        if view := recount.read_view(line):
            target, referrer, agent = line.split('"')[1].split(" ")[1], line.split('"')[3], line.split('"')[5]
            data = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
            data["user_agent"] = agent
            if referrer != "-":
                data["referrer"] = referrer
            found.append(Act(view.at, view.visitor, (*view.visitor, view.at.date()), view.path, "page_view", data))
    return found


def moved_log(log: Path, to: Path) -> Path:
    """The log as if it had been written in the days from MOVED_BEGINS on."""
    text = gzip.decompress(log.read_bytes()).decode()
    for number in range(4):
        old, new = (begin + timedelta(days=number) for begin in (LOG_BEGINS, MOVED_BEGINS))
        text = text.replace(f"[{old:%d/%b/%Y}:", f"[{new:%d/%b/%Y}:")
    to.write_bytes(gzip.compress(text.encode()))
    return to


def acts_of_readers(days: Iterable[date]) -> list[Act]:
    """A dozen readers a day, each known again on all days, who do all that a page can tell of."""
    chance = random.Random(20180413)
    return [
        act
        for day in days
        for reader in range(12)
        for act in visit(chance, day, f"reader-{reader}", READERS[reader % len(READERS)])
    ]


def visit(chance: random.Random, day: date, reader: str, known: dict[str, Any]) -> list[Act]:
    """Two pages or one, and on each of them a few acts, some after a pause that ends the session."""
    own = {"user_agent": FIREFOX, "device_type": "tablet", **known}
    at = datetime.combine(day, time(), UTC) + timedelta(seconds=chance.randrange(80_000))
    acts: list[Act] = []
    for number in range(chance.choice([1, 2, 2])):
        path, arrival = chance.choice(READ), chance.choice(ARRIVALS) if not number else {}
        kinds = ["page_view", *chance.choices(sorted(DETAILS), k=chance.randrange(4))]
        for kind in kinds:
            data = arrival if kind == "page_view" else DETAILS[kind](chance)
            acts.append(Act(at, (reader,), (reader,), path, kind, {**own, **data}, SITE))
            at += timedelta(seconds=chance.choice([3, 20, 90]))
        at += timedelta(seconds=chance.choice([0, 60, 2400]))
    return acts


def pointer(chance: random.Random) -> dict[str, Any]:
    place = {"pointer_x": chance.randrange(1300), "pointer_y": chance.randrange(400), "viewport_width": 1280}
    return place if chance.random() < 0.8 else {}


DETAILS = {
    "click": lambda chance: {"click_target": chance.choice("ab"), "click_category": "link", **pointer(chance)},
    "heatmap": pointer,
    "heartbeat": lambda chance: {"engaged_seconds": chance.randrange(1, 120) / 4},
    "scroll": lambda chance: {"scroll_depth_percentage": chance.randrange(101)},
    "like": lambda _: {},
    "comment": lambda _: {},
    "share": lambda _: {},
    "letter_generated": lambda chance: {"properties": {"type": chance.choice(["thanks", "offer"]), "pages": 2}},
}


def written(acts: Iterable[Act], to: Path) -> Path:
    """The acts as a file of events, such as a server sends them."""
    lines = []
    for act in acts:
        own = {"occurred_at": act.at.isoformat(), "visitor_id": act.reader[0]}
        url = {"page_url": f"https://{act.host}{act.path}"}
        lines.append(json.dumps({"type": act.kind, "data": {**own, **url, **act.data}}))
    to.write_text("\n".join(lines) + "\n")
    return to
