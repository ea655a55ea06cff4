"""What is an address, and whose is it? Text in, address out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.events.addresses import front_of_line, visitor_address


@pytest.mark.parametrize(
    ("spellings", "address"),
    [
        (["192.0.2.1", "192.0.2.1:5678", '"192.0.2.1"', "::ffff:192.0.2.1", "[::FFFF:c000:201]:443"], "192.0.2.1"),
        (["2001:DB8::7", "[2001:db8:0:0:0:0:0:7]", "[2001:db8::7]:443", "2001:db8::7%eth0"], "2001:db8::7"),
        (["::1", "[::1]", "[::1]:443", "0:0:0:0:0:0:0:1"], "::1"),
        (["10.0.0.1, 192.168.1.1, 203.0.113.9, 8.8.8.8", "unknown,203.0.113.9", "::1, 203.0.113.9:80"], "203.0.113.9"),
        (["10.0.0.1, 192.168.1.1", "-, 10.0.0.1"], "10.0.0.1"),
        (
            ["", "-", "unknown", "_hidden", "visitor.example", "1.2.3", "1.2.3.4.5", "256.1.1.1", "12:30", "1.2.3.4:x"],
            None,
        ),
        (["unix:", "[1.2.3.4", "[]:80", ":80", "010.0.0.1", "\ufeff1.2.3.4", "\ufffd1.2.3.4", "1" * 80], None),
    ],
)
def test_an_address_has_one_spelling_and_what_is_none_is_none(spellings, address):
    assert {visitor_address(written) for written in spellings} == {address}


def test_of_a_list_without_end_only_the_first_hundred_are_looked_at():
    assert visitor_address("10.0.0.1," * 99 + "203.0.113.9") == "203.0.113.9"
    assert visitor_address("10.0.0.1," * 500_000 + "203.0.113.9") == "10.0.0.1"


@pytest.mark.parametrize(
    ("front", "host", "address"),
    [
        ("192.0.2.1 - - ", None, "192.0.2.1"),
        ("192.0.2.1 - some user ", None, "192.0.2.1"),
        ("garden.example:443 192.0.2.1 - - ", "garden.example:443", "192.0.2.1"),
        ("garden.example 192.0.2.1 - some user ", "garden.example", "192.0.2.1"),
        ("[2001:db8::1]:443 192.0.2.1 - - ", "[2001:db8::1]:443", "192.0.2.1"),
        ("203.0.113.1:80 192.0.2.1 - - ", "203.0.113.1:80", "192.0.2.1"),
        ("192.0.2.1 garden.example - ", "garden.example", "192.0.2.1"),  # lighttpd's own
        ("192.0.2.1 john - ", None, "192.0.2.1"),
        ("192.0.2.1, 10.0.0.1 - - ", None, "192.0.2.1"),
        ("10.0.0.1, 192.0.2.1,198.51.100.2 - - ", None, "192.0.2.1"),
        ('"192.0.2.1, 10.0.0.1" - - ', None, "192.0.2.1"),
        ("garden.example 192.0.2.1, 10.0.0.1 - - ", "garden.example", "192.0.2.1"),
        ("garden.example 10.0.0.1 192.0.2.1 - - ", "garden.example", "192.0.2.1"),
        ("garden.example 192.0.2.1 10.0.0.1 - - ", "garden.example", "192.0.2.1"),
        ("- 192.0.2.1 - - ", None, "192.0.2.1"),
        ("192.0.2.1 10.0.0.1 - - ", None, "192.0.2.1"),
        ("10.0.0.1 192.0.2.1 - - ", None, "192.0.2.1"),
        ("Nov 20 10:00:00 web nginx: 192.0.2.1 - - ", None, "192.0.2.1"),
        ("Nov 20 10:00:00 10.0.0.9 nginx[7]: 192.0.2.1 - - ", None, "192.0.2.1"),
        ("Nov 20 10:00:00 10.0.0.9 nginx[7]: garden.example:80 192.0.2.1 - - ", "garden.example:80", "192.0.2.1"),
        ("Nov 20 10:00:00 10.0.0.9 nginx: 192.0.2.1 10.0.0.1 - - ", None, "192.0.2.1"),
        ("nginx.1    | garden.example 192.0.2.1 - - ", "garden.example", "192.0.2.1"),
        ("<190>1 2026-11-20T10:00:00Z 203.0.113.9 nginx 7 - - 192.0.2.1 - - ", None, "192.0.2.1"),
        ("Nov 20 10:00:00 203.0.113.9 nginx: 192.0.2.1 - some user ", None, "192.0.2.1"),
        ("192.0.2.1 ", None, "192.0.2.1"),
        ("- - - ", None, None),
        ("visitor.example - - ", None, None),
        # A user may have any name.
        ("visitor.example - 192.0.2.1 ", None, None),
        ("- 192.0.2.1 - ", None, None),
        ("", None, None),
    ],
)
def test_what_stands_in_front_of_a_line(front, host, address):
    assert front_of_line(front)[:2] == (host, address)


@given(st.text(), st.ip_addresses(), st.ip_addresses())
def test_names_in_front_hold_no_address(user, one, other):
    for form in ("{} - {} ", "a.example {} - {} ", "{0}, {0} - {1} "):
        one_front, other_front = (front_of_line(form.format(address, user)) for address in (one, other))
        assert one_front.names == other_front.names
