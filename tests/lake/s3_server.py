"""A real S3 server (moto's) behind a forwarder that can be cut off."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import boto3
from moto.server import ThreadedMotoServer


@dataclass
class S3Server:
    """``environment`` names it, by the port of the forwarder."""

    bucket: str
    target: int
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    open_sockets: list[socket.socket] = field(default_factory=list)
    is_cut_off: bool = False

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.listener.getsockname()[1]}",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
        }

    def names(self) -> list[str]:
        answer = self.client().list_objects_v2(Bucket=self.bucket)
        return [found["Key"] for found in answer.get("Contents", [])]

    def client(self):
        return boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{self.target}",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            region_name="us-east-1",
        )

    def cut_off(self) -> None:
        """Connections that are open break, new ones are closed at once."""
        self.is_cut_off = True
        for one in self.open_sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def let_through(self) -> None:
        self.is_cut_off = False

    def forward(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            if self.is_cut_off:
                client.close()
                continue
            server = socket.create_connection(("127.0.0.1", self.target))
            self.open_sockets += [client, server]
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=pass_on, args=(source, sink), daemon=True).start()


def pass_on(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for one in (source, sink):
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


@contextmanager
def s3_server(bucket: str) -> Iterator[S3Server]:
    moto = ThreadedMotoServer(port=0)
    moto.start()
    try:
        server = S3Server(bucket, moto.get_host_and_port()[1])
        server.client().create_bucket(Bucket=bucket)
        threading.Thread(target=server.forward, daemon=True).start()
        yield server
        server.cut_off()
        server.listener.close()
    finally:
        moto.stop()
