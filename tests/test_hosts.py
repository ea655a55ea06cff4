"""Whose host is it, however it is written?"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.events.event_preparer import EventPreparer
from orchestration.hosts import bare_host, is_host_of

HOSTS = st.from_regex(r"(www\.)?([a-zA-Zéß0-9-]{1,9}\.){1,3}[a-z]{2,5}\.?(:[0-9]{1,5})?", fullmatch=True)


@pytest.mark.parametrize(
    ("spellings", "bare"),
    [
        (["example.org", "WWW.Example.ORG", "www.example.org.:8443", "example.org:"], "example.org"),
        (["Bücher.example", "www.xn--bcher-kva.example"], "xn--bcher-kva.example"),
        (["::1", "[::1]", "[::1]:8443"], "[::1]"),
        (["192.0.2.7:80"], "192.0.2.7"),
        (["a..b"], "a..b"),
        (["x" * 400], "x" * 400),
    ],
)
def test_a_host_has_one_form(spellings, bare):
    assert {bare_host(written) for written in spellings} == {bare}


@given(HOSTS)
def test_the_form_of_a_form_is_itself_or_what_follows_another_www(written):
    assert bare_host(bare_host(written)) in {bare_host(written), bare_host(written).removeprefix("www.")}


def test_pages_of_the_site_those_below_it_and_of_the_others_are_its_own():
    own = ["example.org", "www.example.org", "blog.example.org", "shop.example", "www.shop.example"]
    foreign = ["org", "evilexample.org", "example.org.evil.example", "eu.shop.example", "", "192.0.2.7"]
    answers = {host: is_host_of(host, "Example.org", ["shop.example"]) for host in [*own, *foreign]}
    assert answers == dict.fromkeys(own, True) | dict.fromkeys(foreign, False)


@pytest.fixture(scope="module")
def macros() -> EventPreparer:
    return EventPreparer(salts=None, memory_limit="500MB")


@settings(max_examples=10, deadline=None)
@given(hosts=st.lists(HOSTS, min_size=20, max_size=40))
def test_the_macro_that_reads_urls_gives_the_same(macros: EventPreparer, hosts: list[str]):
    asked = macros.connection.execute("select host, clean_host(host) from unnest($1) as t (host)", [hosts]).fetchall()
    assert [kept for _, kept in asked if kept] == [bare_host(host) for host, kept in asked if kept]
    assert any(kept for _, kept in asked)
