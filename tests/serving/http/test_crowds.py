"""What one client holds at once of connections and of memory, and what is left to all others."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from orchestration.cli.web_process import WebProcess
from orchestration.settings import Settings
from serving.http.client_address import ClientAddress, trusted_networks
from serving.http.clients import Client, client_of, most_at_once
from serving.http.connections import Connections
from serving.http.in_flight import EACH, LARGEST_BODY, InFlight
from serving.http.in_flight import MOST as MOST_BYTES
from serving.http.problems import ProblemError
from tests.serving.collector.running import free_port, until
from tests.serving.crowd import CROWD, answered, crowd, on_linux

pytestmark = on_linux
MOST = 128


@pytest.fixture
def web(database_url: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a web process, as dogear serve runs it."""
    settings = Settings(home=tmp_path, web_port=free_port())
    with WebProcess(settings, {"DATABASE_URL": database_url, "DOGEAR_WEB_PORT": str(settings.web_port)}) as process:
        yield process.url


def test_twelve_hundred_idle_connections_to_the_web_process_keep_nobody_else_out(web: str):
    with crowd(web, 1_200) as idle:
        for _ in range(20):
            assert requests.get(f"{web}/healthz", timeout=10).ok
        # Long before the server itself ends connections that send nothing.
        until(lambda: len(idle) - len(answered(idle)) <= MOST, patience=9)
        # What it still has can be used.
        left = next(it for it in reversed(idle) if it not in answered(idle))
        left.sendall(b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
        assert b" 200 " in left.recv(65_536)


ADDRESSES = ["203.0.113.1", "2001:db8::1", "2001:db8:0:1::1", ""]


@given(st.lists(st.tuples(st.sampled_from(ADDRESSES), st.integers(0, LARGEST_BODY)), max_size=12))
def test_what_requests_hold_is_bounded_and_all_is_given_back(sent: list[tuple[str, int]]):
    in_flight = InFlight(2, most=3 * LARGEST_BODY)
    with ExitStack() as stack:
        for number, (address, size) in enumerate(sent):
            with suppress(ProblemError):
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
                with suppress(ProblemError):
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
