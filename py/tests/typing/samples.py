"""What users write must type-check, under mypy's and pyright's strict modes. It is checked, not run."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

from typing_extensions import assert_type

from logto_management import (
    AccessToken,
    AsyncListing,
    AsyncManagementApi,
    Listing,
    LogtoError,
    ManagementApi,
    NotFoundError,
    Page,
    RateLimit,
    RawResponse,
)
from logto_management.testing import TestingClock


def blocking() -> Iterator[str]:
    with ManagementApi(
        "default",
        client_id="id",
        client_secret="secret",
        base_url="http://localhost:3001",
        api_indicator="https://default.logto.app/api",
        clock=TestingClock(),
        timeout=timedelta(seconds=5),
        retries=3,
        rate_limit=RateLimit(100, per=10, burst=20),
    ) as api:
        assert_type(api, ManagementApi)
        user = api.get("/api/users/{userId}", path={"userId": "u1"}, timeout=1.5)
        yield user["username"]
        api.patch("/api/users/{userId}", path={"userId": uuid.uuid4()}, json={"name": "Ann"}, idempotent=True)
        api.post("/api/user-assets", files={"file": ("a.png", b"", "image/png")})
        api.request("DELETE", "/api/users/{userId}", path={"userId": 1}, headers={"x-a": "b"}, deadline=3)
        query = {"search_params": {"search.username": ["a", "b"], "mode.username": "exact"}, "page": 1, "x": None}
        api.delete("/api/users", query=query)

        response = api.raw.get("/api/users", query=[("excludeRoleId", "r1"), ("excludeRoleId", "r2")])
        assert_type(response, RawResponse)
        assert_type(response.headers["etag"], str)
        assert_type(response.request_id, "str | None")

        users = api.paginate("/api/users", page_size=50, concurrency=4, cursor="p1.0.100.-")
        assert_type(users, Listing)
        assert_type(users.cursor, "str | None")
        for item in users:
            yield item["id"]
        for page in users.pages():
            assert_type(page, Page)
            yield from (item["id"] for item in page)
        assert_type(api.access_token(), AccessToken)


async def asynchronous() -> AsyncIterator[str]:
    async with AsyncManagementApi.cloud("tenant", client_id="id", client_secret="secret", rate_limit=False) as api:
        assert_type(api, AsyncManagementApi)
        user = await api.get("/api/users/{userId}", path={"userId": "u1"})
        yield user["username"]
        assert_type(await api.raw.head("/api/users"), RawResponse)
        users = api.paginate("/api/users")
        assert_type(users, AsyncListing)
        async for item in users:
            yield item["id"]
        async for page in users.pages():
            assert_type(page, Page)
        assert_type(await users.collect(max=10), list[Any])
        assert_type(await api.access_token(), AccessToken)


def errors() -> float:
    api = ManagementApi.self_hosted("http://localhost:3001", client_id="id", client_secret="secret")
    try:
        api.get("/api/status")
    except NotFoundError as error:
        assert_type(error.status, int)
        assert_type(error.code, "str | None")
    except LogtoError as error:
        assert_type(error.status, "int | None")
        return error.retry_after or 0.0
    return 0.0
