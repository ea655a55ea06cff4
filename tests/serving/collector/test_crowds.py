"""One machine opens more than it should, and nobody else notices."""

import json
import resource
import select
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.collector.answers import RefusedError
from serving.collector.client_address import ClientAddress, trusted_networks
from serving.collector.clients import Client, client_of, most_at_once
from serving.collector.connections import Connections
from serving.collector.in_flight import EACH, LARGEST_BODY, InFlight
from serving.collector.in_flight import MOST as MOST_BYTES
from tests.serving.collector.running import SITE, RunningCollector, page_view, until

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="127.0.0.2 is an address of this machine on Linux alone"
)
CROWD = "127.0.0.2"
MOST = 128
BODY = 1_000_000


def connected(collector: RunningCollector, address: str) -> socket.socket:
    server = urlsplit(collector.url)
    return socket.create_connection((server.hostname, server.port), timeout=20, source_address=(address, 0))


@contextmanager
def crowd(collector: RunningCollector, number: int) -> Iterator[list[socket.socket]]:
    """So many connections of one address."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4_000)), hard))
    with ExitStack() as stack:
        yield [stack.enter_context(closing(connected(collector, CROWD))) for _ in range(number)]
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def answered(connections: list[socket.socket]) -> list[socket.socket]:
    """Those that the server has answered or closed."""
    poll = select.poll()
    for connection in connections:
        poll.register(connection, select.POLLIN)
    ready = {descriptor for descriptor, _ in poll.poll(0)}
    return [it for it in connections if it.fileno() in ready]


def head(length: int, site: str = SITE) -> bytes:
    return f"POST /api/analytics/ingest?site={site} HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n".encode()


def test_twelve_hundred_idle_connections_keep_nobody_else_out(collector: RunningCollector):
    with crowd(collector, 1_200) as idle:
        for _ in range(20):
            collector.send(page_view())
        until(lambda: len(idle) - len(answered(idle)) <= MOST)
        # What it still has can be used.
        left = next(it for it in idle if it not in answered(idle))
        body = json.dumps({"events": [page_view()]}).encode()
        left.sendall(head(len(body)) + body)
        assert b" 202 " in left.recv(65_536)
    collector.wait_for(21)
    assert collector.count() == 21


def test_who_may_not_send_is_answered_before_the_body_comes(collector: RunningCollector):
    with closing(connected(collector, CROWD)) as connection:
        connection.sendall(head(BODY, "nowhere.example"))
        assert b" 403 " in connection.recv(65_536)


def test_bodies_of_one_address_take_no_more_memory_than_its_share(collector: RunningCollector):
    with crowd(collector, 40) as sending:
        for connection in sending:
            with suppress(OSError):  # it may be refused before all is sent
                connection.sendall(head(BODY) + b" " * (BODY - 1))
        # Room for 128 requests and a large body holds five of these.
        until(lambda: len(answered(sending)) == 35)
        said = [it.recv(65_536) for it in answered(sending)[:5]]
        assert all(b" 429 " in it and b"retry-after: 1" in it.lower() for it in said)
        collector.send(page_view())
    body = json.dumps({"events": [page_view()]}).encode()

    def is_taken_again() -> bool:
        with closing(connected(collector, CROWD)) as connection:
            connection.sendall(head(len(body)) + body)
            return b" 202 " in connection.recv(65_536)

    # The server learns a moment later that the others have gone.
    until(is_taken_again)


ADDRESSES = ["203.0.113.1", "2001:db8::1", "2001:db8:0:1::1", ""]


@given(st.lists(st.tuples(st.sampled_from(ADDRESSES), st.integers(0, LARGEST_BODY)), max_size=12))
def test_what_requests_hold_is_bounded_and_all_is_given_back(sent: list[tuple[str, int]]):
    in_flight = InFlight(2, most=3 * LARGEST_BODY)
    with ExitStack() as stack:
        for number, (address, size) in enumerate(sent):
            with suppress(RefusedError):
                stack.enter_context(in_flight.request(client_of(address), (address, str(number)))).add(size)
            assert in_flight.total <= 3 * LARGEST_BODY
    assert (in_flight.total, in_flight.busy) == (0, set())
    # All of a client's share is there again.
    with in_flight.request(client_of("203.0.113.1"), None) as held:
        held.add(EACH + LARGEST_BODY)


def host_of(network: str, number: int) -> str:
    return f"2001:db8:{network}:{number:x}::1"


def test_two_networks_with_as_many_hosts_as_they_like_hold_a_quarter_of_what_requests_may():
    in_flight = InFlight(MOST)
    with ExitStack() as stack:
        for network in ("1", "2"):
            for number in range(200):
                with suppress(RefusedError):
                    held = stack.enter_context(in_flight.request(client_of(host_of(network, number)), None))
                    held.add(LARGEST_BODY)
        assert MOST_BYTES / 5 < in_flight.total <= MOST_BYTES / 4
        # Another has all that one client may.
        with in_flight.request(client_of("203.0.113.1"), None) as held:
            held.add(MOST * EACH)


@given(st.integers(1, 1_000_000), st.integers(1, 10_000_000))
def test_a_network_has_no_more_than_an_eighth_and_no_less_than_a_host(of_one: int, of_all: int):
    host, network = (most_at_once(of_one, share, of_all) for _, share in client_of("2001:db8::1"))
    assert host == of_one
    assert host <= network <= max(host, of_all / 8)


def test_a_network_keeps_an_eighth_of_all_connections_and_each_other_its_own():
    with ExitStack() as stack:
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=64))
        port = server.getsockname()[1]

        def connect(addresses: list[str]) -> list[socket.socket]:
            connections = [
                stack.enter_context(socket.create_connection(("127.0.0.1", port), None, (address, 0)))
                for address in addresses
            ]
            for _ in addresses:
                stack.enter_context(server.accept()[0])
            return connections

        def client_at(peer: str) -> Client:
            """Machines of 127.0.N.0/24 stand for the hosts of a /48."""
            _, _, network, host = peer.split(".")
            return client_of(host_of(network, int(host)))

        crowds = [connect([f"127.0.{network}.{host}" for host in range(1, 17)]) for network in (1, 2)]
        alone = connect(["127.0.3.1"] * 3)
        Connections(port, 3, 40, client_at, set()).look()
        assert [len(answered(it)) for it in (*crowds, alone)] == [11, 11, 0]


def test_a_client_keeps_its_share_of_connections_and_the_busy_ones_while_a_proxy_keeps_all():
    addresses = ClientAddress(trusted_networks("127.0.0.3"))
    with ExitStack() as stack:
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=64))
        port = server.getsockname()[1]
        stack.enter_context(socket.socketpair()[0])  # of another kind

        def connect(address: str, number: int) -> list[socket.socket]:
            connections = [socket.create_connection(("127.0.0.1", port), None, (address, 0)) for _ in range(number)]
            for connection in connections:
                stack.enter_context(connection)
                stack.enter_context(server.accept()[0])
            return connections

        others = [*connect("127.0.0.1", 1), *connect("127.0.0.3", 20)]
        first = connect(CROWD, 5)
        busy = {(CROWD, str(connection.getsockname()[1])) for connection in first[:3]}
        connections = Connections(port, 5, 1_000, addresses.client_at, busy)
        connections.look()
        assert answered([*first, *others]) == []
        # Who has been there longest goes first, but for those that wait for an answer.
        second = connect(CROWD, 15)
        connections.look()
        assert answered(first) == first[3:]
        assert (len(answered(second)), answered(others)) == (13, [])
