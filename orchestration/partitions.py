"""The days into which events, rollups and the lake are divided: one partition for each UTC day."""

import dagster as dg

from orchestration.events.event import EARLIEST

# Up to tomorrow, since the clocks of some visitors are ahead.
DAILY = dg.DailyPartitionsDefinition(start_date=EARLIEST, end_offset=2)
