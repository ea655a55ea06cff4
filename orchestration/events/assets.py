"""Raw tables as assets. The collector and ``dogear import`` fill them, from outside.

Dagster knows them, so that lineage begins here.
"""

from functools import partial

import dagster as dg

from orchestration.partitions import DAILY

raw_table = partial(dg.AssetSpec, group_name="events", owners=["team:events"], kinds={"postgres"})

raw_events = raw_table(
    ["raw", "events"],
    description="One row per thing a visitor (or a crawler) did. Append-only; one partition per UTC day.",
    partitions_def=DAILY,
)
raw_rejected_events = raw_table(
    ["raw", "rejected_events"], description="One row per line or event that could not be read, with the reason."
)
raw_imports = raw_table(["raw", "imports"], description="One row per file that was imported, each time.")
live_visitors = raw_table(["live", "visitors"], description="One row per person on a site in the last half hour.")

defs = dg.Definitions(assets=[raw_events, raw_rejected_events, raw_imports, live_visitors])
