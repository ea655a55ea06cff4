"""Signing in with a real Chromium, by the application as a whole: what its headers let a browser do."""

import time
from collections.abc import Iterator

import pytest
from pyotp.totp import TOTP

from orchestration.access.first_account import first_link
from orchestration.settings import Settings
from serving.app import build_app
from tests.browser import chromium
from tests.serving.access.conftest import as_web
from tests.serving.served import served as served_app

PASSWORD = "correct horse battery staple"


@pytest.fixture
def url(owner_url: str, web_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", as_web(owner_url))
        app = build_app(Settings(home=tmp_path_factory.mktemp("home")))
    with served_app(app) as url:
        yield url


def test_from_the_first_link_to_a_second_sign_in_with_a_code(url: str, owner_url: str) -> None:
    link = first_link(owner_url, url)
    assert link
    said: list[str] = []
    # Pages need no script.
    with chromium() as browser, browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.goto(link)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_label("New password").fill(PASSWORD)
        page.get_by_role("button", name="Set the password").click()
        page.get_by_role("button", name="Set up one-time codes").click()
        secret = page.locator("#totp ~ p code").text_content() or ""
        page.get_by_label("The code that it shows").fill(TOTP(secret).now())
        page.get_by_label("Your password now").last.fill(PASSWORD)
        page.get_by_role("button", name="Ask for codes from now on").click()
        assert page.get_by_role("status").text_content() == "You are asked for codes from now on."

        page.get_by_role("button", name="Sign out", exact=True).click()
        page.goto(f"{url}/account")
        page.get_by_label("Name or e-mail address").fill("owner")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_label("The code that your telephone shows").fill(TOTP(secret).at(time.time() + 30))
        page.get_by_role("button", name="Sign in").click()
        assert page.url == f"{url}/account"
        assert page.get_by_role("heading", name="Your account").is_visible()
    assert said == [], "the policy of our own pages refuses nothing that they need"
