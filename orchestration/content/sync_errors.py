"""Which files of a site cannot be read, and why."""

from orchestration.resources.postgres import connect


def unreadable_files(database_url: str, site: str) -> dict[str, str]:
    """Reason by file path; empty where all is well."""
    question = (
        "select file_path, sync_error_message from content.file_sync_status "
        "where site = %s and sync_status = 'error' order by file_path"
    )
    with connect(database_url) as connection:
        return dict(connection.execute(question, [site]).fetchall())
