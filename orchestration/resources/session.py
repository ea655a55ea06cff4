"""What each connection of ours needs of its session, whatever server, database and role say.

It is set after connecting: of parameters at the start (``options``) poolers know few.
"""

# How texts, times and numbers are written and read.
NEEDED = {
    "client_encoding": "UTF8",
    "DateStyle": "ISO, MDY",
    "IntervalStyle": "postgres",
    "TimeZone": "UTC",
    "standard_conforming_strings": "on",
    "quote_all_identifiers": "off",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "array_nulls": "on",
    "transform_null_equals": "off",
    # After waiting for a lock, a session must see what others did meanwhile.
    "default_transaction_isolation": "read committed",
}
# A build may take any time, and waits for others. An older server does not know some of these.
TIMEOUTS = (
    "statement_timeout",
    "lock_timeout",
    "transaction_timeout",
    "idle_in_transaction_session_timeout",
    "idle_session_timeout",
)


def session_statement(options: str, search_path: str | None = None) -> str:
    """Return the SQL that makes a session ours. A timeout that ``options`` of the URL themselves name holds as it is.

    Nothing in it needs quoting under any setting that it replaces.
    """
    wanted = {**NEEDED, **{name: "0" for name in TIMEOUTS if name not in options}}
    if search_path is not None:
        wanted["search_path"] = search_path
    rows = ", ".join(f"('{name}', '{value}')" for name, value in wanted.items())
    return (
        f"select set_config(name, value, false) from (values {rows}) as wanted (name, value) "  # noqa: S608 - ours
        "where current_setting(name, true) is not null"
    )
