"""The page of one's own account: password, one-time codes, keys, sessions."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from orchestration.access.credentials import new_recovery_code, new_secret
from orchestration.access.keys import key_name
from orchestration.access.passwords import check_new_password
from orchestration.errors import DogearError
from serving.access.access import Access
from serving.access.caller import Caller, maybe_caller
from serving.access.csrf import csrf_token
from serving.access.forms import read_form
from serving.access.local_path import HOME
from serving.access.one_time_codes import RECOVERY_CODES, is_secret, picture, step_of
from serving.access.one_time_codes import new_secret as new_totp_secret
from serving.access.rendering import page, style
from serving.http.problems import ProblemError

routes = APIRouter(include_in_schema=False)
NOT_YOURS = "This is not your password."


class Act:
    """One form that somebody sent: who, and its fields. Methods return what the page shows then."""

    def __init__(self, request: Request, caller: Caller, fields: Mapping[str, str]) -> None:
        self._request, self._access = request, Access.of(request)
        self._caller, self._fields = caller, fields
        self._own = {"credential": caller.secret.digest}

    async def current(self) -> bytes | None:
        """Return the hash of the password that was typed; None where none was."""
        typed = self._fields.get("current")
        return await self._access.hashed(self._request, typed, self._caller.name) if typed else None

    async def password(self) -> dict[str, Any]:
        check_new_password(password := self._fields.get("password", ""))
        hashed = await self._access.hashed(self._request, password, self._caller.name)
        given = {"password_hash": hashed, "current_hash": await self.current()}
        checked(await self._access.database.value("set_password", **self._own, **given))
        return {"done": "Your password is set; other sessions have ended."}

    async def totp_start(self) -> dict[str, Any]:
        secret = new_totp_secret()
        return {"setup": {"secret": secret, "picture": picture(secret, self._caller.name)}}

    async def totp_on(self) -> dict[str, Any]:
        if not is_secret(secret := self._fields.get("secret", "")):
            raise DogearError("Begin again: this secret cannot be read.")
        setup = {"secret": secret, "picture": picture(secret, self._caller.name)}
        step = step_of(secret, self._fields.get("code", ""))
        if step is None:
            return {"setup": setup, "problem": "This is not the code of now: try the next one."}
        codes = [new_recovery_code() for _ in range(RECOVERY_CODES)]
        given = {"totp_secret": secret, "totp_step": step, "recovery_codes": [code.digest for code in codes]}
        current = await self.current()
        checked(await self._access.database.value("set_totp", **self._own, **given, current_hash=current))
        return {"codes": [spaced(code.text) for code in codes], "done": "You are asked for codes from now on."}

    async def totp_off(self) -> dict[str, Any]:
        given = {"totp_secret": None, "totp_step": None, "recovery_codes": [], "current_hash": await self.current()}
        checked(await self._access.database.value("set_totp", **self._own, **given))
        return {"done": "You are asked for codes no longer."}

    async def add_key(self) -> dict[str, Any]:
        name, key = key_name(self._fields.get("name", "")), new_secret("key")
        site, days = self._fields.get("site"), self._fields.get("days", "")
        ends = datetime.now(UTC) + timedelta(days=int(days)) if days in {"90", "365"} else None
        given = {
            "name": name,
            "key": key.digest,
            "hint": key.hint,
            "sites": [site] if site else None,
            "expires_at": ends,
        }
        await self._access.database.rows("make_key", **self._own, **given)
        return {"key": key.text}

    async def revoke_key(self) -> dict[str, Any]:
        try:
            key_id = UUID(self._fields.get("key_id", ""))
        except ValueError:
            raise ProblemError(404, "There is no such key.") from None
        await self._access.database.rows("revoke_key", **self._own, key_id=key_id)
        return {"done": "The key is revoked."}

    async def end_others(self) -> dict[str, Any]:
        await self._access.database.rows("end_other_sessions", **self._own)
        return {"done": "Your other sessions have ended."}


ACTS: dict[str, Callable[[Act], Awaitable[dict[str, Any]]]] = {
    "password": Act.password,
    "totp-start": Act.totp_start,
    "totp-on": Act.totp_on,
    "totp-off": Act.totp_off,
    "add-key": Act.add_key,
    "revoke-key": Act.revoke_key,
    "end-others": Act.end_others,
}


@routes.get("/access.css")
async def stylesheet() -> Response:
    return Response(style(), media_type="text/css", headers={"Cache-Control": "public, max-age=3600"})


@routes.get("/")
async def first_page() -> Response:
    return RedirectResponse(HOME, 303)


@routes.get("/account")
async def account_page(request: Request) -> Response:
    found = await signed_in(request)
    return to_sign_in(request) if found is None else await shown(request, found)


@routes.post("/account")
async def act(request: Request) -> Response:
    fields = await read_form(request)
    found = await signed_in(request)
    if found is None:
        return to_sign_in(request)
    do = ACTS.get(fields.get("do", ""))
    if do is None:
        return await shown(request, found, 422, problem="There is no such form.")
    try:
        said = await do(Act(request, found, fields))
    except DogearError as error:
        return await shown(request, found, 422, problem=str(error))
    except ProblemError as error:
        return await shown(request, found, error.status, problem=str(error))
    return await shown(request, found, **said)


async def signed_in(request: Request) -> Caller | None:
    """Return who opened the page; None for nobody, and for keys, which have no page."""
    found = await maybe_caller(request)
    return found if found and found.via == "session" else None


def to_sign_in(request: Request) -> Response:
    return RedirectResponse(
        f"/sign-in?next={quote(request.url.path, safe='')}", 303, headers={"Cache-Control": "no-store"}
    )


async def shown(request: Request, found: Caller, status: int = 200, **said: Any) -> Response:
    """Return the page, with what the form that was sent has led to."""
    database, own = Access.of(request).database, {"credential": found.secret.digest}
    rows = await database.rows("me", **own)
    if not rows:
        return to_sign_in(request)
    keys = [] if found.role == "analyst" else await database.rows("list_keys", **own)
    values = {"me": rows[0], "keys": keys, "sites": await database.rows("list_sites", **own)}
    empty = {"key": None, "codes": None, "setup": None}
    return page("account", status, csrf=csrf_token(found.secret.text), **values, **(empty | said))


def checked(outcome: int) -> None:
    """Raise DogearError where the password of now was wrong, or was guessed at too often."""
    if outcome < 0:
        raise DogearError(NOT_YOURS)
    if outcome > 0:
        raise DogearError(f"Too many guesses. Try again in {-(-outcome // 60)} minutes.")


def spaced(code: str) -> str:
    return " ".join(code[place : place + 4] for place in range(0, len(code), 4))
