"""Run the web process until it is asked to end: ``python -m serving.run_server``."""

import sys

from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.server import Server

from orchestration.resources.listening import address_of
from orchestration.resources.parent_process import end_with_parent

# Seconds that clients have to finish their requests once we are asked to stop.
LONGEST_END = 10
# Milliseconds after which a connection without complete headers is closed.
LONGEST_HEADERS = 10_000
LARGEST_HEADERS = 64 * 2**10


def where_settings_say() -> tuple[str, int]:
    """Return host and port. Who starts us says them: reading them takes twice the memory that this process has."""
    from orchestration.settings import Settings

    settings = Settings()
    return settings.web_host, settings.web_port


def main() -> None:
    end_with_parent()
    host, port = sys.argv[1:] or where_settings_say()
    Server(
        "serving.make_app:make_app",
        factory=True,
        address=address_of(host),  # the server takes no names
        port=int(port),
        interface=Interfaces.ASGI,
        loop=Loops.auto,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=LONGEST_HEADERS, max_buffer_size=LARGEST_HEADERS),
        workers=1,
        websockets=True,
        respawn_failed_workers=True,
        workers_kill_timeout=LONGEST_END,
        log_access=False,
    ).serve()


if __name__ == "__main__":
    main()
