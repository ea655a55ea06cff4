"""dbt's own command, on connections of ours: ``python -m orchestration.rollups.dbt_program``."""

from dbt.cli.main import cli

from orchestration.rollups.dbt_connections import keep_connections

if __name__ == "__main__":
    keep_connections()
    cli(prog_name="dbt")
