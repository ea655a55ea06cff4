"""The days into which events, rollups and the lake are divided: one partition for each UTC day."""

from datetime import timedelta

import dagster as dg

from orchestration.days import EARLIEST, DayRange

# Up to tomorrow, since the clocks of some visitors are ahead.
DAILY = dg.DailyPartitionsDefinition(start_date=EARLIEST, end_offset=2)


def days_of(context: dg.AssetExecutionContext) -> DayRange:
    """Return the days that a run is for."""
    window = context.partition_time_window
    return DayRange(window.start.date(), (window.end - timedelta(days=1)).date())


def run_tags(days: DayRange) -> dict[str, str]:
    """Return the tags that make one run of all these days."""
    return {
        "dagster/asset_partition_range_start": str(days.first),
        "dagster/asset_partition_range_end": str(days.last),
    }
