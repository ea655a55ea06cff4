"""The embedded server runs as long as somebody uses it, whatever happens to the others."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from orchestration.errors import DogearError
from orchestration.resources.embedded_postgres import EmbeddedPostgres
from orchestration.resources.postgres import connect

HOLD_THE_SERVER = """
import sys, time
from pathlib import Path
from orchestration.resources.embedded_postgres import EmbeddedPostgres
with EmbeddedPostgres(Path(sys.argv[1])):
    print("ready", flush=True)
    time.sleep(600)
"""


def hold_the_server(folder):
    process = subprocess.Popen([sys.executable, "-c", HOLD_THE_SERVER, folder], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    return process


def postmaster(folder) -> psutil.Process:
    return psutil.Process(int((folder / "data" / "postmaster.pid").read_text().split()[0]))


def is_gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def test_the_last_to_leave_stops_the_server(tmp_path):
    with EmbeddedPostgres(tmp_path):
        server = postmaster(tmp_path)
        with EmbeddedPostgres(tmp_path) as url:
            assert postmaster(tmp_path) == server
        assert connect(url).execute("select 1").fetchone() == (1,)
    assert is_gone(server)


def test_a_killed_process_neither_stops_the_server_nor_keeps_it(tmp_path):
    other = hold_the_server(tmp_path)
    with EmbeddedPostgres(tmp_path) as url:
        server = postmaster(tmp_path)
        other.kill()
        other.wait()
        assert connect(url).execute("select 1").fetchone() == (1,)
    assert is_gone(server)


def test_a_killed_server_starts_again_with_what_was_committed(tmp_path):
    with EmbeddedPostgres(tmp_path) as url, connect(url) as connection:
        connection.execute("create table kept as select 7 as n")
        connection.commit()
        server = postmaster(tmp_path)
        os.kill(server.pid, signal.SIGKILL)
        psutil.wait_procs([server], timeout=10)
        connection.close()
        with EmbeddedPostgres(tmp_path) as again:
            assert connect(again).execute("select n from kept").fetchone() == (7,)


def test_a_pid_file_that_names_another_process_by_now_does_not_matter(tmp_path):
    with EmbeddedPostgres(tmp_path):
        stale = (tmp_path / "data" / "postmaster.pid").read_text().splitlines()
    (tmp_path / "data" / "postmaster.pid").write_text("\n".join([str(os.getpid()), *stale[1:], ""]))
    with EmbeddedPostgres(tmp_path) as url:
        assert connect(url).execute("select 1").fetchone() == (1,)


def test_a_path_too_long_for_a_socket_is_no_obstacle(tmp_path):
    folder = tmp_path / ("long" * 25)
    with EmbeddedPostgres(folder) as url:
        assert connect(url).execute("select 1").fetchone() == (1,)


def test_a_link_in_the_temporary_folder_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    victim = tmp_path / "victim"
    victim.mkdir()
    server = EmbeddedPostgres(tmp_path / ("long" * 25))
    planted = server._socket_folder()
    planted.rmdir()
    planted.symlink_to(victim)
    owner = victim.stat().st_uid
    with pytest.raises(DogearError, match="was made by somebody else"):
        server._socket_folder()
    assert victim.stat().st_uid == owner
