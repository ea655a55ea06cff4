"""The response to a client: an answer, or a refusal that ends its request."""

from dataclasses import dataclass
from math import ceil

from serving.http.problems import ProblemError


@dataclass(frozen=True)
class Answer:
    """``retry_after``: seconds."""

    status: int
    body: bytes = b""
    retry_after: int | None = None


class RefusedError(ProblemError):
    """The request is answered with a problem; the rest of its body is not read."""

    def __init__(self, status: int, detail: str, retry_after: float | None = None) -> None:
        wait = {} if retry_after is None else {"Retry-After": str(max(1, ceil(retry_after)))}
        super().__init__(status, detail, headers=wait)


def refused(problem: ProblemError) -> Answer:
    """Return the answer that says so."""
    seconds = (problem.headers or {}).get("Retry-After")
    return Answer(problem.status, problem.body, None if seconds is None else int(seconds))
