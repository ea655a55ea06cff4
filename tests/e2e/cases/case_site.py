"""A site with a repository and a log, imported and built: what the marts say of it."""

import subprocess
from pathlib import Path
from typing import Any

from orchestration.content.sites import Site, save_site
from orchestration.content.sync_sites import sync_tables
from orchestration.events.logs.import_file import ImportSummary, import_file
from orchestration.settings import Settings
from tests.content.git_site import GIT
from tests.rollups.building import MODELS, Warehouse
from tests.shared import shared


def case(name: str) -> Path:
    """Folder, or file, of a case that was reported."""
    return shared(f"cases/{name}")


class CaseSite:
    """One site of an installation of its own."""

    def __init__(self, warehouse: Warehouse, host: str = "case.example") -> None:
        self.warehouse = warehouse
        self.host = host
        save_site(warehouse.url, Site(host, "ada", None, None, None))

    def read(self, files: Path) -> None:
        """Take ``files`` as the working tree of the site's repository, and sync it."""
        folder = self.warehouse.home / "repository"
        subprocess.run(["cp", "--recursive", files, folder], check=True)
        for arguments in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "All"]):
            subprocess.run([*GIT, *arguments], cwd=folder, check=True)
        site = Site(self.host, "ada", str(folder), None, None)
        save_site(self.warehouse.url, site)
        sync_tables(Settings(home=self.warehouse.home), self.warehouse.url, site)

    def load(self, log: Path) -> ImportSummary:
        return import_file(self.warehouse.url, log, site=self.host, user_code="ada")

    def build(self) -> None:
        self.warehouse.build(select=MODELS)

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        return self.warehouse.rows(question)
