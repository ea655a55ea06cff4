"""An installation of Dogear, used as people use it: by its command."""

import os
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from orchestration.resources.dagster_home import prepare_dagster_home
from orchestration.resources.postgres import connect
from orchestration.settings import Settings

DOGEAR = str(Path(sys.executable).with_name("dogear"))


def bare_environment() -> dict[str, str]:
    """The environment without the settings of the person who runs the tests."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("DOGEAR_", "DATABASE_URL"))}


def run_dogear(environment: Mapping[str, str], *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [DOGEAR, *arguments],
        env={**bare_environment(), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


@dataclass(frozen=True)
class Installation:
    """An installation of Dogear with a database of its own."""

    environment: Mapping[str, str]
    database_url: str

    def dogear(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return run_dogear(self.environment, *arguments, check=check)

    @contextmanager
    def here(self) -> Generator[Settings]:
        """Until the block ends this process is one of the installation: its environment, Dagster's home too."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment.items():
                patch.setenv(name, value)
            settings = Settings()
            for name, value in prepare_dagster_home(settings, self.database_url).items():
                patch.setenv(name, value)
            yield settings

    def rows(self, question: str, parameters: Any = None) -> list[tuple]:
        with connect(self.database_url) as connection:
            return connection.execute(question.encode(), parameters).fetchall()

    def execute(self, statement: str) -> None:
        with connect(self.database_url) as connection:
            connection.execute(statement.encode())
