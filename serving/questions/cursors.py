"""Cursors: where an answer goes on. They hold for the same question and the same data alone, so each row comes once."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256

import msgspec

from serving.questions.faults import DataChangedError, Fault, QuestionError
from serving.questions.question import Question, resolved

MOST_SKIPPED = 10**9


class Place(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """How many rows came before; of what question and what data."""

    offset: int
    question: str
    data_version: str


def digest_of(question: Question) -> str:
    """Return the same text for the same rows in the same order, in pages of any size."""
    said = {**resolved(question), "limit": None, "include": None}
    return sha256(msgspec.json.encode(said)).hexdigest()[:16]


def cursor_after(question: Question, data_version: str, offset: int) -> str:
    """Return the cursor of the rows after the first ``offset``."""
    return urlsafe_b64encode(msgspec.json.encode(Place(offset, digest_of(question), data_version))).decode().rstrip("=")


def offset_of(question: Question, data_version: str) -> int:
    """Return how many rows came before.

    Raises QuestionError for what is no cursor of this question, DataChangedError where a build has ended since.
    """
    if question.cursor is None:
        return 0
    try:
        text = question.cursor.encode("ascii")
        place = msgspec.json.decode(urlsafe_b64decode(text + b"=" * (-len(text) % 4)), type=Place)
    except (ValueError, msgspec.MsgspecError):
        place = None
    if place is None or place.question != digest_of(question) or not 0 <= place.offset <= MOST_SKIPPED:
        detail = "It is the `next` of an answer to the same question; ranges such as 28d are others the day after."
        raise QuestionError(Fault("invalid_cursor", "/cursor", detail))
    if place.data_version != data_version:
        raise DataChangedError
    return place.offset
