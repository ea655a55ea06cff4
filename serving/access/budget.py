"""How much one key, or one person, may ask in a minute, and how much all of an account; each answer says what is left.

Headers: https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
"""

import math
import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass

from starlette.requests import HTTPConnection

from orchestration.settings import Settings
from serving.access.caller_rows import Caller
from serving.http.guard import Asgi, Message, Receive, Scope, Send
from serving.http.problems import ProblemError
from serving.http.token_buckets import TokenBuckets

# An account may ask as much as so many of its keys: one that runs away leaves most of it to the others.
BUDGETS_OF_AN_ACCOUNT = 5
# Where a request's headers wait for its answer.
STATE = "dogear.budget"


@dataclass(frozen=True)
class Policy:
    """One of the budgets from which a request takes; ``share``: how many times what the plan allows."""

    name: str
    of: str
    key: Hashable
    share: int


def policies_of(caller: Caller) -> list[Policy]:
    """Return the budget of the key, or of the person: sessions and their tokens share one; and that of the account."""
    own = (caller.account_id, caller.key_id)
    return [
        Policy("minute", "one key or person", own, 1),
        Policy("account", "all keys, tokens and sessions of an account", caller.account_id, BUDGETS_OF_AN_ACCOUNT),
    ]


class Budget:
    """Counts requests by plan, in this process: as many at once as a minute allows, and they come back evenly."""

    def __init__(self, settings: Settings, now: Callable[[], float] = time.monotonic) -> None:
        most = {"free": settings.rate_limit_free, "pro": settings.rate_limit_pro}
        self._buckets = {plan: TokenBuckets(per_minute, now) for plan, per_minute in most.items()}

    def take(self, connection: HTTPConnection, caller: Caller) -> None:
        """Count a request. Raises ProblemError where none is left, which is not counted."""
        buckets = self._buckets[caller.plan]
        if not buckets.per_minute:
            return
        policies = policies_of(caller)
        waits = {policy: buckets.wait([(policy.key, policy.share)]) for policy in policies}
        wait = max(waits.values())
        if not wait:
            buckets.take([(policy.key, policy.share) for policy in policies])
        left = {policy: buckets.left(policy.key, policy.share) for policy in policies}
        # The answer speaks of the budget that keeps its caller waiting, else of the one that is nearer to its end.
        shown = min(policies, key=lambda policy: (-waits[policy], left[policy]))
        most = buckets.per_minute * shown.share
        connection.scope[STATE] = {
            "RateLimit-Policy": f'"{shown.name}";q={most};w=60',
            "RateLimit": f'"{shown.name}";r={left[shown]};t={math.ceil(buckets.missing(shown.key))}',
        }
        if wait:
            seconds = math.ceil(wait)
            allowed = f"Plan {caller.plan} allows {most} requests a minute of {shown.of}"
            detail = f"{allowed}; the next is answered in {seconds} s."
            raise ProblemError(429, detail, headers={"Retry-After": str(seconds)})


class BudgetHeaders:
    """An ASGI application before another one: adds to each answer what is left of the caller's budget."""

    def __init__(self, app: Asgi) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_budget(message: Message) -> None:
            if message["type"] == "http.response.start":
                left: Mapping[str, str] = scope.get(STATE, {})
                more = [(name.lower().encode(), value.encode()) for name, value in left.items()]
                message["headers"] = [*message["headers"], *more]
            await send(message)

        await self._app(scope, receive, send_with_budget)
