"""How our servers run: granian, one worker, HTTP/1."""

import sys
from typing import Any

from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.server import Server

from orchestration.resources.listening import address_of
from orchestration.resources.parent_process import end_with_parent
from serving.http.connections import MOST_CONNECTIONS, connections_at_once

# Seconds that clients have to finish their requests once we are asked to stop.
LONGEST_END = 10
# Milliseconds after which a connection without complete headers is closed.
LONGEST_HEADERS = 10_000
LARGEST_HEADERS = 64 * 2**10


def serve(make_app: str, server: str, **more: Any) -> None:
    """Serve the application that ``make_app`` (module:function) makes, until we are asked to end.

    Host and port are this program's arguments, else those of the settings for ``server``.
    """
    end_with_parent()
    host, port = sys.argv[1:] or where_settings_say(server)
    Server(
        make_app,
        factory=True,
        address=address_of(host),  # the server takes no names
        port=int(port),
        interface=Interfaces.ASGI,
        loop=Loops.auto,
        # Only HTTP/1: a connection is one request at a time, and the bounds are those of one request.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=LONGEST_HEADERS, max_buffer_size=LARGEST_HEADERS),
        backlog=MOST_CONNECTIONS,
        backpressure=connections_at_once(),
        workers=1,
        respawn_failed_workers=True,
        workers_kill_timeout=LONGEST_END,
        log_access=False,
        **more,
    ).serve()


def where_settings_say(server: str) -> tuple[str, int]:
    """Return host and port. Who starts us says them: reading them takes twice the memory that this process has."""
    from orchestration.settings import Settings

    settings = Settings()
    return getattr(settings, f"{server}_host"), getattr(settings, f"{server}_port")
