"""What the marts must say of a few events, in plain Python: the words of DESIGN and README, and no SQL.

What those leave open was settled by what dbt does, and says so below ("left open").
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise, takewhile
from uuid import UUID

LONGEST_GAP = timedelta(minutes=30)
LONGEST_SESSION = timedelta(hours=24)
ENGAGED_SECONDS = 10
# Signs that somebody looks at a page. All else is something done: a click, an event that a site named itself.
ATTENTION = {"heartbeat", "scroll", "heatmap"}


@dataclass(frozen=True, kw_only=True)
class Event:
    """A row of ``raw.events``, as far as sessions and rollups look at it."""

    event_id: UUID
    occurred_at: datetime
    event_type: str
    user_code: str
    site: str
    page_path: str | None = None
    account_id: str | None = None
    client_visitor_id: str | None = None
    anonymous_id: UUID | None = None
    previous_anonymous_id: UUID | None = None
    client_session_id: str | None = None
    share_code: str | None = None
    engaged_seconds: float | None = None
    scroll_depth_percentage: int | None = None
    line_number: int | None = None
    is_bot: bool = False

    @property
    def day(self) -> date:
        return self.occurred_at.date()

    @property
    def visitor(self) -> str:
        """The account, else the consented id, else the hash of the day; left open: else the client's session."""
        anonymous = str(self.anonymous_id) if self.anonymous_id else None
        return self.account_id or self.client_visitor_id or anonymous or f"session {self.client_session_id}"

    @property
    def is_act(self) -> bool:
        return self.event_type not in ATTENTION

    @property
    def order(self) -> tuple[datetime, bool, int, UUID]:
        """Left open: which of two events at one instant comes first. By line of the log, then by id."""
        return (self.occurred_at, self.line_number is None, self.line_number or 0, self.event_id)


@dataclass(frozen=True)
class Session:
    """Its events in order; the first is an act. ``late`` is the attention that followed a gap, with no act in between:
    it counts for its page, and does not lengthen the session."""

    events: tuple[Event, ...]
    late: frozenset[Event]

    @property
    def views(self) -> list[Event]:
        return [event for event in self.events if event.event_type == "page_view"]

    @property
    def day(self) -> date:
        return self.events[0].day

    @property
    def last_seen(self) -> datetime:
        return max(event.occurred_at for event in self.events if event not in self.late)

    @property
    def share_code(self) -> str | None:
        return next((event.share_code for event in self.events if event.share_code), None)

    @property
    def engaged_seconds(self) -> float | None:
        return total(event.engaged_seconds for event in self.events)

    @property
    def is_bounce(self) -> bool:
        return len(self.views) == 1

    @property
    def is_engaged(self) -> bool:
        """Left open: heartbeats, where there are any, tell how long it was, not the clock."""
        duration = (self.last_seen - self.events[0].occurred_at).total_seconds()
        seconds = duration if self.engaged_seconds is None else self.engaged_seconds
        return len(self.views) >= 2 or seconds >= ENGAGED_SECONDS


@dataclass(frozen=True)
class PageView:
    """A page view, its session, its place there from 1, and what followed on its page, itself included."""

    event: Event
    session: Session
    number: int
    followed: tuple[Event, ...]

    @property
    def share_code(self) -> str | None:
        return self.event.share_code or self.session.share_code

    @property
    def clicks(self) -> int:
        return sum(event.event_type == "click" for event in self.followed)

    @property
    def scroll_depth(self) -> int | None:
        depths = [event.scroll_depth_percentage for event in self.followed]
        return max((depth for depth in depths if depth is not None), default=None)

    @property
    def time_on_page(self) -> float | None:
        """Left open: where the next event is of the same instant, the time is known, and is 0."""
        engaged = total(event.engaged_seconds for event in self.followed)
        later = self.session.events[self.session.events.index(self.event) + 1 :]
        if engaged is not None or not later or later[0] in self.session.late:
            return engaged
        return (later[0].occurred_at - self.event.occurred_at).total_seconds()


def total(numbers: Iterable[float | None]) -> float | None:
    """The sum of those that are known; None where none is."""
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None


def sessions_of(events: Iterable[Event]) -> list[Session]:
    """The sessions of people, of one site. Crawlers have none."""
    people = sorted((event for event in events if not event.is_bot), key=lambda event: event.order)
    person_of = persons(people)
    by_key: dict[tuple[str, str], list[Event]] = {}
    for event in people:
        client = event.client_session_id
        key = ("client", client) if client is not None else ("person", person_of(event.visitor))
        by_key.setdefault(key, []).append(event)
    found: list[Session] = []
    for (kind, _), theirs in by_key.items():
        # Left open: a client's session that was silent for longer than a session may last starts again.
        gap = LONGEST_GAP if kind == "person" else LONGEST_SESSION
        pieces = [piece for stretch in stretches(theirs, gap) for piece in within_24_hours(stretch)]
        late = late_attention(theirs)
        found += [Session(tuple(events), late.intersection(events)) for events in begun_by_acts(pieces)]
    return found


def begun_by_acts(pieces: Iterable[Sequence[Event]]) -> list[list[Event]]:
    """A session a piece, from its first act on. Attention before that is of the session before, while that may last."""
    found: list[list[Event]] = []
    for piece in pieces:
        begun = False
        for event in piece:
            if event.is_act and not begun:
                found.append([event])
                begun = True
            elif found and event.occurred_at < found[-1][0].occurred_at + LONGEST_SESSION:
                found[-1].append(event)
    return found


def late_attention(events: Sequence[Event]) -> frozenset[Event]:
    """What came after a gap, up to the next act; also where a client says that its session goes on."""
    found: set[Event] = set()
    for stretch in stretches(events, LONGEST_GAP):
        found |= set(takewhile(lambda event: not event.is_act, stretch))
    return frozenset(found)


def persons(people: Sequence[Event]) -> Callable[[str], str]:
    """Who is whom: the hash changes at midnight, and events shortly after it name the one before."""
    before: dict[str, str] = {
        str(event.anonymous_id): str(event.previous_anonymous_id)
        for event in people
        if event.previous_anonymous_id and event.visitor == str(event.anonymous_id)
    }

    def person(visitor: str) -> str:
        while visitor in before:
            visitor = before[visitor]
        return visitor

    return person


def stretches(events: Sequence[Event], longest_gap: timedelta) -> list[list[Event]]:
    found: list[list[Event]] = []
    for event in events:
        if found and event.occurred_at - found[-1][-1].occurred_at <= longest_gap:
            found[-1].append(event)
        else:
            found.append([event])
    return found


def within_24_hours(stretch: Sequence[Event]) -> list[Sequence[Event]]:
    """What goes on for 24 hours or more is cut by UTC days from there on (int_event_sessions.yml)."""
    end = stretch[0].occurred_at + LONGEST_SESSION
    first = [event for event in stretch if event.occurred_at < end]
    further = groupby(stretch[len(first) :], key=lambda event: event.day)
    return [first, *(list(events) for _, events in further)]


def page_views_of(session: Session) -> list[PageView]:
    found: list[PageView] = []
    places = [place for place, event in enumerate(session.events) if event.event_type == "page_view"]
    for number, (place, end) in enumerate(pairwise([*places, len(session.events)]), start=1):
        found.append(PageView(session.events[place], session, number, session.events[place:end]))
    return found
