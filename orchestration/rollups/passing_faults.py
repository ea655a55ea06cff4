"""Which of dbt's errors may be gone a moment later: PostgreSQL restarts, two transactions block each other."""

import re
from collections.abc import Sequence

from orchestration.rollups.dbt_run import NodeResult

PASSING = re.compile(
    r"could not connect|connection (?:refused|reset|timed out|to server)|server closed the connection"
    r"|terminating connection|starting up|shutting down|recovery mode|too many (?:clients|connections)"
    r"|no longer alone|deadlock detected|could not serialize access|lock timeout",
    re.IGNORECASE,
)


def may_pass(failed: Sequence[NodeResult]) -> bool:
    """Return whether a retry may cure all of them; never a failed test, nor wrong SQL."""
    return all(result.status == "error" and PASSING.search(result.message or "") for result in failed)
