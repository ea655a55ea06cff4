"""Signing in over HTTP: what people see, and what those see who should not get in."""

import re
import statistics
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from pyotp.totp import TOTP

from orchestration.access import passwords
from orchestration.access.accounts import add_account, change_account, make_link, reset_second_factor, set_password
from orchestration.access.passwords import KIBIBYTES, raw_hash
from serving.access import access as access_module
from serving.access.local_path import local_path
from serving.access.one_time_codes import step_of
from tests.serving.access.served import HTTPS, Browser, field_of
from tests.serving.collector.running import until

PASSWORD, WRONG = "correct horse battery staple", "incorrect horse battery staple"
COOKIE = "dogear-session"
CROWD = "198.51.100.1"


@pytest.fixture
def ada(owner_url: str, browser: Browser) -> Browser:
    """A browser before which Ada sits, who has an account and a password."""
    add_account(owner_url, "ada", "owner", ["ada"])
    set_password(owner_url, "ada", PASSWORD)
    return browser


def is_signed_in(browser: Browser) -> bool:
    return browser.get("/api/v1/me").status_code == 200


def test_a_password_signs_in_and_leads_to_the_page_that_was_wanted(ada):
    wanted = ada.get("/account", allow_redirects=False).headers["Location"]
    assert wanted == "/sign-in?next=%2Faccount"
    page = ada.get(wanted).text
    answer = ada.send(
        "/sign-in", csrf=field_of(page, "csrf"), next=field_of(page, "next"), name="Ada ", password=PASSWORD
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    assert "<dd>ada</dd>" in ada.get("/account").text
    assert ada.get("/api/v1/me").json()["user_codes"] == ["ada"]


def test_a_session_is_read_by_no_script_and_sent_by_no_other_site(ada):
    said = ada.sign_in("ada", PASSWORD).headers["Set-Cookie"]
    cookie = re.search(rf"{COOKIE}=[^,]*", said)
    assert cookie
    assert "HttpOnly; " in cookie[0]
    assert "SameSite=lax" in cookie[0]


def test_over_https_the_cookie_is_for_this_host_alone(ada):
    """As behind a proxy with a certificate. (A client keeps what it got over https from this test's http.)"""
    page = requests.get(f"{ada.url}/sign-in", headers=HTTPS, timeout=10)
    (form_cookie,) = re.findall("__Host-dogear-form=[^;]*", page.headers["Set-Cookie"])
    answer = requests.post(
        f"{ada.url}/sign-in",
        data={"csrf": field_of(page.text, "csrf"), "name": "ada", "password": PASSWORD},
        headers={**HTTPS, "Origin": ada.url, "Cookie": form_cookie},
        allow_redirects=False,
        timeout=10,
    )
    cookie = re.search(rf"__Host-{COOKIE}=([^;]*);[^,]*", answer.headers["Set-Cookie"])
    assert cookie
    assert "Secure" in cookie[0]
    # Another host of the domain could set one without the prefix.
    for name, status in ((f"__Host-{COOKIE}", 200), (COOKIE, 401)):
        headers = {**HTTPS, "Cookie": f"{name}={cookie[1]}"}
        assert requests.get(f"{ada.url}/api/v1/me", headers=headers, timeout=10).status_code == status


@pytest.mark.parametrize("name", ["a\0b", "\0", "\x1f\x7f", "\ud800".encode("utf-8", "surrogatepass"), "ﬀ" * 1000])
def test_no_text_is_too_strange_to_be_refused(ada, name):
    assert ada.sign_in(name, WRONG).status_code in {400, 403}


def test_who_opens_the_host_alone_comes_to_a_page(ada):
    assert ada.get("/").url.endswith("/sign-in?next=%2Faccount")


def test_a_wrong_password_and_no_account_are_answered_by_the_same_page(ada):
    pages = [ada.sign_in(name, WRONG) for name in ("ada", "eve")]
    assert {page.status_code for page in pages} == {403}
    assert pages[0].text.replace('"ada"', "…") == pages[1].text.replace('"eve"', "…")
    assert not is_signed_in(ada)


def test_no_account_takes_as_long_as_a_wrong_password(ada, monkeypatch):
    """Both hash once and ask the same: medians of interleaved guesses, so that load weighs on both."""
    taken: dict[str, list[float]] = {"ada": [], "eve": []}
    monkeypatch.setattr(passwords, "KIBIBYTES", KIBIBYTES)
    token = field_of(ada.get("/sign-in").text, "csrf")
    for _ in range(7):
        for name, times in taken.items():
            started = time.perf_counter()
            assert ada.send("/sign-in", csrf=token, name=name, password=WRONG).status_code == 403
            times.append(time.perf_counter() - started)
    known, unknown = (statistics.median(times) for times in taken.values())
    assert 0.6 < known / unknown < 1.6


def test_too_many_guesses_are_refused_with_the_time_to_wait(ada, operator):
    operator.execute(
        "insert into access.attempts select access.bucket_of('password of ' || name), now() + interval '150 minutes' "
        "from unnest(array['ada', 'eve']) as name"
    )
    answers = [ada.sign_in(name, password) for name, password in (("ada", PASSWORD), ("eve", WRONG))]
    assert {answer.status_code for answer in answers} == {429}
    assert all(800 < int(answer.headers["Retry-After"]) <= 900 for answer in answers)
    assert "Try again in 15 minutes" in answers[0].text


def test_who_floods_the_page_keeps_nobody_else_from_signing_in(ada, monkeypatch):
    may_go_on = threading.Event()

    def slow_hash(password: str, salt: bytes) -> bytes:
        may_go_on.wait(30)
        return raw_hash(password, salt)

    monkeypatch.setattr(access_module, "raw_hash", slow_hash)
    token = field_of(ada.get("/sign-in").text, "csrf")

    def tried(address: str) -> int:
        headers = {"Origin": ada.url, "X-Forwarded-For": address}
        data = {"csrf": token, "name": "ada", "password": PASSWORD if address != CROWD else WRONG}
        sent = {"data": data, "headers": headers, "cookies": ada.session.cookies}
        return requests.post(f"{ada.url}/sign-in", **sent, timeout=60, allow_redirects=False).status_code

    with ThreadPoolExecutor(40) as threads:
        flood = [threads.submit(tried, CROWD) for _ in range(30)]
        until(lambda: sum(it.done() for it in flood) == 25)
        another = threads.submit(tried, "203.0.113.7")
        may_go_on.set()
        assert another.result() == 303
    assert Counter(it.result() for it in flood) == {503: 25, 403: 5}


def test_a_session_is_another_one_after_each_sign_in(ada):
    # An attacker has put a session of its own choice into the browser.
    ada.session.cookies.set(COOKIE, "chosen by somebody else", domain="127.0.0.1")
    ada.sign_in("ada", PASSWORD)
    values = [cookie.value for cookie in ada.session.cookies if cookie.name == COOKIE]
    assert "chosen by somebody else" not in values
    first = ada.session.cookies.get_dict()[COOKIE]
    ada.sign_in("ada", PASSWORD)
    assert ada.session.cookies.get_dict()[COOKIE] != first
    old = requests.get(f"{ada.url}/api/v1/me", cookies={COOKIE: first}, timeout=10)
    assert old.status_code == 401, "the session before it has ended"


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/link", "/sign-out", "/account"])
@pytest.mark.parametrize("token", ["", "made up", "of another browser"])
def test_a_form_without_the_token_of_this_browser_does_nothing(ada, path, token):
    ada.sign_in("ada", PASSWORD)
    if token == "of another browser":
        token = field_of(Browser(ada.url).get("/sign-in").text, "csrf")
    answer = ada.send(path, csrf=token, name="ada", password=PASSWORD, do="end-others", token="a")
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")
    assert is_signed_in(ada)


def test_a_page_of_others_sends_no_form_and_asks_nothing(ada):
    ada.sign_in("ada", PASSWORD)
    token = field_of(ada.get("/account").text, "csrf")
    evil = {"Origin": "https://evil.example"}
    sent = ada.session.post(f"{ada.url}/sign-out", data={"csrf": token}, headers=evil, timeout=10)
    assert sent.status_code == 403
    asked = ada.session.post(f"{ada.url}/api/v1/token", json={}, timeout=10)
    assert (asked.status_code, asked.json()["code"]) == (403, "csrf")
    assert ada.api("POST", "/token", {}).status_code == 201
    assert is_signed_in(ada)


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "/%0d%0aLocation:x\r\n",
        " //evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "evil.example",
        "",
        "/ü",
        "/" + "a" * 2000,
    ],
)
def test_nobody_is_led_to_another_site(wanted):
    assert local_path(wanted) == "/account"


def test_a_page_of_ours_is_reached_after_signing_in(ada):
    assert ada.sign_in("ada", PASSWORD, next="/docs?a=1#b").headers["Location"] == "/docs?a=1#b"
    assert ada.sign_in("ada", PASSWORD, next="//evil.example").headers["Location"] == "/account"


def test_a_link_shows_a_button_and_signs_in_once(ada, owner_url):
    link = make_link(owner_url, "ada", ada.url)
    token = link.partition("?token=")[2]
    for _ in range(2):  # a program that looks at mails opens it first
        assert ada.get(link).status_code == 200
        assert not is_signed_in(ada)
    assert ada.form(f"/sign-in/link?token={token}", token=token).status_code == 303
    assert is_signed_in(ada)
    other = Browser(ada.url)
    again = other.form(f"/sign-in/link?token={token}", token=token)
    assert again.status_code == 403
    assert "This link was used, or is too old" in again.text
    assert not is_signed_in(other)


def test_what_strangers_put_into_a_page_is_text(ada):
    text = '"><script>alert(1)</script>'
    for page in (ada.get("/sign-in/link", params={"token": text}), ada.sign_in(text, WRONG)):
        assert "<script" not in page.text
        assert "&lt;script&gt;" in page.text


def test_signing_out_ends_the_session_of_everybody_who_has_a_copy_of_it(ada):
    ada.sign_in("ada", PASSWORD)
    copied = ada.session.cookies.get_dict()[COOKIE]
    assert ada.form("/account", "/sign-out").headers["Location"] == "/sign-in"
    assert not is_signed_in(ada)
    assert requests.get(f"{ada.url}/api/v1/me", cookies={COOKIE: copied}, timeout=10).status_code == 401


def set_up_codes(browser: Browser) -> tuple[str, list[str]]:
    """The secret on Ada's telephone, and her recovery codes."""
    page = browser.form("/account", do="totp-start").text
    secret = field_of(page, "secret")
    sent = browser.send(
        "/account", csrf=field_of(page, "csrf"), do="totp-on", secret=secret, code=code_now(secret), current=PASSWORD
    )
    codes = re.findall(r"<li><code>([^<]*)</code>", sent.text)
    assert len(codes) == 10, sent.text
    return secret, codes


def code_now(secret: str, steps: int = 0) -> str:
    return TOTP(secret).at(time.time() + 30 * steps)


def test_a_telephone_is_asked_for_and_its_code_counts_once(ada):
    ada.sign_in("ada", PASSWORD)
    secret, _ = set_up_codes(ada)
    other = Browser(ada.url)
    asked = other.sign_in("ada", PASSWORD)
    assert "One-time code" in asked.text
    assert not is_signed_in(other)
    token = field_of(asked.text, "csrf")
    # The code with which it was set up is used, and so is that of the step before.
    assert other.send("/sign-in", csrf=token, code=code_now(secret, -1)).status_code == 403
    code = code_now(secret, 1)
    assert other.send("/sign-in", csrf=token, code=f"{code[:3]} {code[3:]}", next="/account").status_code == 303
    assert is_signed_in(other)
    third = Browser(ada.url)
    token = field_of(third.sign_in("ada", PASSWORD).text, "csrf")
    assert third.send("/sign-in", csrf=token, code=code).status_code == 403
    assert not is_signed_in(third)


def test_who_lost_the_telephone_has_recovery_codes_and_an_admin(ada, owner_url):
    ada.sign_in("ada", PASSWORD)
    _, codes = set_up_codes(ada)
    for status in (303, 403):
        other = Browser(ada.url)
        token = field_of(other.sign_in("ada", PASSWORD).text, "csrf")
        assert other.send("/sign-in", csrf=token, code=codes[0].upper()).status_code == status
    reset_second_factor(owner_url, "ada")
    assert other.sign_in("ada", PASSWORD).status_code == 303
    assert not is_signed_in(ada), "sessions end with it"


def test_a_code_needs_the_password_before_it(ada):
    ada.sign_in("ada", PASSWORD)
    secret, _ = set_up_codes(ada)
    other = Browser(ada.url)
    answer = other.form("/sign-in", code=code_now(secret, 1))
    assert answer.status_code == 403
    assert "Sign in again" in answer.text


@pytest.mark.parametrize(
    ("seconds", "counts"), [(-59, True), (-29, True), (29, True), (59, True), (-91, False), (91, False)]
)
def test_the_clock_of_a_telephone_may_differ_by_half_a_minute(seconds, counts):
    secret, now = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", 1_800_000_000 + (29 if seconds < 0 else 0)
    code = TOTP(secret).at(now + seconds)
    assert (step_of(secret, code, now) is not None) is counts


def test_a_new_password_needs_the_old_one_and_signs_others_out(ada):
    ada.sign_in("ada", PASSWORD)
    other = Browser(ada.url)
    other.sign_in("ada", PASSWORD)
    new = "four words are enough"
    assert "not your password" in ada.form("/account", do="password", password=new, current=WRONG).text
    assert "12 to 1000 letters" in ada.form("/account", do="password", password="short", current=PASSWORD).text
    assert is_signed_in(other)
    assert ada.form("/account", do="password", password=new, current=PASSWORD).status_code == 200
    assert is_signed_in(ada)
    assert not is_signed_in(other)
    assert other.sign_in("ada", new).status_code == 303


def test_a_key_is_made_on_the_page_and_shown_once(ada):
    ada.sign_in("ada", PASSWORD)
    page = ada.form("/account", do="add-key", name="<b>report</b>", site="ada.example", days="90").text
    (key,) = re.findall(r"dgr_[\w-]{43}", page)
    again = ada.get("/account").text
    assert key not in again
    assert "&lt;b&gt;report&lt;/b&gt;" in again
    headers = {"Authorization": f"Bearer {key}"}
    assert requests.get(f"{ada.url}/api/v1/me", headers=headers, timeout=10).json()["sites"] == ["ada.example"]
    ada.form("/account", do="revoke-key", key_id=field_of(again, "key_id"))
    assert requests.get(f"{ada.url}/api/v1/me", headers=headers, timeout=10).status_code == 401


def test_a_site_of_others_cannot_be_chosen(ada):
    ada.sign_in("ada", PASSWORD)
    said = {ada.form("/account", do="add-key", name="k", site=f"{name}.example").text for name in ("bob", "nowhere")}
    assert len({re.sub(r"bob|nowhere", "…", text) for text in said}) == 1


def test_a_disabled_account_is_out_at_once(ada, owner_url):
    ada.sign_in("ada", PASSWORD)
    change_account(owner_url, "ada", is_enabled=False)
    assert not is_signed_in(ada)
    assert ada.get("/account", allow_redirects=False).status_code == 303
    assert ada.sign_in("ada", PASSWORD).status_code == 403


def test_pages_hold_no_script_and_nothing_from_elsewhere(ada):
    ada.sign_in("ada", PASSWORD)
    for path in ("/sign-in", "/sign-in/link?token=a", "/account"):
        text = ada.get(path).text
        assert "<script" not in text
        assert re.findall(r'(?:src|href|action)="(?!/|data:)[^"]*"', text) == []
        ids = set(re.findall(r'<(?:input|select)[^>]* id="([^"]+)"', text))
        assert set(re.findall(r'<label for="([^"]+)"', text)) == ids, "each field has its label"


def test_a_large_form_is_refused(ada):
    assert ada.send("/sign-in", csrf="a", name="a" * 20_000).status_code == 413


def test_the_server_of_a_form_is_never_told_a_password(ada, operator):
    """What other roles of the server see of a statement names no argument."""
    ada.sign_in("ada", PASSWORD)
    ada.sign_in("ada", WRONG)
    seen = operator.execute("select query from pg_stat_activity where usename = 'dogear_web_of_tests'").fetchall()
    assert any("access." in query for (query,) in seen)
    for (query,) in seen:
        assert "ada" not in query
        assert "$1" in query or "set_config" in query, query
