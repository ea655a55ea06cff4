"""How much one key, or one person, may ask in a minute; each answer says what is left.

Headers: https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
"""

import math
from collections.abc import Mapping

from starlette.requests import HTTPConnection

from orchestration.settings import Settings
from serving.access.caller_rows import Caller
from serving.http.guard import Asgi, Message, Receive, Scope, Send
from serving.http.problems import ProblemError
from serving.http.token_buckets import TokenBuckets

NAME = "minute"
# Where a request's headers wait for its answer.
STATE = "dogear.budget"


class Budget:
    """Counts requests by plan, in this process: as many at once as a minute allows, and they come back evenly.

    A key has a budget of its own; the sessions and tokens of an account share one.
    """

    def __init__(self, settings: Settings) -> None:
        most = {"free": settings.rate_limit_free, "pro": settings.rate_limit_pro}
        self._buckets = {plan: TokenBuckets(per_minute) for plan, per_minute in most.items()}

    def take(self, connection: HTTPConnection, caller: Caller) -> None:
        """Count a request. Raises ProblemError where none is left."""
        buckets = self._buckets[caller.plan]
        if not (most := buckets.per_minute):
            return
        who = caller.key_id or caller.account_id
        wait = buckets.wait([(who, 1)])
        if not wait:
            buckets.take([(who, 1)])
        missing = buckets.missing(who)
        connection.scope[STATE] = {
            "RateLimit-Policy": f'"{NAME}";q={most};w=60',
            "RateLimit": f'"{NAME}";r={int((60 - missing) * most / 60 + 0.5)};t={math.ceil(missing)}',
        }
        if wait:
            seconds = math.ceil(wait)
            detail = f"Plan {caller.plan} allows {most} requests a minute; the next is answered in {seconds} s."
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
