"""Signing in by an OpenID provider that the installation names (authorization code with PKCE).

What the provider says is verified here, in Python: the database has to believe us. So it believes only for accounts
that an admin opened to this provider.
"""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import ClaimsOption, JWTClaimsRegistry

from orchestration.errors import DogearError
from orchestration.settings import Settings

# Signatures by a key pair; never one by a secret that is shared, nor none.
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
CLOCKS_DIFFER = 30
TIMEOUT = 10
SCOPE = "openid email"
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class ProviderError(Exception):
    """The provider did not sign anybody in; the message says why, without secrets."""


@dataclass(frozen=True)
class Visit:
    """What binds an answer of the provider to the browser that was sent there."""

    state: str
    nonce: str
    verifier: str
    target: str

    @classmethod
    def new(cls, target: str) -> "Visit":
        return cls(generate_token(43), generate_token(43), generate_token(64), target)

    def cookie(self) -> str:
        return json.dumps([self.state, self.nonce, self.verifier, self.target], separators=(",", ":")).encode().hex()

    @classmethod
    def of(cls, cookie: str | None) -> "Visit | None":
        try:
            parts = json.loads(bytes.fromhex(cookie or ""))
            return cls(*map(str, parts))
        except (ValueError, TypeError):
            return None


@dataclass(frozen=True)
class Identity:
    """Who the provider says it is: its id there, and the address that it has verified, if there is one."""

    subject: str
    email: str


class Provider:
    """The provider of DOGEAR_OIDC_ISSUER. Its methods wait for it, up to ten seconds: call them in a thread."""

    def __init__(self, issuer: str, client_id: str, client_secret: str) -> None:
        self.issuer, self._client_id, self._client_secret = issuer, client_id, client_secret
        self.host = urlsplit(issuer).hostname or issuer
        if not issuer.startswith("https://") and self.host not in LOOPBACK:
            raise DogearError("DOGEAR_OIDC_ISSUER must begin with https://.")

    @classmethod
    def of(cls, settings: Settings, issuer: str) -> "Provider":
        """Return the provider ``issuer``, as the settings know it. Raises DogearError if they say too little."""
        client_id, secret = settings.oidc_client_id, settings.oidc_client_secret
        if client_id is None or secret is None:
            raise DogearError("DOGEAR_OIDC_ISSUER needs DOGEAR_OIDC_CLIENT_ID and DOGEAR_OIDC_CLIENT_SECRET.")
        return cls(issuer, client_id, secret.get_secret_value())

    @cached_property
    def _description(self) -> dict[str, Any]:
        """What the provider says of itself (OpenID Connect Discovery)."""
        found = answered(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != self.issuer:
            raise ProviderError("The provider calls itself by another name than DOGEAR_OIDC_ISSUER.")
        return found

    def _session(self, redirect: str) -> Any:
        return OAuth2Session(
            self._client_id,
            self._client_secret,
            scope=SCOPE,
            redirect_uri=redirect,
            code_challenge_method="S256",
            default_timeout=TIMEOUT,
        )

    def address(self, visit: Visit, redirect: str) -> str:
        """Return where the browser goes."""
        with self._session(redirect) as session:
            url, _ = session.create_authorization_url(
                self._description["authorization_endpoint"],
                state=visit.state,
                nonce=visit.nonce,
                code_verifier=visit.verifier,
            )
        return url

    def identity(self, visit: Visit, code: str, redirect: str) -> Identity:
        """Return whom the provider signed in. Raises ProviderError if it is not certain that it did, here and now."""
        with self._session(redirect) as session:
            token = session.fetch_token(
                self._description["token_endpoint"],
                code=code,
                code_verifier=visit.verifier,
                grant_type="authorization_code",
            )
            keys = KeySet.import_key_set(answered(self._description["jwks_uri"]))  # pyright: ignore[reportArgumentType]
        claims = self._verified(str(token.get("id_token")), keys, visit.nonce)
        is_verified = claims.get("email_verified") is True
        return Identity(str(claims["sub"]), str(claims.get("email", "")) if is_verified else "")

    def _verified(self, id_token: str, keys: KeySet, nonce: str) -> dict[str, Any]:
        registry = JWTClaimsRegistry(
            leeway=CLOCKS_DIFFER,
            iss=essential(self.issuer),
            aud=essential(self._client_id),
            nonce=essential(nonce),
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
        )
        try:
            claims = jwt.decode(id_token, keys, algorithms=ALGORITHMS).claims
            registry.validate(claims)
        except (JoseError, ValueError, TypeError) as error:
            raise ProviderError(f"The provider's token is not valid: {type(error).__name__}.") from None
        if claims.get("azp", self._client_id) != self._client_id:
            raise ProviderError("The provider's token is for somebody else.")
        return claims


def answered(url: str) -> dict[str, Any]:
    answer = requests.get(url, timeout=TIMEOUT, allow_redirects=False)
    if answer.status_code != 200:
        raise ProviderError(f"The provider answers {answer.status_code}.")
    return answer.json()


def essential(value: str) -> ClaimsOption:
    return {"essential": True, "value": value}
