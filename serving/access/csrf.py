"""The token that a form carries: only a page that we made for this browser knows it."""

import hashlib
import hmac

HEADER = "x-csrf-token"


def csrf_token(cookie: str) -> str:
    """Return the token that belongs to a cookie; nobody gets from it to the cookie."""
    return hmac.new(cookie.encode(), b"form", hashlib.sha256).hexdigest()


def is_csrf_token(cookie: str | None, token: str) -> bool:
    return cookie is not None and hmac.compare_digest(csrf_token(cookie).encode(), token.encode())
