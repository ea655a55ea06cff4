"""Sites that several files of tests share: they are imported and built once."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.analysts.readers import SITE, write_events, write_repository
from tests.installation import Installation
from tests.rollups.building import MODELS, REFRESHED, Warehouse


@pytest.fixture(scope="session")
def real_repository(semicomplete: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Git repository of the semicomplete site."""
    site = tmp_path_factory.mktemp("semicomplete") / "site"
    subprocess.run(["git", "clone", "--quiet", semicomplete / "site.bundle", site], check=True)
    return site


@pytest.fixture(scope="session")
def real_site(
    make_installation: Callable[..., Installation], semicomplete: Path, real_repository: Path
) -> Installation:
    """The semicomplete log and site, imported and built."""
    installation = make_installation("real_site")
    repository = str(real_repository)
    installation.dogear("site", "add", "semicomplete.com", "--user-code", "jordan", "--repository", repository)
    installation.dogear("import", str(semicomplete / "access.log.gz"))
    installation.dogear("build")
    return installation


@pytest.fixture(scope="session")
def tiny_site(make_installation, tmp_path_factory) -> Installation:
    """The site of ``readers``, built."""
    installation = make_installation("tiny_site")
    repository = write_repository(tmp_path_factory.mktemp("tiny_repository"))
    installation.dogear("site", "add", SITE, "--repository", str(repository))
    file = write_events(tmp_path_factory.mktemp("tiny") / "events.ndjson")
    installation.dogear("import", str(file))
    installation.execute(f"insert into content.goals (site, goal, event_type) values ('{SITE}', 'bought', 'click')")
    warehouse = Warehouse.of(installation)
    warehouse.build(select=MODELS)
    warehouse.refresh(*REFRESHED)
    return installation
