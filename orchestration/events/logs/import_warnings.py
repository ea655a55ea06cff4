"""What a person should look at after an import: lines that are not read, foreign hosts, visits that count twice."""

from datetime import date

from orchestration.content.sites import Site
from orchestration.events.logs.import_file import ImportSummary
from orchestration.hosts import is_host_of
from orchestration.resources.postgres import connect

HOSTS_NAMED = 5


def warnings_about(database_url: str, site: Site, summary: ImportSummary) -> list[str]:
    """Return a sentence or two for each matter; none if all is well."""
    warnings: list[str] = []
    if summary.lines_rejected > summary.events_added + summary.events_known:
        warnings.append(f"More was rejected than read, most of it since: {summary.common_reason}.")
    origins = (site.allowed_origins or "").split()
    foreign = {host: views for host, views in summary.hosts.items() if not is_host_of(host, site.site, origins)}
    if foreign:
        named = [f"{host} ({views:,})" for host, views in list(foreign.items())[:HOSTS_NAMED]]
        if len(foreign) > HOSTS_NAMED:
            named.append(f"{len(foreign) - HOSTS_NAMED:,} others ({sum(list(foreign.values())[HOSTS_NAMED:]):,})")
        warnings.append(
            f"The file names hosts that are not {site.site}'s, and their page views count as {site.site}'s: "
            f"{', '.join(named)}. Does a host belong to it? dogear site add {site.site} --origin HOST. If not, "
            "split the log by host before you import it: docs/importing.md."
        )
    days = days_of_tracker(database_url, site.site, summary.days) if is_log(summary) else []
    if days:
        when = f"{len(days)} days from {days[0]} to {days[-1]}" if len(days) > 1 else f"{days[0]}"
        warnings.append(
            f"On {when} the tracker counts visits of {site.site} too: each visit counts twice. "
            "Choose the log or the tracker: docs/importing.md."
        )
    return warnings


def is_log(summary: ImportSummary) -> bool:
    """Return whether the file is a server's log. Events in the collector's format may be a tracker's."""
    return summary.format not in {None, "ndjson", "legacy"}


def days_of_tracker(database_url: str, site: str, days: list[date]) -> list[date]:
    """Return those of ``days`` on which the collector received page views of people."""
    question = """
        select day
        from unnest(%s::date[]) as day
        where exists (
            select from raw.events
            where
                site = %s and source = 'collector' and event_type = 'page_view' and not is_bot
                and occurred_at >= day::timestamp at time zone 'UTC'
                and occurred_at < (day + 1)::timestamp at time zone 'UTC'
        )
        order by day
    """
    with connect(database_url) as connection:
        return [day for (day,) in connection.execute(question, [days, site]).fetchall()]
