"""Read events in the collector's format, one JSON object a line: an event, or a batch of them."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from orchestration.events.event import EARLIEST, MOST_AHEAD, Event
from orchestration.events.log_lines import without_address

ESCAPED_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line: a batch (``events``) or a single event (``type`` and ``data``); its events are not looked into yet."""

    events: list[msgspec.Raw] | msgspec.UnsetType = msgspec.UNSET
    type: msgspec.Raw = msgspec.Raw()
    data: msgspec.Raw = msgspec.Raw()

    def is_event(self) -> bool:
        """Whether it reads as an event, or as a batch of them."""
        return self.events is not msgspec.UNSET or bool(bytes(self.type))


@dataclass
class NdjsonReading:
    """What was found in some lines: rows for ``event_input``, rows that were refused, and how many lines were empty."""

    events: list[dict[str, Any]] = field(default_factory=list)
    rejected: list[dict[str, Any]] = field(default_factory=list)
    empty_lines: int = 0


def read_events(lines: list[str], first_line: int, now: datetime | None = None) -> NdjsonReading:
    """Decode and validate; what cannot be read is refused with its line, its index in the batch and the reason."""
    latest = (now or datetime.now(UTC)) + MOST_AHEAD
    reading = NdjsonReading()
    for line_number, line in enumerate(lines, first_line):
        if not line.strip():
            reading.empty_lines += 1
            continue
        place = {"line_number": line_number, "event_index": None}
        try:
            parts = split_line(line)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            reading.rejected.append({**place, "reason": str(error), "line": line})
            continue
        for index, part in enumerate(parts):
            place["event_index"] = index
            try:
                reading.events.append({**place, **event_row(part, latest)})
            except (msgspec.MsgspecError, ValueError, RecursionError) as error:
                reading.rejected.append({**place, "reason": str(error), "line": bytes(part).decode()})
    return reading


def split_line(line: str) -> list[msgspec.Raw]:
    """The events of a line, each still encoded. PostgreSQL's text cannot hold U+0000: it is dropped."""
    text = ESCAPED_NUL.sub(r"\1", line).encode()
    parsed = msgspec.json.decode(text, type=Line)
    return [msgspec.Raw(text)] if parsed.events is msgspec.UNSET else parsed.events


def event_row(encoded: msgspec.Raw, latest: datetime) -> dict[str, Any]:
    """One event as a row of ``event_input``. Raises ValueError or MsgspecError with what is wrong."""
    event = msgspec.json.decode(encoded, type=Event)
    data = event.data
    if not EARLIEST <= data.occurred_at <= latest:
        where = "in the future" if data.occurred_at > latest else f"before {EARLIEST.year}"
        raise ValueError(f"occurred_at lies {where}")
    if not (data.account_id or data.visitor_id or data.session_id or data.client_ip):
        raise ValueError("nobody did it: give session_id, visitor_id, account_id, or client_ip")
    row = {name: value for name, value in msgspec.structs.asdict(data).items() if value is not None}
    row["event_type"] = event.type
    if data.event_id is not None:
        row["event_id"] = data.event_id.hex
    else:
        text = without_address(bytes(encoded).decode())
        row["content_digest"] = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    if data.properties is not None:
        row["properties"] = msgspec.json.encode(data.properties).decode()
    return row
