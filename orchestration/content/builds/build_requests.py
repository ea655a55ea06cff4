"""A new commit asks the site's host, by a webhook, to build it: once for each commit, and only if the sync stands."""

import hashlib
import json
import math
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
from psycopg.types.json import Jsonb
from pydantic import SecretStr

from orchestration.content.builds.build_outbox import (
    ABANDONED,
    DUE,
    LONGEST_ATTEMPT,
    BuildOutbox,
    BuildRequest,
    supersede,
)
from orchestration.errors import DogearError
from orchestration.resources.postgres import connect
from orchestration.webhooks.delivery import TIMEOUTS, Delivery, Timeouts, deliver
from orchestration.webhooks.outbox import Retries, send_due, utc_now
from orchestration.webhooks.signing import signing_key

SECRET_VARIABLE = "DOGEAR_BUILD_WEBHOOK_SECRET"  # noqa: S105 - the name of it
# After about 1, 4, 16, 64 and 256 seconds.
RETRIES = Retries(most_attempts=6, first_pause=1, growth=4)


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
    with connect(database_url) as connection:
        connection.autocommit = True
        outbox = BuildOutbox(connection, site)
        states = Counter[str](unknown=outbox.mark_abandoned(now()))
        try:
            key = signing_key(secret, SECRET_VARIABLE)
        except DogearError as error:
            problem = str(error)
            outbox.note_problem(problem)
        else:

            def send(request: BuildRequest) -> Delivery:
                return deliver(request.url, key, message_id(request), message(request), now(), timeouts)

            pause = 0.0
            while pause <= patience:
                wait(pause)
                patience -= pause
                states.update(send_due(outbox, send, RETRIES, now))
                at = now()
                _, next_attempt_at = outbox.waiting(at)
                pause = (next_attempt_at - at).total_seconds() if next_attempt_at else math.inf
        left, _ = outbox.waiting(now())
    return BuildsSummary(states["sent"], left, states["failed"], states["unknown"], problem)


def builds_due(database_url: str, now: datetime) -> dict[str, str]:
    """Return the sites for which something is to be done now, each with a text that is another one for each attempt."""
    question = f"""
        select site, string_agg(commit_hash || ' ' || attempts, ', ' order by commit_hash)
        from content.build_requests
        where ({DUE}) or ({ABANDONED})
        group by site
    """  # noqa: S608 - our own conditions
    with connect(database_url) as connection:
        return dict(connection.execute(question.encode(), {"now": now, "longest": LONGEST_ATTEMPT}).fetchall())


def message_id(request: BuildRequest) -> str:
    """Return the same for each attempt, so that a receiver can tell a repetition."""
    return "msg_" + hashlib.sha256(f"{request.site}\n{request.commit_hash}".encode()).hexdigest()[:32]


def message(request: BuildRequest) -> bytes:
    """Return the body, the same for each attempt too; its timestamp is when the build was asked for."""
    asked = request.requested_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    data = {"site": request.site, "commit": request.commit_hash, "changes": request.documents}
    return json.dumps({"type": "content.synced", "timestamp": asked, "data": data}, separators=(",", ":")).encode()
