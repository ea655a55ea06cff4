"""What the parts of access share in one process: the pool, the budget, and the hashing of passwords."""

from functools import partial
from typing import TYPE_CHECKING, Self

from starlette.requests import HTTPConnection

from orchestration.access.credentials import KEY_PREFIX, Secret
from orchestration.access.passwords import raw_hash
from orchestration.resources.database import expected_url
from orchestration.settings import Settings
from serving.access.budget import Budget
from serving.access.cookies import SESSION, read_cookie
from serving.access.database import AccessDatabase
from serving.access.few_at_once import FewAtOnce
from serving.access.tokens import Tokens
from serving.http.clients import client_in

if TYPE_CHECKING:
    from serving.access.provider import Provider

STATE = "dogear_access"
# Each takes 64 MiB and a processor.
HASHES_AT_ONCE = 2
# Each waits for the provider, up to some ten seconds.
VISITS_AT_ONCE = 4
BEARER = "bearer "


class Access:
    """Access of one application."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.database = AccessDatabase(expected_url(settings))
        self.budget = Budget(settings)
        self.provider = provider_of(settings)
        self._tokens: Tokens | None = None
        self._hashing = FewAtOnce(HASHES_AT_ONCE)
        self.visits = FewAtOnce(VISITS_AT_ONCE)

    @classmethod
    def of(cls, connection: HTTPConnection) -> Self:
        """Return that of the application that answers."""
        return getattr(connection.app.state, STATE)

    async def tokens(self) -> Tokens:
        if self._tokens is None:
            self._tokens = Tokens(bytes(await self.database.value("jwt_secret")))
        return self._tokens

    async def hashed(self, connection: HTTPConnection, password: str, name: str) -> bytes:
        """Return the raw hash of a password of this account, or of none: it takes the same.

        Raises ProblemError if many wait already.
        """
        client = client_in(connection.scope)
        self._hashing.check(client)
        salt = await self.database.value("salt_of", name=name)
        return await self._hashing.run(partial(raw_hash, password, bytes(salt)), client)

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
