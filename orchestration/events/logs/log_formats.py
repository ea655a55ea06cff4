"""Which format is a file of visits in? Its first lines decide, never its name."""

import re
from typing import Any, Literal

import msgspec

from orchestration.events.addresses import front_of_line
from orchestration.events.logs.ndjson import Line

FileFormat = Literal["access_log", "nginx_json", "caddy_json", "cloudfront", "ndjson", "legacy"]
WHAT_IS_READ = (
    "access logs in combined or common format, with the IP addresses of visitors, as Apache, nginx and most others "
    "write them; JSON of nginx, Traefik or Caddy; CloudFront's standard logs with their #Fields; events in JSON"
)
# Without bounds, a line of brackets takes time with the square of its length.
LOOKS_LIKE_A_LOG = re.compile(
    r'(.*?)\[(?:\d{1,2}/\w{3}/\d{4}:[^\[\]]{1,40}|\d{4}-\d\d-\d\d[T ][^\[\]]{1,30}(?:Z|[+-]\d\d:?\d\d))\] +"'
)
# The most common names of fields. A site that logs other fields, or uses other names, still has some of them.
NGINX_NAMES = frozenset(
    {
        *("remote_addr", "request", "request_uri", "status", "http_user_agent", "body_bytes_sent"),
        *("ClientHost", "RequestPath", "DownstreamStatus"),  # Traefik's
    }
)
W3C_FIELDS = "#Fields:"
SAMPLE_LINES = 1000


def format_of(lines: list[str]) -> FileFormat | None:
    """Return the format of the first line that shows it; None if none of the first SAMPLE_LINES does."""
    sample = lines[:SAMPLE_LINES]
    for place, line in enumerate(sample):
        if names_cloudfront_fields(sample[place:]):
            return "cloudfront"
        if found := format_of_line(line):
            return found
    return None


def format_of_line(line: str) -> FileFormat | None:
    """Return the format that one line tells by itself."""
    found = LOOKS_LIKE_A_LOG.match(line)
    # Of nginx that listens at a socket, the addresses are those that were forwarded.
    if found and (front_of_line(found[1]).address or found[1].startswith("unix:")):
        return "access_log"
    return json_format(line) if line.lstrip().startswith("{") else None


def json_format(line: str) -> FileFormat | None:
    try:
        if msgspec.json.decode(line, type=Line).is_event():
            return "ndjson"
    except (msgspec.MsgspecError, RecursionError):
        pass
    try:
        said = msgspec.json.decode(line, type=dict[str, Any])
    except (msgspec.MsgspecError, RecursionError):
        return None
    request: Any = said.get("request")
    if isinstance(request, dict) and "uri" in request:
        return "caddy_json"
    return "nginx_json" if len(NGINX_NAMES & said.keys()) > 1 else None


def names_cloudfront_fields(lines: list[str]) -> bool:
    """Return whether the first line names the fields of a CloudFront log.

    IIS and others name theirs in the same way, but put spaces between the fields of a line where CloudFront puts tabs.
    """
    names = lines[0]
    if not names.startswith(W3C_FIELDS) or "cs-uri-stem" not in names:
        return False
    first = next((line for line in lines[1:] if line and not line.startswith("#")), None)
    return "x-edge-" in names if first is None else "\t" in first


def cloudfront_fields(lines: list[str], before: str | None) -> str | None:
    """Return the last line that names the fields, ``before`` where none of ``lines`` does."""
    return next((line for line in reversed(lines) if line.startswith(W3C_FIELDS)), before)


def why_unread(lines: list[str]) -> str:
    """Return one sentence for a person: why a file that begins with ``lines`` is in no format that is read."""
    if any(line.startswith(W3C_FIELDS) for line in lines[:SAMPLE_LINES]):
        return f"this is a W3C extended log, as IIS writes it, which is not read. What is read: {WHAT_IS_READ}."
    seen = min(SAMPLE_LINES, len(lines))
    return f"none of the first {seen:,} lines is of a format that is read: {WHAT_IS_READ}."
