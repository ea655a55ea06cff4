"""Pages of access: Jinja templates without script, escaped."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from starlette.responses import HTMLResponse, Response

from serving.http.templates import templates_in

FOLDER = Path(__file__).with_name("pages")
STYLE = "access.css"
DEFAULTS: dict[str, Any] = {"problem": None, "done": None}


@cache
def templates() -> Environment:
    environment = templates_in(FOLDER, undefined=StrictUndefined)
    environment.filters["moment"] = moment
    return environment


def moment(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%d %H:%M} UTC"


def page(template: str, /, status: int = 200, **values: Any) -> Response:
    """Return the page; nothing of it is kept by a browser or a proxy."""
    text = templates().get_template(f"{template}.html").render(DEFAULTS | values)
    return HTMLResponse(text, status, headers={"Cache-Control": "no-store"})


@cache
def style() -> bytes:
    return (FOLDER / STYLE).read_bytes()
