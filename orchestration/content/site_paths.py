"""The URL paths that a site has."""

from orchestration.resources.postgres import connect


def site_paths(database_url: str, site: str) -> list[str]:
    """Return paths of the published documents, in order."""
    question = "select url_path from content.items where site = %s and not is_draft order by url_path"
    with connect(database_url) as connection:
        return [path for (path,) in connection.execute(question, [site])]
