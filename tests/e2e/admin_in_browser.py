"""A person who signs in by the link that ``dogear up`` printed, and opens the Dagster UI through the web process."""

from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.browser import chromium

# Signed in as an admin, its own page may start a run; it takes a second.
LAUNCH = """
async () => {
    const query = `mutation { launchRun(executionParams: {selector: {repositoryName: "__repository__",
        repositoryLocationName: "dogear", jobName: "sum_up_day_counts"}, runConfigData: {}}) {
        __typename ... on LaunchRunSuccess { run { runId } } } }`;
    const answer = await fetch("/dagster/graphql", {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ query })});
    return (await answer.json()).data.launchRun;
}
"""


def admin_sees_dagster(web: str, link: str) -> None:
    """Strangers are asked to sign in; an admin sees by a socket how a run ends, without loading the page again."""
    with chromium() as browser:
        stranger_is_asked_to_sign_in(browser, web)
        page = browser.new_context().new_page()
        answers: list[Any] = []
        page.on("response", lambda answer: answers.append(answer))
        page.goto(link)
        page.get_by_role("button").first.click()
        page.wait_for_url(f"{web}/account")
        page.goto(f"{web}/dagster/runs")
        run_is_followed(page, web)
        used_link_opens_nothing(browser, link)
        # Dagster looks for the icon of a run where it would be without a prefix.
        asked = [it for it in answers if not it.url.startswith(f"{web}/favicon")]
        wrong = [(it.url, it.status) for it in asked if it.status >= 400 or not it.url.startswith(web)]
        assert not wrong, wrong


def stranger_is_asked_to_sign_in(browser: Browser, web: str) -> None:
    page = browser.new_context().new_page()
    page.goto(f"{web}/dagster/runs")
    assert page.url == f"{web}/sign-in?next=%2Fdagster%2Fruns"


def run_is_followed(page: Page, web: str) -> None:
    frames: list[str] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(str(frame))))
    launched = page.evaluate(LAUNCH)
    assert launched["__typename"] == "LaunchRunSuccess", launched
    page.goto(f"{web}/dagster/runs/{launched['run']['runId']}")
    expect(page.get_by_text("Success", exact=True).first).to_be_visible(timeout=90_000)
    assert any("RunSuccessEvent" in frame for frame in frames)


def used_link_opens_nothing(browser: Browser, link: str) -> None:
    page = browser.new_context().new_page()
    page.goto(link)
    page.get_by_role("button").first.click()
    expect(page.get_by_text("This link was used")).to_be_visible()
