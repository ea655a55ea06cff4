"""Imports run one way: ``make lint`` refuses one of each kind that the layout forbids."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from orchestration.settings import PROJECT_ROOT

LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")
# One for each contract of pyproject.toml, by the file in which it is planted.
WRONG = {
    "Data flows one way: each stage imports those below it": ("orchestration/content/sites.py", "orchestration.events"),
    "Only commands know what answers over HTTP": ("orchestration/webhooks/peers.py", "serving.http"),
    "Floors of serving; peers do not import one another": ("serving/http/problems.py", "serving.tracker"),
    "The collector is a process of its own": ("serving/tracker/files.py", "serving.collector"),
    "What answers over HTTP reads, and builds nothing": ("serving/http/guard.py", "orchestration.rollups.stale_days"),
    "What does the work knows no Dagster": ("orchestration/events/journal/loader.py", "dagster"),
}


def test_a_planted_import_of_each_forbidden_kind_is_found(tmp_path: Path) -> None:
    for package in ("orchestration", "serving"):
        shutil.copytree(PROJECT_ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT_ROOT / "pyproject.toml", tmp_path)
    for file, wrong in WRONG.values():
        with (tmp_path / file).open("a") as module:
            module.write(f"import {wrong}\n")
    done = subprocess.run(
        [LINT_IMPORTS, "--no-logo", "--no-cache"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert set(re.findall(r"^(.+) BROKEN", done.stdout, re.MULTILINE)) == WRONG.keys()
    for file, wrong in WRONG.values():
        planted = f"{file.removesuffix('.py').replace('/', '.')} -> {wrong}"
        assert planted in done.stdout, done.stdout
