"""Debian's PostgreSQL and PgBouncer: servers that are not our own, as an operator sets them up."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString, cast
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql

from orchestration.resources.embedded_postgres import system_user
from tests.e2e.test_up import free_port
from tests.serving.collector.running import until

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
PGBOUNCER = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin")
# Who may come how: administrators and the pooler by the socket, all others by TLS and password.
ADMITTED = """
local all all trust
hostssl all all 127.0.0.1/32 scram-sha-256
hostssl all all ::1/128 scram-sha-256
local replication all trust
"""
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def need(program: object, package: str) -> None:
    """Skip where Debian's package is not installed, but never under CI."""
    if not program:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"Debian's {package} is not installed")


def as_owner() -> dict[str, Any]:
    """What makes subprocess run a program as the user that servers run as."""
    owner = system_user()
    return {} if owner is None else {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


@contextmanager
def folder_of_owner() -> Iterator[Path]:
    """A folder that the servers' user reaches, with a path that is short enough for sockets."""
    folder = Path(tempfile.mkdtemp(prefix="dogear-server-"))
    if owner := system_user():
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    yield folder
    shutil.rmtree(folder)


def run(folder: Path, program: str, *arguments: str) -> None:
    subprocess.run(
        [str(PROGRAMS[-1] / program), *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL, **as_owner()
    )


class ForeignServer:
    """A server of its own, on a port of its own, with certificates of an authority of its own."""

    def __init__(self, folder: Path, name: str = "data") -> None:
        self.folder = folder
        self.name = name
        self.port = free_port()

    @property
    def authority(self) -> Path:
        return self.folder / "ca.crt"

    def create(self) -> None:
        arguments = ("--username", "postgres", "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8")
        run(self.folder, "initdb", *arguments, "--no-sync", "--pgdata", self.name)
        (self.folder / self.name / "pg_hba.conf").write_text(ADMITTED)
        make_certificates(self.folder)

    @contextmanager
    def running(self, *settings: str) -> Iterator[None]:
        tls = ("ssl=on", "ssl_cert_file=../server.crt", "ssl_key_file=../server.key", "listen_addresses=localhost")
        said = (*QUICK, *tls, f"port={self.port}", f"unix_socket_directories={self.folder}", *settings)
        options = " ".join(f"-c {setting}" for setting in said)
        run(
            self.folder,
            "pg_ctl",
            "start",
            "--wait",
            "--pgdata",
            self.name,
            "--log",
            f"{self.name}.log",
            "--options",
            options,
        )
        yield
        run(self.folder, "pg_ctl", "stop", "--mode", "immediate", "--pgdata", self.name)

    def socket_url(self, role: str = "postgres", database: str = "postgres") -> str:
        return f"postgresql://{quote(role, safe='')}@/{quote(database, safe='')}?host={self.folder}&port={self.port}"

    def tls_url(self, role: str, password: str, database: str, host: str = "localhost") -> str:
        names = [quote(it, safe="") for it in (role, password, database)]
        return (
            f"postgresql://{names[0]}:{names[1]}@{host}:{self.port}/{names[2]}"
            f"?sslmode=verify-full&sslrootcert={quote(str(self.authority), safe='')}"
        )

    def execute(self, statement: str, *parts: str | sql.Composable, database: str = "postgres") -> None:
        """As administrator; each ``{}`` in the statement stands for a name, or a literal."""
        with psycopg.connect(self.socket_url(database=database), autocommit=True) as connection:
            composed = [sql.Identifier(it) if isinstance(it, str) else it for it in parts]
            connection.execute(as_sql(statement).format(*composed))

    def add_owner(self, role: str, password: str, database: str, settings: Mapping[str, str] | None = None) -> None:
        """A role without any privilege but that it owns a database, and sessions as an administrator likes them."""
        self.execute("create role {} login password {}", role, sql.Literal(password))
        for name, value in (settings or {}).items():
            self.execute("alter role {} set {} = {}", role, as_sql(name), sql.Literal(value))
        self.execute("create database {} owner {} encoding 'UTF8' template template0", database, role)


def as_sql(text: str) -> sql.SQL:
    """Return what a test itself wrote as SQL."""
    return sql.SQL(cast("LiteralString", text))


def make_certificates(folder: Path) -> None:
    """An authority, and a certificate of it for localhost."""
    new_key = "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    requests = (
        f"{new_key} -x509 -days 2 -subj /CN=ca -keyout ca.key -out ca.crt",
        f"{new_key} -subj /CN=localhost -keyout server.key -out server.csr",
        "x509 -req -in server.csr -CA ca.crt -CAkey ca.key -days 2 -out server.crt",
    )
    for request in requests:
        subprocess.run(["openssl", *request.split()], cwd=folder, check=True, capture_output=True, **as_owner())
    (folder / "server.key").chmod(0o600)


@contextmanager
def pgbouncer(server: ForeignServer, role: str | None, database: str, pool_mode: str) -> Iterator[str]:
    """Debian's PgBouncer, which refuses ``options``; yields the URL of the role's database through it.

    It logs in with this role, no matter who comes. Without one, with role and password of who comes.
    """
    need(PGBOUNCER, "pgbouncer")
    assert PGBOUNCER
    port = free_port()
    login = "auth_user=postgres" if role is None else "user='{}'".format(role.replace("'", "''"))
    (server.folder / "users.txt").write_text('"postgres" ""\n')
    query = "select rolname, rolpassword from pg_authid where rolname = $1"
    passing_on = f"auth_type = scram-sha-256\nauth_file = {server.folder}/users.txt\nauth_query = {query}"
    configuration = server.folder / f"pgbouncer-{pool_mode}.ini"
    configuration.write_text(
        f"[databases]\n* = host={server.folder} port={server.port} {login}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
        f"{passing_on if role is None else 'auth_type = any'}\npool_mode = {pool_mode}\n"
    )
    process = subprocess.Popen([PGBOUNCER, "-q", configuration], stderr=subprocess.DEVNULL, **as_owner())
    url = f"postgresql://anybody@127.0.0.1:{port}/{quote(database, safe='')}"
    try:
        until(lambda: listens(port))
        yield url
    finally:
        process.terminate()
        process.wait()


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True
