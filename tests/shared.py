"""Real data beside the project, which is not part of it."""

import os
from pathlib import Path

import pytest

from orchestration.settings import PROJECT_ROOT


def shared(name: str) -> Path:
    """Return the folder or file ``name`` of it. Skips where it is absent, but never under CI."""
    path = PROJECT_ROOT.parent / "shared" / name
    if not path.exists() and os.environ.get("CI") != "true":
        pytest.skip(f"{path} is absent")
    return path
