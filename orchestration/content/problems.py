"""Problems of the content of the sites: files that cannot be read, URLs claimed twice, links that lead nowhere."""

from pathlib import Path

from orchestration.resources.postgres import connect

QUESTIONS = Path(__file__).parent / "problem_sql"


def problems(database_url: str, question: str) -> dict[str, str]:
    """Return the answer to a question of ``problem_sql``: what, and what is wrong with it. Empty where all is well."""
    with connect(database_url) as connection:
        return dict(connection.execute((QUESTIONS / f"{question}.sql").read_bytes()).fetchall())
