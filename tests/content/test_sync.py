"""Files in, rows of ``content.items`` and ``content.file_sync_status`` out."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from orchestration.content.sync_content import SyncSummary
from orchestration.errors import DogearError
from orchestration.settings import SAMPLE_CONTENT
from tests.content.syncing import sync


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for name, text in {"blog/one.md": "# One", "blog/two.md": "# Two", "ideas/deep/three.md": "# Three"}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def rows(database_url, question):
    with psycopg.connect(database_url) as connection:
        return connection.execute(question).fetchall()


ITEMS = "select file_path, title from content.items order by site, file_path"
STATUS = "select file_path, sync_status, sync_error_message from content.file_sync_status order by file_path"


def test_files_come_change_and_go(database_url, site):
    assert sync(database_url, site) == SyncSummary(synced=3, unchanged=0, deleted=0, failed=0)
    assert rows(database_url, ITEMS) == [
        ("blog/one.md", "One"),
        ("blog/two.md", "Two"),
        ("ideas/deep/three.md", "Three"),
    ]
    assert sync(database_url, site) == SyncSummary(synced=0, unchanged=3, deleted=0, failed=0)

    (site / "blog/one.md").write_text("# One, again")
    (site / "blog/two.md").unlink()
    assert sync(database_url, site) == SyncSummary(synced=1, unchanged=1, deleted=1, failed=0)
    assert rows(database_url, ITEMS) == [("blog/one.md", "One, again"), ("ideas/deep/three.md", "Three")]
    assert [path for path, *_ in rows(database_url, STATUS)] == ["blog/one.md", "ideas/deep/three.md"]


def test_a_file_that_breaks_keeps_its_document_until_it_is_corrected(database_url, site):
    sync(database_url, site)
    (site / "blog/one.md").write_text("---\ntitle: [\n---\n")
    for _ in range(2):
        assert sync(database_url, site) == SyncSummary(synced=0, unchanged=2, deleted=0, failed=1)
    assert ("blog/one.md", "One") in rows(database_url, ITEMS)
    path, status, reason = rows(database_url, STATUS)[0]
    assert (path, status) == ("blog/one.md", "error")
    assert reason.startswith("the front matter is not YAML")
    kept = "select content_id is not null, last_successful_sync < last_sync_attempt from content.file_sync_status"
    assert rows(database_url, kept)[-1] == (True, True)
    # The very bytes of before: they must be read again, for the file's status to be sound.
    (site / "blog/one.md").write_text("# One")
    assert sync(database_url, site).synced == 1
    assert rows(database_url, STATUS)[0] == ("blog/one.md", "synced", None)


def test_an_id_belongs_to_one_document(database_url, site):
    name = "---\nid: 6f1c0a52-0000-4000-8000-000000000001\ntitle: {}\n---\n"
    (site / "blog/one.md").write_text(name.format("One"))
    (site / "blog/two.md").write_text(name.format("Two"))
    assert sync(database_url, site).failed == 1
    assert "is that of blog/one.md already" in rows(database_url, STATUS)[1][2]
    # The document moves to another file, and takes its id along.
    (site / "blog/one.md").unlink()
    assert sync(database_url, site) == SyncSummary(synced=1, unchanged=1, deleted=1, failed=0)
    assert ("blog/two.md", "Two") in rows(database_url, ITEMS)
    # Another site cannot take it.
    assert sync(database_url, site, site="other.example").failed == 1
    assert ("blog/two.md", "Two") in rows(database_url, ITEMS)


def test_a_refused_document_keeps_the_id_that_it_had(database_url, site):
    text = "---\nid: 6f1c0a52-0000-4000-8000-00000000000{}\n---\n"
    (site / "blog/one.md").write_text(text.format(1))
    (site / "blog/two.md").write_text(text.format(2))
    sync(database_url, site)
    (site / "blog/two.md").write_text(text.format(1))  # taken, so that two.md stays what it was
    (site / "ideas/deep/three.md").write_text(text.format(2))  # and its id stays taken
    assert sync(database_url, site) == SyncSummary(synced=0, unchanged=1, deleted=0, failed=2)
    assert len(rows(database_url, ITEMS)) == 3


def test_sites_do_not_see_each_other_and_a_new_owner_gets_all(database_url, site, tmp_path):
    sync(database_url, site)
    assert sync(database_url, site, site="other.example").synced == 3
    assert sync(database_url, site, user_code="grace") == SyncSummary(synced=3, unchanged=0, deleted=0, failed=0)
    owners = "select site, user_code, count(*) from content.items group by 1, 2 order by 1"
    assert rows(database_url, owners) == [("example.org", "grace", 3), ("other.example", "ada", 3)]


def test_what_is_no_document_is_left_alone_or_refused(database_url, site, tmp_path_factory):
    (site / ".git").mkdir()
    (site / ".git" / "hidden.md").write_text("# Hidden")
    (site / "picture.png").write_bytes(b"\x89PNG")
    (site / "folder.md").mkdir()
    (outside := tmp_path_factory.mktemp("outside") / "secret.md").write_text("# Secret")
    (site / "blog/leak.md").symlink_to(outside)
    (site / "blog/dangling.md").symlink_to(site / "nowhere.md")
    os.mkfifo(site / "blog/pipe.md")
    (site / "blog/huge.md").write_bytes(b"x" * (10 * 2**20 + 1))
    assert sync(database_url, site) == SyncSummary(synced=3, unchanged=0, deleted=0, failed=4)
    reasons = {path: reason for path, status, reason in rows(database_url, STATUS) if status == "error"}
    assert reasons == {
        "blog/leak.md": "a link that leads out of the site's folder",
        "blog/dangling.md": "cannot be opened: No such file or directory",
        "blog/pipe.md": "not a file",
        "blog/huge.md": "larger than 10 MiB",
    }


def test_a_folder_that_is_not_there_deletes_nothing(database_url, site):
    sync(database_url, site)
    with pytest.raises(DogearError, match="is not there"):
        sync(database_url, site / "gone")
    assert len(rows(database_url, ITEMS)) == 3


def test_two_syncs_at_once(database_url, site):
    for number in range(50):
        (site / f"ideas/{number}.md").write_text(f"# {number}")
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: sync(database_url, site), range(4)))
    assert sorted(each.synced for each in done) == [0, 0, 0, 53]
    assert len(rows(database_url, ITEMS)) == 53


def test_the_sample_site_can_be_read(database_url):
    done = sync(database_url, SAMPLE_CONTENT)
    assert (done.failed, done.synced) == (0, len(list(SAMPLE_CONTENT.rglob("*.md"))))
    types = rows(database_url, "select distinct content_type from content.items order by 1")
    assert types == [("blog",), ("ideas",), ("plans",), ("projects",), ("resume",)]
    assert rows(database_url, "select count(*) from content.items where is_draft") == [(1,)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("# a" + 3000 * " " + "b", None),
        ("para " + 300_000 * "[", None),
        ("para " + 200_000 * "[a](", None),
        ('---\na: !!int ""\n---\n', "the front matter is not YAML"),
        ("---\na: !!bool foo\n---\n", "the front matter is not YAML"),
        ("---\na: !!timestamp foo\n---\n", "the front matter is not YAML"),
        (f"---\ntitle: 0x{5000 * 'f'}\n---\n", "a number of more than 1024 bits"),
        (f"+++\na = 0x{5000 * 'f'}\n+++\n", "the front matter is not TOML"),
    ],
)
def test_a_hostile_file_takes_no_time_and_stops_nothing(database_url, site, text, reason):
    (site / "blog/one.md").write_text(text)
    done = sync(database_url, site)
    assert (done.synced, done.failed) == ((3, 0) if reason is None else (2, 1))
    assert reason is None or reason in rows(database_url, STATUS)[0][2]


def test_names_that_are_odd(database_url, site):
    for name in (b"\xff.md", b"\xfe.md"):
        Path(os.fsdecode(os.fsencode(site) + b"/blog/" + name)).write_text("# Odd")
    (site / "blog/loop.md").symlink_to("loop.md")
    deep = site.joinpath(*["ü" * 100] * 10)
    deep.mkdir(parents=True)
    (deep / "deep.md").write_text("# Deep")
    assert sync(database_url, site) == SyncSummary(synced=6, unchanged=0, deleted=0, failed=1)
    assert sync(database_url, site) == SyncSummary(synced=0, unchanged=6, deleted=0, failed=1)
    assert ("blog/loop.md", "error", "cannot be opened: Too many levels of symbolic links") in rows(
        database_url, STATUS
    )
