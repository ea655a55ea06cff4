"""Lines in, rows of raw.events out."""

import gzip
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from orchestration.errors import DogearError
from orchestration.events.click_ids import CLICK_IDS
from orchestration.events.event import EventData
from orchestration.events.logs.import_file import import_file

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


def log_line(
    path="/",
    *,
    ip="192.0.2.1",
    time="17/May/2026:10:05:03 +0000",
    method="GET",
    status=200,
    agent=FIREFOX,
    referrer="-",
):
    return f'{ip} - - [{time}] "{method} {path} HTTP/1.1" {status} 512 "{referrer}" "{agent}"\n'


def test_a_page_view_is_a_get_of_a_page_that_was_answered(load, rows):
    summary = load(
        log_line("/blog/post.html?utm_source=news&token=secret#top", referrer="https://www.Search.example/find?q=name")
        + log_line("/about/")
        + log_line("/v1.2/")
        + log_line("/logo.png")
        + log_line("/missing", status=404)
        + log_line("/same", status=304)
        + log_line("/moved", status=301)
        + log_line("/form", method="POST")
        + log_line("/odd?utm_source=%ff%fe&utm_medium=a%00b&utm_campaign=%E4%B8")
        + "\n"
    )
    assert (summary.events_added, summary.lines_passed_over, summary.lines_rejected) == (5, 5, 0)
    assert rows("select utm_source, utm_medium, utm_campaign from raw.events where page_path = '/odd'") == [
        ("%ff%fe", "ab", "%E4%B8")
    ]
    assert rows(
        "select page_path, utm_source, referrer_host, referrer_path, response_status, line_number "
        "from raw.events where page_path <> '/odd' order by line_number"
    ) == [
        ("/blog/post.html", "news", "search.example", "/find", 200, 1),
        ("/about/", None, None, None, 200, 2),
        ("/v1.2/", None, None, None, 200, 3),
        ("/same", None, None, None, 304, 6),
    ]


def test_a_page_is_what_is_not_a_file(load, rows):
    targets = [
        *("/blog/python-3.14", "/news.shtml", "/shop.jsp;jsessionid=AB12", "/doc//a%2Eb/../caf%C3%A9", r"/caf\xC3\xA9"),
        *("http://example.org", "HTTP://example.org:80?x=1", "https://example.org/rome.html", "example.org/paris"),
        *(
            "/app.js",
            "/APP.JS?v=1",
            "/a/logo%2epng",
            "/feed.xml",
            "http://example.org/x.css",
            "rome",
            "*",
            "x.js;y=/z.js",
        ),
    ]
    assert load("".join(map(log_line, targets))).lines_passed_over == 8
    assert [path for (path,) in rows("select page_path from raw.events order by line_number")] == [
        *("/blog/python-3.14", "/news.shtml", "/shop.jsp", "/doc/café", "/café"),
        *("/", "/", "/rome.html", "/paris"),
    ]


def test_common_format_and_odd_user_agents_are_read(load, rows):
    load(
        '192.0.2.1 - - [17/May/2026:10:05:03 +0200] "GET / HTTP/1.1" 200 -\n'
        + log_line(agent='say "hi"there').strip()
        + "\n"
        + log_line(agent=r"say \"hi\"")
        + log_line(agent="cut short").replace('short"\n', "short\n")
        + '192.0.2.1 - some user [17/May/2026:10:05:03 +0000] "GET / HTTP/1.1" 200 5 "-" "x" "10.0.0.1"\n'
    )
    assert rows("select user_agent from raw.events order by line_number") == [
        (None,),
        ('say "hi"there',),
        (r"say \"hi\"",),
        ("cut short",),
        ("x",),
    ]
    assert rows("select extract(hour from occurred_at at time zone 'UTC') from raw.events where line_number = 1") == [
        (8,)
    ]


def test_the_same_file_again_adds_nothing_and_a_grown_file_adds_what_is_new(load, rows):
    twice_in_one_second = log_line() * 2
    assert load(twice_in_one_second).events_added == 2
    again = load(gzip.compress(twice_in_one_second.encode()), "access.log.1.gz")
    assert (again.events_added, again.events_known) == (0, 2)
    assert load(twice_in_one_second + log_line("/new")).events_added == 1
    assert rows("select count(*), count(distinct event_id) from raw.events") == [(3, 3)]


def test_a_log_that_grows_is_one_file_even_if_its_last_line_was_cut(load, rows):
    lines = [log_line(f"/{number}") for number in range(5)]
    added = [load("".join(lines[:end]) + lines[end][:40]).events_added for end in (1, 2, 4)]
    assert added == [1, 1, 2]
    assert load("".join(lines)).events_added == 1
    assert rows("select page_path from raw.events order by line_number") == [(f"/{number}",) for number in range(5)]


def test_logs_of_two_servers_are_two_files_though_they_begin_alike(load, rows):
    health = log_line("/health")
    assert load(health + log_line("/one"), "one/access.log").events_added == 2
    assert load(health.replace("192.0.2.1", "192.0.2.9") + log_line("/two"), "two/access.log").events_added == 2
    assert rows("select count(distinct anonymous_id) from raw.events where page_path = '/health'") == [(2,)]


def test_a_last_line_without_an_end_counts_if_it_is_whole(load, rows):
    assert load(log_line("/combined").rstrip()).events_added == 1
    assert load('192.0.2.1 - - [17/May/2026:10:05:03 +0000] "GET /common HTTP/1.1" 200 512').events_added == 1
    assert load(log_line("/cut", agent=GOOGLEBOT)[:-20]).events_added == 0
    assert "the last line is not whole" in rows("select reason from raw.rejected_events")[0][0]


def test_a_broken_line_is_kept_with_its_number_and_reason_and_stops_nothing(load, rows):
    broken = 'visitor.example - - [17/May/2026] "GET / 198.51.100.7 someone@mail.example 2001:db8::7\n'
    content = log_line() + broken + log_line(time="31/Feb/2026:10:05:03 +0000") + log_line("/two")
    summary = load(content)
    assert (summary.events_added, summary.lines_rejected) == (2, 2)
    load(content)
    first, second = rows("select line_number, reason, excerpt, file from raw.rejected_events order by line_number")
    assert first[:2] == (2, "not a line of the combined or common log format")
    assert not any(
        secret in first[2] for secret in ("visitor.example", "198.51.100.7", "someone@mail.example", "2001:db8::7")
    )
    assert first[3].endswith("access.log")
    assert second[:2] == (3, "the time cannot be read")


def test_crawlers_are_flagged(load, rows):
    load(log_line() + log_line(agent=GOOGLEBOT))
    assert rows("select is_bot from raw.events order by line_number") == [(False,), (True,)]


def test_a_parameter_may_be_in_capitals_or_follow_an_ampersand_of_html(load, rows):
    queries = ["UTM_SOURCE=a&Utm_Medium=b", "x=1&amp;utm_source=a&amp;utm_medium=b", "xutm_source=a&amp;autm_medium=b"]
    load("".join(log_line(f"/?{query}") for query in queries))
    assert rows("select utm_source, utm_medium from raw.events order by line_number") == [
        *[("a", "b")] * 2,
        (None, None),
    ]


def test_visitors_come_from_pages_and_apps(load, rows):
    referrers = {
        "HTTPS://WWW.A.example.:443/x": "a.example",
        "android-app://com.slack/": "com.slack",
        "ios-app://54": "54",
        "intent://x#Intent;end": "x",
        **dict.fromkeys(
            ["chrome-extension://abcdef/x.html", "about:blank", "file:///C:/x", "edge://newtab/", "a.example"]
        ),
    }
    load("".join(log_line(referrer=referrer) for referrer in referrers))
    assert [host for (host,) in rows("select referrer_host from raw.events order by line_number")] == [
        *referrers.values()
    ]


def test_a_visitor_is_the_same_within_a_day_and_tied_over_midnight_only_for_half_an_hour(load, rows):
    load(
        log_line(time="17/May/2026:10:00:00 +0000")
        + log_line(time="17/May/2026:23:59:00 +0000")
        + log_line(time="18/May/2026:00:10:00 +0000")
        + log_line(time="18/May/2026:00:30:00 +0000")
        + log_line(time="18/May/2026:00:30:00 +0000", ip="192.0.2.2")
    )
    day_one, late, tied, free, other = rows(
        "select anonymous_id, previous_anonymous_id from raw.events order by line_number"
    )
    assert day_one == late == (tied[1], None)
    assert free == (tied[0], None)
    assert len({day_one[0], tied[0], other[0]}) == 3


def test_no_address_is_kept(load, server_url, database_url, rows):
    load(
        log_line(
            "/u/someone@mail.example/?gclid=someone",
            ip="203.0.113.77",
            referrer="http://x.example/someone%40mail.example?ip=203.0.113.77",
        )
    )
    load("not a log line 203.0.113.77 someone@mail.example\n" + log_line(ip="203.0.113.77"))
    tables = rows("select oid::regclass::text from pg_class where relkind = 'r' and relnamespace = 'raw'::regnamespace")
    everything = str([rows(f"select * from {table}") for (table,) in tables])
    assert "example.org" in everything
    assert "203.0.113.77" not in everything
    assert "someone" not in everything


def test_of_a_click_id_the_kind_is_kept_alone(load, rows, everything):
    queries = [*(f"{name}=Some-Id" for name in CLICK_IDS), "GCLID=Some-Id", "a=b&fbclid=Some-Id&gclid=Some-Id"]
    none = ["gclid=", "gclid", "xgclid=Some-Id", "gclidx=Some-Id", "a=gclid=Some-Id"]
    load("".join(log_line(f"/?{query}") for query in [*queries, *none]))
    kinds = [kind for (kind,) in rows("select click_id_kind from raw.events order by line_number")]
    assert kinds == [*CLICK_IDS, "gclid", "gclid", *[None] * len(none)]
    assert "Some-Id" not in everything()


EMAILS = (
    *("someone@mail.example", "SomeOne+tag%40mail.example", "someone%2540mail.example", "someone\\u0040mail.example"),
    "someone%40m%61il%2Eexample",
    *("sömeone@mäil.example", "o'someone@mail.example", 'x\n"\\someone@mail.example'),
)


def events_with_planted(email):
    """``email`` in every text field of an event, in the query of the URL of another, and in two that are refused."""
    texts = {field.name for field in msgspec.structs.fields(EventData) if "str" in str(field.type)}
    planted: dict[str, Any] = dict.fromkeys(texts - {"country_code", "client_ip", "properties"}, f"a {email}") | {
        "page_url": f"https://{quote(email)}@www.example.org/{email}?utm_source=a&utm_term=x{quote(email)}",
        "referrer": f"https://{quote(email)}/{'x' * 1982}/{email}",
        "element_text": "x" * 180 + " " + email,
        "properties": {"note": f"{email}\n{email}", email: True, "n": 1},
    }
    refused = event(**{**planted, "session_id": email, "scroll_depth_percentage": 101})
    return [event(**planted), event(**{**planted, "utm_term": None}), refused, f"{'x' * 290} {email}"]


def test_an_e_mail_address_is_kept_from_no_field(load, rows):
    lines = [line for email in EMAILS for line in events_with_planted(email)]
    load("\n".join(map(json.dumps, lines)), "events.ndjson")
    for table in ("events", "rejected_events"):
        kept = [row for (row,) in rows(f"select to_jsonb(t) from raw.{table} as t")]
        assert len(kept) == 2 * len(EMAILS)
        for row in kept:
            assert not {
                name: value
                for name, value in row.items()
                if re.search(r"s[oö]meone|m[aä]il\.", str(value), re.IGNORECASE)
            }


def test_an_id_that_reads_like_an_e_mail_address_stays_one_visitor(load, rows):
    ids = ["someone@mail.example", "other@mail.example", "someone@mail.example", "opaque-1"]
    load("\n".join(json.dumps(event(visitor_id=visitor)) for visitor in ids), "events.ndjson")
    (one,), (other,), (again,), (opaque,) = rows("select client_visitor_id from raw.events order by line_number")
    assert one == again != other
    assert re.fullmatch("hashed-[0-9a-f]{32}", one)
    assert opaque == "opaque-1"


def test_what_the_client_says_of_the_device_counts_before_what_the_user_agent_says(load, rows):
    load(
        "\n".join(json.dumps(event(user_agent=FIREFOX, device_type=kind)) for kind in ("tablet", None)), "events.ndjson"
    )
    assert rows("select device_type, os, browser from raw.events order by line_number") == [
        ("tablet", "Linux", "Firefox"),
        ("desktop", "Linux", "Firefox"),
    ]


def event(kind="page_view", **data):
    known = {
        "occurred_at": "2026-05-17T10:05:03Z",
        "session_id": "s1",
        "page_url": "https://www.example.org/a?utm_medium=email&x=1",
    }
    return {"type": kind, "data": {**known, **data}}


def test_events_and_batches_in_the_collector_s_format(load, rows):
    lines = [
        event(event_id="01981b6e-0000-7000-8000-000000000001", properties={"theme": "dark", "n": 1}),
        {"events": [event("click", click_target="cta"), event("letter_generated", session_id=None, visitor_id="v")]},
    ]
    content = "\n".join(map(json.dumps, lines))
    assert load(content, "events.ndjson").events_added == 3
    assert load(content, "events.ndjson").events_added == 0
    assert rows(
        "select event_type, page_host, page_path, utm_medium, client_session_id, properties from raw.events order by 1"
    ) == [
        ("click", "example.org", "/a", "email", "s1", None),
        ("letter_generated", "example.org", "/a", "email", None, None),
        ("page_view", "example.org", "/a", "email", "s1", {"theme": "dark", "n": 1}),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"events": [1]}', "Expected `object`, got `int`"),
        ("{", "Input data was truncated"),
        ("[]", "Expected `object`, got `array`"),
        (json.dumps(event(occurred_at="2026-05-17T10:05:03")), "Expected `datetime` with a timezone component"),
        (json.dumps(event(occurred_at="2999-05-17T10:05:03Z")), "occurred_at lies in the future"),
        (json.dumps(event(page_view=1)), "Object contains unknown field `page_view`"),
        (json.dumps(event("Bad Name")), "Expected `str` matching regex"),
        (json.dumps(event("page_view\n")), "Expected `str` matching regex"),
        ('{"type":"x","data":' + '{"a":' * 100_000, "recursion"),
        (json.dumps(event(session_id=None)), "nobody did it"),
    ],
)
def test_an_event_that_cannot_be_read_says_why_and_its_neighbours_are_kept(load, rows, line, reason):
    good = event(page_title="NUL \0 and \\u0000 are dropped")
    load("\n".join([json.dumps(good), line, json.dumps(event(session_id="s2"))]), "events.ndjson")
    assert rows("select count(*) from raw.events") == [(2,)]
    ((line_number, found),) = rows("select line_number, reason from raw.rejected_events")
    assert line_number == 2
    assert reason in found


def test_one_bad_event_of_a_batch_is_named_by_its_index(load, rows):
    load(json.dumps({"events": [event(), event(scroll_depth_percentage=101), event("click")]}), "events.ndjson")
    assert rows("select line_number, event_index, reason from raw.rejected_events") == [
        (1, 1, "Expected `int` <= 100 - at `$.data.scroll_depth_percentage`")
    ]
    assert rows("select count(*) from raw.events") == [(2,)]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("photo.png", bytes(range(256)) * 4000, "lines is of a format that is read: access logs"),
        ("names.log", log_line(ip="visitor.example").encode(), "with the IP addresses of visitors"),
        ("broken.gz", b"\x1f\x8b\x08nothing", "the gzip file is damaged"),
    ],
)
def test_a_file_that_holds_no_visits_is_one_clear_error(load, rows, name, content, message):
    with pytest.raises(DogearError, match=message):
        load(content, name)
    assert rows("select count(*) from raw.rejected_events") == [(0,)]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\0\0\0", gzip.compress(b"", mtime=0)])
def test_the_log_of_a_day_without_visits_is_no_error(load, rows, content):
    summary = load(content)
    assert (summary.format, summary.events_added, summary.lines_rejected) == (None, 0, 0)
    assert rows("select count(*) from raw.imports") == [(0,)]


def test_a_missing_file_is_one_clear_error(database_url):
    with pytest.raises(DogearError, match="No such file"):
        import_file(database_url, Path("/nowhere/access.log"), site="example.org", user_code="ada")


def test_what_a_damaged_gzip_holds_before_the_damage_is_kept(load, rows):
    whole = gzip.compress("".join(log_line(f"/{number}") for number in range(20_000)).encode())
    summary = load(whole[:-2000], "access.log.gz")
    assert summary.events_added > 0
    ((reason,),) = rows("select reason from raw.rejected_events where reason like '%damaged%'")
    assert reason.startswith("the gzip file is damaged")
