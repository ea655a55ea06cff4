"""A model whose rows are not what its table holds stops, and dbt says what differs."""

from contextlib import closing
from datetime import date

from orchestration.days import DayRange
from orchestration.resources.postgres import connect
from orchestration.rollups.dbt_run import dbt_build
from orchestration.settings import Settings
from tests.rollups.building import Warehouse

DAY = DayRange(date(2026, 3, 1), date(2026, 3, 1))
SESSIONS = ["+int_event_sessions", "--indirect-selection", "empty"]


def test_a_column_of_another_type_stops_its_model_and_no_other(warehouse: Warehouse):
    warehouse.build(DAY, select=SESSIONS)
    with connect(warehouse.url) as connection:
        connection.execute("alter table intermediate.int_event_sessions alter column engaged_seconds type text")
    with closing(dbt_build(warehouse.url, Settings(home=warehouse.home), DAY, SESSIONS)) as results:
        said = {result.unique_id.rpartition(".")[2]: (result.status, result.message) for result in results}
    status, message = said.pop("int_event_sessions")
    assert status == "error"
    assert "New column types: [{'column_name': 'engaged_seconds', 'new_type': 'double precision'}]" in message
    assert {status for status, _ in said.values()} == {"success"}
