"""What is limited as one client: a machine by its address, and a network that has addresses by the million."""

from collections.abc import MutableMapping
from functools import lru_cache
from ipaddress import IPv6Network
from typing import Any

MOST_REMEMBERED = 10_000
# A host has a /64 to itself, and customers who ask for more get a /48: 65,536 hosts (RFC 6177). Such a network may do
# as much as sixteen hosts.
HOST, NETWORK, HOSTS_OF_A_NETWORK = 64, 48, 16
# It holds at most this share of everything that is open at once: seven times as much is left to others.
PART_OF_ALL = 8

# Where the scope of a request holds its client.
CLIENT = "dogear.client"

# The keys under which a client is counted, each with its multiple of a limit.
Client = tuple[tuple[str, int], ...]


@lru_cache(maxsize=MOST_REMEMBERED)
def client_of(address: str) -> Client:
    """Return an IPv4 address, or an IPv6 host and its network; nothing is counted for nobody ("")."""
    if not address:
        return ()
    if ":" not in address:
        return ((address, 1),)
    host, network = (str(IPv6Network((address, length), strict=False)) for length in (HOST, NETWORK))
    return ((host, 1), (network, HOSTS_OF_A_NETWORK))


def client_in(scope: MutableMapping[str, Any]) -> Client:
    """Return the client of a request; nobody where nothing has looked for one."""
    return scope.get(CLIENT, ())


def most_at_once(of_one: int, share: int, of_all: int) -> int:
    """Return how much a key with this share may hold at once, if one client may hold ``of_one`` and all ``of_all``.

    A network may hold no more than an eighth of all, but as much as any one host.
    """
    return max(of_one, min(of_one * share, of_all // PART_OF_ALL))
