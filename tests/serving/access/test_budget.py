"""Requests and moments in, what each answer says is left out."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import HTTPConnection

from orchestration.access.credentials import Secret
from orchestration.settings import Settings
from serving.access.budget import STATE, Budget
from serving.access.caller_rows import Caller, Scopes
from serving.http.problems import ProblemError

ADA, BOB = uuid4(), uuid4()
PER_MINUTE = 3


def caller(account: UUID, key: UUID | None = None, via: str = "session") -> Caller:
    return Caller(account, "", "owner", "free", via, Scopes((), None), key, None, Secret("key", ""))


class Asking:
    """Asks a budget of three requests a minute; ``clock`` is the time."""

    def __init__(self) -> None:
        self.clock = 1_000.0
        self._budget = Budget(Settings(rate_limit_free=PER_MINUTE), lambda: self.clock)

    def ask(self, who: Caller) -> str:
        """The header of the answer, with 429 before it where that is the answer."""
        connection = HTTPConnection({"type": "http"})
        try:
            self._budget.take(connection, who)
        except ProblemError as refusal:
            return f"{refusal.status} {connection.scope[STATE]['RateLimit']} {refusal.headers}"
        return connection.scope[STATE]["RateLimit"]


@pytest.fixture
def ask() -> Callable[[Caller], str]:
    return Asking().ask


def test_a_key_has_its_budget_and_the_account_that_of_five(ask):
    keys = [caller(ADA, uuid4(), "key") for _ in range(4)]
    said = [ask(key) for key in keys for _ in range(PER_MINUTE)]
    assert said[:3] == [f'"minute";r={left};t={seconds}' for left, seconds in ((2, 20), (1, 40), (0, 60))]
    assert said[9:] == said[:3]
    # Fifteen are the account's; where both are as near to their end, the answer names the person's own.
    assert [ask(caller(ADA)) for _ in range(3)] == said[:3]
    refused = "429 \"account\";r=0;t=60 {'Retry-After': '4'}"
    assert ask(caller(ADA, uuid4(), "key")) == refused
    assert ask(caller(BOB, uuid4(), "key")) == said[0], "another's budget"


def test_a_fresh_key_is_told_of_the_account_where_that_is_nearer_to_its_end(ask):
    said = [ask(caller(ADA, uuid4(), "key")) for _ in range(15)]
    assert said[12:] == ['"minute";r=2;t=20', '"account";r=1;t=56', '"account";r=0;t=60']


def test_a_token_shares_the_budget_of_what_it_was_made_from(ask):
    key = uuid4()
    for made_from, token in (("key", caller(ADA, key, "token")), ("session", caller(ADA, None, "token"))):
        ask(caller(ADA, token.key_id, made_from))
        assert ask(token).startswith('"minute";r=1;')


def test_what_is_refused_takes_nothing_from_the_account(ask):
    key = caller(ADA, uuid4(), "key")
    assert [ask(key)[:3] for _ in range(100)].count("429") == 97
    assert ask(caller(ADA, uuid4(), "key")) == '"minute";r=2;t=20'


@given(st.lists(st.tuples(st.integers(0, 6), st.floats(0, 30)), max_size=60))
def test_nobody_is_answered_more_often_than_the_plan_says(steps: list[tuple[int, float]]):
    asking, began = Asking(), 1_000.0
    keys = [caller(ADA, uuid4(), "key") for _ in range(6)] + [caller(ADA)]
    answered = [0] * len(keys)
    for number, seconds in steps:
        asking.clock += seconds
        answered[number] += not asking.ask(keys[number]).startswith("429")
        minutes = (asking.clock - began) / 60
        # Half a request is left to rounding.
        assert max(answered) <= PER_MINUTE * (1 + minutes) + 0.5
        assert sum(answered) <= 5 * PER_MINUTE * (1 + minutes) + 0.5
