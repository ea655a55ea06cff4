"""Where the dbt project is, how to run dbt, and what dbt needs to know of the database."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from orchestration.errors import DogearError
from orchestration.resources.full_disk import FULL
from orchestration.resources.server import Server
from orchestration.settings import PROJECT_ROOT, Settings

DBT_PROJECT = PROJECT_ROOT / "dbt_project"
# The dbt of this environment, whatever PATH says.
DBT_COMMAND = (sys.executable, "-m", "orchestration.rollups.dbt_program")
# Files that parsing reads; the adapters' macros are among the files that it writes.
PARSED_FILES = {".sql", ".yml", ".yaml", ".md", ".csv"}
PARSED_BY = ("dbt-core", "dbt-adapters", "dbt-postgres")
PARSED = ("partial_parse.msgpack", "manifest.json")
# In the folder of the parsed project: the digest of its sources, and of the files themselves.
PARSED_FROM = "parsed_from"


def dbt_environment(database_url: str, settings: Settings) -> dict[str, str]:
    """Return what ``profiles.yml`` and dbt's connections read, and where dbt writes."""
    home = settings.home_folder
    return {
        "DBT_DATABASE_URL": database_url,
        "DBT_DBNAME": Server.of(database_url).parameters.get("dbname", ""),
        "DBT_PROFILES_DIR": str(DBT_PROJECT),
        "DBT_LOG_PATH": str(home / "dbt"),
        "DBT_TARGET_PATH": str(home / "dbt"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }


def parsed_project(database_url: str, settings: Settings) -> Path:
    """Return the folder with manifest and partial_parse of the project, as dbt parsed it for this database.

    The name of the database is part of it. Parsing takes seconds; it is repeated only if the project or dbt has
    changed, or files are damaged. Raises DogearError if dbt cannot read the project.
    """
    environment = dbt_environment(database_url, settings)
    folder = settings.home_folder / "dbt" / f"parsed-{quote(environment['DBT_DBNAME'], safe='')}"
    project = fingerprint()
    if is_parsed(folder, project):
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    # Written to a staging folder and renamed, the digest of its sources last: an interrupted one is made again.
    with tempfile.TemporaryDirectory(dir=folder) as aside:
        command = [*DBT_COMMAND, "--quiet", "parse", "--target-path", aside]
        done = subprocess.run(  # noqa: S603 - our own command
            command, cwd=DBT_PROJECT, env={**os.environ, **environment}, capture_output=True, text=True, check=False
        )
        if done.returncode:
            said = (done.stdout + done.stderr).strip()
            # A traceback of dbt's.
            if full := FULL.search(said):
                raise DogearError(f"dbt cannot write to {folder}: {full[0]}.")
            raise DogearError(f"dbt cannot read dbt_project: {said}")
        Path(aside, PARSED_FROM).write_text(digest_of(Path(aside), project))
        for name in (*PARSED, PARSED_FROM):
            Path(aside, name).replace(folder / name)
    return folder


def is_parsed(folder: Path, project: str) -> bool:
    try:
        return (folder / PARSED_FROM).read_bytes() == digest_of(folder, project).encode()
    except OSError:
        return False


def digest_of(folder: Path, project: str) -> str:
    """Return the digests of the project's sources, and of the parsed files."""
    return hashlib.sha256(b"".join([project.encode(), *((folder / name).read_bytes() for name in PARSED)])).hexdigest()


def fingerprint() -> str:
    """Return the digest of what parsing reads: the project's files, and dbt.

    Times of files would not do: a release's files are as old as the release, and may be older than a former one's.
    """
    digest = hashlib.sha256(" ".join(version(package) for package in PARSED_BY).encode())
    for file in sorted(DBT_PROJECT.rglob("*")):
        name = file.relative_to(DBT_PROJECT)
        # dbt, run by hand, writes to `target`; editors write hidden files.
        if file.suffix in PARSED_FILES and name.parts[0] != "target" and not name.name.startswith("."):
            digest.update(f"\0{name}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def day_columns(parsed: Path) -> dict[str, str]:
    """Return the tables that dbt fills day by day, with their schema, and the column that holds the day."""
    return {name: config["day_column"] for name, config in relations(parsed, "incremental").items()}


def declared_columns(parsed: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """Return the columns of the tables that dbt fills day by day: their ``type``, and whether they are ``not_null``.

    The type is None where the project declares none.
    """
    return {
        name: {
            column["name"]: {
                "type": column["data_type"],
                "not_null": any(constraint["type"] == "not_null" for constraint in column["constraints"]),
            }
            for column in node["columns"].values()
        }
        for name, node in nodes(parsed, "incremental").items()
    }


def views_and_seeds(parsed: Path) -> list[str]:
    """Return the other relations that tables of days read, with their schema; a build of days does not make them."""
    return list(relations(parsed, "view", "seed"))


def source_tables(parsed: Path, source: str) -> list[str]:
    """Return the tables of a source, with its schema."""
    sources = json.loads((parsed / "manifest.json").read_bytes())["sources"].values()
    return [f"{table['schema']}.{table['identifier']}" for table in sources if table["source_name"] == source]


def relations(parsed: Path, *materialized: str) -> dict[str, dict[str, Any]]:
    """Return dbt's parsed configuration of each relation with this materialization, by name with schema."""
    return {name: node["config"] for name, node in nodes(parsed, *materialized).items()}


def nodes(parsed: Path, *materialized: str) -> dict[str, dict[str, Any]]:
    """Return the manifest's node of each model and seed with this materialization, by name with schema."""
    manifest = parsed / "manifest.json"
    found = models_and_seeds(manifest, manifest.stat().st_ino, manifest.stat().st_mtime_ns)
    return {name: node for name, node in found.items() if node["config"]["materialized"] in materialized}


# A build asks five times, and each tick of the sensor three times. A parsed manifest is replaced as a whole.
@lru_cache(maxsize=1)
def models_and_seeds(manifest: Path, _file: int, _written: int) -> dict[str, dict[str, Any]]:
    """Return the node of each model and seed, by name with schema; nobody may change what is returned."""
    found = json.loads(manifest.read_bytes())["nodes"].values()
    # An analysis is a "view" too, but is never created.
    return {f"{it['schema']}.{it['alias']}": it for it in found if it["resource_type"] in {"model", "seed"}}
