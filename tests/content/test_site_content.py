"""What a site says of itself in, its documents' URLs, links, measures and typed columns out."""

from tests.content.syncing import sync

PATHS = "select path, kind, file_path from content.paths order by precedence, path"
BROKEN = "select file_path, kind, target from content.broken_links order by 1, 2, 3"


def test_a_document_is_known_by_every_url_that_it_had(site):
    text = "A text that Git will know again wherever it stands, line by line.\n" * 5
    site.write("blog/first.md", f"---\naliases: [/old-home, https://example.org/very-old.html]\n---\n# First\n\n{text}")
    site.write("blog/gone.md", f"# Gone\n\n{text}Something else.\n" * 3)
    site.commit("Write")
    site.git("mv", "content/blog/first.md", "content/blog/second.md")
    site.git("rm", "--quiet", "content/blog/gone.md")
    site.commit("Rename one, delete the other")
    site.write("blog/draft.md", "---\ndraft: true\n---\n# Draft")
    site.read()
    assert site.rows(PATHS) == [
        ("/blog/second", "current", "blog/second.md"),
        ("/old-home", "alias", "blog/second.md"),
        ("/very-old", "alias", "blog/second.md"),
        ("/blog/draft", "draft", "blog/draft.md"),
        ("/blog/first", "old", "blog/second.md"),
        ("/blog/gone", "deleted", "blog/gone.md"),
    ]


def test_a_site_says_its_types_and_urls_and_another_word_is_heeded_at_once(site):
    site.write("posts/late.md", "---\ndate: 2026-03-01\n---\n# Late")
    site.commit("Write")
    site.read()
    urls = (
        "select content_type, url_path from content.items "
        "union select content_type, url_path from content.content_versions"
    )
    assert site.rows(urls) == [("posts", "/posts/late")]
    said = '[types.blog]\nfolders = ["posts"]\nurl = "/:year/:slug"\n'
    (site.folder / "dogear.toml").write_text(said)
    assert site.read().synced == 1
    assert site.rows(urls) == [("blog", "/2026/late")]
    assert site.read().synced == 0


def test_a_jekyll_site(site):
    (site.folder / "_config.yml").write_text("title: A site\npermalink: pretty\n")
    (site.folder / "_posts").mkdir()
    (site.folder / "_posts" / "2026-03-01-late-data.md").write_text("---\nredirect_from: /old\n---\n# Late data")
    (site.folder / "README.md").write_text("# Not a page")
    site.commit("Write")
    assert sync(site.database_url, site.folder).synced == 1
    assert site.rows("select content_type, slug, url_path, published_at::date::text, aliases from content.items") == [
        ("blog", "late-data", "/2026/03/01/late-data", "2026-03-01", ["/old"])
    ]


def test_links_are_followed(site):
    site.write("blog/post/photo.jpg", b"\xff\xd8")
    site.write("files/paper.pdf", b"%PDF")
    site.write("blog/other.md", "---\naliases: [/elsewhere]\n---\n# Other")
    sound = [
        *("../other.md", "/blog/other/", "/blog/other.html#part", "https://www.example.org/blog/other", "/elsewhere"),
        *("#part", "https://example.com/nowhere", "mailto:ada@example.org", "/files/paper.pdf", "/blog/", "/tags/x/"),
        *("?page=2", "/index.xml", "/"),
    ]
    broken = ["../missing.md", "/blog/missing", "/files/none.pdf", "https://example.org/none"]
    links = "\n".join(f"[words]({target})" for target in (*sound, *broken))
    images = '![A photo](photo.jpg) ![None](none.jpg) <img src="/blog/post/photo.jpg" alt="x">'
    site.write("blog/post/index.md", f"# Post\n\n{links}\n\n{images}\n")
    site.write("blog/draft.md", "---\ndraft: true\n---\n[A draft may](/be/broken)")
    site.read()
    assert site.rows(BROKEN) == [
        *(("blog/post/index.md", "image", "none.jpg"),),
        *(("blog/post/index.md", "link", target) for target in sorted(broken)),
    ]
    site.write("blog/missing.md", "# No longer missing")
    site.read()
    assert [target for _, _, target in site.rows(BROKEN)] == ["none.jpg", "/files/none.pdf", "https://example.org/none"]


def test_every_version_is_measured(site):
    site.write("a.md", "One two three.")
    site.commit("Three words")
    site.write("a.md", "# A title\n\nOne two three four.")
    site.commit("More")
    site.write("a.md", "---\ntitle: [\n---\n")
    site.commit("Broken")
    site.read()
    measured = (
        "select version_number, word_count, has_title from content.content_versions "
        "left join content.measures using (site, content_hash) order by 1"
    )
    assert site.rows(measured) == [(1, 3, False), (2, 6, True), (3, None, None)]


def test_the_five_types_have_columns_of_their_own(database_url, tmp_path, site):
    documents = {
        "blog/a.md": "author: Ada\nseries: Engines\ncategories: [x, y]\nlastmod: 2026-03-02T10:00:00Z",
        "projects/b.md": 'status: done\ntech: [SQL, Python]\nrepo: https://example.org/b\nstarted: "2026-02-31"',
        "ideas/c.md": "status: raw\ntags: one, two",
        "plans/d.md": "due: 2026-12-24",
        "resume/e.md": "name: Ada\nrole: Engineer",
    }
    for path, front_matter in documents.items():
        site.write(path, f"---\n{front_matter}\n---\nText.")
    site.read()
    assert site.rows("select author, series, categories, updated_on::text, word_count from content.blog_posts") == [
        ("Ada", "Engines", ["x", "y"], "2026-03-02", 1)
    ]
    assert site.rows("select status, technologies, repository_url, started_on from content.projects") == [
        ("done", ["SQL", "Python"], "https://example.org/b", None)
    ]
    assert site.rows("select status, tags from content.ideas") == [("raw", ["one", "two"])]
    assert site.rows("select due_on::text from content.plans") == [("2026-12-24",)]
    assert site.rows("select full_name, headline from content.resume") == [("Ada", "Engineer")]


def test_a_large_post_is_read_whole(site):
    site.write("a.md", "# Large\n\n" + "Words of a post of five megabytes, and a [link](/a). " * 100_000)
    site.commit("Large")
    assert site.read().synced == 1
    assert site.rows("select length(body) > 5e6, word_count from content.items") == [(True, 1_000_001)]
    assert site.rows("select title from content.search('megabytes', 'example.org')") == [("Large",)]
