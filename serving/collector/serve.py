"""Run the collector's server until it is asked to end: ``python -m serving.collector.serve``."""

from granian.constants import Interfaces, Loops
from granian.server import Server

from orchestration.settings import Settings
from serving.processes import end_with_parent

# Seconds that clients have to end their requests once we are asked to stop.
LONGEST_END = 10


def main() -> None:
    end_with_parent()
    settings = Settings()
    Server(
        "serving.collector.server:make_app",
        factory=True,
        address=settings.collector_host,
        port=settings.collector_port,
        interface=Interfaces.ASGI,
        loop=Loops.auto,
        workers=1,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=LONGEST_END,
        log_access=False,
    ).serve()


if __name__ == "__main__":
    main()
