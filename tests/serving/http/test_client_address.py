"""Peers and headers in, the client's address out."""

import pytest

from orchestration.errors import DogearError
from serving.http.client_address import ClientAddress, trusted_networks

PROXY = "10.0.0.1"
CLIENT = "203.0.113.7"
LIAR = "198.51.100.1"


@pytest.fixture
def addresses():
    return ClientAddress(trusted_networks("10.0.0.0/8, 2001:db8:ff::/48, 127.0.0.1"))


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        (CLIENT, CLIENT),
        ("2001:DB8::7", "2001:db8::7"),
        ("::ffff:203.0.113.7", CLIENT),
        ("fe80::1%eth0", "fe80::1"),
        ("", None),
        ("/run/dogear.sock", None),
    ],
)
def test_a_peer_whom_we_do_not_trust_speaks_for_itself(addresses, peer, address):
    assert addresses.of(peer, {b"x-forwarded-for": LIAR.encode(), b"forwarded": b"for=" + LIAR.encode()}) == address
    assert not addresses.trusts(peer)


@pytest.mark.parametrize("peer", [PROXY, "127.0.0.1", "::1"])
def test_nobody_is_trusted_who_is_not_named(peer):
    assert ClientAddress(trusted_networks("")).of(peer, {b"x-forwarded-for": LIAR.encode()}) == peer


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ("203.0.113.7", CLIENT),
        ("198.51.100.1, 203.0.113.7", CLIENT),
        ("198.51.100.1, 203.0.113.7, 10.2.3.4,10.0.0.9", CLIENT),
        ("203.0.113.7:51034, [2001:db8:ff::1]:443", CLIENT),
        ("[2001:db8::7]:443", "2001:db8::7"),
        ("2001:db8::7", "2001:db8::7"),
        ("::ffff:203.0.113.7", CLIENT),
        ("203.0.113.7, , ", CLIENT),
        ("198.51.100.1, unknown, 10.0.0.9", "10.0.0.9"),
        ("198.51.100.1, <script>", PROXY),
        ("10.1.1.1, 10.2.2.2", "10.1.1.1"),
        ("203.0.113.7" + "7" * 3000, PROXY),
        ("1" * 3000 + ", 203.0.113.7", CLIENT),
        ("113.0.113.7" + ", 10.0.0.9" * 199, "10.0.0.9"),  # the bound cuts the first digit off
        ("", PROXY),
    ],
)
def test_behind_our_proxies_the_last_address_that_is_not_theirs_counts(addresses, header, address):
    assert addresses.of(PROXY, {b"x-forwarded-for": header.encode()}) == address


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ("for=203.0.113.7", CLIENT),
        ('for=198.51.100.1, For="203.0.113.7:51034";proto=https;by=10.0.0.1', CLIENT),
        ('proto=https; for="[2001:db8::7]:4711", for=10.0.0.9', "2001:db8::7"),
        ("for=198.51.100.1, for=_hidden, for=10.0.0.9", "10.0.0.9"),
        ("for=198.51.100.1, proto=https", PROXY),
        ('for="198.51.100.1, for=203.0.113.7', CLIENT),
        ("\xff\xfe", PROXY),
    ],
)
def test_forwarded_counts_where_there_is_no_x_forwarded_for(addresses, header, address):
    forwarded = {b"forwarded": header.encode("latin-1")}
    assert addresses.of(PROXY, forwarded) == address
    assert addresses.of(PROXY, {b"x-forwarded-for": b"192.0.2.1", **forwarded}) == "192.0.2.1"


def test_a_network_that_is_none_is_one_clear_error():
    with pytest.raises(DogearError, match=r"DOGEAR_TRUSTED_PROXIES: 10\.0\.0\.0/99 is no network"):
        trusted_networks("127.0.0.1,10.0.0.0/99")
