"""Keep items until they can be used: in memory, and beyond a limit in a temporary file."""

import pickle
import tempfile
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

MOST_IN_MEMORY = 64 * 2**20

T = TypeVar("T")


def run_through(items: Iterable[T], size: Callable[[T], int]) -> Iterator[T]:
    """Take all of ``items`` now, and return an iterator that gives them again, once; ``size`` is about their bytes."""
    kept: list[T] = []
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the reader at the end
    in_memory = in_file = 0
    for item in items:
        if in_memory < MOST_IN_MEMORY:
            kept.append(item)
            in_memory += size(item)
        else:
            pickle.dump(item, file, pickle.HIGHEST_PROTOCOL)
            in_file += 1
    file.seek(0)

    def give() -> Iterator[T]:
        with file:
            yield from kept
            for _ in range(in_file):
                yield pickle.load(file)  # noqa: S301 - it is what we wrote there

    return give()
