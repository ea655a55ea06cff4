"""Run a module so that it ends, at once, with the process that started it: ``python -m … MODULE ARGUMENTS``."""

import os
import runpy
import sys
import traceback

from orchestration.resources.parent_process import end_with_parent


def run(module: str) -> int:
    """Run it as a program, with our arguments; return its exit status."""
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        if ended.code is None or isinstance(ended.code, int):
            return ended.code or 0
        traceback.print_exception(ended)
        return 1
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    end_with_parent()
    del sys.argv[0]
    status = run(sys.argv[0])
    sys.stdout.flush()
    sys.stderr.flush()
    # Python needs a second of CPU time to free what Dagster's modules hold; the system does it in no time.
    os._exit(status)
