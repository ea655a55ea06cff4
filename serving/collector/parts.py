"""A batch of which not all can be read, as its events, none of them looked into."""

import json
from datetime import datetime
from typing import Annotated, Any

import msgspec

from serving.collector.reasons import BAD

MOST_EVENTS = 1_000
SentAt = Annotated[datetime, msgspec.Meta(tz=True)]


class Parts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """As ``Batch``, its events as they were written."""

    events: Annotated[list[msgspec.Raw], msgspec.Meta(min_length=1, max_length=MOST_EVENTS)]
    sent_at: SentAt | None = None


PARTS = msgspec.json.Decoder(Parts)


def parts_of(body: bytes) -> Parts:
    """Raises one of BAD where the body is no batch.

    Scripts that cut a text within a character write half of it (a lone surrogate), and some write NaN. Neither is JSON,
    and one would lose the whole batch. Python's reader takes both, and the event alone is judged then.
    """
    try:
        return PARTS.decode(body)
    except BAD as error:
        try:
            sent: Any = json.loads(body.decode("utf-8", "surrogatepass"))
            whole = {**sent, "events": [written(event) for event in sent["events"]]}
        except (ValueError, TypeError, KeyError, RecursionError):
            raise error from None
    return msgspec.convert(whole, Parts)


def written(event: object) -> msgspec.Raw:
    """The event as JSON; half of a character as bytes that are no UTF-8."""
    return msgspec.Raw(json.dumps(event, ensure_ascii=False).encode("utf-8", "surrogatepass"))
