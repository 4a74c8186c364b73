"""A server that gives access tokens and otherwise hangs, and notices when somebody hangs up. ``/api/once`` it answers, and closes the connection; ``/api/echo`` it answers
with what was sent, as JSON."""

from __future__ import annotations

import json
import socket
import threading
from typing import Any


class Wire:
    """Each connection is a thread. ``arrived`` and ``hung_up`` are released once for each request that hangs, ``closed`` once for each connection that the server closed."""

    def __init__(self) -> None:
        self.arrived = threading.Semaphore(0)
        self.hung_up = threading.Semaphore(0)
        self.closed = threading.Semaphore(0)
        self.tokens = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._connections: list[socket.socket] = []
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self.base_url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def credentials(self, **others: Any) -> dict[str, Any]:
        """Keywords of a client for it."""
        return {
            "tenant_id": "default",
            "client_id": "id",
            "client_secret": "secret",
            "base_url": self.base_url,
            **others,
        }

    def __enter__(self) -> Wire:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        # Closing alone leaves a thread in accept().
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._connections:
            connection.close()
        self._thread.join()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._connections.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            while request := self._read(connection):
                if request.startswith(b"POST /oidc/token"):
                    self.tokens += 1
                    self._answer(
                        connection, {"access_token": "t", "expires_in": 3600, "token_type": "Bearer", "scope": "all"}
                    )
                elif b" /api/echo " in request:
                    self._send(connection, request.partition(b"\r\n\r\n")[2])
                elif b" /api/once " in request:
                    self._answer(connection, {})
                    connection.close()
                    self.closed.release()
                    return
                else:
                    self.arrived.release()
                    # Nothing more comes from a client that waits.
                    if not connection.recv(1):
                        self.hung_up.release()
                    return
        except OSError:
            self.hung_up.release()
        finally:
            connection.close()

    def _answer(self, connection: socket.socket, data: object) -> None:
        self._send(connection, json.dumps(data).encode())

    @staticmethod
    def _send(connection: socket.socket, body: bytes) -> None:
        head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)

    @staticmethod
    def _read(connection: socket.socket) -> bytes:
        received = b""
        while b"\r\n\r\n" not in received:
            more = connection.recv(65536)
            if not more:
                return b""
            received += more
        head, _, body = received.partition(b"\r\n\r\n")
        length = next(
            (int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")), 0
        )
        while len(body) < length:
            body += connection.recv(65536)
        return head + b"\r\n\r\n" + body
