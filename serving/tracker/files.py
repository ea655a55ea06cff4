"""The tracker's scripts as browsers get them: minified (see minify.py), with an ETag that changes with their text."""

import gzip
import hashlib
from functools import cache
from pathlib import Path

DIST = Path(__file__).parent / "dist"
NAMES = ("dogear.js", "dogear-heatmap.js", "dogear-consent.js")


@cache
def tracker_file(name: str) -> tuple[bytes, str]:
    """Return the minified script and its quoted ETag. Raises KeyError for a name that is none of NAMES."""
    if name not in NAMES:
        raise KeyError(name)
    body = (DIST / name).read_bytes()
    return body, f'"{hashlib.sha256(body).hexdigest()[:16]}"'


@cache
def gzipped(name: str) -> bytes:
    """Return the same, compressed once and for all."""
    return gzip.compress(tracker_file(name)[0], mtime=0)
