"""Questions made up by hypothesis: any metrics and dimensions that go together, any filters of them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from serving.questions.dimensions import DIMENSIONS
from serving.questions.metrics import METRICS
from serving.questions.parsing import MEMBERS
from serving.questions.router import dimensions_of
from tests.serving.questions.world import FIRST, LAST

TEXTS = {
    "site": ["ada.example", "second.example", "zorro.example", "nowhere.example"],
    "page": ["/", "/a", "/blog/why", "/draft/100%25_c", "/nowhere"],
    "entry_page": ["/", "/a", "/blog/why"],
    "exit_page": ["/a", "/deep/path/x"],
    "content_type": ["blog", "page"],
    "channel": ["Direct", "Email", "Organic Search", "Referral"],
    "source": ["letter", "news.example", "google.com"],
    "referrer": ["news.example", "google.com"],
    "utm_source": ["letter", "other"],
    "country": ["DE", "AT", "FR"],
    "city": ["Leipzig", "Munich", "zorro-Leipzig"],
    "device": ["mobile", "desktop"],
    "browser": ["Chrome", "Firefox"],
    "language": ["de", "en"],
    "screen": ["mobile", "desktop"],
    "share_code": ["link"],
    "event": ["signup", "theme", "page_view", "click"],
    "goal": ["why", "ada signed up"],
}
PARTS = ["a", "/", "e", "100%", "_", ".example", "DE", "\\", "'"]
PATTERNS = ["^/", "a$", "e.a", "[a-c]+", "(blog|draft)", r"\d{2,3}", "^.{2}$"]
NUMBERS = {"hour": range(24), "weekday": range(1, 8), "version": range(4)}


@st.composite
def conditions(draw: st.DrawFn, names: Sequence[str]) -> list[Any]:
    name = draw(st.sampled_from(names))
    if draw(st.integers(0, 9)) == 0:
        return ["is_set", name]
    if name in NUMBERS:
        operator = draw(st.sampled_from(["is", "is_not", "gt", "gte", "lt", "lte"]))
        return [operator, name, draw(st.lists(st.sampled_from(NUMBERS[name]), min_size=1, max_size=2))]
    kind, values = draw(
        st.sampled_from(
            [
                ("is", TEXTS.get(name, PARTS)),
                ("is", TEXTS.get(name, PARTS)),
                ("is_not", TEXTS.get(name, PARTS)),
                ("contains", PARTS),
                ("starts_with", [*PARTS, *TEXTS.get(name, [])]),
                ("matches", PATTERNS),
            ]
        )
    )
    return [kind, name, draw(st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True))]


def filters(names: Sequence[str]) -> st.SearchStrategy[list[Any]]:
    """Conditions, and and, or, not of them."""
    return st.recursive(
        conditions(names),
        lambda parts: st.one_of(
            st.tuples(st.sampled_from(["and", "or"]), st.lists(parts, min_size=1, max_size=3)).map(list),
            parts.map(lambda part: ["not", part]),
        ),
        max_leaves=4,
    )


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    facts = draw(st.lists(st.sampled_from(sorted({one.fact for one in METRICS.values()})), min_size=1, max_size=3))
    metrics = draw(
        st.lists(
            st.sampled_from([name for name, one in METRICS.items() if one.fact in facts]),
            min_size=1,
            max_size=5,
            unique=True,
        )
    )
    asked = {METRICS[name].fact for name in metrics}
    names = [name for name in DIMENSIONS if all(name in dimensions_of(fact) for fact in asked)]
    times = [name for name in names if name.startswith("time:")]
    others = [name for name in names if name not in times]
    dimensions = draw(st.lists(st.sampled_from(others), max_size=2, unique=True))
    if draw(st.booleans()):
        dimensions.insert(draw(st.integers(0, len(dimensions))), draw(st.sampled_from(times)))
    first = FIRST + timedelta(days=draw(st.integers(-2, 11)))
    last = max(first, LAST - timedelta(days=draw(st.integers(-2, 11))))
    question: dict[str, Any] = {
        "metrics": metrics,
        "dimensions": dimensions,
        "range": [first.isoformat(), last.isoformat()],
        "limit": 10_000,
    }
    if draw(st.booleans()):
        # Mostly of what a rollup knows, too: one dimension.
        among = draw(st.sampled_from([others, *([[name] for name in others])]))
        question["filters"] = draw(filters(among))
    if draw(st.integers(0, 3)) == 0:
        question["sites"] = draw(st.sampled_from([["ada.example"], ["zorro.example", "second.example"]]))
    # Some hours times some pages times some places are more rows than a page has.
    if draw(st.integers(0, 3)) == 0 or ("time:hour" in dimensions and len(dimensions) > 2):
        question["fill"] = False
    return question


SHARP = [
    "is",
    "and",
    "not",
    "matches",
    "country",
    "page",
    "time:day",
    "28d",
    "'; drop table x --",
    "\u202e",
    "$1",
    "%s",
]
JUNK = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**30), 10**30),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=30),
        st.sampled_from(SHARP),
    ),
    lambda parts: st.one_of(
        st.lists(parts, max_size=4),
        st.dictionaries(st.one_of(st.sampled_from(["to", "match"]), st.text(max_size=5)), parts, max_size=3),
    ),
    max_leaves=12,
)


def hostile_questions() -> st.SearchStrategy[dict[str, Any]]:
    """Good questions, some of whose members are anything that JSON can say."""
    changes = st.dictionaries(st.sampled_from([*MEMBERS, "no_member", ""]), JUNK, min_size=1, max_size=3)
    return st.builds(lambda question, changed: {**question, **changed}, questions(), changes)
