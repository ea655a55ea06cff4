"""URLs as they may be on disk: without fragment, and of the query only utm parameters and kinds of click ids.

They are cut again when they are loaded (prepare_events.sql), as are those of imported files.
"""

from collections.abc import Callable

from orchestration.events.click_ids import CLICK_IDS
from orchestration.events.event import EventData

UTM = frozenset(name for name in EventData.__struct_fields__ if name.startswith("utm_"))


def cut_page(url: str) -> str:
    """Return the URL of a page, with its utm parameters, and 1 for the value of a click id."""
    page, _, query = url.partition("#")[0].partition("?")
    # Links that were copied from a page's source still have the ampersand as HTML writes it.
    kept = "&".join(filter(None, map(cut_parameter, query.replace("&amp;", "&").split("&"))))
    return f"{page}?{kept}" if kept else page


def cut_parameter(parameter: str) -> str:
    """Return what may be kept of a parameter of a page's URL."""
    written, equals, value = parameter.partition("=")
    name = written.lower()
    if equals and name in UTM:
        return f"{name}={value}"
    return f"{name}=1" if value and name in CLICK_IDS else ""


def cut_referrer(url: str) -> str:
    """Return the URL of the page that led here."""
    return url.partition("#")[0].partition("?")[0]


def is_cut(url: str | None, cut: Callable[[str], str]) -> bool:
    """Return whether nothing would go; most URLs have neither query nor fragment."""
    return url is None or not ("?" in url or "#" in url) or cut(url) == url
