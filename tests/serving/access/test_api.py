"""The API of access as programs ask it: each answer for each kind of caller, and nothing of others."""

import base64
import json
import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
import requests
from joserfc import jwt
from joserfc.jwk import OctKey

from orchestration.access.accounts import add_account, change_account, set_password
from orchestration.access.credentials import new_secret
from orchestration.access.keys import add_key, revoke_key
from orchestration.settings import Settings
from serving.access.tokens import Tokens
from tests.serving.access.conftest import LOGIN, as_web
from tests.serving.access.served import Browser, ask, serve
from tests.serving.collector.running import until

NOT_SIGNED_IN = (401, "not_signed_in")


@pytest.fixture
def keys(owner_url: str, served: str, operator: psycopg.Connection) -> dict[str, str]:
    """A key of each kind of caller."""
    for name, role in (("ada", "owner"), ("bob", "owner"), ("root", "admin")):
        add_account(owner_url, name, role, [name])
    return {
        "ada": add_key(owner_url, "own", account="ada"),
        "bob": add_key(owner_url, "own", account="bob"),
        "root": add_key(owner_url, "own", account="root"),
        "reader": add_key(owner_url, "reader", site="ada.example", role="analyst"),
        "limited": add_key(owner_url, "limited", site="ada.example"),
    }


def outcome(answer: requests.Response) -> tuple[int, str]:
    assert answer.headers["Content-Type"].startswith("application/problem+json"), answer.text
    return answer.status_code, answer.json()["code"]


MALFORMED = {"no JSON": b"{", "nested deeply": b"[" * 100_000, "no text": b'{"name": "\xff"}', "no object": b"1"}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
@pytest.mark.parametrize("path", ["/keys", "/accounts", "/nothing"])
def test_nobody_is_told_what_is_wrong_with_a_request(served, keys, path, body):
    def answer(headers: dict[str, str]) -> requests.Response:
        said = headers | {"Content-Type": "application/json"}
        return requests.post(f"{served}/api/v1{path}", data=body, headers=said, timeout=30)

    assert outcome(answer({})) == outcome(answer({"Authorization": "Bearer dgr_wrong"})) == NOT_SIGNED_IN
    of_admin = answer({"Authorization": f"Bearer {keys['root']}"}).status_code
    assert of_admin == 404 if path == "/nothing" else of_admin in {400, 422}


def test_a_request_that_cannot_be_read_is_counted_too(owner_url, keys, tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", as_web(owner_url))
    with serve(Settings(home=tmp_path, rate_limit_free=3)) as url:
        said = {"Authorization": f"Bearer {keys['ada']}", "Content-Type": "application/json"}
        answers = [requests.post(f"{url}/api/v1/keys", data=b"{", headers=said, timeout=30) for _ in range(4)]
    assert [it.status_code for it in answers] == [422, 422, 422, 429]
    assert answers[2].headers["RateLimit"].startswith('"minute";r=0;')


def test_who_asks_and_what_it_may_see(served, keys):
    said = {name: ask(served, key, "GET", "/me").json() for name, key in keys.items()}
    assert {name: (it["role"], it["user_codes"], it["sites"]) for name, it in said.items()} == {
        "ada": ("owner", ["ada"], None),
        "bob": ("owner", ["bob"], None),
        "root": ("admin", None, None),
        "reader": ("analyst", ["ada"], ["ada.example"]),
        "limited": ("owner", ["ada"], ["ada.example"]),
    }
    assert "csrf_token" in said["ada"]
    assert said["ada"]["csrf_token"] is None, "a key needs none"


def test_each_sees_its_own_sites(served, keys):
    sites = {
        name: [it["site"] for it in ask(served, key, "GET", "/sites").json()["sites"]] for name, key in keys.items()
    }
    assert sites == {
        **{name: ["ada.example"] for name in ("ada", "reader", "limited")},
        "bob": ["bob.example"],
        "root": ["ada.example", "bob.example"],
    }


REFUSED: dict[str, set[str]] = {
    "GET /keys": {"reader", "limited"},
    "POST /keys": {"reader", "limited"},
    "GET /accounts": {"ada", "bob", "reader", "limited"},
    "POST /accounts": {"ada", "bob", "reader", "limited"},
    "GET /audit": {"ada", "bob", "reader", "limited"},
    "PATCH /accounts/ada": {"ada", "bob", "reader", "limited"},
    "DELETE /accounts/nobody": {"ada", "bob", "reader", "limited"},
    "POST /accounts/ada/link": {"ada", "bob", "reader", "limited"},
    "DELETE /accounts/ada/codes": {"ada", "bob", "reader", "limited"},
    "DELETE /keys/00000000-0000-0000-0000-000000000000": {"reader", "limited"},
    "GET /me": set(),
    "GET /sites": set(),
    "POST /token": set(),
}
BODIES: dict[str, Any] = {
    "POST /keys": {"name": "new"},
    "POST /accounts": {"name": "eve", "role": "admin"},
    "PATCH /accounts/ada": {"plan": "pro"},
}


@pytest.mark.parametrize("endpoint", REFUSED)
def test_each_endpoint_is_refused_to_those_whose_role_is_not_enough(served, keys, endpoint):
    method, path = endpoint.split()
    for name, key in keys.items():
        answer = ask(served, key, method, path, BODIES.get(endpoint, {}))
        assert (answer.status_code == 403) == (name in REFUSED[endpoint]), (name, answer.text)
        assert answer.status_code < 500


def test_every_endpoint_of_the_contract_is_walked_here(served):
    paths = requests.get(f"{served}/openapi.json", timeout=10).json()["paths"]
    listed = {
        f"{method.upper()} {path.removeprefix('/api/v1')}" for path, methods in paths.items() for method in methods
    }
    walked = {
        it.replace("/ada", "/{name}")
        .replace("/nobody", "/{name}")
        .replace("/00000000-0000-0000-0000-000000000000", "/{key_id}")
        for it in REFUSED
    }
    assert listed == walked


WRONG_HEADERS = {
    "nothing": {},
    "made up": {"Authorization": "Bearer dgr_made_up"},
    "another scheme": {"Authorization": "Basic YWRhOmFkYQ=="},
    "no scheme": {"Authorization": "dgr_made_up"},
    "nothing after the scheme": {"Authorization": "Bearer "},
    "a cookie that is none": {"Cookie": "dogear-session=made-up"},
    "not text": {"Authorization": "Bearer \xff\xfe"},
    "long": {"Authorization": "Bearer " + "a" * 10_000},
}


@pytest.mark.parametrize("case", WRONG_HEADERS)
def test_nobody_learns_nothing_from_any_endpoint(served, keys, case):
    bodies = set()
    for endpoint in REFUSED:
        method, path = endpoint.split()
        answer = requests.request(
            method, f"{served}/api/v1{path}", json=BODIES.get(endpoint, {}), headers=WRONG_HEADERS[case], timeout=10
        )
        assert outcome(answer) == NOT_SIGNED_IN
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        bodies.add(answer.text)
    assert len(bodies) == 1


def test_a_valid_key_is_of_no_use_in_another_place(served, keys):
    """Neither as the cookie of a session nor in the address, which logs and histories keep."""
    key = keys["ada"]
    as_cookie = requests.get(f"{served}/api/v1/me", headers={"Cookie": f"dogear-session={key}"}, timeout=10)
    in_address = requests.get(f"{served}/api/v1/me", params={"key": key, "access_token": key}, timeout=10)
    assert [outcome(answer) for answer in (as_cookie, in_address)] == [NOT_SIGNED_IN] * 2


def test_a_wrong_key_is_not_made_good_by_a_session(served, owner_url, browser):
    add_account(owner_url, "ada", "owner", ["ada"])
    set_password(owner_url, "ada", "correct horse battery staple")
    browser.sign_in("ada", "correct horse battery staple")
    assert browser.get("/api/v1/me").status_code == 200
    assert browser.get("/api/v1/me", headers={"Authorization": "Bearer dgr_no"}).status_code == 401


def test_a_key_from_its_making_to_its_end(served, keys):
    made = ask(served, keys["ada"], "POST", "/keys", {"name": "report", "sites": ["ada.example"], "expires_in_days": 9})
    assert made.status_code == 201
    key, key_id = made.json()["key"], made.json()["key_id"]
    assert ask(served, key, "GET", "/sites").json() == {"sites": [{"site": "ada.example", "user_code": "ada"}]}
    (listed,) = [it for it in ask(served, keys["ada"], "GET", "/keys").json()["keys"] if it["name"] == "report"]
    assert listed["hint"] == key[:8]
    assert listed["last_used_at"]
    assert key not in json.dumps(listed)
    again = ask(served, keys["ada"], "POST", "/keys", {"name": "report"})
    assert outcome(again) == (409, "conflict")
    assert ask(served, keys["ada"], "DELETE", f"/keys/{key_id}").status_code == 204
    assert outcome(ask(served, key, "GET", "/me")) == NOT_SIGNED_IN
    assert outcome(ask(served, keys["ada"], "DELETE", f"/keys/{key_id}")) == (404, "not_found")


def test_the_key_of_another_and_no_key_are_the_same(served, keys):
    theirs = ask(served, keys["bob"], "GET", "/keys").json()["keys"][0]["key_id"]
    answers = [
        ask(served, keys["ada"], "DELETE", f"/keys/{it}") for it in (theirs, "00000000-0000-0000-0000-000000000000")
    ]
    assert {(answer.status_code, answer.text) for answer in answers} == {(404, answers[0].text)}
    assert ask(served, keys["bob"], "GET", "/me").status_code == 200


def test_the_site_of_another_and_no_site_are_the_same(served, keys):
    answers = [
        ask(served, keys["ada"], "POST", "/keys", {"name": "k", "sites": [it]}) for it in ("bob.example", "no.example")
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text.replace("bob", "no") for answer in answers}) == 1


def test_an_admin_adds_changes_and_removes_an_account(served, keys):
    root = keys["root"]
    added = ask(served, root, "POST", "/accounts", {"name": "Eve@Example.org", "role": "owner", "user_codes": ["eve"]})
    assert (added.status_code, added.json()["name"], added.json()["plan"]) == (201, "eve@example.org", "free")
    path = "/accounts/eve@example.org"
    link = ask(served, root, "POST", f"{path}/link", {}).json()["url"]
    assert link.startswith(f"{served}/sign-in/link?token=")
    browser = Browser(served)
    assert browser.form(link.removeprefix(served), token=link.partition("token=")[2]).status_code == 303
    assert browser.get("/api/v1/me").json()["user_codes"] == ["eve"]
    changed = ask(served, root, "PATCH", path, {"user_codes": ["ada"], "plan": "pro"})
    assert (changed.json()["user_codes"], changed.json()["plan"], changed.json()["role"]) == (["ada"], "pro", "owner")
    assert browser.get("/api/v1/me").json()["user_codes"] == ["ada"]
    assert ask(served, root, "DELETE", path).status_code == 204
    assert browser.get("/api/v1/me").status_code == 401
    assert outcome(ask(served, root, "DELETE", path)) == (404, "not_found")


@pytest.mark.parametrize(
    ("endpoint", "body"),
    [
        ("POST /keys", {"name": ""}),
        ("POST /keys", {"name": "a\nb"}),
        ("POST /keys", {"name": "a", "sites": []}),
        ("POST /keys", {"name": "a", "expires_in_days": 0}),
        ("POST /keys", {"name": "a", "role": "admin"}),
        ("POST /accounts", {"name": "a b", "role": "owner"}),
        ("POST /accounts", {"name": "key/a", "role": "owner"}),
        ("POST /accounts", {"name": "a", "role": "root"}),
        ("POST /accounts", {"name": "a", "role": "owner", "user_codes": ["\x00"]}),
        ("PATCH /accounts/ada", {"name": "eve"}),
        ("GET /audit?limit=0", None),
        ("GET /audit?before=99999999999999999999", None),
        ("DELETE /keys/1", None),
    ],
)
def test_what_is_not_valid_is_named_and_changes_nothing(served, keys, endpoint, body):
    method, path = endpoint.split()
    answer = ask(served, keys["root"], method, path, body)
    assert outcome(answer) == (422, "invalid")
    assert answer.json()["errors"]


def test_the_audit_log_is_read_in_pages(served, keys):
    first = ask(served, keys["root"], "GET", "/audit?limit=2").json()
    then = ask(served, keys["root"], "GET", f"/audit?limit=2&before={first['next']}").json()
    ids = [row["audit_id"] for row in [*first["rows"], *then["rows"]]]
    assert len(ids) == 4
    assert ids == sorted(ids, reverse=True)


def token_of(served: str, key: str) -> str:
    made = ask(served, key, "POST", "/token", {})
    assert made.status_code == 201, made.text
    return made.json()["access_token"]


def test_a_token_does_what_its_key_does_and_ends_with_it(served, keys, owner_url):
    token = token_of(served, keys["limited"])
    assert ask(served, token, "GET", "/me").json()["via"] == "token"
    assert ask(served, token, "GET", "/me").json()["sites"] == ["ada.example"]
    assert outcome(ask(served, token, "POST", "/token", {})) == (403, "refused")
    revoke_key(owner_url, "limited")
    assert outcome(ask(served, token, "GET", "/me")) == NOT_SIGNED_IN


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    header, claims, _ = (
        json.loads(base64.urlsafe_b64decode(part + "==")) if part else {} for part in (*token.split(".")[:2], "")
    )
    return header, claims


def written(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


@pytest.fixture
def signing(operator: psycopg.Connection) -> bytes:
    """What tokens are signed with."""
    (secret,) = operator.execute("select secret from access.secrets where name = 'jwt'").fetchone() or (b"",)
    return bytes(secret)


def test_no_other_algorithm_and_no_other_key_signs(served, keys, signing):
    token = token_of(served, keys["ada"])
    _, claims = parts(token)
    head, body, signature = token.split(".")
    forged = {
        "none": f"{written({'alg': 'none'})}.{body}.",
        "None": f"{written({'alg': 'None'})}.{body}.{signature}",
        "no signature": f"{head}.{body}.",
        "another key": jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(b"another" * 8)),
        "another algorithm": jwt.encode({"alg": "HS512"}, claims, OctKey.import_key(signing), algorithms=["HS512"]),
        "another body": f"{head}.{written({**claims, 'exp': 2**31})}.{signature}",
        "a key of its own": f"{written({'alg': 'HS256', 'jwk': {'kty': 'oct', 'k': 'AAAA'}})}.{body}.{signature}",
        "the address of a key": f"{written({'alg': 'HS256', 'jku': served, 'kid': '../null'})}.{body}.{signature}",
        "critical": f"{written({'alg': 'HS256', 'crit': ['exp'], 'exp': 1})}.{body}.{signature}",
        "encrypted": f"{written({'alg': 'dir', 'enc': 'A256GCM'})}..{body}.{signature}.{signature}",
    }
    for case, text in forged.items():
        assert outcome(ask(served, text, "GET", "/me")) == NOT_SIGNED_IN, case
    assert ask(served, token, "GET", "/me").status_code == 200


def test_clocks_may_differ_by_half_a_minute_and_no_more(served, keys, signing):
    _, claims = parts(token_of(served, keys["ada"]))
    now = int(time.time())
    for changed, is_valid in (
        ({"iat": now + 25}, True),
        ({"iat": now + 60}, False),
        ({"exp": now - 25}, True),
        ({"exp": now - 60}, False),
        ({"nbf": now + 60}, False),
        ({"aud": "others"}, False),
        ({"iss": "others"}, False),
        ({"jti": "made up"}, False),
        ({"jti": None}, False),
    ):
        text = jwt.encode({"alg": "HS256"}, claims | changed, OctKey.import_key(signing))
        assert (ask(served, text, "GET", "/me").status_code == 200) is is_valid, changed


def test_a_signed_token_opens_nothing_that_the_database_does_not_know(served, signing):
    """Even somebody who has read the signing key, with SQL as the web process, is nobody."""
    text = Tokens(signing).make(new_secret("token"), 900)
    assert outcome(ask(served, text, "GET", "/me")) == NOT_SIGNED_IN


def test_a_key_that_is_revoked_while_requests_are_under_way_is_refused_from_then_on(served, keys, owner_url):
    """Some threads ask all the time; of those requests that begin after the revocation none is answered."""
    revoked = threading.Event()
    after: list[int] = []
    before: list[int] = []

    def go_on() -> None:
        while len(after) < 20:
            seen = after if revoked.is_set() else before
            seen.append(ask(served, keys["ada"], "GET", "/me").status_code)

    threads = [threading.Thread(target=go_on) for _ in range(4)]
    for thread in threads:
        thread.start()
    while len(before) < 8:
        time.sleep(0.01)
    revoke_key(owner_url, "own", "ada")
    revoked.set()
    for thread in threads:
        thread.join(30)
    assert before[0] == 200
    assert set(after) == {401}


@pytest.fixture
def limited(owner_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", as_web(owner_url))
        settings = Settings(home=tmp_path_factory.mktemp("home"), rate_limit_free=3, rate_limit_pro=5)
    with serve(settings) as url:
        yield url


def test_each_key_has_a_budget_by_its_plan_and_sees_what_is_left(limited, keys, owner_url):
    answers = [ask(limited, keys["ada"], "GET", "/me") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["RateLimit"].split(";")[1] for answer in answers] == ["r=2", "r=1", "r=0", "r=0"]
    assert answers[0].headers["RateLimit-Policy"] == '"minute";q=3;w=60'
    assert answers[3].json()["code"] == "too_many_requests"
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 60
    assert ask(limited, keys["bob"], "GET", "/me").status_code == 200, "another's budget"
    change_account(owner_url, "ada", plan="pro")
    assert ask(limited, keys["ada"], "GET", "/me").headers["RateLimit-Policy"] == '"minute";q=5;w=60'


def test_a_key_that_runs_away_keeps_nobody_else_of_its_account_from_asking(limited, keys, owner_url):
    assert {ask(limited, keys["ada"], "GET", "/me").status_code for _ in range(30)} == {200, 429}
    others = [add_key(owner_url, f"key {number}", account="ada") for number in range(10)]
    answers = [ask(limited, key, "GET", "/me") for key in others for _ in range(3)]
    assert answers[0].status_code == 200
    # Nor do ten other keys together have more than the account.
    assert answers[-1].status_code == 429
    assert answers[-1].headers["RateLimit-Policy"] == '"account";q=15;w=60'
    assert ask(limited, keys["bob"], "GET", "/me").status_code == 200, "another's budget"


def test_without_a_database_the_answer_is_try_later(served, keys, operator):
    operator.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'dogear_web_of_tests'")
    statuses = {ask(served, keys["ada"], "GET", "/me").status_code for _ in range(20)}
    assert statuses <= {200, 503}
    assert ask(served, keys["ada"], "GET", "/me").status_code == 200, "lost connections are replaced"


def test_no_secret_is_logged_or_shown(served, keys, caplog):
    caplog.set_level(logging.DEBUG)
    token = token_of(served, keys["ada"])
    said = [ask(served, secret + more, "GET", "/me").text for secret in (keys["ada"], token) for more in ("", "x")]
    for text in (caplog.text, *said):
        for secret in (keys["ada"], token, parts(token)[1]["jti"]):
            assert secret not in text


@pytest.mark.parametrize("path", ["/keys", "/token"])
def test_who_is_removed_meanwhile_is_nobody(served, keys, owner_url, operator, path):
    waiting = "select from pg_stat_activity where usename = %s and wait_event_type = 'Lock'"
    with psycopg.connect(owner_url) as removing, ThreadPoolExecutor() as threads:
        removing.execute("select access.remove_account(null, 'ada')")
        asked = threads.submit(ask, served, keys["ada"], "POST", path, {"name": "late"})
        until(lambda: operator.execute(waiting, [LOGIN]).rowcount)
        removing.commit()
    assert outcome(asked.result()) == NOT_SIGNED_IN
