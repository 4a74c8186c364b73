"""TLS with an authority of our own, client certificates, and proxies: over real sockets."""

from __future__ import annotations

import json
import select
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from logto_management import APIConnectionError, AsyncManagementApi, ConfigError, ManagementApi

VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


class Server:
    """Answers each connection by a function in a thread of its own."""

    def __init__(self, serve: Callable[[socket.socket], None]) -> None:
        self._serve = serve
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept)

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._quietly, args=(connection,), daemon=True).start()

    def _quietly(self, connection: socket.socket) -> None:
        try:
            with connection:
                self._serve(connection)
        except OSError:
            # The client hung up: a certificate was refused.
            pass


def _head(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        more = connection.recv(65536)
        if not more:
            return b""
        received += more
    return received


def _answer(connection: socket.socket, who: Any) -> None:
    """A Logto that says who asks."""
    while head := _head(connection):
        if head.startswith(b"POST"):
            body = json.dumps({"access_token": "t", "expires_in": 3600, "token_type": "Bearer", "scope": "all"})
        else:
            body = json.dumps({"who": who})
        connection.sendall(
            f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n{body}".encode()
        )


class Authority:
    """A private CA, a server of its, and a client's certificate."""

    def __init__(self, folder: Path) -> None:
        ca = trustme.CA()
        self.pem = folder / "ca.pem"
        ca.cert_pem.write_to_path(self.pem)
        self.folder = folder / "authorities"
        self.folder.mkdir()
        ca.cert_pem.write_to_path(self.folder / "ours.pem")
        other = folder / "other.pem"
        trustme.CA().cert_pem.write_to_path(other)
        self.other = other
        client = ca.issue_cert("client.example")
        self.both, self.key, self.certificate = folder / "client.pem", folder / "key.pem", folder / "cert.pem"
        client.private_key_and_cert_chain_pem.write_to_path(self.both)
        client.private_key_pem.write_to_path(self.key)
        client.cert_chain_pems[0].write_to_path(self.certificate)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        ca.issue_cert("localhost", "127.0.0.1").configure_cert(self.context)
        ca.configure_trust(self.context)
        self.context.verify_mode = ssl.CERT_OPTIONAL

    def serve(self, connection: socket.socket) -> None:
        with self.context.wrap_socket(connection, server_side=True) as secure:
            certificate: Any = secure.getpeercert()
            names = certificate.get("subjectAltName", ()) if certificate else ()
            _answer(secure, names[0][1] if names else None)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def secure(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in (*VARIABLES, *PROXIES):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    with Server(authority.serve) as server:
        yield server


def _api(base_url: str, **options: Any) -> ManagementApi:
    return ManagementApi("default", client_id="id", client_secret="secret", base_url=base_url, retries=0, **options)


def _who(server: Server, **options: Any) -> Any:
    with _api(f"https://localhost:{server.port}", **options) as api:
        return api.get("/api/who")["who"]


def test_an_unknown_authority_is_refused(secure: Server, authority: Authority) -> None:
    for options in ({}, {"verify": True}, {"verify": authority.other}):
        with pytest.raises(APIConnectionError, match="certificate"):
            _who(secure, **options)


def test_an_authority_of_ones_own(secure: Server, authority: Authority) -> None:
    for verify in (authority.pem, str(authority.pem), authority.folder, False):
        assert _who(secure, verify=verify) is None


@pytest.mark.parametrize("variable", VARIABLES)
def test_authorities_of_the_environment(
    variable: str, secure: Server, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, str(authority.folder if variable == "SSL_CERT_DIR" else authority.pem))
    assert _who(secure) is None
    # What the caller says goes first.
    with pytest.raises(APIConnectionError, match="certificate"):
        _who(secure, verify=authority.other)


def test_the_name_is_compared(secure: Server, authority: Authority) -> None:
    with (
        pytest.raises(APIConnectionError, match="certificate"),
        _api(f"https://[::ffff:127.0.0.1]:{secure.port}", verify=authority.pem) as api,
    ):
        api.get("/api/who")


def test_a_client_certificate(secure: Server, authority: Authority) -> None:
    for cert in (authority.both, str(authority.both), (authority.certificate, authority.key)):
        assert _who(secure, verify=authority.pem, cert=cert) == "client.example"


async def _asynchronously(port: int, **options: Any) -> Any:
    async with AsyncManagementApi(
        "default", client_id="id", client_secret="secret", base_url=f"https://localhost:{port}", **options
    ) as api:
        return (await api.get("/api/who"))["who"]


def test_awaited_calls_too(secure: Server, authority: Authority) -> None:
    import asyncio

    who = asyncio.run(_asynchronously(secure.port, verify=authority.pem, cert=authority.both))
    assert who == "client.example"


def test_what_is_wrong_is_said_at_once(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    address = "https://id.example.com"
    for options, message in (
        ({"verify": "/nowhere/ca.pem"}, "/nowhere/ca.pem"),
        ({"verify": authority.key}, "no certificate"),
        ({"verify": 7}, "verify must be"),
        ({"cert": authority.certificate}, "private key"),
        ({"cert": (authority.certificate, "/nowhere/key.pem")}, "/nowhere/key.pem"),
        ({"cert": 7}, "cert must be"),
        ({"proxy": "proxy.example"}, "A proxy is"),
        ({"proxy": True}, "proxy must be"),
    ):
        with pytest.raises(ConfigError, match=message):
            _api(address, **options)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/bundle.pem")
    with pytest.raises(ConfigError, match=r"/nowhere/bundle\.pem"):
        _api(address)
    _api(address, verify=authority.pem)


class Proxy(Server):
    """An HTTP proxy: CONNECT for https, forwarding for http. ``asked`` holds the first line and the credentials of each request."""

    def __init__(self) -> None:
        super().__init__(self._tunnel)
        self.asked: list[tuple[str, str | None]] = []

    def _tunnel(self, connection: socket.socket) -> None:
        head = _head(connection)
        lines = head.decode().split("\r\n")
        fields = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        self.asked.append((lines[0], fields.get("proxy-authorization")))
        method, target, _ = lines[0].split(" ")
        address = target if method == "CONNECT" else target.split("/")[2]
        host, port = address.rsplit(":", 1)
        with socket.create_connection((host, int(port))) as upstream:
            if method == "CONNECT":
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            else:
                upstream.sendall(head)
            while True:
                for source in select.select([connection, upstream], [], [])[0]:
                    data = source.recv(65536)
                    if not data:
                        return
                    (upstream if source is connection else connection).sendall(data)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with Proxy() as server:
        yield server


def test_a_proxy_of_the_environment(
    secure: Server, proxy: Proxy, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:pass%20word@127.0.0.1:{proxy.port}")
    assert _who(secure, verify=authority.pem) is None
    # base64, in lower case as fields are compared here
    assert proxy.asked == [(f"CONNECT localhost:{secure.port} HTTP/1.1", "basic dxnlcjpwyxnzihdvcmq=")]
    assert _who(secure, verify=authority.pem, proxy=False) is None
    monkeypatch.setenv("NO_PROXY", "example.com,localhost")
    assert _who(secure, verify=authority.pem) is None
    assert len(proxy.asked) == 1


def test_a_proxy_of_ones_own(
    secure: Server, proxy: Proxy, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    assert _who(secure, verify=authority.pem, proxy=f"http://127.0.0.1:{proxy.port}") is None
    assert [line.split(" ")[0] for line, _ in proxy.asked] == ["CONNECT"]


def test_plain_http_through_a_proxy(proxy: Proxy, secure: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
    with Server(lambda connection: _answer(connection, "plain")) as server:
        with _api(f"http://127.0.0.1:{server.port}") as api:
            assert api.get("/api/who") == {"who": "plain"}
    assert proxy.asked[0][0].startswith(f"POST http://127.0.0.1:{server.port}/oidc/token")


def test_a_proxy_that_is_not_there(secure: Server, authority: Authority) -> None:
    with pytest.raises(APIConnectionError) as raised:
        _who(secure, verify=authority.pem, proxy="http://user:hunter2@127.0.0.1:1")
    assert raised.value.name == "transport.connect"
    assert "hunter2" not in f"{raised.value!r} {raised.value.details}"
