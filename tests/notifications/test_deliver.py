"""Notifications out, by real servers; whatever happens on the way, nothing goes out twice."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from pydantic import SecretStr
from standardwebhooks import Webhook

from orchestration.notifications.channels import add_channel, remove_channel
from orchestration.notifications.deliver import DeliveriesSummary, any_to_deliver, deliver_due
from orchestration.notifications.webhook_channel import webhook_channel
from orchestration.webhooks.delivery import Delivery

SECRET = "whsec_YSBrZXkgb2YgdHdlbnR5LWZvdXIgYnl0ZQ=="
COMMENT = ("comment", {})


@pytest.fixture
def by_mail(database_url, mail_server, clock):
    """The owner is notified by e-mail; return the function that delivers."""
    add_channel(database_url, "ada", "email", "ada@example.org", [])
    return lambda: deliver_due(database_url, {"email": mail_server.channel()}, clock.now)


@pytest.fixture
def by_webhook(database_url, receiver, clock):
    add_channel(database_url, "ada", "webhook", receiver.url, [])
    return lambda: deliver_due(database_url, {"webhook": webhook_channel(SecretStr(SECRET))}, clock.now)


def test_a_comment_goes_out_by_mail_once(happen, make, by_mail, mail_server, rows, attempts):
    happen(COMMENT)
    make()
    assert by_mail() == DeliveriesSummary(sent=1)
    assert by_mail() == DeliveriesSummary()
    (mail,) = mail_server.received
    assert (mail["To"], mail["From"], mail["Subject"]) == (
        "ada@example.org",
        "dogear@example.net",
        "New comment on /blog/why-b",
    )
    assert mail.get_content().splitlines()[-1] == "https://example.org/blog/why-b"
    (attempt,) = attempts()
    assert (attempt["channel"], attempt["attempt"], attempt["outcome"], attempt["reason"]) == ("email", 1, "sent", None)
    assert attempt["finished_at"] is not None
    assert rows("select is_sent, deliver_at from ops.notifications") == [{"is_sent": True, "deliver_at": None}]


def test_likes_of_an_hour_are_one_mail_when_the_hour_is_over(happen, make, by_mail, mail_server, clock):
    happen(("like", {"visitor_id": "a"}))
    make()
    assert by_mail() == DeliveriesSummary()
    happen(("like", {"visitor_id": "b"}))
    make()
    clock.wait(hours=1)
    assert by_mail() == DeliveriesSummary(sent=1)
    assert [mail["Subject"] for mail in mail_server.received] == ["2 likes of /blog/why-b"]


def test_a_webhook_is_signed_and_knows_the_account(happen, make, by_webhook, receiver, rows):
    happen(("comment", {"account_id": "4711", "properties": {"comment_id": "c1"}}))
    happen(("comment", {"account_id": "13", "properties": {"parent_comment_id": "c1"}}))
    make()
    assert by_webhook() == DeliveriesSummary(sent=3)
    messages = [Webhook(SECRET).verify(body.decode(), dict(headers)) for headers, body in receiver.received]
    assert len({headers["webhook-id"] for headers, _ in receiver.received}) == 3
    (answer,) = [message for message in messages if message["type"] == "notification.reply"]
    assert answer["data"]["account_id"] == "4711"
    assert answer["data"]["title"] == "Reply to your comment on /blog/why-b"


def test_what_is_refused_for_now_is_tried_three_times(happen, make, by_mail, mail_server, attempts, clock, rows):
    mail_server.answers = ["451 4.3.0 ada@example.org must wait", "421 4.3.2 later", "450 4.2.0 not yet"]
    happen(COMMENT)
    make()
    assert by_mail() == DeliveriesSummary(refused=1)
    assert by_mail() == DeliveriesSummary()
    clock.wait(seconds=76)
    assert by_mail() == DeliveriesSummary(refused=1)
    clock.wait(seconds=76)
    assert by_mail() == DeliveriesSummary()
    clock.wait(seconds=300)
    assert by_mail() == DeliveriesSummary(failed=1)
    clock.wait(days=1)
    assert by_mail() == DeliveriesSummary()
    server = f"127.0.0.1:{mail_server.port}"
    assert [(row["attempt"], row["outcome"], row["reason"]) for row in attempts()] == [
        (1, "failed", f"{server} answered 451 4.3.0"),
        (2, "failed", f"{server} answered 421 4.3.2"),
        (3, "failed", f"{server} answered 450 4.2.0"),
    ]
    assert rows("select is_sent, deliver_at from ops.notifications") == [{"is_sent": False, "deliver_at": None}]


@pytest.mark.parametrize("step", ["answers", "recipient_answers"])
def test_what_is_refused_for_good_is_not_tried_again(happen, make, by_mail, mail_server, attempts, clock, step):
    setattr(mail_server, step, ["550 5.1.1 <ada@example.org> is not here"])
    happen(COMMENT)
    make()
    assert by_mail() == DeliveriesSummary(failed=1)
    clock.wait(hours=1)
    assert by_mail() == DeliveriesSummary()
    assert [row["reason"] for row in attempts()] == [f"127.0.0.1:{mail_server.port} answered 550 5.1.1"]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [((429, {"Retry-After": "600"}), "refused"), ((503, {}), "refused"), ((404, {}), "failed"), ((302, {}), "failed")],
)
def test_a_webhook_may_be_refused(happen, make, by_webhook, receiver, attempts, clock, answer, outcome):
    receiver.answers = [answer]
    happen(COMMENT)
    make()
    assert by_webhook() == DeliveriesSummary(**{outcome: 1})
    clock.wait(seconds=599)
    again = 0 if outcome == "failed" or answer[1] else 1
    assert by_webhook() == DeliveriesSummary(sent=again)
    (first, *_) = attempts()
    assert "abcdefgh" not in first["reason"]


def test_a_server_that_is_down_is_tried_again(happen, make, make_mail_server, database_url, attempts, clock):
    add_channel(database_url, "ada", "email", "ada@example.org", [])
    server = make_mail_server(start=False)
    happen(COMMENT)
    make()
    assert deliver_due(database_url, {"email": server.channel()}, clock.now) == DeliveriesSummary(refused=1)
    assert attempts()[0]["reason"] == f"127.0.0.1:{server.port}: Connection refused"
    server.controller.start()
    clock.wait(seconds=76)
    assert deliver_due(database_url, {"email": server.channel()}, clock.now) == DeliveriesSummary(sent=1)


def test_no_answer_in_time_is_unknown_and_not_repeated(
    happen, make, by_mail, mail_server, database_url, attempts, clock
):
    mail_server.may_answer.clear()
    happen(COMMENT)
    make()
    slow = {"email": mail_server.channel(whole=0.5)}
    assert deliver_due(database_url, slow, clock.now) == DeliveriesSummary(unknown=1)
    mail_server.may_answer.set()
    clock.wait(days=1)
    assert by_mail() == DeliveriesSummary()
    assert [(row["outcome"], row["finished_at"] is None) for row in attempts()] == [("unknown", False)]


def test_a_deliverer_that_is_killed_leaves_one_unknown_attempt_and_no_second_mail(
    happen, make, by_mail, mail_server, database_url, attempts, clock, rows
):
    mail_server.may_answer.clear()
    happen(COMMENT)
    make()
    program = (
        "import sys; from pydantic import SecretStr; "
        "from orchestration.notifications.deliver import deliver_due; "
        "from orchestration.notifications.email_channel import EmailChannel; "
        "from orchestration.notifications.smtp_server import smtp_server; "
        "deliver_due(sys.argv[1], {'email': EmailChannel(smtp_server(SecretStr(sys.argv[2])), 'dogear@example.net')})"
    )
    arguments = [sys.executable, "-c", program, database_url, mail_server.url().get_secret_value()]
    with subprocess.Popen(arguments) as deliverer:
        assert mail_server.arrived.wait(30)
        assert by_mail() == DeliveriesSummary(), "another is at it"
        deliverer.kill()
    mail_server.may_answer.set()
    clock.wait(days=1)
    assert by_mail() == DeliveriesSummary()
    assert [(row["outcome"], row["finished_at"], row["reason"]) for row in attempts()] == [("unknown", None, None)]
    assert len(mail_server.received) <= 1
    assert rows("select is_sent, deliver_at from ops.notifications") == [{"is_sent": False, "deliver_at": None}]


def test_four_deliverers_at_once_send_each_once(happen, make, by_mail, mail_server, attempts):
    happen(*(12 * [COMMENT]))
    make()
    with ThreadPoolExecutor(4) as pool:
        summaries = [future.result() for future in [pool.submit(by_mail) for _ in range(4)]]
    assert sum(summary.sent for summary in summaries) == 12
    assert len({mail["Message-ID"] for mail in mail_server.received}) == len(mail_server.received) == 12
    assert len(attempts()) == 12


def test_one_channel_does_not_wait_for_the_other(happen, make, by_mail, by_webhook, receiver, mail_server, clock, rows):
    mail_server.answers = ["451 later"]
    happen(COMMENT)
    make()
    assert by_mail() == DeliveriesSummary(refused=1)
    assert by_webhook() == DeliveriesSummary(sent=1)
    assert rows("select is_sent from ops.notifications") == [{"is_sent": False}]
    clock.wait(seconds=76)
    assert by_webhook() == DeliveriesSummary()
    assert by_mail() == DeliveriesSummary(sent=1)
    assert rows("select is_sent from ops.notifications") == [{"is_sent": True}]


def test_what_has_expired_or_lost_its_channel_is_not_sent(
    happen, make, by_mail, mail_server, clock, database_url, rows
):
    happen(COMMENT)
    make()
    remove_channel(database_url, "ada", "email")
    assert not any_to_deliver(database_url, {"email": mail_server.channel()}, clock.now())
    assert by_mail() == DeliveriesSummary()
    add_channel(database_url, "ada", "email", "ada@example.org", [])
    assert any_to_deliver(database_url, {"email": mail_server.channel()}, clock.now())
    assert not any_to_deliver(database_url, {}, clock.now())
    clock.wait(days=30)
    assert by_mail() == DeliveriesSummary(expired=1)
    assert mail_server.received == []
    assert rows("select deliver_at from ops.notifications") == [{"deliver_at": None}]


def test_a_channel_that_breaks_down_stops_nothing_and_repeats_nothing(
    happen, make, by_mail, attempts, clock, database_url
):
    class Broken:
        def send(self, notification) -> Delivery:
            raise KeyError(notification.address)

    happen(COMMENT, COMMENT)
    make()
    assert deliver_due(database_url, {"email": Broken()}, clock.now) == DeliveriesSummary(unknown=2)
    clock.wait(days=1)
    assert by_mail() == DeliveriesSummary()
    assert [row["reason"] for row in attempts()] == 2 * ["the channel broke down: KeyError"]


def test_a_body_is_the_same_each_time(happen, make, by_webhook, receiver, clock):
    receiver.answers = [(503, {})]
    happen(COMMENT)
    make()
    by_webhook()
    clock.wait(seconds=76)
    assert by_webhook() == DeliveriesSummary(sent=1)
    (first, again) = receiver.received
    assert first[1] == again[1]
    assert first[0]["webhook-id"] == again[0]["webhook-id"]
