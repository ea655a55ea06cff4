"""Pages to sign in and out: by password and one-time code, or by a link. (By an OpenID provider: ``provider.py``.)"""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import RedirectResponse

from orchestration.access.credentials import Secret, new_secret, typed_recovery_code
from serving.access.access import Access
from serving.access.cookies import AWAITED, FORM, SESSION, drop_cookie, read_cookie, set_cookie
from serving.access.forms import FormCookie, read_form
from serving.access.local_path import local_path
from serving.access.one_time_codes import step_of
from serving.access.rendering import page

routes = APIRouter(include_in_schema=False)
# As long as the database keeps them.
SESSION_SECONDS, AWAITED_SECONDS = 30 * 24 * 3600, 600
WRONG = "This name and password do not go together."
WRONG_CODE = "This code is wrong, or was used before."
WRONG_LINK = "This link was used, or is too old. Ask for another: dogear account link NAME."
Next = Annotated[str | None, Query(alias="next")]


@routes.get("/sign-in")
async def sign_in_page(request: Request, wanted: Next = None) -> Response:
    return form_page(request, local_path(wanted))


def form_page(request: Request, target: str, name: str = "", problem: str | None = None, status: int = 200) -> Response:
    form = FormCookie(request)
    provider = Access.of(request).provider
    values = {"csrf": form.token, "next": target, "name": name, "problem": problem}
    return form.keep(page("sign_in", status, provider=provider and provider.host, **values))


@routes.post("/sign-in")
async def sign_in(request: Request) -> Response:
    fields = await read_form(request, FORM)
    if "code" in fields:
        return await finish_with_code(request, fields)
    access, target = Access.of(request), local_path(fields.get("next"))
    name, password = fields.get("name", "").strip().lower()[:200], fields.get("password", "")
    secret = new_secret("session")
    hashed = await access.hashed(request, password, name)
    (found,) = await access.database.rows("sign_in", name=name, password_hash=hashed, credential=secret.digest)
    if found["outcome"] == "wait":
        return waiting(form_page(request, target, name, patience(found["wait_seconds"]), 429), found["wait_seconds"])
    if found["outcome"] == "refused":
        return form_page(request, target, name, WRONG, 403)
    return await go_on(request, found["outcome"], secret, target)


async def go_on(request: Request, outcome: str, secret: Secret, target: str) -> Response:
    """Answer a sign-in that went well: with a session, which is a new one each time, or by asking for a code."""
    if outcome == "second_factor":
        form = FormCookie(request)
        response = form.keep(page("code", csrf=form.token, next=target))
        set_cookie(request, response, AWAITED, secret.text, AWAITED_SECONDS)
        return response
    if before := read_cookie(request, SESSION):
        await Access.of(request).database.rows("sign_out", credential=Secret("session", before).digest)
    response = RedirectResponse(target, 303, headers={"Cache-Control": "no-store"})
    set_cookie(request, response, SESSION, secret.text, SESSION_SECONDS)
    drop_cookie(request, response, AWAITED)
    return response


async def finish_with_code(request: Request, fields: Mapping[str, str]) -> Response:
    database, target = Access.of(request).database, local_path(fields.get("next"))
    cookie = read_cookie(request, AWAITED)
    awaited = None if cookie is None else Secret("session", cookie)
    found = await database.rows("awaited_code", credential=awaited.digest) if awaited else []
    if awaited is None or not found:
        return form_page(request, target, problem="Sign in again: it took too long.", status=403)
    form = FormCookie(request)
    if found[0]["wait_seconds"]:
        problem = patience(found[0]["wait_seconds"])
        return waiting(page("code", 429, csrf=form.token, next=target, problem=problem), found[0]["wait_seconds"])
    secret, typed = new_secret("session"), fields["code"]
    step = step_of(found[0]["totp_secret"], typed)
    code = {"totp_step": step} if step is not None else {"recovery_code": typed_recovery_code(typed).digest}
    outcome = await database.value("finish_sign_in", awaited=awaited.digest, credential=secret.digest, **code)
    if outcome == "refused":
        return page("code", 403, csrf=form.token, next=target, problem=WRONG_CODE)
    return await go_on(request, outcome, secret, target)


@routes.get("/sign-in/link")
async def link_page(request: Request, token: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Show a button: programs that look at the links of a mail do not press it."""
    form = FormCookie(request)
    return form.keep(page("link", csrf=form.token, token=token))


@routes.post("/sign-in/link")
async def use_link(request: Request) -> Response:
    fields = await read_form(request, FORM)
    link, secret = Secret("link", fields.get("token", "")), new_secret("session")
    outcome = await Access.of(request).database.value("sign_in_by_link", link=link.digest, credential=secret.digest)
    if outcome == "refused":
        return form_page(request, local_path(None), problem=WRONG_LINK, status=403)
    return await go_on(request, outcome, secret, local_path(None))


@routes.post("/sign-out")
async def sign_out(request: Request) -> Response:
    await read_form(request)
    response = RedirectResponse("/sign-in", 303, headers={"Cache-Control": "no-store"})
    if cookie := read_cookie(request, SESSION):
        await Access.of(request).database.rows("sign_out", credential=Secret("session", cookie).digest)
    drop_cookie(request, response, SESSION)
    return response


def patience(seconds: int) -> str:
    return f"Too many guesses. Try again in {-(-seconds // 60)} minutes, or ask an admin for a link."


def waiting(response: Response, seconds: int) -> Response:
    response.headers["Retry-After"] = str(seconds)
    return response
