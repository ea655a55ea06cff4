"""Cookies: for this host alone, read by no script, and sent by no form of another site."""

from starlette.requests import HTTPConnection
from starlette.responses import Response

# A session; a sign-in that waits for a one-time code; what binds the forms before there is a session; a visit to the
# OpenID provider.
SESSION, AWAITED, FORM, PROVIDER = "dogear-session", "dogear-awaited", "dogear-form", "dogear-provider"
# Browsers take a cookie of such a name over https only, for this host only, and let no other host set it.
HOST_ONLY = "__Host-"
LONGEST = 4000


def is_https(connection: HTTPConnection) -> bool:
    """Return whether the browser speaks https, with us or with the proxy before us.

    A client that claims it falsely gets a cookie that is better kept.
    """
    headers = connection.headers
    return (
        connection.url.scheme in {"https", "wss"}
        or headers.get("x-forwarded-proto", "").lower() == "https"
        or headers.get("origin", "").lower().startswith("https://")
    )


def read_cookie(connection: HTTPConnection, name: str) -> str | None:
    """Return the cookie. Over https it needs the prefix: another host of the domain may have set one without."""
    found = connection.cookies.get(HOST_ONLY + name)
    if found is None and not is_https(connection):
        found = connection.cookies.get(name)
    return found if found and len(found) <= LONGEST else None


def set_cookie(connection: HTTPConnection, response: Response, name: str, value: str, seconds: int) -> None:
    https = is_https(connection)
    response.set_cookie(
        (HOST_ONLY if https else "") + name,
        value,
        max_age=seconds,
        path="/",
        secure=https,
        httponly=True,
        samesite="lax",
    )


def drop_cookie(connection: HTTPConnection, response: Response, name: str) -> None:
    for prefix in ("", HOST_ONLY):
        if prefix + name in connection.cookies:
            response.delete_cookie(prefix + name, path="/", secure=bool(prefix), httponly=True, samesite="lax")
