"""Runs that succeed, fail and are killed, as Dagster's daemon handles them and ``ops.job_queue`` shows them."""

import os
import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.resources.queue import queue_of


@pytest.fixture(scope="module")
def queue(make_installation):
    installation = make_installation("queue", OPERATOR="ada")
    with installation.here():
        assert installation.rows("select * from ops.job_queue") == [], "Dagster has made no table yet"
        with queue_of(installation.database_url, Path(os.environ["DAGSTER_HOME"])) as queue:
            queue.retry()
            queue.tick()
            yield queue


def notifications_of(queue, *run_ids: str) -> list[dict]:
    return queue.rows("select * from ops.notifications where related_id = any(%s)", list(run_ids))


def test_dagster_keeps_its_tables_in_a_schema_of_the_database(queue):
    schemas = queue.rows("select distinct table_schema from information_schema.tables where table_name = 'event_logs'")
    assert [row["table_schema"] for row in schemas] == ["dagster"]
    stamped, head = queue.instance.run_storage.alembic_version()
    assert stamped == head
    assert queue.rows("select version_num from ops.alembic_version")[0]["version_num"] != stamped


def test_a_run_that_succeeds(queue):
    tags = {
        ".dagster/scheduled_execution_time": "2026-03-02T02:00:00+00:00",
        "dagster/schedule_name": "nightly",
        "dagster/asset_partition_range_start": "2026-03-01",
        "dagster/asset_partition_range_end": "2026-03-02",
    }
    run_id = queue.submit("succeeds", tags)
    waiting = queue.row(run_id)
    assert (waiting["state"], waiting["started_at"], waiting["worker"]) == ("queued", None, None)
    assert waiting["waiting_seconds"] >= 0
    queue.work()
    done = queue.row(run_id)
    assert (done["job"], done["state"], done["priority"], done["asked_by"]) == (
        *("succeeds", "succeeded", 4),
        "schedule nightly",
    )
    assert done["scheduled_at"] == datetime(2026, 3, 2, 2, tzinfo=UTC)
    assert done["queued_at"] <= done["started_at"] <= done["ended_at"]
    assert abs(datetime.now(UTC) - done["queued_at"]).total_seconds() < 60
    assert float(done["processing_seconds"]) == pytest.approx(
        (done["ended_at"] - done["started_at"]).total_seconds(), abs=0.01
    )
    assert done["worker"].startswith(f"{os.uname().nodename}/")
    assert (done["attempt"], done["max_attempts"]) == (1, 3)
    assert (done["partition_from"], done["partition_to"]) == ("2026-03-01", "2026-03-02")
    assert (done["error"], done["will_retry"]) == (None, False)


def test_the_highest_priority_begins_first(queue):
    by_priority = {
        2: queue.submit("succeeds", {"dagster/priority": "2"}),
        4: queue.submit("succeeds"),
        5: queue.submit("stumbles"),
        10: queue.submit("succeeds", {"dagster/priority": "99"}),
    }
    assert {queue.row(run_id)["priority"]: run_id for run_id in by_priority.values()} == by_priority
    of_the_same_pool = queue.submit("stumbles")
    queue.work()
    assert queue.row(by_priority[2])["state"] == "queued", "three run at once"
    assert queue.row(of_the_same_pool)["state"] == "queued", "but one of a pool"
    begun = queue.rows(
        "select run_id from dagster.event_logs where dagster_event_type = 'PIPELINE_STARTING' and run_id = any(%s) "
        "order by id",
        list(by_priority.values()),
    )
    assert [row["run_id"] for row in begun] == [by_priority[10], by_priority[5], by_priority[4]]
    # It met two faults that passed: its step was tried again, which is no other run.
    assert (queue.row(by_priority[5])["state"], queue.row(by_priority[5])["attempt"]) == ("succeeded", 1)
    for waiting in (by_priority[2], of_the_same_pool):
        queue.instance.run_coordinator.cancel_run(waiting)
        assert queue.row(waiting)["state"] == "canceled"


def test_a_step_that_fails_is_told_once_and_its_run_not_tried_again(queue):
    run_id = queue.submit("fails", {"dagster/partition": "2026-03-01"})
    queue.work()
    queue.retry()
    queue.tick()
    queue.tick()
    failed = queue.row(run_id)
    assert (failed["state"], failed["will_retry"]) == ("failed", False)
    assert failed["error"].startswith("mails of ada@example.org")
    assert queue.rows("select state from ops.job_queue where state = 'queued'") == []
    (row,) = notifications_of(queue, run_id)
    assert (row["user_code"], row["type"], row["site"]) == ("ada", "run_failed", None)
    assert row["title"] == "Failed: fails for 2026-03-01"
    assert row["message"] == f"The run {run_id[:8]} of fails for 2026-03-01 failed: mails of … at … are full"
    assert row["action_url"] == f"http://127.0.0.1:3000/dagster/runs/{run_id}"


def test_a_run_that_is_killed_has_three_attempts_and_is_notified_after_the_last(queue):
    first = queue.submit("dies")
    for _ in range(3):
        queue.work()
        queue.tick()
        queue.retry()
    attempts = queue.rows("select * from ops.job_queue where first_run_id = %s order by queued_at", first)
    assert [(row["state"], row["attempt"], row["will_retry"]) for row in attempts] == [
        ("failed", 1, True),
        ("failed", 2, True),
        ("failed", 3, False),
    ]
    assert "SIGKILL" in attempts[0]["error"]
    assert len({row["worker"] for row in attempts}) == 3
    (row,) = notifications_of(queue, *(attempt["run_id"] for attempt in attempts))
    assert row["related_id"] == attempts[2]["run_id"]
    assert "SIGKILL" in row["message"]


def test_a_run_whose_code_server_was_killed_with_it_is_seen_and_tried_again(queue, tmp_path):
    os.mkfifo(pipe := tmp_path / "pipe")
    first = queue.submit("waits", config={"ops": {"wait": {"config": {"pipe": str(pipe)}}}})
    queue.dequeue()
    for process in pipe.read_text().split():
        os.kill(int(process), signal.SIGKILL)
    queue.restart()
    assert queue.row(first)["state"] == "running"
    queue.monitor()
    assert queue.row(first)["state"] == "failed"
    queue.retry()
    (second,) = queue.rows("select * from ops.job_queue where first_run_id = %s and attempt = 2", first)
    assert (second["state"], second["worker"]) == ("queued", None)
    queue.dequeue()
    pipe.read_text()
    queue.monitor()
    assert queue.row(second["run_id"])["state"] == "running", "its worker lives"
    queue.instance.run_launcher.terminate(second["run_id"])
    queue.wait()
    assert queue.row(second["run_id"])["state"] == "canceled"
