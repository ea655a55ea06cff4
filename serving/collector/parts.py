"""The events of a batch that can be read only in part, none of them parsed."""

import json
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

import msgspec

from serving.collector.reasons import BAD

MOST_EVENTS = 1_000
SentAt = Annotated[datetime, msgspec.Meta(tz=True)]
Part = TypeVar("Part")


class Parts(msgspec.Struct, Generic[Part], frozen=True, forbid_unknown_fields=True):
    """Like ``Batch``, with its events as they were written (``Raw``), or as Python's JSON parser returns them."""

    events: Annotated[list[Part], msgspec.Meta(min_length=1, max_length=MOST_EVENTS)]
    sent_at: SentAt | None = None


PARTS = msgspec.json.Decoder(Parts[msgspec.Raw])


def parts_of(body: bytes) -> Parts[msgspec.Raw]:
    """Read the events of a batch one by one. Raises one of BAD if the body is not a batch.

    Scripts that cut a text within a character write half of it (a lone surrogate), and some write NaN. Neither is JSON,
    and one would lose the whole batch. Python's parser accepts both, and then only the one event is refused.

    Each event is encoded again, which takes long: only if the body is not JSON, and the batch is not too long.
    """
    try:
        return PARTS.decode(body)
    except msgspec.ValidationError:
        raise
    except BAD as error:
        try:
            sent: Any = json.loads(body.decode("utf-8", "surrogatepass"))
        except (ValueError, RecursionError):
            raise error from None
    batch = msgspec.convert(sent, Parts[Any])
    return Parts([written(event) for event in batch.events], batch.sent_at)


def written(event: object) -> msgspec.Raw:
    """Return the event as JSON; half of a character as bytes that are no UTF-8."""
    return msgspec.Raw(json.dumps(event, ensure_ascii=False).encode("utf-8", "surrogatepass"))
