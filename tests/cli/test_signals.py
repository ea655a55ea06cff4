"""What stops `dogear up`: Ctrl-C, a service manager, a terminal that closes."""

import signal
import subprocess
import sys

import pytest

PROGRAM = """
import signal
from orchestration.cli.supervisor import interrupt_on_termination
interrupt_on_termination()
try:
    print("waiting", flush=True)
    signal.pause()
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.parametrize("wanted", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_each_of_them_interrupts_even_where_the_shell_had_ctrl_c_ignored(wanted):
    def ignore() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True, preexec_fn=ignore) as it:
        assert it.stdout
        assert it.stdout.readline() == "waiting\n"
        it.send_signal(wanted)
        assert it.communicate(timeout=30) == ("interrupted\n", None)
        assert it.returncode == 0
