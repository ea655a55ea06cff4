"""The sites of this installation: their repositories and owners."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, fields, replace
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from psycopg import sql
from psycopg.rows import class_row

from orchestration.errors import DogearError
from orchestration.resources.postgres import connect
from orchestration.settings import SAMPLE_CONTENT, SAMPLE_SITE

LONGEST_NAME = 200
# The last label is not a number: a name that looks like an IPv4 address must be one.
HOST = re.compile(
    r"(?=.{1,253}\Z)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*(?!\d+\Z)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
)


@dataclass(frozen=True)
class Site:
    """A row of ``content.sites``; each column is described there."""

    site: str
    user_code: str
    repository: str | None = None
    branch: str | None = None
    content_root: str | None = None
    build_url: str | None = None
    allowed_origins: str | None = None


TABLES = (
    *("links", "search_index", "items", "file_sync_status", "content_versions", "measures", "files", "media"),
    *("build_requests", "sites"),
)
COLUMNS = [sql.Identifier(field.name) for field in fields(Site)]
SAMPLE = Site(SAMPLE_SITE, "sample", str(SAMPLE_CONTENT))


def all_sites(database_url: str) -> list[Site]:
    """Return the sites, by name."""
    question = sql.SQL("select {} from content.sites order by site").format(sql.SQL(", ").join(COLUMNS))
    with connect(database_url) as connection, connection.cursor(row_factory=class_row(Site)) as cursor:
        return cursor.execute(question).fetchall()


def fingerprints(database_url: str) -> dict[str, str]:
    """Return what the source of each site was when it was read; without those whose last sync could not be done."""
    with connect(database_url) as connection:
        question = "select site, fingerprint from content.sites where fingerprint is not null and sync_error is null"
        return dict(connection.execute(question).fetchall())


def find_site(database_url: str, wanted: str | None) -> Site:
    """Return the site of that name; without one, the only site there is, but for the sample.

    Raises DogearError if there is none, or a choice is needed.
    """
    sites = {site.site: site for site in all_sites(database_url)}
    if wanted is not None:
        if wanted not in sites:
            raise DogearError(f"There is no site {wanted}{listed(list(sites))}. Add it: dogear site add {wanted}")
        return sites[wanted]
    own = [site for name, site in sites.items() if name != SAMPLE_SITE] or list(sites.values())
    if not own:
        raise DogearError("There is no site yet. Add yours: dogear site add NAME --repository PATH_OR_URL")
    if len(own) > 1:
        raise DogearError(f"Which site{listed([site.site for site in own])}? Say --site NAME, or set DOGEAR_SITE.")
    return own[0]


def listed(names: list[str]) -> str:
    return f" (there are: {', '.join(names)})" if names else ""


def check_site(values: Mapping[str, str | None]) -> Site:
    """A site of these values. Raises DogearError for what a site cannot be called, or cannot be read from."""
    from orchestration.content.builds.build_requests import SECRET_VARIABLE
    from orchestration.webhooks.signing import check_webhook_url

    site = Site(**values)  # pyright: ignore[reportArgumentType] - the mapping holds the names of its fields
    site = replace(site, allowed_origins=site.allowed_origins or None)
    for what, value in (("name of a site", site.site), ("user code", site.user_code)):
        if not value.strip() or len(value) > LONGEST_NAME:
            raise DogearError(f"The {what} must have 1 to {LONGEST_NAME} characters: {value[:40]!r}.")
    for value in astuple(site):
        if value is not None and not value.isprintable():
            raise DogearError(f"This holds characters that cannot be printed: {value[:80]!a}.")
    if not is_host(site.site):
        raise DogearError(f"The name of a site is its host, such as example.org, and nothing else: {site.site[:80]}.")
    if site.repository is None and (site.branch or site.content_root or site.build_url):
        raise DogearError(f"{site.site} has no repository: say --repository PATH_OR_URL, or check its name.")
    if site.content_root and (site.content_root.startswith("/") or ".." in Path(site.content_root).parts):
        raise DogearError(f"--content {site.content_root} must be a folder of the repository, such as content/posts.")
    if site.build_url:
        check_webhook_url(site.build_url, SECRET_VARIABLE)
    return site


def allowed_origins(origins: Iterable[str]) -> str:
    """Return the hosts of these origins, as ``content.sites`` holds them; none for "", which allows none at all."""
    return " ".join(dict.fromkeys(origin_host(origin) for origin in map(str.strip, origins) if origin))


def origin_host(origin: str) -> str:
    """Return the host as a browser writes it in ``Origin``: of a URL without scheme, port and path.

    Raises DogearError for what is none.
    """
    if "*" in origin:
        raise DogearError(f"--origin {origin[:80]!a}: there are no wildcards; say --origin for each host.")
    host = as_address(origin.strip("[]"))
    try:
        parts = urlsplit(origin if "://" in origin else f"//{origin}")
        # Browsers send other scripts than Latin as IDNA encodes them.
        name = (parts.hostname or "").removesuffix(".")
        host = host or as_address(name) or name.encode("idna").decode()
    except ValueError:
        host, parts = host or "", urlsplit("")
    if "@" in parts.netloc or not (HOST.fullmatch(host) or as_address(host)):
        raise DogearError(f"--origin {origin[:80]!a} is no host; it must look like shop.example.org, or an address.")
    return host


def is_host(name: str) -> bool:
    """Return whether it can be a host, in capitals and other scripts too: folders and messages use its name."""
    try:
        return as_address(name) is not None or HOST.fullmatch(name.lower().encode("idna").decode()) is not None
    except ValueError:
        return False


def as_address(text: str) -> str | None:
    """Return an address as browsers write it, without brackets; None for what is none."""
    try:
        return str(ip_address(text))
    except ValueError:
        return None


def save_site(database_url: str, site: Site) -> None:
    """Add the site, or change what is said of it."""
    statement = sql.SQL(
        "insert into content.sites ({0}) values ({1}) on conflict (site) do update set ({0}) = row ({1})"
    )
    columns, places = sql.SQL(", ").join(COLUMNS), sql.SQL(", ").join([sql.Placeholder()] * len(COLUMNS))
    with connect(database_url) as connection:
        connection.execute(statement.format(columns, places), astuple(site) * 2)


def remove_site(database_url: str, name: str) -> None:
    """Remove the site, with its documents and their history; its visits stay. Raises DogearError for no site."""
    find_site(database_url, name)
    with connect(database_url) as connection:
        # Waits for a sync that is under way.
        connection.execute("select from content.sites where site = %s for update", [name])
        for table in TABLES:
            statement = sql.SQL("delete from {} where site = %s").format(sql.Identifier("content", table))
            connection.execute(statement, [name])


def note_sync_error(database_url: str, name: str, error: str) -> None:
    """Record why the site could not be synced; the next successful sync clears it."""
    with connect(database_url) as connection:
        connection.execute("update content.sites set sync_error = %s where site = %s", [error, name])


def count_rows(database_url: str, table: str) -> int:
    """Return the number of rows in one of the tables of schema content."""
    with connect(database_url) as connection:
        statement = sql.SQL("select count(*) from {}").format(sql.Identifier("content", table))
        row = connection.execute(statement).fetchone()
    assert row is not None
    return row[0]


def overview(database_url: str) -> list[tuple[str, str, str, str]]:
    """Return the name, owner, repository and state of each site, to show."""
    with connect(database_url) as connection:
        return connection.execute(Path(__file__).with_name("sites_overview.sql").read_bytes()).fetchall()
