"""The memory that requests hold until they are answered: bounded in all, and for each client."""

from types import TracebackType
from typing import Self

from serving.http.clients import Client, most_at_once
from serving.http.problems import ProblemError

LARGEST_BODY = 1_000_000
# Bytes of a request besides its body: a connection, its headers, our objects.
EACH = 32 * 2**10
MOST = 128 * 2**20
# Seconds until a client may try again.
SOON = {"Retry-After": "1"}
LATER = {"Retry-After": "5"}
# Address and port of the other end of a connection.
Peer = tuple[str, str]


class InFlight:
    """``most`` bytes in all; for each client a number of requests, and ``largest`` bytes besides. 0: no limit for one.

    ``total``: bytes at this moment. ``busy``: the peers whose requests are not answered yet.
    """

    def __init__(self, most_requests: int, most: int = MOST, largest: int = LARGEST_BODY) -> None:
        self._most_of_one = most_requests and most_requests * EACH + largest
        self._most = most
        self.total = 0
        self._of: dict[str, int] = {}
        self.busy: set[Peer | None] = set()

    def request(self, client: Client, peer: Peer | None) -> "Held":
        """``with in_flight.request(…) as held`` for as long as the request takes."""
        return Held(self, client, peer)

    def take(self, client: Client, size: int) -> None:
        """Count so many bytes. Raises ProblemError if that is too much, and takes nothing then."""
        if self.total + size > self._most:
            raise ProblemError(503, "Too much comes in at this moment; send it again later.", headers=LATER)
        if self._most_of_one:
            for key, share in client:
                if self._of.get(key, 0) + size > most_at_once(self._most_of_one, share, self._most):
                    raise ProblemError(429, "Too much at once from one address; send less side by side.", headers=SOON)
        self.total += size
        for key, _ in client:
            self._of[key] = self._of.get(key, 0) + size

    def give_back(self, client: Client, size: int) -> None:
        self.total -= size
        for key, _ in client:
            if left := self._of[key] - size:
                self._of[key] = left
            else:
                del self._of[key]


class Held:
    """What one request holds. ``body``: bytes of its body so far."""

    __slots__ = ("_client", "_in_flight", "_peer", "body")

    def __init__(self, in_flight: InFlight, client: Client, peer: Peer | None) -> None:
        self._in_flight = in_flight
        self._client = client
        self._peer = peer
        self.body = 0

    def __enter__(self) -> Self:
        self._in_flight.take(self._client, EACH)
        self._in_flight.busy.add(self._peer)
        return self

    def add(self, size: int) -> None:
        """Count more of its body. Raises ProblemError if there is no room."""
        self._in_flight.take(self._client, size)
        self.body += size

    def less(self, size: int) -> None:
        """Give back what does not wait any more."""
        self._in_flight.give_back(self._client, size)
        self.body -= size

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._in_flight.busy.discard(self._peer)
        self._in_flight.give_back(self._client, EACH + self.body)
