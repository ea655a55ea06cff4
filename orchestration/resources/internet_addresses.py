"""Internet addresses: what kind of address does a name resolve to?"""

from ipaddress import IPv4Address, IPv6Address, ip_address

Address = IPv4Address | IPv6Address


def as_address(text: str) -> Address | None:
    """Return the address that a text is, in brackets too; None if it is none."""
    try:
        return ip_address(text.strip("[]"))
    except ValueError:
        return None


def reached(address: Address) -> Address:
    """Return the address that really answers: the IPv4 address that an IPv6 address stands for, or itself."""
    if isinstance(address, IPv4Address):
        return address
    teredo = address.teredo and address.teredo[1]
    return address.ipv4_mapped or address.sixtofour or teredo or nat64(address) or address


def is_public(address: Address) -> bool:
    """Return whether it is a public address, and does not stand for an address of another kind."""
    return reached(address).is_global and not address.is_multicast


def nat64(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address within 64:ff9b::/96 (RFC 6052)."""
    return IPv4Address(int(address) & 0xFFFFFFFF) if int(address) >> 32 == 0x64FF9B << 64 else None
