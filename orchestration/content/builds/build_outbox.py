"""The rows of ``content.build_requests`` while they are sent, each by one sender at a time.

Before anything goes out, the row says ``sending``, and the sender holds a lock of it that lets it be changed (KEY
SHARE), by the transaction of another connection. Where the row says so and nobody holds the lock, the sender died, and
the receiver may have the request or not.
"""

from dataclasses import dataclass, field
from datetime import datetime

import psycopg
from psycopg.rows import class_row

from orchestration.webhooks.delivery import Delivery


@dataclass(frozen=True)
class BuildRequest:
    """One row that is being sent; ``attempts`` counts this one too."""

    site: str
    commit_hash: str
    url: str = field(repr=False)
    attempts: int
    requested_at: datetime
    documents: dict[str, int]


def supersede(connection: psycopg.Connection, site: str | None) -> None:
    """What has not been sent, and is not the newest of its site, need not be sent any more."""
    connection.execute(
        """
        with older as (
            select site, commit_hash
            from content.build_requests as pending
            where
                state = 'pending'
                and coalesce(site = %(site)s, true)
                and exists (
                    select from content.build_requests as newer
                    where newer.site = pending.site and newer.requested_at > pending.requested_at
                )
            for update skip locked
        )
        update content.build_requests set state = 'superseded', next_attempt_at = null
        where (site, commit_hash) in (select site, commit_hash from older)
        """,
        {"site": site},
    )


def mark_abandoned(connection: psycopg.Connection, site: str | None) -> int:
    """Requests whose sender is gone become ``unknown``; returns how many."""
    return connection.execute(
        """
        with abandoned as materialized (
            select site, commit_hash
            from content.build_requests
            where state = 'sending' and coalesce(site = %(site)s, true)
            for update skip locked
        )
        update content.build_requests as requests
        set
            state = 'unknown',
            last_error = 'the sender was stopped while it sent; nobody knows whether the request arrived'
        from abandoned
        where (requests.site, requests.commit_hash) = (abandoned.site, abandoned.commit_hash)
        """,
        {"site": site},
    ).rowcount


def note_problem(connection: psycopg.Connection, site: str | None, problem: str) -> None:
    """Say in all rows that wait what keeps them waiting."""
    connection.execute(
        """
        with pending as (
            select site, commit_hash
            from content.build_requests
            where state = 'pending' and coalesce(site = %(site)s, true) and last_error is distinct from %(problem)s
            for update skip locked
        )
        update content.build_requests set last_error = %(problem)s
        where (site, commit_hash) in (select site, commit_hash from pending)
        """,
        {"site": site, "problem": problem},
    )


def claim(
    connection: psycopg.Connection, holder: psycopg.Connection, site: str | None, now: datetime
) -> BuildRequest | None:
    """Take one request that is due; it says ``sending``, and ``holder``'s transaction holds its lock, from then on."""
    supersede(connection, site)
    question = """
        select site, commit_hash
        from content.build_requests
        where
            state = 'pending'
            and coalesce(next_attempt_at <= %(now)s, true)
            and coalesce(site = %(site)s, true)
        order by requested_at
        limit 1
        for key share skip locked
    """
    while due := holder.execute(question, {"site": site, "now": now}).fetchone():
        with connection.cursor(row_factory=class_row(BuildRequest)) as cursor:
            claimed = cursor.execute(
                "update content.build_requests "
                "set state = 'sending', attempts = attempts + 1, last_attempt_at = %s, next_attempt_at = null "
                "where site = %s and commit_hash = %s and state = 'pending' "
                "returning site, commit_hash, url, attempts, requested_at, documents",
                [now, *due],
            ).fetchone()
        if claimed is not None:
            return claimed
        holder.rollback()  # another sender was faster
    holder.rollback()
    return None


def record(
    connection: psycopg.Connection,
    holder: psycopg.Connection,
    request: BuildRequest,
    delivery: Delivery,
    state: str,
    at: datetime,
    next_attempt_at: datetime | None,
) -> None:
    """Write down how it went, and only then let go of the lock."""
    sent_at = at if state == "sent" else None
    connection.execute(
        "update content.build_requests set state = %s, response_status = %s, last_error = %s, sent_at = %s, "
        "next_attempt_at = %s where site = %s and commit_hash = %s",
        [state, delivery.status, delivery.error, sent_at, next_attempt_at, request.site, request.commit_hash],
    )
    holder.rollback()


def waiting(connection: psycopg.Connection, site: str | None, now: datetime) -> tuple[int, datetime | None]:
    """How many are to be sent yet, and when the next of them may be, after ``now``."""
    row = connection.execute(
        "select count(*), min(next_attempt_at) filter (where next_attempt_at > %(now)s) "
        "from content.build_requests where state = 'pending' and coalesce(site = %(site)s, true)",
        {"site": site, "now": now},
    ).fetchone()
    return row or (0, None)
