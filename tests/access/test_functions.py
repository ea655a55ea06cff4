"""The functions of schema analytics, as the web process calls them: what they say is of its scope alone."""

import psycopg
import pytest

from tests.access.conftest import Web
from tests.access.two_tenants import MARK, OTHER, OTHER_SITE, OWN, OWN_SITE
from tests.installation import Installation

DAYS = "'2026-03-01', '2026-12-31'"
# One call each; {site} is a site.
CALLS = {
    "get_breakdown": f"('{{site}}', 'entry_page', {DAYS})",
    "get_document_paths": "()",
    "get_entity_visitors": f"('site', '{{site}}', {DAYS})",
    "get_freshness": "()",
    "get_heatmap": f"('{{site}}', 'page', '/a', {DAYS})",
    "get_letters_by_type": f"('{{site}}', {DAYS})",
    "get_live_stats": "()",
    "get_property_values": f"('{{site}}', 'zorro_theme', array['zorro_theme'], {DAYS}, 10)",
    "get_site_stats": f"('{{site}}', {DAYS}, 'monthly')",
    "get_time_series_data": f"('site', '{{site}}', {DAYS}, 'weekly')",
    "get_timeline": "('{site}', '2026-03-01', '2026-03-31')",
    "get_top_content": f"('{{site}}', {DAYS})",
    "get_top_sources": f"('{{site}}', {DAYS})",
    "get_top_themes": f"('{{site}}', {DAYS})",
    "overview": "()",
}
READING = """
    select proname::text from pg_proc
    where
        pronamespace = 'analytics'::regnamespace
        and (prosrc ~ '(marts|scoped|live|analytics\\.get_\\w+)' or prosecdef)
    order by 1
"""
MEASURED = "to_jsonb(t) - 'measured_at'"


def answers(connection: psycopg.Connection, site: str) -> dict[str, list]:
    return {
        name: connection.execute(
            f"select {MEASURED} from analytics.{name}{call.format(site=site)} as t".encode()
        ).fetchall()
        for name, call in CALLS.items()
    }


def test_each_function_that_reads_is_called_here(tenants: Installation):
    assert [name for (name,) in tenants.rows(READING)] == sorted([*CALLS, "detail_begins", "get_cached_content"])


def test_answers_about_ones_own_site_are_those_that_the_owner_of_the_database_gets(
    tenants: Installation, web_of_tenants: Web
):
    with psycopg.connect(tenants.database_url) as owner, web_of_tenants.connect() as web:
        web.execute(f"select access.let_in(array['{OWN}', '{OTHER}'])".encode())
        for site in (OWN_SITE, OTHER_SITE):
            assert answers(web, site) == answers(owner, site)
        assert MARK in repr(answers(owner, OTHER_SITE))


@pytest.mark.parametrize("scope", [f"array['{OWN}']", f"array['{OWN}', '{OTHER}'], array['{OWN_SITE}']", "'{}'"])
def test_another_s_site_is_one_that_is_not_there(web_of_tenants: Web, scope: str):
    with web_of_tenants.connect() as web:
        web.execute(f"select access.let_in({scope})".encode())
        of_another, of_nobody = answers(web, OTHER_SITE), answers(web, "nobody.example")
        assert of_another == of_nobody
        assert MARK not in repr(of_another)
        live = web.execute("select recent_visitors from analytics.get_live_stats()").fetchone()
        assert live == (0 if scope == "'{}'" else 1,)


def test_kept_answers_are_about_all_sites_and_not_for_the_web_process(web_of_tenants: Web):
    with web_of_tenants.connect() as web, pytest.raises(psycopg.errors.InsufficientPrivilege, match="Kept answers"):
        web.execute("select analytics.get_cached_content('sites', 'analytics.overview()', '1 day')")
