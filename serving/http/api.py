"""A FastAPI application as ours are: with a contract to read that loads nothing from elsewhere, and no other pages."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Response

from serving.http.contract_page import STYLE, contract_page, style


def make_bare_api(title: str, description: str, page_headers: Mapping[str, str] | None = None, **more: Any) -> FastAPI:
    """Return an application without routes of its own: /openapi.json, and /docs, the same to read.

    FastAPI's own pages of the contract load scripts from elsewhere. ``page_headers`` are for /docs.
    """
    api = FastAPI(
        title=title, description=description, version="1", docs_url=None, redoc_url=None, redirect_slashes=False, **more
    )

    @api.get("/docs", include_in_schema=False)
    def docs() -> Response:
        return Response(contract_page(api.openapi()), media_type="text/html", headers=page_headers)

    @api.get(STYLE, include_in_schema=False)
    def docs_style() -> Response:
        return Response(style(), media_type="text/css", headers={"Cache-Control": "public, max-age=3600"})

    return api
