"""Streams of the events of one site, by one visitor or a few, that love the edges of the rules."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from itertools import product
from uuid import UUID

from hypothesis import strategies as st

from tests.rollups.session_model import Event

SITE = "site"
TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)
HALF_HOUR = timedelta(minutes=30)
# Few days, so that there are few partitions; and the ends of the calendar that there may be.
LONGEST = 7 * DAY
STARTS = [
    *(datetime(2026, 3, day, hour, minute, tzinfo=UTC) for day in (1, 2, 3) for hour, minute in [(0, 0), (11, 7)]),
    *(datetime(2026, 2, 28, 23, 45, tzinfo=UTC), datetime(2026, 3, 2, 23, 59, 59, 999_999, tzinfo=UTC)),
    *(datetime(1990, 1, 1, tzinfo=UTC), datetime(2038, 1, 19, 3, 14, 7, tzinfo=UTC)),
]


def around(length: timedelta) -> list[timedelta]:
    return [length - TICK, length, length + TICK]


GAPS = [
    *(timedelta(), TICK, timedelta(seconds=1), timedelta(seconds=9.999999), timedelta(seconds=10)),
    *(timedelta(minutes=5), timedelta(hours=7), *around(HALF_HOUR), *around(HALF_HOUR), *around(DAY)),
]
TO_MIDNIGHT = [-HALF_HOUR, -TICK, timedelta(), TICK, HALF_HOUR - TICK, HALF_HOUR]


@dataclass(frozen=True)
class Who:
    """Whom an event is of. Letters are people at one address with one browser, known by the hash of the day."""

    address: str | None = None
    account: str | None = None
    consented: str | None = None
    client_session: str | None = None

    def hash_of(self, at: datetime) -> UUID | None:
        seed = f"{at.date()} {self.address}"
        return UUID(bytes=hashlib.sha256(seed.encode()).digest()[:16]) if self.address else None


WHOS = [
    Who("a"),
    Who("b"),
    Who("a", account="ada"),
    Who("b", account="ada"),
    Who("a", consented="v1"),
    Who("a", client_session="s1"),
    Who("b", client_session="s1"),
    Who("a", client_session="s2"),
    Who("a", account="ada", client_session="s1"),
    Who(client_session="s1"),
    Who(account="ada"),
]

# How a stream goes on from one event to the next: after a gap, around a midnight, around 24 hours after it began, or by
# the same event time and again, half an hour apart: 49 of them last longer than a session may.
STEPS = [
    *(("gap", gap) for gap in 4 * GAPS),
    *(("midnight", offset) for offset in 2 * TO_MIDNIGHT),
    *(("24 hours from start", offset) for offset in around(timedelta())),
    *(("repeat", times * HALF_HOUR) for times in (3, 48, 100)),
]


@dataclass(frozen=True)
class What:
    """What an event says, but for its time; ``who`` is a place in the stream's list of them."""

    event_type: str
    page_path: str
    engaged_seconds: float | None
    share_code: str | None
    is_bot: bool
    who: int


# One draw instead of six: most of the time goes into drawing.
WHATS = st.sampled_from(
    [
        What(*parts)
        for parts in product(
            ["page_view", "page_view", "click", "heartbeat", "heartbeat", "scroll", "heatmap", "letter_generated"],
            ["/", "/index.html", "/blog/", "/blog", "/blog/index.html", "/blog/a.html", "/a/index.html/"],
            [None, 0.0, 0.25, 9.75, 10.0, 60.5],
            [None, None, None, "link-1", "link-2"],
            [False] * 9 + [True],
            range(3),
        )
    ]
)


@st.composite
def streams(draw: st.DrawFn) -> list[Event]:
    """The events of one site, in the order in which they happened."""
    whos = draw(st.lists(st.sampled_from(WHOS), min_size=1, max_size=3))
    start = draw(st.sampled_from(STARTS))
    is_log = draw(st.booleans())
    at, events = start, []
    for step, what in draw(st.lists(st.tuples(st.sampled_from(STEPS), WHATS), min_size=2, max_size=14)):
        next_ones = moments(at, start, step) if events else [start]
        for at in next_ones:
            if at - start > LONGEST:
                return events
            events.append(event_at(at, len(events), whos[what.who % len(whos)], what, is_log))
    return events


def moments(at: datetime, start: datetime, step: tuple[str, timedelta]) -> list[datetime]:
    """When the next event happens, or the next few. Never before the last, lest a stream have no end."""
    way, length = step
    if way == "repeat":
        return [at + number * HALF_HOUR for number in range(1, length // HALF_HOUR + 1)]
    if way == "gap":
        return [at + length]
    if way == "midnight":
        return [max(at, datetime.combine(at.date() + DAY, time(), UTC) + length)]
    return [max(at, start + DAY + length)]


def event_at(at: datetime, place: int, who: Who, what: What, is_log: bool) -> Event:
    return Event(
        # Ids say nothing of the order.
        event_id=UUID(bytes=hashlib.sha256(f"{place}".encode()).digest()[:16]),
        occurred_at=at,
        event_type=what.event_type,
        user_code=SITE,
        site=SITE,
        page_path=what.page_path,
        account_id=who.account,
        client_visitor_id=who.consented,
        anonymous_id=who.hash_of(at),
        previous_anonymous_id=who.hash_of(at - DAY) if at.time() < time(0, 30) else None,
        client_session_id=who.client_session,
        share_code=what.share_code,
        engaged_seconds=what.engaged_seconds if what.event_type == "heartbeat" else None,
        scroll_depth_percentage=place % 101 if what.event_type == "scroll" else None,
        # Of a log, in which lines stand in another order than they happened.
        line_number=(place * 7) % 101 if is_log else None,
        is_bot=what.is_bot,
    )


def on_site(stream: Iterable[Event], site: str) -> list[Event]:
    """The same on a site of its own, with ids of its own in the same order."""
    suffix = hashlib.sha256(site.encode()).digest()[:8]

    def own(one: UUID | None) -> UUID | None:
        return one and UUID(bytes=one.bytes[:8] + suffix)

    return [
        replace(
            event,
            site=site,
            user_code=site,
            event_id=UUID(bytes=event.event_id.bytes[:8] + suffix),
            anonymous_id=own(event.anonymous_id),
            previous_anonymous_id=own(event.previous_anonymous_id),
        )
        for event in stream
    ]
