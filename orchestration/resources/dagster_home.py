"""Dagster's own home: its configuration in a file, its storage in a schema of Dogear's database."""

import shutil
from pathlib import Path

from orchestration.resources.server import Server
from orchestration.settings import Settings

# Where the UI is, on its own port and behind the sign-in of ours.
UI_PATH = "/dagster"
INSTANCE_CONFIG = Path(__file__).parents[1] / "dagster.yaml"


def prepare_dagster_home(settings: Settings, database_url: str) -> dict[str, str]:
    """Put the home in order; return the environment with which any Dagster process finds it."""
    home = settings.home_folder / "dagster"
    home.mkdir(exist_ok=True)
    shutil.copyfile(INSTANCE_CONFIG, home / "dagster.yaml")
    return {
        "DAGSTER_HOME": str(home),
        "DOGEAR_DAGSTER_STORAGE_URL": Server.of(database_url).dagster_url(),
        "DAGSTER_DISABLE_TELEMETRY": "true",
        # A mart says of each day of a run that it holds it: written together, not one by one.
        "DAGSTER_EVENT_BATCH_SIZE": "1000",
        # It may have been an option of the command only; links to runs need it.
        "DOGEAR_PORT": str(settings.port),
    }
