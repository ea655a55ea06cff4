"""URLs of a database, as each library wants them."""

import psycopg
import pytest
import sqlalchemy

from orchestration.resources.postgres import dagster_storage_url, libpq_url

ASKED = "select current_setting('application_name'), current_setting('statement_timeout')"
WHERE = "select current_setting('search_path'), current_setting('timezone')"


@pytest.mark.parametrize("parameters", ["", "application_name=a%2Bb+c", "options=-c%20statement_timeout%3D5s"])
def test_dagsters_storage_has_a_schema_of_its_own_and_what_the_url_says_besides(database_url, parameters):
    url = libpq_url(f"{database_url}&{parameters}")
    engine = sqlalchemy.create_engine(dagster_storage_url(url))
    with engine.connect() as connection:
        assert connection.execute(sqlalchemy.text(WHERE)).one() == ("dagster", "UTC")
        asked = connection.execute(sqlalchemy.text(ASKED)).one()
    engine.dispose()
    with psycopg.connect(url) as connection:
        assert asked == connection.execute(ASKED).fetchone()
