"""Addresses in texts: of people by mail, and of the machine that sent the request.

Texts are masked again when they are loaded (``without_email`` in duckdb_macros.sql); here, so that none is in the
journal. Long texts must not make the search slow: all of this takes time in proportion to their length.
"""

import re
from functools import lru_cache
from ipaddress import ip_address

from orchestration.events.addresses import ANY_ADDRESS

# As DuckDB has it: other spaces than these are letters of an address.
BETWEEN = frozenset(' \t\n\r\f/?&=#@"\\<>()[],;:')
NO_LETTER = re.escape("".join(sorted(BETWEEN))) + "."
LABEL = rf"[^{NO_LETTER}]{{1,100}}+"
# Where all dots are encoded.
DOT = r"%(?:25)*2[eE]"
ENCODED_LABEL = rf"(?:[^{NO_LETTER}%]++|%(?!(?:25)*2[eE])){{1,60}}+"
HOST = rf"(?:{LABEL}(?:\.{LABEL})+|{ENCODED_LABEL}(?:{DOT}{ENCODED_LABEL})+)"
# The backslash of a character as JSON escapes it, which may be escaped again. Only the first one begins a match: of
# many in a row, each would be followed to the end of the row.
BACKSLASHES = r"(?<!\\)(?<!%5[cC])(?:\\|%5[cC])++"
# The part after the name of a mailbox.
AT_HOST = re.compile(rf"(?:@|%(?:25)*40|{BACKSLASHES}u0040){HOST}")
MOST_REMEMBERED = 1_000


def is_suspect(body: bytes, address: str) -> bool:
    """Return whether a body may hold an address, or what PostgreSQL cannot hold."""
    if b"@" in body or b"%" in body or b"\\" in body:
        return True
    if ":" in address:
        return spelled(address).search(body.decode("latin-1")) is not None
    return bool(address) and address.encode() in body


def masked(text: str, address: str) -> str:
    """Return the text with addresses as ``[email]`` and ``[ip]``, and without NUL, which PostgreSQL cannot hold."""
    if "@" in text or "40" in text:
        text = without_email(text)
    text = without_ip(text, address)
    return text.replace("\0", "")


def without_email(text: str) -> str:
    kept: list[str] = []
    end = place = 0
    while found := AT_HOST.search(text, place):
        start = found.start()
        while start > end and text[start - 1] not in BETWEEN:
            start -= 1
        if start < found.start():
            kept += [text[end:start], "[email]"]
            end = place = found.end()
        else:  # what is no mailbox here may be the beginning of one: @jane%40mail.example
            place = found.start() + 1
    return "".join([*kept, text[end:]]) if kept else text


def without_ip(text: str, address: str) -> str:
    if not address:
        return text
    if ":" in address or "%" in text:
        return spelled(address).sub("[ip]", text)
    return text.replace(address, "[ip]") if address in text else text


def without_any_ip(text: str) -> str:
    """Mask everything that looks like an address of a machine, for texts that only people read."""
    return ANY_ADDRESS.sub("[ip]", text)


@lru_cache(maxsize=MOST_REMEMBERED)
def spelled(address: str) -> re.Pattern[str]:
    """Return the spellings of an address: percent-encoded; for IPv6 short or in full, in any case."""
    try:
        spellings = {address, ip_address(address).exploded}
    except ValueError:  # the peer of a socket has none
        spellings = {address}
    ways = (re.escape(it).replace(":", "(?::|%(?:25)*3A)").replace(r"\.", r"(?:\.|%(?:25)*2E)") for it in spellings)
    return re.compile("|".join(ways), re.IGNORECASE)
