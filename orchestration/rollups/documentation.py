"""The dbt docs as one page that needs no server: every model, column and test, and the lineage between them.

Tables that dbt only reads have comments in the database, written once, in sql/versions; these are added to the page.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from orchestration.errors import DogearError
from orchestration.resources.database import open_database
from orchestration.rollups.dbt_project import DBT_COMMAND, DBT_PROJECT, dbt_environment, parsed_project
from orchestration.settings import Settings


def write_documentation(database_url: str, settings: Settings) -> Path:
    """Write ``docs/index.html`` below the home and return its path. Raises DogearError if dbt cannot."""
    target = settings.home_folder / "docs" / "index.html"
    target.parent.mkdir(exist_ok=True)
    parsed = parsed_project(database_url, settings)
    # Written to a staging folder and renamed: readers see the old page or the whole new one.
    with tempfile.TemporaryDirectory(dir=target.parent) as staging:
        command = [*DBT_COMMAND, "--quiet", "--partial-parse-file-path", str(parsed / "partial_parse.msgpack")]
        command += ["docs", "generate", "--target-path", staging]
        environment = {**os.environ, **dbt_environment(database_url, settings)}
        done = subprocess.run(command, cwd=DBT_PROJECT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
        if done.returncode:
            raise DogearError(f"dbt cannot document dbt_project: {(done.stdout + done.stderr).strip()}")
        manifest, catalog = (json.loads(Path(staging, f"{name}.json").read_bytes()) for name in ("manifest", "catalog"))
        describe_sources(manifest, catalog)
        page = Path(staging, "index.html").read_text()
        # As `dbt docs generate --static` does.
        page = page.replace('"MANIFEST.JSON INLINE DATA"', inside_script(manifest))
        page = page.replace('"CATALOG.JSON INLINE DATA"', inside_script(catalog))
        whole = Path(staging, "whole.html")
        whole.write_text(page)
        whole.replace(target)
    return target


def inside_script(document: dict[str, Any]) -> str:
    """Return it as JSON in which no text can end the script element around it."""
    return json.dumps(document).replace("</", "<\\/")


def describe_sources(manifest: dict[str, Any], catalog: dict[str, Any]) -> None:
    """Put the comments of the database where the manifest's sources have no description of a column."""
    for source_id, table in catalog["sources"].items():
        described = manifest["sources"][source_id]["columns"]
        for name, column in table["columns"].items():
            known = described.setdefault(name, {"name": name, "description": "", "meta": {}, "tags": []})
            known["description"] = known["description"] or column["comment"] or ""


def main() -> None:
    """Write the page and say how to open it."""
    settings = Settings()
    try:
        with open_database(settings) as url:
            page = write_documentation(url, settings)
    except DogearError as error:
        sys.exit(f"dogear: {error}")
    sys.stdout.write(f"Documentation of every table: open {page.as_uri()} in a browser.\n")


if __name__ == "__main__":
    main()
