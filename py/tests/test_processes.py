"""Threads, signals, forks, and the end of the interpreter: each tried in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from typing import Any

import pytest

from conftest import Simulator
from logto_management import ManagementApi
from wire import Wire


def _environment(wire: Wire) -> dict[str, str]:
    return {**os.environ, "LOGTO_ENDPOINT": wire.base_url, "LOGTO_CLIENT_ID": "id", "LOGTO_CLIENT_SECRET": "secret"}


def test_one_client_in_64_threads(simulator: Simulator) -> None:
    api = ManagementApi(**simulator.credentials())
    barrier = threading.Barrier(64)
    counts: list[int] = []

    def work() -> None:
        barrier.wait()
        counts.extend(len(api.get("/api/users", query={"page_size": 10})) for _ in range(5))
        counts.append(len(api.paginate("/api/users", page_size=10, concurrency=3).collect(max=10)))

    threads = [threading.Thread(target=work) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [10] * (64 * 6)
    assert simulator.seen()["tokenRequests"] == 1
    api.close()


def test_the_gil_is_released_while_a_call_waits(wire: Wire) -> None:
    api = ManagementApi(**wire.credentials(), retries=0)

    def call() -> None:
        with pytest.raises(TimeoutError):
            api.get("/api/users", timeout=1)

    caller = threading.Thread(target=call)
    caller.start()
    # This thread runs while the other waits.
    assert wire.arrived.acquire(timeout=30)
    assert caller.is_alive()
    caller.join()


CALLS = {
    "call": "api.get('/api/users')",
    "listing": "list(api.paginate('/api/users', concurrency=4))",
    "raw": "api.raw.get('/api/users')",
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_ctrl_c_breaks_a_call_and_aborts_its_request(call: str, wire: Wire) -> None:
    program = f"""
import signal
import logto_management
# A test run that a shell started in the background has SIGINT ignored, and hands that on.
signal.signal(signal.SIGINT, signal.default_int_handler)
api = logto_management.ManagementApi.from_env()
try:
    {call}
except KeyboardInterrupt:
    print("interrupted", flush=True)
    # The request is gone while the process lives on.
    input()
    print(api.access_token().value)
"""
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    command = [sys.executable, "-X", "dev", "-c", program]
    with subprocess.Popen(command, env=_environment(wire), text=True, **pipes) as process:  # type: ignore[call-overload]
        try:
            assert wire.arrived.acquire(timeout=30)
            process.send_signal(signal.SIGINT)
            assert process.stdout.readline() == "interrupted\n"
            assert wire.hung_up.acquire(timeout=30)
            printed, errors = process.communicate("\n", timeout=30)
        finally:
            process.kill()
    assert (printed, errors, process.returncode) == ("t\n", "", 0)


def test_a_handler_that_raises_something_else(wire: Wire, run_python: Any) -> None:
    program = """
import signal, threading, os, logto_management
class Stop(Exception): pass
def stop(*_): raise Stop
signal.signal(signal.SIGALRM, stop)
api = logto_management.ManagementApi.from_env()
signal.setitimer(signal.ITIMER_REAL, 0.05)
try:
    api.get('/api/users')
except Stop:
    print('stopped')
"""
    done = run_python(program, _environment(wire))
    assert (done.stdout, done.stderr, done.returncode) == ("stopped\n", "", 0)


def test_a_signal_is_handled_at_once(wire: Wire, run_python: Any) -> None:
    """Not when the waiting thread comes round by itself: so many would take far longer than the call may."""
    program = """
import signal, logto_management
class Stop(Exception): pass
seen = 0
def count(*_):
    global seen
    seen += 1
    if seen == 100: raise Stop
signal.signal(signal.SIGALRM, count)
api = logto_management.ManagementApi.from_env(retries=0, timeout=5)
api.access_token()
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
try:
    api.get('/api/users')
except Stop:
    signal.setitimer(signal.ITIMER_REAL, 0)
    print('stopped')
"""
    done = run_python(program, _environment(wire))
    assert (done.stdout, done.stderr, done.returncode) == ("stopped\n", "", 0)


FORKS = {
    # The parent has connections, a token and a runtime; parent and child go on side by side.
    "os.fork": """
import os, logto_management
api = logto_management.ManagementApi.from_env()
users = api.paginate("/api/users", concurrency=4)
assert users.first() is not None
child = os.fork()
assert len(api.get("/api/users")) == 20
if child == 0:
    try:
        list(users.pages())
    except RuntimeError as error:
        assert "another process" in str(error)
    del users
    assert len(list(api.paginate("/api/users", concurrency=4))) == 250
    api.close()
    os._exit(0)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert len(list(users)) == 249
assert len(api.get("/api/users")) == 20
print("ok")
""",
    "asyncio before and after": """
import asyncio, os, logto_management
api = logto_management.AsyncManagementApi.from_env()
async def main():
    return len(await api.get("/api/users"))
assert asyncio.run(main()) == 20
child = os.fork()
assert asyncio.run(main()) == 20
if child == 0:
    os._exit(0)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert asyncio.run(main()) == 20
print("ok")
""",
    "fork within a loop": """
import asyncio, os, logto_management
api = logto_management.AsyncManagementApi.from_env()
async def count():
    return len(await api.get("/api/users"))
async def main():
    assert await count() == 20
    under_way = [asyncio.ensure_future(count()) for _ in range(3)]
    await asyncio.sleep(0)
    child = os.fork()
    if child == 0:
        # A loop of its own, beside what it inherited.
        asyncio.events._set_running_loop(None)
        loop = asyncio.new_event_loop()
        assert loop.run_until_complete(count()) == 20
        loop.close()
        # Nobody takes the parent's connections from under it.
        for task in under_way:
            task.get_coro().close()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert await asyncio.gather(*under_way) == [20] * 3
    assert await count() == 20
asyncio.run(main())
print("ok")
""",
    "fork while other threads call": """
import os, threading, logto_management
api = logto_management.ManagementApi.from_env()
ended = threading.Event()
def work():
    while not ended.is_set():
        api.get("/api/users")
threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads: thread.start()
api.get("/api/users")
for _ in range(20):
    child = os.fork()
    if child == 0:
        assert len(api.get("/api/users")) == 20
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
ended.set()
for thread in threads: thread.join()
print("ok")
""",
    "multiprocessing": """
import multiprocessing, logto_management
api = logto_management.ManagementApi.from_env()
api.get("/api/users")
def work(_):
    return len(api.get("/api/users"))
with multiprocessing.get_context("fork").Pool(3) as pool:
    assert pool.map(work, range(9)) == [20] * 9
print("ok")
""",
}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this platform")
@pytest.mark.parametrize("program", FORKS.values(), ids=FORKS)
def test_forks(program: str, simulator: Simulator, run_python: Any) -> None:
    # Newer versions warn of every fork in a process with threads.
    done = run_python("import warnings; warnings.simplefilter('ignore')" + program, simulator.environment())
    assert (done.stdout, done.stderr, done.returncode) == ("ok\n", "", 0)


# Keeps the interpreter at its end for a while.
SLOW_END = """
class Slow:
    def __del__(self):
        import time
        end = time.monotonic() + 0.5
        while time.monotonic() < end: pass
slow = Slow()
"""

ENDS = {
    "a daemon thread in a call": """
import threading, logto_management
api = logto_management.ManagementApi.from_env()
threading.Thread(target=lambda: api.get('/api/users'), daemon=True).start()
ARRIVED
print('ok')
""",
    "a daemon thread whose call ends meanwhile": """
import atexit, threading, logto_management
api = logto_management.ManagementApi.from_env(timeout=0.2, retries=0)
threading.Thread(target=lambda: api.get('/api/users'), daemon=True).start()
SLOW_END
ARRIVED
print('ok')
""",
    "a daemon thread with a loop in calls": """
import asyncio, threading, logto_management
api = logto_management.AsyncManagementApi.from_env()
begun = threading.Event()
async def call():
    while True:
        await api.post('/api/echo', json={})
        begun.set()
threading.Thread(target=lambda: asyncio.run(call()), daemon=True).start()
assert begun.wait(30)
waiting = logto_management.ManagementApi.from_env()
threading.Thread(target=lambda: waiting.get('/api/users'), daemon=True).start()
SLOW_END
ARRIVED
print('ok')
""",
    "a loop that was never closed": """
import asyncio, logto_management
api = logto_management.AsyncManagementApi.from_env()
loop = asyncio.new_event_loop()
async def main():
    global task
    task = asyncio.ensure_future(api.get('/api/users'))
    task._log_destroy_pending = False
    await asyncio.sleep(0)
loop.run_until_complete(main())
ARRIVED
loop.close()
print('ok')
""",
    "a loop that ends first": """
import asyncio, logto_management
async def main():
    api = logto_management.AsyncManagementApi.from_env()
    tasks = [asyncio.ensure_future(api.get('/api/users')) for _ in range(20)]
    # Not on the loop: in its debug mode it tells of what takes long.
    await asyncio.to_thread(lambda: ARRIVED)
    return tasks
tasks = asyncio.run(main())
assert all(task.cancelled() for task in tasks)
print('ok')
""",
    "a listing that was left": """
import threading, logto_management
api = logto_management.ManagementApi.from_env()
users = api.paginate('/api/users', concurrency=4)
threading.Thread(target=lambda: list(users), daemon=True).start()
ARRIVED
print('ok')
""",
}


@pytest.mark.parametrize("program", ENDS.values(), ids=ENDS)
def test_the_end_of_the_interpreter_is_silent(program: str, wire: Wire, run_python: Any) -> None:
    # The program waits until its request has arrived, by asking for a line that is sent then.
    reader, writer = os.pipe()

    def tell() -> None:
        assert wire.arrived.acquire(timeout=30)
        os.write(writer, b"\n")

    teller = threading.Thread(target=tell)
    teller.start()
    done = run_python(
        program.replace("ARRIVED", "input()").replace("SLOW_END", SLOW_END), _environment(wire), stdin=reader
    )
    teller.join()
    os.close(reader)
    os.close(writer)
    assert (done.stdout, done.stderr, done.returncode) == ("ok\n", "", 0)


def test_calls_at_exit(simulator: Simulator, run_python: Any) -> None:
    program = """
import atexit
atexit.register(lambda: print(len(api.get("/api/users"))))
import logto_management
atexit.register(lambda: print(len(api.get("/api/users"))))
api = logto_management.ManagementApi.from_env()
"""
    done = run_python(program, simulator.environment())
    assert (done.stdout, done.stderr, done.returncode) == ("20\n20\n", "", 0)
