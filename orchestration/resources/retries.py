"""How a step is retried after a fault that may pass: a server that restarts, a full network."""

import dagster as dg

# Three attempts, with some 4 and 8 seconds between. A run is retried only if its process was killed
# (dagster.yaml): if both answered the same failure, there would be nine attempts.
PASSING_FAULTS = dg.RetryPolicy(max_retries=2, delay=4, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)
