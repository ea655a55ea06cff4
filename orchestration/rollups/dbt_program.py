"""dbt's own command, on connections of ours: ``python -m orchestration.rollups.dbt_program``."""

import logging

from dbt.cli.main import cli

from orchestration.rollups.dbt_connections import keep_connections

if __name__ == "__main__":
    # As in our own command: a log that cannot be written on a full disk must not hide the first error.
    logging.raiseExceptions = False
    keep_connections()
    cli(prog_name="dbt")
