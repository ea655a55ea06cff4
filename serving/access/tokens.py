"""JSON Web Tokens: signed and short, with the one algorithm that is ours. The database checks the secret inside.

So a token ends with the key or session that it was made from, whatever it says itself.
"""

import time

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from joserfc.jwt import ClaimsOption, JWTClaimsRegistry

from orchestration.access.credentials import Secret

ALGORITHM = "HS256"
ISSUER = "dogear"
# Seconds by which the clock of the one who made it may differ from ours.
CLOCKS_DIFFER = 30
LONGEST = 4000
OURS: ClaimsOption = {"essential": True, "value": ISSUER}


class Tokens:
    """Makes and opens tokens; ``secret`` is the installation's."""

    def __init__(self, secret: bytes) -> None:
        self._key = OctKey.import_key(secret)

    def make(self, secret: Secret, seconds: int) -> str:
        """Return the token that carries ``secret``."""
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": ISSUER, "iat": now, "exp": now + seconds, "jti": secret.text}
        return jwt.encode({"alg": ALGORITHM}, claims, self._key, algorithms=[ALGORITHM])

    def open(self, token: str) -> Secret | None:
        """Return the secret of a token that we signed and that is not over; None for any other text."""
        if len(token) > LONGEST:
            return None
        registry = JWTClaimsRegistry(
            leeway=CLOCKS_DIFFER,
            iss=OURS,
            aud=OURS,
            exp={"essential": True},
            iat={"essential": True},
            jti={"essential": True},
        )
        try:
            claims = jwt.decode(token, self._key, algorithms=[ALGORITHM]).claims
            registry.validate(claims)
        except (JoseError, ValueError, TypeError):
            return None
        return Secret("token", str(claims["jti"]))
