"""Where a session came from, by GA4's rules for its default channel group, as far as the visits of the tests need them:
https://support.google.com/analytics/answer/9756891"""

import csv
import re
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from orchestration.settings import PROJECT_ROOT

SEEDS = PROJECT_ROOT / "dbt_project" / "seeds"


@cache
def seed(name: str) -> dict[str, str]:
    with (SEEDS / name).open() as file:
        return dict(list(csv.reader(file))[1:])


def host_of(url: str | None) -> str | None:
    return (urlsplit(url).hostname or "").removeprefix("www.") or None if url else None


def outside_host(data: dict[str, Any], site: str) -> str | None:
    """The host that led here; None where that is the site itself."""
    host = host_of(data.get("referrer"))
    return None if host == site else host


def category_of(source: str) -> str | None:
    """What kind of place a source is: its own row says, else that of all countries, else that of all members."""
    rows = seed("traffic_source_categories.csv")
    labels = source.split(".")
    if labels[0] in {"www", "m", "mobile", "l", "lm"} and source not in rows:
        labels = labels[1:]
    kept = labels[:-2] if labels[-2:-1] in (["co"], ["com"], ["org"], ["net"]) else labels[:-1]
    of_all_countries = ".".join([*kept, "{}"]) if len(labels[-1]) == 2 else source
    of_a_language = ".".join(["{}", *labels[1:]]) if len(labels[0]) == 2 else source
    of_members = ".".join(["*", *labels[1:]])
    named = (source, ".".join(labels), of_all_countries, of_a_language, of_members, f"{labels[0]}.*")
    return next((rows[name] for name in named if name in rows), None)


def channel_of(data: dict[str, Any], site: str) -> str:
    host = outside_host(data, site)
    source = data.get("utm_source", host or "").lower()
    medium = data.get("utm_medium", "referral" if host and "utm_source" not in data else "").lower()
    category = category_of(source)
    if not source and not medium:
        return "Direct"
    if re.fullmatch(r".*cp.*|ppc|retargeting|paid.*", medium):
        return {"search": "Paid Search", "social": "Paid Social", "video": "Paid Video"}.get(
            category or "", "Paid Other"
        )
    if category == "assistant":
        return "AI Assistant"
    if category in {"shopping", "social", "video", "search"}:
        return f"Organic {category.title()}"
    if medium == "email" or category == "email":
        return "Email"
    return "Referral" if medium == "referral" else "Unassigned"


def coarse(channel: str) -> str:
    return seed("traffic_channels.csv")[channel]
