"""The files in which a site says how it is laid out; and where visitors find its documents."""

from datetime import UTC, datetime

import pytest

from orchestration.content.documents.rules.conventions import read_conventions
from orchestration.errors import DogearError

MARCH = datetime(2026, 3, 1, 9, tzinfo=UTC)
HUGO = {"hugo.toml": "baseURL = 'https://example.org/'"}
BY_DATE = {"hugo.toml": "[permalinks.page]\nposts = '/:year/:month/:slug/'\n[permalinks.section]\nposts = '/articles/'"}
DATED = {"config.yaml": "baseURL: /\npermalinks: {posts: '/:sections[1:]/:2006/:contentbasename'}\n"}
BY_NAME = {"hugo.json": '{"frontmatter": {"date": [":filename", ":default"]}}'}
LANGUAGES = {
    "hugo.toml": "defaultContentLanguage = 'en'\n[languages.en]\ncontentDir = 'content/en'\n"
    "[languages.de]\ncontentDir = 'content/de'\n[languages.fr]\ncontentDir = 'content/en'\n",
    "config/_default/permalinks.toml": "posts = '/p/:filename'",
}
JEKYLL = {"_config.yml": "title: A site"}
PRETTY = {
    "_config.yml": "permalink: pretty\ntimezone: Asia/Tokyo\nexclude: [drafts, '*.tmp.md']\ninclude: [_pages]\n"
    "collections:\n  recipes: {output: true, permalink: '/food/:path/'}\n  Docs: {output: true}\n  authors:\n"
    "defaults:\n- {scope: {path: '', type: posts}, values: {permalink: '/posts/:title/'}}\n"
    "- {scope: {path: 'news/_posts'}, values: {permalink: '/news/:year/:title/', category: x}}\n"
}
ORDINAL, WEEKDATE, NONE = ({"_config.yml": f"permalink: {style}"} for style in ("ordinal", "weekdate", "none"))
OWN = {"_config.yml": "permalink: /:collection/:short_year/:i_month/:i_day_:title.html"}
ELEVENTY = {"eleventy.config.js": "export default {}"}
ASTRO = {"astro.config.mjs": "export default {}"}
TYPES = """
generator = "hugo"
content = "./posts/"
static = {public = "/", img = "/images/"}
[types.blog]
folders = ["notes", "notes/long"]
url = "/blog/:year/:slug"
[types.ideas]
folders = ["notes/ideas"]
"""
TYPED = {"dogear.toml": TYPES}


def conventions_of(files, content_root=None):
    data = {path: text if isinstance(text, bytes) else text.encode() for path, text in files.items()}
    return read_conventions(data.get, content_root)


@pytest.mark.parametrize(
    ("files", "generator", "content_root", "static_folders"),
    [
        ({}, "plain", "", (("", "/"),)),
        (HUGO, "hugo", "content", (("static", "/"),)),
        (
            {"config.toml": "baseURL = '/'\ncontentDir = 'pages'\nstaticDir = ['a', '../b']"},
            "hugo",
            "pages",
            (("a", "/"),),
        ),
        ({"config.toml": "base_url = '/'"}, "plain", "", (("", "/"),)),
        ({"config.toml": "broken", "archetypes/default.md": ""}, "hugo", "content", (("static", "/"),)),
        (LANGUAGES | {"_config.yml": ""}, "hugo", "content", (("static", "/"),)),
        (JEKYLL, "jekyll", "", (("", "/"),)),
        ({"_config.yml": "source: docs"}, "jekyll", "docs", (("docs", "/"),)),
        (ASTRO, "astro", "src/content", (("public", "/"),)),
        (ELEVENTY, "eleventy", "", (("", "/"),)),
        (ELEVENTY | {"dogear.toml": 'content = "src"'}, "eleventy", "src", (("src", "/"),)),
        (ELEVENTY | {"dogear.toml": 'static = ["public", "a/b"]'}, "eleventy", "", (("public", "/"), ("a/b", "/"))),
        (TYPED, "hugo", "posts", (("public", "/"), ("img", "/images"))),
    ],
)
def test_a_site_tells_its_generator_and_folders(files, generator, content_root, static_folders):
    conventions = conventions_of(files)
    assert (conventions.generator, conventions.content_root, conventions.static_folders) == (
        generator,
        content_root,
        static_folders,
    )


@pytest.mark.parametrize(
    ("files", "path", "front_matter", "url_path"),
    [
        ({}, "notes/A Page.md", {}, "/notes/A%20Page"),
        ({}, "notes/post.md", {"permalink": "/:year/:title/"}, "/notes/post"),
        (HUGO, "Notes/A Page  of - Mine!.md", {}, "/notes/a-page-of-mine"),
        (HUGO, "posts/Straße/index.md", {}, "/posts/straße"),
        (HUGO, "posts/_index.md", {"slug": "ignored"}, "/posts"),
        (HUGO, "posts/2026-03-01-x.md", {"url": "about/us.html"}, "/about/us"),
        ({"hugo.yaml": "disablePathToLower: true"}, "Notes/A.md", {}, "/Notes/A"),
        (BY_DATE, "posts/x.md", {"title": "What's up, Doc?"}, "/2026/03/whats-up-doc"),
        (BY_DATE, "posts/x.md", {"title": "C++ & C#"}, "/2026/03/c-c%23"),
        (BY_DATE, "posts/x.md", {"title": "İstanbul ΑΣ"}, "/2026/03/istanbul-ασ"),
        (BY_DATE, "posts/x.md", {"url": "/t/:year/:slug/"}, "/t/2026/x"),
        (HUGO, "docs/100% Café.md", {}, "/docs/100-café"),
        (HUGO, "posts/x.md", {"url": "/%E3%83%A9/"}, "/ラ"),
        (HUGO, "posts/x.md", {"url": "/what-is-node.js"}, "/what-is-node.js"),
        (BY_DATE, "posts/deep/x/index.md", {"title": "T", "slug": "Other"}, "/2026/03/other"),
        (BY_DATE, "posts/x.md", {"date": "2025-12-31T23:30:00-05:00"}, "/2025/12/x"),
        (BY_DATE, "posts/_index.md", {}, "/articles"),
        (BY_DATE, "notes/x.md", {}, "/notes/x"),
        (DATED, "posts/a/b/x.md", {"title": "T"}, "/a/b/2026/x"),
        (BY_NAME, "posts/2025-02-03-x.md", {}, "/posts/x"),
        (LANGUAGES, "en/posts/x.md", {}, "/p/x"),
        (LANGUAGES, "de/posts/x.md", {}, "/de/p/x"),
        (LANGUAGES, "en/about/index.fr.md", {}, "/fr/about"),
        (LANGUAGES, "de/_index.md", {}, "/de"),
        (JEKYLL, "about.md", {"slug": "ignored"}, "/about"),
        (JEKYLL, "about.md", {"permalink": "us/index.html"}, "/us"),
        (JEKYLL, "_posts/2025-02-03-Node.js_and-I.md", {}, "/2025/02/03/Node.js_and-I"),
        (JEKYLL, "Tech/_posts/2025-02-03-x.md", {"categories": "web Tech"}, "/tech/web/2025/02/03/x"),
        (
            JEKYLL,
            "_posts/2025-02-03-x.md",
            {"category": "a b", "date": "2025-02-04 01:00:00 +0200"},
            "/a%20b/2025/02/03/x",
        ),
        (JEKYLL, "_posts/2025-02-03-x.md", {"permalink": "/:year/:slug/"}, "/2025/x"),
        (JEKYLL, "_posts/2025-02-03-x.md", {"permalink": "pretty"}, "/2025/02/03/x"),
        (JEKYLL, "_posts/2025-02-03-x.md", {"permalink": "/:unknown/"}, "/2025/02/03/x"),
        (ORDINAL, "_posts/2025-02-03-x.md", {}, "/2025/034/x"),
        (WEEKDATE, "_posts/2025-02-03-x.md", {}, "/2025/W06/Mon/x"),
        (NONE, "_posts/2025-02-03-x.md", {"categories": ["A", "b"]}, "/a/b/x"),
        (OWN, "_posts/2025-02-03-x.md", {}, "/posts/25/2/3_x"),
        (PRETTY, "_posts/2025-02-03-x.md", {"slug": "y"}, "/posts/y"),
        (PRETTY, "news/_posts/2025-02-03-x.md", {"date": "2025-12-31 20:00:00 +0000"}, "/news/2026/x"),
        (PRETTY, "_recipes/soup/leek.md", {}, "/food/soup/leek"),
        (PRETTY, "_Docs/index.md", {}, "/Docs"),
        (PRETTY, "_authors/ada.md", {}, "/_authors/ada"),
        (ELEVENTY, "posts/2025-02-03-x.md", {}, "/posts/x"),
        (ELEVENTY, "posts/posts.md", {"slug": "ignored"}, "/posts"),
        (ELEVENTY, "posts/x.md", {"permalink": "y/index.html"}, "/y"),
        (ELEVENTY, "posts/x.md", {"permalink": "/{{ title | slugify }}/"}, "/posts/x"),
        (ELEVENTY, "posts/x.md", {"permalink": False}, "/posts/x"),
        (ASTRO, "blog/x.md", {"slug": "y"}, "/blog/y"),
        (ASTRO, "blog/x/index.md", {}, "/blog/x"),
        (TYPED, "notes/x.md", {}, "/blog/2026/x"),
        (TYPED, "notes/x/index.md", {"slug": "y"}, "/blog/2026/y"),
        (TYPED, "notes/index.md", {}, "/notes"),
        (TYPED, "notes/ideas/x.md", {}, "/notes/ideas/x"),
        (TYPED, "notes/x.md", {"url": "/y/"}, "/y"),
        ({"dogear.toml": "[types.blog]\nurl = '/b/:title'"}, "blog/x.md", {"title": "Ça va — ÇA!"}, "/b/ça-va-ça"),
    ],
)
def test_the_url_path_is_the_one_that_the_generator_makes(files, path, front_matter, url_path):
    published_at = None if "_posts" in path else MARCH
    assert conventions_of(files).url_path(path, front_matter, published_at) == url_path


@pytest.mark.parametrize("files", [{}, HUGO, JEKYLL, ELEVENTY, ASTRO], ids=["plain", "hugo", "jekyll", "11ty", "astro"])
@pytest.mark.parametrize(
    "front_matter",
    [
        {"slug": "../../etc"},
        {"slug": ".."},
        {"slug": "a\0b"},
        {"slug": "x" * 10_000},
        {"slug": ["a"]},
        {"url": "/../../etc/passwd"},
        {"url": "/a/%2E%2e/b"},
        {"url": "/a\nb"},
        {"url": "https://elsewhere.example/x"},
        {"permalink": "/" + "x/" * 5_000},
        {"permalink": "/:title/" * 2_000, "title": "x" * 10_000},
        {"permalink": "/{{ a }}/"},
        {"permalink": "/:year/:nothing"},
        {"permalink": "/:categories/:year", "categories": ["..", "\x1b[31m"]},
        {"date": "soon", "title": {"a": 1}, "categories": 7, "aliases": 7},
    ],
)
def test_hostile_front_matter_leaves_the_path_of_the_file(files, front_matter):
    conventions = conventions_of(files)
    assert conventions.url_path("blog/post.md", front_matter, None) == "/blog/post"
    assert conventions.aliases("blog/post.md", front_matter) == []


def test_a_pattern_without_its_date_leaves_the_path_of_the_file():
    assert conventions_of(BY_DATE).url_path("posts/x.md", {}, None) == "/posts/x"
    assert conventions_of(TYPED).url_path("notes/x.md", {}, None) == "/notes/x"
    assert conventions_of(JEKYLL).url_path("_posts/2025-02-31-x.md", {}, None) == "/_posts/2025-02-31-x"


@pytest.mark.parametrize(
    ("path", "front_matter", "url_path"),
    [
        ("index.md", {"slug": "home"}, "/"),
        ("about/_index.md", {}, "/about"),
        ("blog/post/index.md", {"slug": "other"}, "/blog/other"),
        ("blog/a.b.md", {}, "/blog/a.b"),
        ("blog/post.md", {"url": "/elsewhere/page.html"}, "/elsewhere/page"),
        ("blog/post.md", {"permalink": "/2025/post/index.html?x=1"}, "/2025/post"),
        ("projects/tool/index.md", {"title": " tool \n", "date": "2015-04-24T21:46:35-07:00"}, "/projects/tool"),
    ],
)
@pytest.mark.parametrize("files", [{}, HUGO], ids=["plain", "hugo"])
def test_sites_without_permalinks_keep_the_paths_of_their_files(files, path, front_matter, url_path):
    assert conventions_of(files).url_path(path, front_matter, MARCH) == url_path


@pytest.mark.parametrize(
    ("files", "path", "content_type"),
    [
        ({}, "projects/a/b.md", "projects"),
        ({}, "about.md", "page"),
        (JEKYLL, "_posts/2025-02-03-x.md", "blog"),
        (JEKYLL, "tech/_drafts/x.md", "blog"),
        (PRETTY, "_recipes/leek.md", "recipes"),
        (LANGUAGES, "de/ideas/x.md", "ideas"),
        (LANGUAGES, "de/about.md", "page"),
        (TYPED, "notes/long/x.md", "blog"),
        (TYPED, "notes/ideas/x.md", "ideas"),
        (TYPED, "notesx/x.md", "notesx"),
    ],
)
def test_the_folder_tells_the_type(files, path, content_type):
    assert conventions_of(files).content_type(path) == content_type


@pytest.mark.parametrize(
    ("files", "documents", "others"),
    [
        ({}, ["README.md", "_a/b.md"], [".git/a.md", "a/.b.md"]),
        (
            JEKYLL,
            ["a.md", "_posts/x.md", "a/_drafts/x.md"],
            ["README.md", "_a/b.md", "_a/_posts/b.md", "vendor/bundle/x.md"],
        ),
        (
            PRETTY,
            ["_recipes/a/b.md", "_pages/a.md"],
            ["a/_recipes/b.md", "drafts/a.md", "x/a.tmp.md", "_recipes/_b.md"],
        ),
        (ELEVENTY, ["a/README.md", "_posts/x.md"], ["License.md", "_site/a.md", "src/_includes/a.md"]),
        (LANGUAGES, ["en/a.md", "de/posts/a.md"], ["other/a.md"]),
    ],
)
def test_what_the_site_does_not_show_is_no_document(files, documents, others):
    conventions = conventions_of(files)
    assert [path for path in [*documents, *others] if conventions.is_document(path)] == documents


@pytest.mark.parametrize(
    ("files", "path", "front_matter", "aliases"),
    [
        (
            HUGO,
            "posts/x.md",
            {"aliases": ["/old.html", "older", "../oldest/", "../../../top"]},
            "/old /posts/older /oldest /top",
        ),
        (JEKYLL, "x.md", {"redirect_from": "post/7/index.html"}, "/post/7"),
        (ASTRO, "blog/x.md", {"redirect_from": ["/a"], "aliases": "/b/"}, "/b /a"),
        (
            {},
            "x.md",
            {"aliases": ["https://example.org/a?b=1", "https://example.org", "//[", "mailto:a@b", "?a", 7, None]},
            "/a /",
        ),
        ({}, "x.md", {"aliases": ["/x", "/x/", "/" + "y" * 501, "/a\0b", "/a%2e%2e/../z", "/%2e%2e/z"]}, "/z"),
        ({}, "x.md", {"aliases": [f"/{n}" for n in range(1_000)]}, " ".join(f"/{n}" for n in range(100))),
    ],
)
def test_aliases_are_canonical_paths(files, path, front_matter, aliases):
    assert conventions_of(files).aliases(path, front_matter) == aliases.split()


@pytest.mark.parametrize(
    ("files", "path", "day", "slug"),
    [
        (JEKYLL, "_posts/2025-02-03-x.md", 3, "x"),
        (JEKYLL, "2025-02-03-x.md", None, "2025-02-03-x"),
        (ELEVENTY, "posts/2025-02-03-x/index.md", 3, "x"),
        (HUGO, "posts/2025-02-03-x.md", None, "2025-02-03-x"),
        (BY_NAME, "posts/2025-02-03-x.md", 3, "x"),
        (LANGUAGES, "en/posts/x.fr.md", None, "x"),
        (ELEVENTY, "posts/2025-02-31-x.md", None, "2025-02-31-x"),
        ({}, "_index.md", None, "index"),
        ({}, "about/_index.md", None, "about"),
    ],
)
def test_the_name_of_the_file_tells_date_and_slug(files, path, day, slug):
    conventions = conventions_of(files)
    assert conventions.file_date(path) == (day and datetime(2025, 2, day, tzinfo=UTC))
    assert conventions.file_slug(path) == slug


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("generator = ", "dogear.toml cannot be read: Invalid value"),
        (b"\xff", "dogear.toml cannot be read: "),
        ("a = " + "[" * 50_000, "dogear.toml cannot be read: "),
        ("generater = 'hugo'", "'generater' is not known; known are generator, content, static, types"),
        ("generator = 'gatsby'", "generator is 'gatsby'; it can be hugo, jekyll, astro, eleventy, plain."),
        ("content = '../other'", "content leads out of the site: '../other'"),
        ("content = 7", "content is not a text"),
        ("static = ['/etc']", "static leads out of the site: '/etc'"),
        ("static = {img = 'images'}", "static serves 'img' at 'images'; write a path such as /images."),
        ("static = 'public'", "static is not a list of folders"),
        ("types = 7", "types is not a table. Write [types.blog]."),
        ("types.Blog = {}", "a type is written in lower case, such as blog, not 'Blog'"),
        ("[types.blog]\nfolder = 'posts'", "types.blog.'folder' is not known; known are folders, url."),
        ("[types.blog]\nfolders = 'posts'", "types.blog.folders is not a list of folders."),
        ("[types.blog]\nfolders = ['a/../../b']", "types.blog.folders leads out of the site"),
        ("[types.blog]\nurl = '/:yaer/:slug'", "types.blog.url has :yaer; known are :basename, :categories,"),
        (
            "[types.blog]\nurl = 'blog/:slug'",
            "types.blog.url is no path: 'blog/:slug'. Write it like /blog/:year/:slug.",
        ),
        (
            "[types.blog]\nfolders = ['a']\n[types.ideas]\nfolders = ['a/']",
            "the folder 'a' is of two types, blog and ideas.",
        ),
    ],
)
def test_what_dogear_toml_says_wrongly_is_refused_in_one_line(written, reason):
    with pytest.raises(DogearError) as refused:
        conventions_of({"dogear.toml": written})
    assert reason in str(refused.value)
    assert str(refused.value).startswith("dogear.toml")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "broken", [b"\xff\0", b"a: &a [x]\nb: *a", b"[" * 50_000, b"- 1", b"x: !!int ''", b"permalink: [1"]
)
def test_a_broken_configuration_of_a_generator_counts_as_its_defaults(broken):
    jekyll = conventions_of({"_config.yml": broken})
    assert jekyll.url_path("_posts/2025-02-03-x.md", {}, None) == "/2025/02/03/x"
    assert conventions_of({"hugo.yaml": broken}).content_root == "content"


def test_odd_values_in_a_configuration_count_as_defaults():
    odd = "permalink: 7\ncollections: 7\ndefaults: [7, {scope: 7, values: 7}]\nexclude: {a: b}\ntimezone: ../../etc\n"
    conventions = conventions_of({"_config.yml": odd + "source: /etc"})
    assert (conventions.content_root, conventions.url_path("_posts/2025-02-03-x.md", {}, None)) == ("", "/2025/02/03/x")
    odd = "baseURL = 7\ncontentDir = '../x'\nlanguages = 7\nstaticDir = 7\npermalinks = {posts = '/../:year'}"
    conventions = conventions_of({"config.toml": odd})
    assert (conventions.content_root, conventions.url_path("posts/x.md", {}, MARCH)) == ("content", "/posts/x")


def test_the_content_folder_can_be_given_but_not_outside_of_the_site():
    assert conventions_of(HUGO, "posts").content_root == "posts"
    assert conventions_of(HUGO, "").content_root == ""
    assert conventions_of(JEKYLL, "_posts").url_path("2025-02-03-x.md", {}, None) == "/2025/02/03/x"
    assert conventions_of(LANGUAGES, "content/de").url_path("posts/x.md", {}, None) == "/de/p/x"
    with pytest.raises(DogearError, match=r"'\.\./x' is not below the site's folder"):
        conventions_of(HUGO, "../x")


def test_the_digest_tells_sites_apart_whose_documents_have_other_types_or_urls():
    sites = [{}, HUGO, BY_DATE, DATED, BY_NAME, LANGUAGES, JEKYLL, PRETTY, ORDINAL, ELEVENTY, ASTRO, TYPED]
    assert len({conventions_of(site).digest for site in sites}) == len(sites)
    assert (
        conventions_of(TYPED).digest == conventions_of({"dogear.toml": TYPES.replace("/images/", "/pictures")}).digest
    )
