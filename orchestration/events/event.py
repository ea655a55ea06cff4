"""The event as clients send it: one definition, for the collector and for NDJSON files.

A line, or a request body, is one event or a batch:

    {"events": [{"type": "page_view", "data": {"occurred_at": "2026-03-01T09:00:00Z", "page_url": "…"}}]}

An unknown field is an error that names the field, so that nothing is lost by a misspelling. What has no field of its
own goes into ``properties``.
"""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import msgspec

# What happens later than a clock can be wrong is refused, as is what happened before EARLIEST.
MOST_AHEAD = timedelta(days=1)
# What strangers say of older days, nobody believes. The tracker keeps what it could not send as long as this.
LONGEST_DELAY = timedelta(days=7)

# Whose it is: one that reads like an e-mail address becomes a hash. Of another id or code, such an address is no part.
OpaqueId = Annotated[str, msgspec.Meta(min_length=1, max_length=200, extra={"kind": "opaque id"})]
Id = Annotated[str, msgspec.Meta(min_length=1, max_length=200, extra={"kind": "name"})]
Code = Annotated[str, msgspec.Meta(max_length=64, extra={"kind": "name"})]
Text = Annotated[str, msgspec.Meta(max_length=1_000)]
Url = Annotated[str, msgspec.Meta(max_length=4_000)]
Value = Annotated[str, msgspec.Meta(max_length=4_000)]
Pixels = Annotated[int, msgspec.Meta(ge=0, le=2_000_000)]
EventType = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,63}\Z")]


class EventData(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """What is said of one event. Fields are columns of ``raw.events`` (described there), but for those named here.

    - ``occurred_at``: RFC 3339 with a time zone.
    - ``visitor_id``: first-party id, sent only with consent.
    - ``session_id``: made by the client.
    - ``page_url``, ``referrer``: cut to host and path; of the query, utm parameters and the kind of click id are kept.
    - ``client_ip``: only to derive ``anonymous_id``; never stored.
    """

    occurred_at: Annotated[datetime, msgspec.Meta(tz=True)]
    event_id: UUID | None = None
    share_code: OpaqueId | None = None
    account_id: OpaqueId | None = None
    contact_id: OpaqueId | None = None
    visitor_id: OpaqueId | None = None
    session_id: OpaqueId | None = None
    client_ip: Code | None = None
    page_type: Code | None = None
    page_id: Id | None = None
    page_title: Text | None = None
    page_url: Url | None = None
    referrer: Url | None = None
    utm_source: Text | None = None
    utm_medium: Text | None = None
    utm_campaign: Text | None = None
    utm_term: Text | None = None
    utm_content: Text | None = None
    engaged_seconds: Annotated[float, msgspec.Meta(ge=0, le=86_400)] | None = None
    scroll_depth_percentage: Annotated[int, msgspec.Meta(ge=0, le=100)] | None = None
    load_time_ms: Annotated[int, msgspec.Meta(ge=0, le=3_600_000)] | None = None
    user_agent: Text | None = None
    device_type: Code | None = None
    os: Code | None = None
    browser: Code | None = None
    language_code: Code | None = None
    timezone: Code | None = None
    viewport_width: Pixels | None = None
    viewport_height: Pixels | None = None
    screen_width: Pixels | None = None
    screen_height: Pixels | None = None
    country_code: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}\Z")] | None = None
    region: Text | None = None
    city: Text | None = None
    click_target: Text | None = None
    click_category: Code | None = None
    click_context: Code | None = None
    element_type: Code | None = None
    element_id: Text | None = None
    element_class: Text | None = None
    element_text: Text | None = None
    target_url: Url | None = None
    is_external: bool | None = None
    pointer_x: Pixels | None = None
    pointer_y: Pixels | None = None
    properties: dict[Text, Value | int | float | bool | None] | None = None


class Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """One event: its type (page_view, click, session, heartbeat, scroll, interaction, or any custom name) and data."""

    type: EventType
    data: EventData
