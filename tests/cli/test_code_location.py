"""A code location that Dagster cannot load."""

import pytest

from orchestration.cli.dagster_processes import DagsterProcesses
from orchestration.errors import DogearError
from orchestration.resources.dagster_home import prepare_dagster_home
from orchestration.settings import Settings
from tests.serving.collector.running import free_port


def test_a_location_that_cannot_be_loaded_is_an_error_at_once_and_says_why(database_url, tmp_path):
    (tmp_path / "dagster_dbt.py").write_text("raise ImportError('this dagster_dbt is broken')\n")
    settings = Settings(home=tmp_path / "home", port=free_port())
    # Dagster takes the first folder of the path for that of a script, and leaves it out.
    environment = {**prepare_dagster_home(settings, database_url), "PYTHONPATH": f"{tmp_path}/none:{tmp_path}"}
    dagster = DagsterProcesses(settings, environment)
    with pytest.raises(DogearError, match=r"cannot load orchestration\.definitions:") as error, dagster:
        pytest.fail("it has started")
    assert "this dagster_dbt is broken" in str(error.value)
    assert [process.has_ended for process in dagster.processes] == [True] * 3
