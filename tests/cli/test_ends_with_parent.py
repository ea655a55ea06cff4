"""A module that runs as a process of ours: it says what it said, and ends as it ended."""

import os
import subprocess
import sys

import pytest

ENDS = [
    ("print('hello')", 0, "hello\n", ""),
    ("import sys; sys.exit()", 0, "", ""),
    ("import sys; sys.exit(3)", 3, "", ""),
    ("import sys; sys.exit('no way out')", 1, "", "no way out"),
    ("raise ValueError('broken')", 1, "", "ValueError: broken"),
]


@pytest.mark.parametrize(("program", "status", "said", "complained"), ENDS)
def test_what_it_says_and_how_it_ends_is_kept(tmp_path, program, status, said, complained):
    (tmp_path / "program.py").write_text(program)
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.cli.ends_with_parent", "program"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (status, said)
    assert complained in done.stderr
