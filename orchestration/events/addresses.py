"""Addresses of machines: what is one, which of several is the visitor's, and where it is in a line of a log.

Only an IP address identifies a visitor. Each address has one spelling here, for all the ways to write it.
"""

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from itertools import takewhile
from typing import NamedTuple

# Anything that looks like an address, IPv4 or IPv6, anywhere in a text. A time has too few colons.
#
# For DuckDB's expressions as well, which have no lookaround; ``masked_excerpt`` in duckdb_macros.sql is the
# same. An address has at most 39 letters: without that bound, Python takes time with the square of the length.
ANY_ADDRESS = re.compile(
    r"\d{1,3}(?:\.\d{1,3}){3}|(?:[0-9a-fA-F]{1,4}:){4,}[0-9a-fA-F:.]*|[0-9a-fA-F:]{0,39}::[0-9a-fA-F:.]*"
)
# In a query a colon may be encoded.
ADDRESS_IN_QUERY = re.compile(
    r"\d{1,3}(?:\.\d{1,3}){3}"
    r"|(?:[0-9a-fA-F]{1,4}(?::|%3[aA])){4,}(?:[0-9a-fA-F:.]|%3[aA])*"
    r"|(?:[0-9a-fA-F:]|%3[aA]){0,39}(?::|%3[aA]){2}(?:[0-9a-fA-F:.]|%3[aA])*"
)
# With the name of an interface and a port.
LONGEST_ADDRESS = 64
# Addresses of proxies in a company or a data centre. A list of forwarded addresses may begin with them.
NOT_PUBLIC = tuple(
    ip_network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.168.0.0/16", "::/127", "fc00::/7", "fe80::/10"),
    )
)
# RFC 7239 lets proxies hide a port behind a name.
WITH_PORT = re.compile(r"\[([^\[\]]*)\](?::(?:\d{1,5}|_[\w.-]+))?|([^:]*):(?:\d{1,5}|_[\w.-]+)")
# Words at the start of a line. A list of addresses, or a text in quotes, is one word.
WORD = re.compile(r'"[^"]*"|[^\s,]+(?:,\s*[^\s,]+)*,?')
HOST = re.compile(r"(?=.*[a-zA-Z])[\w.-]{1,255}(?::\d{1,5})?|\[[\da-fA-F:.]+\](?::\d{1,5})?")
LONGEST_FRONT = 2_000
# No request passes so many proxies.
MOST_LISTED = 100
MOST_REMEMBERED = 20_000

Address = IPv4Address | IPv6Address


class Front(NamedTuple):
    """The start of a line of a log, before its time.

    ``address`` is the visitor's, None if there is none. ``host`` is the host that was visited, if it is named.
    ``next_address`` is a second address, right behind the first and public too: in a file whose lines begin with hosts
    it is the visitor's, and the first is the host. ``names`` is the rest (ident and user) without addresses.
    """

    host: str | None
    address: str | None
    next_address: str | None
    names: str


NO_FRONT = Front(None, None, None, "")


def read_address(written: str) -> Address | None:
    """Return the address without quotes, brackets, port and zone; IPv4 in IPv6 becomes IPv4. None if it is none."""
    text = written.strip('" ')
    if len(text) > LONGEST_ADDRESS:
        return None
    if with_port := WITH_PORT.fullmatch(text):
        text = with_port[1] or with_port[2] or ""
    try:
        address = ip_address(text.partition("%")[0] if ":" in text else text)
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address


@lru_cache(maxsize=MOST_REMEMBERED)
def visitor_address(written: str) -> str | None:
    """Return the visitor's address in one spelling; None if ``written`` holds none.

    ``written`` is one address, or a list with commas as proxies write it. The first public one is the visitor's,
    or the first, if none is public. Of a list, MOST_LISTED are looked at.
    """
    listed = written.strip('" ').split(",", MOST_LISTED)[:MOST_LISTED]
    found = [address for part in listed if (address := read_address(part))]
    public = (address for address in found if not any(address in network for network in NOT_PUBLIC))
    address = next(public, found[0] if found else None)
    return None if address is None else str(address)


@lru_cache(maxsize=MOST_REMEMBERED)
def front_of_line(written: str) -> Front:
    """Read the part before the time in a line of an access log.

    The first word that is an address is the visitor's. Before it may be the host that was visited, or the prefix of a
    logger. The last two words are ident and user, which anybody may have made to look like an address; some servers
    write the host in place of ident.
    """
    words = list(WORD.finditer(written)) if len(written) <= LONGEST_FRONT else []
    addresses = [visitor_address(word[0]) for word in words[: max(1, len(words) - 2)]]
    place = next((place for place, address in enumerate(addresses) if address), None)
    if place is None:
        return NO_FRONT
    # Ids are made of these: they begin where they did before the prefix of a logger was looked at.
    names = names_in(written[words[place].end() :])
    texts = [word[0] for word in words]
    if place > 0:
        place = place_behind_prefix(texts, addresses, place)
        # Behind a host or a prefix, addresses in a row are a list.
        listed = takewhile(lambda address: address is not None, addresses[place:])
        return Front(host_in(texts, place), visitor_address(",".join(map(str, listed))), None, names)
    first, second = addresses[0], addresses[1] if len(addresses) > 1 else None
    if first is None or second is None:
        return Front(host_in(texts, place), first, None, names)
    if has_port(words[0][0]) and not has_port(words[1][0]):
        return Front(words[0][0], second, None, names)
    chosen = visitor_address(f"{first},{second}")
    is_undecided = chosen == first and visitor_address(f"{second},{first}") == second
    return Front(None, chosen, second if is_undecided else None, names)


def place_behind_prefix(words: list[str], addresses: list[str | None], place: int) -> int:
    """Return where the visitor's address is, or the list of them; ``place`` is the first address of the line.

    The prefix of a logger may hold the address of the machine that wrote the line: what is the visitor's is followed
    by ident, nearly always ``-``. One word is no prefix, but the host that was visited.
    """
    if place == 1:
        return place
    found = next((at for at in range(place, len(addresses)) if addresses[at] and words[at + 1] == "-"), place)
    while found > place and addresses[found - 1]:
        found -= 1
    return found


def host_in(words: list[str], place: int) -> str | None:
    """Return the visited host, if it is right before the address at ``place``, or right behind it as ident.

    Before it there is nothing, or the prefix of a logger, which ends with ``nginx:`` or ``|``.
    """
    before = words[:place]
    if before and HOST.fullmatch(before[-1]) and (place == 1 or before[-2].endswith((":", "|"))):
        return before[-1]
    if place == 0 and len(words) == 3 and "." in words[1] and HOST.fullmatch(words[1]):
        return words[1]
    return None


def has_port(word: str) -> bool:
    return WITH_PORT.fullmatch(word) is not None and not word.endswith("]")


def names_in(words: str) -> str:
    """Return ``words`` without those that read like an address or a list of them."""
    return WORD.sub(lambda word: "" if visitor_address(word[0]) or ANY_ADDRESS.search(word[0]) else word[0], words)


def query_without_addresses(url: str) -> str:
    """Return ``url`` without anything like an address in its query; as the macro of that name in log_macros.sql."""
    path, mark, query = url.partition("?")
    return path + mark + ADDRESS_IN_QUERY.sub("", query)
