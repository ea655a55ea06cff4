"""PostgreSQL on raw.events and DuckDB on the lake build the same marts, to the last row and the last bit."""

import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.days import DayRange
from orchestration.errors import DogearError
from orchestration.lake.export import export_days
from orchestration.lake.reader import LakeReader
from orchestration.lake.tables import MARTS as LAKE_MARTS
from orchestration.lake.warehouse_file import warehouse_file
from orchestration.resources.duckdb_engine import open_duckdb
from orchestration.resources.postgres import connect
from orchestration.rollups.dbt_project import parsed_project, relations
from orchestration.rollups.dbt_run import dbt_refresh
from orchestration.settings import Settings
from orchestration.warehouse.warehouse import build_warehouse
from tests.installation import Installation
from tests.rollups.building import MODELS, Warehouse
from tests.rollups.test_session_model import generated
from tests.warehouse.comparing import Marts

STREAMS = 400
ALL_DAYS = DayRange(date(1990, 1, 1), date(2038, 12, 31))
NEVER_NULL = """
    select relname::text, attname::text from pg_attribute inner join pg_class on pg_class.oid = attrelid
    where relnamespace = 'marts'::regnamespace and attnotnull and attnum > 0
"""
NEVER_NULL_IN_LAKE = """
    select table_name, column_name from duckdb_columns() where schema_name = 'marts' and not is_nullable
"""
EDGES = (Path(__file__).parent / "edge_events.sql").read_text()
Built = tuple[Installation, Settings]


@pytest.fixture(scope="module")
def built(
    make_installation: Callable[..., Installation], semicomplete: Path, tmp_path_factory: pytest.TempPathFactory
) -> Built:
    """The real log and site, generated streams, and events made to be read differently, built by both engines."""
    repository = tmp_path_factory.mktemp("semicomplete") / "site"
    subprocess.run(["git", "clone", "--quiet", semicomplete / "site.bundle", repository], check=True)
    installation = make_installation("two_engines")
    installation.dogear("site", "add", "semicomplete.com", "--user-code", "jordan", "--repository", str(repository))
    installation.dogear("import", str(semicomplete / "access.log.gz"))
    settings = Settings(home=Path(installation.environment["DOGEAR_HOME"]))
    postgres = Warehouse(installation.database_url, settings.home_folder)
    postgres.load(event for stream in generated(STREAMS) for event in stream)
    with connect(postgres.url) as connection:
        connection.execute(EDGES.encode())
        days = [
            day
            for (day,) in connection.execute("select distinct (occurred_at at time zone 'UTC')::date from raw.events")
        ]
    list(export_days(postgres.url, settings, open_duckdb(settings), days))
    # mv_content_analytics holds the days up to today.
    while True:
        today = datetime.now(UTC).date()
        with ThreadPoolExecutor() as other_engine:
            of_lake = other_engine.submit(build_warehouse, postgres.url, settings, MODELS)
            build_in_postgres(postgres, settings)
            of_lake.result()
        if datetime.now(UTC).date() == today:
            return installation, settings


def build_in_postgres(postgres: Warehouse, settings: Settings) -> None:
    postgres.build(ALL_DAYS, select=MODELS)
    materialized = relations(parsed_project(postgres.url, settings), "materialized_view")
    with closing(dbt_refresh(postgres.url, settings, [name.partition(".")[2] for name in materialized])) as results:
        assert all(result.status == "success" for result in results)


def test_every_mart_is_equal_row_by_row(built: Built):
    installation, settings = built
    marts = Marts(installation.database_url, warehouse_file(settings))
    assert {"analytics_sessions", "analytics_visitors", "content_documents"} <= {*marts.names}
    assert marts.empty() == []
    assert marts.differences() == []


def test_the_lake_s_own_marts_of_detail_are_equal_row_by_row(built: Built):
    installation, settings = built
    engine = open_duckdb(settings)
    days = [day for (day,) in installation.rows("select day from marts.built_days")]
    for table in LAKE_MARTS:
        list(export_days(installation.database_url, settings, engine, days, table))
    reader = LakeReader(settings)
    with reader.session() as session:
        for table in LAKE_MARTS:
            mirrored = f"select * exclude ({', '.join(table.keys)}) from {table.name}"
            built_there = f"from warehouse.{table.name}"
            for one, other in ((mirrored, built_there), (built_there, mirrored)):
                only = session.execute(f"select count(*) from ({one} except all {other})").fetchall()
                assert only == [(0,)], (table.name, one)
            assert session.execute(f"select count(*) > 0 from {table.name}").fetchall() == [(True,)], table.name
    reader.close()


def test_keys_are_never_null(built: Built):
    installation, settings = built
    with duckdb.connect(str(warehouse_file(settings)), read_only=True) as connection:
        in_lake = {*connection.execute(NEVER_NULL_IN_LAKE).fetchall()}
    assert in_lake == {*installation.rows(NEVER_NULL)}
    of_days = relations(parsed_project(installation.database_url, settings), "incremental")
    assert {f"marts.{table}" for table, _ in in_lake} == {name for name in of_days if name.startswith("marts.")}


def test_a_row_that_differs_in_one_column_is_found(built: Built, tmp_path: Path):
    installation, settings = built
    other = tmp_path / warehouse_file(settings).name
    shutil.copy(warehouse_file(settings), other)
    with duckdb.connect(str(other)) as connection:
        connection.execute(
            "update marts.content_metrics set seconds_on_page = nextafter(seconds_on_page, 1e9) "
            "where rowid = (select min(rowid) from marts.content_metrics where seconds_on_page is not null)"
        )
    (difference,) = Marts(installation.database_url, other).differences()
    assert difference.startswith("content_metrics: the lake has")


def test_an_analysts_question_moves_unchanged(built: Built):
    installation, settings = built
    question = """
        select s.site, count(*), sum(s.page_views), count(distinct i.content_id)
        from marts.analytics_sessions as s
        left join content.items as i on s.entry_page_path = i.url_path
        group by s.site order by s.site limit 20
    """
    reader = LakeReader(settings)
    with reader.session() as session:
        assert session.execute(question).fetchall() == installation.rows(question)
    reader.close()


def test_a_model_that_is_built_again_replaces_its_days(built: Built):
    installation, settings = built
    installation.dogear("dbt", "run", "--target", "duckdb", "--select", "analytics_daily_sources")
    assert Marts(installation.database_url, warehouse_file(settings)).differences() == []


def test_what_readers_see_stays_where_a_build_fails(built: Built, tmp_path: Path):
    installation, settings = built
    warehouse = warehouse_file(settings)
    before = warehouse.stat()
    with duckdb.connect(str(warehouse), read_only=True) as reader:
        failed = installation.dogear("dbt", "run-operation", "no_such_macro", "--target=duckdb", check=False)
        assert failed.returncode
        with pytest.raises(DogearError, match="no day was exported yet"):
            build_warehouse(installation.database_url, settings.model_copy(update={"lake_url": str(tmp_path)}))
        assert reader.execute("select count(*) > 0 from marts.analytics_sessions").fetchall() == [(True,)]
    assert warehouse.stat() == before
    assert [file.name for file in warehouse.parent.glob("warehouse.*")] in (
        ["warehouse.duckdb", "warehouse.duckdb.lock"],
        ["warehouse.duckdb.lock", "warehouse.duckdb"],
    )
