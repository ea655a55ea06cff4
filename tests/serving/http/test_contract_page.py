"""The page of a contract names all that the contract does, and is readable in a browser that reaches nothing else."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
import requests

from orchestration.settings import Settings
from serving.app import build_app
from serving.collector.api import make_api
from serving.http.contract_page import contract_page
from tests.browser import chromium
from tests.serving.served import served


def no_collector() -> Any:
    raise AssertionError("the contract needs none")


@pytest.fixture(scope="module")
def web(tmp_path_factory) -> Iterator[str]:
    settings = Settings(home=tmp_path_factory.mktemp("web"), database_url=None)
    with served(build_app(settings)) as url:
        yield url


@pytest.fixture(scope="module")
def collector() -> Iterator[str]:
    with served(make_api(no_collector)) as url:
        yield url


@pytest.fixture(params=["web", "collector"])
def url(request) -> str:
    return request.getfixturevalue(request.param)


def test_the_page_names_each_operation_answer_and_schema(url):
    document = requests.get(f"{url}/openapi.json", timeout=10).json()
    page = requests.get(f"{url}/docs", timeout=10)
    assert page.headers["Content-Type"].startswith("text/html")
    text = unescape(page.text)
    for path, item in document["paths"].items():
        for method, operation in item.items():
            assert f"<b>{method.upper()}</b> <code>{path}</code>" in text
            assert operation["summary"] in text
            assert all(answer["description"] in text for answer in operation["responses"].values())
    for name, schema in document["components"]["schemas"].items():
        assert f'id="schema-{name}"' in text
        assert all(f"<code>{field}</code>" in text for field in schema.get("properties", ()))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(re.findall(r'id="([^"]+)"', text))


def test_each_error_of_a_contract_is_a_problem(url):
    document = requests.get(f"{url}/openapi.json", timeout=10).json()
    answers = {
        (method, path, status): answer.get("content", {}).keys()
        for path, item in document["paths"].items()
        for method, operation in item.items()
        for status, answer in operation["responses"].items()
    }
    others = {key for key, kinds in answers.items() if key[2] >= "4" and kinds != {"application/problem+json"}}
    assert others == set()


def test_a_browser_loads_it_from_us_alone_and_nothing_is_refused(url):
    with chromium() as browser:
        page = browser.new_page()
        asked, said = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.goto(f"{url}/docs")
        assert page.get_by_role("heading", level=1).count() == 1
        assert page.evaluate("getComputedStyle(document.body).maxWidth") == "1152px"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert set(asked) - {f"{url}/favicon.ico"} == {f"{url}/docs", f"{url}/docs.css"}
    assert [text for text in said if "favicon" not in text and "404" not in text] == []


def test_what_a_contract_says_is_text():
    tag = "<script>alert(1)</script>"
    operation = {"operationId": "x", "summary": tag, "responses": {"200": {"description": tag}}}
    page = contract_page({"info": {"title": tag}, "paths": {f"/{tag}": {"get": operation}}})
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 4
