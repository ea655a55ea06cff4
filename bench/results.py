"""What a bench measured, kept as a line of JSON, beside what it measured on this machine the last time."""

import json
import os
import platform
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "results"


def machine() -> str:
    return f"{platform.node()}, {os.cpu_count()} processors, Python {platform.python_version()}"


def commit() -> str:
    """Return the commit that was measured, with a plus where files differ from it."""
    said = subprocess.run(
        ["git", "describe", "--always", "--exclude=*", "--dirty=+"],
        cwd=FOLDER.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return said.stdout.strip()


def keep(bench: str, arguments: Mapping[str, int], figures: Mapping[str, float], folder: Path = FOLDER) -> None:
    """Add a line to ``bench``'s file, and print each figure and how it compares with the last line.

    Only lines of the same machine and the same arguments are compared. ``figures`` are named with their unit.
    """
    line: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(),
        "machine": machine(),
        "load": round(os.getloadavg()[1], 1),
        "arguments": dict(arguments),
        "figures": {name: float(f"{value:.4g}") for name, value in figures.items()},
    }
    folder.mkdir(exist_ok=True)
    file = folder / f"{bench}.jsonl"
    before = [json.loads(text) for text in file.read_text().splitlines()] if file.exists() else []
    alike = [it for it in before if all(it[key] == line[key] for key in ("machine", "arguments"))]
    with file.open("a") as lines:
        lines.write(json.dumps(line) + "\n")
    print(compared(line, alike[-1] if alike else None), flush=True)


def compared(line: Mapping[str, Any], last: Mapping[str, Any] | None) -> str:
    if not last:
        return "nothing to compare with: the first of its kind on this machine"
    said = [f"beside {last['commit']} of {last['at']}, load {last['load']} then and {line['load']} now:"]
    for name, value in line["figures"].items():
        was = last["figures"].get(name)
        change = f"{100 * (value / was - 1):+.0f} %" if was else "new"
        said.append(f"    {name:<44}{value:>12,.4g}   {change}")
    return "\n".join(said)
