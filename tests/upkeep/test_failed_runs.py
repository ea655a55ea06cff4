"""What a notification of a failed run says, and what it leaves out. That it is sent at all: test_job_queue.py."""

from datetime import UTC, datetime

import pytest
from psycopg.rows import dict_row
from pydantic import SecretStr

from orchestration.notifications.channels import add_channel
from orchestration.notifications.inbox import inbox
from orchestration.resources.postgres import connect
from orchestration.settings import Settings
from orchestration.upkeep.failed_runs import FailedRun, safe, tell_operator

NOW = datetime(2026, 3, 2, 2, 10, tzinfo=UTC)
NIGHTLY = FailedRun("1a2b3c4d-0000-4000-8000-000000000001", "build", "2026-03-01 to 2026-03-02", "the disk is full")


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(home=tmp_path, operator="ada", git_tokens={"github.com": SecretStr("ghp_abc")}, port=3333)


@pytest.fixture
def notify(database_url, settings):
    """Notify of a run; returns the notifications that there are then."""

    def notify(run: FailedRun = NIGHTLY, **changes: object) -> list[dict]:
        tell_operator(database_url, settings.model_copy(update=changes), run, NOW)
        with connect(database_url) as connection, connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute("select * from ops.notifications order by created_at, title").fetchall()

    return notify


def test_one_row_says_which_run_failed_and_why(notify):
    (row,) = notify()
    assert row["title"] == "Failed: build for 2026-03-01 to 2026-03-02"
    assert row["message"] == "The run 1a2b3c4d of build for 2026-03-01 to 2026-03-02 failed: the disk is full"
    assert row["action_url"] == f"http://127.0.0.1:3333/dagster/runs/{NIGHTLY.run_id}"
    assert (row["type"], row["site"], row["related_type"], row["related_id"]) == (
        *("run_failed", None, "run"),
        NIGHTLY.run_id,
    )
    assert (row["channels"], row["is_sent"], row["deliver_at"]) == (["in_app"], True, None)


def test_nobody_is_notified_twice_nor_where_there_is_no_operator(notify):
    assert notify(operator=None) == []
    assert len(notify()) == 1
    assert len(notify()) == 1


def test_an_hour_has_no_more_than_other_owners_have(notify):
    runs = [FailedRun(f"{number:08}", "notify", "", "down") for number in range(4)]
    rows = [notify(run, notifications_per_hour=3) for run in runs][-1]
    assert [row["related_id"] for row in rows] == ["00000000", "00000001", "00000002"]


def test_it_goes_out_by_the_operators_channels(notify, database_url):
    add_channel(database_url, "ada", "email", "ada@example.org", ["run_failed"])
    add_channel(database_url, "ada", "webhook", "https://example.org/hook", ["comment"])
    (row,) = notify()
    assert (sorted(row["channels"]), row["is_sent"], row["deliver_at"]) == (["email", "in_app"], False, NOW)


def test_it_is_in_the_operators_inbox_of_each_site(notify, database_url):
    notify()
    with connect(database_url) as connection:
        connection.execute("update ops.notifications set expires_at = now() + interval '1 day'")
    assert [row.title for row in inbox(database_url, "ada", site="example.org")] == [
        "Failed: build for 2026-03-01 to 2026-03-02"
    ]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("orchestration.errors.DogearError: PostgreSQL does not answer.\nmore", "PostgreSQL does not answer."),
        ("cannot read https://ada:secret@host/x?key=1 now", "cannot read … now"),
        ("FATAL: password=hunter2 for ada@example.org", "password=hunter2 for ada@example.org"),
        ("token ghp_abc is refused", "token … is refused"),
        (
            "connection to 10.1.2.3 and 2001:db8::1 and ::1 failed at 12:30:05",
            "connection to … and … and … failed at …",
        ),
        ("", ""),
        ("x" * 500, "x" * 299 + "…"),
    ],
)
def test_secrets_and_addresses_are_left_out(error, said, settings):
    expected = "… for …" if "hunter2" in said else said
    assert safe(error, settings) == expected
