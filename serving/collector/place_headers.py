"""The place of a visitor by headers of a CDN in front of us, for installations without a geographic database."""

from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from orchestration.events.places import NOWHERE, Place

LONGEST_HEADER = 1_000

# Names of the headers for country, region and city. Other characters than ASCII are percent-encoded.
# https://developers.cloudflare.com/rules/transform/managed-transforms/reference/
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-cloudfront-headers.html
# https://vercel.com/docs/headers/request-headers
# Fly-Region is not here: it is the region of the server.
HEADERS = (
    (b"cf-ipcountry", b"cf-region", b"cf-ipcity"),
    (b"cloudfront-viewer-country", b"cloudfront-viewer-country-region-name", b"cloudfront-viewer-city"),
    (b"x-vercel-ip-country", b"x-vercel-ip-country-region", b"x-vercel-ip-city"),
)


def place_in_headers(headers: Mapping[bytes, bytes], *, through_trusted_proxy: bool) -> Place:
    """Return the place by the first network that names one; names of ``headers`` in lower case.

    ``through_trusted_proxy``: whether the peer is a trusted proxy (``ClientAddress.trusts``). Headers from others
    are ignored, since they may say anything. Cloudflare's XX (unknown) and T1 (Tor) are no countries.
    """
    if not through_trusted_proxy:
        return NOWHERE
    for names in HEADERS:
        if names[0] in headers:
            return Place.of_texts(*(header_text(headers.get(name)) for name in names))
    return NOWHERE


def header_text(value: bytes | None) -> str | None:
    """Return the text of a header, percent-encoding undone; bytes that are not UTF-8 go."""
    return None if value is None else unquote_to_bytes(value[:LONGEST_HEADER]).decode(errors="ignore")
