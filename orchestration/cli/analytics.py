"""``dogear analytics``: a summary to read."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import pandas as pd


def analytics(
    from_day: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First UTC day.")] = None,
    to_day: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last UTC day.")] = None,
    site: Annotated[
        str | None, typer.Option(help="Site (default: DOGEAR_SITE, or the only one but for the sample).")
    ] = None,
) -> None:
    """Print a summary of a site.

    Visitors, sessions, pages, sources and clicks; by default of the 28 days that end with the last visit.

    \b
    Examples:
      dogear analytics
      dogear analytics --from 2026-03-01 --to 2026-03-31
      dogear analytics --site example.org
    """
    from orchestration.content.sites import find_site
    from orchestration.errors import DogearError
    from orchestration.resources.database import open_database
    from orchestration.rollups.summary import read_summary
    from orchestration.settings import Settings
    from orchestration.terminal_display import plain, print_table, print_title

    settings = Settings()
    first, last = (day.date() if day else None for day in (from_day, to_day))
    with open_database(settings) as database_url:
        wanted = find_site(database_url, site or settings.site).site
        summary = read_summary(database_url, wanted, first, last)
    if summary is None:
        days = f" from {first or 'the first day'} to {last or 'the last'}" if first or last else ""
        raise DogearError(
            f"There are no visits to {wanted} in the marts{days}. Try: dogear import PATH && dogear build"
        )
    days = f", {summary.first} to {summary.last} (UTC days, crawlers left out)"
    print_title(plain(wanted, "bold"), plain(days))
    for title, frame in summary.tables.items():
        print_table(title, columns_of(frame), (map(as_text, row) for row in frame.itertuples(index=False)))


def columns_of(frame: "pd.DataFrame") -> dict[str, bool]:
    """Return the names of the columns, and whether they hold numbers."""
    return {str(name).replace("_", " "): frame[name].dtype.kind in "iuf" for name in frame.columns}


def as_text(value: object) -> str:
    """Return a value to read; a dash for a missing one."""
    if value is None or value != value:  # NaN, which is a missing value in pandas
        return "–"
    if isinstance(value, float):
        return f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
