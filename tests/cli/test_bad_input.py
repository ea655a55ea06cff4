"""Whatever is wrong, the command says it in one clear line, fails where nothing could be done, and loses nothing."""

import gzip
from importlib.metadata import version

import pytest

from tests.installation import run_dogear
from tests.serving.collector.running import free_port

LINE = '192.0.2.1 - - [17/May/2026:10:05:03 +0000] "GET / HTTP/1.1" 200 5 "-" "Firefox"\n'


@pytest.fixture(scope="module")
def installation(make_installation):
    installation = make_installation("bad_input")
    installation.dogear("site", "add", "example.org")
    return installation


def one_line(text: str) -> str:
    """The only line that was said, apart from the progress bar."""
    (line,) = [line for line in text.splitlines() if line.strip()]
    return line


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("photo.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "lines is of a format that is read: access logs"),
        ("access.log.zst", b"\x28\xb5\x2f\xfd\x04", "compressed by Zstandard (.zst), which is not read"),
        ("cut.gz", gzip.compress(LINE.encode(), mtime=0)[:12], "the gzip file is damaged"),
    ],
)
def test_a_file_without_visits(installation, tmp_path, name, content, message):
    (file := tmp_path / name).write_bytes(content)
    done = installation.dogear("import", str(file), check=False)
    assert done.returncode == 1
    line = one_line(done.stdout + done.stderr)
    assert line.startswith(f"dogear: {file}: ")
    assert message in line


def test_a_missing_file(installation, tmp_path):
    done = installation.dogear("import", str(tmp_path / "nowhere.log"), check=False)
    assert done.returncode == 1
    assert one_line(done.stdout + done.stderr) == f"dogear: {tmp_path / 'nowhere.log'}: No such file or directory."


def test_one_broken_line_and_one_broken_file_stop_nothing(installation, tmp_path):
    (tmp_path / "a.log").write_bytes(b"")
    (tmp_path / "a.log.xz").write_bytes(b"\xfd7zXZ\0")
    (tmp_path / "b.log").write_text(f"{LINE}not a line\n{LINE}")
    (tmp_path / "empty").mkdir()
    done = installation.dogear("import", str(tmp_path / "empty"), str(tmp_path), check=False)
    assert done.returncode == 1, "one of the files could not be imported"
    assert "a.log: the file is empty; site example.org." in done.stderr
    assert f"dogear: 1 of 3 files was not imported: {tmp_path / 'a.log.xz'}." in done.stderr
    assert "2 events added, 1 rejected (see raw.rejected_events)" in done.stderr
    assert "; site example.org." in done.stderr
    assert installation.rows("select line_number, reason from raw.rejected_events where file like '%%b.log'") == [
        (2, "not a line of the combined or common log format")
    ]


@pytest.mark.parametrize(
    "command", [["import", __file__], ["build"], ["analytics"], ["sync"], ["up"], ["erase", "--visitor", "47"]]
)
def test_a_server_that_does_not_answer(tmp_path, command):
    environment = {
        "DATABASE_URL": "postgresql://somebody:s3cret@127.0.0.1:1/nothing",
        "DOGEAR_HOME": str(tmp_path / "home"),
        **{f"DOGEAR_{server}PORT": str(free_port()) for server in ("", "COLLECTOR_", "WEB_")},
    }
    done = run_dogear(environment, *command, check=False)
    assert done.returncode == 1
    line = one_line(done.stdout + done.stderr)
    assert line.startswith("dogear: PostgreSQL does not answer at 127.0.0.1:1/nothing: ")
    assert "Connection refused" in line
    assert "s3cret" not in line


def test_a_url_that_is_none(tmp_path):
    done = run_dogear({"DATABASE_URL": "mysql://db", "DOGEAR_HOME": str(tmp_path)}, "analytics", check=False)
    assert done.returncode == 1
    assert "DATABASE_URL must look like postgresql://" in one_line(done.stderr)


def test_front_matter_that_is_not_yaml(make_installation, tmp_path):
    site = make_installation("broken_site")
    (tmp_path / "blog").mkdir()
    (tmp_path / "blog" / "good.md").write_text("---\ntitle: Good\n---\nText.\n")
    (tmp_path / "blog" / "bad.md").write_text("---\ntitle: [unclosed\n---\nText.\n")
    site.dogear("site", "add", "broken.example", "--repository", str(tmp_path))
    done = site.dogear("sync")
    assert "1 not readable (see content.file_sync_status)" in one_line(done.stdout)
    assert site.rows("select file_path, title from content.items") == [("blog/good.md", "Good")]
    ((path, reason),) = site.rows(
        "select file_path, sync_error_message from content.file_sync_status where sync_status = 'error'"
    )
    assert path == "blog/bad.md"
    assert "\n" not in reason


def test_analytics_before_anything_was_built(installation):
    done = installation.dogear("analytics", check=False)
    assert done.returncode == 1
    assert "There are no visits to example.org in the marts. Try: dogear import" in one_line(done.stderr)


def test_days_that_make_no_range(installation):
    assert "--from lies after --to" in one_line(
        installation.dogear("build", "--from", "2026-05-02", "--to", "2026-05-01", check=False).stderr
    )
    assert "--to needs --from" in one_line(installation.dogear("build", "--to", "2026-05-01", check=False).stderr)


@pytest.mark.parametrize(
    "command", ["", "up", "import", "sync", "build", "analytics", "erase", "site add", "psql", "dbt", "lake", "duckdb"]
)
def test_help_has_examples(tmp_path, command):
    done = run_dogear({"DOGEAR_HOME": str(tmp_path / "unused")}, *command.split(), "--help")
    assert "Usage: dogear" in done.stdout
    assert not command or "Examples:" in done.stdout
    assert not (tmp_path / "unused").exists()


def test_psql_and_dbt_know_the_database(installation):
    assert installation.dogear("psql", "-Atc", "select 6 * 7").stdout == "42\n"


def test_the_version_is_that_of_the_package(tmp_path):
    said = run_dogear({"DOGEAR_HOME": str(tmp_path / "unused")}, "--version").stdout
    assert said == f"dogear {version('dogear')}\n"


def test_a_session_gap_beyond_its_limits_or_said_in_the_environment(installation):
    done = installation.dogear("session-gap", "0", check=False)
    assert (done.returncode, one_line(done.stderr)) == (1, "dogear: A session gap has 1 to 720 minutes, not 0.")
    done = run_dogear({**installation.environment, "DOGEAR_SESSION_GAP_MINUTES": "20"}, "build", check=False)
    assert done.returncode == 1
    assert "DOGEAR_SESSION_GAP_MINUTES: one gap holds for all who build" in one_line(done.stderr)
    assert "30 minutes" in installation.dogear("session-gap").stdout
