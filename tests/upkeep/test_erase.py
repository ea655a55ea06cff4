"""Three visitors in, one erased: what is left is what would be there if that one had never come."""

import json
import os
import subprocess
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import pytest

from orchestration.content.sites import Site, save_site
from orchestration.days import DayRange
from orchestration.events.logs.import_file import import_file
from orchestration.lake.days import NOT_BUILT
from orchestration.lake.tables import TABLES
from orchestration.rollups.dbt_project import day_columns, parsed_project
from orchestration.settings import Settings
from orchestration.upkeep.erase import Visitor, erase, look
from orchestration.upkeep.unfinished import free_bytes
from tests.installation import DOGEAR, bare_environment
from tests.lake.lake import Lake
from tests.rollups.building import MODELS, Warehouse

ADA, BROWSER = "acct-4711", "0197f2ab-6c1e-7c3a-8f52-9d0c4b1a7e63"
SCHEMAS = ["raw", "live", "ops", "access", "staging", "intermediate", "marts"]
RELATIONS = """
    select oid::regclass::text from pg_class
    where relnamespace = any(%s::regnamespace[]) and relkind in ('r', 'p', 'v')
"""
# When a day was built is all that two installations with the same events differ in.
COLUMNS = """
    select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
    where attrelid = %s::regclass and attnum > 0 and not attisdropped and attname <> 'built_at'
"""


def event(at: str, path: str, kind: str = "page_view", **who: object) -> str:
    event_id = str(uuid5(NAMESPACE_URL, f"{at} {path} {who}"))
    data = {"event_id": event_id, "occurred_at": at, "page_url": f"https://example.org{path}", **who}
    return json.dumps({"type": kind, "data": data})


ADAS = [
    event("2026-03-01T23:50:00Z", "/", account_id=ADA, visitor_id=BROWSER),
    event("2026-03-02T00:05:00Z", "/blog/corners", account_id=ADA, visitor_id=BROWSER),
    event("2026-03-02T00:06:00Z", "/blog/corners", "click", account_id=ADA, click_target="subscribe"),
    event("2026-03-02T12:00:00Z", "/cv", account_id=ADA, session_id="shared-screen"),
    # A day on which nobody else came.
    event("2026-03-05T09:00:00Z", "/", account_id=ADA),
]
# The id is no text: the event is rejected, and its line is kept.
ADAS_BAD = event("2026-03-02T13:00:00Z", "/", account_id=ADA, scroll_depth_percentage="deep")
OTHERS = [
    event("2026-03-01T10:00:00Z", "/", visitor_id="bob"),
    event("2026-03-01T23:55:00Z", "/blog/corners", visitor_id="bob"),
    event("2026-03-02T00:15:00Z", "/", visitor_id="bob"),
    event("2026-03-02T12:10:00Z", "/blog/corners", account_id="acct-47", session_id="shared-screen"),
    event("2026-03-03T08:00:00Z", "/cv", account_id="acct-47"),
    event("2026-03-03T08:01:00Z", "/", "click", account_id="acct-47", click_target="cv"),
]


@pytest.fixture(scope="module")
def make(make_installation, tmp_path_factory):
    def make(name: str, lines: list[str]):
        installation = make_installation(name, has_tables=True)
        save_site(installation.database_url, Site("example.org", "ada"))
        (file := tmp_path_factory.mktemp("events") / "events.ndjson").write_text("".join(f"{line}\n" for line in lines))
        import_file(installation.database_url, file, site="example.org", user_code="ada")
        Warehouse.of(installation).build(select=MODELS)
        return installation

    return make


@pytest.fixture(scope="module")
def never(make):
    """An installation to which that visitor never came."""
    return make("erase_never", [*OTHERS, *[""] * (len(ADAS) + 1)])


def relations(installation, schemas: list[str]) -> list[str]:
    return [relation for (relation,) in installation.rows(RELATIONS, [schemas])]


def numbers(installation) -> dict[str, Counter]:
    """The rows of every table and view that dbt makes."""
    found = {}
    for relation in relations(installation, ["staging", "intermediate", "marts"]):
        ((columns,),) = installation.rows(COLUMNS, [relation])
        found[relation] = Counter(map(repr, installation.rows(f"select {columns} from {relation}")))
    return found


def naming(installation, words: str) -> set[str]:
    """The tables and views with a row that holds these words."""
    return {
        relation
        for relation in relations(installation, SCHEMAS)
        if installation.rows(f"select 1 from {relation} as it where strpos(it::text, %s) > 0 limit 1", [words])
    }


def everything_in_lake(installation) -> str:
    """Every row of events, and of each mart of detail."""
    lake = Lake(installation.database_url, Settings(home=Path(installation.environment["DOGEAR_HOME"])))
    return repr([lake.read(f"select * from {table}") for table in TABLES])


def in_terminal(installation, answer: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, asked by somebody who sits before it and types ``answer``."""
    terminal, stdin = os.openpty()
    os.write(terminal, answer.encode())
    environment = {**bare_environment(), **installation.environment}
    done = subprocess.run(
        [DOGEAR, *arguments], env=environment, stdin=stdin, stdout=subprocess.PIPE, text=True, check=False, timeout=300
    )
    os.close(stdin)
    os.close(terminal)
    return done


def test_a_visitor_that_was_erased_was_never_there(make, never):
    site = make("erase_one", [*OTHERS, *ADAS, ADAS_BAD])
    site.execute(
        "insert into ops.notifications (notification_id, user_code, account_id, site, type, title, message, "
        "event_count, hour, channels, created_at, is_sent, expires_at) values (gen_random_uuid(), 'ada', "
        f"'{ADA}', 'example.org', 'reply', 't', 'm', 1, now(), '{{in_app}}', '2026-03-04T00:00Z', true, now())"
    )
    site.execute(
        "insert into live.visitors (site, visitor_id, user_code, first_seen_at, last_seen_at) "
        f"values ('example.org', '{ADA}', 'ada', '2026-03-05', '2026-03-05T09:00Z')"
    )
    raw = {"raw.events", "raw.rejected_events", "live.visitors", "ops.notifications"}
    assert naming(site, ADA) > raw | {"staging.stg_events", "marts.analytics_sessions", "marts.analytics_clicks"}

    declined = in_terminal(site, "n\n", "erase", "--visitor", ADA)
    assert declined.returncode == 1
    assert declined.stdout.endswith("Erase this for good? [y/N]: Nothing was erased.\n")
    assert naming(site, ADA) > raw

    # Older than the retention: the lake alone holds these days.
    site.dogear("lake", "export")
    site.execute(
        "insert into raw.rejected_events (rejected_id, site, source, reason, excerpt, rejected_at) "
        "values (gen_random_uuid(), 'example.org', 'test', 'long ago', '', now() - interval '91 days')"
    )
    left = site.dogear("lake", "retention").stdout
    assert "4 days dropped" in left
    assert left.endswith("1 rejected event of that age removed.\n")
    assert site.rows("select count(*) from raw.events") == [(0,)]
    assert everything_in_lake(site).count(ADA) > 2 * len(ADAS)

    done = site.dogear("erase", "--visitor", ADA)
    lines = [line.split() for line in done.stdout.partition("Erased:\n")[2].splitlines()]
    assert lines[:5] == [
        ["raw.events", "5", "rows", "2026-03-01", "to", "2026-03-05"],
        ["raw.rejected_events", "1", "row", str(datetime.now(UTC).date())],
        ["live.visitors", "1", "row", "2026-03-05"],
        ["ops.notifications", "1", "row", "2026-03-04"],
        ["lake.events", "5", "rows", "2026-03-01", "to", "2026-03-05"],
    ]
    assert "marts are built again for 2026-03-01 to 2026-03-05" in done.stdout
    assert "Backups are not reached" in done.stdout

    assert naming(site, ADA) == naming(site, BROWSER) == set()
    lake = everything_in_lake(site)
    assert (ADA in lake, BROWSER in lake, "bob" in lake) == (False, False, True)
    assert site.rows("select count(*) from raw.events") == [(len(OTHERS),)]
    assert "none found wrong" in site.dogear("lake", "check").stdout
    assert numbers(site) == numbers(never)
    assert "Every day is built" in site.dogear("build").stdout
    ((noted,),) = site.rows("select details from access.audit_log where action = 'erased'")
    assert noted["rows"]["raw.events"] == 5

    again = site.dogear("erase", "--visitor", ADA)
    assert again.stdout.startswith(f"0 rows: there is nothing of {ADA} on any site.")
    assert numbers(site) == numbers(never)


def test_an_erasure_that_ended_before_its_build_is_finished_by_the_next_one(make, never):
    site = make("erase_half", [*OTHERS, *ADAS])
    settings = Settings(home=Path(site.environment["DOGEAR_HOME"]))
    columns = day_columns(parsed_project(site.database_url, settings))
    half = erase(site.database_url, settings, Visitor(ADA), columns)
    assert half.to_build == [DayRange(date(2026, 3, 1), date(2026, 3, 5))]
    assert "marts.analytics_sessions" in naming(site, ADA), "not built yet"
    emptied = "select events from marts.built_days where day = '2026-03-05'"
    assert site.rows(emptied) == [(NOT_BUILT,)], "no event is left to say that this day must be built"
    unfinished = "select erasure_id from ops.unfinished_erasures"
    assert free_bytes(site.database_url)
    assert len(site.rows(unfinished)) == 1, "the marts that are still to be built leave bytes, too"
    assert look(site.database_url, settings, Visitor("somebody else"), columns).to_build == half.to_build
    Warehouse.of(site).build(select=MODELS)
    assert naming(site, ADA) == set()
    assert numbers(site) == numbers(never)
    assert free_bytes(site.database_url)
    assert site.rows(unfinished) == []
