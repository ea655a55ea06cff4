"""The job that the sensor starts, in Dagster: what it materializes, and what its checks say."""

import dagster as dg
import pytest

from orchestration.content.assets import TABLES, SitesToSync
from orchestration.content.sites import Site, save_site


@pytest.fixture
def run(site, tmp_path, monkeypatch):
    """Run the job for some sites; returns its result."""
    monkeypatch.setenv("DATABASE_URL", site.database_url)
    monkeypatch.setenv("DOGEAR_HOME", str(tmp_path / "home"))

    def run(*names: str) -> dg.ExecuteInProcessResult:
        from orchestration.content import assets, checks, sensors
        from orchestration.resources.dagster_database import Database

        resources = dg.Definitions(resources={"database": Database()})
        defs = dg.Definitions.merge(assets.defs, checks.defs, sensors.defs, resources)
        config = dg.RunConfig(ops={"content_files": SitesToSync(sites=list(names))})
        with dg.DagsterInstance.ephemeral() as instance:
            return defs.resolve_job_def("sync_content").execute_in_process(run_config=config, instance=instance)

    return run


def test_what_is_wrong_with_the_content_is_seen_in_the_checks_and_stops_nothing(site, run, tmp_path):
    site.write("sound.md", "# Sound")
    site.write("bad.md", b"\xff")
    site.write("untitled.md", "Words.")
    site.write("twice.md", "---\nurl: /sound\n---\n# Twice\n\n[Nowhere](/nowhere)")
    site.commit("Write")
    save_site(site.database_url, Site("here.example", "ada", str(site.folder)))
    save_site(site.database_url, Site("gone.example", "ada", str(tmp_path / "gone")))
    result = run()
    assert result.success
    materialized = {event.asset_key.path[-1]: event for event in result.get_asset_materialization_events()}
    assert materialized.keys() == TABLES.keys()
    metadata = materialized["items"].materialization.metadata
    assert metadata["dagster/row_count"].value == 3
    assert "3 read" in metadata["here.example"].value
    assert "is not there" in metadata["gone.example"].value
    said = {check.check_name: check for check in result.get_asset_check_evaluations()}
    assert {name: check.passed for name, check in said.items()} == dict.fromkeys(
        [
            *("sites_are_read", "files_are_readable", "urls_are_unique", "links_lead_somewhere"),
            "titles_are_written",
        ],
        False,
    )
    assert said["urls_are_unique"].metadata["here.example: /sound"].value == "sound.md, twice.md"
    assert said["links_lead_somewhere"].metadata["here.example: twice.md"].value == "/nowhere"

    for path in ("bad.md", "untitled.md"):
        site.write(path, f"# {path}")
    site.write("twice.md", "# Twice\n\n[Somewhere](/sound)")
    (tmp_path / "gone").mkdir()
    assert all(check.passed for check in run().get_asset_check_evaluations())


def test_a_run_may_be_for_one_site(site, run):
    site.write("a.md", "# A")
    for name in ("one.example", "two.example"):
        save_site(site.database_url, Site(name, "ada", str(site.folder)))
    run("two.example")
    assert site.rows("select site from content.items") == [("two.example",)]
