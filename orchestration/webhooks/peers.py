"""To which addresses webhooks go. A name may lead elsewhere than to where it led when the operator wrote it."""

import errno
import socket
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from orchestration.resources.internet_addresses import as_address, reached

# Where clouds answer their machines what these are and may do, beside the link-local address that most of them use:
# Amazon's and Google's by IPv6, Alibaba's, Oracle's, Azure's.
METADATA = {"fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "192.0.0.192", "168.63.129.16"}


def check_peer(host: str, address: str) -> None:
    """Raise PermissionError if nothing is sent to ``address``, which the URL's ``host`` led to.

    Nothing is sent to link-local addresses, nor to others of a cloud's metadata. The owner of a name decides where it
    leads. So this machine, and addresses that are neither public nor private, must be named in the URL itself.
    """
    written = as_address(address)
    assert written is not None
    peer = reached(written)
    if peer.is_link_local or peer.is_multicast or peer.is_unspecified or str(peer) in METADATA:
        raise PermissionError(errno.EACCES, f"{address} is no address that webhooks are sent to")
    if peer.is_loopback:
        place, is_said = "this machine", host == "localhost"
    else:
        place, is_said = "no public address", peer.is_global or peer.is_private
    named = as_address(host)
    if not is_said and (named is None or reached(named) != peer):
        said = f"{place}; say the address in the URL if that is meant"
        raise PermissionError(errno.EACCES, f"the name leads to {address}, {said}")


class Checked(HTTPConnection):
    """Checks the peer's address before it sends anything."""

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
    """Sends requests, one by one, to addresses that webhooks may reach."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": Pool, "https": PoolOverTls}
