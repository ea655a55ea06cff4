"""An ASGI application on a port of this machine, for as long as a block."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn


@contextmanager
def served(app: Any) -> Iterator[str]:
    """The URL at which it answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        # It believes what a client on this machine says of others, which our own server does not.
        config = uvicorn.Config(app, log_level="error", server_header=False, proxy_headers=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            # A test that fails must not leave a thread that keeps all others from ending.
            server.should_exit = True
            thread.join()
