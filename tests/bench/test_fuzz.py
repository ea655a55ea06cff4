"""A few of the inputs of ``bench.fuzz``, which by hand tries thousands for each parser."""

import pytest

from bench.fuzz import MOST_MB, MOST_SECONDS, fuzz
from bench.fuzz_parsers import parsers

COUNT = 5


@pytest.mark.parametrize("name", parsers())
def test_no_text_costs_a_parser_much(name):
    slowest, grown, wrong = fuzz(name, COUNT)
    assert wrong == []
    assert slowest < MOST_SECONDS
    assert grown < MOST_MB
