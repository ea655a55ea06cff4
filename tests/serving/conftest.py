"""An installation with built marts for all tests that ask about them."""

from collections.abc import Callable

import pytest

from tests.installation import Installation
from tests.serving.questions.world import build_world


@pytest.fixture(scope="session")
def three_sites(
    make_installation: Callable[..., Installation], tmp_path_factory: pytest.TempPathFactory
) -> Installation:
    """The sites of ``world``, with their marts."""
    return build_world(make_installation("world"), tmp_path_factory.mktemp("repositories"))
