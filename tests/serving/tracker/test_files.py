"""The scripts as they are served."""

import gzip

import pytest

from serving.tracker.files import DIST, NAMES, tracker_file
from serving.tracker.minify import sums


def test_the_tracker_stays_small() -> None:
    size = len(gzip.compress(tracker_file("dogear.js")[0]))
    assert size <= 2048, "shorten serving/tracker/dogear.js, or move what not all need to a part loaded on demand"


def test_what_is_served_was_made_from_the_sources() -> None:
    assert (DIST / "SHA256SUMS").read_text() == sums(), "run: python -m serving.tracker.minify"


def test_each_script_has_an_etag_of_its_own() -> None:
    assert len({tracker_file(name)[1] for name in NAMES}) == len(NAMES)
    with pytest.raises(KeyError):
        tracker_file("../files.py")
