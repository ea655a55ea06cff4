"""Run a module that is not ours so that it ends with the process that started it: ``python -m … MODULE ARGUMENTS``."""

import runpy
import sys

from serving.processes import end_with_parent

if __name__ == "__main__":
    end_with_parent()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
