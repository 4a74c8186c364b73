"""Listings, blocking and asynchronous alike."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any

import pytest

from conftest import Simulator
from logto_management import InvalidRequestError, LogtoError, ManagementApi, ServerError
from logto_management.testing import TestingClock


@pytest.fixture
def api(simulator: Simulator) -> Iterator[ManagementApi]:
    with ManagementApi(**simulator.credentials(clock=TestingClock())) as api:
        yield api


def _ids(items: Any) -> list[str]:
    return [item["id"] for item in items]


@pytest.mark.parametrize("concurrency", [1, 4, 50])
def test_every_item_once(api: ManagementApi, simulator: Simulator, concurrency: int) -> None:
    users = api.paginate("/api/users", concurrency=concurrency)
    assert (users.total, users.page, users.cursor is None) == (None, None, False)
    ids = _ids(users)
    assert ids == simulator.control("GET", "users")["ids"]
    assert (users.total, users.total_is_exact, users.cursor) == (250, True, None)
    assert list(users) == []
    seen = simulator.seen()
    assert (seen["tokenRequests"], seen["apiRequests"]) == (1, 3)


def test_pages(api: ManagementApi) -> None:
    pages = list(api.paginate("/api/users", page_size=90).pages())
    assert [(page.number, page.size, len(page), page.total, page.total_is_exact) for page in pages] == [
        (1, 90, 90, 250, True),
        (2, 90, 90, 250, True),
        (3, 90, 70, 250, True),
    ]
    assert pages[-1].cursor is None
    assert len({page.request_id for page in pages}) == 3
    assert _ids(pages[0]) == _ids(pages[0].items)


def test_first_and_collect(api: ManagementApi) -> None:
    users = api.paginate("/api/users")
    first = users.first()
    some = users.collect(max=120)
    assert len(some) == 120
    assert users.collect(max=0) == []
    rest = users.collect()
    assert len({first["id"], *_ids(some), *_ids(rest)}) == 250
    assert users.first() is None
    assert api.paginate("/api/users", query={"search": "%nobody at all%"}).collect() == []


def test_a_loop_that_was_left_goes_on(api: ManagementApi) -> None:
    users = api.paginate("/api/users", page_size=50)
    ids = []
    for user in users:
        ids.append(user["id"])
        if len(ids) == 70:
            break
    assert users.page is not None
    assert users.page.number == 2
    ids += _ids(users)
    assert len(ids) == len(set(ids)) == 250


def test_a_cursor_skips_nothing(api: ManagementApi, simulator: Simulator) -> None:
    users = api.paginate("/api/users", page_size=50)
    ids = _ids(users.collect(max=70))
    cursor = users.cursor
    assert cursor is not None
    with ManagementApi(**simulator.credentials()) as another:
        resumed = another.paginate("/api/users", cursor=pickle.loads(pickle.dumps(cursor)))
        ids_again = _ids(resumed)
    assert len(set(ids) | set(ids_again)) == 250
    # It stands in front of the page that was begun.
    assert ids_again[:20] == ids[50:]


def test_after_an_error_it_goes_on(api: ManagementApi, simulator: Simulator) -> None:
    # The first page comes, the second fails as often as it is tried, the third try of the caller is a new one.
    fault = {"match": {"path": "/api/users"}, "skip": 1, "times": 3, "action": {"do": "status", "status": 503}}
    simulator.faults(fault)
    users = api.paginate("/api/users")
    ids = []

    def read() -> None:
        for user in users:
            ids.append(user["id"])

    with pytest.raises(ServerError) as raised:
        read()
    assert raised.value.attempts == 3
    assert len(ids) == 100
    read()
    assert len(ids) == len(set(ids)) == 250


def test_what_is_wrong_is_said(api: ManagementApi, simulator: Simulator) -> None:
    for wrong in (
        {"page_size": 0},
        {"page_size": 101},
        {"page_size": -1},
        {"page": 0},
        {"concurrency": 0},
        {"concurrency": -1},
        {"cursor": "x"},
    ):
        with pytest.raises(InvalidRequestError):
            api.paginate("/api/users", **wrong).first()  # type: ignore[arg-type]
    assert simulator.seen()["apiRequests"] == 0


def test_a_closed_listing_refuses(api: ManagementApi) -> None:
    users = api.paginate("/api/users", concurrency=4)
    assert users.first() is not None
    users.close()
    users.close()
    with pytest.raises(RuntimeError, match="closed"):
        list(users.pages())


def test_a_slow_reader_loses_nothing(api: ManagementApi, simulator: Simulator) -> None:
    # Pages that were asked for ahead come in while nobody waits for them, and are not timed out.
    simulator.faults({"match": {"path": "/api/status"}, "action": {"do": "delay", "ms": 600}})
    with ManagementApi(**simulator.credentials(), timeout=0.5, retries=0) as reader:
        ids = []
        for page in reader.paginate("/api/users", page_size=50, concurrency=4).pages():
            ids += _ids(page)
            # Longer than the reader's requests may take.
            api.get("/api/status")
    assert len(ids) == len(set(ids)) == 250
    assert simulator.seen()["routes"]["GET /api/users"] == 5


def test_errors_of_the_listing_carry_its_route(api: ManagementApi) -> None:
    with pytest.raises(LogtoError) as raised:
        api.paginate("/api/roles/{id}/users", path={"id": "none"}).first()
    assert raised.value.route == "/api/roles/{id}/users"
