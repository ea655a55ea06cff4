"""How much one key, or one person, may ask in a minute; each answer says what is left.

Headers: https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
"""

import math
import time
from collections.abc import Mapping

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.requests import HTTPConnection

from orchestration.settings import Settings
from serving.access.caller_rows import Caller
from serving.http.guard import Asgi, Message, Receive, Scope, Send
from serving.http.problems import ProblemError

NAME = "minute"
WINDOW = 60
# Where a request's headers wait for its answer.
STATE = "dogear.budget"


class Budget:
    """Counts requests by plan, in this process. A key has a budget of its own; sessions of an account share one."""

    def __init__(self, settings: Settings) -> None:
        limits = {"free": settings.rate_limit_free, "pro": settings.rate_limit_pro}
        self._limits = {plan: RateLimitItemPerMinute(most) for plan, most in limits.items() if most}
        self._windows = SlidingWindowCounterRateLimiter(MemoryStorage())

    def take(self, connection: HTTPConnection, caller: Caller) -> None:
        """Count a request. Raises ProblemError once too many were made within a minute."""
        limit = self._limits.get(caller.plan)
        if limit is None:
            return
        who = str(caller.key_id or caller.account_id)
        is_within = self._windows.hit(limit, who)
        reset, left = self._windows.get_window_stats(limit, who)
        seconds = max(1, math.ceil(reset - time.time()))
        headers = {
            "RateLimit-Policy": f'"{NAME}";q={limit.amount};w={WINDOW}',
            "RateLimit": f'"{NAME}";r={left};t={seconds}',
        }
        connection.scope[STATE] = headers
        if not is_within:
            detail = f"Plan {caller.plan} allows {limit.amount} requests a minute; the next is answered in {seconds} s."
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
