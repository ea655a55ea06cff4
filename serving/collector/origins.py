"""Which host a page that sends is on."""

import re
from functools import lru_cache

LONGEST_ORIGIN = 500
# RFC 6454: scheme, host, and port; neither user nor path. A host in other letters than ASCII comes as Punycode.
ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?", re.IGNORECASE)


@lru_cache(maxsize=10_000)
def host_of(origin: str) -> str | None:
    """Return the host of an ``Origin`` header, in lower case and without port; None for one without, as ``null``."""
    if len(origin) > LONGEST_ORIGIN:
        return None
    found = ORIGIN.fullmatch(origin)
    return found[1].lower().strip("[]") if found else None
