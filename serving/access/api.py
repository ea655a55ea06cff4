"""The API of access: who asks, keys, accounts, the audit log, sites, tokens."""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Security
from fastapi.security import APIKeyCookie, HTTPBearer

from orchestration.access.accounts import LINK_PATH
from orchestration.access.credentials import new_secret
from serving.access.access import Access
from serving.access.caller import Caller, caller, needs
from serving.access.contract import (
    Account,
    Accounts,
    Audit,
    AuditRow,
    ChangedAccount,
    Key,
    Keys,
    Link,
    MadeKey,
    Me,
    NewAccount,
    NewKey,
    Site,
    Sites,
    Token,
)
from serving.access.cookies import SESSION, is_https
from serving.access.csrf import csrf_token
from serving.http.contract import problems

Somebody = Annotated[Caller, Depends(caller)]
Owner = Annotated[Caller, Depends(needs("owner"))]
Admin = Annotated[Caller, Depends(needs("admin"))]
EVERYWHERE = problems(
    {
        400: "The body cannot be read.",
        401: "No valid credential.",
        403: "The role of the caller is not enough, or a page of others may have sent this.",
        422: "Parts of the request are not valid; `errors` names them.",
        429: "Too many requests within a minute.",
        503: "The database does not answer for now.",
    }
)
ABSENT = problems({404: "There is none, or it is somebody else's."})
TAKEN = problems({409: "There is one of this name, or there are too many."})
TOKEN_SECONDS = 900

# What the contract says of credentials; ``caller`` reads them.
CREDENTIALS = (
    HTTPBearer(scheme_name="key", description="A key, or a token.", auto_error=False),
    APIKeyCookie(name=SESSION, scheme_name="session", description="Who signed in.", auto_error=False),
)

routes = APIRouter(
    prefix="/api/v1", responses=EVERYWHERE, dependencies=[Security(credential) for credential in CREDENTIALS]
)


@routes.get("/me", tags=["access"], summary="Who asks, and what it may see")
async def me(found: Somebody) -> Me:
    return Me(
        name=found.name,
        role=found.role,  # pyright: ignore[reportArgumentType] - the database has these alone
        plan=found.plan,  # pyright: ignore[reportArgumentType]
        via=found.via,  # pyright: ignore[reportArgumentType]
        user_codes=listed(found.scopes.user_codes),
        sites=listed(found.scopes.sites),
        expires_at=found.expires_at,
        csrf_token=csrf_token(found.secret.text) if found.via == "session" else None,
    )


def listed(names: tuple[str, ...] | None) -> list[str] | None:
    return None if names is None else list(names)


@routes.get("/sites", tags=["access"], summary="The sites that the caller may see")
async def sites(request: Request, found: Somebody) -> Sites:
    rows = await Access.of(request).database.rows("list_sites", credential=found.secret.digest)
    return Sites(sites=[Site(**row) for row in rows])


@routes.post("/token", tags=["access"], status_code=201, summary="A token for a quarter of an hour")
async def token(request: Request, found: Somebody) -> Token:
    """It may do what the key or session may that asks for it, and ends with it."""
    access, secret = Access.of(request), new_secret("token")
    ends = await access.database.value("make_token", credential=found.secret.digest, token=secret.digest)
    made = (await access.tokens()).make(secret, TOKEN_SECONDS)
    return Token(access_token=made, token_type="Bearer", expires_at=ends)  # noqa: S106 - a kind of token


@routes.get("/keys", tags=["access"], summary="The caller's keys; for an admin, all")
async def keys(request: Request, found: Owner) -> Keys:
    rows = await Access.of(request).database.rows("list_keys", credential=found.secret.digest)
    return Keys(keys=[Key(**row) for row in rows])


@routes.post("/keys", tags=["access"], status_code=201, responses={**ABSENT, **TAKEN}, summary="Make a key")
async def make_key(request: Request, found: Owner, wanted: NewKey) -> MadeKey:
    """A key that a key made ends with it."""
    secret, days = new_secret("key"), wanted.expires_in_days
    ends = None if days is None else datetime.now(UTC) + timedelta(days=days)
    given = {"name": wanted.name, "sites": wanted.sites, "expires_at": ends}
    made = await Access.of(request).database.value(
        "make_key", credential=found.secret.digest, key=secret.digest, hint=secret.hint, **given
    )
    return MadeKey(key_id=made, key=secret.text)


@routes.delete("/keys/{key_id}", tags=["access"], status_code=204, responses=ABSENT, summary="Revoke a key")
async def revoke_key(request: Request, found: Owner, key_id: UUID) -> None:
    """Requests with it, or with a key that it made, are refused from then on."""
    await Access.of(request).database.rows("revoke_key", credential=found.secret.digest, key_id=key_id)


@routes.get("/accounts", tags=["accounts"], summary="All accounts")
async def accounts(request: Request, found: Admin) -> Accounts:
    rows = await Access.of(request).database.rows("list_accounts", credential=found.secret.digest)
    return Accounts(accounts=[Account(**row) for row in rows])


@routes.post("/accounts", tags=["accounts"], status_code=201, responses=TAKEN, summary="Add an account")
async def add_account(request: Request, found: Admin, wanted: NewAccount) -> Account:
    """Nobody can sign in to it before a link was made."""
    await Access.of(request).database.rows("add_account", credential=found.secret.digest, **wanted.model_dump())
    return await one_account(request, found, wanted.name)


async def one_account(request: Request, found: Caller, name: str) -> Account:
    rows = await Access.of(request).database.rows("list_accounts", credential=found.secret.digest)
    return next(Account(**row) for row in rows if row["name"] == name)


@routes.patch("/accounts/{name}", tags=["accounts"], responses=ABSENT, summary="Change an account")
async def change_account(
    request: Request, found: Admin, name: Annotated[str, Path(max_length=200)], wanted: ChangedAccount
) -> Account:
    """It holds from the account's next request on."""
    given = wanted.model_dump(exclude_none=True)
    await Access.of(request).database.rows("change_account", credential=found.secret.digest, name=name, **given)
    return await one_account(request, found, name)


@routes.delete("/accounts/{name}", tags=["accounts"], status_code=204, responses=ABSENT, summary="Remove an account")
async def remove_account(request: Request, found: Admin, name: Annotated[str, Path(max_length=200)]) -> None:
    """Its keys and sessions end; the audit log keeps its id."""
    await Access.of(request).database.rows("remove_account", credential=found.secret.digest, name=name)


@routes.post(
    "/accounts/{name}/link",
    tags=["accounts"],
    status_code=201,
    responses=ABSENT,
    summary="A link that signs an account in, once, within an hour",
)
async def make_link(request: Request, found: Admin, name: Annotated[str, Path(max_length=200)]) -> Link:
    secret = new_secret("link")
    ends = await Access.of(request).database.value(
        "make_link", credential=found.secret.digest, name=name, link=secret.digest
    )
    scheme = "https" if is_https(request) else "http"
    return Link(url=f"{scheme}://{request.url.netloc}{LINK_PATH}?token={secret.text}", expires_at=ends)


@routes.delete(
    "/accounts/{name}/codes",
    tags=["accounts"],
    status_code=204,
    responses=ABSENT,
    summary="Ask an account for no one-time codes any more",
)
async def reset_codes(request: Request, found: Admin, name: Annotated[str, Path(max_length=200)]) -> None:
    await Access.of(request).database.rows("reset_second_factor", credential=found.secret.digest, name=name)


@routes.get("/audit", tags=["accounts"], summary="The audit log, newest first")
async def audit(
    request: Request,
    found: Admin,
    before: Annotated[int | None, Query(ge=1, le=2**63 - 1, description="Only rows before this audit_id.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Audit:
    rows = await Access.of(request).database.rows(
        "read_audit", credential=found.secret.digest, before=before, most=limit
    )
    following = rows[-1]["audit_id"] if len(rows) == limit else None
    return Audit(rows=[AuditRow(**row) for row in rows], next=following)
