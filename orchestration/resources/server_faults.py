"""Which errors are a server's fault and not ours: a person then reads a sentence, and no traceback."""

from collections.abc import Generator

from orchestration.resources.full_disk import ON_THE_SERVER, is_full

# PostgreSQL's classes of errors: connections, roles, rights, resources, an operator's intervention, its disk.
# https://www.postgresql.org/docs/current/errcodes-appendix.html
SERVERS = ("08", "25006", "28", "3D", "42501", "53", "55P03", "57", "58")
# How libraries call the server's number of an error, and their errors that come without one.
NUMBERS = ("sqlstate", "pgcode")
LOST = ("psycopg", "psycopg2", "adbc_driver_manager", "sqlalchemy")


def server_fault(error: BaseException) -> str | None:
    """Return the message for an error that a server, or the network to it, caused; None for any other."""
    for cause in causes(error):
        if is_servers(cause):
            said = str(cause).strip().partition("\n")[0].rstrip(".")
            way_out = ON_THE_SERVER if is_full(said) else "Try again when the server is well."
            return f"PostgreSQL: {said}. Unfinished work was rolled back. {way_out}"
    return None


def is_servers(error: BaseException) -> bool:
    library = type(error).__module__.partition(".")[0]
    if library not in LOST:
        return False
    number = next((getattr(error, name) for name in NUMBERS if getattr(error, name, None)), None)
    if number is None:
        return type(error).__name__ == "OperationalError" and getattr(error, "orig", None) is None
    return number.startswith(SERVERS)


def causes(error: BaseException | None) -> Generator[BaseException]:
    """Yield the error and its causes, down to the first."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
