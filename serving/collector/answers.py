"""The response to a client: an answer, or a refusal that ends its request."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from serving.http.problems import problem

Headers = Mapping[bytes, bytes]


@dataclass(frozen=True)
class Answer:
    """``retry_after``: seconds."""

    status: int
    body: bytes = b""
    retry_after: int | None = None


class RefusedError(Exception):
    """The request is answered with a problem; the rest of its body is not read."""

    def __init__(self, status: int, detail: str, retry_after: float | None = None) -> None:
        super().__init__(detail)
        seconds = None if retry_after is None else max(1, ceil(retry_after))
        self.answer = Answer(status, problem(status, detail), seconds)
