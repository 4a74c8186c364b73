"""Calls: what goes out, and what comes back."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator
from types import MappingProxyType
from typing import Any

import pytest

from conftest import Simulator
from logto_management import BodyTooLargeError, InvalidRequestError, ManagementApi, NotFoundError, _body
from wire import Wire


@pytest.fixture
def api(simulator: Simulator) -> Iterator[ManagementApi]:
    with ManagementApi(**simulator.credentials()) as api:
        yield api


def test_data_by_what_arrives(api: ManagementApi) -> None:
    user = api.post("/api/users", json={"username": "ann_1", "customData": {"ä": [1, 1.5, None, True, "x" * 100]}})
    assert user["username"] == "ann_1"
    assert api.get("/api/users/{id}", path={"id": user["id"]})["customData"] == {"ä": [1, 1.5, None, True, "x" * 100]}
    role = api.post("/api/roles", json={"name": "r", "description": "d"})
    # text/plain "Created"
    assert api.post("/api/roles/{id}/users", path={"id": role["id"]}, json={"userIds": [user["id"]]}) is None
    assert api.delete("/api/users/{id}", path={"id": user["id"]}) is None
    assert api.get("/api/status") is None


def test_whole_answers(api: ManagementApi) -> None:
    answer = api.raw.get("/api/users", query={"page": 1, "page_size": 2})
    assert (answer.status, answer.attempts, len(answer.json())) == (200, 1, 2)
    assert answer.data == answer.json()
    assert answer.content.decode() == answer.text
    assert answer.headers["Total-Number"] == "250"
    assert len(answer.headers.get_list("link")) >= 2
    assert answer.headers["link"].count("rel=") == len(answer.headers.get_list("link"))
    assert "nothing" not in answer.headers
    assert answer.request_id == answer.headers["logto-core-request-id"]
    assert api.raw.head("/api/users").data is None
    again = api.raw.get(
        "/api/users", query={"page": 1, "page_size": 2}, headers={"if-none-match": answer.headers["etag"]}
    )
    assert (again.status, again.data) == (304, None)


def test_query_values(api: ManagementApi, simulator: Simulator) -> None:
    api.get("/api/users", query={"a": "ä &", "b": [1, 2], "c": None, "d": True, "e": 1.5, "f": (), "g": 2**70})
    api.get("/api/users", query=[("x", 1), ("x", 2)])
    api.get("/api/users", query=MappingProxyType({"y": "z"}))
    api.get("/api/users", query={"search_params": {"search.username": ["a", "b"], "mode.username": "exact"}})
    targets = [
        request["target"].partition("?")[2] for request in simulator.seen()["requests"] if "/api/" in request["target"]
    ]
    assert targets == [
        f"a=%C3%A4%20%26&b=1&b=2&d=true&e=1.5&g={2**70}",
        "x=1&x=2",
        "y=z",
        "mode.username=exact&search.username=a&search.username=b",
    ]


@pytest.mark.parametrize("value", [object(), b"x", {1, 2}, float("nan"), {"a": object()}])
def test_a_query_takes_plain_values_only(api: ManagementApi, value: Any) -> None:
    with pytest.raises(TypeError, match="the query parameter q"):
        api.get("/api/users", query={"q": value})


def test_a_query_that_holds_itself_is_no_endless_loop(api: ManagementApi) -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(TypeError, match="nested too deeply"):
        api.get("/api/users", query={"q": loop})


@pytest.mark.parametrize("value", [None, True, 1.5, b"x", ["x"], {"x": 1}])
def test_what_is_no_id_is_no_path_parameter(api: ManagementApi, value: Any) -> None:
    with pytest.raises(TypeError, match="the path parameter id must be str or int"):
        api.get("/api/users/{id}", path={"id": value})


def test_path_parameters_stay_one_segment(api: ManagementApi, simulator: Simulator) -> None:
    ident = uuid.UUID(int=1)
    for value in ("a/b?c#d", 7, ident):
        with pytest.raises(NotFoundError):
            api.get("/api/users/{id}", path={"id": value})
    targets = [request["target"] for request in simulator.seen()["requests"] if "/api/" in request["target"]]
    assert targets == ["/api/users/a%2Fb%3Fc%23d", "/api/users/7", f"/api/users/{ident}"]
    for value in ("", ".", ".."):
        with pytest.raises(InvalidRequestError):
            api.get("/api/users/{id}", path={"id": value})
    with pytest.raises(InvalidRequestError, match="missing"):
        api.get("/api/users/{id}")


def test_unknown_keywords_are_refused(api: ManagementApi) -> None:
    with pytest.raises(TypeError, match="jsn"):
        api.post("/api/users", jsn={})  # type: ignore[call-arg]


def test_one_body(api: ManagementApi) -> None:
    with pytest.raises(TypeError, match="one body"):
        api.post("/api/users", json={}, content=b"")
    with pytest.raises(ValueError, match="JSON"):
        api.post("/api/users", json=float("nan"))
    with pytest.raises(BodyTooLargeError) as raised:
        api.post("/api/users", json={"x": "y" * (1 << 20)})
    assert raised.value.attempts == 0


def test_the_caller_s_content_type_is_the_only_one(api: ManagementApi) -> None:
    user = api.post("/api/users", json={"username": "ann_2"}, headers={"Content-Type": "application/json"})
    assert user["username"] == "ann_2"
    assert (
        api.post("/api/users", content='{"username":"ann_3"}', content_type="application/json")["username"] == "ann_3"
    )


def test_forms() -> None:
    assert _body.encode(None, None, None, {"a": "ä &", "b": [1, True]}, None) == (
        "application/x-www-form-urlencoded",
        b"a=%C3%A4+%26&b=1&b=true",
    )


def test_uploads() -> None:
    named = io.BytesIO(b"three")
    named.name = "/srv/ann/c.txt"
    files: dict[str, Any] = {"a": b"one", "b": ('q"\r\n.png', b"two"), "c": named, "d": ("d", b"four", "x/y")}
    content_type, body = _body.encode(None, None, None, {"field": 1}, files)
    assert content_type is not None
    boundary = content_type.removeprefix("multipart/form-data; boundary=")
    parts = body.split(f"--{boundary}".encode())
    assert parts[0] == b""
    assert parts[-1] == b"--\r\n"
    assert [part.strip(b"\r\n") for part in parts[1:-1]] == [
        b'Content-Disposition: form-data; name="field"\r\n\r\n1',
        b'Content-Disposition: form-data; name="a"; filename="a"\r\nContent-Type: application/octet-stream\r\n\r\none',
        b'Content-Disposition: form-data; name="b"; filename="q%22%0D%0A.png"\r\nContent-Type: image/png\r\n\r\ntwo',
        b'Content-Disposition: form-data; name="c"; filename="c.txt"\r\nContent-Type: text/plain\r\n\r\nthree',
        b'Content-Disposition: form-data; name="d"; filename="d"\r\nContent-Type: x/y\r\n\r\nfour',
    ]


def test_access_tokens_are_not_printed(api: ManagementApi, simulator: Simulator) -> None:
    token = api.access_token()
    assert simulator.seen()["tokenRequests"] == 1
    assert token.scope == "all"
    assert token.value.count(".") == 2
    assert token.value not in repr(token)
    assert token.value not in str(token)


def test_a_closed_client_refuses(simulator: Simulator) -> None:
    api = ManagementApi(**simulator.credentials())
    api.get("/api/users")
    api.close()
    api.close()
    with pytest.raises(RuntimeError, match="closed"):
        api.get("/api/users")
    with pytest.raises(RuntimeError, match="closed"):
        api.paginate("/api/users")
    assert repr(api).startswith("<ManagementApi http")


def test_connections_that_the_server_closed_meanwhile_cost_no_call(wire: Wire) -> None:
    # A POST is never sent twice, so it must not be sent on a connection that is gone.
    with ManagementApi(**wire.credentials(), retries=0) as api:
        for _ in range(1000):
            assert api.post("/api/once", json={}) == {}
            assert wire.closed.acquire(timeout=30)


def test_the_ways_to_make_one(simulator: Simulator) -> None:
    secret = {"client_id": "a", "client_secret": "b"}
    cloud = ManagementApi.cloud("t1", **secret)
    assert (cloud.base_url, cloud.api_indicator) == ("https://t1.logto.app", "https://t1.logto.app/api")
    custom = ManagementApi.cloud("t1", base_url="https://id.example.com/", **secret)
    assert (custom.base_url, custom.api_indicator) == ("https://id.example.com", "https://t1.logto.app/api")
    own = ManagementApi.self_hosted("https://id.example.com", **secret)
    assert (own.base_url, own.api_indicator) == ("https://id.example.com", "https://default.logto.app/api")
    with ManagementApi.from_env(simulator.environment()) as api:
        assert len(api.get("/api/users")) == 20
