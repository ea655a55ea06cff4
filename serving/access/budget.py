"""How much one key, or one person, may ask in a minute; each answer says what is left.

Headers: https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
"""

import math
import time
from collections.abc import Callable, Mapping

from starlette.requests import HTTPConnection

from orchestration.settings import Settings
from serving.access.caller_rows import Caller
from serving.http.guard import Asgi, Message, Receive, Scope, Send
from serving.http.problems import ProblemError

NAME = "minute"
WINDOW = 60
# Beyond that, those that are full again are forgotten.
MOST_KEYS = 100_000
# Where a request's headers wait for its answer.
STATE = "dogear.budget"


class Budget:
    """Counts requests by plan, in this process: as many at once as a minute allows, and they come back evenly.

    A key has a budget of its own; the sessions and tokens of an account share one.
    """

    def __init__(self, settings: Settings, now: Callable[[], float] = time.monotonic) -> None:
        self._most = {"free": settings.rate_limit_free, "pro": settings.rate_limit_pro}
        self._now = now
        # When the budget of a key, or account, will be full again.
        self._full_at: dict[object, float] = {}

    def take(self, connection: HTTPConnection, caller: Caller) -> None:
        """Count a request. Raises ProblemError where none is left."""
        most = self._most[caller.plan]
        if not most:
            return
        now, each, who = self._now(), WINDOW / most, caller.key_id or caller.account_id
        missing = max(self._full_at.get(who, now) - now, 0) + each
        # Half a request is left to rounding.
        is_within = missing <= WINDOW + each / 2
        if is_within:
            if len(self._full_at) >= MOST_KEYS:
                self._full_at = {key: at for key, at in self._full_at.items() if at > now}
            self._full_at[who] = now + missing
        else:
            missing -= each
        left = int((WINDOW - missing) / each + 0.5)
        connection.scope[STATE] = {
            "RateLimit-Policy": f'"{NAME}";q={most};w={WINDOW}',
            "RateLimit": f'"{NAME}";r={left};t={math.ceil(missing)}',
        }
        if not is_within:
            seconds = max(1, math.ceil(missing + each - WINDOW))
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
