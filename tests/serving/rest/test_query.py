"""Questions over HTTP, as programs ask them."""

import csv
import io
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings

from orchestration.access.accounts import add_account
from orchestration.access.keys import add_key
from serving.questions.service import MOST_AT_ONCE
from tests.installation import Installation
from tests.serving.access.conftest import LOGIN
from tests.serving.collector.running import until
from tests.serving.questions.questions import hostile_questions, questions
from tests.serving.questions.world import FIRST, LAST, MARK, SITES
from tests.serving.rest.asked import Program
from tests.serving.rest.conftest import web_process

RANGE = [FIRST.isoformat(), LAST.isoformat()]
DAYS = {"metrics": ["visitors", "bounce_rate"], "dimensions": ["time:day", "channel"], "range": RANGE}
FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


def without_times(answer: dict[str, Any]) -> dict[str, Any]:
    meta = {name: value for name, value in answer["meta"].items() if name not in {"milliseconds", "fresh_until"}}
    return {**answer, "meta": meta}


def test_an_answer_says_what_it_is_of(programs: dict[str, Program]):
    answer = programs["ada"].ask({**DAYS, "limit": 1, "include": ["totals", "row_count"], "explain": True})
    assert answer["columns"][2] == {
        "name": "visitors",
        "type": "integer",
        "unit": "people",
        "additive": False,
        "better": "more",
    }
    (row,) = answer["rows"]
    assert row.keys() == {"time:day", "channel", "visitors", "bounce_rate", "complete"}
    assert answer["meta"]["question"]["order_by"] == [["time:day", "asc"], ["channel", "asc"]]
    assert (answer["meta"]["source"], answer["meta"]["exact"]) == ("mixed", True)
    assert [step["table"] for step in answer["meta"]["explain"]["steps"]] == [
        *("analytics_page_views", "analytics_daily_sources")
    ]
    assert answer["row_count"] > 12
    assert answer["next"]


def test_a_url_asks_the_same_as_a_body(programs: dict[str, Program]):
    conditions = ["or", [["is", "country", ["DE"]], ["not", ["contains", "source", ["e"]]]]]
    question = {**DAYS, "filters": conditions, "order_by": [["time:day", "desc"], ["visitors", "asc"]], "limit": 5}
    more = {"compare": "previous", "include": ["totals"], "sites": ["ada.example"], "fill": False}
    by_url = programs["ada"].get(
        metrics="visitors,bounce_rate",
        dimensions="time:day,channel",
        range=",".join(RANGE),
        filters=json.dumps(conditions),
        order_by="time:day:desc,visitors",
        limit=5,
        fill="false",
        compare="previous",
        include="totals",
        sites="ada.example",
    )
    assert by_url.status_code == 200, by_url.text
    assert without_times(by_url.json()) == without_times(programs["ada"].ask({**question, **more}))


def test_lines_and_csv_have_the_same_rows(programs: dict[str, Program]):
    question = {**DAYS, "limit": 20, "compare": "previous"}
    answer = programs["ada"].ask(question)
    lines = programs["ada"].post({**question, "format": "ndjson"})
    assert lines.headers["Content-Type"] == "application/x-ndjson"
    assert [json.loads(line) for line in lines.text.splitlines()] == answer["rows"]
    table = programs["ada"].post({**question, "format": "csv"})
    assert table.headers["Content-Type"] == "text/csv; charset=utf-8"
    names, *rows = csv.reader(io.StringIO(table.text))
    assert names == [
        *("time:day", "channel", "visitors", "bounce_rate", "complete", "compared_visitors", "compared_bounce_rate")
    ]
    assert [row[:3] for row in rows] == [
        [row["time:day"], row["channel"] or "", str(row["visitors"])] for row in answer["rows"]
    ]
    assert lines.headers["Dogear-Next"] == table.headers["Dogear-Next"] == answer["next"]


@FEW
@given(question=questions())
def test_an_owner_gets_what_an_admin_gets_of_her_sites_and_nothing_of_others(
    programs: dict[str, Program], question: dict[str, Any]
):
    own = {
        **question,
        "sites": [site for site in question.get("sites", SITES) if SITES[site] == "ada"] or ["ada.example"],
    }
    of_admin = programs["root"].ask(own)
    answer = programs["ada"].ask({**own, "explain": True})
    assert answer["rows"] == of_admin["rows"]
    without_sites = {name: value for name, value in question.items() if name != "sites"}
    of_all = programs["ada"].ask(without_sites)
    assert of_all["rows"] == programs["root"].ask({**without_sites, "sites": ["ada.example", "second.example"]})["rows"]
    texts = [value for row in [*answer["rows"], *of_all["rows"]] for value in row.values() if isinstance(value, str)]
    assert not any(MARK in text for text in texts)
    limited = programs["limited"].ask(without_sites)
    assert limited["rows"] == programs["root"].ask({**without_sites, "sites": ["second.example"]})["rows"]


def test_the_site_of_another_is_no_site(programs: dict[str, Program]):
    answers = [programs["ada"].post({**DAYS, "sites": [site]}) for site in ("zorro.example", "nowhere.example")]
    assert answers[0].status_code == 422
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["errors"] == [
        {
            "code": "unknown_site",
            "pointer": "/sites/0",
            "detail": "There is no such site that you may see.",
            "allowed": ["ada.example", "second.example"],
        }
    ]


def test_the_catalogue_lists_what_can_be_asked_and_all_of_it_is_answered(programs: dict[str, Program]):
    catalogue = programs["ada"].get("/catalogue").json()
    known = {dimension["name"] for dimension in catalogue["dimensions"]}
    metrics = {frozenset(metric["dimensions"]): [] for metric in catalogue["metrics"]}
    for metric in catalogue["metrics"]:
        metrics[frozenset(metric["dimensions"])].append(metric["name"])
    for dimensions, names in metrics.items():
        assert dimensions <= known
        for dimension in dimensions:
            programs["ada"].ask({"metrics": names, "dimensions": [dimension], "range": RANGE})


def test_a_cursor_of_older_data_is_a_conflict_with_a_way_out(programs: dict[str, Program], three_sites: Installation):
    cursor = programs["ada"].ask({**DAYS, "limit": 1})["next"]
    three_sites.execute("update marts.built_days set built_at = now()")
    answer = programs["ada"].post({**DAYS, "cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (409, "data_changed")


def test_what_takes_too_long_ends_with_a_way_out(three_sites: Installation, keys: dict[str, str], tmp_path: Path):
    with (
        web_process(three_sites.database_url, tmp_path, question_seconds=0.2) as url,
        psycopg.connect(three_sites.database_url) as building,
    ):
        program = Program(url, keys["ada"])
        building.execute("lock table marts.analytics_sessions")
        answer = program.post({"metrics": ["conversions"], "range": RANGE})
        assert (answer.status_code, answer.json()["code"]) == (504, "question_too_slow")
        building.rollback()
        assert program.post({"metrics": ["conversions"], "range": RANGE}).status_code == 200


def test_questions_that_wait_leave_connections_to_others(
    url: str, three_sites: Installation, keys: dict[str, str], programs: dict[str, Program]
):
    waiting = "select 1 from pg_stat_activity where usename = %s and wait_event_type = 'Lock'"
    question = {"metrics": ["conversions"], "range": RANGE}
    with psycopg.connect(three_sites.database_url) as building, ThreadPoolExecutor(20) as threads:
        building.execute("lock table marts.analytics_sessions")
        asked = [threads.submit(Program(url, keys["ada"]).post, question) for _ in range(12)]
        assert until(lambda: len(three_sites.rows(waiting, [LOGIN])) == MOST_AT_ONCE)
        # Nobody else waits for them.
        assert programs["ada"].get("/catalogue").status_code == 200
        building.rollback()
        answers = [one.result() for one in asked]
    assert {answer.status_code for answer in answers} == {200}
    assert len({json.dumps(answer.json()["rows"]) for answer in answers}) == 1


def test_all_is_since_ones_own_first_day(programs: dict[str, Program], three_sites: Installation):
    early = "insert into marts.analytics_daily_sites (user_code, site, date, visitors) values"
    three_sites.execute(f"{early} ('zorro', 'zorro.example', '2026-03-01', 0)")
    found = {name: programs[name].ask({"metrics": ["visitors"], "range": "all"}) for name in ("ada", "zorro", "root")}
    three_sites.execute("delete from marts.analytics_daily_sites where date = '2026-03-01'")
    firsts = {name: answer["meta"]["question"]["range"][0] for name, answer in found.items()}
    assert firsts == {"ada": RANGE[0], "zorro": "2026-03-01", "root": "2026-03-01"}


def test_how_a_question_was_answered_is_kept_without_its_values(
    programs: dict[str, Program], three_sites: Installation
):
    old = "('{visitors}', '{}', '{}', 1, 'postgresql', 'rollup', '{}', 1, 1, now() - interval '31 days')"
    columns = "metrics, dimensions, filtered_by, days, engine, source, tables, milliseconds, row_count, decided_at"
    three_sites.execute(f"insert into ops.query_decisions ({columns}) values {old}")
    filters = ["or", [["is", "city", ["Leipzig"]], ["not", ["is_set", "language"]]]]
    answer = programs["ada"].ask({**DAYS, "filters": filters})
    kept = "select metrics, dimensions, days, source, tables, row_count from ops.query_decisions where filtered_by = %s"
    tables = ["analytics_page_views", "analytics_sessions"]
    row = (DAYS["metrics"], DAYS["dimensions"], 12, "detail", tables, len(answer["rows"]))
    # It is kept after the answer was sent, and what is old is deleted then.
    assert until(lambda: three_sites.rows(kept, [["city", "language"]]) == [row])
    assert three_sites.rows("select from ops.query_decisions where decided_at < now() - interval '30 days'") == []


def test_before_the_first_build_the_answer_is_try_later(database_url: str, tmp_path: Path):
    add_account(database_url, "ada", "owner", ["ada"])
    with web_process(database_url, tmp_path) as url:
        program = Program(url, add_key(database_url, "program", account="ada"))
        answer = program.post(DAYS)
        assert (answer.status_code, answer.json()["code"]) == (503, "not_built")
        assert program.post({**DAYS, "limit": 0}).status_code == 422


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(question=hostile_questions())
def test_hostile_questions_are_refused_with_a_code_and_a_pointer(
    programs: dict[str, Program], question: dict[str, Any]
):
    is_refused_well(programs["ada"].post(question))
    is_refused_well(programs["ada"].get(**{name: json.dumps(value) for name, value in question.items()}))


BEGUN = b'{"metrics": ["visitors"], "range": "28d", "filters": '
HOSTILE = {
    "no JSON": b"{",
    "no UTF-8": b'{"metrics": ["\xff"]}',
    "half a character": rb'{"metrics": ["\ud800"]}',
    "nested deeply": b'{"filters": ' + b"[" * 100_000,
    "nested deeply, whole": b'{"filters": ' + b'["not", ' * 5_000 + b"1" + b"]" * 5_000 + b"}",
    "a large number": b'{"limit": ' + b"9" * 5_000 + b"}",
    "a list": b"[]",
    "nothing": b"",
    "many conditions": b'{"metrics": ["visitors"], "range": "28d", "filters": ['
    + b'["is_set", "page"],' * 30_000
    + b"[]]}",
    "many members": b"{" + b",".join(b'"%d": 1' % number for number in range(50_000)) + b"}",
    "a long name": b'{"' + b"x" * 500_000 + b'": 1}',
    "a long text": BEGUN + b'["is", "page", "' + b"x" * 500_000 + b'"]}',
    "too large": b" " * 1_100_000,
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_hostile_bodies_are_refused(programs: dict[str, Program], body: bytes):
    answer = programs["ada"].post_bytes(body)
    assert 400 <= answer.status_code < 500
    is_refused_well(answer)
    assert len(answer.content) < 100_000


def is_refused_well(answer: Any) -> None:
    """Where it is refused, it says which part and why; nothing is our fault."""
    assert answer.status_code in {200, 413, 422}, answer.text
    if answer.status_code == 422:
        problem = answer.json()
        assert problem["code"] == "invalid_question"
        assert problem["errors"]
        assert all(error["code"] and "pointer" in error and error["detail"] for error in problem["errors"])
