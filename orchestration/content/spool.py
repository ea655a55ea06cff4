"""Keep what is made in one go until it can be used: in memory, and beyond that in a file without a name."""

import pickle
import tempfile
from collections.abc import Iterable, Iterator
from typing import TypeVar

MOST_IN_MEMORY = 64 * 2**20

T = TypeVar("T")


def run_through(items: Iterable[T]) -> Iterator[T]:
    """Take all of ``items`` now, and return an iterator that gives them again, once."""
    file = tempfile.SpooledTemporaryFile(MOST_IN_MEMORY)  # noqa: SIM115 - closed by whoever reads it to the end
    number = 0
    for item in items:
        pickle.dump(item, file, pickle.HIGHEST_PROTOCOL)
        number += 1
    file.seek(0)

    def give() -> Iterator[T]:
        with file:
            for _ in range(number):
                yield pickle.load(file)  # noqa: S301 - it is what we wrote there

    return give()
