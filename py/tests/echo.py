"""A server that gives access tokens, answers what it is told to, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Asked(NamedTuple):
    """A request that came in."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


class Echo:
    """``answers`` holds status, content type and body by ``"GET /api/…"``; anything else gets ``{}``."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, str | None, bytes]] = {}
        self.asked: list[Asked] = []
        echo = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                if self.path == "/oidc/token":
                    token = {"access_token": "t", "expires_in": 3600, "token_type": "Bearer", "scope": "all"}
                    return self.send(200, "application/json", json.dumps(token).encode())
                headers = {name.lower(): value for name, value in self.headers.items()}
                echo.asked.append(Asked(self.command, self.path, headers, body))
                route = f"{self.command} {self.path.partition('?')[0]}"
                return self.send(*echo.answers.get(route, (200, "application/json", b"{}")))

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = answer  # noqa: N815

            def send(self, status: int, content_type: str | None, body: bytes) -> None:
                self.send_response(status)
                if content_type is not None:
                    self.send_header("content-type", content_type)
                if status != 204:
                    self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.base_url = f"http://127.0.0.1:{self._server.server_port}"

    def credentials(self, **others: Any) -> dict[str, Any]:
        """Keywords of a client for it."""
        given = {"client_id": "id", "client_secret": "secret", "base_url": self.base_url}
        return {"tenant_id": "default", **given, **others}

    def __enter__(self) -> Echo:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
