"""One delivery of one signed message (https://www.standardwebhooks.com), and what is known of it afterwards."""

import io
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from threading import Thread
from typing import TYPE_CHECKING, Literal

from orchestration.webhooks.signing import hide_query, signature, without_query

if TYPE_CHECKING:
    import requests

LONGEST_ANSWER = 4096
LONGEST_QUOTE = 200
# These, and errors of the server (5xx), may pass; any other refusal would be the same again.
REQUEST_TIMEOUT, TOO_MANY_REQUESTS = 408, 429

Outcome = Literal["sent", "refused", "failed", "unknown"]


@dataclass(frozen=True)
class Timeouts:
    """Seconds to connect, between two reads, and for all of a delivery: an answer may come byte by byte."""

    connect: float = 5
    read: float = 10
    whole: float = 60


TIMEOUTS = Timeouts()


@dataclass(frozen=True)
class Delivery:
    """How one attempt went.

    ``refused``: the receiver has not taken it, and may do so later, when ``retry_after`` (the header) says.
    ``failed``: it never will. ``unknown``: it may have taken it.
    """

    outcome: Outcome
    status: int | None = None
    error: str | None = None
    retry_after: str | None = None


def deliver(
    url: str, key: bytes, message_id: str, body: bytes, now: datetime, timeouts: Timeouts = TIMEOUTS
) -> Delivery:
    """POST ``body`` (JSON) once; ``now`` is the time that is signed."""
    timestamp = int(now.timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Dogear",
        "Accept-Encoding": "identity",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(key, message_id, timestamp, body),
    }
    try:
        return within(timeouts.whole, lambda: post(url, headers, body, timeouts))
    except TimeoutError:
        return Delivery("unknown", error=f"{without_query(url)}: no answer within {timeouts.whole:g} s")


def within(seconds: float, act: Callable[[], Delivery]) -> Delivery:
    """Return the result of ``act``. Raises TimeoutError, and leaves it running, if that takes longer."""
    done: Future[Delivery] = Future()

    def run() -> None:
        try:
            done.set_result(act())
        except BaseException as error:
            done.set_exception(error)

    Thread(target=run, name="webhook", daemon=True).start()
    return done.result(timeout=seconds)


def post(url: str, headers: dict[str, str], body: bytes, timeouts: Timeouts) -> Delivery:
    import requests
    from urllib3.exceptions import HTTPError

    from orchestration.webhooks.peers import CheckedPeers

    # It is read once the headers are out: while nobody has read it, nothing has been delivered.
    reader = io.BytesIO(body)
    # A session would read all of a redirect's answer, however long, and take proxies from the environment.
    with closing(CheckedPeers()) as adapter:
        try:
            request = requests.Request("POST", url, headers=headers, data=reader).prepare()
            answer = adapter.send(request, stream=True, timeout=(timeouts.connect, timeouts.read))
        except (OSError, HTTPError, ValueError) as error:
            reason = f"{without_query(url)}: {root_reason(error)}"
            if reader.tell() > 0:
                return Delivery("unknown", error=f"{reason}, after the request was sent")
            # An address that cannot be used is a ValueError.
            return Delivery("failed" if isinstance(error, ValueError) else "refused", error=reason)
        with answer:
            return judge(url, answer)


def judge(url: str, answer: "requests.Response") -> Delivery:
    status = answer.status_code
    if 200 <= status < 300:
        return Delivery("sent", status)
    said = f"{without_query(url)} answered {status}"
    if 300 <= status < 400:
        there = one_line(without_query(answer.headers.get("Location", "")))
        return Delivery("failed", status, f"{said}: redirects are not followed; name the final URL, perhaps {there}")
    error = f"{said}: {beginning(url, answer)}"
    if status in {REQUEST_TIMEOUT, TOO_MANY_REQUESTS} or 500 <= status < 600:
        return Delivery("refused", status, error, answer.headers.get("Retry-After"))
    return Delivery("failed", status, error)


def beginning(url: str, answer: "requests.Response") -> str:
    from urllib3.exceptions import HTTPError

    try:
        text = answer.raw.read1(LONGEST_ANSWER, decode_content=False).decode(errors="replace")
    except (OSError, HTTPError):
        text = ""
    return one_line(hide_query(text, url)) or "(nothing)"


def one_line(text: str) -> str:
    printable = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(printable.split())[:LONGEST_QUOTE]


def root_reason(error: BaseException) -> str:
    """Return what the system said; the errors above it quote the whole URL."""
    while cause := error.__cause__ or error.__context__:
        error = cause
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return getattr(error, "strerror", None) or type(error).__name__
