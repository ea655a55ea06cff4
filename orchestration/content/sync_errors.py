"""What is wrong with the content of a site: files that cannot be read, URLs that are claimed twice."""

from orchestration.resources.postgres import connect


def unreadable_files(database_url: str, site: str) -> dict[str, str]:
    """Reason by file path; empty where all is well."""
    question = (
        "select file_path, sync_error_message from content.file_sync_status "
        "where site = %s and sync_status = 'error' order by file_path"
    )
    with connect(database_url) as connection:
        return dict(connection.execute(question, [site]).fetchall())


def urls_claimed_twice(database_url: str, site: str) -> dict[str, list[str]]:
    """Files by URL path, where several published documents have the same; visits count for the first of them."""
    question = (
        "select url_path, array_agg(file_path order by file_path) from content.items "
        "where site = %s and not is_draft group by url_path having count(*) > 1 order by url_path"
    )
    with connect(database_url) as connection:
        return dict(connection.execute(question, [site]).fetchall())
