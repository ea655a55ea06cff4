"""Writes dist/, the scripts as browsers get them: ``python -m serving.tracker.minify``. Only this needs npm.

For terser each ``const`` becomes ``let``, which says the same in fewer letters.

``dist/SHA256SUMS`` names each source and each result, so that a test can tell a stale one without npm.
"""

import hashlib
import re
import subprocess
from pathlib import Path

from serving.tracker.files import DIST, NAMES

SOURCES = Path(__file__).parent
TERSER = ("npx", "--yes", "terser@5.44.1")
COMPRESS = "passes=5,unsafe=true,unsafe_arrows=true,pure_getters=true,keep_fargs=false"
OPTIONS = ("--ecma", "2020", "--toplevel", "--mangle", "--compress", COMPRESS)


def sums() -> str:
    """Return a line for each source and result, as ``sha256sum`` writes them."""
    files = [SOURCES / name for name in NAMES] + [DIST / name for name in NAMES]
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.relative_to(SOURCES)}\n" for file in files]
    return "".join(lines)


def minify() -> None:
    """Rewrite dist/."""
    DIST.mkdir(exist_ok=True)
    for name in NAMES:
        source = re.sub(r"\bconst\b", "let", (SOURCES / name).read_text(encoding="utf-8"))
        command = [*TERSER, *OPTIONS, "--output", DIST / name]
        subprocess.run(command, input=source, text=True, check=True)  # noqa: S603
    (DIST / "SHA256SUMS").write_text(sums(), encoding="ascii")


if __name__ == "__main__":
    minify()
