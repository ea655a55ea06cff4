"""Visits of a few days, as the batches in which the trackers of some visitors send them to the collector."""

import hashlib
import json
import random
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from serving.collector.batch import read_batch
from serving.collector.sender import Sender

FIRST = datetime(2026, 3, 1, tzinfo=UTC)
LAST = FIRST + timedelta(days=5)
RECEIVED = LAST + timedelta(days=2)
BROWSERS = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Safari/604.1",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
]
# Minutes. Around the longest gap, in a sitting, and to another day.
GAPS = [0, 0, 0.001, 0.5, 0.5, 3, 3, 12, 12, 29, 29.5, 30, 31, 300, 900, 1439, 1441]
WRONG_CLOCK = timedelta(hours=3)


@dataclass(frozen=True)
class Batch:
    """What one client sent at once; its clock may be wrong."""

    sender: Sender
    events: tuple[dict[str, Any], ...]
    has_wrong_clock: bool

    def line(self) -> bytes:
        """As the collector keeps it in the journal."""
        sent_at = {"sent_at": (RECEIVED - WRONG_CLOCK).isoformat()} if self.has_wrong_clock else {}
        body = json.dumps({"events": self.events, **sent_at}).encode()
        return read_batch(body, self.sender, RECEIVED, salt_of).line


def salt_of(day: date) -> bytes:
    return hashlib.sha256(str(day).encode()).digest()


def batches(chance: random.Random, visitors: int) -> list[Batch]:
    """All that some visitors send, each in the order of time."""
    found: list[Batch] = []
    for number in range(visitors):
        site = f"site-{number % 2}.example"
        sender = Sender(site, f"owner-{number % 2}", f"192.0.2.{number}", BROWSERS[number % 7 % 3])
        # Some never rest: their sessions would last for days.
        gaps: list[float] = [29, 30] if number % 10 == 0 else GAPS
        events, has_wrong_clock = visits(chance, site, gaps, number), number % 6 == 1
        while events:
            size = chance.randint(1, 20)
            found.append(Batch(sender, tuple(events[:size]), has_wrong_clock))
            events = events[size:]
    return found


def visits(chance: random.Random, site: str, gaps: list[float], number: int) -> list[dict[str, Any]]:
    account = chance.choice([None, None, None, "ada", "grace"])
    session = chance.choice([None, None, None, f"s{number // 2}", "s of several"])
    at = FIRST + timedelta(minutes=chance.randrange(600))
    events: list[dict[str, Any]] = []
    while at < LAST:
        who = {"account_id": account if chance.random() < 0.7 else None, "session_id": session}
        events.append(event(chance, site, at, {key: value for key, value in who.items() if value}))
        at += timedelta(minutes=chance.choice(gaps))
    return events


def event(chance: random.Random, site: str, at: datetime, who: dict[str, str]) -> dict[str, Any]:
    kind = chance.choice(["page_view", "page_view", "click", "heartbeat", "heartbeat", "scroll", "letter_generated"])
    query = chance.choice(["", "", "", "?utm_source=newsletter&utm_medium=email&utm_campaign=spring"])
    said: dict[str, Any] = {
        "page_view": {"referrer": chance.choice(["https://www.google.com/", f"https://{site}/", "https://t.co/x"])},
        "click": {"click_target": chance.choice("abc"), "click_category": chance.choice(["link", "button"])},
        # Fractions that no float holds exactly: their sum depends on the order, unless somebody takes care.
        "heartbeat": {"engaged_seconds": chance.randrange(1, 300) / 10},
        "scroll": {"scroll_depth_percentage": chance.randrange(101)},
    }.get(kind, {"properties": {"theme": "dark"}})
    if chance.random() < 0.1:
        said["share_code"] = f"link-{chance.randrange(3)}"
    page = f"https://{site}{chance.choice(['/', '/blog/a', '/blog/a.html', '/blog/', '/projects/'])}{query}"
    data = {"event_id": str(uuid.UUID(int=chance.getrandbits(128), version=4)), "occurred_at": at.isoformat()}
    return {"type": kind, "data": {**data, **who, "page_url": page, **said}}
