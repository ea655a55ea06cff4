"""Repositories here and elsewhere, branches, working trees that change while they are read."""

import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import dagster as dg
import pytest

from orchestration.content.sites import Site, all_sites, find_site, remove_site, save_site
from orchestration.content.sync_sites import SiteSync, sync_sites
from orchestration.errors import DogearError
from orchestration.settings import Settings
from tests.content.syncing import sync

TITLES = "select site, file_path, title from content.items order by 1, 2"


@pytest.fixture
def host(site) -> str:
    """URL under which Git offers the repository of ``site``."""
    return f"file://{site.folder}/.git"


def test_a_repository_elsewhere_is_fetched_commit_by_commit(site, host, tmp_path):
    site.write("a.md", "# One")
    site.commit("One")

    def read(branch: str | None = None):
        return sync(site.database_url, host, content_root="content", branch=branch, home=tmp_path / "home")

    assert (read().synced, read().synced) == (1, 0)
    site.write("a.md", "# Two")
    site.write("b.md", "# Not committed")
    site.git("commit", "--quiet", "--all", "--message", "Two")
    assert (read().synced, read().versions) == (1, 0)
    assert site.rows(TITLES) == [("example.org", "a.md", "Two")]
    site.git("checkout", "--quiet", "-b", "other")
    site.write("a.md", "# On another branch")
    site.git("commit", "--quiet", "--all", "--message", "Three")
    assert read("main").synced == 0
    assert read("other").versions == 1
    site.git("checkout", "--quiet", "main")
    site.git("reset", "--quiet", "--hard", "HEAD~1")
    assert read("main").versions == 1, "history was rewritten"
    with pytest.raises(DogearError, match="has no branch third; it has main, other"):
        read("third")


def test_a_branch_is_read_whatever_the_working_tree_holds(site):
    site.write("a.md", "# Committed")
    commit = site.commit("Commit")
    site.write("a.md", "# Edited")
    site.write("b.md", "# New")
    assert site.read("main").synced == 1
    assert site.rows(TITLES) == [("example.org", "a.md", "Committed")]
    assert site.rows("select head_commit from content.sites") == [(commit,)]
    assert site.read().synced == 2
    assert sync(site.database_url, site.folder / ".git", "bare.example", content_root="content").synced == 1


def test_links_in_a_commit_lead_nowhere_else(site, tmp_path):
    (tmp_path / "secret.md").write_text("# Secret")
    site.write("a.md", "# A")
    (site.folder / ".env.md").write_text("# Hidden")
    for name, target in {
        "inside.md": "a.md",
        "out.md": "../../secret.md",
        "absolute.md": str(tmp_path / "secret.md"),
        "hidden.md": "../.env.md",
        "loop.md": "loop.md",
    }.items():
        (site.folder / "content" / name).symlink_to(target)
    site.commit("Links")
    status = "select file_path, coalesce(sync_error_message, 'read') from content.file_sync_status order by 1"
    out = "a link that leads out of the site's folder"
    site.read("main")
    assert site.rows(status) == [
        *(("a.md", "read"), ("absolute.md", out), ("hidden.md", "a link to a hidden file"), ("inside.md", "read")),
        *(("loop.md", "a link that leads round in a circle"), ("out.md", out)),
    ]
    site.read()
    assert [reason for path, reason in site.rows(status) if path != "loop.md"] == [
        *("read", out, "a link to a hidden file", "read", out)
    ]


def test_a_working_tree_is_not_read_while_git_changes_it(site, monkeypatch):
    site.write("a.md", "# Whole")
    site.commit("Whole")
    site.read()
    site.write("a.md", "# Half")
    lock = site.folder / ".git" / "index.lock"
    lock.touch()
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    with pytest.raises(DogearError, match=r"A Git command is at work in .*index\.lock"):
        site.read()
    assert site.rows(TITLES) == [("example.org", "a.md", "Whole")]
    monkeypatch.setattr(time, "sleep", lambda _: lock.unlink())
    assert site.read().synced == 1
    lock.touch()
    site.write("a.md", "# Whole again")
    sync_sites(Settings(home=site.folder.parent / "home"), site.database_url, all_sites(site.database_url))
    assert site.rows("select title, sync_error from content.items join content.sites using (site)") == [
        ("Whole again", None)
    ]


def test_a_reader_sees_whole_commits_while_branches_change(site):
    """Two branches name every document otherwise; whatever is visible is one of them, never a mixture."""
    for branch in ("left", "right"):
        site.git("checkout", "--quiet", "-b", branch)
        for number in range(60):
            site.write(f"{number}.md", f"# {branch}")
        site.commit(branch)
    with ThreadPoolExecutor(1) as pool:
        for branch in ("left", "right", "left", "right", "left"):
            checkout = pool.submit(site.git, "checkout", "--quiet", branch)
            site.read()
            assert site.rows("select count(distinct title), count(*) from content.items") == [(1, 60)]
            checkout.result()


@pytest.mark.parametrize("option", ["--filter=blob:none", "--depth=1"])
def test_a_clone_that_lacks_a_part_is_read_as_far_as_it_goes(site, tmp_path, option):
    site.git("config", "uploadpack.allowFilter", "true")
    for number in range(3):
        site.write("a.md", f"# {number}")
        site.commit(str(number))
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", option, f"file://{site.folder}", clone], check=True)
    assert sync(site.database_url, clone, content_root="content").synced == 1
    assert site.rows(TITLES) == [("example.org", "a.md", "2")]


def test_a_folder_that_is_a_link_is_not_followed(site, tmp_path):
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "secret.md").write_text("# Secret")
    (site.folder / "content").symlink_to(tmp_path / "private")
    with pytest.raises(DogearError, match="may lead out of the site's folder"):
        site.read()
    (site.folder / "hugo.toml").write_text("")
    (site.folder / "content").unlink()
    site.write("a.md", "# A")
    (site.folder / "static").symlink_to(tmp_path / "private")
    with pytest.raises(DogearError, match="may lead out of the site's folder"):
        site.read()


def test_a_site_that_cannot_be_read_does_not_stop_the_others(site, tmp_path):
    site.write("a.md", "# A")
    site.commit("A")
    save_site(site.database_url, Site("gone.example", "ada", "https://127.0.0.1:1/nowhere"))
    save_site(site.database_url, Site("logs.example", "ada"))
    save_site(site.database_url, Site("here.example", "grace", str(site.folder), "main", "content"))
    done = sync_sites(Settings(home=tmp_path / "home"), site.database_url, all_sites(site.database_url))
    assert isinstance(done["gone.example"], DogearError)
    assert done["logs.example"] == SiteSync()
    assert site.rows("select site, user_code, title from content.items") == [("here.example", "grace", "A")]
    ((name, reason),) = site.rows("select site, sync_error from content.sites where sync_error is not null")
    assert (name, "no public address" in reason) == ("gone.example", True)
    remove_site(site.database_url, "here.example")
    assert site.rows(TITLES) == []


def test_which_site_is_meant(database_url):
    with pytest.raises(DogearError, match="There is no site yet"):
        find_site(database_url, None)
    save_site(database_url, Site("a.example", "ada"))
    assert find_site(database_url, None).site == "a.example"
    save_site(database_url, Site("b.example", "ada"))
    with pytest.raises(DogearError, match=r"Which site \(there are: a.example, b.example\)\? Say --site NAME"):
        find_site(database_url, None)
    with pytest.raises(DogearError, match=r"There is no site c\.example"):
        find_site(database_url, "c.example")


def test_the_sensor_asks_for_a_sync_after_a_commit_and_after_an_edit(site, tmp_path, monkeypatch):
    from orchestration.content import sensors
    from orchestration.resources.dagster_database import Database

    monkeypatch.setenv("DATABASE_URL", site.database_url)
    monkeypatch.setenv("DOGEAR_HOME", str(tmp_path / "home"))

    def asks(cursor: str | None) -> tuple[list[str], str | None]:
        with dg.build_sensor_context(cursor=cursor, resources={"database": Database()}) as context:
            tick = sensors.content_changes.evaluate_tick(context)
        return [request.tags["sites"] for request in tick.run_requests or []], tick.cursor or cursor

    def syncs(name: str) -> None:
        sync_sites(Settings(home=tmp_path / "home"), site.database_url, [find_site(site.database_url, name)])

    assert asks(None)[0] == [], "there is no site yet"
    site.write("a.md", "# A")
    first = site.commit("A")
    save_site(site.database_url, Site("here.example", "ada", str(site.folder)))
    save_site(site.database_url, Site("gone.example", "ada", str(tmp_path / "gone")))
    asked, cursor = asks(None)
    assert asked == ["here.example"]
    assert site.rows("select sync_error is not null from content.sites where site = 'gone.example'") == [(True,)]
    assert asks(cursor)[0] == [], "it has been asked for"
    syncs("here.example")
    assert asks(None)[0] == [], "a commit that was read need not be read again, by any process"

    site.write("a.md", "# A, edited")
    asked, cursor = asks(cursor)
    assert asked == ["here.example"]
    site.commit("Edited")
    asked, cursor = asks(cursor)
    assert asked == ["here.example"]
    syncs("here.example")
    site.git("reset", "--quiet", "--hard", first)
    asked, cursor = asks(cursor)
    assert asked == ["here.example"], "a state that was read before is another one than that of now"
    assert asks(cursor)[0] == []
    later = time.time() + sensors.LONGEST_PAUSE
    monkeypatch.setattr(sensors.time, "time", lambda: later)
    assert asks(cursor)[0] == ["here.example"], "what was asked for and did not come to pass is asked for again"
    (tmp_path / "gone").mkdir()
    assert "gone.example" in asks(cursor)[0][0]
    syncs("gone.example")
    assert site.rows("select sync_error from content.sites where site = 'gone.example'") == [(None,)]
