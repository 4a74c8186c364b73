"""Search, in each of its forms, finds what the bare query finds."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Iterator
from typing import Any

import pytest

from conftest import Simulator
from logto_management import AsyncManagementApi, BadRequestError, ManagementApi, Search, UserSearch

PEOPLE: list[dict[str, Any]] = [
    {"username": "ann_one", "name": "Ann One", "primaryEmail": "ann.one@acme.test"},
    {"username": "ann_two", "name": "Ann Two", "primaryEmail": "ann.two@acme.example"},
    {"username": "bob_one", "name": "Bob One", "primaryEmail": "bob.one@acme.test"},
    {"username": "anna_s", "name": "anna small", "primaryEmail": "anna@example.net"},
]


@pytest.fixture
def api(simulator: Simulator) -> Iterator[ManagementApi]:
    simulator.reset(users=30)
    with ManagementApi(**simulator.credentials()) as api:
        for person in PEOPLE:
            api.users.create(body=person)  # type: ignore[arg-type]
        yield api


ANN_AT_ACME = "search.name=Ann%25&mode.name=like&search.primaryEmail=%25acme.test&mode.primaryEmail=like"

# A search, the bare query that it stands for, and who is found.
CASES: list[tuple[UserSearch | str, str, set[str]]] = [
    ("%ann%", "search=%25ann%25", {"ann_one", "ann_two", "anna_s"}),
    (UserSearch("%ann%"), "search=%25ann%25", {"ann_one", "ann_two", "anna_s"}),
    (
        UserSearch().like("name", "Ann%").like("primaryEmail", "%acme.test").all(),
        f"{ANN_AT_ACME}&joint=and",
        {"ann_one"},
    ),
    (
        UserSearch().like("name", "Ann%").like("primaryEmail", "%acme.test").any(),
        f"{ANN_AT_ACME}&joint=or",
        {"ann_one", "ann_two", "bob_one", "anna_s"},
    ),
    (
        UserSearch().like("name", "Ann%").case_sensitive(),
        "search.name=Ann%25&mode.name=like&isCaseSensitive=true",
        {"ann_one", "ann_two"},
    ),
    (UserSearch().exact("username", "bob_one"), "search.username=bob_one&mode.username=exact", {"bob_one"}),
    (
        UserSearch().one_of("username", ["ann_one", "bob_one"]),
        "search.username=ann_one&search.username=bob_one&mode.username=exact",
        {"ann_one", "bob_one"},
    ),
    (
        UserSearch().posix("username", "^ann_(one|two)$"),
        "search.username=%5Eann_(one|two)%24&mode.username=posix",
        {"ann_one", "ann_two"},
    ),
    (
        UserSearch().similar_to("username", "(ann|bob)_one"),
        "search.username=(ann|bob)_one&mode.username=similar_to&isCaseSensitive=true",
        {"ann_one", "bob_one"},
    ),
]


def _bare(api: ManagementApi, query: str) -> set[str]:
    """Who is found by a query string that goes out as it stands here."""
    from urllib.parse import unquote

    pairs = [tuple(map(unquote, pair.split("=", 1))) for pair in query.split("&")]
    return {user["username"] for user in api.request("GET", "/api/users", query=[*pairs, ("page_size", 100)])}


@pytest.mark.parametrize(("search", "query", "found"), CASES, ids=lambda value: value if isinstance(value, str) else "")
def test_a_search_finds_what_the_bare_query_finds(
    api: ManagementApi, simulator: Simulator, search: UserSearch | str, query: str, found: set[str]
) -> None:
    assert _bare(api, query) == found
    assert {user["username"] for user in api.users.list(search=search)} == found
    assert {user["username"] for user in api.users.list(search=search, page_size=1, concurrency=3)} == found
    if isinstance(search, UserSearch):
        assert {user["username"] for user in api.get("/api/users", query=search)} == found
        by_name: dict[str, Any] = {}
        for name, value in search:
            by_name[name] = [*by_name[name], value] if name in by_name else [value]
        assert {user["username"] for user in api.users.list(search_params=by_name)} == found

    async def asynchronous() -> None:
        async with AsyncManagementApi(**simulator.credentials()) as there:
            assert {user["username"] async for user in there.users.list(search=search)} == found
            if isinstance(search, UserSearch):
                assert {user["username"] async for user in there.users.list(search_params=by_name)} == found

    asyncio.run(asynchronous())


def test_the_official_style_object(api: ManagementApi) -> None:
    params = {"search.name": "Ann%", "search.primaryEmail": "%acme.test", "joint": "and"}
    assert [user["username"] for user in api.users.list(search_params=params)] == ["ann_one"]
    ids = [user["id"] for user in api.users.list(page_size=2).first() and api.users.list().collect(max=3)]
    several = {"search.id": ids, "mode.id": "exact"}
    assert {user["id"] for user in api.get("/api/users", query={"search_params": several})} == set(ids)
    assert {user["id"] for user in api.users.list(search=UserSearch().exact("id", *ids))} == set(ids)


def test_who_is_left_out(api: ManagementApi) -> None:
    ann = api.users.list(search=UserSearch().exact("username", "ann_one")).collect()[0]
    role = api.roles.create(name="editor", description="edits")
    api.roles.create_user(role["id"], userIds=[ann["id"]])
    organization = api.organizations.create(name="Acme")
    api.organizations.add_users(organization["id"], userIds=[ann["id"]])
    anns = UserSearch("%ann%")
    for search in (anns.exclude_role(role["id"]), anns.exclude_organization(organization["id"])):
        assert {user["username"] for user in api.users.list(search=search)} == {"ann_two", "anna_s"}
    assert {user["username"] for user in api.users.list(search=anns, excludeRoleId=role["id"])} == {"ann_two", "anna_s"}
    assert "passwordDigest" not in (api.users.list(search=anns).first() or {})
    assert "passwordDigest" in (api.users.list(search=anns.include_password_hash()).first() or {})
    assert "passwordDigest" in (api.users.list(search=anns, includePasswordHash=True).first() or {})
    # The members of the role, searched.
    assert [user["username"] for user in api.roles.list_users(role["id"], search=anns)] == ["ann_one"]
    assert [found["name"] for found in api.roles.list(search=Search().like("name", "edit%"))] == ["editor"]


def test_the_server_says_what_is_wrong(api: ManagementApi) -> None:
    wrong: Any = UserSearch()
    with pytest.raises(BadRequestError):
        api.users.list(search=wrong.exact("shoeSize", "44")).first()


def test_a_search_is_a_value() -> None:
    one = UserSearch().like("name", "A%")
    assert one == UserSearch().like("name", "A%")
    assert len({one, UserSearch().like("name", "A%"), one.all(), Search().like("name", "A%")}) == 3
    assert list(copy.deepcopy(one)) == list(one)
    assert list(one.all()) != list(one), "each method gives a new one"
    assert repr(one.exact("username", "secret")) == "<UserSearch search.name search.username>"
    with pytest.raises(TypeError, match="a value"):
        one.exact("id")
