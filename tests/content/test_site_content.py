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


def test_a_jekyll_site_below_a_path_with_its_own_way_of_linking(site):
    (site.folder / "_config.yml").write_text("baseurl: /project\ncollections: {notes: {output: false}}\n")
    for name in ("_posts", "_drafts", "_notes", "assets"):
        (site.folder / name).mkdir()
    (site.folder / "assets" / "cat.png").write_bytes(b"\x89PNG")
    (site.folder / "about.md").write_text("---\ntags: one two\n---\n# About")
    (site.folder / "_drafts" / "later.md").write_text("# Later")
    (site.folder / "_notes" / "inner.md").write_text("# Inner")
    targets = [
        *("{{ site.baseurl }}/assets/cat.png", '{{ "/about" | relative_url }}', "{% post_url 2026-03-01-post %}"),
        *("/project/about.html", "/about/", "{{ page.anything }}", "{{ site.baseurl }}/missing"),
    ]
    links = "\n".join(f"[x]({target})" for target in targets)
    (site.folder / "_posts" / "2026-03-01-post.md").write_text(f"# Post\n\n{links}")
    sync(site.database_url, site.folder)
    assert site.rows("select path, kind from content.paths order by 1") == [
        *(("/project/2026/03/01/post", "current"), ("/project/_drafts/later", "draft")),
        *(("/project/_notes/inner", "draft"), ("/project/about", "current")),
    ]
    assert site.rows("select target from content.broken_links") == [("{{ site.baseurl }}/missing",)]
    assert site.rows("select tags from content.items where slug = 'about'") == [(["one", "two"],)]


def test_an_astro_site(site):
    (site.folder / "astro.config.mjs").write_text("export default {}")
    (site.folder / "src/content/blog").mkdir(parents=True)
    post = "---\ntitle: Second\npubDate: 2026-03-01\n---\nimport Chart from './chart'\n\nText. <Chart />\n"
    (site.folder / "src/content/blog/Second Post.mdx").write_text(post)
    sync(site.database_url, site.folder)
    assert site.rows("select url_path, published_at::date::text, excerpt from content.items") == [
        ("/blog/second-post", "2026-03-01", "Text.")
    ]


def test_another_owner_gets_all_of_a_site(site):
    site.write("a.md", "# A")
    site.write("bad.md", "# Bad")
    site.write("photo.jpg", b"\xff\xd8")
    site.commit("Write")
    site.read()
    site.write("bad.md", b"\xff")
    sync(site.database_url, site.folder, user_code="grace", content_root="content")
    for table in ("items", "search_index", "files", "measures", "content_versions"):
        assert site.rows(f"select distinct user_code from content.{table}") == [("grace",)]


def test_two_sites_may_be_made_of_one_repository(site):
    site.write("a.md", "---\nid: 6f1c0a52-0000-4000-8000-000000000001\n---\n# A")
    site.write("b.md", "# B")
    site.commit("Write")
    assert site.read().failed == 0
    staging = sync(site.database_url, site.folder, "staging.example.org", content_root="content")
    assert (staging.synced, staging.failed, staging.versions) == (1, 1, 2)
    reason = "select sync_error_message from content.file_sync_status where sync_status = 'error'"
    assert "is that of example.org: a.md already" in site.rows(reason)[0][0]


def test_an_image_is_the_one_beside_its_document(site):
    from PIL import Image

    from orchestration.content.sites import all_sites
    from orchestration.content.sync_sites import sync_sites
    from orchestration.settings import Settings

    (site.folder / "content/posts").mkdir(parents=True)
    for place, colour in (("posts/img.png", "red"), ("img.png", "blue")):
        Image.new("RGB", (9, 9), colour).save(site.folder / "content" / place)
    site.write("posts/x.md", "# X\n\nFirst ![one][i], then ![two](img.png) and ![none](none.png).\n\n[i]: img.png")
    site.read()
    sync_sites(Settings(home=site.folder.parent / "home"), site.database_url, all_sites(site.database_url))
    ((key,),) = site.rows("select variants -> 0 ->> 'key' from content.media where file_path = 'content/posts/img.png'")
    ((body,),) = site.rows("select content.published_body(content_id, 'https://cdn.example/') from content.items")
    url = f"https://cdn.example/{key}"
    assert body == f"# X\n\nFirst ![one][i], then ![two]({url}) and ![none](none.png).\n\n[i]: {url}"


def test_odd_links_and_texts_stop_nothing(site):
    site.write("demo/index.html", "<p>A demo</p>")
    site.write("a.md", "[x](https://example.org/a%00b.html) [y](/demo/) [z](http://[::1) [w](/a%2e%2e/b)")
    site.write("b.md", "".join(f"{chr(0x430 + number % 32)}{number:06} " for number in range(60_000)))
    assert site.read().synced == 2
    assert site.rows("select target from content.broken_links") == [
        ("https://example.org/a%00b.html",),
        ("/a%2e%2e/b",),
    ]


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
