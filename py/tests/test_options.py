"""``with_options``: a view of a client, whose calls have options of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

import logto_management as lm
from echo import Echo
from logto_management import AsyncManagementApi, ManagementApi
from logto_management.testing import TestingClock
from wire import Wire


@pytest.fixture
def echo() -> Iterator[Echo]:
    with Echo() as server:
        yield server


def test_headers_add_up(echo: Echo) -> None:
    with ManagementApi(**echo.credentials()) as api:
        view = api.with_options(headers={"X-One": "1", "X-Two": "2"})
        view.users.get("u")
        view.users.get("u", headers={"x-two": "zwei", "x-three": "3"})
        view.get("/api/users/{userId}", path={"userId": "u"}, headers=[("x-one", "eins")])
        view.raw.users.get("u")
        view.raw.get("/api/users/{userId}", path={"userId": "u"})
        view.with_options(headers={"x-one": "one"}, retries=0).users.get("u")
        echo.answers["GET /api/users"] = (200, "application/json", b"[]")
        view.users.list().collect()
        api.users.get("u")
        assert isinstance(view, ManagementApi)
        assert view.with_options() is not view
    seen = [tuple(asked.headers.get(f"x-{name}") for name in ("one", "two", "three")) for asked in echo.asked]
    plain = ("1", "2", None)
    assert seen == [
        plain, ("1", "zwei", "3"), ("eins", "2", None), plain, plain, ("one", "2", None), plain, (None, None, None),
    ]  # fmt: skip


def test_a_view_shares_the_token(wire: Wire) -> None:
    with ManagementApi(**wire.credentials(retries=0)) as api:
        api.access_token()
        api.with_options(timeout=3).access_token()
        assert wire.tokens == 1
        with pytest.raises(lm.APITimeoutError):
            api.with_options(timeout=0.05).get("/api/users")
        with pytest.raises(lm.APITimeoutError):
            api.with_options(timeout=300).get("/api/users", timeout=0.05)
        api.with_options(retries=1).close()
        with pytest.raises(RuntimeError, match="closed"):
            api.get("/api/users")


def test_retries_of_a_view(echo: Echo) -> None:
    echo.answers["GET /api/users/u"] = (503, None, b"")

    def attempts(api: Any, **call: Any) -> int:
        with pytest.raises(lm.ServerError) as raised:
            api.users.get("u", **call)
        return raised.value.attempts

    with ManagementApi(**echo.credentials(clock=TestingClock())) as api:
        assert attempts(api) == 3
        assert attempts(api.with_options(retries=0)) == 1
        assert attempts(api.with_options(retries=0), retries=1) == 2

    async def asynchronous() -> None:
        async with AsyncManagementApi(**echo.credentials(clock=TestingClock())) as there:
            with pytest.raises(lm.ServerError) as raised:
                await there.with_options(retries=0, headers={"x-a": "b"}).users.get("u")
            assert raised.value.attempts == 1
            assert echo.asked[-1].headers["x-a"] == "b"

    asyncio.run(asynchronous())


def test_a_wrong_option_is_said_at_once(echo: Echo) -> None:
    api: Any = ManagementApi(**echo.credentials())
    with pytest.raises(lm.ConfigError, match="there is no option timout"):
        api.with_options(timout=3)
    with pytest.raises(lm.ConfigError, match="timeout must be a number of seconds"):
        api.with_options(timeout="3")
