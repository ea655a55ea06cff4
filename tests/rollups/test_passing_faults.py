"""Which failures of dbt are worth another attempt."""

import pytest

from orchestration.rollups.dbt_run import NodeResult
from orchestration.rollups.passing_faults import may_pass

LOST = NodeResult("model.a", "error", 1, None, "Database Error in model a\n  server closed the connection unexpectedly")
DEADLOCK = NodeResult("model.b", "error", 1, None, "Database Error in model b\n  deadlock detected")
WRONG_SQL = NodeResult("model.c", "error", 1, None, 'Database Error in model c\n  column "x" does not exist')
FAILED_TEST = NodeResult("test.d", "fail", 1, None, "Got 3 results, configured to fail if != 0")


@pytest.mark.parametrize(
    ("failed", "again"),
    [
        ([LOST], True),
        ([LOST, DEADLOCK], True),
        ([WRONG_SQL], False),
        ([FAILED_TEST], False),
        ([LOST, WRONG_SQL], False),
    ],
)
def test_only_faults_that_pass_are_tried_again(failed, again):
    assert may_pass(failed) is again
