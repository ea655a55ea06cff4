"""Which pages may send events of a site: its own, those of its subdomains, and those that its owner allowed."""

import re
from functools import lru_cache

from serving.collector.registry import KnownSite

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


def is_allowed(host: str, name: str, site: KnownSite) -> bool:
    bare = name.lower().partition(":")[0].removeprefix("www.")
    return host == bare or host.endswith(f".{bare}") or host in site.allowed_origins
