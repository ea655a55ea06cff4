"""Requests in, what a real web server receives out. The clock is the test's own: waiting moves it on."""

import base64
import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from pydantic import SecretStr
from standardwebhooks import Webhook

from orchestration.content.builds.build_requests import (
    SECRET_VARIABLE,
    BuildsSummary,
    builds_due,
    request_build,
    send_builds,
)
from orchestration.content.sites import Site, remove_site, save_site
from orchestration.errors import DogearError
from orchestration.webhooks.delivery import Timeouts
from orchestration.webhooks.signing import check_webhook_url

SECRET = "whsec_" + base64.b64encode(b"a key of twenty-four byte").decode()
KEY_IN_URL = "key=abcdefgh12345678"
CHANGES = {"added": 1, "changed": 2, "removed": 0}


class Receiver(ThreadingHTTPServer):
    """A site's host. It refuses connections until it is opened, and answers as ``answers`` say, else 200."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler, bind_and_activate=False)
        self.server_bind()
        self.url = f"http://127.0.0.1:{self.server_port}/hooks/build?{KEY_IN_URL}"
        self.answers: list[tuple[int, dict[str, str], bytes]] = []
        self.received: list[tuple[dict[str, str], bytes]] = []
        self.arrived = Event()
        self.may_answer = Event()
        self.may_answer.set()

    def open(self) -> None:
        self.server_activate()
        Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def commits(self) -> list[str]:
        return [json.loads(body)["data"]["commit"] for _, body in self.received]


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        server = self.server
        server.received.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
        server.arrived.set()
        server.may_answer.wait(30)
        status, headers, body = server.answers.pop(0) if server.answers else (200, {}, b"")
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Clock:
    def __init__(self) -> None:
        self.time = datetime.now(UTC)

    def now(self) -> datetime:
        return self.time

    def wait(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def closed_receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        yield server
        server.may_answer.set()


@pytest.fixture
def receiver(closed_receiver: Receiver) -> Iterator[Receiver]:
    closed_receiver.open()
    yield closed_receiver
    closed_receiver.may_answer.set()
    closed_receiver.shutdown()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ask(database_url):
    """Ask for a build in a transaction of its own."""

    def ask(receiver: Receiver, commit: str = "c1", site: str = "example.org") -> bool:
        with psycopg.connect(database_url) as connection:
            return request_build(connection, site, "ada", commit, receiver.url, CHANGES)

    return ask


@pytest.fixture
def send(database_url, clock):
    def send(secret: str | None = SECRET, **options) -> BuildsSummary:
        key = None if secret is None else SecretStr(secret)
        return send_builds(database_url, key, wait=clock.wait, now=clock.now, **options)

    return send


@pytest.fixture
def row(database_url):
    def row(commit: str = "c1", site: str = "example.org") -> Any:
        """The row of the commit; None where there is none."""
        with psycopg.Connection[dict].connect(database_url, row_factory=dict_row) as connection:
            return connection.execute(
                "select * from content.build_requests where commit_hash = %s and site = %s", [commit, site]
            ).fetchone()

    return row


@pytest.mark.parametrize("secret", [SECRET, "any text, with ümlauts"])
def test_what_is_sent_is_signed_as_standard_webhooks_are(ask, send, row, receiver, secret, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # nobody listens: the way there is direct
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    ask(receiver)
    assert send(secret) == BuildsSummary(sent=1)
    [(headers, body)] = receiver.received
    verifier = Webhook(secret if secret == SECRET else secret.encode())
    said = verifier.verify(body, headers)
    assert said.pop("timestamp").endswith("Z")
    assert said == {
        "type": "content.synced",
        "data": {"site": "example.org", "commit": "c1", "changes": CHANGES},
    }
    assert (headers["Content-Type"], headers["User-Agent"]) == ("application/json", "Dogear")
    assert (row()["state"], row()["response_status"], row()["attempts"]) == ("sent", 200, 1)
    assert row()["sent_at"] is not None


def test_a_commit_is_asked_for_and_sent_once(ask, send, receiver):
    assert [ask(receiver), ask(receiver), ask(receiver, site="other.example")] == [True, False, True]
    assert send(site="example.org") == BuildsSummary(sent=1)
    assert not ask(receiver)
    assert send() == BuildsSummary(sent=1)
    first, second = receiver.received
    assert first[0]["webhook-id"] != second[0]["webhook-id"]


def test_two_at_once_send_once(ask, send, receiver):
    ask(receiver)
    receiver.may_answer.clear()
    with ThreadPoolExecutor() as pool:
        both = [pool.submit(send), pool.submit(send)]
        [idle], [busy] = wait(both, return_when=FIRST_COMPLETED)
        assert idle.result() == BuildsSummary()
        receiver.may_answer.set()
        assert busy.result() == BuildsSummary(sent=1)
    assert len(receiver.received) == 1


def test_a_receiver_that_is_busy_is_asked_again(ask, send, row, receiver):
    ask(receiver)
    receiver.answers = [(503, {}, b"deploying"), (429, {}, b"")]
    assert send() == BuildsSummary(sent=1)
    assert len({headers["webhook-id"] for headers, _ in receiver.received}) == 1
    assert len({body for _, body in receiver.received}) == 1
    assert (row()["attempts"], row()["last_error"]) == (3, None)


def test_six_attempts_are_all(ask, send, row, receiver, clock):
    ask(receiver)
    receiver.answers = 10 * [(500, {}, b"<h1>No\x00 luck</h1>\n")]
    begun = clock.now()
    assert send(patience=10) == BuildsSummary(waiting=1)
    assert row()["attempts"] == 3
    assert send(patience=10) == BuildsSummary(waiting=1)  # the fourth is not due
    assert send(patience=1000) == BuildsSummary(failed=1)
    assert len(receiver.received) == 6
    assert 0.75 * 341 <= (clock.now() - begun).total_seconds() <= 1.25 * 341  # 1 + 4 + 16 + 64 + 256
    assert row()["last_error"].endswith("/hooks/build answered 500: <h1>No luck</h1> (given up after 6 attempts)")
    assert KEY_IN_URL not in row()["last_error"]
    assert not ask(receiver)


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [("120", 120), ("in 2 minutes", 120), ("9" * 5000, 900), ("-5", 1), ("soon", 1), ("٣", 1), ("", 1)],
)
def test_the_receiver_may_say_when(ask, send, row, receiver, clock, retry_after, seconds):
    ask(receiver)
    if retry_after == "in 2 minutes":
        retry_after = format_datetime(clock.now() + timedelta(minutes=2), usegmt=True)
    receiver.answers = [(503, {"Retry-After": retry_after.encode().decode("latin-1")}, b"")]
    assert send(patience=0) == BuildsSummary(waiting=1)
    waits = (row()["next_attempt_at"] - clock.now()).total_seconds()
    assert waits == pytest.approx(seconds, abs=1 if seconds > 1 else 0.25)
    clock.wait(waits - 0.1)
    assert send(patience=0) == BuildsSummary(waiting=1)
    clock.wait(0.1)
    assert send(patience=0) == BuildsSummary(sent=1)


def test_a_receiver_that_is_down_is_asked_when_it_is_up(ask, send, row, closed_receiver, clock):
    ask(closed_receiver)
    assert send(patience=0) == BuildsSummary(waiting=1)
    assert row()["last_error"] == f"{closed_receiver.url.partition('?')[0]}: Connection refused"
    closed_receiver.open()
    clock.wait(2)
    assert send(patience=0) == BuildsSummary(sent=1)
    closed_receiver.shutdown()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((400, {}, b"cannot POST /?" + KEY_IN_URL.encode() + b" " + 500 * b"x"), "answered 400: cannot POST /?… xxx"),
        ((404, {}, b"\xff\x00" + b"y" * 100_000), "answered 404: \ufffd yyy"),
        ((410, {"Content-Encoding": "gzip"}, b""), "answered 410: (nothing)"),
        ((308, {"Location": "https://ada:pw@new.example/x?key=1"}, b""), "perhaps https://new.example/x"),
        (
            (301, {"Location": "http://[oops", "Content-Length": "9" * 12}, b""),
            "answered 301: redirects are not followed",
        ),
    ],
)
def test_what_would_be_refused_again_fails_at_once(ask, send, row, receiver, answer, error):
    ask(receiver)
    receiver.answers = [answer]
    assert send() == BuildsSummary(failed=1)
    assert send() == BuildsSummary()
    assert (row()["state"], row()["response_status"], len(receiver.received)) == ("failed", answer[0], 1)
    assert error in row()["last_error"]
    assert KEY_IN_URL not in row()["last_error"]
    assert len(row()["last_error"]) < 300


@pytest.mark.parametrize("timeouts", [Timeouts(read=0.3), Timeouts(whole=0.5)])
def test_where_no_answer_comes_nobody_sends_again(ask, send, row, receiver, clock, timeouts):
    ask(receiver)
    receiver.may_answer.clear()
    assert send(timeouts=timeouts) == BuildsSummary(unknown=1)
    receiver.may_answer.set()
    clock.wait(3600)
    assert send() == BuildsSummary()
    assert not ask(receiver)
    assert (row()["state"], len(receiver.received)) == ("unknown", 1)


def test_a_sender_that_is_killed_leaves_it_unknown(ask, send, row, receiver, database_url, clock):
    ask(receiver)
    receiver.may_answer.clear()
    program = (
        "import sys; from pydantic import SecretStr; "
        "from orchestration.content.builds.build_requests import send_builds; "
        "send_builds(sys.argv[1], SecretStr(sys.argv[2]))"
    )
    with subprocess.Popen([sys.executable, "-c", program, database_url, SECRET]) as sender:
        assert receiver.arrived.wait(20)
        assert send() == BuildsSummary()
        assert (row()["state"], builds_due(database_url, clock.now())) == ("sending", {})
        sender.kill()
    receiver.may_answer.set()
    clock.wait(180)  # longer than any attempt may last
    assert builds_due(database_url, clock.now()) == {"example.org": "c1 1"}
    assert send() == BuildsSummary(unknown=1)
    assert send() == BuildsSummary()
    assert (row()["state"], len(receiver.received)) == ("unknown", 1)


def test_an_outcome_that_comes_late_still_counts(ask, send, row, receiver, clock):
    ask(receiver)
    receiver.may_answer.clear()
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(send)
        assert receiver.arrived.wait(20)
        clock.wait(180)
        assert send() == BuildsSummary(unknown=1)
        receiver.may_answer.set()
        assert slow.result() == BuildsSummary(sent=1)
    assert (row()["state"], len(receiver.received)) == ("sent", 1)


def test_a_slow_host_keeps_no_site_from_being_removed_and_added_again(ask, send, row, receiver, database_url):
    save_site(database_url, Site("example.org", "ada"))
    ask(receiver)
    receiver.may_answer.clear()
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(send)
        assert receiver.arrived.wait(20)
        remove_site(f"{database_url}&options=-clock_timeout%3D2s", "example.org")
        assert ask(receiver)
        receiver.may_answer.set()
        assert slow.result() == BuildsSummary(sent=2)
    assert (row()["state"], row()["attempts"], len(receiver.received)) == ("sent", 1, 2)


def test_what_the_sync_takes_back_was_never_asked_for(ask, send, row, receiver, database_url):
    ask(receiver, "c1")
    with psycopg.connect(database_url) as connection:
        assert request_build(connection, "example.org", "ada", "c2", receiver.url, CHANGES)
        # While the sync is at it, its rows are neither seen nor waited for.
        assert send(None).waiting == 1
        assert send() == BuildsSummary(waiting=1)
        connection.rollback()
    assert (row("c1")["state"], row("c2")) == ("pending", None)
    assert send() == BuildsSummary(sent=1)
    assert receiver.commits() == ["c1"]


def test_only_the_newest_commit_is_sent_and_a_branch_may_go_back(ask, send, row, receiver):
    receiver.answers = [(503, {}, b"")]
    ask(receiver, "c1")
    assert send(patience=0) == BuildsSummary(waiting=1)
    for commit in ("c2", "c3"):
        ask(receiver, commit)
    ask(receiver, "c1", site="other.example")
    assert [row(commit)["state"] for commit in ("c1", "c2", "c3")] == ["superseded", "superseded", "pending"]
    assert send() == BuildsSummary(sent=2)
    assert receiver.commits() == ["c1", "c3", "c1"]
    assert [ask(receiver, "c3"), ask(receiver, "c2")] == [False, True]
    assert send() == BuildsSummary(sent=1)
    assert receiver.commits()[-1] == "c2"


@pytest.mark.parametrize("secret", [None, "", "whsec_", "whsec_not base64"])
def test_without_a_secret_nothing_is_sent_until_there_is_one(ask, send, row, receiver, secret):
    ask(receiver)
    done = send(secret)
    assert (done.sent, done.waiting) == (0, 1)
    assert "DOGEAR_BUILD_WEBHOOK_SECRET" in done.problem
    assert (row()["last_error"], row()["attempts"]) == (done.problem, 0)
    assert send() == BuildsSummary(sent=1)
    assert row()["last_error"] is None
    assert SECRET.removeprefix("whsec_") not in str(row())


def test_an_address_that_cannot_be_used_stops_nothing(ask, send, row, receiver, database_url):
    for url in ("http://a..b/", "http://[::1", "nowhere", "http://127.0.0.1:99999/"):
        with psycopg.connect(database_url) as connection:
            request_build(connection, url, "ada", "c1", url, CHANGES)
    ask(receiver)
    assert send(patience=0) == BuildsSummary(sent=1, failed=4)
    assert row(site="nowhere")["last_error"]


@pytest.mark.parametrize("url", ["https://example.org/hooks?key=1", "http://localhost:8080", "HTTPS://[::1]/x"])
def test_where_a_webhook_may_go(url):
    assert check_webhook_url(url, SECRET_VARIABLE) == url


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("ftp://example.org/", "must begin with https://"),
        ("file:///etc/passwd", "must begin with https://"),
        ("", "must begin with https://"),
        ("https:///hooks", "must begin with https://"),
        ("https://example.org/a b", "must begin with https://"),
        ("https://example.org\\@evil.example/", "must begin with https://"),
        ("https://example.org/\n", "must begin with https://"),
        ("https://example.org:99999/", "cannot be read"),
        ("https://[::1/", "cannot be read"),
        ("https://a..b/", "cannot be read"),
        ("https://ada:hunter2@example.org/x", "^https://example.org/x: .* DOGEAR_BUILD_WEBHOOK_SECRET"),
    ],
)
def test_where_no_webhook_may_go(url, error):
    with pytest.raises(DogearError, match=error) as raised:
        check_webhook_url(url, SECRET_VARIABLE)
    assert "hunter2" not in str(raised.value)
