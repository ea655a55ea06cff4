"""Notify the operator of a run that failed for good, by a row of ``ops.notifications``."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import SecretStr

from orchestration.resources.dagster_home import UI_PATH
from orchestration.resources.listening import place, reached_at
from orchestration.resources.postgres import connect
from orchestration.settings import Settings

TELL = Path(__file__).with_suffix(".sql").read_text()
LONGEST_ERROR = 300
CLASS_NAME = re.compile(r"^[\w.]+: ")
# May name a person or hold a password: URLs with either, libpq's quotes of one, e-mail and network addresses.
PRIVATE = re.compile(
    r"[a-z][a-z0-9+.-]*://\S+|(?:password|passwd|secret|token|key)\s*[=:]\s*\S+|\S+@\S+"
    r"|\b\d{1,3}(?:\.\d{1,3}){3}\b|(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class FailedRun:
    """A failed run that is not retried; ``days`` is its partition or range of them, "" if it has none."""

    run_id: str
    job: str
    days: str
    error: str


def tell_operator(database_url: str, settings: Settings, run: FailedRun, now: datetime) -> bool:
    """Notify the operator, if there is one, once and within the hourly limit; return whether it was done."""
    if settings.operator is None:
        return False
    whose = f"{run.job} for {run.days}" if run.days else run.job
    said = {
        "user_code": settings.operator,
        "run_id": run.run_id,
        "title": f"Failed: {whose}",
        "message": f"The run {run.run_id[:8]} of {whose} failed: {safe(run.error, settings)}",
        "action_url": run_url(settings, run.run_id),
        "most": settings.notifications_per_hour,
        "now": now,
    }
    with connect(database_url) as connection:
        return connection.execute(TELL.encode(), said).rowcount > 0


def run_url(settings: Settings, run_id: str) -> str:
    """Return the run in the UI, as it is reached on this machine."""
    return f"http://{place(reached_at(settings.host), settings.port)}{UI_PATH}/runs/{run_id}"


def safe(error: str, settings: Settings) -> str:
    """Return the first line of an error, without its class, and without what may be a secret or an address."""
    line = CLASS_NAME.sub("", (error.strip().splitlines() or [""])[0])
    for secret in secrets(settings):
        line = line.replace(secret, "…")
    line = PRIVATE.sub("…", "".join(filter(str.isprintable, line)))
    return line if len(line) <= LONGEST_ERROR else f"{line[: LONGEST_ERROR - 1]}…"


def secrets(settings: Settings) -> list[str]:
    """Return each value that the settings keep to themselves."""
    single = [value for _, value in settings if isinstance(value, SecretStr)]
    return [found for value in (*single, *settings.git_tokens.values()) if (found := value.get_secret_value())]
