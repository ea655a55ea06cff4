"""Real Git repositories in, rows of ``content.content_versions`` out; Git itself says what is right."""

import subprocess
import sys

import psycopg

from orchestration.content.problems import problems
from tests.content.git_site import GIT
from tests.content.syncing import sync


def test_a_document_through_its_life(site):
    site.write("blog/a.md", "# One\n\nText that stays the same, so that Git sees what was renamed.\n")
    site.write("blog/photo.jpg", b"\xff\xd8")
    site.commit("Write it")
    site.write("blog/a.md", "# Two\n\nText that stays the same, so that Git sees what was renamed.\n")
    site.commit("Change it")
    assert site.sync() == 2
    ((before,),) = site.rows("select content_id from content.items")
    site.git("mv", "content/blog/a.md", "content/blog/b.md")
    site.commit("Rename it")
    assert site.sync() == 1
    assert site.rows("select content_id, file_path from content.items") == [(before, "blog/b.md")]
    site.git("rm", "--quiet", "content/blog/b.md")
    site.commit("Delete it")
    assert site.sync() == 1
    assert site.rows("select 1 from content.items") == []
    site.git("checkout", "--quiet", "HEAD~1", "--", "content/blog/b.md")
    site.commit("Restore it")
    assert site.sync() == 1
    assert site.versions() == [
        ("blog/a.md", 1, "create", "One"),
        ("blog/a.md", 2, "update", "Two"),
        ("blog/b.md", 3, "update", "Two"),
        ("blog/b.md", 4, "delete", None),
        ("blog/b.md", 5, "restore", "Two"),
    ]
    assert site.rows("select content_id from content.items") == [(before,)]
    assert site.rows(
        "select change_summary, author_name, author_email from content.content_versions where version_number = 3"
    ) == [("Rename it (renamed from blog/a.md)", "Ada", "ada@example.org")]
    assert site.sync() == 0


def test_another_document_may_take_the_place_of_one_that_was_renamed(site):
    site.write("a.md", "# First\n\n" + "A long text that Git will know again.\n" * 9)
    site.commit("First")
    site.git("mv", "content/a.md", "content/b.md")
    site.commit("Make room")
    site.write("a.md", "# Second\n\n" + "Something else altogether, line by line.\n" * 9)
    site.commit("Second")
    site.sync()
    assert sorted(site.rows("select file_path, title from content.items")) == [("a.md", "Second"), ("b.md", "First")]
    assert site.rows("select count(distinct content_id), count(*) from content.content_versions") == [(2, 3)]


def test_a_commit_that_breaks_a_file_and_one_that_mends_it_are_versions(site):
    site.write("a.md", "# Sound")
    site.commit("Sound")
    site.write("a.md", "---\ntitle: [\n---\n")
    site.commit("Broken")
    site.write("a.md", b"\xff\xfe not UTF-8")
    site.commit("Worse")
    site.write("a.md", "# Mended")
    site.commit("Mended")
    assert site.sync() == 4
    assert [title for *_, title in site.versions()] == ["Sound", None, None, "Mended"]


def test_a_merge_counts_where_it_changed_something_itself(site):
    site.write("a.md", "# A\n\none\n")
    site.write("b.md", "# B")
    site.commit("Begin")
    site.git("checkout", "--quiet", "-b", "side")
    site.write("a.md", "# A\n\nside\n")
    site.commit("On the side")
    site.git("checkout", "--quiet", "main")
    site.write("b.md", "# B, more")
    site.commit("On main")
    site.git("merge", "--quiet", "--no-edit", "side")
    site.sync()
    assert {path for path, *_ in site.versions()} == {"a.md", "b.md"}
    assert len(site.versions()) == 4

    site.git("checkout", "--quiet", "-b", "other")
    site.write("a.md", "# A\n\nother\n")
    site.commit("Other")
    site.git("checkout", "--quiet", "main")
    site.write("a.md", "# A\n\nmain\n")
    site.commit("Main")
    subprocess.run([*GIT, "merge", "--quiet", "other"], cwd=site.folder, check=False, capture_output=True)
    site.write("a.md", "# A\n\nboth\n")
    site.commit("Settle it")
    assert site.sync() == 3
    assert [number for path, number, *_ in site.versions() if path == "a.md"] == [1, 2, 3, 4, 5]


def test_what_was_renamed_on_a_branch_is_the_same_document_after_the_merge(site):
    site.write("a.md", "# A\n\n" + "A text that Git will know again.\n" * 5)
    site.commit("Begin")
    site.git("checkout", "--quiet", "-b", "side")
    site.git("mv", "content/a.md", "content/b.md")
    site.commit("Rename")
    site.git("checkout", "--quiet", "main")
    site.write("a.md", "# A, edited\n\n" + "A text that Git will know again.\n" * 5)
    site.commit("Edit")
    site.git("merge", "--quiet", "--no-edit", "side")
    site.sync()
    assert {(path, kind) for path, _, kind, _ in site.versions()} == {
        *(("a.md", "create"), ("b.md", "update"), ("a.md", "update")),
    }
    assert site.versions()[-1] == ("b.md", 4, "update", "A, edited")
    assert site.rows("select path, kind from content.paths order by precedence") == [("/b", "current"), ("/a", "old")]


def test_a_merge_that_keeps_what_a_branch_deleted_keeps_the_document(site):
    site.write("a.md", "# A")
    site.commit("Begin")
    site.git("checkout", "--quiet", "-b", "side")
    site.git("rm", "--quiet", "content/a.md")
    site.commit("Delete")
    site.git("checkout", "--quiet", "main")
    site.git("merge", "--quiet", "--no-edit", "--strategy", "ours", "side")
    site.sync()
    assert [kind for _, _, kind, _ in site.versions()] == ["create", "delete", "restore"]
    joined = "select count(*) from content.items join content.content_versions using (content_id)"
    assert site.rows(joined) == [(3,)]


def test_a_copy_never_had_the_url_of_the_other(site):
    site.write("week-1.md", "# Week\n\n" + "A text that Git will know again.\n" * 5)
    site.commit("Template")
    site.write("week-2.md", "# Week\n\n" + "A text that Git will know again.\n" * 5 + "And more.\n")
    site.commit("Copy")
    site.git("rm", "--quiet", "content/week-1.md")
    site.commit("Delete the template")
    site.sync()
    assert [path for path, *_ in site.versions()].count("week-1.md") == 3
    paths = "select path, kind, file_path from content.paths order by path"
    assert site.rows(paths) == [("/week-1", "deleted", "week-1.md"), ("/week-2", "current", "week-2.md")]


def test_a_new_file_may_stand_where_another_was_renamed_away(site):
    site.write("a.md", "# First")
    site.commit("First")
    site.sync()
    site.git("mv", "content/a.md", "content/z.md")
    site.commit("Rename")
    site.write("a.md", "# Second, not committed")
    assert site.read().failed == 0
    before = dict(site.rows("select file_path, content_id from content.items"))
    assert len(set(before.values())) == 2
    site.commit("Second")
    site.read()
    assert dict(site.rows("select file_path, content_id from content.items")) == before


def test_a_document_made_of_a_file_that_was_none_has_the_versions_of_that_file(site):
    page = "<p>A page that Git will know again, line by line.</p>\n" * 9
    site.write("page.html", page)
    site.commit("A page")
    assert site.sync() == 0
    site.git("mv", "content/page.html", "content/page.md")
    site.commit("Markdown now")
    assert site.sync() == 2
    assert [(path, kind) for path, _, kind, _ in site.versions()] == [("page.html", "create"), ("page.md", "update")]


def test_a_forced_push_is_noticed(site):
    for number in range(3):
        site.write("a.md", f"# {number}")
        site.commit(str(number))
    assert site.sync() == 3
    site.git("reset", "--quiet", "--hard", "HEAD~2")
    site.write("a.md", "# another")
    site.commit("Another history")
    assert site.sync() == 2
    assert [title for *_, title in site.versions()] == ["0", "another"]


def test_an_id_that_front_matter_names_later_holds_for_all_versions(site):
    site.write("a.md", "# Text")
    site.commit("Without")
    site.sync()
    named = "6f1c0a52-0000-4000-8000-000000000001"
    site.write("a.md", f"---\nid: {named}\n---\n# Text")
    site.commit("With")
    site.sync()
    assert site.rows("select distinct content_id::text from content.content_versions") == [(named,)]
    assert site.rows("select content_id::text from content.items") == [(named,)]


def test_a_sync_that_is_killed_leaves_the_commit_before(site):
    site.write("a.md", "# Before")
    site.commit("Before")
    site.sync()
    site.write("a.md", "# After")
    for number in range(300):
        site.write(f"more/{number}.md", f"# {number}\n\n" + "Words to be searched for. " * 2000)
    site.commit("After")

    work = "import sys; from tests.content.syncing import sync; sync(*sys.argv[1:], content_root='content')"
    command = [sys.executable, "-c", work, site.database_url, str(site.folder)]
    with subprocess.Popen(command) as syncing:
        writing = "select 1 from pg_stat_activity where datname = current_database() and query like 'copy _content_.%'"
        while not site.rows(writing):
            assert syncing.poll() is None, "it ended before it could be killed"
        syncing.kill()
    assert site.rows("select title from content.items") == [("Before",)]
    assert site.rows("select count(*) from content.content_versions") == [(1,)]
    assert site.sync() == 301
    assert site.rows("select count(*) from content.items") == [(301,)]


def test_what_is_not_committed_is_content_but_no_version(site):
    site.write("a.md", "# A")
    site.commit("A")
    site.write("draft.md", "# Draft")
    assert site.sync() == 1
    assert site.rows("select count(*) from content.items") == [(2,)]


def test_the_real_site_has_the_versions_that_git_counts(database_url, semicomplete, tmp_path):
    subprocess.run(["git", "clone", "--quiet", semicomplete / "site.bundle", tmp_path / "site"], check=True)
    root = tmp_path / "site" / "content"
    done = sync(database_url, tmp_path / "site", "semicomplete.com", "jordan")
    assert (done.synced, done.failed) == (23, 0)
    with psycopg.connect(database_url) as connection:
        counted = dict(
            connection.execute(
                "select items.file_path, count(*) from content.items join content.content_versions using (content_id) "
                "group by 1"
            ).fetchall()
        )
    git = ["git", "log", "--follow", "--format=%H", "--"]
    expected = {
        path: len(subprocess.run([*git, path], cwd=root, check=True, capture_output=True, text=True).stdout.split())
        for path in counted
    }
    assert len(counted) == 23
    assert counted == expected
    assert problems(database_url, "urls_claimed_twice") == {
        "semicomplete.com: /blog/in-which-lastpass-gifts-us-a-sisyphean-task": (
            "blog/in-which-lastpass-gifts-us-a-sisyphean-task.md, "
            "blog/in-which-lastpass-gifts-us-a-sisyphean-task/index.md"
        )
    }
