"""What DATABASE_URL says, as each client reads it."""

import os
from pathlib import Path
from urllib.parse import quote

import pytest
import sqlalchemy
from hypothesis import given
from hypothesis import strategies as st
from psycopg.conninfo import conninfo_to_dict
from psycopg2.extensions import parse_dsn

import orchestration.resources.dagster_storage  # noqa: F401 - makes its plugin known
from orchestration.errors import DogearError
from orchestration.resources.server import SOCKET_FOLDERS, Server

ASKED = (
    "select current_setting('application_name'), current_setting('statement_timeout'), "
    "current_setting('lock_timeout'), current_setting('timezone'), current_setting('client_encoding'), "
    "current_setting('datestyle')"
)
SOCKETS = next((folder for folder in SOCKET_FOLDERS if Path(folder).is_dir()), SOCKET_FOLDERS[-1])
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)


@pytest.mark.parametrize(
    ("parameters", "name", "statement_timeout"),
    [
        ("", "dogear", "0"),
        ("application_name=a%2Bb+c", "a+b+c", "0"),
        ("options=-c%20statement_timeout%3D5s%20-c%20datestyle%3Dgerman", "dogear", "5s"),
    ],
)
def test_every_client_has_the_session_that_it_needs_and_what_the_url_says_besides(
    database_url, parameters, name, statement_timeout
):
    server = Server.of(Server.said(f"{database_url}&{parameters}").url)
    expected = (name, statement_timeout, "0", "UTC", "UTF8", "ISO, MDY")
    with server.psycopg() as connection:
        assert connection.execute(ASKED).fetchone() == expected
    with server.adbc() as connection, connection.cursor() as cursor:
        cursor.execute(ASKED)
        assert cursor.fetchone() == expected
    connection = server.psycopg2()
    with connection.cursor() as cursor:
        cursor.execute(ASKED)
        assert cursor.fetchone() == expected
    connection.close()


def test_dagsters_storage_has_a_schema_of_its_own(database_url):
    engine = sqlalchemy.create_engine(Server.of(database_url).dagster_url())
    with engine.connect() as connection:
        assert connection.exec_driver_sql("show search_path").scalar() == "dagster"
        assert connection.exec_driver_sql("show timezone").scalar() == "UTC"
    engine.dispose()


def backend(engine: sqlalchemy.Engine) -> int:
    with engine.connect() as connection:
        return connection.exec_driver_sql("select pg_backend_pid()").scalar_one()


def test_dagster_goes_on_after_the_server_has_ended_the_connections_that_it_keeps(database_url):
    # As Dagster asks for it.
    engine = sqlalchemy.create_engine(Server.of(database_url).dagster_url(), poolclass=sqlalchemy.NullPool)
    process, again = (backend(engine) for _ in range(2))
    assert again == process
    with Server.of(database_url).psycopg() as administrator:
        administrator.execute("select pg_terminate_backend(%s, 10000)", [process])
    assert backend(engine) != process
    engine.dispose()


@given(user=texts, password=texts, database=texts)
def test_names_and_passwords_of_any_characters_reach_each_client_as_they_are(user, password, database):
    written = "postgresql://{}:{}@[::1]:5433/{}".format(*(quote(it, safe="") for it in (user, password, database)))
    server = Server.said(written)
    expected = {"user": user, "password": password, "dbname": database, "host": "::1", "port": "5433"}
    assert server.parameters.items() >= expected.items()
    assert conninfo_to_dict(server.url).items() >= expected.items()
    assert parse_dsn(server.url).items() >= expected.items()
    assert Server.of(server.url) == server


@pytest.mark.parametrize(
    ("written", "host", "port"),
    [
        ("postgresql://u@db.example/d", "db.example", "5432"),
        ("postgres://u@db.example:6000/d", "db.example", "6000"),
        ("postgresql+psycopg2://u@[fe80::1%25eth0]/d", "fe80::1%eth0", "5432"),
        ("postgresql://u@/d", SOCKETS, "5432"),
        ("postgresql:///d?host=/srv/my%20sockets&port=6000", "/srv/my sockets", "6000"),
        ("postgresql://u@%2Fsrv%2Fsockets:6000/d", "/srv/sockets", "6000"),
        ("postgresql://u@a.example,b.example:6000/d?target_session_attrs=primary", "a.example,b.example", "5432,6000"),
        ("postgresql://u@a.example,b.example/d?port=6000", "a.example,b.example", "6000"),
        ("postgresql://u:p#?@db.example/d", "db.example", "5432"),
    ],
)
def test_every_way_to_say_where_it_is(written, host, port):
    said = Server.said(written).parameters
    assert (said["host"], said["port"], said["dbname"]) == (host, port, "d")
    assert Server.said(Server.said(written).url) == Server.said(written)


def test_what_the_url_leaves_out_comes_from_libpqs_environment_once(monkeypatch):
    for name, value in {"PGHOST": "db.example", "PGPORT": "6000", "PGUSER": "ann", "PGSSLMODE": "verify-full"}.items():
        monkeypatch.setenv(name, value)
    server = Server.said("postgresql:///d?sslrootcert=/ca.pem")
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)
    expected = {"host": "db.example", "port": "6000", "user": "ann", "sslmode": "verify-full", "sslrootcert": "/ca.pem"}
    assert Server.of(server.url).parameters.items() >= expected.items()
    assert server.libpq_environment().items() >= {"PGHOST": "db.example", "PGSSLROOTCERT": "/ca.pem"}.items()


@pytest.mark.parametrize(
    "written",
    [
        "mysql://db",
        "postgresql://",
        "postgresql://u:s3cret@h",
        "postgresql://u:s3cret@h?service=s",
        "postgresql://u:s3c@ret@h/d",
        "postgresql://u:s3c/ret@h/d",
        "postgresql://u:12/s3cret@h/d",
        "postgresql://u:/s3cret@h/d",
        "postgresql://u:s3c%ret@h/d",
        "postgresql://u:s3cret@h:0/d",
        "postgresql://u:s3cret@h:65536/d",
        "postgresql://u:s3cret@h/d?ports=1",
        "postgresql://u:s3cret\udcff@h/d",
        # Known to libpq 18 alone; Dagster and dbt bring 17.
        "postgresql://u:s3cret@h/d?sslkeylogfile=/keys",
    ],
)
def test_what_a_client_cannot_take_is_refused_in_one_sentence_without_its_secrets(written):
    with pytest.raises(DogearError, match=r"^OLD_URL ") as refused:
        Server.said(written, "OLD_URL")
    assert "s3c" not in str(refused.value)
    assert "\n" not in str(refused.value)
