"""Addresses on which our servers listen, and those under which one reaches them."""

import logging
import socket
from ipaddress import ip_address

log = logging.getLogger(__name__)


def why_not(host: str, port: int) -> OSError | None:
    """Return why nobody may listen there; None if one may."""
    try:
        address = address_of(host)
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
    except OSError as error:
        return error
    return None


def address_of(host: str) -> str:
    """Return the address to listen on for ``host``, which may be a name; IPv4 if it has both. Raises OSError."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return min((family, str(address[0])) for family, *_, address in found)[1]


def place(host: str, port: int) -> str:
    """Return the address and port, as URLs have them."""
    return f"{f'[{host}]' if ':' in host else host}:{port}"


def reached_at(host: str) -> str:
    """Return the address at which this machine reaches what listens on ``host``; of all addresses, loopback."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - nothing is bound here


def warn_if_reachable(what: str, host: str, port: int, which_may: str) -> None:
    """Log a warning if other machines can reach it: some want that, but nobody should do it unawares."""
    try:
        is_of_this_machine = ip_address(host).is_loopback
    except ValueError:
        is_of_this_machine = host == "localhost"
    if not is_of_this_machine:
        log.warning("%s listens on %s, where other machines reach it: %s", what, place(host, port), which_may)
