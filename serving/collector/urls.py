"""URLs as they may be on disk: without fragment, and of the query only utm parameters and kinds of click ids.

They are cut again when they are loaded (prepare_events.sql), as are those of imported files.
"""

from collections.abc import Callable

from orchestration.events.click_ids import CLICK_IDS
from orchestration.events.event import EventData

UTM = tuple(f"{name}=" for name in EventData.__struct_fields__ if name.startswith("utm_"))


def cut_page(url: str) -> str:
    """Return the URL of a page, with its utm parameters, and 1 for the value of a click id."""
    page, _, query = url.partition("#")[0].partition("?")
    kept = "&".join(filter(None, map(cut_parameter, query.split("&"))))
    return f"{page}?{kept}" if kept else page


def cut_parameter(parameter: str) -> str:
    """Return what may be kept of a parameter of a page's URL."""
    if parameter.startswith(UTM):
        return parameter
    name, _, value = parameter.partition("=")
    return f"{name.lower()}=1" if value and name.lower() in CLICK_IDS else ""


def cut_referrer(url: str) -> str:
    """Return the URL of the page that led here."""
    return url.partition("#")[0].partition("?")[0]


def is_cut(url: str | None, cut: Callable[[str], str]) -> bool:
    """Return whether nothing would go; most URLs have neither query nor fragment."""
    return url is None or not ("?" in url or "#" in url) or cut(url) == url
