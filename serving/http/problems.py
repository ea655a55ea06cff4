"""Errors as RFC 9457 has them: ``application/problem+json``."""

from http import HTTPStatus
from typing import Any

import msgspec

TITLES = {
    400: "Bad request",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    408: "Too slow",
    413: "Too large",
    415: "Unsupported encoding",
    422: "Nothing could be kept",
    429: "Too many requests",
    500: "Our fault",
    503: "Not for now",
}
CONTENT_TYPE = b"application/problem+json"


def problem(status: int, detail: str, **more: Any) -> bytes:
    """Return the body: what is wrong, and what else there is to say of it."""
    title = TITLES.get(status) or HTTPStatus(status).phrase
    return msgspec.json.encode({"title": title, "status": status, "detail": detail, **more})
