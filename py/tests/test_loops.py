"""Event loops that drive the client's requests themselves, and the thread that does where they do not."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import os
import threading
import weakref
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from conftest import Simulator
from logto_management import AsyncManagementApi, _bridge
from wire import Wire


def _uvloop() -> asyncio.AbstractEventLoop:
    return pytest.importorskip("uvloop").new_event_loop()


LOOPS = {"asyncio": asyncio.SelectorEventLoop, "uvloop": _uvloop}


@pytest.fixture(params=LOOPS.values(), ids=LOOPS)
def make_loop(request: pytest.FixtureRequest) -> Callable[[], asyncio.AbstractEventLoop]:
    """Make a loop of each kind that can watch descriptors."""
    made: Callable[[], asyncio.AbstractEventLoop] = request.param
    return made


def _run_on(make_loop: Callable[[], asyncio.AbstractEventLoop], main: Coroutine[Any, Any, Any]) -> Any:
    loop = make_loop()
    try:
        return loop.run_until_complete(main)
    finally:
        loop.close()


def test_two_loops_share_a_client(make_loop: Callable[[], asyncio.AbstractEventLoop], simulator: Simulator) -> None:
    api = AsyncManagementApi(**simulator.credentials())
    counts: list[int] = []

    async def work() -> None:
        for _ in range(30):
            counts.append(len(await api.get("/api/users", query={"page_size": 10})))
            counts.extend(len(users) for users in await asyncio.gather(*[api.get("/api/users") for _ in range(3)]))

    threads = [threading.Thread(target=lambda: _run_on(make_loop, work())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(set(counts)) == [10, 20]
    assert len(counts) == 240
    assert simulator.seen()["tokenRequests"] == 1


def test_a_blocked_loop_holds_up_no_other(
    make_loop: Callable[[], asyncio.AbstractEventLoop], simulator: Simulator, wire: Wire
) -> None:
    """The blocked loop was driving, and has a call under way that never ends."""
    api = AsyncManagementApi(**simulator.credentials())
    hanging = AsyncManagementApi(**wire.credentials())
    blocked, ended = threading.Event(), threading.Event()

    async def block() -> None:
        task = asyncio.ensure_future(hanging.get("/api/users"))
        assert await asyncio.to_thread(wire.arrived.acquire, timeout=30)
        blocked.set()
        assert ended.wait(30)
        task.cancel()

    async def work() -> int:
        return len(await api.paginate("/api/users", concurrency=3).collect())

    thread = threading.Thread(target=lambda: _run_on(make_loop, block()))
    thread.start()
    assert blocked.wait(30)
    # Not one call of this loop waits for the other.
    assert [_run_on(make_loop, work()) for _ in range(3)] == [250] * 3
    assert not ended.is_set()
    ended.set()
    thread.join()


def test_the_calls_of_a_blocked_loop_go_on(
    make_loop: Callable[[], asyncio.AbstractEventLoop], simulator: Simulator
) -> None:

    async def main() -> int:
        async with AsyncManagementApi(**simulator.credentials()) as api:
            task = asyncio.ensure_future(api.get("/api/users"))
            await asyncio.sleep(0)
            # A token and an answer: several requests one after the other, and the loop's thread is here.
            while not simulator.seen()["apiRequests"]:
                pass
            return len(await task)

    assert _run_on(make_loop, main()) == 20


def test_a_loop_closed_mid_call_and_then_another(
    make_loop: Callable[[], asyncio.AbstractEventLoop], wire: Wire, simulator: Simulator
) -> None:
    hanging = AsyncManagementApi(**wire.credentials())
    api = AsyncManagementApi(**simulator.credentials())
    loop = make_loop()
    task = loop.create_task(hanging.get("/api/users"))

    async def arrived() -> None:
        assert await asyncio.to_thread(wire.arrived.acquire, timeout=30)

    loop.run_until_complete(arrived())
    loop.close()
    # It still has its call under way.
    for _ in range(3):
        assert len(_run_on(make_loop, api.get("/api/users"))) == 20
    task._log_destroy_pending = False  # type: ignore[attr-defined]
    del task, loop
    gc.collect()
    assert wire.hung_up.acquire(timeout=30)


def test_no_reader_is_left_when_nothing_is_to_do(simulator: Simulator, run_python: Any) -> None:
    # In a process of its own: what others leave, idle connections, is looked after for a while.
    program = """
import asyncio
from logto_management import AsyncManagementApi, _bridge

class Counting(asyncio.SelectorEventLoop):
    def __init__(self):
        super().__init__()
        self.watched, self.ever = set(), set()
    def add_reader(self, fd, callback, *args):
        self.watched.add(fd)
        self.ever.add(fd)
        super().add_reader(fd, callback, *args)
    def remove_reader(self, fd):
        self.watched.discard(fd)
        return super().remove_reader(fd)

class Answer:
    status_code = 200
    headers = {"content-type": "application/json"}
    content = b'{"access_token": "t", "expires_in": 3600, "token_type": "Bearer", "scope": "all"}'

async def main():
    # Without connections.
    async with AsyncManagementApi.from_env(transport=lambda _: Answer) as api:
        for _ in range(3):
            await api.get("/api/users")
            known = _bridge._bridges[loop]()
            assert known.descriptor in loop.ever
            assert loop.watched == {known.fileno()}, loop.watched

loop = Counting()
loop.run_until_complete(main())
loop.close()
print("ok")
"""
    done = run_python(program, simulator.environment())
    assert (done.stdout, done.stderr, done.returncode) == ("ok\n", "", 0)


def _descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="no list of descriptors")
def test_nothing_is_left_of_a_thousand_loops(simulator: Simulator) -> None:
    shared = AsyncManagementApi(**simulator.credentials())

    async def with_shared() -> None:
        assert await shared.get("/api/status") is None

    async def with_own() -> None:
        async with AsyncManagementApi(**simulator.credentials()) as api:
            assert await api.get("/api/status") is None

    for main in (with_shared, with_own):
        asyncio.run(main())
        before = _descriptors()
        for number in range(500):
            asyncio.run(main(), debug=number % 10 == 0)
        # Where a thread had the sockets, it may still be about to let go of what the last call held.
        while _descriptors() > before:
            pass
    asyncio.run(shared.close())


def test_a_loop_keeps_nothing_of_the_task_that_called(
    make_loop: Callable[[], asyncio.AbstractEventLoop], simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Held:
        pass

    variable: contextvars.ContextVar[Any] = contextvars.ContextVar("variable")
    watch, watched = _bridge._Ties.watch, []

    def watching(ties: Any, bridge: Any) -> None:
        watched.append(bridge)
        watch(ties, bridge)

    monkeypatch.setattr(_bridge._Ties, "watch", watching)

    async def call(api: AsyncManagementApi) -> weakref.ref[Held]:
        held = Held()
        variable.set(held)
        await api.get("/api/users")
        return weakref.ref(held)

    async def main() -> None:
        async with AsyncManagementApi(**simulator.credentials()) as api:
            bridge = _bridge._bridge(asyncio.get_running_loop())
            # A thread may have the sockets for a while yet, after what other tests did.
            while not watched:
                held = await asyncio.ensure_future(call(api))
            # asyncio's own handle of it goes with the loop's next round.
            await asyncio.sleep(0)
            gc.collect()
            assert held() is None
            watched.clear()
            del bridge

    _run_on(make_loop, main())


def test_what_is_there_at_once_needs_no_loop(simulator: Simulator) -> None:
    async def main() -> None:
        async with AsyncManagementApi(**simulator.credentials()) as api:
            token = await api.access_token()
            steps: list[str] = []
            asyncio.get_running_loop().call_soon(steps.append, "loop")
            assert (await api.access_token()).value == token.value
            steps.append("call")
            await asyncio.sleep(0)
            assert steps == ["call", "loop"]

    asyncio.run(main())
