"""Logs made after public reports of neighbours' users: files in, visitors and page views out."""

import pytest

from orchestration.errors import DogearError
from orchestration.events.logs.import_file import import_file
from orchestration.resources.postgres import connect
from tests.e2e.cases.case_site import case


@pytest.fixture
def load(database_url):
    def load(path: str) -> int:
        return import_file(database_url, case(path), site="example.org", user_code="ada").events_added

    return load


@pytest.fixture
def ask(database_url):
    def ask(question: str) -> list[tuple]:
        with connect(database_url) as connection:
            return connection.execute(question.encode()).fetchall()

    return ask


VISITS = "select count(*), count(distinct anonymous_id), array_agg(distinct page_host) from raw.events"


def test_a_host_before_the_address_is_no_visitor(load, ask):
    load("01-vhost-prefix/other_vhosts_access.log")
    assert ask(VISITS) == [(3, 3, ["garden.example"])]
    assert not any("198.51.100" in str(row) for row in ask("select * from raw.rejected_events"))


def test_a_request_may_name_the_whole_url(load, ask):
    load("04-absolute-form/access.log")
    assert ask("select count(*) from raw.rejected_events") == [(0,)]
    assert ask("select count(distinct anonymous_id) from raw.events where page_path = '/rome.html'") == [(1,)]


def test_a_w3c_log_is_not_taken_for_cloudfront(load, ask):
    with pytest.raises(DogearError, match="W3C extended log, as IIS writes it, which is not read"):
        load("06-iis-w3c/u_ex261120.log")
    assert ask("select count(*) from raw.imports") == [(0,)]


def test_a_byte_order_mark_is_no_part_of_an_address(load, ask):
    load("11-bom-crlf/access.log")
    assert ask(VISITS) == [(2, 1, [None])]


def test_the_first_versions_of_caddy_2(load, ask):
    load("16-caddy-old/caddy.log")
    assert ask(VISITS) == [(2, 2, ["cad.example"])]


ROTATED = ("access.log.1", "access.log", "zz-joined.log", "zz-reversed.log")


@pytest.mark.parametrize("order", [ROTATED, ROTATED[::-1], (*ROTATED[2:], *ROTATED[:2], *ROTATED)])
def test_rotated_logs_joined_in_one_file_are_the_same_lines(load, ask, order):
    for name in order:
        load(f"40-rotated-then-joined/{name}")
    assert ask("select count(*), count(distinct page_path) from raw.events") == [(20, 20)]


def test_an_id_does_not_depend_on_a_forwarded_address(load, ask):
    load("41-xff-in-digest/a.log")
    first = ask("select event_id from raw.events")
    assert load("41-xff-in-digest/b.log") == 0
    assert ask("select event_id from raw.events") == first
