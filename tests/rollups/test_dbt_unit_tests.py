"""The dbt unit tests, which need the tables that a build makes."""

import re

import yaml

from orchestration.rollups.dbt_project import DBT_PROJECT
from tests.installation import Installation
from tests.rollups.building import MODELS, Warehouse


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
