"""Bodies that are not what they should be, made from good ones by chance; the same chance for the same seed."""

import json
import random
import uuid
from typing import Any

from tests.serving.collector.running import page_view

# Put in place of a value as they stand. Those of the first kind are JSON, which the rest of a batch must survive.
JSON_VALUES = [
    *('""', "null", "true", "[]", "{}", "-1", "1e308", "0.1e-400", "9" * 19, "9" * 40, "-" + "9" * 25, "1" + "0" * 400),
    *('"\\u0000"', '"a\\u0000b"', '"\\u0001\\u001f\\u007f\\u0080\\u2028"', '"\\ud83d\\ude00"', '"' + "x" * 5_000 + '"'),
    *('"0001-01-01T00:00:00+14:00"', '"9999-12-31T23:59:59-14:00"', '"2026-02-30T00:00:00Z"', '"2026-01-01"', "0"),
    *('"%ED%A0%80%00%C0%80%F4%90%80%80"', '"https://h%00/%ED%A0%80?utm_source=%00%ED%A0%80%FF"', '"\\\\u0040x.y"'),
    *('"\\\\\\"\\\\\\\\u0040b.c\\n@d.e"', '"\'; drop table raw.events; --"', '"https://[::1"', '{"a": {"b": [1, 2]}}'),
    *(
        "[" * 50 + "]" * 50,
        '{"": 1}',
        '{"a": 1, "a": 2}',
        '{"\\u0000": "\\u0000", "\\u0001": 1}',
        '{"k": ' + "9" * 300 + "}",
        '{"k": -' + "9" * 4_000 + "}",
    ),
    *(
        json.dumps({str(number): number for number in range(101)}),
        '{"x@y.z": 1, "q@y.z": 2}',
        '{"n": 1.7976931348623157e308}',
    ),
    *('{"n": 18446744073709551616}', '{"n": -9223372036854775809}', '"00000000-0000-0000-0000-000000000000"'),
]
OTHER_VALUES = [
    *("NaN", "Infinity", "-Infinity", "1e999", "-1e999", "01", "+1", "1" * 100_000, "undefined", "'x'", "", "{", "]"),
    *('"\\ud800"', '"\\udc00\\ud800"', '"\\x"', '"\x00"', '"\n"', "[" * 50_000, '{"a":' * 20_000, '"' + "\\u00" + '"'),
]
FIELDS = ["occurred_at", "event_id", "page_url", "page_title", "referrer", "properties", "viewport_width", "user_agent"]
FIELDS += ["session_id", "engaged_seconds", "country_code", "is_external", "surprise", "utm_source", "element_text"]
MARK = "@@HERE@@"


def batch_with(value: str, field: str, neighbours: list[dict[str, Any]], chance: random.Random) -> bytes:
    """A batch in which one event has a strange value."""
    bad = page_view("/bad")
    bad["data"][field] = MARK
    if chance.random() < 0.1:
        bad = (
            {"type": MARK, "data": bad["data"] | {field: "x"}} if chance.random() < 0.5 else {"type": "a", "data": MARK}
        )
    events = [neighbours[0], bad, *neighbours[1:]]
    return json.dumps({"events": events}).replace(json.dumps(MARK), value).encode("utf-8", "surrogatepass")


def damaged(chance: random.Random) -> bytes:
    """A body without any promise of its form."""
    body = json.dumps({"events": [page_view(), page_view("/two")]}).encode()
    kind = chance.randrange(8)
    if kind == 0:
        return body[: chance.randrange(len(body))]
    if kind == 1:
        changed = bytearray(body)
        for _ in range(chance.randrange(1, 6)):
            changed[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
        return bytes(changed)
    if kind == 2:
        at = chance.randrange(len(body))
        return body[:at] + chance.randbytes(chance.randrange(1, 20)) + body[at:]
    if kind == 3:
        return body.decode().encode(chance.choice(["utf-16", "utf-16-le", "utf-32", "utf-8-sig", "utf-7"]))
    if kind == 4:
        return chance.choice([b"", b" ", b"[]", b"{}", b"null", b"1", b'""', b"\x00", b"[" * 200_000, b'{"a":' * 9_000])
    if kind == 5:
        return body + chance.choice([b"x", b"{}", b"\x00", body])
    if kind == 6:
        return json.dumps({"events": chance.choice([[], {}, None, 1, [[]], [1] * 1_001, [None]]), "x": 1}).encode()
    return batch_with(chance.choice(OTHER_VALUES), chance.choice(FIELDS), [page_view(), page_view()], chance)


def neighbours() -> list[dict[str, Any]]:
    return [page_view(f"/good/{uuid.uuid4().hex[:6]}") for _ in range(2)]
