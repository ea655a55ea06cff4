"""From received events to rows for ``raw.events``, inside a private DuckDB: one way for all sources.

Nothing here writes to disk in plain text: DuckDB keeps its tables in memory and encrypts what it spills.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from duckdb.func import FunctionNullHandling
from duckdb.sqltypes import VARCHAR

from orchestration.events.address_functions import add_address_functions
from orchestration.events.click_ids import CLICK_IDS
from orchestration.events.event_fields import FIELDS, OPAQUE_IDS
from orchestration.events.event_input import EVENT_INPUT, INPUT_TYPES
from orchestration.events.user_agents import UserAgents
from orchestration.hosts import ascii_host
from orchestration.paths import normal_path
from orchestration.resources.duckdb_engine import locked_duckdb

HERE = Path(__file__).parent
ROWS = 100_000
USER_AGENTS = pa.schema(
    [
        ("user_agent", pa.string()),
        ("is_bot", pa.bool_()),
        *((name, pa.string()) for name in ("device_type", "os", "browser")),
    ]
)
# prepare_events.sql masks what it makes of these.
TAKEN_APART = {"client_ip", "page_url", "referrer", "user_agent"}
Salts = Callable[[Collection[date]], dict[date, bytes]]


class EventPreparer:
    """``connection`` is the DuckDB; readers pass their rows as ``event_input``, in the columns of EVENT_INPUT.

    It reads only files in the places of ``reach``.
    """

    def __init__(
        self,
        salts: Salts | None,
        memory_limit: str,
        spill: Path | None = None,
        *,
        reach: Sequence[Path] = (),
        threads: int | None = None,
    ) -> None:
        config: dict[str, Any] = {"memory_limit": memory_limit}
        if threads is not None:
            config |= {"threads": threads}
        if spill:
            config |= {"temp_directory": str(spill), "temp_file_encryption": True}
            reach = [*reach, spill]
        self.connection = locked_duckdb(config, reach)
        add_address_functions(self.connection)
        self.connection.execute(sql("duckdb_macros"))
        self.connection.create_function("normal_path", normal_path, ["VARCHAR"], "VARCHAR")
        self.connection.create_function(
            "ascii_host", ascii_host, [VARCHAR], VARCHAR, null_handling=FunctionNullHandling.SPECIAL
        )
        self.connection.execute("set variable click_ids = $names", {"names": CLICK_IDS})
        pattern = f"(?i)(?:^|&(?:amp;)?)({'|'.join(CLICK_IDS)})=[^&]"
        self.connection.execute("set variable click_id_pattern = $pattern", {"pattern": pattern})
        self.connection.execute(sql("url_macros"))
        self._salts = salts
        self._user_agents = UserAgents()
        self.connection.register("event_input", EVENT_INPUT.empty_table())
        self._look_at_input()
        self.connection.execute(f"create table prepared as {PREPARE_EVENTS}", {"site": None})

    def prepare(self, site: str | None = None) -> None:
        """Add the rows of ``event_input``, which belong to ``site`` unless they say otherwise."""
        self._look_at_input()
        self.connection.execute(f"insert into prepared by name {PREPARE_EVENTS}", {"site": site})

    def days(self) -> list[date]:
        """Return the UTC days of what is prepared."""
        return self.column("select distinct utc(occurred_at)::date as day from prepared order by day")

    def events(self, parameters: dict[str, Any]) -> pa.RecordBatchReader:
        """Return the rows for raw.events of all that is prepared; the parameters are those of export_events.sql."""
        return self.connection.execute(f"{sql('export_events')} order by occurred_at", parameters).to_arrow_reader(ROWS)

    def prepared_at_once(self, parameters: dict[str, Any]) -> pa.RecordBatchReader:
        """Return the same of what ``event_input`` holds, which is not kept as prepared."""
        self._look_at_input()
        question = f"with prepared as ({PREPARE_EVENTS}) {sql('export_events')}"
        return self.connection.execute(question, parameters).to_arrow_reader(ROWS)

    def _look_at_input(self) -> None:
        """Prepare all that prepare_events.sql reads, except its parameter."""
        self._find_filled_columns()
        self._register_lookups()

    def _find_filled_columns(self) -> None:
        """Make ``filled_input``: ``event_input`` with NULL in place of columns that no current event fills.

        Most columns are empty, and DuckDB evaluates expressions of a constant NULL once and not for each event.
        """
        names = [column[0] for column in self.connection.execute("from event_input limit 0").description]
        counted = ", ".join(f"count({name})" for name in names)
        found = self.connection.execute(f"select {counted} from event_input").fetchall()  # noqa: S608 - our own names
        counts = dict(zip(names, found[0], strict=True))
        columns = [name if counts.get(name) else f"null::{kind} as {name}" for name, kind in INPUT_TYPES.items()]
        self.connection.execute(
            f"create or replace temp view filled_input as select {', '.join(columns)} from event_input"  # noqa: S608
        )

    def _register_lookups(self) -> None:
        """Load what the current events need: the salts of their days, and their parsed user agents."""
        agents = self.column("select distinct user_agent from event_input where user_agent is not null")
        rows = [agent._asdict() for agent in self._user_agents.rows(agents)]
        self.connection.register("user_agents", pa.Table.from_pylist(rows, USER_AGENTS))
        question = "select distinct utc(occurred_at)::date from event_input where client_ip is not null"
        days: list[date] = self.column(question) if self._salts else []
        wanted = {*days, *(day - timedelta(days=1) for day in days)}
        salts = self._salts(wanted) if self._salts and days else {}
        self.connection.register(
            "salts",
            pa.table({"day": pa.array(salts.keys(), pa.date32()), "salt": pa.array(salts.values(), pa.binary())}),
        )

    def column(self, question: str) -> list[Any]:
        """Return the first column of an answer."""
        return [value for (value,) in self.connection.execute(question).fetchall()]


def masks() -> str:
    """Return the SQL that masks, each in its place, the texts that a client may write as it likes."""
    texts = [it.name for it in FIELDS.values() if it.is_text and not it.is_opaque_id and it.name not in TAKEN_APART]
    return ",\n".join(
        [
            *(f"opaque_id(coalesce(site, $site), {name}) as {name}" for name in OPAQUE_IDS),
            *(f"kept_text({name}) as {name}" for name in texts),
        ]
    )


def sql(name: str) -> str:
    return (HERE / f"{name}.sql").read_text()


PREPARE_EVENTS = sql("prepare_events").format(masks=masks())
