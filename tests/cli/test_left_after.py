"""Processes that are waited for."""

import subprocess
import sys

import psutil

from orchestration.cli.kept_process import left_after

# A parent that does not notice that its child has ended, as the first process of a container often does not.
PARENT = """
import subprocess, sys
print(subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE).pid, flush=True)
sys.stdin.read()
"""


def test_a_process_that_has_ended_is_not_waited_for_although_its_parent_has_not_noticed():
    with subprocess.Popen([sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        child = psutil.Process(int(parent.stdout.readline()))
        assert left_after(0, [child]) == [child]
        child.kill()
        assert left_after(60, [child]) == []
        assert child.is_running(), "nobody has noticed"
        assert psutil.wait_procs([child], timeout=0.1)[1] == [child], "as psutil sees it"
        parent.communicate()
