"""Events straight into ``raw.events``, builds of days in this process, and what the marts say then."""

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from psycopg import sql

from orchestration.days import DayRange
from orchestration.resources.postgres import connect
from orchestration.rollups.dbt_project import parsed_project, relations, views_and_seeds
from orchestration.rollups.dbt_run import dbt_build, dbt_refresh
from orchestration.rollups.stale_days import days_to_build, missing_tables
from orchestration.settings import Settings
from tests.installation import Installation
from tests.rollups.session_model import Event

# All columns of each mart but when it was built.
COLUMNS_OF_MARTS = """
    select table_name, string_agg(quote_ident(column_name), ', ' order by ordinal_position)
    from information_schema.columns
    where table_schema = 'marts' and column_name not like '%built_at'
    group by table_name
"""
REFRESHED = ["analytics_visitors", "mv_content_analytics"]
COLUMNS = [field.name for field in fields(Event)]
SESSION = (
    "s.first_seen, s.last_seen, s.session_day, s.visitor_id, s.account_id, s.share_code, s.page_views, s.clicks, "
    "s.events, s.is_bounce, s.is_engaged, s.engaged_seconds, s.entry_page_path, s.exit_page_path"
)
# All but dbt's own tests, which take half of the time and say less than a comparison of all rows.
MODELS = ["resource_type:seed", "resource_type:model", "--indirect-selection", "empty"]
# Those of them that hold days, which are all that the job "update" builds.
OF_DAYS = ["config.materialized:incremental", "config.materialized:table", *MODELS[2:]]
MARTS = {
    "sessions": f"select site, {SESSION} from marts.analytics_sessions as s",
    "page_views": f"""
        select v.site, v.event_id, v.viewed_at, v.view_day, v.visitor_id, v.session_day, v.view_number, v.is_entry,
            v.share_code, v.time_on_page, v.scroll_depth_percentage, v.clicks, v.entity_id, {SESSION}
        from marts.analytics_page_views as v left join marts.analytics_sessions as s using (session_id)
    """,
    "daily_user_stats": """
        select user_code, date, total_sessions, total_page_views, total_clicks, unique_share_codes, unique_visitors
        from marts.analytics_daily_user_stats
    """,
    "aggregates": """
        select site, entity_id, date, hour, total_views, unique_visitors, unique_accounts, anonymous_visitors,
            avg_time_on_page, bounce_rate
        from marts.analytics_aggregates where entity_type <> 'site'
    """,
}


# Before the first event.
NO_DAY = DayRange(date(2000, 1, 1), date(2000, 1, 1))


@dataclass(frozen=True)
class Warehouse:
    """A database whose days are built by dbt in this process, with a folder for dbt's files."""

    url: str
    home: Path

    @classmethod
    def of(cls, installation: Installation) -> "Warehouse":
        return cls(installation.database_url, Path(installation.environment["DOGEAR_HOME"]))

    def load(self, events: Iterable[Event]) -> None:
        """By one COPY, past the collector and importers."""
        events = list(events)
        with connect(self.url) as connection:
            days = sorted({event.day for event in events})
            connection.execute("select raw.ensure_event_partitions(%s)", [days])
            # A kind of event with more fields has more columns.
            columns = [field.name for field in fields(events[0])] if events else COLUMNS
            names = sql.SQL(", ").join(map(sql.Identifier, [*columns, "source"]))
            copy = sql.SQL("copy raw.events ({}) from stdin").format(names)
            with connection.cursor() as cursor, cursor.copy(copy) as rows:
                for event in events:
                    rows.write_row([*(getattr(event, name) for name in columns), "test"])
            people, crawlers = (Counter(e.day for e in events if e.is_bot is is_bot) for is_bot in (False, True))
            with connection.cursor() as cursor:
                cursor.executemany(
                    "insert into raw.day_counts (day, events, crawlers) values (%s, %s, %s)",
                    [(day, people[day], crawlers[day]) for day in days],
                )
            connection.execute("select raw.analyze_event_partitions(%s)", [days])

    def build(self, *ranges: DayRange, select: Sequence[str] = ()) -> None:
        """Build ``ranges``, one after the other; by default the days that need it.

        Of ``MODELS``, views and seeds are left alone where they stand, as the sensor leaves them.
        """
        settings = Settings(home=self.home)
        for days in ranges or days_to_build(self.url, settings):
            selected = OF_DAYS if select == MODELS and self.has_views_and_seeds() else select
            with closing(dbt_build(self.url, settings, days, selected)) as results:
                failed = [result for result in results if result.status not in {"success", "pass"}]
            assert not failed, failed

    def build_tables(self) -> None:
        """Make all relations, without a row but those of seeds and of what content says."""
        self.build(NO_DAY, select=MODELS)
        with connect(self.url) as connection:
            of_days = relations(parsed_project(self.url, Settings(home=self.home)), "incremental", "table")
            connection.execute(
                sql.SQL("truncate {}").format(sql.SQL(", ").join(sql.Identifier(*name.split(".")) for name in of_days))
            )

    def has_views_and_seeds(self) -> bool:
        with connect(self.url) as connection:
            return not missing_tables(connection, views_and_seeds(parsed_project(self.url, Settings(home=self.home))))

    def refresh(self, *views: str) -> None:
        """Refresh materialized views, which builds leave alone."""
        with closing(dbt_refresh(self.url, Settings(home=self.home), views)) as results:
            failed = [result for result in results if result.status not in {"success", "pass"}]
        assert not failed, failed

    def stale(self) -> list[DayRange]:
        """The days that a build without more words would build."""
        return days_to_build(self.url, Settings(home=self.home))

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        with connect(self.url) as connection:
            return connection.execute(question.encode()).fetchall()

    def execute(self, statement: str) -> None:
        with connect(self.url) as connection:
            connection.execute(statement.encode())

    def empty(self) -> None:
        """As before the first event: no events, and no marts."""
        with connect(self.url) as connection:
            connection.execute(
                "truncate raw.events, raw.day_counts, raw.rejected_events, raw.corrected_events, live.visitors"
            )
            for schema in ("marts", "intermediate", "staging"):
                connection.execute(f"drop schema if exists {schema} cascade")

    def snapshot(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every mart, all columns but when it was built."""
        return {
            table: sorted(self.rows(f"select {columns} from marts.{table}"), key=repr)
            for table, columns in self.rows(COLUMNS_OF_MARTS)
        }
