"""Rollups as assets: every dbt model, those of days in daily partitions, and every dbt test as an asset check."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject, dbt_assets

from orchestration.partitions import DAILY, days_of
from orchestration.resources.dagster_database import Database
from orchestration.resources.database import expected_url
from orchestration.resources.retries import PASSING_FAULTS
from orchestration.rollups.dbt_events import AssetEvent, event_maker
from orchestration.rollups.dbt_project import parsed_project
from orchestration.rollups.dbt_run import MATERIALIZED_VIEWS, NodeResult, dbt_build, dbt_refresh
from orchestration.rollups.passing_faults import may_pass
from orchestration.settings import Settings

SETTINGS = Settings()
MANIFEST = parsed_project(expected_url(SETTINGS), SETTINGS) / "manifest.json"
# Yesterday is built each night, whether anything happened or not.
BUILT_EACH_NIGHT = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=26), warn_window=timedelta(hours=25))


class Translator(DagsterDbtTranslator):
    """Models that hold days are in daily partitions; views, and seeds, are not."""

    def get_partitions_def(self, dbt_resource_props: Mapping[str, Any]) -> dg.PartitionsDefinition | None:
        return DAILY if is_of_days(dbt_resource_props) else None

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None) -> dg.AssetSpec:
        spec = super().get_asset_spec(manifest, unique_id, project)
        return dg.apply_freshness_policy(spec, BUILT_EACH_NIGHT) if spec.partitions_def is DAILY else spec


def is_of_days(dbt_resource_props: Mapping[str, Any]) -> bool:
    return dbt_resource_props["config"].get("materialized") in {"incremental", "table"}


TRANSLATOR = Translator(DagsterDbtTranslatorSettings(enable_source_tests_as_checks=True))


@dbt_assets(
    manifest=MANIFEST,
    exclude=MATERIALIZED_VIEWS,
    backfill_policy=dg.BackfillPolicy.single_run(),
    dagster_dbt_translator=TRANSLATOR,
    pool="dbt",
    retry_policy=PASSING_FAULTS,
)
def rollups(context: dg.AssetExecutionContext, database: Database) -> Iterator[AssetEvent]:
    """Build the models for the run's days; each model replaces those days in one transaction."""
    yield from recorded(context, dbt_build(database.url, database.settings, days_of(context), selection(context)))


@dbt_assets(
    manifest=MANIFEST,
    select=MATERIALIZED_VIEWS,
    name="refreshed",
    dagster_dbt_translator=TRANSLATOR,
    pool="dbt",
    retry_policy=PASSING_FAULTS,
)
def refreshed(context: dg.AssetExecutionContext, database: Database) -> Iterator[AssetEvent]:
    """Refresh the materialized views, while readers go on reading the old rows."""
    names = selection(context) or [key.path[-1] for key in context.assets_def.keys]
    yield from recorded(context, dbt_refresh(database.url, database.settings, names))


def selection(context: dg.AssetExecutionContext) -> list[str]:
    """Return the models of the same names as the selected assets; empty for all."""
    return [key.path[-1] for key in context.selected_asset_keys] if context.is_subset else []


def recorded(context: dg.AssetExecutionContext, results: Iterator[NodeResult]) -> Iterator[AssetEvent]:
    """Yield what dbt says, as Dagster records it. Raises Failure, at the end, if something failed."""
    asset_event = event_maker(context.assets_def, context.selected_asset_check_keys)
    failed: list[NodeResult] = []
    for result in results:
        if event := asset_event(result):
            yield event
        if result.status in {"error", "fail"}:
            failed.append(result)
    if failed:
        message = "; ".join(f"{result.unique_id}: {result.message}" for result in failed)
        raise dg.Failure(message, allow_retries=may_pass(failed))


defs = dg.Definitions(assets=[rollups, refreshed])
