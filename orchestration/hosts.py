"""Hosts in the form in which they are compared, and which of them are a site's."""

import re
from collections.abc import Iterable
from functools import lru_cache

LONGEST = 300
PORT = re.compile(r":\d*\Z")


@lru_cache(maxsize=10_000)
def ascii_host(host: str | None) -> str | None:
    """Return the host as IDNA encodes it, as browsers send it; None if it can be no host."""
    try:
        return None if host is None else host.encode("idna").decode()
    except UnicodeError:
        return None


def bare_host(written: str) -> str:
    """Return the host without port, ``www.`` and the root's dot, in lower case and as IDNA encodes it.

    An IPv6 address gets brackets. What can be no host stays as it is.
    """
    return shortened(written) if len(written) <= LONGEST else written


@lru_cache(maxsize=10_000)
def shortened(written: str) -> str:
    host = written.lower()
    if host.count(":") > 1 and not host.startswith("["):
        return f"[{host}]"
    host = PORT.sub("", host).rstrip(".")
    return (ascii_host(host) or host).removeprefix("www.")


def is_host_of(host: str, site: str, others: Iterable[str] = ()) -> bool:
    """Return whether ``host`` is the site's, below it, or one of the ``others`` that it has."""
    bare, name = bare_host(host), bare_host(site)
    return bare == name or bare.endswith(f".{name}") or bare in map(bare_host, others)
