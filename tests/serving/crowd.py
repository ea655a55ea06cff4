"""Connections of one address of this machine, by the hundred."""

import resource
import select
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from urllib.parse import urlsplit

import pytest

CROWD = "127.0.0.2"
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="127.0.0.2 is an address of this machine on Linux alone")


def connected(url: str, address: str) -> socket.socket:
    server = urlsplit(url)
    return socket.create_connection((server.hostname, server.port), timeout=20, source_address=(address, 0))


@contextmanager
def crowd(url: str, number: int) -> Iterator[list[socket.socket]]:
    """So many connections of one address."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4_000)), hard))
    with ExitStack() as stack:
        yield [stack.enter_context(closing(connected(url, CROWD))) for _ in range(number)]
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def answered(connections: list[socket.socket]) -> list[socket.socket]:
    """Those that the server has answered or closed."""
    poll = select.poll()
    for connection in connections:
        poll.register(connection, select.POLLIN)
    ready = {descriptor for descriptor, _ in poll.poll(0)}
    return [it for it in connections if it.fileno() in ready]
