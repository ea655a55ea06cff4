"""``dogear notifications``, as people use it."""

import json
from datetime import UTC, datetime

import pytest

from orchestration.notifications.make_notifications import make_notifications
from tests.installation import run_dogear


@pytest.fixture(scope="module")
def installation(make_installation, tmp_path_factory):
    installation = make_installation("notifications")
    installation.dogear("site", "add", "example.org", "--user-code", "ada")
    file = tmp_path_factory.mktemp("events") / "events.ndjson"
    happened = {"occurred_at": datetime.now(UTC).isoformat(), "page_url": "https://example.org/a", "session_id": "s"}
    kinds = ("comment", "like", "share")
    file.write_text("\n".join(json.dumps({"type": kind, "data": happened}) for kind in kinds))
    installation.dogear("import", str(file))
    make_notifications(installation.database_url, datetime.now(UTC), 20)
    return installation


def test_list_and_read(installation):
    listed = installation.dogear("notifications", "list", "--unread").stdout
    assert listed.count("  new  example.org") == 3
    assert "  New comment on /a\n  https://example.org/a\n" in listed
    first = listed.split()[0]
    assert installation.dogear("notifications", "read", first).stdout == "1 marked as read.\n"
    assert first not in installation.dogear("notifications", "list", "--unread").stdout
    assert first in installation.dogear("notifications", "list", "--site", "example.org").stdout
    assert installation.dogear("notifications", "read", "--all").stdout == "2 marked as read.\n"
    assert installation.dogear("notifications", "list", "--unread").stdout == "There is nothing new for ada.\n"
    assert "nothing for bob" in installation.dogear("notifications", "list", "--user-code", "bob").stdout
    done = installation.dogear("notifications", "read", first, "--user-code", "bob", check=False)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert f"bob has no notification {first}" in done.stderr


def test_channels(installation):
    def channel(*arguments: str, check: bool = True) -> str:
        done = installation.dogear("notifications", "channel", *arguments, check=check)
        return done.stdout + done.stderr

    assert channel("list") == "in_app: everything\n"
    said = channel("add", "email", "ada@example.org", "--type", "comment", "--type", "reply")
    assert said == "ada is notified by email.\nNothing is sent by it before DOGEAR_SMTP_URL is set.\n"
    channel("add", "webhook", "https://example.org/hooks?key=hunter2")
    assert channel("list") == (
        "in_app: everything\nemail ada@example.org: comment, reply\nwebhook https://example.org/hooks: everything\n"
    )
    channel("remove", "email")
    assert "ada has no channel 'email'" in channel("remove", "email", check=False)
    for wrong, error in [
        (["add", "pigeon", "x"], "There is no channel 'pigeon'"),
        (["add", "email"], "email needs an address"),
        (["add", "in_app", "x"], "in_app has no address"),
        (["add", "in_app", "--type", "page_view"], "There is no type 'page_view'"),
        (["add", "webhook", "ftp://example.org"], "must begin with https://"),
    ]:
        assert error in channel(*wrong, check=False)


@pytest.mark.parametrize("command", ["", "list", "read", "channel", "channel add", "channel list", "channel remove"])
def test_help_has_examples(tmp_path, command):
    done = run_dogear({"DOGEAR_HOME": str(tmp_path / "unused")}, "notifications", *command.split(), "--help")
    assert "Usage: dogear notifications" in done.stdout
    assert "Example" in done.stdout
