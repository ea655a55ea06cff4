"""The minute, as Dagster's own ticks and runs have it."""

from datetime import UTC, datetime

import dagster as dg
import pytest

from orchestration.notifications.channels import add_channel


@pytest.fixture
def instance():
    with dg.instance_for_test() as instance:
        yield instance


@pytest.fixture
def defs(database_url, mail_server, tmp_path, monkeypatch) -> dg.Definitions:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DOGEAR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DOGEAR_SMTP_URL", mail_server.url().get_secret_value())
    monkeypatch.setenv("DOGEAR_MAIL_FROM", "dogear@example.net")
    from orchestration.notifications import assets, jobs, schedules
    from orchestration.resources.dagster_database import Database

    resources = dg.Definitions(resources={"database": Database()})
    return dg.Definitions.merge(assets.defs, jobs.defs, schedules.defs, resources)


@pytest.fixture
def tick(defs, instance):
    """What the schedule asks for now."""
    (every_minute,) = defs.schedules

    def tick() -> dg.RunRequest | str:
        with dg.build_schedule_context(
            instance=instance, scheduled_execution_time=datetime.now(UTC), resources=defs.resources
        ) as context:
            result = every_minute.evaluate_tick(context)
        return result.run_requests[0] if result.run_requests else result.skip_message

    return tick


@pytest.fixture
def run(defs, instance):
    """Run the job; returns the metadata of what it made."""

    def run() -> dict[str, object]:
        result = defs.resolve_job_def("notify").execute_in_process(instance=instance)
        assert result.success
        (event,) = result.get_asset_materialization_events()
        return {name: value.value for name, value in event.materialization.metadata.items()}

    return run


def test_a_minute_with_nothing_to_tell_starts_no_run(tick, happen):
    assert tick() == "There is nothing to tell."
    happen(("page_view", {}))
    assert tick() == "There is nothing to tell."


def test_a_comment_is_made_and_delivered_by_one_run(tick, run, happen, database_url, mail_server):
    add_channel(database_url, "ada", "email", "ada@example.org", [])
    happen(("comment", {}), ("like", {}))
    assert isinstance(tick(), dg.RunRequest)
    done = run()
    assert (done["made"], done["sent"], done["problems"]) == (2, 1, "")
    assert [mail["Subject"] for mail in mail_server.received] == ["New comment on /blog/why-b"]
    assert tick() == "There is nothing to tell.", "the like waits for the end of its hour"


def test_runs_do_not_pile_up(tick, happen, instance, defs):
    happen(("comment", {}))
    waiting = instance.create_run_for_job(defs.resolve_job_def("notify"), status=dg.DagsterRunStatus.STARTED)
    assert tick() == "The run before is not done."
    instance.report_run_canceled(waiting)
    assert isinstance(tick(), dg.RunRequest)


def test_settings_that_are_wrong_are_said_and_stop_nothing(tick, run, happen, monkeypatch):
    monkeypatch.setenv("DOGEAR_SMTP_URL", "smtp://ada:hunter2@mail.example.org")
    happen(("comment", {}))
    assert isinstance(tick(), dg.RunRequest)
    done = run()
    assert done["made"] == 1
    assert "DOGEAR_SMTP_URL" in done["problems"]
    assert "hunter2" not in done["problems"]
    assert "DOGEAR_SMTP_URL" in tick()
