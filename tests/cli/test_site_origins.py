"""Hosts besides a site's own whose pages may send its events, as a person says them."""

import pytest

from orchestration.content.sites import origin_host
from orchestration.errors import DogearError
from orchestration.hosts import is_host_of
from serving.collector.origins import host_of


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        ("Shop.Example.NET", "https://shop.example.net"),
        ("https://shop.example.net:8443/cart?x=1", "https://shop.example.net:8443"),
        ("localhost:3000", "http://localhost:3000"),
        ("192.0.2.7", "http://192.0.2.7:8080"),
        ("[2001:DB8::0:1]:80", "http://[2001:db8::1]"),
        ("münchen.example", "https://xn--mnchen-3ya.example"),
    ],
)
def test_a_host_is_the_one_that_browsers_send(said, sent):
    host = host_of(sent)
    assert host is not None
    assert is_host_of(host, "example.org", [origin_host(said)])


@pytest.mark.parametrize(
    "said", ["*.example.net", "a b", "a..b", "-a.example", "1.2.3", "file:///x", "ada@b.example", "http://[", "\x00"]
)
def test_what_is_no_host_is_refused(said):
    with pytest.raises(DogearError, match=r"^--origin '"):
        origin_host(said)


def test_origins_stay_until_others_are_given(make_installation):
    site = make_installation("site_origins")

    def origins(*arguments: str) -> str | None:
        site.dogear("site", "add", "example.org", *arguments)
        return site.rows("select allowed_origins from content.sites")[0][0]

    assert origins() is None
    assert origins("--origin", "B.example", "--origin", "https://a.example/", "--origin", "b.example") == (
        "b.example a.example"
    )
    assert origins("--user-code", "grace") == "b.example a.example"
    assert "events from pages of b.example, a.example too" in site.dogear("site", "list").stdout
    assert origins("--origin", "") is None
    assert "events from pages" not in site.dogear("site", "list").stdout
    done = site.dogear("site", "add", "example.org", "--origin", "*.example.net", check=False)
    assert (done.returncode, done.stderr) == (
        1,
        "dogear: --origin '*.example.net': there are no wildcards; say --origin for each host.\n",
    )
