"""Which processes listen where, as docs/security.md says it and as it is."""

import re
from collections.abc import Iterable

import psutil

from orchestration.settings import PROJECT_ROOT

DOCUMENT = PROJECT_ROOT / "docs" / "security.md"
ROW = re.compile(r"^\| (?P<names>`[^|]+`) \| (?P<where>[^|]+) \|", re.MULTILINE)


def documented(ports: dict[str, int]) -> dict[str, set[int]]:
    """The TCP ports on which each process may listen, by its name; ``ports`` are those that settings name."""
    return {
        name: {port for setting, port in ports.items() if setting in row["where"]}
        for row in ROW.finditer(DOCUMENT.read_text())
        for name in re.findall(r"`([^`]+)`", row["names"])
    }


def found(processes: Iterable[psutil.Process], names: Iterable[str]) -> dict[str, set[int]]:
    """The TCP ports on which each process does listen, on loopback alone; without a name it has its command."""
    listening: dict[str, set[int]] = {}
    for process in processes:
        command = " ".join(process.cmdline())
        if "multiprocessing.resource_tracker" in command:  # Python's own, of a process that is in the list
            continue
        name = next((name for name in names if name in command), command)
        sockets = [it.laddr for it in process.net_connections("inet") if it.status == psutil.CONN_LISTEN]
        assert {address.ip for address in sockets} <= {"127.0.0.1"}, command
        listening.setdefault(name, set()).update(address.port for address in sockets)
    return listening
