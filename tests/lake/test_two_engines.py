"""PostgreSQL on raw.events and DuckDB on the lake build the same marts, to the last row and the last bit."""

import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import duckdb
import pytest

from orchestration.errors import DogearError
from orchestration.lake.warehouse import build_warehouse, lake_events_view, warehouse_file
from orchestration.resources.postgres import connect
from orchestration.rollups.dbt_project import parsed_project, relations
from orchestration.rollups.dbt_run import dbt_refresh
from orchestration.rollups.stale_days import DayRange
from orchestration.settings import Settings
from tests.installation import Installation
from tests.lake.comparing import Marts
from tests.lake.lake_files import write_lake
from tests.rollups.building import MODELS, Warehouse
from tests.rollups.test_session_model import generated

STREAMS = 400
ALL_DAYS = DayRange(date(1990, 1, 1), date(2038, 12, 31))
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
        connection.execute(EDGES)
    write_lake(postgres.url, settings.home_folder / "lake")
    # mv_content_analytics holds the days up to today.
    while True:
        today = datetime.now(UTC).date()
        with ThreadPoolExecutor() as other_engine:
            of_lake = other_engine.submit(build_of_lake, postgres.url, settings)
            build_in_postgres(postgres, settings)
            of_lake.result()
        if datetime.now(UTC).date() == today:
            return installation, settings


def build_in_postgres(postgres: Warehouse, settings: Settings) -> None:
    postgres.build(ALL_DAYS, select=MODELS)
    materialized = relations(parsed_project(postgres.url, settings), "materialized_view")
    with closing(dbt_refresh(postgres.url, settings, [name.partition(".")[2] for name in materialized])) as results:
        assert all(result.status == "success" for result in results)


def build_of_lake(database_url: str, settings: Settings) -> None:
    events = partial(lake_events_view, lake_folder=settings.home_folder / "lake")
    build_warehouse(database_url, settings, warehouse_file(settings), events, select=MODELS)


def test_every_mart_is_equal_row_by_row(built: Built):
    installation, settings = built
    marts = Marts(installation.database_url, warehouse_file(settings))
    assert {"analytics_sessions", "analytics_visitors", "content_documents"} <= {*marts.names}
    assert marts.empty() == []
    assert marts.differences() == []


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
        events = partial(lake_events_view, lake_folder=tmp_path)
        with pytest.raises(DogearError, match="holds no day yet"):
            build_warehouse(installation.database_url, settings, warehouse, events)
        assert reader.execute("select count(*) > 0 from marts.analytics_sessions").fetchall() == [(True,)]
    assert warehouse.stat() == before
    assert [file.name for file in warehouse.parent.glob("warehouse.*")] in (
        ["warehouse.duckdb", "warehouse.duckdb.lock"],
        ["warehouse.duckdb.lock", "warehouse.duckdb"],
    )
