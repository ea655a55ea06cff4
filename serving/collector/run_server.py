"""Run the collector's server until it is asked to end: ``python -m serving.collector.run_server``."""

from serving.collector.connections import MOST_CONNECTIONS, connections_at_once
from serving.http.granian_server import serve

if __name__ == "__main__":
    serve(
        "serving.collector.make_app:make_app",
        "collector",
        backlog=MOST_CONNECTIONS,
        backpressure=connections_at_once(),
        websockets=False,
    )
