"""The code location: what the Dagster UI shows of every asset, and what the nightly schedule asks for."""

import json
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from orchestration.resources.postgres import connect
from orchestration.rollups.dbt_project import parsed_project
from orchestration.settings import Settings


@pytest.fixture
def defs(real_site, monkeypatch) -> dg.Definitions:
    for name, value in real_site.environment.items():
        monkeypatch.setenv(name, value)
    from orchestration.definitions import defs

    return defs


def test_every_asset_says_what_it_is_and_whose(defs):
    for key in defs.resolve_asset_graph().get_all_asset_keys():
        asset = defs.resolve_asset_graph().get(key)
        assert asset.description, key
        assert asset.group_name != "default", key
        assert asset.owners, key
        assert asset.kinds, key


def test_every_dbt_test_is_an_asset_check(defs, real_site):
    home = Path(real_site.environment["DOGEAR_HOME"])
    manifest = json.loads((parsed_project(real_site.database_url, Settings(home=home)) / "manifest.json").read_text())
    tests = {node["name"] for node in manifest["nodes"].values() if node["resource_type"] == "test"}
    assert "nothing_is_lost" in tests
    assert tests <= {key.name for key in defs.resolve_asset_graph().asset_check_keys}


def test_a_backfill_is_one_run(defs):
    graph = defs.resolve_asset_graph()
    partitioned = [graph.get(key) for key in graph.materializable_asset_keys if graph.get(key).partitions_def]
    assert {asset.backfill_policy for asset in partitioned} == {dg.BackfillPolicy.single_run()}


def test_the_night_builds_yesterday_and_what_changed(defs, real_site):
    (nightly,) = [schedule for schedule in defs.schedules if schedule.name == "nightly"]
    assert (nightly.cron_schedule, nightly.execution_timezone) == ("0 2 * * *", "UTC")
    forgotten = real_site.rows("delete from marts.built_days where day = '2015-05-18' returning *")
    try:
        at_night = datetime(2026, 3, 2, 2, tzinfo=UTC)
        with dg.build_schedule_context(scheduled_execution_time=at_night, resources=defs.resources) as context:
            requests = nightly.evaluate_tick(context).run_requests
    finally:
        with connect(real_site.database_url) as connection:
            connection.execute("insert into marts.built_days values (%s, %s, %s, %s)", forgotten[0])
    assert [
        (request.tags["dagster/asset_partition_range_start"], request.tags["dagster/asset_partition_range_end"])
        for request in requests
    ] == [("2015-05-17", "2015-05-20"), ("2026-03-01", "2026-03-01")]


# What a run's configuration may say of any job besides that of its ops: how much of the machine it may take.
MAY_BE_SAID = {
    "loggers.console.config.log_level",
    "loggers.console.config.name",
    "resources.duckdb.config.memory_limit",
    "resources.duckdb.config.threads",
}
OF_OPS = {"days", "sites", "only_due", "only_changed", "last_days"}


def fields_of(kind, place: str = "") -> set[str]:
    """The innermost fields of a configuration, as paths."""
    fields = getattr(kind, "fields", None)
    if fields is None:
        return {place.rstrip(".")}
    return set().union(*(fields_of(field.config_type, f"{place}{name}.") for name, field in fields.items()))


def test_the_configuration_of_a_run_reaches_no_settings_of_engines(defs):
    jobs = {job.name for job in defs.resolve_all_job_defs()}
    assert len(jobs) > 5
    for job in jobs:
        said = fields_of(defs.resolve_job_def(job).run_config_schema.config_type)
        of_ops = {field for field in said if field.startswith("ops.")}
        # A config of any kind is what Dagster gives to whatever takes none: nobody reads it.
        read = {field for field in said - of_ops if not field.endswith(".config")}
        assert read <= MAY_BE_SAID, job
        assert {field.rpartition(".")[2] for field in of_ops} <= OF_OPS | {"config"}, job


def test_a_run_that_names_settings_of_duckdb_does_not_start(defs):
    unsigned = {"connection_config": {"allow_unsigned_extensions": "true"}}
    with pytest.raises(dg.DagsterInvalidConfigError, match="connection_config"):
        dg.validate_run_config(defs.resolve_job_def("export_lake"), {"resources": {"duckdb": {"config": unsigned}}})
