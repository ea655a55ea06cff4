"""Real text in, answers of ``content.search`` and ``content.suggest`` out."""

import psycopg
import pytest

from orchestration.settings import SAMPLE_CONTENT
from tests.content.git_site import GitSite
from tests.content.syncing import sync

GERMAN = "Die Bücher standen seit Jahren im Regal, und niemand las in den Häusern der Stadt auch nur eine Zeile darin."
FRENCH = "Le café du coin était fermé depuis longtemps, mais les élèves y revenaient toujours pour lire leurs journaux."


@pytest.fixture
def site(tmp_path, database_url):
    """Sync some files, by path, and return a function that asks for the paths that a query finds."""

    def site(files: dict[str, str]):
        for path, text in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)
        sync(database_url, tmp_path)
        return asker(database_url, "example.org")

    return site


def asker(database_url: str, name: str):
    def ask(query: str, function: str = "search", more: str = "") -> list[str]:
        with psycopg.connect(database_url) as connection:
            question = f"select url_path from content.{function}(%s, %s {more})"
            found = connection.execute(question.encode(), [query, name]).fetchall()
        return [path for (path,) in found]

    return ask


def test_title_before_tags_before_excerpt_before_body(site):
    filler = "Some words that stand here so that the documents have about the same length. " * 3
    search = site(
        {
            "body.md": f"# One\n\n{filler}\n\nA pelican and a bookmark.",
            "excerpt.md": f"---\ndescription: About a bookmark.\n---\n# Two\n\n{filler}",
            "tags.md": f"---\ntags: [bookmark]\n---\n# Three\n\n{filler}",
            "title.md": f"# Bookmark\n\n{filler}",
            "none.md": f"# Nothing\n\n{filler}",
            "draft.md": "---\ndraft: true\n---\n# Bookmark",
        }
    )
    assert search("bookmarks") == ["/title", "/tags", "/excerpt", "/body"]
    assert search("bookmark -pelican") == ["/title", "/tags", "/excerpt"]


def test_pages_of_very_many_documents_hold_each_of_them_once(site):
    filler = "Some words that stand here, so many that no excerpt holds them all. " * 10
    # The higher the number, the better the document alone; the older it is, too.
    titles = {f"t{n:03}.md": f"---\ndate: {2000 - n}-01-01\n---\n# Bookmark {'bookmark ' * n}" for n in range(215)}
    nothing = {f"w{n:02}.md": f"---\ndate: 1700-01-{n + 1:02}\nsearch_weight: 0\n---\n# Bookmark" for n in range(20)}
    bodies = {f"b{n:02}.md": f"# Number {n}\n\n{filler}\n\nA bookmark." for n in range(20)}
    search = site(titles | bodies | nothing)
    pages = [search("bookmark", more=f", most => 50, skip => {skip}") for skip in range(0, 300, 50)]
    found = [path for page in pages for path in page]
    assert sorted(found) == sorted(f"/{name.removesuffix('.md')}" for name in titles | bodies | nothing)
    assert {path[:2] for path in found[:215]} == {"/t"}


def test_each_language_has_its_stems_and_accents_need_not_be_typed(site):
    search = site({"de.md": GERMAN, "fr.md": FRENCH, "en.md": "---\nlang: en-GB\n---\nRunning dogs."})
    assert search("buch") == search("bücher") == search("Bucher") == search("hund or bucher") == ["/de"]
    assert search("häuser") == ["/de"]
    assert search("cafe") == search("Café") == ["/fr"]
    assert search("eleve") == ["/fr"]
    assert search("run") == ["/en"]


def test_changed_text_is_found_and_removed_text_is_not(site, tmp_path):
    search = site({"a.md": "# Heron", "b.md": "# Heron"})
    assert search("heron") == ["/a", "/b"]
    (tmp_path / "b.md").unlink()
    search = site({"a.md": "# Stork"})
    assert (search("heron"), search("stork")) == ([], ["/a"])


@pytest.mark.parametrize("query", ["", "'", "a:*", "\\", "%", "& | !", "<b>", "-", '"', "ä" * 5000, "select 1; --"])
def test_any_query_is_answered(site, query):
    search = site({"a.md": "# A title with 'quotes' and \\ backslashes"})
    search(query)
    search(query, "suggest")


def test_snippets_mark_what_was_found_in_real_text(database_url):
    sync(database_url, SAMPLE_CONTENT, "sample")
    with psycopg.connect(database_url) as connection:
        ((title, snippet),) = connection.execute(
            "select title, snippet from content.search('bishop straws', 'sample') limit 1"
        ).fetchall()
    assert title == "A short history of the dog-ear"
    assert "<mark>" in snippet
    suggest = asker(database_url, "sample")
    assert suggest("sho hist", "suggest") == ["/blog/a-short-history-of-the-dog-ear"]
    assert suggest("why b", "suggest")[0] == "/blog/why-bounce"


@pytest.fixture
def repository(tmp_path, database_url) -> GitSite:
    return GitSite(tmp_path, database_url)


def test_what_a_first_sync_reads_twice_is_found_as_it_stands_there(repository: GitSite):
    """A file that was edited after its commit, one that is gone since, and two that name one id."""
    name = "---\nid: 6f1c0a52-0000-4000-8000-000000000001\nlanguage: {}\n---\n"
    repository.write("edited.md", "# A pelican")
    repository.write("gone.md", "# A heron")
    repository.write("one.md", name.format("en") + "# One")
    repository.write("two.md", name.format("de") + "# Two")
    repository.commit("Write")
    repository.write("edited.md", "# A seagull")
    (repository.folder / "content/gone.md").unlink()
    assert repository.read().failed == 1
    found = "select title, title_vector::text from content.search_index order by title"
    assert repository.rows(found) == [("A seagull", "'a':1 'seagull':2"), ("One", "'one':1")]
