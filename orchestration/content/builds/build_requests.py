"""A new commit asks the site's host, by a webhook, to build it: once for each commit, and only if the sync stands."""

import hashlib
import json
import math
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import psycopg
from psycopg.types.json import Jsonb
from pydantic import SecretStr

from orchestration.content.builds.build_outbox import (
    BuildRequest,
    claim,
    mark_abandoned,
    note_problem,
    record,
    supersede,
    waiting,
)
from orchestration.errors import DogearError
from orchestration.resources.postgres import connect
from orchestration.webhooks.delivery import TIMEOUTS, Timeouts, deliver
from orchestration.webhooks.signing import signing_key

SECRET_VARIABLE = "DOGEAR_BUILD_WEBHOOK_SECRET"  # noqa: S105 - the name of it
MOST_ATTEMPTS = 6
LONGEST_RETRY_AFTER = 15 * 60


@dataclass(frozen=True)
class BuildsSummary:
    """How many were sent, were given up, and went out without anybody knowing whether they came; and how many wait.

    ``problem`` is what keeps all of them waiting, if something does.
    """

    sent: int = 0
    waiting: int = 0
    failed: int = 0
    unknown: int = 0
    problem: str | None = None


def request_build(
    connection: psycopg.Connection, site: str, user_code: str, commit_hash: str, url: str, changes: Mapping[str, int]
) -> bool:
    """Ask for a build in the caller's transaction; False where this commit was asked for before.

    One that was superseded, and so never delivered, may be asked for again: the branch went back to it.
    """
    asked = connection.execute(
        "insert into content.build_requests as requests (site, commit_hash, user_code, url, documents) "
        "values (%s, %s, %s, %s, %s) on conflict (site, commit_hash) do update set user_code = excluded.user_code, "
        "url = excluded.url, documents = excluded.documents, requested_at = excluded.requested_at, state = 'pending', "
        "attempts = 0 where requests.state = 'superseded'",
        [site, commit_hash, user_code, url, Jsonb(dict(changes))],
    ).rowcount
    supersede(connection, site)
    return asked == 1


def utc_now() -> datetime:
    return datetime.now(UTC)


def send_builds(
    database_url: str,
    secret: SecretStr | None,
    site: str | None = None,
    *,
    patience: float = 10,
    timeouts: Timeouts = TIMEOUTS,
    wait: Callable[[float], None] = time.sleep,
    now: Callable[[], datetime] = utc_now,
) -> BuildsSummary:
    """Send what is due, of one site or of all, and wait for further attempts, up to ``patience`` seconds in all.

    What waits longer is for the next call. Without a secret nothing is sent.
    """
    problem = None
    with connect(database_url) as connection, connect(database_url) as holder:
        # What the table says of a request must be there for others before it is on its way.
        connection.autocommit = True
        holder.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
        states = Counter(unknown=mark_abandoned(connection, site))
        try:
            key = signing_key(secret, SECRET_VARIABLE)
        except DogearError as error:
            problem = str(error)
            note_problem(connection, site, problem)
        else:
            states.update(send_due(connection, holder, site, key, timeouts, now))
            while (pause := pause_before_next(connection, site, now())) <= patience:
                wait(pause)
                patience -= pause
                states.update(send_due(connection, holder, site, key, timeouts, now))
        left, _ = waiting(connection, site, now())
    return BuildsSummary(states["sent"], left, states["failed"], states["unknown"], problem)


def send_due(
    connection: psycopg.Connection,
    holder: psycopg.Connection,
    site: str | None,
    key: bytes,
    timeouts: Timeouts,
    now: Callable[[], datetime],
) -> Iterator[str]:
    """Send what is due, one by one; yields the state in which each is then."""
    while request := claim(connection, holder, site, now()):
        delivery = deliver(request.url, key, message_id(request), message(request), now(), timeouts)
        state, at = str(delivery.outcome), now()
        next_attempt_at = None
        if state == "refused" and request.attempts < MOST_ATTEMPTS:
            state = "pending"
            next_attempt_at = at + timedelta(seconds=delay(request.attempts, delivery.retry_after, at))
        elif state == "refused":
            state = "failed"
            delivery = replace(delivery, error=f"{delivery.error} (given up after {request.attempts} attempts)")
        record(connection, holder, request, delivery, state, at, next_attempt_at)
        yield state


def pause_before_next(connection: psycopg.Connection, site: str | None, now: datetime) -> float:
    """Seconds until the next attempt of what waits; infinite where nothing does."""
    _, next_attempt_at = waiting(connection, site, now)
    return (next_attempt_at - now).total_seconds() if next_attempt_at else math.inf


def builds_due(database_url: str) -> dict[str, str]:
    """Sites for which something is to be sent now, each with a text that is another one for each attempt."""
    question = """
        select site, string_agg(commit_hash || ' ' || attempts, ', ' order by commit_hash)
        from content.build_requests
        where (state = 'pending' and coalesce(next_attempt_at <= now(), true)) or state = 'sending'
        group by site
    """
    with connect(database_url) as connection:
        return dict(connection.execute(question).fetchall())


def message_id(request: BuildRequest) -> str:
    """The same for each attempt, so that a receiver can tell a repetition."""
    return "msg_" + hashlib.sha256(f"{request.site}\n{request.commit_hash}".encode()).hexdigest()[:32]


def message(request: BuildRequest) -> bytes:
    """The body, the same for each attempt too; its timestamp is when the build was asked for."""
    asked = request.requested_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    data = {"site": request.site, "commit": request.commit_hash, "changes": request.documents}
    return json.dumps({"type": "content.synced", "timestamp": asked, "data": data}, separators=(",", ":")).encode()


def delay(attempts: int, retry_after: str | None, now: datetime) -> float:
    """Seconds until the next attempt: about 1, 4, 16, 64, 256; longer where the receiver says so."""
    backoff = 4 ** (attempts - 1) * random.uniform(0.75, 1.25)  # noqa: S311 - spreads load, guards nothing
    return max(backoff, min(seconds_of(retry_after or "", now), LONGEST_RETRY_AFTER))


def seconds_of(retry_after: str, now: datetime) -> float:
    """A Retry-After header in seconds: a number, or a date (RFC 9110, 10.2.3); 0 where it is neither."""
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after)
    try:
        at = parsedate_to_datetime(retry_after)
        return (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()
    except (ValueError, OverflowError):
        return 0
