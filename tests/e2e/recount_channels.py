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
    """What kind of site a host is: the word for the longest ending that is known."""
    labels = source.split(".")
    endings = [".".join(labels[start:]) for start in range(len(labels))]
    return next(
        (seed("traffic_source_categories.csv")[e] for e in endings if e in seed("traffic_source_categories.csv")), None
    )


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
    if source == "chatgpt.com":
        return "AI Assistant"
    if category in {"shopping", "social", "video", "search"}:
        return f"Organic {category.title()}"
    if medium == "email" or category == "email":
        return "Email"
    return "Referral" if medium == "referral" else "Unassigned"


def coarse(channel: str) -> str:
    return seed("traffic_channels.csv")[channel]
