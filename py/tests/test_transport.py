"""``transport=``: a callable that sends the requests, so that respx and its like can stand in for Logto."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import httpx
import pytest
import respx

from conftest import Simulator
from logto_management import (
    APIConnectionError,
    APITimeoutError,
    AsyncManagementApi,
    ConfigError,
    ConnectError,
    ManagementApi,
    NotFoundError,
    ResponseBodyError,
    ServerError,
    TransportRequest,
)
from logto_management.testing import TestingClock

LOGTO = "https://t.logto.app"
CREDENTIALS: Any = {"client_id": "id", "client_secret": "secret"}
TOKEN = {"access_token": "a-token", "expires_in": 3600, "token_type": "Bearer", "scope": "all"}


def over_httpx(client: httpx.Client) -> Any:
    def send(request: TransportRequest) -> httpx.Response:
        return client.request(request.method, request.url, headers=request.headers, content=request.content)

    return send


def over_async_httpx(client: httpx.AsyncClient) -> Any:
    async def send(request: TransportRequest) -> httpx.Response:
        return await client.request(request.method, request.url, headers=request.headers, content=request.content)

    return send


def test_respx_and_the_blocking_client(respx_mock: respx.MockRouter) -> None:
    token = respx_mock.post(f"{LOGTO}/oidc/token").respond(json=TOKEN)
    user = respx_mock.get(f"{LOGTO}/api/users/u1").respond(json={"id": "u1"})
    made = respx_mock.post(f"{LOGTO}/api/users").respond(status_code=200, json={"id": "u2"})
    respx_mock.get(f"{LOGTO}/api/users/u3").respond(404, json={"code": "entity.not_found", "message": "no"})
    page = [{"id": str(i)} for i in range(3)]
    listed = respx_mock.get(f"{LOGTO}/api/users", params={"page": "1"}).respond(
        json=page, headers={"total-number": "3"}
    )
    with httpx.Client() as client, ManagementApi("t", **CREDENTIALS, transport=over_httpx(client)) as api:
        assert api.users.get("u1") == {"id": "u1"}
        assert api.users.create(username="ann") == {"id": "u2"}
        with pytest.raises(NotFoundError):
            api.users.get("u3")
        assert api.users.list(concurrency=3).collect() == page
    assert token.call_count == 1
    assert b"grant_type=client_credentials" in token.calls.last.request.content
    assert user.calls.last.request.headers["authorization"] == "Bearer a-token"
    assert json.loads(made.calls.last.request.content) == {"username": "ann"}
    assert listed.calls.last.request.url.params["page_size"] == "100"


def test_respx_and_the_asynchronous_client(respx_mock: respx.MockRouter) -> None:
    token = respx_mock.post(f"{LOGTO}/oidc/token").respond(json=TOKEN)
    respx_mock.get(f"{LOGTO}/api/users/u1").respond(json={"id": "u1"})

    async def main() -> None:
        async with (
            httpx.AsyncClient() as client,
            AsyncManagementApi("t", **CREDENTIALS, transport=over_async_httpx(client)) as api,
        ):
            users = await asyncio.gather(*(api.users.get("u1") for _ in range(20)))
            assert users == [{"id": "u1"}] * 20

    asyncio.run(main())
    assert token.call_count == 1


def test_a_real_server_behind_httpx(simulator: Simulator) -> None:
    with httpx.Client() as client, ManagementApi(**simulator.credentials(), transport=over_httpx(client)) as api:
        simulator.faults({"match": {"path": "/api/users"}, "times": 1, "action": {"do": "status", "status": 503}})
        assert len(api.users.list(concurrency=4).collect()) == 250
        assert api.users.list(search="%none%").to_arrow().num_rows == 0

        counts: list[int] = []
        threads = [threading.Thread(target=lambda: counts.append(len(api.users.list().collect()))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert counts == [250] * 4
    assert simulator.seen()["tokenRequests"] == 1


def answering(*answers: Any) -> Any:
    """A transport that gives a token, then these one by one, raising what is an exception."""
    left = list(answers)

    def send(request: TransportRequest) -> httpx.Response:
        if request.url.endswith("/oidc/token"):
            return httpx.Response(200, json=TOKEN)
        answer = left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[no-any-return]

    send.left = left  # type: ignore[attr-defined]
    return send


def as_coroutine(transport: Any) -> Any:
    async def send(request: TransportRequest) -> httpx.Response:
        await asyncio.sleep(0)
        return transport(request)  # type: ignore[no-any-return]

    return send


class _Call:
    """A GET through either client."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __call__(self, transport: Any, **options: Any) -> Any:
        options = {"clock": TestingClock(), **CREDENTIALS, **options}
        if self.kind == "blocking":
            return ManagementApi("t", transport=transport, **options).get("/api/users/{id}", path={"id": "u"})

        async def main() -> Any:
            sent = transport if self.kind == "async, a function" else as_coroutine(transport)
            async with AsyncManagementApi("t", transport=sent, **options) as api:
                return await api.get("/api/users/{id}", path={"id": "u"})

        return asyncio.run(main())


@pytest.fixture(params=["blocking", "async, a function", "async"])
def call(request: pytest.FixtureRequest) -> _Call:
    return _Call(request.param)


FAILURES = {
    "httpx.ConnectError": (httpx.ConnectError("refused"), ConnectError),
    "httpx.ReadTimeout": (httpx.ReadTimeout("slow"), APITimeoutError),
    "httpx.ReadError": (httpx.ReadError("broken"), APIConnectionError),
    "ConnectionRefusedError": (ConnectionRefusedError("refused"), ConnectError),
    "TimeoutError": (TimeoutError("slow"), APITimeoutError),
    "OSError": (OSError("broken"), APIConnectionError),
}


@pytest.mark.parametrize(("raised", "expected"), FAILURES.values(), ids=FAILURES)
def test_failures_of_requests(call: _Call, raised: Exception, expected: type[Exception]) -> None:
    with pytest.raises(expected) as failed:
        call(answering(raised), retries=0)
    assert type(raised).__name__ in str(failed.value)
    assert call(answering(raised, httpx.Response(200, json=1))) == 1


def test_retries_and_limits(call: _Call) -> None:
    assert call(answering(httpx.Response(503), httpx.Response(200, json={"id": "u"}))) == {"id": "u"}
    with pytest.raises(ServerError):
        call(answering(httpx.Response(500)), retries=0)
    with pytest.raises(ResponseBodyError):
        call(answering(httpx.Response(200, json="x" * 2000)), max_response_bytes=1000)


def test_what_is_no_failure_of_a_request_is_raised_as_it_is(call: _Call) -> None:
    transport = answering(AssertionError("not mocked"), httpx.Response(200))
    with pytest.raises(AssertionError, match="not mocked"):
        call(transport)
    assert len(transport.left) == 1
    with pytest.raises(AttributeError, match="headers"):
        call(answering(object()))
    with pytest.raises(ValueError, match="the transport gave 99"):
        call(answering(httpx.Response(99)))


def test_a_defect_in_the_middle_leaves_the_client_whole() -> None:
    transport = answering(AssertionError("not mocked"), httpx.Response(200, json=1), httpx.Response(200, json=2))
    with ManagementApi("t", **CREDENTIALS, transport=transport) as api:
        with pytest.raises(AssertionError):
            api.get("/api/users")
        assert [api.get("/api/users"), api.get("/api/users")] == [1, 2]


def test_cancelling_a_task_cancels_its_transport() -> None:
    async def main() -> None:
        begun, cancelled = asyncio.Event(), asyncio.Event()

        async def send(request: TransportRequest) -> httpx.Response:
            if request.url.endswith("/oidc/token"):
                return httpx.Response(200, json=TOKEN)
            begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                cancelled.set()
            raise AssertionError

        async with AsyncManagementApi("t", **CREDENTIALS, transport=send) as api:
            task = asyncio.ensure_future(api.get("/api/users"))
            await begun.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await asyncio.wait_for(cancelled.wait(), 30)
            with pytest.raises(APITimeoutError):
                await api.get("/api/users", timeout=0.05, retries=0)

    asyncio.run(main())


def test_a_client_inside_of_a_transport(simulator: Simulator) -> None:
    with ManagementApi(**simulator.credentials()) as inner:

        def send(request: TransportRequest) -> Any:
            if request.url.endswith("/oidc/token"):
                return httpx.Response(200, json=TOKEN)
            return httpx.Response(200, json=inner.get("/api/users", query={"page_size": 1}))

        with ManagementApi("t", **CREDENTIALS, transport=send) as api:
            assert api.get("/api/users") == inner.get("/api/users", query={"page_size": 1})


def test_what_is_no_transport() -> None:
    with pytest.raises(ConfigError, match="transport"):
        ManagementApi("t", **CREDENTIALS, transport="https://…")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="verify"):
        ManagementApi("t", **CREDENTIALS, transport=print, verify=False)  # type: ignore[arg-type]

    async def send(request: TransportRequest) -> Any:
        return request

    with ManagementApi("t", **CREDENTIALS, transport=send) as api, pytest.raises(TypeError, match="AsyncManagementApi"):
        api.get("/api/users")
