"""Asset checks of the content: each asks one question of ``problem_sql`` and shows what it finds."""

import dagster as dg

from orchestration.content.assets import key
from orchestration.content.problems import problems
from orchestration.resources.dagster_database import Database
from orchestration.visible_text import visible_text

# More would make the page of the check slow, and nobody reads them there.
MOST_SHOWN = 100


def content_check(
    name: str, table: str, question: str, description: str, severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.WARN
) -> dg.AssetChecksDefinition:
    @dg.asset_check(asset=key(table), name=name, description=description)
    def check(database: Database) -> dg.AssetCheckResult:
        found = problems(database.url, question)
        shown = {visible_text(what): visible_text(wrong) for what, wrong in list(found.items())[:MOST_SHOWN]}
        return dg.AssetCheckResult(passed=not found, severity=severity, metadata={"found": len(found), **shown})

    return check


defs = dg.Definitions(
    asset_checks=[
        content_check(
            *("sites_are_read", "items", "sites_not_read", "The repository of every site can be read."),
            dg.AssetCheckSeverity.ERROR,
        ),
        content_check(
            *("files_are_readable", "file_sync_status", "files_not_readable"),
            "Every Markdown file in the content folders can be read.",
        ),
        content_check(
            *("urls_are_unique", "items", "urls_claimed_twice"),
            "No two published documents of a site claim the same URL.",
        ),
        content_check(
            *("links_lead_somewhere", "links", "links_broken"),
            "Every internal link and image of a published document leads to a page or file of the site.",
        ),
        content_check(
            *("titles_are_written", "items", "titles_missing"),
            "Every published document has a title, in its front matter or as a heading.",
        ),
    ]
)
