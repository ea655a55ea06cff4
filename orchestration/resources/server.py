"""Where a database is and how to reach it, in libpq's own words; each client gets it from here, all of them the same.

The URL is read by libpq's parser once. What it leaves out comes from libpq's environment (PGHOST, …) and defaults, and
is written into it: libraries bring versions of libpq whose defaults differ.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote, urlencode

import psycopg
from psycopg import conninfo
from psycopg.pq import Conninfo

from orchestration.errors import DogearError
from orchestration.resources.session import session_statement

if TYPE_CHECKING:
    import adbc_driver_postgresql.dbapi as adbc

SETTING = "DATABASE_URL"
EXAMPLE_URL = "postgresql://user:password@host:5432/database"
DAGSTER_SCHEMA = "dagster"
# Where servers put their sockets: Debian and Red Hat; PostgreSQL's own default.
SOCKET_FOLDERS = ("/run/postgresql", "/tmp")  # noqa: S108 - nothing is written there
# libpq's ways to say where a socket is, a name, an address; a password that holds @ ends up as part of it.
HOST = re.compile(r"/.+|[\w.:%-]+")
PORT = re.compile(r"[1-9][0-9]{0,4}")
# For what DATABASE_URL does not say. Firewalls drop in silence what is idle for long (seconds).
OURS = {"connect_timeout": "10", "keepalives_idle": "60", "fallback_application_name": "dogear"}
SPELLING = "in user and password write / as %2F, @ as %40, : as %3A and % as %25"


class ServerSilentError(DogearError):
    """The server does not answer."""


@dataclass(frozen=True)
class Server:
    """A database as ``parameters`` of libpq, by its keywords; one method a client."""

    parameters: Mapping[str, str]

    @classmethod
    def of(cls, url: str) -> Self:
        """Return the server of a URL of ours: one that ``said`` has read before, or of the embedded server."""
        said = conninfo.conninfo_to_dict(url)
        # As a parameter of the start it holds before any setting of the server, and poolers know it.
        return cls(OURS | {name: str(value) for name, value in said.items()} | {"client_encoding": "UTF8"})

    @classmethod
    def said(cls, url: str, setting: str = SETTING) -> Self:
        """Return the server that a person names in ``setting``. Raises DogearError if a client could not reach it."""
        # SQLAlchemy writes postgresql+driver://.
        scheme, _, rest = url.partition("://")
        if scheme.partition("+")[0] not in {"postgres", "postgresql"} or not rest:
            raise DogearError(f"{setting} must look like {EXAMPLE_URL}.")
        try:
            rest.encode()
            # Its host would be a part of the password, which messages name.
            if "@" in rest.partition("?")[0].partition("/")[2]:
                raise ValueError
            said = from_environment() | conninfo.conninfo_to_dict(f"postgresql://{rest}")
            understood_by_all(said)
        except (psycopg.Error, ValueError):
            # libpq's own sentence may quote parts of the password.
            raise DogearError(
                f"{setting} cannot be read. It must look like {EXAMPLE_URL}, with parameters of PostgreSQL 17's libpq; "
                f"{SPELLING}."
            ) from None
        if not said.get("dbname"):
            raise DogearError(f"{setting} must name a database, as {EXAMPLE_URL} does.")
        if said.get("service"):
            raise DogearError(f"{setting} must name host and database itself: PGSERVICE, or service=, is not taken.")
        where = {"host": hosts(said, setting), "port": ports(said, setting)}
        return cls.of(conninfo.make_conninfo("", **{**said, **where}))

    @property
    def url(self) -> str:
        """For psycopg, ADBC, and other processes of ours: no part of it is left to defaults."""
        more = dict(self.parameters)
        user, password, database = (quote(more.pop(name, ""), safe="") for name in ("user", "password", "dbname"))
        login = f"{user}:{password}" if password else user
        return f"postgresql://{login}@/{database}?{urlencode(more, quote_via=quote, safe='')}"

    @property
    def place(self) -> str:
        """Host, port and database for messages, without user, password and parameters."""
        said = [self.parameters.get(name, "") for name in ("host", "port", "dbname")]
        return f"{said[0] or 'localhost'}:{said[1] or 5432}/{said[2]}"

    def silent(self, error: Exception) -> ServerSilentError:
        """Return what to say where it does not answer."""
        reason = str(error).strip().splitlines()[0].rstrip(".")
        return ServerSilentError(f"PostgreSQL does not answer at {self.place}: {reason}. Check DATABASE_URL.")

    def psycopg(self) -> psycopg.Connection:
        try:
            connection = psycopg.connect(self.url, autocommit=True)
            connection.execute(self.session().encode())
        except psycopg.OperationalError as error:
            raise self.silent(error) from None
        connection.autocommit = False
        return connection

    def adbc(self, **more: int) -> "adbc.Connection":
        """``more``: parameters of libpq that hold for this connection."""
        import adbc_driver_postgresql.dbapi as adbc

        try:
            connection = adbc.connect(conninfo.make_conninfo(self.url, **more))
            with connection.cursor() as cursor:
                cursor.execute(self.session())
                cursor.fetchall()
            # What is set in a transaction that is rolled back was never set.
            connection.commit()
        except adbc.OperationalError as error:
            raise self.silent(error) from None
        return connection

    def psycopg2(self, search_path: str | None = None, application_name: str = "dogear") -> Any:
        """For dbt, Alembic and Dagster. Raises psycopg2's errors, which they know."""
        import psycopg2

        said = {"application_name": application_name, **self.parameters}
        connection = psycopg2.connect(conninfo.make_conninfo("", **said))
        with connection.cursor() as cursor:
            cursor.execute(self.session(search_path))
        connection.commit()
        return connection

    def dagster_url(self) -> str:
        """For Dagster's storage, which takes a URL and no connection: see ``dagster_storage``."""
        return f"postgresql+psycopg2://?plugin=dogear&server={quote(self.url, safe='')}"

    def libpq_environment(self) -> dict[str, str]:
        """For psql and its kind, where no list of processes shows the password."""
        names = {option.keyword.decode(): option.envvar for option in Conninfo.get_defaults() if option.envvar}
        return {names[key].decode(): value for key, value in self.parameters.items() if key in names}

    def with_database(self, name: str) -> Self:
        return type(self)({**self.parameters, "dbname": name})

    def session(self, search_path: str | None = None) -> str:
        """Return what each connection asks for first."""
        return session_statement(self.parameters.get("options", ""), search_path)


def from_environment() -> dict[str, str]:
    """Return what libpq takes from its environment, and the user and port that it takes without."""
    return {
        option.keyword.decode(): option.val.decode()
        for option in Conninfo.get_defaults()
        if option.val and (option.keyword in {b"user", b"port"} or (option.envvar or b"").decode() in os.environ)
    }


def understood_by_all(said: Mapping[str, Any]) -> None:
    """Raise psycopg2's ProgrammingError, a ValueError here, where its libpq, the oldest, does not know a parameter."""
    from psycopg2 import ProgrammingError
    from psycopg2.extensions import parse_dsn

    try:
        parse_dsn(conninfo.make_conninfo("", **said))
    except ProgrammingError as error:
        raise ValueError from error


def hosts(said: Mapping[str, Any], setting: str) -> str:
    """Return the hosts, with commas between; a socket's folder where there is no name."""
    socket_folder = next((folder for folder in SOCKET_FOLDERS if Path(folder).is_dir()), SOCKET_FOLDERS[-1])
    addresses = str(said.get("hostaddr", "")).split(",")
    named = str(said.get("host", "")).split(",")
    found = [name or ("" if any(addresses) else socket_folder) for name in named]
    if any(name and not HOST.fullmatch(name) for name in found):
        raise DogearError(f"{setting} names a host that cannot be one. It must look like {EXAMPLE_URL}; {SPELLING}.")
    return ",".join(found)


def ports(said: Mapping[str, Any], setting: str) -> str:
    found = [port or "5432" for port in str(said.get("port", "")).split(",")]
    if not all(PORT.fullmatch(port) and int(port) < 2**16 for port in found):
        raise DogearError(f"{setting} names a port that is no number from 1 to 65535; {SPELLING}.")
    return ",".join(found)
