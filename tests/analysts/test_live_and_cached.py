"""Who is on a site now, and answers that are kept for a while."""

import threading
from collections.abc import Callable

import psycopg
import pytest

from orchestration.resources.postgres import connect

SLOW = """
    create sequence analytics.made;
    create function analytics.slow() returns jsonb language plpgsql as $$
    begin
        perform pg_advisory_xact_lock(47);
        return to_jsonb(nextval('analytics.made'));
    end $$
"""


def value(database_url: str, question: str, *arguments: object) -> object:
    with connect(database_url) as connection:
        row = connection.execute(question.encode(), arguments).fetchone()
    assert row is not None
    return row[0]


def test_who_is_here_now(database_url):
    seen = (("a.example", "1", 0, "/x"), ("a.example", "2", 4, "/x"), ("a.example", "3", 20, "/y"))
    with connect(database_url) as connection:
        for site, visitor, minutes, path in [*seen, ("b.example", "1", 1, "/"), ("b.example", "9", 40, "/")]:
            connection.execute(
                "insert into live.visitors (site, visitor_id, user_code, first_seen_at, last_seen_at, page_path) "
                "values (%s, %s, 'u', now(), now() - make_interval(mins => %s, secs => 1), %s)",
                [site, visitor, minutes, path],
            )
        question = "select current_visitors, recent_visitors, last_seen_by_minute, top_pages from analytics."
        ((here, recent, minutes, pages),) = connection.execute(question + "get_live_stats('a.example')").fetchall()
        (everywhere,) = connection.execute(question + "get_live_stats()").fetchall()
    assert (here, recent) == (2, 3)
    assert {each["minutes_ago"]: each["visitors"] for each in minutes if each["visitors"]} == {0: 1, 4: 1, 20: 1}
    assert len(minutes) == 30
    assert pages == [{"site": "a.example", "page_path": "/x", "visitors": 2}]
    assert everywhere[:2] == (3, 4)


@pytest.fixture
def slow(database_url) -> Callable[[str], object]:
    """Ask for a value that counts how often it was made, and takes as long as somebody holds lock 47."""
    with connect(database_url) as connection:
        connection.execute(SLOW)
    return lambda ttl: value(
        database_url, "select analytics.get_cached_content('k', 'analytics.slow()', %s::interval)", ttl
    )


def expire(database_url: str) -> None:
    with connect(database_url) as connection:
        connection.execute("update ops.cache_entries set expires_at = now()")


def test_an_answer_is_made_once_while_it_lives(database_url, slow):
    assert (slow("1 hour"), slow("1 hour")) == (1, 1)
    assert value(database_url, "select key || ' ' || tags[1] from ops.cache_entries") == (
        "sql:analytics.slow:k analytics.slow"
    )
    expire(database_url)
    assert (slow("1 hour"), slow("1 hour")) == (2, 2)


def in_background(call: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    answers: list[object] = []
    thread = threading.Thread(target=lambda: answers.append(call()), daemon=True)
    thread.start()
    return thread, answers


def wait_until(connection: psycopg.Connection, waiting: int) -> None:
    """Until so many sessions wait for a lock."""
    question = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
    while connection.execute(question).fetchone() != (waiting,):
        pass


def test_one_makes_it_and_others_have_the_old_one_or_wait(database_url, slow):
    with connect(database_url) as holder, connect(database_url) as watcher:
        watcher.autocommit = True
        holder.execute("select pg_advisory_lock(47)")
        first, first_answer = in_background(lambda: slow("1 hour"))
        wait_until(watcher, 1)
        second, second_answer = in_background(lambda: slow("1 hour"))
        wait_until(watcher, 2)
        holder.execute("select pg_advisory_unlock(47)")
        first.join(60)
        second.join(60)
        assert (first_answer, second_answer) == ([1], [1]), "the second waited, and made nothing"

        expire(database_url)
        holder.execute("select pg_advisory_lock(47)")
        third, third_answer = in_background(lambda: slow("1 hour"))
        wait_until(watcher, 1)
        assert slow("1 hour") == 1, "the old one, meanwhile"
        holder.execute("select pg_advisory_unlock(47)")
        third.join(60)
        assert third_answer == [2]


@pytest.mark.parametrize(
    "generator", ["pg_sleep(double precision)", "now()", "pg_postmaster_start_time()", "analytics.unit_of(text)"]
)
def test_nothing_else_is_called(database_url, generator):
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="must be a function of schema analytics"):
        value(database_url, "select analytics.get_cached_content('k', %s, '1 hour')", generator)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("'', 'analytics.overview()', '1 hour'", "key must have 1 to 200"),
        ("null, 'analytics.overview()', '1 hour'", "key must have 1 to 200"),
        ("'k', 'analytics.overview()', '0'", "between 1 second and 30 days"),
        ("'k', 'analytics.overview()', '1 year'", "between 1 second and 30 days"),
        ("'k', null, '1 hour'", "must be a function"),
    ],
)
def test_wrong_arguments(database_url, arguments, said):
    with pytest.raises(psycopg.errors.InvalidParameterValue, match=said):
        value(database_url, f"select analytics.get_cached_content({arguments})")
