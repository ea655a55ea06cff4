"""The rows of ``content.build_requests``: which are due, and how sending them went."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import psycopg
from psycopg.rows import class_row

from orchestration.webhooks.delivery import TIMEOUTS, Delivery

# An attempt that has no outcome after that has lost its sender.
LONGEST_ATTEMPT = timedelta(seconds=2 * TIMEOUTS.whole)
DUE = "state = 'pending' and coalesce(next_attempt_at <= %(now)s, true)"
ABANDONED = "state = 'sending' and last_attempt_at < %(now)s - %(longest)s"
# What others have locked, such as a sync that has not committed, is neither changed nor waited for.
CHANGE = """
    with wanted as materialized (
        select site, commit_hash
        from content.build_requests as requests
        where coalesce(site = %(site)s, true) and {wanted}
        for update skip locked
    )
    update content.build_requests as requests
    set {change}
    from wanted
    where (requests.site, requests.commit_hash) = (wanted.site, wanted.commit_hash)
    returning requests.site, requests.commit_hash, url, attempts as attempt, requested_at, documents
"""


@dataclass(frozen=True)
class BuildRequest:
    """One row that is being sent."""

    site: str
    commit_hash: str
    url: str = field(repr=False)
    attempt: int
    requested_at: datetime
    documents: dict[str, int]


def supersede(connection: psycopg.Connection, site: str | None) -> None:
    """What has not been sent, and is not the newest of its site, need not be sent any more."""
    wanted = """
        state = 'pending'
        and exists (
            select from content.build_requests as newer
            where newer.site = requests.site and newer.requested_at > requests.requested_at
        )
    """
    change = "state = 'superseded', next_attempt_at = null"
    connection.execute(CHANGE.format(wanted=wanted, change=change).encode(), {"site": site})


@dataclass(frozen=True)
class BuildOutbox:
    """The requests of one site or of all, by a connection in autocommit."""

    connection: psycopg.Connection
    site: str | None

    def claim(self, now: datetime) -> BuildRequest | None:
        """Take one request that is due, the oldest first; it says ``sending`` from then on."""
        supersede(self.connection, self.site)
        change = "state = 'sending', attempts = attempts + 1, last_attempt_at = %(now)s, next_attempt_at = null"
        return self._change(f"{DUE} order by requested_at limit 1", change, {"now": now}).fetchone()

    def record(self, message: BuildRequest, delivery: Delivery, at: datetime, retry_at: datetime | None) -> None:
        """Write down how it went, unless the site was removed meanwhile."""
        state, error = str(delivery.outcome), delivery.error
        if retry_at:
            state = "pending"
        elif state == "refused":
            state, error = "failed", f"{error} (given up after {message.attempt} attempts)"
        self.connection.execute(
            "update content.build_requests set state = %s, response_status = %s, last_error = %s, sent_at = %s, "
            "next_attempt_at = %s where site = %s and commit_hash = %s and requested_at = %s",
            [
                *(state, delivery.status, error, at if state == "sent" else None, retry_at),
                *(message.site, message.commit_hash, message.requested_at),
            ],
        )

    def mark_abandoned(self, now: datetime) -> int:
        """Requests whose sender was stopped become ``unknown``; returns how many."""
        change = (
            "state = 'unknown', "
            "last_error = 'the sender was stopped while it sent; nobody knows whether the request arrived'"
        )
        return self._change(ABANDONED, change, {"now": now, "longest": LONGEST_ATTEMPT}).rowcount

    def note_problem(self, problem: str) -> None:
        """Say in all rows that wait what keeps them waiting."""
        wanted = "state = 'pending' and last_error is distinct from %(problem)s"
        self._change(wanted, "last_error = %(problem)s", {"problem": problem})

    def waiting(self, now: datetime) -> tuple[int, datetime | None]:
        """How many are to be sent yet, and when the next of them may be, after ``now``."""
        row = self.connection.execute(
            "select count(*), min(next_attempt_at) filter (where next_attempt_at > %(now)s) "
            "from content.build_requests where state = 'pending' and coalesce(site = %(site)s, true)",
            {"site": self.site, "now": now},
        ).fetchone()
        return row or (0, None)

    def _change(self, wanted: str, change: str, parameters: Mapping[str, object]) -> psycopg.Cursor[BuildRequest]:
        cursor = self.connection.cursor(row_factory=class_row(BuildRequest))
        return cursor.execute(CHANGE.format(wanted=wanted, change=change).encode(), {"site": self.site, **parameters})
