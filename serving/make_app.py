"""The web process of this installation, as an ASGI application: ``make_app`` is what the server calls."""

from typing import TYPE_CHECKING

from orchestration.resources.parent_process import end_with_parent
from orchestration.settings import Settings

if TYPE_CHECKING:
    from serving.http.guard import Asgi


def make_app() -> "Asgi":
    """Return the application with the settings of the environment; ``DATABASE_URL`` must be set."""
    from serving.app import build_app

    end_with_parent()
    return build_app(Settings())
