"""What is wrong with a question, so that a program can act on it."""

from collections.abc import Iterable

import msgspec

MOST_FAULTS = 50
LONGEST_PART = 100


class Fault(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that is wrong.

    ``code`` stays the same while sentences are written better; ``pointer`` says where in the question it is (RFC 6901);
    ``allowed`` is what may be there, where that can be listed.
    """

    code: str
    pointer: str
    detail: str
    allowed: tuple[str, ...] = ()


class QuestionError(Exception):
    """A question that cannot be answered, and all that is wrong with it."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(f"{fault.pointer}: {fault.detail}" for fault in faults))
        self.faults = faults


class DataChangedError(Exception):
    """A cursor reads on in an answer that is another one by now: a build has ended since."""


class NotBuiltError(Exception):
    """There are no marts yet, or they are being made."""


class BusyError(Exception):
    """Many questions are being answered just now."""


class TooSlowError(Exception):
    """The answer took longer than a question may."""


class Faults:
    """What was found so far; of very many, the first."""

    def __init__(self) -> None:
        self._found: list[Fault] = []

    def add(self, code: str, pointer: str, detail: str, allowed: Iterable[str] = ()) -> None:
        if len(self._found) < MOST_FAULTS:
            self._found.append(Fault(code, pointer, detail, tuple(allowed)))

    def raise_any(self) -> None:
        """Raise QuestionError if there are any."""
        if self._found:
            raise QuestionError(*self._found)


def at(pointer: str, part: str | int) -> str:
    """Return the pointer to a part of what ``pointer`` is of."""
    return f"{pointer}/{str(part)[:LONGEST_PART].replace('~', '~0').replace('/', '~1')}"
