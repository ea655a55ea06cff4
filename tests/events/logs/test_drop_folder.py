"""Files in, rows of raw.events out, and the files moved."""

import os
import time

import dagster as dg
import pytest

from orchestration.content.sites import Site, all_sites, save_site
from orchestration.errors import DogearError
from orchestration.events.logs.drop_folder import QUIET_SECONDS, import_dropped, look_into
from orchestration.events.logs.import_file import ImportSummary
from tests.events.logs.log_writing import Visit, caddy_json, combined


@pytest.fixture
def drop(tmp_path, database_url, monkeypatch):
    """The drop folder of an installation with the site example.org, some time after everything was written."""
    folder = tmp_path / "drop"
    (folder / "example.org").mkdir(parents=True)
    save_site(database_url, Site("example.org", "ada"))
    later = time.time() + 2 * QUIET_SECONDS
    monkeypatch.setattr(time, "time", lambda: later)
    return folder


@pytest.fixture
def import_all(drop, database_url, tmp_path):
    def import_all(url=database_url):
        return list(import_dropped(url, drop, all_sites(database_url), spill=tmp_path, memory_limit="1GB"))

    return import_all


def tree(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


def test_a_file_is_imported_once_and_moved(drop, import_all, rows):
    (drop / "example.org" / "access.log").write_text(combined(Visit("/a")))
    (drop / "example.org" / "2026").mkdir()
    (drop / "example.org" / "2026" / "caddy.log").write_text(caddy_json(Visit("/b")))
    (drop / "example.org" / "photo.png").write_bytes(bytes(range(256)))
    assert len(import_all()) == 3
    assert import_all() == []
    assert tree(drop / "example.org") == [
        *(".done/2026/caddy.log", ".done/access.log", ".failed/photo.png", ".failed/photo.png.reason.txt")
    ]
    assert "nothing was imported" in (drop / "example.org" / ".failed" / "photo.png.reason.txt").read_text()
    assert rows("select page_path from raw.events order by 1") == [("/a",), ("/b",)]

    (drop / "example.org" / "access.log").write_text(combined(Visit("/a")) + combined(Visit("/c")))
    (again,) = import_all()
    assert (again.result.events_added, again.result.events_known) == (1, 1)
    assert again.moved_to == drop / "example.org" / ".done" / "access.log.2"


def test_what_is_not_ready_stays_and_nothing_is_followed(drop, import_all, tmp_path):
    (tmp_path / "outside.log").write_text(combined(Visit()))
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "access.log").write_text(combined(Visit()))
    (drop / "example.org" / "link.log").symlink_to(tmp_path / "outside.log")
    (drop / "example.org" / "folder").symlink_to(tmp_path / "outside")
    (drop / "elsewhere.example").mkdir()
    (drop / "elsewhere.example" / "access.log").write_text(combined(Visit()))
    (drop / "example.org" / ".access.log.part").write_text(combined(Visit()))
    os.mkfifo(drop / "example.org" / "pipe.log")
    before = tree(drop)
    assert import_all() == []
    assert tree(drop) == before
    problems = look_into(drop, {"example.org"}).problems
    assert [problem.removeprefix(f"{drop}/") for problem in problems] == [
        "elsewhere.example: there is no site elsewhere.example. Add it: dogear site add elsewhere.example",
        *(f"example.org/{name} is not a regular file." for name in ("folder", "link.log", "pipe.log")),
    ]


def test_a_file_that_is_being_written_is_left_alone(drop, monkeypatch):
    path = drop / "example.org" / "access.log"
    path.write_text(combined(Visit()))
    os.utime(path, (0, 0))
    written = path.stat().st_ctime
    assert look_into(drop, {"example.org"}, written + QUIET_SECONDS - 1).ready == []
    assert len(look_into(drop, {"example.org"}, written + QUIET_SECONDS).ready) == 1


def test_a_file_that_grew_while_it_was_imported_is_imported_again(drop, database_url, tmp_path, rows, monkeypatch):
    from orchestration.events.logs import drop_folder

    path = drop / "example.org" / "access.log"
    path.write_text(combined(Visit("/a")))

    def import_and_grow(*arguments, **named):
        try:
            return import_file(*arguments, **named)
        finally:
            with path.open("a") as file:
                file.write(combined(Visit("/b")))

    import_file = drop_folder.import_file
    sites = all_sites(database_url)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(drop_folder, "import_file", import_and_grow)
        (first,) = import_dropped(database_url, drop, sites, spill=tmp_path, memory_limit="1GB")
    assert first.moved_to is None
    (second,) = import_dropped(database_url, drop, sites, spill=tmp_path, memory_limit="1GB")
    assert isinstance(second.result, ImportSummary)
    assert second.result.events_added == 1
    assert rows("select page_path from raw.events order by 1") == [("/a",), ("/b",)]


def test_where_the_database_does_not_answer_no_file_is_blamed(drop, import_all):
    (drop / "example.org" / "access.log").write_text(combined(Visit()))
    with pytest.raises(DogearError, match="does not answer"):
        import_all("postgresql://localhost:1/nowhere")
    assert tree(drop) == ["example.org/access.log"]


def test_the_sensor_asks_for_a_run_that_imports_what_is_there(drop, database_url, tmp_path, rows, monkeypatch):
    from orchestration.events import assets, sensors
    from orchestration.resources.dagster_database import Database

    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DOGEAR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DOGEAR_DROP_FOLDER", str(drop))
    resources = dg.Definitions(resources={"database": Database()})
    defs = dg.Definitions.merge(assets.defs, sensors.defs, resources)

    def tick(cursor: str | None) -> tuple[list[dg.RunRequest], str | None, str | None]:
        with dg.build_sensor_context(instance, cursor=cursor, resources={"database": Database()}) as context:
            result = sensors.drop_folder_sensor.evaluate_tick(context)
        return list(result.run_requests or []), result.cursor or cursor, result.skip_message

    with dg.DagsterInstance.ephemeral() as instance:
        (drop / "elsewhere.example").mkdir()
        requests, cursor, reason = tick(None)
        assert (requests, "there is no site elsewhere.example" in (reason or "")) == ([], True)

        (drop / "example.org" / "access.log").write_text(combined(Visit("/a")) + "a.example " + combined(Visit("/b")))
        (first,), cursor, _ = tick(cursor)
        assert tick(cursor)[0] == [], "it has been asked for"
        later = time.time() + sensors.LONGEST_PAUSE
        monkeypatch.setattr(time, "time", lambda: later)
        (second,), cursor, _ = tick(cursor)
        assert first.run_key != second.run_key, "what was asked for and did not come to pass is asked for again"

        done = defs.resolve_job_def("import_dropped_files").execute_in_process(instance=instance)
        (materialized,) = done.get_asset_materialization_events()
        assert materialized.asset_key == dg.AssetKey(["raw", "events"])
        metadata = {name: value.value for name, value in materialized.materialization.metadata.items()}
        assert "names hosts that are not example.org's" in str(metadata.pop("warnings"))
        assert metadata == {"files": 1, "rows": 2, "files that failed": 0}
        assert rows("select count(*) from raw.events") == [(2,)]
        assert tick(cursor)[0] == []
