"""Questions in the contract: what they look like follows from the catalogue."""

from functools import cache
from typing import Any, get_args

from serving.questions.dimensions import DIMENSIONS
from serving.questions.filters import ALL
from serving.questions.metrics import METRICS
from serving.questions.parsing import INCLUDED
from serving.questions.question import MOST_ROWS, ROWS, Format
from serving.questions.ranges import ALLOWED
from serving.questions.router import dimensions_of

TEXT = {"type": "string"}
CONDITIONS = {
    "type": "array",
    "items": {},
    "description": f'[operator, name, values], with {", ".join(ALL)}; ["and", […]], ["or", […]], ["not", …].',
}
MEMBERS: dict[str, dict[str, Any]] = {
    "sites": {"type": "array", "items": TEXT, "description": "Sites; without it, all that the caller may see."},
    "metrics": {"type": "array", "items": {"enum": list(METRICS)}, "minItems": 1, "description": "What is counted."},
    "dimensions": {"type": "array", "items": {"enum": list(DIMENSIONS)}, "description": "By what rows are grouped."},
    "range": {"description": f"Of when: {', '.join(ALLOWED)}.", "oneOf": [TEXT, {"type": "array", "items": TEXT}]},
    "filters": {**CONDITIONS, "description": f"Of what. {CONDITIONS['description']}"},
    "having": {**CONDITIONS, "description": "Which rows, by their metrics."},
    "order_by": {"type": "array", "items": {}, "description": 'Pairs, such as ["visitors", "desc"].'},
    "compare": {"description": "previous, year, or two dates; or {to, match}, with match date or weekday."},
    "fill": {
        "type": "boolean",
        "default": True,
        "description": "A row for each step of time, also for those without any.",
    },
    "include": {"type": "array", "items": {"enum": list(INCLUDED)}, "description": "What else the answer has."},
    "limit": {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": ROWS, "description": "Rows of a page."},
    "cursor": {**TEXT, "description": "The `next` of an answer to the same question: the rows after it."},
    "explain": {"type": "boolean", "default": False, "description": "Say in `meta` which tables answered, and why."},
    "format": {"enum": list(get_args(Format)), "default": "json", "description": "How the answer is written."},
}
REQUIRED = ("metrics", "range")
QUESTION = {
    "type": "object",
    "properties": MEMBERS,
    "required": list(REQUIRED),
    "additionalProperties": False,
    "example": {"metrics": ["visitors", "page_views"], "dimensions": ["time:day"], "range": "28d"},
}
OF_BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": QUESTION}}}}
OF_PARAMETERS = {
    "parameters": [
        {
            "name": name,
            "in": "query",
            "required": name in REQUIRED,
            "description": member["description"],
            "schema": TEXT,
        }
        for name, member in MEMBERS.items()
    ]
}
ROW = {"type": "object", "additionalProperties": True}
ANSWERED = {
    "type": "object",
    "properties": {
        "columns": {"type": "array", "items": ROW, "description": "Name, type, unit, additive, better."},
        "rows": {"type": "array", "items": ROW},
        "totals": {**ROW, "description": "The same without dimensions, where asked for."},
        "row_count": {"type": "integer", "description": "Rows of all pages, where asked for."},
        "next": {"type": ["string", "null"], "description": "For `cursor`; null at the end."},
        "meta": {**ROW, "description": "The question as it was understood, data version, freshness, source, explain."},
    },
    "required": ["columns", "rows", "next", "meta"],
}
ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The answer.",
        "content": {
            "application/json": {"schema": ANSWERED},
            "application/x-ndjson": {"schema": TEXT},
            "text/csv": {"schema": TEXT},
        },
    }
}
LISTED = {"type": "array", "items": ROW}
CATALOGUE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "What can be asked.",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {"metrics": LISTED, "dimensions": LISTED},
                    "required": ["metrics", "dimensions"],
                }
            }
        },
    }
}


@cache
def catalogue() -> dict[str, Any]:
    """Return what can be asked, and by which dimensions."""
    metrics = [
        {
            "name": one.name,
            "definition": one.definition,
            "type": one.type,
            "unit": one.unit,
            "additive": one.additive,
            "better": one.better,
            "dimensions": dimensions_of(one.fact),
        }
        for one in METRICS.values()
    ]
    dimensions = [{"name": one.name, "definition": one.definition, "type": one.type} for one in DIMENSIONS.values()]
    return {"metrics": metrics, "dimensions": dimensions}
