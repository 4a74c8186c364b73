"""asyncio: tasks, loops, and what happens when they end."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from conftest import Simulator
from logto_management import AsyncManagementApi, ManagementApi, NotFoundError, ServerError, _bridge
from logto_management.testing import TestingClock
from wire import Wire

Run = Callable[[Coroutine[Any, Any, Any]], Any]


class ProactorLike(asyncio.SelectorEventLoop):
    """A loop that watches no sockets for others, as Windows' proactor does not."""

    def add_reader(self, *_: Any) -> None:
        raise NotImplementedError


def _run_on(make_loop: Callable[[], asyncio.AbstractEventLoop]) -> Run:
    def run(main: Coroutine[Any, Any, Any]) -> Any:
        loop = make_loop()
        try:
            return loop.run_until_complete(main)
        finally:
            loop.close()

    return run


def _uvloop() -> asyncio.AbstractEventLoop:
    return pytest.importorskip("uvloop").new_event_loop()


LOOPS = {"asyncio": asyncio.SelectorEventLoop, "uvloop": _uvloop, "proactor-like": ProactorLike}


@pytest.fixture(params=LOOPS.values(), ids=LOOPS)
def run(request: pytest.FixtureRequest) -> Run:
    """Run a coroutine on each kind of loop."""
    return _run_on(request.param)


def test_calls_and_listings(run: Run, simulator: Simulator) -> None:
    async def main() -> None:
        async with AsyncManagementApi(**simulator.credentials()) as api:
            listing = api.paginate("/api/users", concurrency=4)
            users = [user async for user in listing]
            assert (len(users), listing.total, listing.cursor) == (250, 250, None)
            assert await api.get("/api/users/{id}", path={"id": users[0]["id"]}) == users[0]
            assert (await api.raw.head("/api/users")).headers["total-number"] == "250"
            assert await api.get("/api/status") is None
            with pytest.raises(NotFoundError):
                await api.get("/api/users/{id}", path={"id": "nobody"})
            assert (await api.access_token()).scope == "all"
            pages = [page async for page in api.paginate("/api/users", page_size=90).pages()]
            assert [len(page) for page in pages] == [90, 90, 70]
            listing = api.paginate("/api/users")
            first = await listing.first()
            assert [first, *await listing.collect(max=3)] == users[:4]
        assert simulator.seen()["tokenRequests"] == 1

    run(main())


def test_it_gives_what_the_blocking_client_gives(run: Run, simulator: Simulator) -> None:
    async def main() -> list[Any]:
        async with AsyncManagementApi(**simulator.credentials()) as api:
            return [user async for user in api.paginate("/api/users")]

    with ManagementApi(**simulator.credentials()) as api:
        assert run(main()) == list(api.paginate("/api/users"))


def test_ten_thousand_first_calls_make_one_token_request(simulator: Simulator) -> None:
    async def main() -> None:
        async with AsyncManagementApi(**simulator.credentials()) as api:
            answers = await asyncio.gather(*(api.get("/api/status") for _ in range(200)))
            assert answers == [None] * 200
            tokens = await asyncio.gather(*(api.access_token() for _ in range(10_000)))
            assert len({token.value for token in tokens}) == 1

    asyncio.run(main())
    assert simulator.seen()["tokenRequests"] == 1


def test_cancelling_a_task_aborts_its_request(run: Run, wire: Wire) -> None:
    async def main() -> None:
        async with AsyncManagementApi(**wire.credentials()) as api:
            task = asyncio.ensure_future(api.get("/api/users"))
            assert await asyncio.to_thread(wire.arrived.acquire, timeout=30)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await asyncio.to_thread(wire.hung_up.acquire, timeout=30)

    run(main())


def test_a_cancelled_page_is_asked_for_again(run: Run, simulator: Simulator) -> None:
    simulator.faults({"match": {"path": "/api/users"}, "times": 1, "action": {"do": "hang"}})

    async def main() -> None:
        async with AsyncManagementApi(**simulator.credentials()) as api:
            users = api.paginate("/api/users", concurrency=2)
            task = asyncio.ensure_future(users.first())
            while not (await asyncio.to_thread(simulator.seen))["faultsFired"]:
                pass
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert len(await users.collect()) == 250

    run(main())


def test_one_client_on_many_loops(simulator: Simulator) -> None:
    api = AsyncManagementApi(**simulator.credentials())

    async def main() -> int:
        return len(await api.paginate("/api/users").collect())

    assert [_run_on(asyncio.SelectorEventLoop)(main()) for _ in range(3)] == [250] * 3
    counts: list[int] = []
    threads = [threading.Thread(target=lambda: counts.append(asyncio.run(main()))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [250] * 4
    assert simulator.seen()["tokenRequests"] == 1
    asyncio.run(api.close())


@pytest.mark.parametrize("make_loop", LOOPS.values(), ids=LOOPS)
def test_a_loop_closed_with_calls_under_way(make_loop: Callable[[], asyncio.AbstractEventLoop], wire: Wire) -> None:
    api = AsyncManagementApi(**wire.credentials())
    loop = make_loop()
    task = loop.create_task(api.get("/api/users"))
    loop.run_until_complete(asyncio.sleep(0))
    assert wire.arrived.acquire(timeout=30)
    loop.close()
    # It was never awaited, and says so: that is asyncio's to say.
    task._log_destroy_pending = False  # type: ignore[attr-defined]
    del task, loop
    gc.collect()
    assert wire.hung_up.acquire(timeout=30)

    async def main() -> Any:
        return await api.access_token()

    assert asyncio.run(main()).value == "t"
    # Nothing is kept of loops that are gone.
    gc.collect()
    assert len(_bridge._bridges) == 0


def test_without_a_loop_there_is_a_clear_error(simulator: Simulator) -> None:
    api = AsyncManagementApi(**simulator.credentials())
    call = api.get("/api/users")
    with pytest.raises(RuntimeError, match="running asyncio event loop"):
        call.send(None)


def test_a_closed_client_refuses(run: Run, simulator: Simulator) -> None:
    async def main() -> None:
        api = AsyncManagementApi(**simulator.credentials())
        await api.get("/api/users")
        await api.close()
        await api.close()
        with pytest.raises(RuntimeError, match="closed"):
            await api.get("/api/users")

    run(main())


def test_after_an_error_a_listing_goes_on(run: Run, simulator: Simulator) -> None:
    simulator.faults(
        {"match": {"path": "/api/users"}, "skip": 1, "times": 3, "action": {"do": "status", "status": 503}}
    )

    async def main() -> None:
        async with AsyncManagementApi(**simulator.credentials(clock=TestingClock())) as api:
            users = api.paginate("/api/users")
            ids: list[str] = []

            async def read() -> None:
                async for user in users:
                    ids.append(user["id"])

            with pytest.raises(ServerError):
                await read()
            assert len(ids) == 100
            await read()
            assert len(set(ids)) == len(ids) == 250

    run(main())


def test_warnings_of_awaited_calls(simulator: Simulator, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        async with AsyncManagementApi(**simulator.credentials(client_id="m2m-no-role")) as api:
            await asyncio.gather(*(api.access_token() for _ in range(3)))

    asyncio.run(main())
    assert [record.logto_code for record in caplog.records if record.name == "logto_management"] == ["scope"]  # type: ignore[attr-defined]


def test_nothing_is_left_of_a_call(simulator: Simulator) -> None:
    async def main() -> None:
        async with AsyncManagementApi(**simulator.credentials()) as api:
            await asyncio.gather(*(api.get("/api/users", query={"page_size": 1}) for _ in range(20)))
            known = _bridge._bridges[asyncio.get_running_loop()]()
            assert known is not None
            assert known.pending == 0

    asyncio.run(main())
