"""Pages of others in a browser of somebody who runs ``dogear up``: what they can do to the Dagster UI."""

from pathlib import Path

import requests
from playwright.sync_api import Browser, Page

from tests.browser import chromium

PAGE = Path(__file__).with_name("hostile_page.html").read_text()
LIMITS = "{ instance { concurrencyLimits { concurrencyKey } } }"
# Every name leads to this machine: what a name that is bound again after the page was loaded does.
REBOUND = "--host-resolver-rules=MAP *.example 127.0.0.1"
# Newer browsers keep pages of the net from loopback themselves; most do not, and none a page of this machine.
AS_OLDER_ONES = "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests"


def changed_by_pages_of_others(port: int) -> set[str]:
    """Open the hostile page from three origins; returns what it changed, and how it could read anything.

    The way in that works for a program is tried last: its change must be there, or nothing was proven.
    """
    target = f"http://127.0.0.1:{port}"
    origins = {
        "another port": ("http://localhost:1/", target),
        "another site": ("http://evil.example/", target),
        "a name that leads here": (f"http://evil.example:{port}/", f"http://evil.example:{port}"),
    }
    with chromium(REBOUND, AS_OLDER_ONES) as browser:
        read = {
            f"{origin}: {way} read {text}"
            for origin, (address, asked) in origins.items()
            for way, text in attack(browser, address, asked).items()
            if text and '"status":403' not in text
        }
        works_for_its_own_page(browser.new_page(), target)
    changed = limits(target)
    query = 'mutation { setConcurrencyLimit(concurrencyKey: "hostile program", limit: 3) }'
    requests.post(f"{target}/dagster/graphql", json={"query": query}, timeout=30).raise_for_status()
    assert limits(target) - changed == {"hostile program"}
    return changed | read


def attack(browser: Browser, address: str, target: str) -> dict[str, str]:
    """The hostile page at ``address``, against ``target``; what it read by each way."""
    context = browser.new_context()
    page = context.new_page()
    # The page itself comes from its owner's server; all that it asks for is real.
    page.route(address, lambda route: route.fulfill(body=PAGE.replace("TARGET", target), content_type="text/html"))
    page.goto(address)
    read = page.evaluate("run()")
    context.close()
    return read


def works_for_its_own_page(page: Page, target: str) -> None:
    """The UI itself is not refused anything, and asks nobody else."""
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    with page.expect_websocket() as socket:
        page.goto(f"{target}/dagster/assets/marts/analytics_sessions")
    page.get_by_text("analytics_sessions").first.wait_for()
    assert socket.value.url.startswith("ws://127.0.0.1:")
    assert [answer.url for answer in answers if answer.status >= 400 or not answer.url.startswith(target)] == []


def limits(target: str) -> set[str]:
    """The limits that were set by a request of this file; Dagster sets others itself."""
    answer = requests.post(f"{target}/dagster/graphql", json={"query": LIMITS}, timeout=30).json()
    keys = {limit["concurrencyKey"] for limit in answer["data"]["instance"]["concurrencyLimits"]}
    return {key for key in keys if key.startswith("hostile ")}
