"""Hosts beyond ASCII, as browsers and servers write them."""

from functools import lru_cache


@lru_cache(maxsize=10_000)
def ascii_host(host: str | None) -> str | None:
    """Return the host as IDNA encodes it, as browsers send it; None if it can be no host."""
    try:
        return None if host is None else host.encode("idna").decode()
    except UnicodeError:
        return None
