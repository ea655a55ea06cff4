"""Databases of older versions: this version migrates them to the schema that it creates itself, with all their rows.

Each of ``dumps/`` was made by the version whose last migration it is named after: ``dogear site add a.example``, with a
repository of two documents in two commits; ``dogear import`` of three lines; ``dogear build``; then ``pg_dump
--no-owner``, without rows of Dagster's and the names of folders.
"""

import gzip
import os
import subprocess
from pathlib import Path

import pytest

from orchestration.resources.embedded_postgres import binaries
from orchestration.resources.migrations import migrate
from orchestration.resources.postgres import connect
from orchestration.rollups.dbt_project import parsed_project
from orchestration.rollups.outdated_tables import outdated_tables
from tests.conftest import create_database
from tests.installation import Installation
from tests.parsing import Parsed

DUMPS = Path(__file__).with_name("dumps")
# What dbt makes it makes again, and partitions are those of the days that there are.
OURS = [
    *("--schema-only", "--schema=content", "--schema=raw", "--schema=ops", "--schema=live", "--schema=lake"),
    *("--schema=analytics", "--schema=locks", "--exclude-table=raw.events_2*"),
]
VIEWED = """
    select views.view_day::text, page_path, views.entity_type, versions.version_number
    from marts.analytics_page_views as views inner join intermediate.int_page_views as versions using (event_id)
    order by views.viewed_at
"""


def structure(url: str) -> str:
    done = subprocess.run([binaries() / "pg_dump", *OURS, url], check=True, capture_output=True, text=True)
    return "\n".join(line for line in done.stdout.splitlines() if not line.startswith(("\\restrict", "\\unrestrict")))


@pytest.mark.parametrize("version", ["0011", "0019"])
def test_a_database_of_an_older_version_becomes_one_of_this(
    server_url: str, database_url: str, parsed: Parsed, tmp_path: Path, version: str
) -> None:
    url = create_database(server_url, "template0")
    dump = gzip.decompress((DUMPS / f"{version}.sql.gz").read_bytes())
    restore = [binaries() / "psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", url]
    subprocess.run(restore, input=dump, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "PGOPTIONS": ""})
    migrate(url)
    assert structure(url) == structure(database_url)
    parsed.give(url, tmp_path)
    installation = Installation({"DATABASE_URL": url, "DOGEAR_HOME": str(tmp_path)}, url)
    installation.dogear("build")
    with installation.here() as settings:
        project = parsed_project(url, settings)
    with connect(url) as connection:
        viewed = connection.execute(VIEWED).fetchall()
        assert outdated_tables(connection, project) == []
        connection.execute("alter table marts.analytics_daily_sites alter sessions type numeric")
        connection.execute("alter table intermediate.int_page_views add further text")
        connection.execute("alter table marts.visitor_days alter visitor_id drop not null")
        assert outdated_tables(connection, project) == [
            "intermediate.int_page_views",
            "marts.analytics_daily_sites",
            "marts.visitor_days",
        ]
    assert viewed == [
        ("2026-03-01", "/blog/first-post", "blog", 2),
        ("2026-03-01", "/about", "page", None),
        ("2026-03-02", "/blog/first-post", "blog", 2),
    ]
