"""The rows of ``content.build_requests`` while they are sent, each by one sender at a time.

A sender holds the row's lock, and the row says ``sending``, before anything goes out. Where the row says so and nobody
holds the lock, the sender died, and the receiver may have the request or not.
"""

from dataclasses import dataclass, field
from datetime import datetime

import psycopg
from psycopg.rows import class_row

from orchestration.content.builds.webhook import Delivery


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
        with sending as materialized (
            select site, commit_hash, sender_lock
            from content.build_requests
            where state = 'sending' and coalesce(site = %(site)s, true)
        )
        update content.build_requests as requests
        set
            state = 'unknown',
            last_error = 'the sender was stopped while it sent; nobody knows whether the request arrived'
        from sending
        where
            (requests.site, requests.commit_hash, requests.state) = (sending.site, sending.commit_hash, 'sending')
            and pg_try_advisory_xact_lock(sending.sender_lock)
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


def claim(connection: psycopg.Connection, site: str | None, now: datetime) -> BuildRequest | None:
    """Take one request that is due; it says ``sending``, and this session holds its lock, from then on."""
    supersede(connection, site)
    with connection.cursor(row_factory=class_row(BuildRequest)) as cursor:
        return cursor.execute(
            """
            with due as materialized (
                select site, commit_hash, sender_lock
                from content.build_requests
                where
                    state = 'pending'
                    and coalesce(next_attempt_at <= %(now)s, true)
                    and coalesce(site = %(site)s, true)
                order by requested_at
                limit 1
                for update skip locked
            )
            update content.build_requests as requests
            set state = 'sending', attempts = attempts + 1, last_attempt_at = %(now)s, next_attempt_at = null
            from due
            where
                (requests.site, requests.commit_hash) = (due.site, due.commit_hash)
                and pg_try_advisory_lock(due.sender_lock)
            returning requests.site, requests.commit_hash, url, attempts, requested_at, documents
            """,
            {"site": site, "now": now},
        ).fetchone()


def record(
    connection: psycopg.Connection,
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
    connection.execute("select pg_advisory_unlock_all()")


def waiting(connection: psycopg.Connection, site: str | None, now: datetime) -> tuple[int, datetime | None]:
    """How many are to be sent yet, and when the next of them may be, after ``now``."""
    row = connection.execute(
        "select count(*), min(next_attempt_at) filter (where next_attempt_at > %(now)s) "
        "from content.build_requests where state = 'pending' and coalesce(site = %(site)s, true)",
        {"site": site, "now": now},
    ).fetchone()
    return row or (0, None)
