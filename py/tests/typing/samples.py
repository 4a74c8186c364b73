"""What users write must type-check, under mypy's and pyright's strict modes. It is checked, not run."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any, Union

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
    UserSearch,
)
from logto_management.testing import TestingClock
from logto_management.types import CreateUserBody, Domain, ErrorCode, User


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
        yield user["username"] or user["id"]
        api.patch("/api/users/{userId}", path={"userId": uuid.uuid4()}, json={"name": "Ann"}, idempotent=True)
        api.post("/api/user-assets", files={"file": ("a.png", b"", "image/png")})
        api.request("DELETE", "/api/users/{userId}", path={"userId": 1}, headers={"x-a": "b"}, deadline=3)
        query = {"search_params": {"search.username": ["a", "b"], "mode.username": "exact"}, "page": 1, "x": None}
        assert_type(api.get("/api/users", query=query), list[User])

        response = api.raw.get("/api/users", query=[("excludeRoleId", "r1"), ("excludeRoleId", "r2")])
        assert_type(response, RawResponse[list[User]])
        assert_type(response.headers["etag"], str)
        assert_type(response.request_id, "str | None")

        users = api.paginate("/api/users", page_size=50, concurrency=4, cursor="p1.0.100.-")
        assert_type(users, Listing[User])
        assert_type(users.cursor, "str | None")
        for item in users:
            yield item["id"]
        for page in users.pages():
            assert_type(page, Page[User])
            yield from (item["id"] for item in page)
        assert_type(api.access_token(), AccessToken)


async def asynchronous() -> AsyncIterator[str]:
    async with AsyncManagementApi.cloud("tenant", client_id="id", client_secret="secret", rate_limit=False) as api:
        assert_type(api, AsyncManagementApi)
        user = await api.get("/api/users/{userId}", path={"userId": "u1"})
        yield user["username"] or user["id"]
        assert_type(await api.raw.head("/api/users"), RawResponse[Any])
        users = api.paginate("/api/users")
        assert_type(users, AsyncListing[User])
        async for item in users:
            yield item["id"]
        async for page in users.pages():
            assert_type(page, Page[User])
        assert_type(await users.collect(max=10), list[User])
        assert_type(await api.access_token(), AccessToken)


def operations(api: ManagementApi) -> None:
    body: CreateUserBody = {"username": "ann"}
    user = api.users.create(body)
    assert_type(user["name"], Union[str, None])
    api.users.create(**body)
    api.users.create(username="ann", customData={"a": 1}, timeout=3)
    assert_type(api.users.update(user["id"], name=None, avatar="https://…"), User)
    assert_type(api.users.delete(user["id"]), None)
    assert_type(api.users.list(search=UserSearch("%ann%"), page_size=50), Listing[User])
    assert_type(api.roles.create_user("r", userIds=["u"]), None)
    assert_type(api.saml_applications.list_metadata("app"), str)
    assert_type(api.raw.users.get("u"), RawResponse[User])
    assert_type(api.domains.list(), list[Domain])
    assert_type(api.with_options(timeout=3, headers={"a": "b"}), ManagementApi)
    api.user_assets.create(("a.png", b"", "image/png"))
    api.users.list(search=UserSearch().exact("id", "a", "b").like("name", "A%").all())
    # What would be wrong is known to be.
    api.users.create(usrname="ann")  # type: ignore[call-overload] # pyright: ignore[reportCallIssue]
    api.organizations.create(description="no name")  # type: ignore[call-overload] # pyright: ignore[reportCallIssue]
    api.users.list(search=UserSearch().like("shoeSize", "4%"))  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    api.get("/api/users/{userId}", path={"id": "u"})  # type: ignore[call-overload] # pyright: ignore[reportCallIssue, reportArgumentType]
    api.post("/api/users", json={"usrname": "ann"})  # type: ignore[call-overload] # pyright: ignore[reportCallIssue, reportArgumentType]


async def awaited(api: AsyncManagementApi) -> None:
    user = await api.users.create(username="ann")
    assert_type(await api.users.update(user["id"], {"name": None}), User)
    assert_type(await api.users.delete(user["id"]), None)
    assert_type(api.users.list(), AsyncListing[User])
    assert_type(await api.users.list().first(), Union[User, None])
    assert_type(await api.post("/api/users", json={"username": "ann"}), User)
    assert_type(await api.raw.users.list(page=2), RawResponse[list[User]])


def errors() -> float:
    api = ManagementApi.self_hosted("http://localhost:3001", client_id="id", client_secret="secret")
    try:
        api.get("/api/status")
    except NotFoundError as error:
        assert_type(error.status, int)
        assert_type(error.code, Union[ErrorCode, str, None])
    except LogtoError as error:
        assert_type(error.status, "int | None")
        return error.retry_after or 0.0
    return 0.0
