"""The dbt unit tests, which need the tables that a build makes; and that a test of keys finds what it is there for."""

import re
from datetime import date

import pytest
import yaml

from orchestration.days import DayRange
from orchestration.resources.postgres import connect
from orchestration.rollups.dbt_project import DBT_PROJECT
from tests.installation import Installation
from tests.rollups.building import MODELS, Warehouse

DAY = DayRange(date(2026, 3, 1), date(2026, 3, 1))


def test_models_do_what_their_unit_tests_say(warehouse: Warehouse):
    documents = [yaml.safe_load(file.read_text()) for file in DBT_PROJECT.glob("models/**/*.yml")]
    expected = sum(len(document.get("unit_tests", [])) for document in documents)
    assert expected > 10

    warehouse.build(select=MODELS)
    installation = Installation({"DATABASE_URL": warehouse.url, "DOGEAR_HOME": str(warehouse.home)}, warehouse.url)
    # They say what the models do, not what this installation holds.
    installation.dogear("session-gap", "20")
    days = "{from_day: 2026-11-20, to_day: 2026-11-21}"
    said = installation.dogear("dbt", "--no-use-colors", "test", "--select", "test_type:unit", "--vars", days).stdout
    assert re.search(rf"PASS={expected} WARN=0 ERROR=0 SKIP=0", said), said


@pytest.mark.parametrize("paths", [["/twice", "/twice"], [None]])
def test_a_key_that_is_there_twice_or_null_is_found(warehouse: Warehouse, paths: list[str | None]):
    with connect(warehouse.url) as connection:
        connection.execute(
            "insert into intermediate.int_viewed_pages (event_day, user_code, site, page_path) "
            "select %s, 'jordan', 'example.org', unnest(%s::text[])",
            [DAY.first, paths],
        )
    with pytest.raises(AssertionError, match=r"unique_together_int_viewed_pages.*Got 1 result"):
        warehouse.build(DAY, select=["int_viewed_pages,resource_type:test"])
