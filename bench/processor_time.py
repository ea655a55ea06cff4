"""How much processor time the parts of a running system take, and how much others take from the machine."""

from collections.abc import Mapping
from contextlib import suppress

import psutil


class ProcessorTime:
    """Of processes (``parts``, by name) and of all that they started, since this was made."""

    def __init__(self, parts: Mapping[str, psutil.Process]) -> None:
        self._parts = parts
        self._before = {name: seconds_of(process) for name, process in parts.items()}

    def seconds(self) -> dict[str, float]:
        return {name: seconds_of(process) - self._before[name] for name, process in self._parts.items()}


def seconds_of(process: psutil.Process) -> float:
    """Of children too, those that have ended among them."""
    with suppress(psutil.Error):
        used = process.cpu_times()
        ended = used.children_user + used.children_system
        return used.user + used.system + ended + sum(map(seconds_of, process.children()))
    return 0.0


def own_seconds() -> float:
    """Of this process alone."""
    used = psutil.Process().cpu_times()
    return used.user + used.system


def stolen_seconds() -> float:
    """What the host of a virtual machine has given to others since it began; 0 where nobody says."""
    return float(getattr(psutil.cpu_times(), "steal", 0.0))
