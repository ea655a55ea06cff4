"""What dbt parsed is used as long as the project is the same."""

import os
from pathlib import Path

import pytest

from orchestration.rollups import dbt_project
from orchestration.rollups.dbt_project import DBT_PROJECT, parsed_project
from orchestration.settings import Settings

URL = "postgresql://somebody@localhost/parsed"


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The one model of a small project."""
    project = tmp_path / "dbt_project"
    (project / "models").mkdir(parents=True)
    (project / "dbt_project.yml").write_text("name: small\nversion: 1.0.0\nprofile: dogear\n")
    (project / "profiles.yml").write_bytes((DBT_PROJECT / "profiles.yml").read_bytes())
    monkeypatch.setattr(dbt_project, "DBT_PROJECT", project)
    model = project / "models" / "answer.sql"
    model.write_text("select 1 as answer")
    return model


def test_another_release_is_parsed_again_however_old_its_files_are(model: Path, tmp_path: Path):
    settings = Settings(home=tmp_path)
    first = (parsed_project(URL, settings) / "manifest.json").stat()
    assert (parsed_project(URL, settings) / "manifest.json").stat() == first

    model.write_text("select 2 as answer")
    os.utime(model, (0, 0))
    assert "select 2 as answer" in (parsed_project(URL, settings) / "manifest.json").read_text()


@pytest.mark.parametrize("file", ["manifest.json", "partial_parse.msgpack", "parsed_from"])
def test_a_damaged_file_is_written_again(model: Path, tmp_path: Path, file: str):
    settings = Settings(home=tmp_path)
    damaged = parsed_project(URL, settings) / file
    whole = len(damaged.read_bytes())
    damaged.write_bytes(b"\xff" * 9)
    assert parsed_project(URL, settings) == damaged.parent
    assert len(damaged.read_bytes()) == pytest.approx(whole, abs=99)
    damaged.unlink()
    parsed_project(URL, settings)
    assert damaged.exists()


def test_what_an_editor_leaves_is_no_file_of_the_project(model: Path, tmp_path: Path):
    (model.parent / ".#answer.sql").symlink_to("somebody@somewhere.1234")
    assert parsed_project(URL, Settings(home=tmp_path)).exists()
