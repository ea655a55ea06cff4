"""Connections that wait for a request: no client may hold all of them.

The server accepts connections by itself, without a limit for one client. So we poll the connections of this
process, and close those that one client holds beyond its share. A connection with an unanswered request is
left alone; ``in_flight`` bounds how many of those there are.
"""

import logging
import os
import resource
import socket
import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from serving.http.clients import Client, most_at_once
from serving.http.in_flight import Peer

# The most connections at once, if the system allows so many; others wait until one ends.
MOST_CONNECTIONS = 4_096
OTHER_FILES = 256
DESCRIPTORS = Path("/dev/fd")
LOOK_EVERY = 0.25
INTERNET = (socket.AF_INET, socket.AF_INET6)
log = logging.getLogger("dogear.connections")


class Connections:
    """``with Connections(…)`` closes connections to ``port`` beyond ``most`` of one client; 0 is no limit.

    ``of_all``: how many there may be in all. ``client_of``: the client of an address. ``busy``: the peers that wait
    for an answer.
    """

    def __init__(
        self,
        port: int,
        most: int,
        of_all: int,
        client_of: Callable[[str], Client],
        busy: Collection[Peer | None],
    ) -> None:
        self._port = port
        self._most = most
        self._of_all = of_all
        self._client_of = client_of
        self._busy = busy
        self._seen: list[Peer] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look_again, name="connections", daemon=True)

    def __enter__(self) -> Self:
        if self._most:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()

    def _look_again(self) -> None:
        while not self._stop.wait(LOOK_EVERY):
            try:
                self.look()
            except Exception as error:  # such as no free descriptor to poll with; a moment later there may be one
                log.warning("Connections were not looked at: %r", error)

    def look(self) -> None:
        """Close the connections beyond each client's share, the oldest first."""
        descriptors = [int(path.name) for path in DESCRIPTORS.iterdir()]
        if len(descriptors) <= self._most:
            return
        held = {peer: descriptor for descriptor in descriptors if (peer := self._peer_at(descriptor))}
        # Those of the last poll in their order, then the new ones.
        self._seen = list(dict.fromkeys([*filter(held.__contains__, self._seen), *held]))
        of: defaultdict[tuple[str, int], list[Peer]] = defaultdict(list)
        for peer in self._seen:
            for key in self._client_of(peer[0]):
                of[key].append(peer)
        for (_, share), peers in of.items():
            beyond = max(0, len(peers) - most_at_once(self._most, share, self._of_all))
            for peer in [it for it in peers if it not in self._busy][:beyond]:
                close_if(held[peer], peer)

    def _peer_at(self, descriptor: int) -> Peer | None:
        with suppress(OSError), connection_at(descriptor) as connection:
            if connection.family in INTERNET and connection.getsockname()[1] == self._port:
                return peer_of(connection)
        return None


def connections_at_once() -> int:
    """Return how many connections this process may have, after it has asked for as many as the system gives."""
    wanted = MOST_CONNECTIONS + OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    return files - OTHER_FILES


@contextmanager
def connection_at(descriptor: int) -> Generator[socket.socket]:
    """Yield the connection, by a descriptor of our own: it stays the same whatever the server does. Raises OSError."""
    copy = os.dup(descriptor)
    try:
        connection = socket.socket(fileno=copy)
    except OSError:  # no socket
        os.close(copy)
        raise
    with connection:
        yield connection


def peer_of(connection: socket.socket) -> Peer:
    """Return the peer as the server names it. Raises OSError if there is none."""
    host, port, *_ = connection.getpeername()
    return host.partition("%")[0], str(port)


def close_if(descriptor: int, peer: Peer) -> None:
    """End the connection, if it still is that of this peer: the server sees its end, and closes it."""
    with suppress(OSError), connection_at(descriptor) as connection:
        if peer_of(connection) == peer:
            connection.shutdown(socket.SHUT_RDWR)
