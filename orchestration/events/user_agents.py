"""What a user agent says: whether it is a crawler, and otherwise the kind of device, the system and the browser."""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from ua_parser import Parser

DeviceType = Literal["desktop", "mobile", "tablet", "tv", "console"]

LONGEST = 1_000
MOST_REMEMBERED = 10_000

# The first that is found counts. Where the words come from:
# - tablets: Android without "Mobile" (developer.chrome.com/docs/privacy-security/user-agent); Firefox says Tablet.
# - phones: MDN, "Browser detection using the user agent", says to look for Mobi.
# - TVs: CrKey (Chromecast), AFT… (Fire TV), Web0S and NetCast (LG), SMART-TV (Samsung), as their makers document them.
# An iPad that asks for desktop pages says that it is a Mac: only what runs in the page can tell.
DEVICE_TYPES: tuple[tuple[DeviceType, re.Pattern[str]], ...] = (
    ("console", re.compile(r"PlayStation|Xbox|Nintendo")),
    (
        "tv",
        re.compile(
            r"Smart-?TV|HbbTV|Apple ?TV|Google ?TV|Android ?TV|NetCast|Web0S|CrKey|Roku|BRAVIA|\bAFT[A-Z]",
            re.IGNORECASE,
        ),
    ),
    ("tablet", re.compile(r"iPad|\bTablet\b(?! PC)|PlayBook|^Mozilla(?=.*(?:Android|Silk))(?!.*Mobi)")),
    ("mobile", re.compile(r"Mobi|iPhone|iPod|Windows Phone|Opera Mini|BlackBerry|BB10|Symbian|J2ME|KAIOS")),
    ("desktop", re.compile(r"^(?:Mozilla|Opera)\b.*(?:Windows|Macintosh|X11|CrOS)")),
)

# Families of ua-parser, as people call them.
BROWSER_NAMES = {
    "Chrome Mobile WebView": "Android WebView",
    "IE": "Internet Explorer",
    "IE Mobile": "Internet Explorer",
}
BROWSER_VARIANT = re.compile(r"^Mobile (?=Safari)|(?: (?:Mobile|iOS|Android|UI/WKWebView))+$")
OS_NAMES = {"Mac OS X": "macOS", "Chrome OS": "ChromeOS", "Web0S": "webOS", "ATV OS X": "tvOS"}
LINUX = (
    *("Arch Linux", "CentOS", "Debian", "Fedora", "Gentoo", "Kubuntu", "Linux Mint", "Mageia", "Mandriva"),
    *("openSUSE", "PCLinuxOS", "Red Hat", "Slackware", "SUSE", "Ubuntu"),
)


class UserAgent(NamedTuple):
    """A row of the lookup table ``user_agents``. A crawler only pretends to have a device, so that it has none here."""

    user_agent: str
    is_bot: bool
    device_type: DeviceType | None = None
    os: str | None = None
    browser: str | None = None


class UserAgents:
    """Reads each distinct user agent once, by its first LONGEST characters; remembers the last MOST_REMEMBERED."""

    def __init__(self) -> None:
        self._known = lru_cache(maxsize=MOST_REMEMBERED)(read_user_agent)

    def of(self, user_agent: str) -> UserAgent:
        """Return what this one says; ``user_agent`` is given back whole."""
        return self._known(user_agent[:LONGEST])._replace(user_agent=user_agent)

    def rows(self, user_agents: Iterable[str]) -> list[UserAgent]:
        """Return what each of them says."""
        return [self.of(user_agent) for user_agent in user_agents]


def read_user_agent(user_agent: str) -> UserAgent:
    """Crawlers by the list that crawler-user-agents keeps; systems and browsers by ua-parser's."""
    if crawlers().parse_user_agent(user_agent):
        return UserAgent(user_agent, is_bot=True)
    os, browser = parser().parse_os(user_agent), parser().parse_user_agent(user_agent)
    return UserAgent(
        user_agent,
        is_bot=False,
        device_type=device_type(user_agent),
        os=os_name(os.family) if os else None,
        browser=browser_name(browser.family) if browser else None,
    )


@cache
def crawlers() -> "Parser":
    """Finds a crawler by the first of the list's patterns that a user agent has.

    All of them are looked for at once. The list's own function tries one after the other: of a thousand characters that
    somebody made up, that takes milliseconds.
    """
    from crawleruseragents import CRAWLER_USER_AGENTS_DATA  # type: ignore[import-untyped]
    from ua_parser import Parser
    from ua_parser.lazy import UserAgentMatcher

    return Parser.from_matchers(
        ([UserAgentMatcher(it["pattern"], "crawler") for it in CRAWLER_USER_AGENTS_DATA], [], [])
    )


@cache
def parser() -> "Parser":
    """ua-parser without its thousands of device models, which DEVICE_TYPES does not ask for and which load slowly."""
    from ua_parser import Parser, load_lazy_builtins

    browsers, systems, _ = load_lazy_builtins()
    return Parser.from_matchers((browsers, systems, []))


def device_type(user_agent: str) -> DeviceType | None:
    """Return the kind of device, by DEVICE_TYPES; None if nothing tells."""
    return next((kind for kind, words in DEVICE_TYPES if words.search(user_agent)), None)


def os_name(family: str) -> str | None:
    """Return the system as people call it: all of Linux is Linux."""
    if family in LINUX:
        return "Linux"
    if family.startswith("Chromecast"):
        return "Chromecast"
    return None if family == "Other" else OS_NAMES.get(family, family)


def browser_name(family: str) -> str | None:
    """Return the browser as people call it, the same on a phone and on a desk."""
    return None if family == "Other" else BROWSER_NAMES.get(family) or BROWSER_VARIANT.sub("", family)
