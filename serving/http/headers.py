"""The headers of a request."""

from collections.abc import Mapping, Sequence

Headers = Mapping[bytes, bytes]


def joined(pairs: Sequence[tuple[bytes, bytes]]) -> Headers:
    """Return headers by name; repeated ones joined by commas, in their order (RFC 9110, 5.3)."""
    headers = dict(pairs)
    if len(headers) == len(pairs):
        return headers
    together: dict[bytes, bytes] = {}
    for name, value in pairs:
        together[name] = b"%b, %b" % (together[name], value) if name in together else value
    return together
