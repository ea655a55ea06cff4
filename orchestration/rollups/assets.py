"""Rollups as assets: every dbt model, in daily partitions, and every dbt test as an asset check."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, dbt_assets

from orchestration.partitions import DAILY
from orchestration.resources.dagster_database import Database
from orchestration.resources.database import expected_url
from orchestration.rollups.dbt_events import AssetEvent, event_maker
from orchestration.rollups.dbt_project import parsed_project
from orchestration.rollups.dbt_run import dbt_build
from orchestration.rollups.stale_days import DayRange
from orchestration.settings import Settings

SETTINGS = Settings()


class Translator(DagsterDbtTranslator):
    """Models that hold days are in daily partitions; views, and seeds, are not."""

    def get_partitions_def(self, dbt_resource_props: Mapping[str, Any]) -> dg.PartitionsDefinition | None:
        return DAILY if dbt_resource_props["config"].get("materialized") == "incremental" else None


@dbt_assets(
    manifest=parsed_project(expected_url(SETTINGS), SETTINGS.home_folder) / "manifest.json",
    backfill_policy=dg.BackfillPolicy.single_run(),
    dagster_dbt_translator=Translator(DagsterDbtTranslatorSettings(enable_source_tests_as_checks=True)),
    pool="dbt",
)
def rollups(context: dg.AssetExecutionContext, database: Database) -> Iterator[AssetEvent]:
    """Build the models for the run's days; each model replaces those days in one transaction."""
    window = context.partition_time_window
    days = DayRange(window.start.date(), (window.end - timedelta(days=1)).date())
    # A run of some assets builds the models of the same names.
    select = [key.path[-1] for key in context.selected_asset_keys] if context.is_subset else []
    asset_event = event_maker(context.assets_def, context.selected_asset_check_keys)
    failed: list[str] = []
    for result in dbt_build(database.url, database.settings.home_folder, days, select):
        if event := asset_event(result):
            yield event
        if result.status in {"error", "fail"}:
            failed.append(f"{result.unique_id}: {result.message}")
    if failed:
        raise dg.Failure("; ".join(failed))
