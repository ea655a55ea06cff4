"""Events in, notifications out."""

from datetime import UTC, datetime, timedelta

import pytest

from orchestration.notifications.channels import add_channel
from orchestration.notifications.inbox import inbox, mark_read
from orchestration.notifications.make_notifications import any_to_make, window
from orchestration.resources.postgres import connect

GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


def like(visitor: str, **data: object) -> tuple[str, dict]:
    return "like", {"visitor_id": visitor, **data}


def comment(number: int, **data: object) -> tuple[str, dict]:
    return "comment", {"properties": {"comment_id": f"c{number}"}, **data}


def reply(number: int, to: int, **data: object) -> tuple[str, dict]:
    return "comment", {"properties": {"comment_id": f"c{number}", "parent_comment_id": f"c{to}"}, **data}


@pytest.fixture
def titles(rows):
    return lambda: [row["title"] for row in rows("select title from ops.notifications order by title")]


def test_comments_are_told_one_by_one_and_likes_and_shares_by_page_and_hour(happen, make, titles):
    happen(*map(like, "abc"), like("a"), like("a", page_url="https://example.org/about"))
    happen(comment(1), comment(2), ("share", {"properties": {"channel": "mail"}}), ("page_view", {}))
    assert make() == 5
    assert titles() == [
        "1 like of /about",
        "1 share of /blog/why-b",
        "3 likes of /blog/why-b",
        "New comment on /blog/why-b",
        "New comment on /blog/why-b",
    ]
    assert make() == 0


def test_what_a_notification_says(happen, make, rows, database_url):
    with connect(database_url) as connection:
        connection.execute(
            "insert into content.items (content_id, site, user_code, content_type, slug, url_path, title, body, "
            "front_matter, tags, is_draft, word_count, content_hash, file_path) values (gen_random_uuid(), "
            "'example.org', 'ada', 'blog', 'why-b', '/blog/why-b', 'Why b', '', '{}', '[]', false, 0, '', 'why-b.md')"
        )
        ((content_id,),) = connection.execute("select content_id::text from content.items").fetchall()
    happen(like("a"))
    make()
    (row,) = rows("select * from ops.notifications")
    hour = row["hour"].astimezone(UTC)
    assert (row["user_code"], row["account_id"], row["site"], row["type"]) == ("ada", None, "example.org", "like")
    assert row["title"] == "1 like of “Why b”"
    assert row["message"] == (
        f"1 like of “Why b” on example.org (/blog/why-b), received between {hour:%H:%M} and "
        f"{hour + timedelta(hours=1):%H:%M} UTC on {hour:%Y-%m-%d}."
    )
    assert row["action_url"] == "https://example.org/blog/why-b"
    assert (row["related_type"], row["related_id"]) == ("document", content_id)
    assert rows("select from raw.events where event_id = %s and event_type = 'like'", row["related_event_id"])
    assert (row["channels"], row["is_sent"], row["is_read"], row["deliver_at"]) == (["in_app"], True, False, None)
    assert row["expires_at"] - row["created_at"] == timedelta(days=30)


def test_a_count_grows_and_what_was_read_is_new_again(happen, make, database_url):
    happen(like("a"))
    make()
    assert mark_read(database_url, "ada") == 1
    make()
    assert inbox(database_url, "ada", unread=True) == []
    happen(like("b"))
    assert make() == 1
    (row,) = inbox(database_url, "ada", unread=True)
    assert row.title == "2 likes of /blog/why-b"


def test_crawlers_and_old_news_are_not_told(happen, make, titles):
    long_ago = (datetime.now(UTC) - timedelta(days=8)).isoformat()
    happen(like("a", user_agent=GOOGLEBOT), comment(1, occurred_at=long_ago), comment(2, user_agent=GOOGLEBOT))
    assert make() == 0
    assert titles() == []


def test_what_commits_late_is_told_up_to_a_day_later(happen, make, titles, database_url, clock):
    """Two transactions that began before the newest notification was made; one of them too long ago."""
    happen(comment(1), comment(2))
    with connect(database_url) as connection:
        for hours, event in enumerate(connection.execute("select event_id from raw.events").fetchall()):
            connection.execute(
                "update raw.events set received_at = now() - %s where event_id = %s",
                [timedelta(hours=23 + 3 * hours), event[0]],
            )
    happen(like("a"))
    make()
    assert titles() == ["1 like of /blog/why-b", "New comment on /blog/why-b"]


def test_an_account_is_told_of_replies_to_its_comments(happen, make, database_url):
    happen(comment(1, account_id="4711"), comment(2, account_id="13"))
    happen(reply(3, to=1, account_id="13"), reply(4, to=1, account_id="4711"), reply(5, to=99))
    happen(comment(1, account_id="an impostor"), site="other.example", user_code="bob")
    make()
    assert [row.title for row in inbox(database_url, "ada", "4711")] == ["Reply to your comment on /blog/why-b"]
    assert inbox(database_url, "ada", "13") == []
    assert inbox(database_url, "bob", "4711") == []
    assert len(inbox(database_url, "ada")) == 5


def test_a_flood_becomes_one_notification(happen, make, rows, database_url, clock):
    happen(*(comment(number) for number in range(50)), site="other.example", user_code="bob")
    happen(*(comment(number) for number in range(100)))
    assert make(most=5) == 12
    assert make(most=5) == 0
    assert not any_to_make(database_url, clock.now(), 5)
    happen(*(comment(number) for number in range(100, 130)), like("a"), like("b"))
    assert make(most=5) == 1
    assert rows(
        "select user_code, type, count(*), min(title) as title from ops.notifications group by 1, 2 order by 1, 2"
    ) == [
        {"user_code": "ada", "type": "comment", "count": 5, "title": "New comment on /blog/why-b"},
        {"user_code": "ada", "type": "more", "count": 1, "title": "127 more likes, comments and shares"},
        {"user_code": "bob", "type": "comment", "count": 5, "title": "New comment on /blog/why-b"},
        {"user_code": "bob", "type": "more", "count": 1, "title": "45 more likes, comments and shares"},
    ]


def test_an_owner_chooses_what_is_told_and_how(happen, make, rows, database_url):
    add_channel(database_url, "ada", "in_app", None, ["share"])
    add_channel(database_url, "ada", "email", "ada@example.org", ["share", "comment"])
    happen(like("a"), comment(1), ("share", {}))
    make()
    found = rows("select type, channels, is_sent, deliver_at - hour as after from ops.notifications order by type")
    assert [(row["type"], sorted(row["channels"]), row["is_sent"]) for row in found] == [
        ("comment", ["email"], False),
        ("share", ["email", "in_app"], False),
    ]
    assert found[1]["after"] == timedelta(hours=1), "a mail tells of all shares of the hour"
    assert [row.type for row in inbox(database_url, "ada")] == ["share"]


@pytest.mark.parametrize(
    ("page_url", "action_url"),
    [
        ("https://evil.example/a%20b?x=1#y", "https://example.org/a%20b"),
        ("@evil.example/", "https://example.org/@evil.example/"),
        ("https://example.org//evil.example/", "https://example.org/evil.example/"),
        ("https://example.org/\\evil.example/", "https://example.org/%5Cevil.example/"),
        ("https://example.org/a\r\nBcc: eve", "https://example.org/a%0D%0ABcc:%20eve"),
        ("https://example.org/" + 2000 * "x", "https://example.org/" + 499 * "x"),
    ],
)
def test_no_link_leads_to_another_host(happen, make, rows, page_url, action_url):
    happen(comment(1, page_url=page_url))
    make()
    assert rows("select action_url from ops.notifications") == [{"action_url": action_url}]


def test_only_the_few_events_that_may_be_told_are_read(happen, database_url, clock):
    """The partial index serves: a page view costs nothing."""
    from orchestration.notifications.make_notifications import NEW_NOTIFICATIONS

    with connect(database_url) as connection:
        connection.execute("set enable_seqscan = off")
        happen(comment(1))
        plan = "\n".join(
            line for (line,) in connection.execute(f"explain {NEW_NOTIFICATIONS}".encode(), window(clock.now(), 20))
        )
    assert "received_at_idx" in plan
    assert "comment_id" in plan or "expr_idx" in plan
