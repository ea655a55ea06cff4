"""Ports on which `dogear up` cannot listen are refused before anything starts."""

from pathlib import Path

import pytest

from tests.installation import run_dogear


@pytest.mark.parametrize(
    ("ports", "said"),
    [
        ({"DOGEAR_PORT": "99999"}, "DOGEAR_PORT: Input should be less than or equal to 65535."),
        ({"DOGEAR_WEB_PORT": "0"}, "DOGEAR_WEB_PORT: Input should be greater than or equal to 1."),
        (
            {"DOGEAR_PORT": "3555", "DOGEAR_COLLECTOR_PORT": "3555"},
            "cannot both listen on port 3555: set DOGEAR_PORT or",
        ),
        (
            {"DOGEAR_COLLECTOR_PORT": "3555", "DOGEAR_WEB_PORT": "3555"},
            "The collector and the web process cannot both listen on port 3555: set DOGEAR_COLLECTOR_PORT or",
        ),
    ],
)
def test_a_port_that_cannot_be_is_refused_in_one_line(tmp_path: Path, ports: dict[str, str], said: str) -> None:
    done = run_dogear({"DOGEAR_HOME": str(tmp_path), **ports}, "up", check=False)
    assert done.returncode == 1
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
