"""Where people reach the API and its pages."""

from orchestration.resources.listening import place, reached_at
from orchestration.settings import Settings


def web_address(settings: Settings) -> str:
    """Return the URL of the pages: of the first name that a proxy has for them, else on this machine."""
    if names := settings.web_host_names:
        return f"https://{names[0]}"
    return f"http://{place(reached_at(settings.web_host), settings.web_port)}"
