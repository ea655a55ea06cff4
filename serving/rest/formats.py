"""An answer as JSON, as one JSON object a line, or as CSV."""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

import msgspec
from starlette.responses import Response

from serving.questions.answer import Answer
from serving.questions.question import Question

JSON, NDJSON, CSV = "application/json", "application/x-ndjson", "text/csv"
# What only JSON has a place for.
NEXT, VERSION = "Dogear-Next", "Dogear-Data-Version"
# Spreadsheets run what begins so, and strangers choose these texts.
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def written(question: Question, answer: Answer) -> Response:
    """Return the answer in the format of the question."""
    if question.format == "json":
        return Response(msgspec.json.encode(answer), media_type=JSON)
    headers = {VERSION: answer.meta["data_version"], **({NEXT: answer.next} if answer.next else {})}
    if question.format == "ndjson":
        return Response(msgspec.json.Encoder().encode_lines(answer.rows), media_type=NDJSON, headers=headers)
    disposition = {"Content-Disposition": 'attachment; filename="dogear.csv"'}
    return Response(csv_of(question, answer), media_type=CSV, headers={**headers, **disposition})


def csv_of(question: Question, answer: Answer) -> str:
    """Return rows as RFC 4180 has them, below one row of names; what is not known is empty."""
    names = [*question.dimensions, *question.metrics]
    more = ["complete"] if question.time or not question.dimensions else []
    compared = [f"compared_{name}" for name in question.metrics] if question.compare else []
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow([*names, *more, *compared])
    for row in answer.rows:
        lines.writerow([*cells(row, [*names, *more]), *cells(row.get("compared", {}), [*row.get("compared", {})])])
    return text.getvalue()


def cells(row: Mapping[str, Any], names: list[str]) -> Iterator[Any]:
    for name in names:
        value = row[name]
        if isinstance(value, bool):
            yield "true" if value else "false"
        elif isinstance(value, date | datetime):
            yield value.isoformat().replace("+00:00", "Z")
        elif isinstance(value, str) and value.startswith(FORMULAS):
            yield f"'{value}"
        else:
            yield value
