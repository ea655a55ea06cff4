"""How a contract documents problems."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, Field


class Problem(BaseModel):
    """What is wrong (RFC 9457). ``code`` stays the same while sentences are written better."""

    title: str
    status: int
    code: str
    detail: str
    errors: Annotated[
        list[dict[str, str | list[str]]], Field(description="Parts of the request that are not valid.")
    ] = []


def problems(described: Mapping[int, str]) -> dict[int | str, dict[str, Any]]:
    """Return these statuses as the contract documents them."""
    content = {"application/problem+json": {"schema": Problem.model_json_schema()}}
    return {status: {"description": text, "content": content} for status, text in described.items()}
