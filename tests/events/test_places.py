"""Places of addresses, from files as MaxMind, DB-IP and IPinfo lay them out."""

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from orchestration.errors import DogearError
from orchestration.events.places import NOWHERE, Place, Places

CITY = {
    "country": {"iso_code": "GB", "names": {"en": "United Kingdom"}},
    "subdivisions": [{"iso_code": "ENG", "names": {"de": "England (de)", "en": "England"}}, {"names": {"en": "Kent"}}],
    "city": {"names": {"de": "Londres", "en": "London"}},
}
COUNTRY = {"country": {"iso_code": "DE"}}
FLAT = {"country_code": "US", "country": "United States", "region": "California", "city": "Mountain View"}
SHORT = {"country": "FR", "city": "-"}
HOSTILE = {"country": {"iso_code": "<b>"}, "subdivisions": "x", "city": {"names": {"fr": "Ly\x00on" + "n" * 500}}}


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type="Test-City")
    networks = {"81.2.69.0/24": CITY, "2a02:d200::/32": COUNTRY, "8.8.8.0/24": FLAT, "9.9.9.0/24": SHORT}
    for network, record in {**networks, "1.1.1.0/24": HOSTILE, "10.0.0.0/8": CITY}.items():
        writer.insert_network(IPSet([network]), record)
    path = tmp_path_factory.mktemp("places") / "places.mmdb"
    writer.to_db_file(str(path))
    return path


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("81.2.69.160", Place("GB", "England", "London")),
        ("::ffff:81.2.69.160", Place("GB", "England", "London")),
        ("2a02:d200::1", Place("DE")),
        ("8.8.8.8", Place("US", "California", "Mountain View")),
        ("9.9.9.9", Place("FR")),
        ("1.1.1.1", Place(None, None, "Lyon" + "n" * 96)),
        ("10.0.0.1", NOWHERE),
        ("127.0.0.1", NOWHERE),
        ("fe80::1", NOWHERE),
        ("203.0.112.1", NOWHERE),
        ("no address", NOWHERE),
        ("", NOWHERE),
    ],
)
def test_an_address_has_a_place_if_the_file_knows_it(database, address, place):
    assert Places(database).of(address) == place


def test_a_file_of_ipv4_alone_knows_nothing_of_ipv6(tmp_path):
    writer = MMDBWriter(ip_version=4, database_type="Test-Country")
    writer.insert_network(IPSet(["81.2.69.0/24"]), COUNTRY)
    writer.to_db_file(str(tmp_path / "v4.mmdb"))
    places = Places(tmp_path / "v4.mmdb")
    assert (places.of("81.2.69.160"), places.of("2a02:d200::1")) == (Place("DE"), NOWHERE)


def test_without_a_file_nothing_is_known():
    assert Places(None).of("81.2.69.160") == NOWHERE


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "No such file"), (b"", "not a database"), (b"<html>", "not a database"), (1000, "not a")],
)
def test_a_file_that_cannot_be_read_is_one_clear_error(database, tmp_path, content, reason):
    path = tmp_path / "bad.mmdb"
    if content is not None:
        path.write_bytes(database.read_bytes()[-content:] if isinstance(content, int) else content)
    with pytest.raises(DogearError, match=rf"bad.mmdb cannot be read: {reason}.*DOGEAR_GEO_DATABASE"):
        Places(path)
