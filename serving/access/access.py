"""What the parts of access share in one process: the pool, the budget, and the hashing of passwords."""

from functools import partial
from typing import TYPE_CHECKING, Self

from anyio import CapacityLimiter, to_thread
from starlette.requests import HTTPConnection

from orchestration.access.credentials import KEY_PREFIX, Secret
from orchestration.access.passwords import raw_hash
from orchestration.resources.database import expected_url
from orchestration.settings import Settings
from serving.access.budget import Budget
from serving.access.cookies import SESSION, read_cookie
from serving.access.database import AccessDatabase
from serving.access.tokens import Tokens
from serving.http.problems import ProblemError

if TYPE_CHECKING:
    from serving.access.provider import Provider

STATE = "dogear_access"
# Each takes 64 MiB and a processor.
HASHES_AT_ONCE = 2
MOST_WAITING = 20
BEARER = "bearer "


class Access:
    """Access of one application."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.database = AccessDatabase(expected_url(settings))
        self.budget = Budget(settings)
        self.provider = provider_of(settings)
        self._tokens: Tokens | None = None
        self._hashing: CapacityLimiter | None = None

    @classmethod
    def of(cls, connection: HTTPConnection) -> Self:
        """Return that of the application that answers."""
        return getattr(connection.app.state, STATE)

    async def tokens(self) -> Tokens:
        if self._tokens is None:
            self._tokens = Tokens(bytes(await self.database.value("jwt_secret")))
        return self._tokens

    async def hashed(self, password: str, name: str) -> bytes:
        """Return the raw hash of a password of this account, or of none: it takes the same.

        Raises ProblemError if many wait already.
        """
        if self._hashing is None:
            self._hashing = CapacityLimiter(HASHES_AT_ONCE)
        if self._hashing.statistics().tasks_waiting >= MOST_WAITING:
            raise ProblemError(503, "Many people sign in just now.", headers={"Retry-After": "5"})
        salt = await self.database.value("salt_of", name=name)
        return await to_thread.run_sync(partial(raw_hash, password, bytes(salt)), limiter=self._hashing)

    async def presented(self, connection: HTTPConnection) -> Secret | None:
        """Return what a request presents: a key or a token, else the cookie of a session; None for nothing of these."""
        said = connection.headers.getlist("authorization")
        if not said:
            cookie = read_cookie(connection, SESSION)
            return None if cookie is None else Secret("session", cookie)
        # A wrong one is not made good by a cookie.
        if len(said) > 1 or not said[0].lower().startswith(BEARER):
            return None
        text = said[0][len(BEARER) :].strip()
        if text.startswith(KEY_PREFIX):
            return Secret("key", text)
        return (await self.tokens()).open(text)


def provider_of(settings: Settings) -> "Provider | None":
    """Return the OpenID provider that the settings name; None for none."""
    if settings.oidc_issuer is None:
        return None
    from serving.access.provider import Provider

    return Provider.of(settings, settings.oidc_issuer)
