"""Read events in the collector's format, one JSON object a line: an event, or a batch of them."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from orchestration.days import EARLIEST
from orchestration.events.addresses import query_without_addresses, visitor_address
from orchestration.events.event import MOST_AHEAD, Event

ESCAPED_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
CLIENT_IP = re.compile(r'"client_ip"\s*:\s*"[^"]*"')


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line: a batch (``events``) or a single event (``type`` and ``data``); its events are not looked into yet."""

    events: list[msgspec.Raw] | msgspec.UnsetType = msgspec.UNSET
    type: msgspec.Raw = msgspec.Raw()
    data: msgspec.Raw = msgspec.Raw()

    def is_event(self) -> bool:
        """Return whether it reads as an event, or as a batch of them."""
        return self.events is not msgspec.UNSET or bool(bytes(self.type))


@dataclass
class NdjsonReading:
    """What was found in some lines: rows for ``event_input``, rows that were refused, and how many lines were empty."""

    events: list[dict[str, Any]] = field(default_factory=list)
    rejected: list[dict[str, Any]] = field(default_factory=list)
    empty_lines: int = 0


def read_events(lines: list[str], first_line: int, now: datetime | None = None, *, old_lines: int = 0) -> NdjsonReading:
    """Decode and validate; what cannot be read is refused with its line, its index in the batch and the reason.

    Up to line ``old_lines`` events without an id are known by what an older version knew them by.
    """
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
                reading.events.append({**place, **event_row(part, latest, is_old=line_number <= old_lines)})
            except (msgspec.MsgspecError, ValueError, RecursionError) as error:
                reading.rejected.append({**place, "reason": str(error), "line": bytes(part).decode()})
    return reading


def split_line(line: str) -> list[msgspec.Raw]:
    """Return the events of a line, each still encoded. PostgreSQL's text cannot hold U+0000: it is dropped."""
    text = ESCAPED_NUL.sub(r"\1", line).encode()
    parsed = msgspec.json.decode(text, type=Line)
    return [msgspec.Raw(text)] if parsed.events is msgspec.UNSET else parsed.events


def event_row(encoded: msgspec.Raw, latest: datetime, *, is_old: bool = False) -> dict[str, Any]:
    """Return one event as a row of ``event_input``. Raises ValueError or MsgspecError with what is wrong."""
    event = msgspec.json.decode(encoded, type=Event)
    data = event.data
    if not EARLIEST <= data.occurred_at <= latest:
        where = "in the future" if data.occurred_at > latest else f"before {EARLIEST.year}"
        raise ValueError(f"occurred_at lies {where}")
    address = visitor_address(data.client_ip) if data.client_ip else None
    if not (data.account_id or data.visitor_id or data.session_id or address):
        raise ValueError("nobody did it: give session_id, visitor_id, account_id, or client_ip, an IP address")
    row = {name: value for name, value in msgspec.structs.asdict(data).items() if value is not None}
    row["client_ip"] = address
    row["event_type"] = event.type
    if data.event_id is not None:
        row["event_id"] = data.event_id.hex
    else:
        text = bytes(encoded).decode()
        known_by = CLIENT_IP.sub("", text) if is_old else without_address(text, event)
        row["content_digest"] = hashlib.md5(known_by.encode(), usedforsecurity=False).hexdigest()
    if data.properties is not None:
        row["properties"] = msgspec.json.encode(data.properties).decode()
    return row


def named_fields(line: str) -> str:
    """Return the text that identifies a line: without addresses of clients, or empty if it cannot be read."""
    try:
        parts = split_line(line)
        texts = [bytes(part).decode() for part in parts]
        known_by = [without_address(text, msgspec.json.decode(text, type=Event)) for text in texts]
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return ""
    # A batch keeps its own text if nothing in it had to be rewritten.
    is_plain = [CLIENT_IP.sub("", text) for text in texts] == known_by
    return CLIENT_IP.sub("", line) if is_plain else "\n".join(known_by)


def without_address(text: str, event: Event) -> str:
    """Return an event to be hashed, without its ``client_ip`` and addresses in queries, which are not kept.

    As it was sent, where leaving out what is written as ``"client_ip":"…"`` does that; else as we write it.
    """
    data = event.data
    named = replace(
        event,
        data=replace(
            data,
            client_ip=None,
            page_url=data.page_url and query_without_addresses(data.page_url),
            referrer=data.referrer and query_without_addresses(data.referrer),
        ),
    )
    if data.client_ip is None and named == event:
        return text
    if msgspec.json.decode(CLIENT_IP.sub('"client_ip":null', text), type=Event) == named:
        return CLIENT_IP.sub("", text)
    return msgspec.json.encode(named).decode()
