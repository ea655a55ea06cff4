"""A question in the parameters of a URL: the same members, lists with commas between."""

from collections.abc import Callable
from typing import Any

import msgspec
from starlette.datastructures import QueryParams

from serving.questions.faults import Fault, QuestionError, at


def question_of(parameters: QueryParams) -> dict[str, Any]:
    """Return the question, not checked yet. Raises QuestionError for what cannot be read."""
    found: dict[str, Any] = {}
    for name, value in parameters.multi_items():
        if name in found:
            raise QuestionError(Fault("repeated", at("", name), "It is said twice; a list has commas between."))
        found[name] = READERS.get(name, said)(value) if value[:1] not in {"[", "{"} else json_of(name, value)
    return found


def json_of(name: str, value: str) -> Any:
    try:
        return msgspec.json.decode(value)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        detail = "What begins with [ or { is JSON, and this cannot be read as JSON."
        raise QuestionError(Fault("not_json", at("", name), detail)) from None


def said(value: str) -> str:
    return value


def parts(value: str) -> list[str]:
    return value.split(",") if value else []


def pairs(value: str) -> list[list[str]]:
    """Return ``visitors:desc,page:asc`` as pairs; names of time have a colon too."""
    return [part.rsplit(":", 1) if part.endswith((":asc", ":desc")) else [part, "asc"] for part in parts(value)]


def dates(value: str) -> str | list[str]:
    return parts(value) if "," in value else value


def flag(value: str) -> bool | str:
    return {"true": True, "false": False}.get(value, value)


def number(value: str) -> int | str:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else value


READERS: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(("metrics", "dimensions", "sites", "include"), parts),
    **dict.fromkeys(("range", "compare"), dates),
    **dict.fromkeys(("fill", "explain"), flag),
    "order_by": pairs,
    "limit": number,
}
