"""The reason why something is not kept, for people to read: short, and without addresses."""

import msgspec

from serving.collector.masking import masked, without_any_ip

LONGEST_REASON = 500
LONGEST_EXCERPT = 300
MOST_BYTES = 500
# Between words. In a cut text, the last word may be half of an address, which would not look like one.
BETWEEN = ' \t\r\n",{}[]'

# The errors of decoding a bad body.
BAD = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError)


def reason_of(error: Exception, address: str) -> str:
    """Return what decoding found."""
    if isinstance(error, RecursionError):
        return "nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8, or half of a character"
    return without_any_ip(masked(str(error), address))[:LONGEST_REASON]


def excerpt_of(sent: bytes, address: str) -> str:
    """Return the beginning of what was sent, to look at."""
    text = sent[:MOST_BYTES].decode("utf-8", "replace")
    if len(sent) > MOST_BYTES:
        text = text[: 1 + max(text.rfind(character) for character in BETWEEN)]
    return without_any_ip(masked(text, address))[:LONGEST_EXCERPT]
