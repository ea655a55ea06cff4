"""How a step is tried again that has met a fault which may pass: a server that starts again, a full network."""

import dagster as dg

# Three attempts, with some 4 and 8 seconds between. A run is tried again only where its process was killed
# (dagster.yaml): were both to answer the same failure, there would be nine attempts.
PASSING_FAULTS = dg.RetryPolicy(max_retries=2, delay=4, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)
