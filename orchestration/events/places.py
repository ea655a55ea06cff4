"""Where an address is, by a geographic database in MaxMind's format, if the installation has one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from pathlib import Path

from orchestration.errors import DogearError

COUNTRY = re.compile(r"[A-Z]{2}")
UNKNOWN_COUNTRIES = ("XX", "ZZ")
LONGEST_NAME = 100


@dataclass(frozen=True)
class Place:
    """A country (ISO 3166-1 alpha-2), and the names of region and city as the source has them; None where unknown."""

    country_code: str | None = None
    region: str | None = None
    city: str | None = None

    @classmethod
    def of_texts(cls, country: object, region: object, city: object) -> "Place":
        """Return a place from foreign values: an invalid country is left out, names are cut to LONGEST_NAME."""
        if not isinstance(country, str) or not COUNTRY.fullmatch(country) or country in UNKNOWN_COUNTRIES:
            country = None
        return cls(country, clean_name(region), clean_name(city))


NOWHERE = Place()


class Places:
    """Looks addresses up in the file at ``path``; without a file, nothing is known.

    Country and City files will do: MaxMind's, DB-IP's, IP2Location's, and the flat ones of IPinfo. The file is mapped
    into memory: to renew it, move the new one into its place and restart. Raises DogearError if it cannot be read.
    """

    def __init__(self, path: Path | None) -> None:
        self._reader = None
        if path is None:
            return
        import maxminddb

        try:
            self._reader = maxminddb.open_database(path)
            for address in ("0.0.0.0", "128.0.0.0", "223.255.255.255"):  # noqa: S104 # ends of the tree: is all there?
                self._reader.get(address)
        except (OSError, ValueError, maxminddb.InvalidDatabaseError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a database of places"
            raise DogearError(
                f"{path} cannot be read: {reason}. DOGEAR_GEO_DATABASE must name a .mmdb file, or nothing."
            ) from None

    def of(self, address: str) -> Place:
        """Return where ``address`` is. NOWHERE for private addresses, unknown ones, and what is no address."""
        if self._reader is None:
            return NOWHERE
        import maxminddb

        try:
            ip = ip_address(address)
            if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
                ip = ip.ipv4_mapped
            record = self._reader.get(ip) if ip.is_global else None
        except (ValueError, maxminddb.InvalidDatabaseError):  # an event matters more than its place
            return NOWHERE
        return place_in(record) if isinstance(record, Mapping) else NOWHERE


def place_in(record: Mapping[str, object]) -> Place:
    """Return the place in a record: nested like MaxMind's (country.iso_code, subdivisions, city), or flat."""
    country = record.get("country")
    subdivisions = record.get("subdivisions")
    largest = subdivisions[0] if isinstance(subdivisions, list) and subdivisions else record.get("region")
    return Place.of_texts(
        country.get("iso_code") if isinstance(country, Mapping) else record.get("country_code") or country,
        name_in(largest),
        name_in(record.get("city")),
    )


def name_in(part: object) -> object:
    """Return the English name, or else the first; a text is the name itself."""
    if not isinstance(part, Mapping):
        return part
    names = part.get("names")
    if not isinstance(names, Mapping):
        return part.get("name")
    return names.get("en") or next(iter(names.values()), None)


def clean_name(name: object) -> str | None:
    """Return the first LONGEST_NAME printable characters; None if there is nothing to read."""
    if not isinstance(name, str):
        return None
    printable = "".join(character for character in name[: 10 * LONGEST_NAME] if character.isprintable())
    shown = printable.strip()[:LONGEST_NAME].rstrip()
    return None if shown in ("", "-") else shown
