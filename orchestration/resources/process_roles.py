"""Login roles of the processes that run all the time: each may do in the database what it needs, and nothing else.

Rights belong to groups (migration 0037, ``sql/functions/ops/open_to_*.sql``). A process logs in as a member of its
group, with a password that is new at each start and kept nowhere but in its environment. So each place that starts
processes has roles of its own: another one must not change their passwords.
"""

import secrets
import socket
from collections.abc import Sequence
from hashlib import sha256

import psycopg
from psycopg import sql

from orchestration.errors import DogearError
from orchestration.resources.postgres import connect
from orchestration.resources.server import Server, ServerSilentError

# The web process has two: what counts for monitoring, and must not show whose numbers it counts, has one of its own.
COLLECTOR, LOADER, WEB, MONITOR = "dogear_collector", "dogear_loader", "dogear_web", "dogear_monitor"
GROUPS = (COLLECTOR, LOADER, WEB, MONITOR)
# Of one process: a pool of 8, and what a killed one has left. Who gets hold of it does not get all of the server's.
MOST_CONNECTIONS = 30
# Only a superuser may set it.
LARGEST_SPILL = "10GB"
MAY_SET_SPILL = "select has_parameter_privilege('temp_file_limit', 'set')"
MARK = "A process of Dogear logs in with it, by a password that is new at each start."
MISSING = "select name from unnest(%s::text[]) as name where to_regrole(name) is null"
# Each group may look into a schema of ours.
WITHOUT_RIGHTS = """
    select from unnest(%s::text[]) as name
    where not exists (
        select from unnest(array['raw', 'access', 'ops']) as one (schema)
        where has_schema_privilege(name, one.schema, 'usage')
    )
"""
WHO = "select session_user, has_database_privilege(current_database(), 'temporary')"


class NoOwnRoleError(DogearError):
    """A process can have no role of its own; the message says why, and what an administrator must do."""


def own_url(database_url: str, group: str, place: Sequence[str]) -> str:
    """Return the URL by which a process of ``group`` reaches the database from now on.

    ``place`` tells processes of this machine apart: no two that run at once have the same. Raises NoOwnRoleError if
    there can be no such role, or it does not get in.
    """
    role, password = role_name(database_url, group, place), secrets.token_urlsafe(32)
    with connect(database_url) as connection:
        # A pooler may have let us in as another than we said.
        (ours,) = connection.execute("select session_user").fetchone() or ("",)
        try:
            make_groups(connection)
            make_role(connection, role, group, password)
        except psycopg.errors.InsufficientPrivilege:
            raise NoOwnRoleError(
                f"The role of DATABASE_URL may not make the role {role}. An administrator must run what "
                f"docs/servers.md says: alter role {sql.Identifier(ours).as_string()} createrole."
            ) from None
    server = Server.of(database_url)
    url = Server({**server.parameters, "user": role, "password": password}).url
    check(url, role, group)
    return url


def role_name(database_url: str, group: str, place: Sequence[str]) -> str:
    """Return the name of the role: the same at each start from one place."""
    words = (Server.of(database_url).parameters["dbname"], socket.gethostname(), *place)
    return f"{group}_{sha256(chr(0).join(words).encode()).hexdigest()[:12]}"


def make_groups(connection: psycopg.Connection) -> None:
    """Make the groups that are not there, and give those their rights that have none in this database."""
    for (name,) in connection.execute(MISSING, [list(GROUPS)]).fetchall():
        connection.execute(sql.SQL("create role {} nologin").format(sql.Identifier(name)))
    if connection.execute(WITHOUT_RIGHTS, [list(GROUPS)]).rowcount:
        connection.execute("select ops.open_to_web(), ops.open_to_processes()")


def make_role(connection: psycopg.Connection, role: str, group: str, password: str) -> None:
    """Make the login role, or give it another password, and bounds. The server, and its log, see a verifier only."""
    verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    known = connection.execute("select to_regrole(%s) is not null", [role]).fetchone() == (True,)
    verb = sql.SQL("alter" if known else "create")
    statement = sql.SQL("{} role {} login connection limit {} password {}")
    connection.execute(statement.format(verb, sql.Identifier(role), MOST_CONNECTIONS, sql.Literal(verifier)))
    # A role may set what its next sessions begin with: what a past one has set counts no more.
    connection.execute(sql.SQL("alter role {} reset all").format(sql.Identifier(role)))
    if connection.execute(MAY_SET_SPILL).fetchone() == (True,):
        connection.execute(
            sql.SQL("alter role {} set temp_file_limit = {}").format(sql.Identifier(role), LARGEST_SPILL)
        )
    if not known:
        connection.execute(sql.SQL("grant {} to {}").format(sql.Identifier(group), sql.Identifier(role)))
        connection.execute(sql.SQL("comment on role {} is {}").format(sql.Identifier(role), sql.Literal(MARK)))


def check(url: str, role: str, group: str) -> None:
    """Raise NoOwnRoleError unless ``url`` leads to a session of the role, with what it needs."""
    try:
        with connect(url) as connection:
            found, may_make_temporary = connection.execute(WHO).fetchone() or ("", False)
    except ServerSilentError as error:
        raise NoOwnRoleError(f"{role} is not let in. {error}") from None
    if found != role:
        raise NoOwnRoleError(f"A pooler lets {role} in as {found}: it must pass the names of roles on.")
    if group == LOADER and not may_make_temporary:
        raise NoOwnRoleError(
            f"{role} may not make temporary tables. Have an administrator run: "
            f'grant temporary on database "{Server.of(url).parameters["dbname"]}" to {LOADER};'
        )
