"""Can Dogear use the server? Others are refused at the start, in one sentence."""

from dataclasses import dataclass

import psycopg
from psycopg.rows import class_row

from orchestration.errors import DogearError
from orchestration.resources.postgres import connect
from orchestration.resources.server import Server

OLDEST = 15
FACTS = """
    select
        current_setting('server_version') as version,
        current_setting('server_version_num')::integer / 10000 as major,
        getdatabaseencoding() as encoding,
        pg_is_in_recovery() as is_standby,
        current_setting('transaction_read_only')::boolean as only_reads,
        (select reset_val::boolean from pg_settings where name = 'quote_all_identifiers') as quotes_all,
        has_database_privilege(current_database(), 'create') as may_create,
        has_database_privilege(current_database(), 'temporary') as may_make_temporary,
        quote_ident(current_user) as role,
        current_database() as name
"""
UNWRITABLE = {"'", '"', "%"}
SET_OFF = "run: alter role {} set quote_all_identifiers = off;"
PROCESS = "select pg_backend_pid()"


@dataclass(frozen=True)
class Facts:
    """Facts about a server, one database, and our rights in it."""

    version: str
    major: int
    encoding: str
    is_standby: bool
    only_reads: bool
    quotes_all: bool
    may_create: bool
    may_make_temporary: bool
    role: str
    name: str


def refuse_unfit(connection: psycopg.Connection, url: str) -> None:
    """Raise DogearError if the server that ``connection`` has reached does not suit, or what is between them."""
    server = Server.of(url)
    place = server.place
    with connection.cursor(row_factory=class_row(Facts)) as cursor:
        facts = cursor.execute(FACTS).fetchone()
    assert facts is not None
    if facts.name != server.parameters["dbname"]:
        raise DogearError(f"{place} is called {facts.name} by its server: a pooler must give it the same name.")
    if reason := unfit(facts):
        raise DogearError(f"{place} {reason}")
    connection.commit()
    if shares_sessions(connection, url):
        raise DogearError(
            f"{place} is a pooler that lends its connections for a transaction each, and Dogear needs sessions: set "
            "pool_mode = session for this database, or let DATABASE_URL name the server itself."
        )


def unfit(facts: Facts) -> str | None:
    """Return why a server does not suit; None if it does."""
    if facts.major < OLDEST:
        return f"is PostgreSQL {facts.version}: Dogear needs {OLDEST} or newer."
    if facts.encoding != "UTF8":
        return (
            f"holds texts in {facts.encoding}, which cannot hold every text: let DATABASE_URL name a database in UTF8, "
            "made with: create database … encoding 'UTF8' template template0;"
        )
    if facts.is_standby:
        return "is a standby, which only reads: let DATABASE_URL name the primary, or add target_session_attrs=primary."
    if facts.only_reads:
        return f"lets {facts.role} only read (default_transaction_read_only): let DATABASE_URL name one that writes."
    if facts.quotes_all:
        # ADBC's, whose driver asks for the server's types before it lets anybody set something.
        return f"quotes the names of types, which bulk loads cannot read: {SET_OFF.format(facts.role)}"
    if UNWRITABLE & {*facts.name}:
        return "has a quote or % in the name of the database, which dbt cannot write: rename it, or name another."
    missing = [name for name, may in (("create", facts.may_create), ("temporary", facts.may_make_temporary)) if not may]
    if missing:
        return (
            f"does not let {facts.role} make schemas and temporary tables, as the owner of a database may: have an "
            f'administrator run: grant {", ".join(missing)} on database "{facts.name}" to {facts.role};'
        )
    return None


def shares_sessions(connection: psycopg.Connection, url: str) -> bool:
    """Return whether a pooler gives one session to several connections, one transaction after the other."""
    here = process_of(connection)
    # A pooler says a number of its own.
    if here == connection.info.backend_pid:
        return False
    with connect(url) as other:
        # Inside a transaction: what it has been given stays its own.
        return other.execute(PROCESS).fetchone() == (here,) or process_of(connection) != here


def process_of(connection: psycopg.Connection) -> int:
    """Return the number of the server's process that works for it now."""
    row = connection.execute(PROCESS).fetchone()
    assert row is not None
    connection.commit()
    return row[0]
