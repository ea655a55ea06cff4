"""The dbt project, parsed once for all databases of the tests.

dbt writes the database's name into what it parsed, and that takes seconds. All of these names are of one length, so
that another can stand in their place.
"""

import fcntl
import shutil
import uuid
from pathlib import Path

from orchestration.resources.postgres import with_database
from orchestration.rollups.dbt_project import (
    PARSED,
    PARSED_FROM,
    dbt_environment,
    digest_of,
    fingerprint,
    parsed_project,
)
from orchestration.settings import Settings


def database_name() -> str:
    return f"test_{uuid.uuid4().hex[:12]}"


class Parsed:
    """The project as parsed for a database that need not exist, in a folder that all workers share and that stays."""

    def __init__(self, shared: Path) -> None:
        self._home = shared / "parsed"
        self._name = f"test_{'0' * 12}"

    def give(self, database_url: str, home: Path) -> None:
        """Put it where Dogear looks for it, with the name of this database."""
        self._home.mkdir(exist_ok=True)
        with (self._home / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            ours = parsed_project(with_database(database_url, self._name), Settings(home=self._home))
        name = dbt_environment(database_url, Settings(home=home))["DBT_DBNAME"]
        assert len(name) == len(self._name)
        theirs = home / "dbt" / f"parsed-{name}"
        theirs.mkdir(parents=True)
        for file in PARSED:
            (theirs / file).write_bytes((ours / file).read_bytes().replace(self._name.encode(), name.encode()))
        (theirs / PARSED_FROM).write_text(digest_of(theirs, fingerprint()))
        # Where `dogear dbt` looks for it.
        shutil.copy(theirs / "partial_parse.msgpack", home / "dbt")
