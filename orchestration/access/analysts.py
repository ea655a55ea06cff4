"""Analysts: login roles of PostgreSQL that may read the marts, and nothing else.

Their rights belong to the role dogear_analyst (migration 0018); each analyst is a member of it.
"""

import re
import secrets
from typing import NamedTuple
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from orchestration.errors import DogearError
from orchestration.resources.postgres import connect

GROUP = "dogear_analyst"
NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
# Marks a role that was made here: other roles may be members too, and are never changed or dropped.
MARK = "Analyst of Dogear, made by: dogear analyst add"
# A member inherits rights, but no settings. An analyst may change these, except BOUNDS, which only a superuser may.
SETTINGS = {"statement_timeout": "60s", "work_mem": "64MB", "idle_in_transaction_session_timeout": "10min"}
BOUNDS = {"temp_file_limit": "10GB"}
MOST_CONNECTIONS = 10
ADMINISTRATOR = "Have an administrator of the server run: "


class Analyst(NamedTuple):
    """One login role. ``connections`` are its current ones, ``is_ours`` whether it was made here."""

    name: str
    connections: int
    is_ours: bool


def add_analyst(database_url: str, name: str) -> str:
    """Create the login role and return its password, which is not stored. Raises DogearError if that fails."""
    if not NAME.fullmatch(name) or name.startswith("pg_") or name in {"public", "none"}:
        raise DogearError(
            f"{name[:40]!a} cannot be a role: 1 to 63 lower-case letters, digits and _, beginning with a letter or _."
        )
    password = secrets.token_urlsafe(24)
    with connect(database_url) as connection:
        open_marts(connection)
        # It stays so where an administrator has to make the role itself.
        connection.commit()
        if connection.execute("select from pg_roles where rolname = %s", [name]).rowcount:
            raise DogearError(f"There is a role {name} already. Choose another name, or: dogear analyst remove {name}")
        # The server, and its log, see a verifier only.
        verifier = connection.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
        role = sql.Identifier(name)
        try:
            create = sql.SQL("create role {} login connection limit {} password {}")
            connection.execute(create.format(role, sql.Literal(MOST_CONNECTIONS), sql.Literal(verifier)))
            connection.execute(sql.SQL("grant {} to {}").format(sql.Identifier(GROUP), role))
            connection.execute(sql.SQL("comment on role {} is {}").format(role, sql.Literal(MARK)))
            for setting, value in (SETTINGS | bounds(connection)).items():
                statement = sql.SQL("alter role {} set {} = {}")
                connection.execute(statement.format(role, sql.Identifier(setting), sql.Literal(value)))
        except psycopg.errors.InsufficientPrivilege:
            raise DogearError(
                f"The role of DATABASE_URL may not make roles. {ADMINISTRATOR}"
                f"create role {name} login connection limit {MOST_CONNECTIONS} password '…' in role {GROUP};"
            ) from None
    return password


def bounds(connection: psycopg.Connection) -> dict[str, str]:
    """Return those of BOUNDS that our role may set."""
    question = "select name from unnest(%s::text[]) as name where has_parameter_privilege(name, 'set')"
    return {name: BOUNDS[name] for (name,) in connection.execute(question, [list(BOUNDS)])}


def left_to_everybody(database_url: str) -> list[str]:
    """Return what every role may do in our database besides reading marts, since we may not revoke it."""
    with connect(database_url) as connection:
        return [what for (what,) in connection.execute("select unnest(ops.close_to_others())")]


def open_marts(connection: psycopg.Connection) -> None:
    """Let the group read all current marts, and do nothing else.

    Raises DogearError if there is no such role and none can be made.
    """
    if connection.execute("select from pg_roles where rolname = %s", [GROUP]).rowcount == 0:
        try:
            connection.execute(sql.SQL("create role {} nologin").format(sql.Identifier(GROUP)))
        except psycopg.errors.InsufficientPrivilege:
            raise DogearError(
                f"The role of DATABASE_URL may not make roles. {ADMINISTRATOR}create role {GROUP} nologin;"
            ) from None
    connection.execute("select ops.open_marts_to_analysts(), ops.close_to_others()")


def analysts(database_url: str) -> list[Analyst]:
    """Return every login role that may read the marts as an analyst does, by name."""
    with connect(database_url) as connection:
        rows = connection.execute(
            """
            select
                members.rolname,
                (select count(*) from pg_stat_activity where usename = members.rolname),
                shobj_description(members.oid, 'pg_authid') is not distinct from %(mark)s
            from pg_auth_members
            inner join pg_roles as members on members.oid = pg_auth_members.member
            inner join pg_roles as of_role on of_role.oid = pg_auth_members.roleid
            where of_role.rolname = %(group)s and members.rolcanlogin
            group by members.oid, members.rolname
            order by members.rolname
            """,
            {"group": GROUP, "mark": MARK},
        ).fetchall()
    return [Analyst(*row) for row in rows]


def remove_analyst(database_url: str, name: str) -> None:
    """Drop the role and end its connections. Raises DogearError for a role that was not made here."""
    found = {analyst.name: analyst for analyst in analysts(database_url)}
    if name not in found:
        raise DogearError(f"There is no analyst {name[:40]!a}. See: dogear analyst list")
    if not found[name].is_ours:
        raise DogearError(f"{name} was not made by dogear analyst add. To take its right: revoke {GROUP} from {name};")
    role = sql.Identifier(name)
    with connect(database_url) as connection:
        connection.execute(sql.SQL("alter role {} nologin").format(role))
        # No new logins; open sessions would go on reading.
        connection.commit()
        connection.execute("select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = %s", [name])
        try:
            connection.execute(sql.SQL("drop role {}").format(role))
        except psycopg.errors.DependentObjectsStillExist as error:
            raise DogearError(
                f"{name} may not log in any more, but was given more than the marts: {error.diag.message_detail} "
                f"Take it away (drop owned by {name};) and remove it again."
            ) from None


def analyst_url(database_url: str, name: str, password: str) -> str:
    """Return the URL with which the analyst connects."""
    parts = urlsplit(database_url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{name}:{quote(password, safe='')}@{host}"))
