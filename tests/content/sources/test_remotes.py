"""Who is asked for a repository, and with what."""

from collections.abc import Iterator
from pathlib import Path

import pygit2
import pytest
from pydantic import SecretStr

from orchestration.content.sites import Site, check_site
from orchestration.content.sources.remotes import GitAccess, HostCallbacks, fetch, newest_commit
from orchestration.content.sources.repositories import check_repository, forget_unused, repository_folder
from orchestration.content.sources.repository_urls import endpoint_of
from orchestration.errors import DogearError
from orchestration.resources.internet_addresses import as_address, is_public
from tests.content.sources.git_host import GitHost, serving, write_certificate

HERE = ("localhost",)
TOKEN = SecretStr("hidden")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> Path:
    write_certificate(file := tmp_path_factory.mktemp("tls") / "localhost.pem")
    pygit2.settings.set_ssl_cert_locations(str(file), None)
    return file


@pytest.fixture
def git_host(site, certificate) -> Iterator[GitHost]:
    site.write("a.md", "# A")
    site.commit("A")
    with serving(site.folder.parent, certificate) as host:
        yield host


def url_of(host: GitHost, name: str = "localhost") -> str:
    return f"https://{name}:{host.port}/site/.git"


def test_a_token_is_for_its_host_and_port_alone(site, git_host, tmp_path):
    git_host.token = TOKEN.get_secret_value()
    for key in ("localhost", "localhost:1", "127.0.0.1", "example.org"):
        access = GitAccess({key: TOKEN}, HERE)
        with pytest.raises(DogearError, match=rf"localhost:{git_host.port} asks who you are"):
            newest_commit(url_of(git_host), "main", tmp_path / "a.git", access)
    assert set(git_host.asked) == {None}
    access = GitAccess({f"localhost:{git_host.port}": TOKEN}, HERE)
    fetch(url_of(git_host), "main", tmp_path / "a.git", access)
    commit = site.git("rev-parse", "HEAD").strip()
    assert newest_commit(url_of(git_host), "main", tmp_path / "a.git", access) == commit
    assert pygit2.Repository(str(tmp_path / "a.git"))[commit]


def test_a_host_that_sends_us_on_sends_no_token_and_nowhere_private(git_host, certificate, tmp_path):
    with serving(tmp_path, certificate) as first:
        first.moved_to = f"https://127.0.0.1:{git_host.port}"
        access = GitAccess({f"localhost:{first.port}": TOKEN}, HERE)
        with pytest.raises(DogearError, match=r"127\.0\.0\.1, which is no public address"):
            newest_commit(url_of(first), "main", tmp_path / "a.git", access)
        assert git_host.asked == []
        git_host.token = TOKEN.get_secret_value()
        with pytest.raises(DogearError, match="asks who you are"):
            newest_commit(url_of(first), "main", tmp_path / "a.git", GitAccess(access.tokens, (*HERE, "127.0.0.1")))
        assert set(git_host.asked) == {None}
        first.moved_to = f"http://127.0.0.1:{git_host.port}"
        with pytest.raises(DogearError, match="cannot be reached"):
            newest_commit(url_of(first), "main", tmp_path / "a.git", GitAccess({}, (*HERE, "127.0.0.1")))


def test_a_host_that_is_not_public_is_not_asked_unless_the_operator_says_so(git_host, tmp_path):
    for name in ("localhost", "127.0.0.1", "0x7f.1", "2130706433", "127.1"):
        with pytest.raises(DogearError, match=r"no public address.*DOGEAR_PRIVATE_GIT_HOSTS="):
            newest_commit(url_of(git_host, name), "main", tmp_path / "a.git", GitAccess())
    assert git_host.asked == []


def test_a_token_never_goes_by_another_scheme():
    access = GitAccess({"example.org": TOKEN})
    callbacks = HostCallbacks(endpoint_of("ssh://git@example.org/a"), access)
    with pytest.raises(DogearError, match="asks who you are"):
        callbacks.credentials("ssh://git@example.org/a", "git", pygit2.enums.CredentialType.USERPASS_PLAINTEXT)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        *(("140.82.121.3", True), ("2606:50c0:8000::153", True), ("64:ff9b::8c52:7903", True)),
        *((address, False) for address in ("127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "100.64.0.1")),
        *((address, False) for address in ("169.254.169.254", "0.0.0.0", "224.0.0.1", "255.255.255.255")),  # noqa: S104
        *((address, False) for address in ("::1", "fe80::1", "fd00::1", "::", "::ffff:169.254.169.254")),
        *((address, False) for address in ("64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "ff02::1")),
    ],
)
def test_which_addresses_are_public(address, public):
    assert (found := as_address(address))
    assert is_public(found) is public


@pytest.mark.parametrize(
    "url",
    [
        *("https://example.org/a.git", "https://example.org:8443/a", "ssh://git@example.org:22/a", "file:///srv/a"),
        *("git@example.org:ada/site.git", "git@example.org:/srv/site.git", "https://[2606:50c0:8000::153]/a"),
    ],
)
def test_what_a_repository_can_be(url):
    assert check_repository(url) == url


def test_a_path_is_kept_whole():
    assert Path(check_repository("~/site")).is_absolute()
    assert check_repository("./a:b") == str(Path("a:b").absolute())


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        (" ", "is empty"),
        *(
            (url, "set DOGEAR_GIT_TOKENS")
            for url in ("https://ada:hidden@example.org/a", "https://hidden@example.org/a")
        ),
        *((url, "set DOGEAR_GIT_TOKENS") for url in ("ada:hidden@example.org:a.git", "https://example.org/a?t=hidden")),
        *(
            (url, "set DOGEAR_GIT_TOKENS")
            for url in ("ssh://ada:hidden@example.org/a", "https://:hidden@example.org/a")
        ),
        *(
            (url, "https, ssh or file")
            for url in ("http://example.org/a", "git://example.org/a", "ext::sh -c true://x")
        ),
        *((url, "https, ssh or file") for url in ("file://example.org/a", "ftp://example.org/a")),
        *((url, "no host") for url in ("ssh://-oProxyCommand=hidden/a", "ssh://-a@example.org/a", "https:///a")),
        *((url, "no host") for url in ("git@-oProxyCommand=hidden:a", "-a@example.org:a", "https://a b/c")),
        *((url, "like git@host:path") for url in ("git@example.org:-a", "example.org:a")),
        *((url, "cannot be read") for url in ("https://[::1/a", "https://example.org:99999/a")),
        ("https://example.org/\x1b[2Ja", "cannot be printed"),
    ],
)
def test_what_a_repository_cannot_be(url, reason, tmp_path):
    with pytest.raises(DogearError, match=reason) as refused:
        check_repository(url)
    assert "hidden" not in str(refused.value)
    if url.strip():
        with pytest.raises(DogearError):
            newest_commit(url, "main", tmp_path / "a.git", GitAccess())


@pytest.mark.parametrize(
    "name", ["example.org", "Example.ORG", "bücher.example", "localhost", "192.0.2.7", "2001:db8::7"]
)
def test_a_site_is_called_as_its_host(name):
    assert check_site({"site": name, "user_code": "ada"}).site == name


@pytest.mark.parametrize(
    "name", ["..", ".", "*", "*.example.org", "a/b", "a b", "-a", "a\x1b[2J", "https://a", "a" * 300]
)
def test_what_a_site_cannot_be_called(name):
    with pytest.raises(DogearError):
        check_site({"site": name, "user_code": "ada"})


def test_what_was_fetched_goes_with_the_last_site_that_has_it(site, tmp_path):
    site.write("a.md", "# A")
    site.commit("A")
    url, home = f"file://{site.folder}/.git", tmp_path / "home"
    for repository in (url, f"{url}/"):
        fetch(repository, "main", repository_folder(home, repository), GitAccess())
    assert forget_unused(home, [Site("a.example", "ada", url), Site("b.example", "ada", str(tmp_path))]) == 1
    assert repository_folder(home, url).exists()
    assert forget_unused(home, [Site("b.example", "ada")]) == 1
    assert list((home / "repositories").iterdir()) == []
    assert forget_unused(home, []) == 0
