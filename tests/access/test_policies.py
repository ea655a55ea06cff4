"""What the web process reads of each mart, found in the catalogue: the rows within its scope, and none without one."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import psycopg
import pytest
from psycopg import sql

from orchestration.access.analysts import add_analyst, analyst_url, remove_analyst
from orchestration.days import DayRange
from tests.access.conftest import Web
from tests.access.two_tenants import MARK, OTHER, OTHER_SITE, OWN, OWN_SITE
from tests.installation import Installation
from tests.rollups.building import MODELS, REFRESHED, Warehouse

# Each mart, the relation in which the web process reads it, and whether it has a column of owners, and of sites.
MARTS = """
    select
        relname::text,
        case when relkind in ('r', 'p') then 'marts' else 'scoped' end,
        exists (select from pg_attribute where attrelid = c.oid and attname = 'user_code'),
        exists (select from pg_attribute where attrelid = c.oid and attname = 'site')
    from pg_class as c
    where relnamespace = 'marts'::regnamespace and relkind in ('r', 'p', 'v', 'm')
    order by 1
"""


@pytest.fixture(scope="module")
def marts(tenants: Installation) -> list[tuple[str, str, bool, bool]]:
    return tenants.rows(MARTS)


def read(connection: psycopg.Connection, schema: str, mart: str) -> list[str]:
    """All rows, as texts."""
    question = sql.SQL("select t::text from {} as t order by 1").format(sql.Identifier(schema, mart))
    return [row for (row,) in connection.execute(question).fetchall()]


def rows_of(tenants: Installation, mart: str, condition: str) -> list[str]:
    return [row for (row,) in tenants.rows(f"select t::text from marts.{mart} as t where {condition} order by 1")]


@pytest.mark.parametrize(
    ("scope", "of_owner", "of_site"),
    [
        ("'{}'", "false", "true"),
        (f"array['{OWN}']", f"user_code = '{OWN}'", "true"),
        (f"array['{OTHER}']", f"user_code = '{OTHER}'", "true"),
        (f"array['{OWN}', '{OTHER}']", "true", "true"),
        ("null", "true", "true"),
        (f"array['{OWN}'], array['{OWN_SITE}']", f"user_code = '{OWN}'", f"site = '{OWN_SITE}'"),
        (f"array['{OWN}'], array['{OTHER_SITE}']", "false", "true"),
        (f"null, array['{OTHER_SITE}']", "true", f"site = '{OTHER_SITE}'"),
        ("null, '{}'", "true", "false"),
    ],
)
def test_a_mart_shows_the_rows_within_the_scope(
    tenants: Installation, web_of_tenants: Web, marts, scope: str, of_owner: str, of_site: str
):
    with web_of_tenants.connect() as connection:
        connection.execute(f"select access.let_in({scope})".encode())
        for mart, schema, has_owner, has_site in marts:
            # Rows that belong to nobody are shown to those who may see all of them.
            owned = of_owner if has_owner else str(scope.startswith("null"))
            on_site = of_site if has_site else str(of_site == "true")
            wanted = rows_of(tenants, mart, f"({owned}) and ({on_site})")
            assert read(connection, schema, mart) == wanted, mart


def test_without_a_scope_there_is_nothing_to_see(web_of_tenants: Web, marts):
    with web_of_tenants.connect() as connection:
        assert {mart: read(connection, schema, mart) for mart, schema, *_ in marts} == {mart: [] for mart, *_ in marts}


def test_every_mart_holds_rows_of_both(tenants: Installation, marts):
    """Otherwise the tests above would say little."""
    found = {
        mart: {owner for (owner,) in tenants.rows(f"select distinct user_code from marts.{mart}")}
        for mart, _, has_owner, _ in marts
        if has_owner
    }
    assert {mart for mart, owners in found.items() if owners != {OWN, OTHER}} == set()
    assert [mart for mart, _, has_owner, _ in marts if not has_owner] == ["built_days"]
    assert any(MARK in row for row in rows_of(tenants, "analytics_custom_events", "true"))


@pytest.fixture
def analyst(tenants: Installation) -> Iterator[psycopg.Connection]:
    password = add_analyst(tenants.database_url, "eve")
    with psycopg.connect(analyst_url(tenants.database_url, "eve", password)) as connection:
        yield connection
    remove_analyst(tenants.database_url, "eve")


def test_an_analyst_reads_all(tenants: Installation, analyst: psycopg.Connection, marts):
    for mart, schema, *_ in marts:
        everything = rows_of(tenants, mart, "true")
        assert read(analyst, "marts", mart) == read(analyst, schema, mart) == everything, mart


def test_the_owner_reads_all_and_is_asked_for_no_scope(tenants: Installation):
    plan = "\n".join(line for (line,) in tenants.rows("explain select * from marts.analytics_sessions"))
    assert "access." not in plan
    assert "InitPlan" not in plan


def test_marts_that_are_dropped_and_built_again_are_protected(tenants: Installation, web_of_tenants: Web, marts):
    protected = "select polrelid::regclass::text, polname from pg_policy order by 1, 2"
    before = tenants.rows(protected)
    for kind, mart in (("table", "visitor_days"), ("view", "content_documents"), ("table", "analytics_sessions")):
        tenants.execute(f"drop {kind} marts.{mart} cascade")
    assert tenants.rows("select to_regclass('scoped.analytics_visitors')") == [(None,)]
    warehouse = Warehouse.of(tenants)
    warehouse.build(DayRange(date(2026, 3, 2), datetime.now(UTC).date()), select=MODELS)
    warehouse.refresh(*REFRESHED)
    assert tenants.rows(protected) == before
    test_a_mart_shows_the_rows_within_the_scope(
        tenants, web_of_tenants, marts, f"array['{OWN}']", f"user_code = '{OWN}'", "true"
    )
    test_a_mart_shows_the_rows_within_the_scope(tenants, web_of_tenants, marts, "null", "true", "true")
