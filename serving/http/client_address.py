"""The address of the client: the peer's, or, behind trusted proxies, the one that they name."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network

from orchestration.errors import DogearError
from orchestration.events.addresses import read_address
from serving.http.clients import Client, client_of

Network = IPv4Network | IPv6Network

LONGEST_HEADER = 2_000
MOST_REMEMBERED = 10_000


class ClientAddress:
    """Knows the networks of our proxies (``trusted``).

    Only named networks are trusted: not even loopback or private networks. A peer without an address, as on a Unix
    socket, is never trusted: let such a proxy connect over loopback, and name that.
    """

    def __init__(self, trusted: Sequence[Network]) -> None:
        self._trusted = tuple(trusted)
        self._known = lru_cache(maxsize=MOST_REMEMBERED)(self._look_at)

    def of(self, peer: str, headers: Mapping[bytes, bytes]) -> str | None:
        """Return the client's address, or None if the peer has none.

        Behind a trusted peer: the right-most address of X-Forwarded-For that is not trusted itself, or of Forwarded
        (RFC 7239) if there is no X-Forwarded-For. Anybody may have written the entries further left. An invalid
        address ends the search with the last good one. ``headers``: names in lower case, repeated ones joined by commas
        in their order. Only the last LONGEST_HEADER bytes are read.
        """
        address, is_trusted = self._known(peer)
        if not is_trusted:
            return address
        for hop in hops(headers):
            named, is_trusted = self._known(hop)
            address = named or address
            if not is_trusted:
                break
        return address

    def trusts(self, peer: str) -> bool:
        """Return whether ``peer`` is one of our proxies, so that other headers of it may be believed too."""
        return self._known(peer)[1]

    def client_at(self, peer: str) -> Client:
        """Return the client to which connections of this peer count: nobody if it is one of our proxies."""
        address, is_trusted = self._known(peer)
        return () if is_trusted else client_of(address or "")

    def _look_at(self, written: str) -> tuple[str | None, bool]:
        """Return the address that ``written`` is, and whether it is one of our proxies'."""
        address = read_address(written)
        if address is None:
            return None, False
        return str(address), any(address in network for network in self._trusted)


def trusted_networks(written: str) -> tuple[Network, ...]:
    """Return what DOGEAR_TRUSTED_PROXIES says: networks or addresses, separated by commas."""
    networks: list[Network] = []
    for part in filter(None, map(str.strip, written.split(","))):
        try:
            networks.append(ip_network(part, strict=False))
        except ValueError:
            raise DogearError(
                f"DOGEAR_TRUSTED_PROXIES: {part} is no network. Write them like 10.0.0.0/8, 2001:db8::/32."
            ) from None
    return tuple(networks)


def hops(headers: Mapping[bytes, bytes]) -> Iterator[str]:
    """Yield what the proxies wrote, the nearest first, not read yet."""
    forwarded_for = headers.get(b"x-forwarded-for")
    if forwarded_for is not None:
        yield from elements(forwarded_for)
        return
    for element in elements(headers.get(b"forwarded", b"")):
        pairs = (pair.partition("=") for pair in element.split(";"))
        yield next((value.strip() for name, _, value in pairs if name.strip().lower() == "for"), "unknown")


def elements(header: bytes) -> list[str]:
    """Return the parts of a list in a header, the last first. A part that the bound cuts is left out."""
    listed = header[-LONGEST_HEADER:].decode("latin-1").split(",")
    whole = listed[1:] if len(header) > LONGEST_HEADER else listed
    return [part for part in map(str.strip, reversed(whole)) if part]
