"""Which tests are pure: they start no server, no browser, no dbt and no process. Read from what their files import."""

import sys
from functools import cache
from types import ModuleType

import pytest

STARTERS = ("subprocess", "playwright", "orchestration.resources.embedded_postgres", "orchestration.rollups.dbt_")


def is_pure(item: pytest.Item) -> bool:
    """Whether neither the test's file nor those of its fixtures, nor what these import of the tests, start anything."""
    assert isinstance(item, pytest.Function)
    fixtures = item._fixtureinfo.name2fixturedefs.values()
    return not any(starts(name) for name in {item.function.__module__, *(it[-1].func.__module__ for it in fixtures)})


@cache
def starts(module: str) -> bool:
    waiting, seen = [module], {module}
    while waiting:
        for name in imported(waiting.pop()):
            if name.startswith(STARTERS):
                return True
            if name.startswith("tests.") and name not in seen:
                seen.add(name)
                waiting.append(name)
    return False


@cache
def imported(module: str) -> set[str]:
    """Modules that the names of a module come from."""
    if module not in sys.modules:
        return set()
    values = vars(sys.modules[module]).values()
    return {str(it.__name__ if isinstance(it, ModuleType) else getattr(it, "__module__", "")) for it in values}
