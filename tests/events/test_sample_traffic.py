from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from orchestration.errors import DogearError
from orchestration.events.event import Event
from orchestration.events.sample_traffic import CRAWLERS, write_sample_traffic

PATHS = ["/blog/why-bounce", "/blog/a-short-history-of-the-dog-ear", "/ideas/quiet-hours", "/resume/marginalia-reed"]
MONDAY = date(2026, 3, 2)
TUESDAY = MONDAY + timedelta(days=1)


def made(folder: Path, **arguments) -> list[Event]:
    """The events of a quiet week, unless ``arguments`` say otherwise; each line is decoded as importers do."""
    week: dict[str, Any] = {"paths": PATHS, "until": MONDAY, "days": 7, "sessions_per_day": 40}
    count = write_sample_traffic(folder / "visits.ndjson", **{**week, **arguments})
    lines = (folder / "visits.ndjson").read_bytes().splitlines()
    assert len(lines) == count
    return [msgspec.json.decode(line, type=Event) for line in lines]


@pytest.fixture(scope="module")
def events(tmp_path_factory) -> list[Event]:
    return made(tmp_path_factory.mktemp("sample"), days=28, sessions_per_day=120)


def by_day(events: list[Event]) -> dict[date, list[Event]]:
    days = defaultdict(list)
    for event in events:
        days[event.data.occurred_at.date()].append(event)
    return dict(days)


def page_views_by_session(events: list[Event]) -> Counter[str]:
    return Counter(event.data.session_id for event in events if event.type == "page_view" and event.data.session_id)


def test_every_event_says_that_it_is_synthetic(events):
    assert all(event.data.properties["synthetic"] is True for event in events)


def test_addresses_belong_to_nobody(events):
    networks = {event.data.client_ip.rpartition(".")[0] for event in events}
    assert networks == {"192.0.2", "198.51.100", "203.0.113"}


def test_the_same_arguments_give_the_same_bytes(tmp_path):
    (first := tmp_path / "first").mkdir()
    (second := tmp_path / "second").mkdir()
    made(first)
    made(second)
    assert (first / "visits.ndjson").read_bytes() == (second / "visits.ndjson").read_bytes()
    assert [file.name for file in first.iterdir()] == ["visits.ndjson"]


def test_another_seed_gives_other_visits(tmp_path):
    assert made(tmp_path, seed=1) != made(tmp_path, seed=2)


def test_a_day_more_changes_no_other_day(tmp_path):
    until_monday, until_tuesday = by_day(made(tmp_path)), by_day(made(tmp_path, until=TUESDAY))
    dropped = min(until_monday)
    assert set(until_monday) - set(until_tuesday) == {dropped}
    assert set(until_tuesday) - set(until_monday) == {TUESDAY}
    shared = set(until_monday) & set(until_tuesday)
    assert len(shared) == 6
    assert all(until_monday[day] == until_tuesday[day] for day in shared)


def test_a_page_more_moves_no_page_view_in_time(tmp_path):
    def views(paths: list[str]) -> list[tuple]:
        events = made(tmp_path, paths=paths)
        return [(event.data.event_id, event.data.occurred_at) for event in events if event.type == "page_view"]

    readers_views, with_one_more = views(PATHS), views([*PATHS, "/plans/next-spring"])
    assert len(set(readers_views) & set(with_one_more)) > 0.95 * len(readers_views)


def test_event_ids_are_unique_and_tell_the_time(events):
    ids = [event.data.event_id for event in events]
    assert len(set(ids)) == len(ids)
    assert {(event_id.version, event_id.variant) for event_id in ids} == {(7, "specified in RFC 4122")}
    for event in events:
        id_time = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=event.data.event_id.int >> 80)
        assert id_time == event.data.occurred_at
    assert events == sorted(events, key=lambda event: event.data.occurred_at)


def test_about_half_of_the_sessions_bounce(events):
    views = page_views_by_session(events)
    assert 0.45 < sum(count == 1 for count in views.values()) / len(views) < 0.60


def test_weekends_are_quiet(events):
    views = Counter(event.data.occurred_at.weekday() for event in events if event.type == "page_view")
    assert max(views[5], views[6]) < min(views[day] for day in range(5))
    assert views.most_common(1)[0][0] == 1, "the newsletter goes out on Tuesdays"


def test_some_sessions_cross_midnight(events):
    days = defaultdict(set)
    for event in events:
        if event.data.session_id:
            days[event.data.session_id].add(event.data.occurred_at.date())
    assert any(len(of_session) == 2 for of_session in days.values())


def test_seconds_of_attention_fit_between_a_page_view_and_the_next(events):
    last_view: dict[str, datetime] = {}
    engaged: Counter[str] = Counter()
    for event in events:
        session, at = event.data.session_id, event.data.occurred_at
        if session and event.type == "page_view":
            if session in last_view:
                assert engaged[session] <= (at - last_view[session]).total_seconds() + 0.1
            last_view[session], engaged[session] = at, 0
        elif session and event.type == "heartbeat":
            engaged[session] += event.data.engaged_seconds


def test_crawlers_only_fetch_pages(events):
    crawled = [event for event in events if event.data.user_agent in CRAWLERS]
    assert {event.type for event in crawled} == {"page_view"}
    assert not any(event.data.session_id or event.data.visitor_id for event in crawled)


def test_a_few_readers_come_back_and_are_known(events):
    days = defaultdict(set)
    for event in events:
        if event.data.visitor_id:
            days[event.data.visitor_id].add(event.data.occurred_at.date())
    assert sum(len(of_visitor) > 1 for of_visitor in days.values()) > 10
    assert 0 < len({event.data.account_id for event in events if event.data.account_id}) < 10


def test_only_the_resume_has_themes_and_letters(events):
    custom = [event for event in events if event.type in ("theme", "letter_generated")]
    assert {event.data.page_url for event in custom} == {"https://sample.dogear.example/resume/marginalia-reed"}
    assert all({"theme", "letter_type"} & event.data.properties.keys() for event in custom)
    assert all(event.data.contact_id for event in events if event.data.share_code)


def test_a_site_without_pages_has_no_visits(tmp_path):
    with pytest.raises(DogearError, match="without pages"):
        write_sample_traffic(tmp_path / "visits.ndjson", paths=[], until=MONDAY)
    assert not list(tmp_path.iterdir())
