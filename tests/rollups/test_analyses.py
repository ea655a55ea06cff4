"""The questions in dbt_project/analyses, on a real site: each can be compiled, runs, and has an answer."""

import json
from pathlib import Path

import pytest

from orchestration.rollups.dbt_project import DBT_PROJECT

ANALYSES = sorted(file.stem for file in (DBT_PROJECT / "analyses").glob("*.sql"))
# The real site's log is older than its repository: no version was live then.
COMMITS = "commits_that_changed_reading"


@pytest.fixture(scope="module")
def compiled(real_site) -> dict[str, str]:
    """The SQL of each analysis, by name, for the database that one is connected to."""
    home = Path(real_site.environment["DOGEAR_HOME"])
    real_site.dogear("dbt", "compile", "--select", "resource_type:analysis")
    nodes = json.loads((home / "dbt" / "manifest.json").read_bytes())["nodes"].values()
    found = [node for node in nodes if node["resource_type"] == "analysis"]
    return {node["name"]: node["compiled_code"].replace(f'"{node["database"]}".', "") for node in found}


@pytest.mark.parametrize("name", ANALYSES)
def test_an_analysis_answers(real_site, tiny_site, compiled, name):
    assert compiled[name].lstrip().startswith("--"), "it says which question it answers"
    site = tiny_site if name == COMMITS else real_site
    assert site.rows(f"{compiled[name]}\nlimit 5"), "as `dbt show` asks"


def test_a_funnel_narrows(real_site, compiled):
    steps = real_site.rows(compiled["funnel"])
    assert len(steps) == 5
    counts = [sessions for _, _, _, sessions, *_ in steps]
    assert counts == sorted(counts, reverse=True)
    assert [(sessions,) for sessions in counts[:1]] == real_site.rows(
        "select count(*) from marts.analytics_sessions where page_views > 0"
    )


def test_every_visitor_is_in_one_cohort(real_site, compiled):
    cohorts = real_site.rows(compiled["retention_by_week"])
    newcomers = sum(visitors for _, _, weeks_later, visitors, _ in cohorts if weeks_later == 0)
    assert [(newcomers,)] == real_site.rows("select count(distinct visitor_id) from marts.analytics_page_views")


def test_a_commit_is_told_with_what_it_changed(tiny_site, compiled):
    rows = tiny_site.rows(
        f"select change_summary, avg_time_on_page, time_on_page_change from ({compiled[COMMITS]}) as x"
    )
    assert {row[1:] for row in rows} == {(10.0, None), (40.0, 30.0)}
