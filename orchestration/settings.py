"""Everything that an installation may choose, read from the environment (``DOGEAR_*``, ``DATABASE_URL``) here only."""

import json
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from orchestration.errors import DogearError
from orchestration.state_folder import make_state_folder

# The wheel holds beside our modules what a clone has beside our packages: sql, dbt_project, content (pyproject.toml).
BUNDLED = Path(__file__).resolve().with_name("bundled")
IS_INSTALLED = BUNDLED.is_dir()
PROJECT_ROOT = BUNDLED if IS_INSTALLED else BUNDLED.parents[1]
SAMPLE_SITE = "sample.dogear.example"
MOST_OF_MACHINE = 0.7
# With less it reads no file.
LEAST_FOR_DUCKDB = 100_000_000
SAMPLE_CONTENT = PROJECT_ROOT / "content"

Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]


def default_home() -> Path:
    """``.dogear`` of the clone; where Dogear is installed, of the working folder."""
    return (Path.cwd() if IS_INSTALLED else PROJECT_ROOT) / ".dogear"


def tokens_by_host(written: object) -> object:
    """Return what a variable says as a JSON object; the text itself, which may hold a secret, is never quoted."""
    if not isinstance(written, str):
        return written
    try:
        tokens = json.loads(written)
    except ValueError:
        tokens = None
    if not isinstance(tokens, dict) or not all(isinstance(token, str) for token in tokens.values()):
        raise ValueError('must be a JSON object of tokens by host, such as {"github.com": "..."}')
    return tokens


def names_in(written: str) -> list[str]:
    """Return the names of a list with commas between."""
    return [name.strip() for name in written.split(",") if name.strip()]


def not_from_environment(said: object) -> None:
    """Refuse a variable that is no longer read: people who still set it would think that it counts."""
    if said is not None:
        raise ValueError("one gap holds for all who build: unset this, and say: dogear session-gap 20")


class Settings(BaseSettings):
    """The settings of one installation. ``Settings()`` reads the environment."""

    model_config = SettingsConfigDict(env_prefix="DOGEAR_", frozen=True, extra="ignore")

    home: Path = Field(
        default_factory=default_home,
        description="Folder of all state: the embedded PostgreSQL, Dagster's files.",
    )
    database_url: SecretStr | None = Field(
        default=None,
        validation_alias="DATABASE_URL",
        description="A PostgreSQL server (15 or newer) to use in place of the embedded one.",
    )
    site: Name | None = Field(
        default=None, description="The site that commands mean, where there are several of one's own."
    )
    git_tokens: Annotated[dict[str, SecretStr], NoDecode, BeforeValidator(tokens_by_host)] = Field(
        default={},
        description="Access tokens for repositories over https, by host (host:port but for 443), as a JSON object.",
    )
    private_git_hosts: str = Field(
        default="",
        description="Hosts of one's own networks whose repositories are read, as URLs name them, with commas between.",
    )
    media_url: str | None = Field(
        default=None, description="Where images are published: a folder, or an fsspec URL such as s3://bucket/path."
    )
    build_webhook_secret: SecretStr | None = Field(
        default=None, description="Signs the requests that ask a host to build a site."
    )
    smtp_url: SecretStr | None = Field(
        default=None,
        description="Mail server that takes notifications: smtps://user:password@host, or smtp+starttls://, or smtp://.",
    )
    mail_from: str | None = Field(default=None, description="Sender of the notifications that go out by e-mail.")
    notification_webhook_secret: SecretStr | None = Field(
        default=None, description="Signs the notifications that go out by webhook."
    )
    notifications_per_hour: int = Field(
        default=20,
        ge=1,
        le=1000,
        description="Most notifications of an hour for one owner; one more says how many others there were.",
    )
    operator: Name | None = Field(
        default=None, description="The operator: the user_code that is notified of failed runs."
    )
    host: str = Field(default="127.0.0.1", description="Address on which the Dagster UI listens.")
    port: int = Field(default=3000, ge=1, le=65_535, description="Port of the Dagster UI.")
    ui_hosts: str = Field(
        default="", description="Host names under which people open the Dagster UI, with commas between."
    )
    web_host: str = Field(default="127.0.0.1", description="Address on which the API and its pages listen.")
    web_port: int = Field(default=8080, ge=1, le=65_535, description="Port of the API and its pages.")
    monitor_database_url: SecretStr | None = Field(
        default=None,
        description="Set by dogear serve for its process: DATABASE_URL with the role that counts for monitoring.",
    )
    web_hosts: str = Field(
        default="", description="Host names under which people open the API and its pages, with commas between."
    )
    collector_host: str = Field(default="127.0.0.1", description="Address on which the collector listens.")
    collector_port: int = Field(default=8000, ge=1, le=65_535, description="Port of the collector.")
    trusted_proxies: str = Field(
        default="",
        description="Networks of proxies whose word for a client's address is believed, with commas between.",
    )
    rate_limit_free: int = Field(
        default=60, ge=0, description="Requests a minute of one key, or person, of plan free; 0 is no limit."
    )
    rate_limit_pro: int = Field(
        default=600, ge=0, description="Requests a minute of one key, or person, of plan pro; 0 is no limit."
    )
    question_seconds: float = Field(
        default=30, ge=0.1, le=3_600, description="Seconds that a question may take, of PostgreSQL or DuckDB."
    )
    oidc_issuer: str | None = Field(
        default=None, pattern=r"^https?://\S+$", description="OpenID provider that signs people in, by its URL."
    )
    oidc_client_id: str | None = Field(default=None, description="Name that the OpenID provider gave to Dogear.")
    oidc_client_secret: SecretStr | None = Field(default=None, description="Secret that belongs to the name.")
    geo_database: Path | None = Field(default=None, description="A file in MaxMind's format, for places by address.")
    rate_limit: int = Field(default=100, ge=0, description="Requests a minute from one address; 0 is no limit.")
    rate_limit_events: int = Field(default=10_000, ge=0, description="Events a minute from one address; 0 is no limit.")
    rate_limit_mb: int = Field(
        default=10, ge=0, description="Megabytes of bodies a minute from one address; 0 is no limit."
    )
    connection_limit: int = Field(
        default=128, ge=0, description="Connections and requests of one address at once; 0 is no limit."
    )
    site_rate_limit: int = Field(default=60_000, ge=0, description="Requests a minute for one site; 0 is no limit.")
    journal_reserve_mb: int = Field(
        default=500, ge=1, description="Megabytes of the journal's disk that stay free: with less, nothing is accepted."
    )
    session_gap_minutes: Annotated[None, BeforeValidator(not_from_environment)] = Field(
        default=None, description="No longer read: two who build with other gaps would undo each other's days."
    )
    duckdb_memory_limit: str = Field(
        default="4GB",
        pattern=r"^\s*\d+(\.\d+)?\s*([KMGT]i?B)\s*$",
        description="Memory that DuckDB may take, such as 4GB, and at most 70 % of the machine's.",
    )
    duckdb_threads: int | None = Field(
        default=None, ge=1, le=1024, description="Threads that DuckDB may use (default: one for each processor)."
    )
    lake_url: str | None = Field(
        default=None, description="Where the lake is: a folder, or an fsspec URL such as s3://bucket/path."
    )
    retention_days: int = Field(
        default=90,
        ge=2,
        le=36_500,
        description="Days that events and marts of detail stay in PostgreSQL; older ones are in the lake alone.",
    )
    audit_days: int = Field(
        default=365, ge=90, le=36_500, description="Days that the audit log is kept; after them its rows are deleted."
    )
    drop_folder: str | None = Field(
        default=None, description="Folder whose files are imported by themselves; it holds a folder for each site."
    )

    @property
    def ui_host_names(self) -> list[str]:
        """``ui_hosts``, one by one."""
        return names_in(self.ui_hosts)

    @property
    def web_host_names(self) -> list[str]:
        """``web_hosts``, one by one."""
        return names_in(self.web_hosts)

    @property
    def drop_path(self) -> Path:
        """``drop_folder``, else a folder of this installation."""
        return Path(self.drop_folder or self.home_folder / "drop").expanduser().absolute()

    @property
    def media_storage(self) -> str:
        """``media_url``, else a folder of this installation."""
        return self.media_url or str(self.home_folder / "media")

    @property
    def duckdb_memory(self) -> str:
        """``duckdb_memory_limit``, at least 100 MB and at most 70 % of the machine, as DuckDB wants it said."""
        import psutil

        wanted = self.duckdb_memory_limit.strip()
        unit = wanted.lstrip("0123456789. ").upper()
        size = float(wanted[: -len(unit)]) * (1024 if "I" in unit else 1000) ** (1 + "KMGT".index(unit[0]))
        most = psutil.virtual_memory().total * MOST_OF_MACHINE
        return f"{int(max(min(size, most), LEAST_FOR_DUCKDB)) // 1000**2}MB"

    @property
    def lake(self) -> str:
        """``lake_url``, else a folder of this installation."""
        return self.lake_url or str(self.home_folder / "lake")

    @property
    def spill_folder(self) -> Path:
        """Folder to which DuckDB spills."""
        return self.home_folder / "duckdb-spill"

    @property
    def journal_folder(self) -> Path:
        """Folder of accepted events, until they are loaded."""
        return self.home_folder / "journal"

    @cached_property
    def home_folder(self) -> Path:
        """``home``, made absolute and created for its owner only."""
        folder = self.home.expanduser().resolve()
        try:
            make_state_folder(folder)
        except OSError as error:
            raise DogearError(f"DOGEAR_HOME cannot be {folder}: {error.strerror}.") from None
        return folder
