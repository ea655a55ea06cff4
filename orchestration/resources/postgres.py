"""One way to reach PostgreSQL, and the URLs of a database as each library wants them."""

from urllib.parse import quote, unquote, urlsplit, urlunsplit

import psycopg
import psycopg.conninfo

from orchestration.errors import DogearError

DAGSTER_SCHEMA = "dagster"
EXAMPLE_URL = "postgresql://user:password@host:5432/database"


def connect(url: str) -> psycopg.Connection:
    """A psycopg connection, or a DogearError that names the server (and never the password)."""
    try:
        # Firewalls drop in silence what is idle for long.
        return psycopg.connect(url, connect_timeout=10, keepalives_idle=60, application_name="dogear")
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise DogearError(
            f"PostgreSQL does not answer at {without_password(url)}: {reason} Check DATABASE_URL."
        ) from None


def with_database(url: str, name: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def libpq_url(url: str) -> str:
    """``url`` as libpq reads it: ``postgres://`` and SQLAlchemy's ``postgresql+driver://`` are taken too."""
    scheme, _, rest = url.partition("://")
    if scheme.partition("+")[0] not in {"postgres", "postgresql"} or not rest:
        raise DogearError(f"DATABASE_URL must look like {EXAMPLE_URL}.")
    url = f"postgresql://{rest}"
    if not is_readable(url):
        raise DogearError(
            f"DATABASE_URL cannot be read. It must look like {EXAMPLE_URL}; in user and password write / as %2F, "
            "# as %23, @ as %40, : as %3A and % as %25."
        )
    if not urlsplit(url).path.strip("/"):
        raise DogearError(f"DATABASE_URL must name a database, as {EXAMPLE_URL} does; in a password write # as %23.")
    return url


def is_readable(url: str) -> bool:
    """Whether all who read the URL read the same. Their errors would quote parts of the password."""
    try:
        url.encode()
        port = psycopg.conninfo.conninfo_to_dict(url).get("port")
        return urlsplit(url).port == (port and int(port))
    except (psycopg.Error, ValueError):
        return False


def dagster_storage_url(url: str) -> str:
    """``url`` as Dagster's storage takes it: with a schema of its own, and UTC for its times without time zone.

    Dagster needs psycopg2; SQLAlchemy 2.1 takes a bare ``postgresql://`` for psycopg 3.
    """
    parts = urlsplit(url)
    # As libpq reads it, to which a plus is no space.
    said = [parameter.partition("=") for parameter in parts.query.split("&") if parameter]
    parameters = {unquote(name): unquote(value) for name, _, value in said}
    # Of several values the last one holds.
    parameters["options"] = f"{parameters.get('options', '')} -c search_path={DAGSTER_SCHEMA} -c timezone=UTC".strip()
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in parameters.items())
    return urlunsplit(parts._replace(query=query)).replace("postgresql://", "postgresql+psycopg2://", 1)


def without_password(url: str) -> str:
    """``url`` without its user, password and parameters, for messages."""
    parts = urlsplit(url)
    return f"{parts.hostname or 'the embedded server'}:{parts.port or 5432}{parts.path}"


def libpq_environment(url: str) -> dict[str, str]:
    """``url`` as the environment of psql and its kind, where no list of processes shows the password."""
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    names |= {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "options": "PGOPTIONS"}
    parts = psycopg.conninfo.conninfo_to_dict(url)
    return {names[key]: str(value) for key, value in parts.items() if key in names and value}
