"""Errors as RFC 9457 has them: ``application/problem+json``."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec

# What programs go by: a code stays, a sentence may be written better.
CODES = {
    400: "bad_request",
    401: "not_signed_in",
    403: "refused",
    404: "not_found",
    405: "method_not_allowed",
    408: "too_slow",
    409: "conflict",
    413: "too_large",
    415: "unsupported_type",
    422: "invalid",
    429: "too_many_requests",
    500: "our_fault",
    502: "no_answer",
    503: "unavailable",
    504: "too_slow_upstream",
}
CONTENT_TYPE = b"application/problem+json"


class ProblemError(Exception):
    """A request ends with this problem: its status and words, a code of its own, members and headers beside it."""

    def __init__(
        self, status: int, detail: str, code: str | None = None, headers: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.headers = status, code, headers
        self.body = problem(status, detail, code, **more)


def nothing_here() -> ProblemError:
    """Return the answer to a path that there is not; also where there is something that its caller may not see."""
    return ProblemError(404, "There is nothing at this path; /openapi.json says what there is.")


def problem(status: int, detail: str, code: str | None = None, **more: Any) -> bytes:
    """Return the body: what is wrong, its code (else that of the status), and what else there is to say."""
    said = {"title": HTTPStatus(status).phrase, "status": status, "code": code or CODES[status], "detail": detail}
    return msgspec.json.encode({**said, **more})
