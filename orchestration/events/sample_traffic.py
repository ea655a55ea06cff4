"""Synthetic visits to the sample site, for people who have no visits of their own to look at yet.

Nobody did any of this: the readers are dice, and every event says so (``properties.synthetic`` is true). A session is a
function of the seed, its day and its number. So the same arguments give the same bytes, and making the file again
tomorrow adds a day and changes no other: events that were imported before are known by their ids.
"""

import hashlib
import math
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import msgspec
import numpy as np
from numpy.random import Generator, default_rng

from orchestration.errors import DogearError
from orchestration.events.event import Event, EventData
from orchestration.settings import SAMPLE_SITE

Row = TypeVar("Row", bound=tuple[Any, ...])

# share of readers; hours from UTC; the fields of PLACE_FIELDS
PLACES = (
    (0.24, -6, "US", "Chicago", "America/Chicago", "en-US"),
    (0.12, -8, "US", "Portland", "America/Los_Angeles", "en-US"),
    (0.16, 0, "GB", "Leeds", "Europe/London", "en-GB"),
    (0.14, 1, "DE", "Leipzig", "Europe/Berlin", "de-DE"),
    (0.08, 1, "FR", "Lyon", "Europe/Paris", "fr-FR"),
    (0.10, 5, "IN", "Pune", "Asia/Kolkata", "en-IN"),
    (0.06, -3, "BR", "Recife", "America/Recife", "pt-BR"),
    (0.06, 9, "JP", "Kyoto", "Asia/Tokyo", "ja-JP"),
    (0.04, 12, "NZ", "Dunedin", "Pacific/Auckland", "en-NZ"),
)
PLACE_FIELDS = ("country_code", "city", "timezone", "language_code")
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0"
SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
ANDROID = "Mozilla/5.0 (Linux; Android 10; K)"
LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X)"
IPAD = "Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X)"
# share of readers; the fields of DEVICE_FIELDS, which agree with each other
DEVICES = (
    (0.24, "desktop", "Windows", "Chrome", 1920, 953, f"{WINDOWS} {CHROME} Safari/537.36"),
    (0.06, "desktop", "Windows", "Edge", 1536, 730, f"{WINDOWS} {CHROME} Safari/537.36 Edg/142.0.0.0"),
    (0.12, "desktop", "macOS", "Chrome", 1512, 857, f"{MAC} {CHROME} Safari/537.36"),
    (0.10, "desktop", "macOS", "Safari", 1440, 813, f"{MAC} {SAFARI} Safari/605.1.15"),
    (0.10, "desktop", "Linux", "Firefox", 1720, 960, f"{LINUX} Gecko/20100101 Firefox/144.0"),
    (0.18, "mobile", "Android", "Chrome", 412, 785, f"{ANDROID} {CHROME} Mobile Safari/537.36"),
    (0.16, "mobile", "iOS", "Safari", 393, 659, f"{IPHONE} {SAFARI} Mobile/15E148 Safari/604.1"),
    (0.04, "tablet", "iOS", "Safari", 820, 1106, f"{IPAD} {SAFARI} Mobile/15E148 Safari/604.1"),
)
DEVICE_FIELDS = ("device_type", "os", "browser", "viewport_width", "viewport_height", "user_agent")
NEWSLETTER = {"utm_source": "newsletter", "utm_medium": "email", "utm_campaign": "margin-notes"}
# share of sessions; share of them that go on to a second page; what the first page view tells
SOURCES = (
    (0.30, 0.55, {}),
    (0.26, 0.48, {"referrer": "https://www.google.com/"}),
    (0.05, 0.50, {"referrer": "https://duckduckgo.com/"}),
    (0.03, 0.48, {"referrer": "https://www.bing.com/"}),
    (0.08, 0.40, {"referrer": "https://www.linkedin.com/"}),
    (0.06, 0.35, {"referrer": "https://www.reddit.com/", "utm_source": "reddit", "utm_medium": "social"}),
    (0.05, 0.42, {"referrer": "https://mastodon.social/"}),
    (0.07, 0.42, {"referrer": "https://news.ycombinator.com/item"}),
    (0.04, 0.60, {"referrer": "https://commonplace.example/links"}),
    (0.06, 0.65, NEWSLETTER),
)
NEWSLETTER_WEEKDAY = 1  # Tuesday
# share of the clicks that lead to no other page of the site; the fields of CLICK_FIELDS
CLICKS = (
    (0.30, "copy-link", "button", "content", "button", None),
    (0.25, "rss", "link", "footer", "a", f"https://{SAMPLE_SITE}/feed.xml"),
    (0.25, "source-code", "outbound", "content", "a", "https://code.example/marginalia"),
    (0.20, "newsletter", "button", "sidebar", "button", None),
)
CLICK_FIELDS = ("click_target", "click_category", "click_context", "element_type", "target_url")
CRAWLERS = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
)
THEMES = ("classic", "classic", "modern", "ledger")
LETTERS = ("application", "application", "thanks")
WEEKDAYS = (1.05, 1.25, 1.1, 1.0, 0.9, 0.6, 0.7)  # sessions against the average day, from Monday
HOURS = [int(weight) for weight in "211112479999888876679974"]  # weight of each hour of the clock where readers live
SECTIONS = {"resume": 3.0, "blog": 2.0, "projects": 1.2}  # weight of a section's pages; 0.7 elsewhere
NETWORKS = ("192.0.2", "198.51.100", "203.0.113")  # for documentation (RFC 5737): nobody has these addresses
REGULARS, READERS = 60, 5_000  # those who come back and let themselves be known; all
HEARTBEAT_SECONDS = 20


@dataclass(frozen=True)
class Reader:
    """One synthetic reader. ``who`` goes on every event, ``circumstances`` on page views."""

    utc_offset: int
    sends_session_id: bool
    who: dict[str, Any]
    circumstances: dict[str, Any]


@dataclass(frozen=True)
class View:
    """One page that is read in a session, for ``engaged`` seconds. ``key`` tells it from all others."""

    key: str
    at: datetime
    path: str
    next_path: str | None
    engaged: float
    who: dict[str, Any]


def write_sample_traffic(
    target: Path, *, paths: Sequence[str], until: date, days: int = 28, seed: int = 7, sessions_per_day: int = 120
) -> int:
    """Write the synthetic events of ``days`` UTC days, the last of them ``until``; return how many there are.

    One event a line, in the collector's format, in the order of time; the file appears whole or not at all. ``paths``
    are the pages of the site. Where they change, page views, scrolls and heartbeats keep their ids and times.
    """
    if not paths:
        raise DogearError("Nobody can visit a site without pages: publish a document in the content folder.")
    first = until - timedelta(days=days - 1)
    # From a day before, for the sessions that cross midnight into the first day.
    starts = [first + timedelta(days=number) for number in range(-1, days)]
    made = (event for day in starts for event in day_events(seed, day, sorted(paths), sessions_per_day))
    events = [event for event in made if first <= event.data.occurred_at.date() <= until]
    events.sort(key=lambda event: str(event.data.event_id))
    aside = target.with_name(f"{target.name}.part")
    aside.write_bytes(msgspec.json.Encoder().encode_lines(events))
    aside.replace(target)
    return len(events)


def day_events(seed: int, day: date, paths: Sequence[str], sessions_per_day: int) -> Iterator[Event]:
    """Synthetic events of the sessions, and of the crawlers' rounds, that start on one day."""
    dice = default_rng([seed, day.toordinal()])
    for number in range(dice.poisson(sessions_per_day * WEEKDAYS[day.weekday()])):
        yield from session_events(seed, day, number, paths)
    for number in range(dice.poisson(sessions_per_day * 0.05)):
        yield from crawl_events(seed, day, number, paths)


def session_events(seed: int, day: date, number: int, paths: Sequence[str]) -> Iterator[Event]:
    """Synthetic events of one session."""
    dice = default_rng([seed, day.toordinal(), 1, number])
    key = f"{seed}/{day}/{number}"
    reader = make_reader(seed, int(dice.integers(REGULARS) if dice.random() < 0.18 else dice.integers(READERS)))
    stays, arrival = draw_source(dice, day)
    pages = 1 + int(dice.geometric(0.45)) if dice.random() < stays else 1
    # Pages have dice of their own, so that another list of pages moves no event in time.
    order = reading_order(default_rng([seed, day.toordinal(), 2, number]), paths)
    read = [order[step % len(order)] for step in range(pages)]
    who = reader.who | shared_link(dice, entry=read[0])
    if reader.sends_session_id:
        who["session_id"] = f"session-{opaque(key)}"
    at = start_time(dice, day, reader.utc_offset)
    for step, path in enumerate(read):
        engaged = round(min(max(float(dice.lognormal(3.4, 1.0)), 1.0), 600.0), 1)
        next_path = read[step + 1] if step + 1 < pages else None
        yield from view_events(dice, View(f"{key}/{step}", at, path, next_path, engaged, who), reader, arrival)
        arrival = {"referrer": page_url(path)}
        idle = dice.uniform(300, 1500) if dice.random() < 0.03 else dice.lognormal(1.5, 0.8)
        at += timedelta(milliseconds=round(1000 * (engaged + idle)))


def crawl_events(seed: int, day: date, number: int, paths: Sequence[str]) -> Iterator[Event]:
    """Synthetic page views of one crawler's round: no scrolling, no attention, no session id."""
    dice = default_rng([seed, day.toordinal(), 3, number])
    user_agent = CRAWLERS[dice.integers(len(CRAWLERS))]
    who = {"client_ip": f"{NETWORKS[0]}.{dice.integers(200, 255)}", "user_agent": user_agent}
    at = datetime.combine(day, time(), UTC) + timedelta(milliseconds=int(dice.integers(86_400_000)))
    for step, path in enumerate(reading_order(dice, paths)[: dice.integers(1, 6)]):
        key = f"{seed}/{day}/crawl/{number}/{step}"
        yield make_event(View(key, at + timedelta(seconds=2 * step), path, None, 0, who), "page_view")


def view_events(dice: Generator, view: View, reader: Reader, arrival: dict[str, Any]) -> Iterator[Event]:
    """Synthetic events of one page being read, from the page view to the click that leaves it."""
    load_time = round(float(dice.lognormal(6.5, 0.5)))
    yield make_event(view, "page_view", load_time_ms=load_time, **reader.circumstances, **arrival)
    # One in eight leaves no trace of attention, as when a phone drops the tab: its time on page is unknown.
    if dice.random() > 0.12:
        yield from attention(view)
    yield from clicks(dice, view, reader)
    theme, letter, writes = THEMES[dice.integers(4)], LETTERS[dice.integers(3)], dice.random() < 0.08
    if view.path.startswith("/resume"):
        yield make_event(view, "theme", 1, properties={"theme": theme})
        if writes:
            yield make_event(view, "letter_generated", view.engaged * 0.8, properties={"letter_type": letter})


def attention(view: View) -> Iterator[Event]:
    """Heartbeats that share out the seconds of attention, and how far down they reached: all of it in 100 seconds."""
    beats = [*range(0, math.ceil(view.engaged), HEARTBEAT_SECONDS), view.engaged]
    for before, after in pairwise(beats):
        yield make_event(view, "heartbeat", after, engaged_seconds=round(after - before, 1))
    depth = min(100, 15 + round(view.engaged * 0.85))
    yield make_event(view, "scroll", view.engaged * 0.9, scroll_depth_percentage=depth)


def clicks(dice: Generator, view: View, reader: Reader) -> Iterator[Event]:
    """Most readers who go on do so by a link; one in eight clicks something else."""
    x = int(dice.integers(reader.circumstances["viewport_width"]))
    y = int(dice.integers(4 * reader.circumstances["viewport_height"]))
    follows, does_else = dice.random() < 0.8, dice.random() < 0.12
    other = draw(dice, CLICKS)[1:]
    if does_else:
        yield click(view, 0.5 * view.engaged, (x, y), *other)
    if follows and view.next_path:
        context = "content" if y > 120 else "navbar"
        yield click(view, view.engaged, (x, y), view.next_path, "link", context, "a", page_url(view.next_path))


def click(view: View, after: float, pointer: tuple[int, int], *fields: str | None) -> Event:
    """Return a click at ``pointer``; ``fields`` are those of CLICK_FIELDS."""
    named = dict(zip(CLICK_FIELDS, fields, strict=True))
    is_external = named["click_category"] == "outbound"
    return make_event(
        view, "click", after, **named, is_external=is_external, pointer_x=pointer[0], pointer_y=pointer[1]
    )


def make_event(view: View, event_type: str, after: float = 0, **fields: Any) -> Event:
    """Return a synthetic event ``after`` seconds on the page, marked as such, with an id that is always the same."""
    at = view.at + timedelta(milliseconds=round(1000 * after))
    page_type = view.path.strip("/").split("/")[0] or "home"
    data = EventData(
        occurred_at=at,
        event_id=uuid7(at, f"{view.key}/{event_type}"),
        page_url=page_url(view.path),
        page_type=page_type,
        properties={"synthetic": True, **fields.pop("properties", {})},
        **view.who,
        **fields,
    )
    return Event(event_type, data)


def uuid7(at: datetime, key: str) -> UUID:
    """Return a UUID in the form of version 7 (RFC 9562): milliseconds, then a hash of ``key`` in place of chance."""
    milliseconds = (at - datetime.fromtimestamp(0, UTC)) // timedelta(milliseconds=1)
    bits = milliseconds << 80 | int.from_bytes(hashlib.sha256(key.encode()).digest()[:10], "big")
    return UUID(int=bits & ~(0xF << 76) & ~(0b11 << 62) | 7 << 76 | 0b10 << 62)


def make_reader(seed: int, number: int) -> Reader:
    """Synthetic reader ``number``. The regulars have consented to a visitor id; a few of them are signed in."""
    dice = default_rng([seed, 4, number])
    _, utc_offset, *place = draw(dice, PLACES)
    _, *device = draw(dice, DEVICES)
    circumstances: dict[str, Any] = dict(zip(PLACE_FIELDS + DEVICE_FIELDS, place + device, strict=True))
    who: dict[str, Any] = {
        "client_ip": f"{NETWORKS[dice.integers(len(NETWORKS))]}.{dice.integers(1, 200)}",
        "user_agent": circumstances.pop("user_agent"),
        "visitor_id": f"visitor-{opaque(f'{seed}/visitor/{number}')}" if number < REGULARS else None,
        "account_id": f"account-{opaque(f'{seed}/account/{number}')}" if number < REGULARS // 8 else None,
    }
    return Reader(utc_offset, bool(dice.random() < 0.85), who, circumstances)


def draw_source(dice: Generator, day: date) -> tuple[float, dict[str, Any]]:
    """Return the chance of a second page, and the source; a quarter of Tuesday's visits are by the newsletter."""
    _, stays, arrival = draw(dice, SOURCES)
    from_letter = dice.random() < 0.25 and day.weekday() == NEWSLETTER_WEEKDAY
    return (0.65, NEWSLETTER) if from_letter else (stays, arrival)


def shared_link(dice: Generator, entry: str) -> dict[str, str]:
    """Return a shared link, or none: two in five who enter by the resume got one of six, each of one contact."""
    shared, link = dice.random() < 0.4, int(dice.integers(1, 7))
    if not shared or not entry.startswith("/resume"):
        return {}
    return {"share_code": f"cv-{link}", "contact_id": f"contact-{opaque(f'contact/{link}')}"}


def start_time(dice: Generator, day: date, utc_offset: int) -> datetime:
    """Return a moment of the UTC day at which the reader is likely to be awake."""
    clock = np.searchsorted(np.cumsum(HOURS), dice.random() * sum(HOURS), side="right")
    past_the_hour = timedelta(milliseconds=int(dice.integers(3_600_000)))
    return datetime.combine(day, time(int(clock - utc_offset) % 24), UTC) + past_the_hour


def reading_order(dice: Generator, paths: Sequence[str]) -> list[str]:
    """Return all pages in the order in which one reader would come to them: popular ones early, none twice."""
    waits = dice.exponential(size=len(paths)) / np.array([popularity(path) for path in paths])
    order: list[int] = np.argsort(waits).tolist()
    return [paths[index] for index in order]


def popularity(path: str) -> float:
    """Weight of a page: by its section, and up to fivefold by a chance that depends on the path alone."""
    return SECTIONS.get(path.strip("/").split("/")[0], 0.7) * 5 ** (zlib.crc32(path.encode()) / 2**32)


def draw(dice: Generator, rows: Sequence[Row]) -> Row:
    """Return one of ``rows``, by the shares in their first column."""
    shares = np.cumsum([row[0] for row in rows])
    return rows[int(np.searchsorted(shares, dice.random() * shares[-1], side="right"))]


def page_url(path: str) -> str:
    return f"https://{SAMPLE_SITE}{path}"


def opaque(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:12]
