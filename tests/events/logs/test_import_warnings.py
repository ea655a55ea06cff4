"""What an import tells its reader to look at."""

from datetime import timedelta

import pytest

from orchestration.content.sites import Site
from orchestration.events.logs.import_warnings import warnings_about
from orchestration.resources.postgres import connect
from tests.events.logs.log_writing import GOOGLEBOT, NOON, Visit, combined


@pytest.fixture
def warn(database_url, load):
    def warn(content: str, **site: str) -> list[str]:
        return warnings_about(database_url, Site("example.org", "ada", **site), load(content))

    return warn


def test_a_log_that_is_mostly_rejected_says_why(warn):
    odd = combined(Visit(), time="%d/%b/%Y:%H:%M:%S")
    assert warn(odd + combined(Visit("/a"))) == []
    assert warn(odd * 2 + odd.replace("192.0.2.1", "-") + combined(Visit("/b"))) == [
        "More was rejected than read, most of it since: the time cannot be read."
    ]


def test_hosts_that_are_not_the_site_s_are_named(warn):
    own = ["www.example.org", "EXAMPLE.ORG:443", "blog.example.org", "shop.example"]
    other = [
        "a.example",
        "a.example",
        "b.example:8080",
        "192.0.2.200",
        "c.example",
        "d.example",
        "e.example",
        "f.example",
    ]
    lines = "".join(f"{host} " + combined(Visit(f"/{number}")) for number, host in enumerate([*own, *other]))
    crawler = "g.example " + combined(Visit("/robot", agent=GOOGLEBOT))
    (warning,) = warn(lines + crawler + combined(Visit("/no-host")), allowed_origins="www.shop.example")
    assert warning.startswith(
        "The file names hosts that are not example.org's, and their page views count as example.org's: "
        "a.example (2), 192.0.2.200 (1), b.example (1), c.example (1), d.example (1), 2 others (2). "
    )
    assert "dogear site add example.org --origin HOST" in warning


def test_a_day_that_has_the_tracker_too_is_named(warn, database_url):
    lines = [combined(Visit("/a", at=NOON + timedelta(days=day))) for day in range(4)]
    assert warn("".join(lines)) == []
    with connect(database_url) as connection:
        # One day of people, one of a crawler, one of another site, and one of heartbeats alone.
        for day, change in enumerate([{}, {"is_bot": True}, {"site": "b.example"}, {"event_type": "heartbeat"}]):
            seen = {"site": "example.org", "is_bot": False, "event_type": "page_view"} | change
            connection.execute("select raw.ensure_event_partitions(%s)", [[NOON.date() + timedelta(days=day)]])
            connection.execute(
                "insert into raw.events (event_id, occurred_at, source, site, user_code, event_type, is_bot) "
                "values (gen_random_uuid(), %s, 'collector', %s, 'ada', %s, %s)",
                [NOON + timedelta(days=day), seen["site"], seen["event_type"], seen["is_bot"]],
            )
    (warning,) = warn("".join(lines))
    assert warning.startswith("On 2026-05-17 the tracker counts visits of example.org too: each visit counts twice.")
    assert warn(lines[1]) == []
    with connect(database_url) as connection:
        connection.execute("update raw.events set is_bot = false where source = 'collector'")
    (warning,) = warn("".join(lines))
    assert warning.startswith("On 2 days from 2026-05-17 to 2026-05-18 the tracker")
