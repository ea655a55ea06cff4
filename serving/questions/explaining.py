"""Why an answer came from where it came from."""

from typing import Any

from serving.questions.router import Plan, Step
from serving.questions.tables import Source

COST: dict[Source, str] = {
    "rollup": "Rows are as many as days and values, whatever the number of visits.",
    "detail": "Rows are as many as visits.",
}


def explained(plan: Plan, sql: str) -> dict[str, Any]:
    """Return the plan: each step with its table, and each cheaper one with the first reason why it did not fit."""
    return {"engine": plan.engine, "steps": [step_explained(step) for step in plan.steps], "sql": sql}


def step_explained(step: Step) -> dict[str, Any]:
    return {
        "counts": step.table.fact,
        "table": step.table.title,
        "source": step.table.source,
        "days": (step.range.last - step.range.first).days + 1,
        "compared": step.is_compared,
        "why": f"The cheapest that is exact. {COST[step.table.source]}",
        "rejected": [{"table": one.table, "reason": one.reason} for one in step.rejected],
    }
