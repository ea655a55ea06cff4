"""What the log keeps of a request that failed."""

import logging
import traceback


def log_failure(log: logging.Logger, what: str, error: BaseException) -> None:
    """Log what failed and where. Not the message: it may quote the request."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    log.error("%s failed: %s at %s:%s", what, type(error).__name__, place.filename, place.lineno)
