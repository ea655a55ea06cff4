"""The Dagster UI behind the guard: its own server answers any page of any site, which could start runs.

``python -m orchestration.cli.dagster_ui WORKSPACE`` serves until it is stopped.
"""

import sys

import uvicorn
from dagster import DagsterInstance, __version__
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import WorkspaceFileTarget
from dagster_webserver.app import create_app_from_workspace_process_context

from orchestration.resources.dagster_home import UI_PATH
from orchestration.resources.listening import reached_at
from orchestration.settings import Settings
from serving.http.guard import Guard

# A query by GET may start a run, and a notebook that it names would be shown as one of our pages, with its scripts.
ACTING = tuple(f"{UI_PATH}/{path}" for path in ("graphql", "notebook", "dagit/notebook"))
STATEMENT_MILLISECONDS, RECYCLE_SECONDS, OVERFLOW = 15_000, 3_600, 20


def serve(workspace: str, settings: Settings) -> None:
    """Serve the UI of the code locations in the file ``workspace``."""
    with DagsterInstance.get() as instance:
        instance.optimize_for_webserver(STATEMENT_MILLISECONDS, RECYCLE_SECONDS, OVERFLOW)
        target = WorkspaceFileTarget(paths=[workspace])
        with WorkspaceProcessContext(instance, version=__version__, workspace_load_target=target) as context:
            app = create_app_from_workspace_process_context(context, UI_PATH, live_data_poll_rate=2_000)
            guard = Guard(app, names={reached_at(settings.host), *settings.ui_host_names}, acting=ACTING)
            uvicorn.run(guard, host=settings.host, port=settings.port, log_level="warning", server_header=False)


if __name__ == "__main__":
    serve(sys.argv[1], Settings())
