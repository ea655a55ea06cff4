"""dbt's results as Dagster's events: a built model is a materialization, a test is an asset check."""

from collections.abc import Callable, Iterable
from typing import Any

import dagster as dg

from orchestration.rollups.dbt_run import NodeResult

UNIQUE_ID = "dagster_dbt/unique_id"
AssetEvent = dg.MaterializeResult[Any] | dg.AssetCheckResult


def event_maker(
    assets: dg.AssetsDefinition, selected_checks: Iterable[dg.AssetCheckKey]
) -> Callable[[NodeResult], AssetEvent | None]:
    """Return a function that turns a result into an event; None for unrequested assets, and for failures."""
    assets_by_id = {spec.metadata[UNIQUE_ID]: spec.key for spec in assets.specs}
    selected = set(selected_checks)
    checks_by_id = {(spec.metadata or {})[UNIQUE_ID]: spec.key for spec in assets.check_specs if spec.key in selected}

    def asset_event(result: NodeResult) -> AssetEvent | None:
        if result.unique_id in assets_by_id and result.status == "success":
            rows = {} if result.rows is None else {"rows written": result.rows}
            return dg.MaterializeResult(
                asset_key=assets_by_id[result.unique_id], metadata={"seconds": result.seconds, **rows}
            )
        if result.unique_id in checks_by_id:
            check = checks_by_id[result.unique_id]
            return dg.AssetCheckResult(
                passed=result.status == "pass",
                asset_key=check.asset_key,
                check_name=check.name,
                severity=dg.AssetCheckSeverity.WARN if result.status == "warn" else dg.AssetCheckSeverity.ERROR,
                metadata={"seconds": result.seconds, "message": result.message},
            )
        return None

    return asset_event
