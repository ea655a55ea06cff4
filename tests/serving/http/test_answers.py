"""What every answer of the web process has, and what an error says: to people, to programs, and never to strangers."""

import logging
from collections.abc import Iterator

import pytest
import requests
from fastapi import FastAPI
from pydantic import BaseModel, Field

from serving.http.answers import Answers
from serving.http.errors import answer_problems
from serving.http.problems import ProblemError
from tests.serving.served import served

PRIVATE = "hunter2"


class Colour(BaseModel):
    name: str
    shades: list[int] = Field(max_length=3)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    api = FastAPI(docs_url=None)
    answer_problems(api)

    @api.get("/things/{number}")
    def thing(number: int, size: int = 1) -> dict[str, int]:
        return {"number": number, "size": size}

    @api.post("/things/{number}")
    def paint(number: int, colour: Colour) -> Colour:
        return colour

    @api.get("/refused")
    def refused() -> None:
        raise ProblemError(409, "This is done already.", "done_already", {"Retry-After": "7"}, by="us")

    @api.get("/broken")
    def broken() -> None:
        raise ValueError(PRIVATE)

    with served(Answers(api)) as url:
        yield url


def problem_of(answer: requests.Response) -> dict:
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    return problem


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        (
            {"name": 1, "shades": [1, "dark"]},
            [
                {"detail": "Input should be a valid string", "pointer": "/name"},
                {
                    "detail": "Input should be a valid integer, unable to parse string as an integer",
                    "pointer": "/shades/1",
                },
            ],
        ),
        ({"shades": []}, [{"detail": "Field required", "pointer": "/name"}]),
    ],
)
def test_what_is_not_valid_is_named_by_a_pointer_into_the_body(url, sent, errors):
    problem = problem_of(requests.post(f"{url}/things/1", json=sent, timeout=10))
    assert (problem["status"], problem["code"], problem["errors"]) == (422, "invalid", errors)


def test_what_is_not_valid_elsewhere_is_named_by_its_parameter(url):
    problem = problem_of(requests.get(f"{url}/things/one?size=big", timeout=10))
    assert [(it["in"], it["parameter"]) for it in problem["errors"]] == [("path", "number"), ("query", "size")]


def test_no_problem_repeats_what_was_sent(url):
    sent = {"data": f'{{"name": {PRIVATE}'.encode(), "headers": {"Content-Type": "application/json"}}
    for answer in (
        requests.post(f"{url}/things/1", **sent, timeout=10),
        requests.post(f"{url}/things/1", json={"name": [PRIVATE], "shades": PRIVATE}, timeout=10),
        requests.get(f"{url}/things/{PRIVATE}", timeout=10),
    ):
        assert answer.status_code == 422
        assert PRIVATE not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("DELETE", "/things/1", 405, "method_not_allowed"),
        ("GET", "/refused", 409, "done_already"),
        ("GET", "/broken", 500, "our_fault"),
    ],
)
def test_each_error_is_a_problem_with_a_code(url, method, path, status, code):
    problem = problem_of(requests.request(method, url + path, timeout=10))
    assert (problem["status"], problem["code"]) == (status, code)


def test_a_method_that_is_not_allowed_names_those_of_all_routes(url):
    answer = requests.delete(f"{url}/things/1", timeout=10)
    assert answer.headers["Allow"] == "GET, HEAD, POST"
    assert answer.json()["allowed"] == ["GET", "HEAD", "POST"]


def test_a_problem_of_ours_keeps_its_headers_and_members(url):
    answer = requests.get(f"{url}/refused", timeout=10)
    assert (answer.headers["Retry-After"], answer.json()["by"]) == ("7", "us")


def test_head_is_answered_as_get_without_a_body(url):
    got, head = requests.get(f"{url}/things/1", timeout=10), requests.head(f"{url}/things/1", timeout=10)
    assert (head.status_code, head.content, head.headers["Content-Length"]) == (200, b"", str(len(got.content)))


def test_a_failure_says_where_and_never_what_it_was_about(url, caplog):
    with caplog.at_level(logging.ERROR, "dogear.web"):
        answer = requests.get(f"{url}/broken", timeout=10)
    (said,) = (record.getMessage() for record in caplog.records if record.name == "dogear.web")
    assert answer.headers["X-Request-Id"] in said
    assert "ValueError" in said
    assert PRIVATE not in said + answer.text


def test_each_request_has_an_id_or_keeps_that_of_a_proxy(url):
    def id_of(given: str) -> str:
        return requests.get(f"{url}/things/1", headers={"X-Request-Id": given}, timeout=10).headers["X-Request-Id"]

    assert id_of("0af7651916cd43dd") == "0af7651916cd43dd"
    assert len({id_of(""), id_of("<script>alert(1)"), id_of("x" * 65)}) == 3


def test_pages_may_load_nothing_from_elsewhere_and_hold_no_script(url):
    headers = requests.get(f"{url}/things/1", timeout=10).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy.pop("img-src") == "'self' data:"
    assert set(policy.values()) <= {"'self'", "'none'"}
    assert policy["default-src"] == policy["base-uri"] == "'none'"
    assert (headers["Referrer-Policy"], headers["Cache-Control"]) == ("same-origin", "no-store")
