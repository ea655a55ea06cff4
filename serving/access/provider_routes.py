"""The way to the OpenID provider and back."""

import logging
from functools import partial
from typing import Annotated

from authlib.common.errors import AuthlibBaseError
from fastapi import APIRouter, Query, Request, Response
from requests import RequestException
from starlette.responses import RedirectResponse

from orchestration.access.credentials import new_secret
from serving.access.access import Access
from serving.access.cookies import PROVIDER, drop_cookie, is_https, read_cookie, set_cookie
from serving.access.local_path import local_path
from serving.access.provider import Provider, ProviderError, Visit
from serving.access.sign_in import Next, form_page, go_on
from serving.http.clients import client_in

routes = APIRouter(include_in_schema=False)
log = logging.getLogger("dogear.access")
BACK = "/sign-in/provider/back"
VISIT_SECONDS = 600
REFUSED = "The provider signed in nobody who has an account here."
SILENT = "The provider does not answer as it should; try again later."


def provider_of(request: Request) -> Provider:
    found = Access.of(request).provider
    assert found is not None, "without one there are no such routes"
    return found


def way_back(request: Request) -> str:
    return f"{'https' if is_https(request) else 'http'}://{request.url.netloc}{BACK}"


@routes.get("/sign-in/provider")
async def leave(request: Request, wanted: Next = None) -> Response:
    provider, visit = provider_of(request), Visit.new(local_path(wanted))
    try:
        url = await Access.of(request).visits.run(
            partial(provider.address, visit, way_back(request)), client_in(request.scope)
        )
    except (ProviderError, AuthlibBaseError, RequestException, KeyError, ValueError) as error:
        return failed(request, error)
    response = RedirectResponse(url, 303, headers={"Cache-Control": "no-store"})
    set_cookie(request, response, PROVIDER, visit.cookie(), VISIT_SECONDS)
    return response


@routes.get(BACK)
async def come_back(
    request: Request,
    state: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str, Query(max_length=4000)] = "",
) -> Response:
    provider, visit = provider_of(request), Visit.of(read_cookie(request, PROVIDER))
    if visit is None or not code or state != visit.state:
        return form_page(
            request, local_path(None), problem="Begin again: this answer belongs to no sign-in.", status=403
        )
    try:
        found = await Access.of(request).visits.run(
            partial(provider.identity, visit, code, way_back(request)), client_in(request.scope)
        )
    except (ProviderError, AuthlibBaseError, RequestException, KeyError, ValueError) as error:
        return failed(request, error)
    secret = new_secret("session")
    given = {"issuer": provider.issuer, "subject": found.subject, "email": found.email}
    outcome = await Access.of(request).database.value("sign_in_by_provider", credential=secret.digest, **given)
    if outcome == "refused":
        response = form_page(request, visit.target, problem=REFUSED, status=403)
    else:
        response = await go_on(request, outcome, secret, local_path(visit.target))
    drop_cookie(request, response, PROVIDER)
    return response


def failed(request: Request, error: Exception) -> Response:
    # The messages of others may quote a token.
    log.warning("The OpenID provider: %s", error if isinstance(error, ProviderError) else type(error).__name__)
    return form_page(request, local_path(None), problem=SILENT, status=502)
