"""Lines of servers' logs in, rows of raw.events out: the same rows from every server."""

import json
from datetime import timedelta

import pytest

from tests.events.logs.log_writing import (
    CLOUDFRONT_HEADER,
    FIREFOX,
    GOOGLEBOT,
    NOON,
    Visit,
    caddy_json,
    cloudfront,
    combined,
    nginx_json,
    traefik_json,
)

VISITS = [
    Visit(
        "/blog/post.html?utm_source=news&utm_campaign=M%C3%A4rz&token=secret",
        referrer="https://www.Search.example/f?q=x",
    ),
    Visit("/about/", ip="2001:db8::7", at=NOON + timedelta(seconds=1)),
    Visit("/caf%C3%A9%20bar", agent=GOOGLEBOT, status=304, size=0),
    Visit("/odd", agent='say "hi" 100% \\'.replace('"', "'").replace("\\", "")),
    Visit("/logo.png"),
    Visit("/missing", status=404),
    Visit("/moved", status=301),
    Visit("/form", method="POST"),
    Visit("/u/someone@mail.example/", at=NOON + timedelta(hours=12, minutes=5)),
]
WRITERS = {"access_log": combined, "nginx_json": nginx_json, "caddy_json": caddy_json, "cloudfront": cloudfront}
LOGS = {name: "".join(map(write, VISITS)) for name, write in WRITERS.items()}
LOGS["cloudfront"] = CLOUDFRONT_HEADER + LOGS["cloudfront"]


def test_the_same_visits_are_the_same_rows_in_every_format(load, rows):
    for name, log in LOGS.items():
        summary = load(log, f"{name}.log")
        headers = 2 if name == "cloudfront" else 0
        assert (summary.format, summary.events_added, summary.lines_passed_over) == (name, 5, 4 + headers)
    # Which file and line it was, and the host, which the combined format does not name, may differ.
    differ = "{event_id,source,import_id,line_number,page_host,received_at}"
    assert len(rows(f"select distinct to_jsonb(e) - '{differ}'::text[] from raw.events as e")) == 5
    assert rows(
        "select source, array_agg(distinct page_host), count(*) from raw.events group by source order by 1"
    ) == [
        ("access_log", [None], 5),
        ("caddy_json", ["example.org"], 5),
        ("cloudfront", ["example.org"], 5),
        ("nginx_json", ["example.org"], 5),
    ]
    assert rows("select distinct format from raw.imports order by 1") == [(name,) for name in sorted(LOGS)]
    assert rows(
        "select utm_campaign, referrer_host, referrer_path from raw.events where utm_source = 'news' limit 1"
    ) == [("März", "search.example", "/f")]


@pytest.mark.parametrize("name", LOGS)
def test_no_address_is_kept_and_none_is_hashed(load, everything, name):
    load(LOGS[name], "one.log")
    assert load(LOGS[name].replace("192.0.2.1", "192.0.2.99").replace("2001:db8::7", "2001:db8::9")).events_added == 0
    for secret in ("192.0.2.", "2001:db8", "198.51.100", "10.0.0.1", "someone", "secret"):
        assert secret not in everything()


@pytest.mark.parametrize("name", LOGS)
def test_a_log_that_grows_adds_what_is_new(load, name):
    assert load(LOGS[name][:-30]).events_added == 4
    assert load(LOGS[name]).events_added == 1
    assert load(LOGS[name]).events_added == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"time_iso8601": None, "time_local": "17/May/2026:14:00:00 +0200"},
        {"time_iso8601": None, "msec": "1779019200.000"},
        {"time_iso8601": None, "timestamp": "2026-05-17T12:00:00.000Z"},
        {"request": None, "request_method": "GET", "request_uri": "/a?utm_source=x"},
        {"request": None, "request_method": "GET", "uri": "/a", "args": "utm_source=x"},
        {"http_referer": None, "referer": "https://b.example/"},
        {"host": None, "server_name": "example.org"},
        {"status": 200, "body_bytes_sent": 512},
    ],
)
def test_nginx_may_name_its_fields_otherwise(load, rows, fields):
    visit = Visit("/a?utm_source=x", referrer="https://b.example/")
    load(nginx_json(visit, **fields))
    assert rows(
        "select occurred_at, page_host, page_path, utm_source, referrer_host, response_bytes from raw.events"
    ) == [(NOON, "example.org", "/a", "x", "b.example", 512)]


@pytest.mark.parametrize("ts", [NOON.timestamp() * 1e3, "2026-05-17T12:00:00.000Z", "17/May/2026:14:00:00 +0200"])
def test_caddy_may_write_its_times_otherwise(load, rows, ts):
    load(caddy_json(Visit(), ts=ts))
    assert rows("select occurred_at from raw.events") == [(NOON,)]


@pytest.mark.parametrize(
    "fields",
    [
        {"time": "[17/May/2026:12:00:00 +0000]", "method": "GET", "request": "/a", "query": "?utm_source=x"},
        {"time": "[17/May/2026:12:00:00 +0000]", "request": "GET /a?utm_source=x HTTP/1.1"},
    ],
)
def test_apache_has_no_json_of_its_own(load, rows, fields):
    rest = {"remoteIP": "192.0.2.1", "host": "example.org", "status": "200", "userAgent": FIREFOX, "referer": "-"}
    load(json.dumps(fields | rest))
    assert rows("select occurred_at, page_path, utm_source, browser, referrer_host from raw.events") == [
        (NOON, "/a", "x", "Firefox", None)
    ]


def test_traefik_names_its_fields_in_its_own_way(load, rows):
    load("".join(map(traefik_json, VISITS)))
    assert rows(
        "select page_path, page_host, occurred_at, referrer_host, browser from raw.events order by 1 limit 2"
    ) == [
        ("/about/", "example.org", NOON + timedelta(seconds=1), None, "Firefox"),
        ("/blog/post.html", "example.org", NOON, "search.example", "Firefox"),
    ]
    assert rows("select count(*), count(distinct anonymous_id) from raw.events where not is_bot") == [(4, 4)]


@pytest.mark.parametrize("time", ["%d/%b/%Y:%H:%M:%S.%f %z", "%Y-%m-%dT%H:%M:%S+00:00", "%Y-%m-%d %H:%M:%S,%f%z"])
def test_an_access_log_may_write_its_times_otherwise(load, rows, time):
    load(combined(Visit(), time=time))
    assert rows("select occurred_at from raw.events") == [(NOON,)]


FORWARDING = {
    "combined": lambda visit, forwarded: combined(visit, f' "{forwarded}"'),
    "combined and more": lambda visit, forwarded: combined(visit, f' 0.003 "10.0.0.9:8080" "{forwarded}" "1.5" 7ms'),
    "odd user agent": lambda visit, forwarded: combined(visit, f' "{forwarded}"').replace("Mozilla", 'a "b" c'),
    "nginx_json": lambda visit, forwarded: nginx_json(visit, http_x_forwarded_for=forwarded),
    "caddy_json": lambda visit, forwarded: caddy_json(visit, forwarded),
}


@pytest.mark.parametrize("name", FORWARDING)
def test_the_visitor_is_whom_a_proxy_in_one_s_own_network_forwards(load, rows, name):
    write = FORWARDING[name]
    lines = [
        write(Visit("/forwarded", "10.0.0.1"), "203.0.113.9, 10.0.0.2"),
        write(Visit("/again", "127.0.0.1"), "unknown, 203.0.113.9"),
        write(Visit("/socket", "unix:"), "203.0.113.9"),
        write(Visit("/other", "10.0.0.1"), "203.0.113.10"),
        write(Visit("/nobody", "10.0.0.1"), "-"),
        # Anybody may send the header: the address of a connection from outside counts.
        write(Visit("/outside", "203.0.113.9"), "203.0.113.11"),
    ]
    load("".join(lines))
    groups = "select array_agg(page_path order by page_path) from raw.events group by anonymous_id order by 1"
    assert rows(groups) == [(["/again", "/forwarded", "/outside", "/socket"],), (["/nobody"],), (["/other"],)]


@pytest.mark.parametrize("write", [combined, nginx_json])
def test_a_target_may_hold_spaces(load, rows, write):
    load(write(Visit("/a b/c d?utm_source=x y")))
    assert rows("select page_path, utm_source from raw.events") == [("/a%20b/c%20d", "x y")]


def test_caddy_s_other_loggers_are_passed_over(load):
    roundtrip = caddy_json(Visit(), logger="http.handlers.reverse_proxy", msg="upstream roundtrip")
    started = json.dumps({"level": "info", "ts": 1.0, "logger": "admin", "msg": "admin endpoint started"}) + "\n"
    summary = load(started + caddy_json(Visit()) + roundtrip)
    assert (summary.events_added, summary.lines_passed_over, summary.lines_rejected) == (1, 2, 0)


@pytest.mark.parametrize("write", [nginx_json, caddy_json])
@pytest.mark.parametrize(
    "damage",
    [
        lambda line: line[: len(line) // 2],
        lambda line: line[10:],
        lambda line: line + line,
        lambda line: line.replace('"status"', '"state"'),
        lambda line: line.replace("2026-05-17T12:00:00+00:00", "yesterday").replace("1779019200.0", '"yesterday"'),
        lambda line: line.replace("2026-05-17T12:00:00+00:00", "2026-05-17T12:00:00").replace("1779019200.0", "9e99"),
        lambda line: line.replace("2026", "2999").replace("1779019200.0", "32483462400"),
        lambda line: line.replace("192.0.2.1", "").replace("10.0.0.1", ""),
        lambda line: line.replace("GET", ""),
        lambda line: line.replace(FIREFOX, "\\ud800"),
        lambda _: "[" * 100_000,
        lambda _: "null",
        lambda line: line.replace('"', "\\x22"),
    ],
)
def test_a_damaged_line_is_rejected_alone(load, rows, everything, write, damage):
    broken = damage(write(Visit()).strip())
    summary = load(write(Visit("/one")) + broken + "\n" + write(Visit("/two", agent="NUL \0 goes")))
    assert (summary.events_added, summary.lines_rejected) == (2, 1)
    ((line_number, reason),) = rows("select line_number, reason from raw.rejected_events")
    assert line_number == 2
    assert reason
    assert "192.0.2" not in everything()


def test_cloudfront_s_fields_are_those_that_the_lines_before_name(load, rows):
    renamed = "#Fields: date time c-ip cs-method cs-uri-stem sc-status\n2026-05-17\t12:00:00\t192.0.2.1\tGET\t/b\t200\n"
    summary = load(
        CLOUDFRONT_HEADER + cloudfront(Visit("/a")) + renamed + "2026-05-17\t12:00\n" + cloudfront(Visit("/c"))
    )
    assert (summary.events_added, summary.lines_rejected) == (2, 2)
    assert rows("select page_path from raw.events order by 1") == [("/a",), ("/b",)]
    assert rows("select reason from raw.rejected_events order by line_number") == [
        ("the line has 2 fields, and #Fields: names 6",),
        ("the line has 20 fields, and #Fields: names 6",),
    ]
