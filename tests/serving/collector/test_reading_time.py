"""To judge a body takes no longer than its size allows: while one is read, nobody else is answered."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from serving.collector.batch import BadBodyError, read_batch
from serving.collector.masking import masked
from serving.collector.sender import Sender
from tests.serving.collector.running import SITE, page_view

SENDER = Sender(SITE, "owner", "203.0.113.7", "Firefox")
# Times what Python takes to parse a megabyte of numbers; some of these took thirty times as long and more.
LONGEST = 8
NUMBERS = b",".join([b"1"] * 498_000)
TEXT = b'"' + b"a" * 999_000 + b'"'
KEYS = b",".join(b'"%d":1' % number for number in range(90_000))
BAD = json.dumps({"type": "page_view", "data": {"occurred_at": "a.b c:d " * 120}}).encode()
GOOD = json.dumps(page_view()).encode()


def reason_to_refuse(body: bytes) -> str:
    try:
        read_batch(body, SENDER, datetime.now(UTC), lambda _: b"salt")
    except BadBodyError as error:
        return str(error)
    return ""


def seconds(work: Callable[[], object]) -> float:
    """Return the seconds of the processor that ``work`` takes: the least of three, since the machine may be busy."""

    def once() -> float:
        began = time.process_time()
        work()
        return time.process_time() - began

    return min(once() for _ in range(3))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"events":[%b]}' % NUMBERS, "Expected `array` of length <= 1000 - at `$.events`"),
        (b'{"events":[%b,NaN]}' % NUMBERS, "Expected `array` of length <= 1000 - at `$.events`"),
        (b'{"events":%b}' % TEXT, "Expected `array`, got `str` - at `$.events`"),
        (b'{"sent_at":NaN,"events":%b}' % TEXT, "Expected `datetime | null`, got `float` - at `$.sent_at`"),
        (b'{"events":{%b,"n":NaN}}' % KEYS, "Expected `array`, got `object` - at `$.events`"),
        (b'{"events":[[%b],NaN]}' % NUMBERS, "none of the events can be kept"),
        (b'{"events":[%b]}' % b",".join([BAD] * 950), "none of the events can be kept"),
        (b'{"events":[%b]}' % b",".join([*[BAD] * 950, GOOD]), ""),
    ],
    ids=["numbers", "numbers-nan", "text", "text-nan", "keys-nan", "one-event", "bad-events", "one-good-event"],
)
def test_a_body_of_a_megabyte_is_judged_soon(body: bytes, said: str):
    assert len(body) <= 1_000_000
    assert reason_to_refuse(body) == said
    assert seconds(lambda: reason_to_refuse(body)) < LONGEST * seconds(lambda: json.loads(b"[%b]" % NUMBERS))


@pytest.mark.parametrize("part", ["\\", "%5c", "%25", "@", "@a.", "%40", "a@b.c ", "\\u0040", "::", "1."])
def test_addresses_are_masked_in_a_text_of_any_length(part: str):
    text = part * (1_000_000 // len(part))
    # What grows with the square of the length would take minutes.
    assert seconds(lambda: masked(text, "2001:db8::7")) < 10 * LONGEST * seconds(lambda: json.loads(b"[%b]" % NUMBERS))
