"""Some days of three sites of two owners, with readers from everywhere: what questions are asked about."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from tests.analysts.readers import DOCUMENT, write_repository
from tests.installation import Installation
from tests.rollups.building import MODELS, Warehouse
from tests.rollups.session_model import Event

FIRST, DAYS = date(2026, 3, 27), 12
LAST = FIRST + timedelta(days=DAYS - 1)
# Site, and its owner. The last one's texts have its mark in them, so that they are known wherever they turn up.
SITES = {"ada.example": "ada", "second.example": "ada", "zorro.example": "zorro"}
MARK = "zorro"
VISITS = 260
PLACES = [("DE", "Saxony", "Leipzig"), ("DE", "Bavaria", "Munich"), ("AT", None, None), (None, None, None)]
DEVICES = [("mobile", "Android", "Chrome", 412), ("desktop", "Linux", "Firefox", 1920), (None, None, None, None)]
ORIGINS = [
    {},
    {},
    {"referrer_host": "google.com"},
    {"referrer_host": "news.example"},
    {"referrer_host": "SITE", "utm_medium": "email"},
    {"utm_source": "letter", "utm_medium": "email", "utm_campaign": "spring", "utm_content": "top", "utm_term": "a b"},
]
PATHS = [None, "/", "/a", "/a/", "/b.html", DOCUMENT, DOCUMENT, "/draft/100%_c", "/deep/path/x"]
ACTS = ["page_view"] * 5 + ["click", "heartbeat", "heartbeat", "scroll", "signup", "theme"]


@dataclass(frozen=True, kw_only=True)
class Act(Event):
    """An event with what questions ask of its reader besides."""

    page_host: str | None = None
    referrer_host: str | None = None
    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None
    utm_term: str | None = None
    utm_content: str | None = None
    country_code: str | None = None
    region: str | None = None
    city: str | None = None
    device_type: str | None = None
    os: str | None = None
    browser: str | None = None
    screen_width: int | None = None
    language_code: str | None = None
    load_time_ms: int | None = None


def acts() -> Iterator[Act]:
    """The same ones each time: visits of a few acts each, some of them over midnight."""
    dice = random.Random(7)
    for visit in range(VISITS):
        site = dice.choice([*SITES, "ada.example"])
        mark = f"{MARK}-" if site.startswith(MARK) else ""
        reader = dice.randrange(40)
        at = datetime.combine(FIRST, datetime.min.time(), UTC) + timedelta(
            days=dice.randrange(DAYS), hours=dice.choice([0, 9, 14, 23]), minutes=dice.randrange(60)
        )
        # Some begin shortly before midnight, and view their first page after it.
        is_late = visit % 13 == 0
        if is_late:
            at = at.replace(hour=23, minute=59, second=30)
        country, region, city = dice.choice(PLACES)
        device, system, browser, width = dice.choice(DEVICES)
        origin = {name: site if value == "SITE" else value for name, value in dice.choice(ORIGINS).items()}
        for act in range(dice.randrange(2 if is_late else 1, 8)):
            kind = dice.choice(ACTS) if act else dice.choice(["page_view"] * 6 + ["signup"])
            if is_late and act < 2:
                kind = ("signup", "page_view")[act]
            path = dice.choice(PATHS)
            if dice.random() < 0.1:
                country, region, city = dice.choice(PLACES)
            yield Act(
                event_id=UUID(int=dice.getrandbits(128)),
                occurred_at=at,
                event_type=kind if kind != "theme" else f"{mark}theme",
                site=site,
                user_code=SITES[site],
                page_path=path if path in {None, DOCUMENT, "/"} or not mark else f"/{mark}{path[1:]}",
                page_host=site,
                account_id=f"{mark}account {reader % 7}" if reader % 5 == 0 else None,
                client_visitor_id=None if reader % 3 else f"{mark}visitor {reader}",
                anonymous_id=UUID(int=reader * 1000 + at.day),
                client_session_id=f"{mark}{visit}" if visit % 3 else None,
                share_code="link" if visit % 9 == 0 else None,
                engaged_seconds=dice.choice([3, 8.25, 20]) if kind == "heartbeat" else None,
                scroll_depth_percentage=dice.randrange(101) if kind == "scroll" else None,
                load_time_ms=dice.randrange(80, 3000) if kind == "page_view" and dice.random() < 0.7 else None,
                is_bot=False,
                country_code=country,
                region=region and mark + region,
                city=city and mark + city,
                device_type=device,
                os=system,
                browser=browser,
                screen_width=width,
                language_code=dice.choice(["de", "en", None]),
                **(origin if not act else {}),  # pyright: ignore[reportArgumentType]
            )
            at += timedelta(seconds=60 if is_late else dice.choice([1, 7.5, 60, 900]))


def build_world(installation: Installation, folder: Path) -> Installation:
    """Add the sites with a document each, goals and all events, and build every mart."""
    for site, user_code in SITES.items():
        repository = folder / site
        repository.mkdir()
        write_repository(repository)
        installation.dogear("site", "add", site, "--user-code", user_code, "--repository", str(repository))
        goals = f"('{site}', '{user_code} signed up', 'signup', null), ('{site}', 'why', 'page_view', '{DOCUMENT}')"
        installation.execute(f"insert into content.goals (site, goal, event_type, page_path) values {goals}")
    warehouse = Warehouse.of(installation)
    warehouse.load(acts())
    warehouse.build(select=MODELS)
    return installation
