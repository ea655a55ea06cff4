"""Two owners on one installation. What the second one has is marked, so that it is known wherever it turns up."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.analysts.readers import DOCUMENT, EVENTS, event, write_events, write_repository
from tests.installation import Installation
from tests.rollups.building import MODELS, REFRESHED, Warehouse

OWN, OTHER = "jordan", "zorro"
OWN_SITE, OTHER_SITE = "tiny.example", "zorro.example"
# Every text of the other owner's that strangers or owners chose has this in it, but for the document's path.
MARK = "zorro"


def marked(event: dict[str, Any]) -> dict[str, Any]:
    """The same event, on the other owner's site."""
    data = dict(event["data"])
    path = data["page_url"].removeprefix(f"https://{OWN_SITE}")
    data["page_url"] = f"https://{OTHER_SITE}{path if path == DOCUMENT else f'/{MARK}{path}'}"
    for field in ("visitor_id", "session_id", "click_target"):
        if field in data:
            data[field] = f"{MARK}-{data[field]}"
    if "referrer" in data:
        data["referrer"] = f"https://{MARK}.news.example/"
    kind = event["type"]
    if "properties" in data:
        data["properties"] = {f"{MARK}_{name}": f"{MARK} {value}" for name, value in data["properties"].items()}
        kind = f"{MARK}_{kind}"
    return {"type": kind, "data": data}


def add_tenants(installation: Installation, folder: Path) -> Installation:
    """Add both, with a document, a goal and events each, and build every mart."""
    # One mart holds the last days alone.
    lately = event("page_view", "12-01 09:00", "ana", DOCUMENT)
    lately["data"]["occurred_at"] = (datetime.now(UTC) - timedelta(days=2)).isoformat()
    own = [*EVENTS, lately]
    others = [*map(marked, own)]
    for user_code, site, events, title in ((OWN, OWN_SITE, own, "Why"), (OTHER, OTHER_SITE, others, f"{MARK} says")):
        repository = folder / user_code
        repository.mkdir()
        write_repository(repository, title, f"[Gone](/{user_code}) once was.")
        installation.dogear("site", "add", site, "--user-code", user_code, "--repository", str(repository))
        installation.dogear("import", "--site", site, str(write_events(folder / f"{user_code}.ndjson", events)))
        goal = f"('{site}', '{user_code} bought', 'click')"
        installation.execute(f"insert into content.goals (site, goal, event_type) values {goal}")
        live = f"('{site}', '{user_code}', '{user_code}', now(), now(), '/{user_code}')"
        columns = "site, user_code, visitor_id, first_seen_at, last_seen_at, page_path"
        installation.execute(f"insert into live.visitors ({columns}) values {live}")
    warehouse = Warehouse.of(installation)
    warehouse.build(select=MODELS)
    warehouse.refresh(*REFRESHED)
    return installation
