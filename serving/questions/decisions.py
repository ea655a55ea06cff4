"""What is kept of a question: its shape and how it was answered, never its values, and not who asked."""

from typing import Any

from serving.questions.answer import Answer
from serving.questions.question import Question, names_of
from serving.questions.router import Plan


def decision_of(question: Question, plan: Plan, answer: Answer) -> dict[str, Any]:
    """Return a row of ``ops.query_decisions``."""
    return {
        "metrics": list(question.metrics),
        "dimensions": list(question.dimensions),
        "filtered_by": sorted(set(names_of(question.filters))),
        "days": (question.range.last - question.range.first).days + 1,
        "engine": plan.engine,
        "source": plan.source,
        "tables": [step.table.title for step in plan.steps],
        "milliseconds": answer.meta["milliseconds"],
        "row_count": len(answer.rows),
    }
