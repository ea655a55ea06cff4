"""To which addresses webhooks go. A name may lead elsewhere than to where it led when the operator wrote it."""

import errno
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


def check_peer(host: str, address: str) -> None:
    """Raises PermissionError where nothing is sent to ``address``, which the URL's ``host`` led to.

    Link-local addresses are those of a cloud's metadata, among others; loopback is meant where the URL says it itself.
    """
    peer = as_address(address)
    assert peer is not None
    if peer.is_link_local or peer.is_multicast or peer.is_unspecified:
        raise PermissionError(errno.EACCES, f"{address} is no address that webhooks are sent to")
    named = as_address(host)
    names_loopback = host == "localhost" if named is None else named.is_loopback
    if peer.is_loopback and not names_loopback:
        said = "this machine; say the address in the URL if that is meant"
        raise PermissionError(errno.EACCES, f"the name leads to {address}, {said}")


def as_address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.strip("[]"))
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


class Checked(HTTPConnection):
    """Looks whom it reached before it says a word."""

    def _new_conn(self) -> socket.socket:
        connected = super()._new_conn()
        try:
            check_peer(self.host, connected.getpeername()[0])
        except PermissionError:
            connected.close()
            raise
        return connected


class CheckedOverTls(Checked, HTTPSConnection):
    """The same, before the handshake."""


class Pool(HTTPConnectionPool):
    ConnectionCls = Checked  # pyright: ignore[reportAssignmentType] - urllib3's own subclasses do not fit its protocol


class PoolOverTls(HTTPSConnectionPool):
    ConnectionCls = CheckedOverTls  # pyright: ignore[reportAssignmentType]


class CheckedPeers(HTTPAdapter):
    """Sends requests, one by one, to whom webhooks may go."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": Pool, "https": PoolOverTls}
