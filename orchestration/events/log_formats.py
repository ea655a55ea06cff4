"""Which format is a file of visits in? Told by its first lines, never by its name."""

import re
from collections.abc import Callable
from typing import Any, Literal

import msgspec

from orchestration.events.log_lines import without_address, without_addresses
from orchestration.events.ndjson import Line

FileFormat = Literal["access_log", "nginx_json", "caddy_json", "cloudfront", "ndjson", "legacy"]
LOOKS_LIKE_A_LOG = re.compile(r'^\S+ \S+ .*\[\d{1,2}/\w{3}/\d{4}:[^\]]+\] "')
# Of requests, these say most; who logs other fields as well, or calls them otherwise, still has some of them.
NGINX_NAMES = frozenset({"remote_addr", "request", "request_uri", "status", "http_user_agent", "body_bytes_sent"})
CLOUDFRONT_FIELDS = "#Fields:"
SAMPLE_LINES = 1000


def format_of(lines: list[str]) -> FileFormat | None:
    """The format of the first line that tells it; None where none of the first SAMPLE_LINES does."""
    for line in lines[:SAMPLE_LINES]:
        if found := format_of_line(line):
            return found
    return None


def format_of_line(line: str) -> FileFormat | None:
    if line.startswith(CLOUDFRONT_FIELDS) and "cs-uri-stem" in line:
        return "cloudfront"
    if LOOKS_LIKE_A_LOG.match(line):
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


def cloudfront_fields(lines: list[str], before: str | None) -> str | None:
    """The last line that names the fields, ``before`` where none of ``lines`` does."""
    return next((line for line in reversed(lines) if line.startswith(CLOUDFRONT_FIELDS)), before)


def address_remover(file_format: FileFormat) -> Callable[[str], str]:
    """Takes the addresses out of a line of that format, so that it may be hashed."""
    return without_address if file_format in {"access_log", "ndjson"} else without_addresses
