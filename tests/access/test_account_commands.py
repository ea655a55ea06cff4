"""Accounts and keys by the commands: what they say, and what they refuse, in one line."""

from collections.abc import Callable

import pytest

from orchestration.access.accounts import accounts, add_account, change_account, find_account, set_password
from orchestration.access.credentials import Secret
from orchestration.access.first_account import first_link
from orchestration.access.keys import add_key, keys, revoke_key
from orchestration.content.sites import Site, save_site
from orchestration.errors import DogearError
from orchestration.resources.postgres import connect
from tests.installation import Installation, run_dogear

WEB = "http://127.0.0.1:8080"


@pytest.fixture
def url(database_url: str) -> str:
    save_site(database_url, Site("ada.example", "ada"))
    return database_url


def row(url: str, question: str, *parameters: object) -> tuple:
    with connect(url) as connection:
        found = connection.execute(question.encode(), parameters).fetchone()
    assert found
    return found


def test_from_an_account_to_its_key_and_back(make_installation: Callable[..., Installation]) -> None:
    installation = make_installation("accounts")
    dogear = installation.dogear
    save_site(installation.database_url, Site("ada.example", "ada"))
    said = dogear("account", "add", "Ada", "--user-code", "ada").stdout
    assert said == "ada is added: owner of ada, plan free.\nA link to sign in: dogear account link ada\n"
    twice = dogear("account", "add", "ada", "--user-code", "ada", check=False)
    assert (twice.returncode, twice.stderr) == (1, "dogear: There is an account of this name already.\n")
    made = dogear("key", "add", "report", "--site", "ada.example", "--expires", "90d").stdout.splitlines()[-1]
    assert made.startswith("dgr_")
    listed = dogear("key", "list").stdout
    assert listed.startswith(f"report  {made[:8]}…  owner, ada.example; never used, ends ")
    assert made[8:] not in listed
    assert dogear("key", "revoke", "report").stdout == f"report ({made[:8]}…) is revoked.\n"
    audit = dogear("account", "audit").stdout.splitlines()
    assert all("  by a command  " in line for line in audit)
    assert [line.split("  ")[1] for line in audit] == ["account_added", "account_added", "key_made", "key_revoked"]


@pytest.mark.parametrize("command", ["account", "account add", "account role", "key", "key add", "key revoke"])
def test_help_has_examples(tmp_path, command):
    done = run_dogear({"DOGEAR_HOME": str(tmp_path / "unused")}, *command.split(), "--help")
    assert "Example" in done.stdout
    assert not (tmp_path / "unused").exists()


@pytest.mark.parametrize(
    ("name", "role", "user_codes", "plan", "message"),
    [
        ("a b", "owner", ["ada"], "free", "'a b' cannot be an account"),
        ("key/report", "owner", ["ada"], "free", "cannot be an account"),
        ("ada", "root", ["ada"], "free", "There is no role 'root'; there are: owner, analyst, admin."),
        ("ada", "owner", [], "free", "say --user-code CODE"),
        ("ada", "admin", [], "gold", "There is no plan 'gold'; there are: free, pro."),
    ],
)
def test_an_account_that_cannot_be(url, name, role, user_codes, plan, message):
    with pytest.raises(DogearError, match=message):
        add_account(url, name, role, user_codes, plan)
    assert accounts(url) == []


def test_a_changed_account_keeps_what_was_not_changed(url):
    add_account(url, "ada", "owner", ["ada", "ben"], "pro")
    now = change_account(url, "ADA", role="analyst")
    assert (now.role, now.plan, now.user_codes, now.is_enabled) == ("analyst", "pro", ["ada", "ben"], True)
    now = change_account(url, "ada", user_codes=["ben"])
    assert (now.role, now.user_codes) == ("analyst", ["ben"])
    with pytest.raises(DogearError, match="There is no account 'eve'"):
        change_account(url, "eve", role="admin")


def test_a_password_is_kept_as_a_digest_of_its_hash(url):
    add_account(url, "ada", "admin")
    set_password(url, "ada", "correct horse battery staple")
    (kept,) = row(url, "select password_hash from access.accounts")
    assert len(kept) == 32
    assert find_account(url, "ada").has_password


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaa", "x" * 1001])
def test_a_password_that_would_be_guessed(url, password):
    add_account(url, "ada", "admin")
    with pytest.raises(DogearError):
        set_password(url, "ada", password)
    assert not find_account(url, "ada").has_password


def test_a_key_of_a_program_has_the_role_and_the_owner_of_the_site(url):
    text = add_key(url, "report", site="ada.example", role="analyst", expires="90d")
    with connect(url) as connection:
        found = connection.execute(
            "select role, plan, user_codes, sites from access.identify(%s)", [Secret("key", text).digest]
        )
        assert found.fetchone() == ("analyst", "pro", ["ada"], ["ada.example"])
    (key,) = keys(url)
    assert key.expires_at
    assert (key.expires_at - key.created_at).days in {89, 90}


def test_the_name_of_a_revoked_key_is_free_again_and_the_new_one_is_for_its_own_site(url):
    save_site(url, Site("ben.example", "ben"))
    add_key(url, "report", site="ada.example")
    with pytest.raises(DogearError, match="There is a key report already"):
        add_key(url, "report", site="ben.example")
    revoke_key(url, "report")
    text = add_key(url, "report", site="ben.example")
    assert row(url, "select user_codes from access.identify(%s)", Secret("key", text).digest) == (["ben"],)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({}, "Which site is it for"),
        ({"site": "nowhere.example"}, r"There is no site nowhere\.example\."),
        ({"site": "ada.example", "role": "root"}, "There is no role 'root'"),
        ({"site": "ada.example", "expires": "soon"}, "must be days, such as 90d"),
        ({"account": "nobody"}, "There is no account 'nobody'"),
        ({"site": "ben.example", "account": "ada"}, r"There is no site ben\.example\."),
    ],
)
def test_a_key_that_cannot_be(url, more, message):
    save_site(url, Site("ben.example", "ben"))
    add_account(url, "ada", "owner", ["ada"])
    with pytest.raises(DogearError, match=message):
        add_key(url, "report", **more)
    assert keys(url) == []


def test_a_name_that_several_keys_have(url):
    for name in ("ada", "ben"):
        add_account(url, name, "owner", [name])
        add_key(url, "nightly", account=name)
    with pytest.raises(DogearError, match="Several accounts have a key 'nightly': say --account NAME"):
        revoke_key(url, "nightly")
    assert revoke_key(url, "nightly", "ben").account == "ben"
    assert [key.account for key in keys(url)] == ["ada"]


def test_the_first_start_makes_an_admin_whose_link_is_made_until_it_is_used(url):
    add_key(url, "report", site="ada.example", role="admin")
    first = first_link(url, WEB)
    # Colleagues may be added before anybody has signed in.
    add_account(url, "ada", "owner", ["ada"])
    second = first_link(url, WEB)
    assert first
    assert second
    assert first != second
    token = second.partition("?token=")[2]
    outcome = "select access.sign_in_by_link(%s, 'a')"
    assert row(url, outcome, Secret("link", token).digest) == ("signed_in",)
    assert first_link(url, WEB) is None
    assert find_account(url, "owner").role == "admin"


def test_the_first_start_makes_nobody_where_there_is_somebody(url):
    add_account(url, "ada", "owner", ["ada"])
    assert first_link(url, WEB) is None
    assert [account.name for account in accounts(url)] == ["ada"]


def test_a_start_goes_on_where_the_first_account_is_disabled(url):
    assert first_link(url, WEB)
    change_account(url, "owner", is_enabled=False)
    assert first_link(url, WEB) is None


def test_no_secret_is_shown_by_its_repr():
    assert "dgr_very" not in repr(Secret("key", "dgr_very_secret"))
