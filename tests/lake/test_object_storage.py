"""A lake in a real S3 server, which cannot be reached for a while."""

from datetime import UTC, date, datetime

import pytest

from orchestration.errors import DogearError
from orchestration.lake.compare import compare_days
from orchestration.lake.reader import FAILURES, LakeReader
from orchestration.lake.recall import recall
from orchestration.lake.retention import let_old_days_leave
from orchestration.resources.duckdb_engine import open_duckdb
from orchestration.settings import Settings
from tests.lake.lake import Lake
from tests.lake.s3_server import S3Server, s3_server

MAY_1, MAY_2 = date(2026, 5, 1), date(2026, 5, 2)
AUGUST_1 = datetime(2026, 8, 1, tzinfo=UTC)


@pytest.fixture
def server(monkeypatch):
    with s3_server("visits") as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def lake(database_url, tmp_path, server) -> Lake:
    return Lake(database_url, Settings(home=tmp_path / "home", lake_url="s3://visits/history"))


def test_a_lake_may_be_named_by_any_scheme_of_its_filesystem(database_url, tmp_path, server):
    lake = Lake(database_url, Settings(home=tmp_path / "home", lake_url="s3a://visits/history/"))
    lake.add(MAY_1)
    assert lake.export() == [MAY_1]
    assert lake.read("select count(*) from raw.events") == [(20,)]


def test_days_are_written_read_checked_let_go_and_brought_back(lake, server: S3Server):
    lake.add(MAY_1)
    lake.add(MAY_2)
    assert lake.export() == [MAY_1, MAY_2]
    assert sorted(server.names()) == [
        "history/events/day=2026-05-01/events.parquet",
        "history/events/day=2026-05-02/events.parquet",
        "history/manifest.json",
    ]
    assert lake.read("select day, count(*) from raw.events group by day order by day") == [(MAY_1, 20), (MAY_2, 20)]
    assert {found.verdict for found in compare_days(lake.url, lake.settings, open_duckdb(lake.settings))} == {"equal"}
    assert [day.kept for day in let_old_days_leave(lake.url, lake.settings, open_duckdb(lake.settings), AUGUST_1)] == [
        None,
        None,
    ]
    assert lake.rows("select count(*) from raw.events") == [(0,)]
    assert recall(lake.url, lake.settings, [MAY_1]) == [MAY_1]
    assert lake.rows("select count(*) from raw.events") == [(20,)]


def test_while_it_cannot_be_reached_nothing_is_dropped_and_later_all_goes_on(lake, server: S3Server):
    lake.add(MAY_1)
    lake.export()
    lake.add(MAY_2)
    server.cut_off()
    with pytest.raises(DogearError, match=r"The lake s3://visits/history .*AWS_ENDPOINT_URL"):
        lake.export()
    with pytest.raises(DogearError, match=r"The lake s3://visits/history cannot be read"):
        list(compare_days(lake.url, lake.settings, open_duckdb(lake.settings)))
    with pytest.raises(DogearError, match=r"The lake s3://visits/history cannot be read"):
        list(let_old_days_leave(lake.url, lake.settings, open_duckdb(lake.settings), AUGUST_1))
    assert lake.rows("select count(*) from raw.events") == [(40,)]
    assert lake.rows("select * from lake.checks") == []

    server.let_through()
    assert lake.export() == [MAY_2]
    assert [day.kept for day in let_old_days_leave(lake.url, lake.settings, open_duckdb(lake.settings), AUGUST_1)] == [
        None,
        None,
    ]


def test_readers_leave_a_lake_alone_that_does_not_answer(lake, server: S3Server):
    lake.add(MAY_1)
    lake.export()
    reader = LakeReader(lake.settings)
    server.cut_off()
    for _ in range(FAILURES):
        with pytest.raises(DogearError, match="cannot be read"), reader.session():
            pass
    with pytest.raises(DogearError, match=r"did not answer 5 times and is left alone"), reader.session():
        pass
    assert (reader.health()["state"], reader.health()["failures"]) == ("open", 5)
    server.let_through()
    with pytest.raises(DogearError, match="is left alone"), reader.session():
        pass
    reader.breaker.half_open()
    with reader.session() as session:
        assert session.execute("select count(*) from raw.events").fetchall() == [(20,)]
    assert reader.health()["state"] == "closed"
