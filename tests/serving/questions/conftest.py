"""One installation with built marts for all tests of questions."""

from collections.abc import Callable

import pytest

from tests.installation import Installation
from tests.serving.questions.world import build_world


@pytest.fixture(scope="session")
def world(make_installation: Callable[..., Installation], tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return build_world(make_installation("world"), tmp_path_factory.mktemp("repositories"))
