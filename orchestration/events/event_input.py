"""The columns in which readers pass on events: one row per event.

Readers of files leave the owner of the site empty, and addresses unhashed; the collector has filled and hashed them.
"""

import pyarrow as pa

TEXT_COLUMNS = (
    *("site", "user_code", "anonymous_id", "previous_anonymous_id"),
    *("event_id", "content_digest", "event_type", "share_code", "account_id", "contact_id", "visitor_id", "session_id"),
    *("client_ip", "page_type", "page_id", "page_title", "page_url", "referrer"),
    *("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"),
    *("user_agent", "device_type", "os", "browser", "language_code", "timezone", "country_code", "region", "city"),
    *("click_target", "click_category", "click_context"),
    *("element_type", "element_id", "element_class", "element_text", "target_url", "properties"),
)
INTEGER_COLUMNS = (
    *("line_number", "event_index", "scroll_depth_percentage", "load_time_ms", "viewport_width", "viewport_height"),
    *("pointer_x", "pointer_y", "response_status", "response_bytes"),
)
EVENT_INPUT = pa.schema(
    [(name, pa.string()) for name in TEXT_COLUMNS]
    + [(name, pa.int64()) for name in INTEGER_COLUMNS]
    + [(name, pa.timestamp("us", tz="UTC")) for name in ("occurred_at", "received_at", "client_occurred_at")]
    + [("engaged_seconds", pa.float64()), ("is_external", pa.bool_())]
)
REJECTED = pa.schema(
    [("line_number", pa.int64()), ("event_index", pa.int64()), ("reason", pa.string()), ("line", pa.string())]
)
