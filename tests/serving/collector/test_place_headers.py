"""Headers of networks in, the place out."""

import pytest

from orchestration.events.places import NOWHERE, Place
from serving.collector.place_headers import place_in_headers


@pytest.mark.parametrize(
    ("headers", "place"),
    [
        ({b"cf-ipcountry": b"GB", b"cf-region": b"England", b"cf-ipcity": b"London"}, Place("GB", "England", "London")),
        ({b"cf-ipcountry": b"DE"}, Place("DE")),
        ({b"cf-ipcountry": b"XX"}, NOWHERE),
        ({b"cf-ipcountry": b"T1"}, NOWHERE),
        (
            {
                b"cloudfront-viewer-country": b"FR",
                b"cloudfront-viewer-country-region-name": b"Brittany",
                b"cloudfront-viewer-city": "Plœmeur".encode(),
            },
            Place("FR", "Brittany", "Plœmeur"),
        ),
        (
            {
                b"x-vercel-ip-country": b"BR",
                b"x-vercel-ip-country-region": b"SP",
                b"x-vercel-ip-city": b"S%C3%A3o%20Paulo",
            },
            Place("BR", "SP", "São Paulo"),
        ),
        ({b"fly-region": b"ams"}, NOWHERE),
        ({b"cf-ipcountry": b"gb\n"}, NOWHERE),
        ({b"cf-ipcountry": b"GB", b"cf-ipcity": b"\xff%00%0a" + b"x" * 5000}, Place("GB", None, "x" * 100)),
    ],
)
def test_the_place_is_what_a_trusted_network_says(headers, place):
    assert place_in_headers(headers, through_trusted_proxy=True) == place
    assert place_in_headers(headers, through_trusted_proxy=False) == NOWHERE
