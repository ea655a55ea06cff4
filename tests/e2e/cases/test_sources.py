"""Where visits come from, of logs that are not part of the repository; skipped where they are absent."""

from collections.abc import Iterator

import pytest

from orchestration.events.logs.import_file import import_file
from tests.conftest import database_of_its_own
from tests.e2e.cases.case_site import case
from tests.parsing import Parsed
from tests.rollups.building import Warehouse

DIRECT, REFERRAL, SEARCH, SOCIAL = "Direct", "Referral", "Organic Search", "Organic Social"
NOT_SEARCH = (0, 1, 2, 4, 5, 6, 7, 11, 12, 13)
# By folder: the path of each visit's page, and where the visit came from.
WANTED = {
    "20-self-referral-www": {f"/{page}": DIRECT for page in "abcdf"} | {"/e": REFERRAL},
    "22-click-ids": {f"/{page}": "Paid Search" for page in "abcd"} | {"/e": SOCIAL},
    "23-google-not-search": {f"/{number}": REFERRAL for number in NOT_SEARCH}
    | {"/3": "Email", "/8": SEARCH, "/9": SEARCH, "/10": SEARCH},
    "24-android-app": {"/0": SEARCH, "/1": SEARCH, "/2": "Email", "/7": REFERRAL, "/8": "Organic Video", "/9": REFERRAL}
    | {f"/{number}": SOCIAL for number in (3, 4, 5, 6)},
}


@pytest.fixture(scope="module")
def visited(server_url: str, parsed: Parsed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """Each log as a site of its own, in one build."""
    with database_of_its_own(server_url) as url:
        warehouse = Warehouse(url, tmp_path_factory.mktemp("sources"))
        parsed.give(url, warehouse.home)
        for name in WANTED:
            import_file(url, case(name) / "access.log", site=site_of(name), user_code="ada")
        warehouse.build(select=["+analytics_daily_sources", "--indirect-selection", "empty"])
        yield warehouse


def site_of(name: str) -> str:
    named = case(name) / "site.txt"
    return named.read_text().strip() if named.exists() else f"{name[3:]}.example"


@pytest.mark.parametrize("name", WANTED)
def test_a_visit_comes_from_who_sent_it(visited: Warehouse, name: str):
    rows = visited.rows("select site, entry_page_path, channel from marts.analytics_sessions")
    assert {path: channel for site, path, channel in rows if site == site_of(name)} == WANTED[name]


def test_an_app_is_named_as_the_referrer(visited: Warehouse):
    named = {name for (name,) in visited.rows("select referrer from marts.analytics_daily_sources")}
    assert {"com.slack", "com.pinterest", "com.google.android.gm", "544007664"} <= named
