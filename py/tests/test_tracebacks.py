"""Tracebacks end in the user's line: no frame of the package, and nothing native, stands below it."""

from __future__ import annotations

import asyncio
import inspect
import os
import pickle
import pydoc
import sys
import traceback
from collections.abc import Coroutine
from typing import Any

import pytest

import logto_management as lm
from conftest import Simulator
from echo import Echo

# Each is a line that a user may write; it fails, and a traceback is to end in it.
FAILS = {
    "a call by route": "api.get('/api/users/{userId}', path={'userId': 'nobody'})",
    "an operation": "api.users.get('nobody')",
    "a raw operation": "api.raw.users.get('nobody')",
    "a view": "api.with_options(retries=0).users.get('nobody')",
    "a listing": "api.organizations.list_users('nobody').collect()",
    "the first of a listing": "api.organizations.list_users('nobody').first()",
    "an unknown keyword": "api.users.update('u1', nmae='Ann')",
    "a wrong option": "api.users.get('u1', timeout=-1)",
    "a wrong page size": "api.users.list(page_size=0).collect()",
    "a body too many": "api.post('/api/users', json={}, content=b'')",
    "a missing parameter": "api.get('/api/users/{userId}')",
}
LOOPS = {
    "items": "for _ in api.organizations.list_users('nobody'): pass",
    "pages": "for _ in api.organizations.list_users('nobody').pages(): pass",
}
MAKES = {
    "a client": "lm.{kind}('t', client_id='', client_secret='')",
    "cloud": "lm.{kind}.cloud('t', client_id='i', client_secret='s', retries=-1)",
    "self_hosted": "lm.{kind}.self_hosted('gopher://x', client_id='i', client_secret='s')",
    "from_env": "lm.{kind}.from_env({{}})",
    "an option that there is none of": "lm.{kind}('t', client_id='i', client_secret='s', retires=1)",
}


def _printed(run: Any) -> list[str]:
    """The traceback as Python prints it where nobody catches."""
    try:
        run()
    except Exception as error:
        assert error.__cause__ is None
        return "".join(traceback.format_exception(type(error), error, error.__traceback__)).splitlines()
    raise AssertionError("nothing was raised")


def _ends_in_the_users_line(lines: list[str]) -> None:
    files = [line for line in lines if line.startswith("  File ")]
    assert files[-1].startswith('  File "user.py", line '), "\n".join(lines)
    assert not any("logto_management" in line for line in files), "\n".join(lines)
    assert lines[-1].startswith(("logto_management.", "TypeError: ")), "\n".join(lines)
    assert "rust" not in "\n".join(lines).lower()


def _blocking(line: str, api: Any) -> None:
    exec(compile(f"def main(api, lm):\n    {line}\nmain(api, lm)", "user.py", "exec"), {"api": api, "lm": lm})


def _asynchronous(line: str, simulator: Simulator) -> None:
    scope: dict[str, Any] = {"lm": lm, "asyncio": asyncio}
    program = f"""
async def called(api):
    {line}
async def main(keywords):
    async with lm.AsyncManagementApi(**keywords) as api:
        await called(api)
"""
    exec(compile(program, "user.py", "exec"), scope)

    async def quiet() -> None:
        await scope["main"](simulator.credentials())

    error: BaseException | None = None
    try:
        asyncio.run(quiet())
    except (lm.LogtoError, TypeError) as raised:
        error = raised
    assert error is not None
    lines = "".join(traceback.format_exception(type(error), error, error.__traceback__)).splitlines()
    _ends_in_the_users_line(lines)


@pytest.mark.parametrize("line", [*FAILS.values(), *LOOPS.values()], ids=[*FAILS, *LOOPS])
def test_blocking(simulator: Simulator, line: str) -> None:
    with lm.ManagementApi(**simulator.credentials()) as api:
        _ends_in_the_users_line(_printed(lambda: _blocking(line, api)))


@pytest.mark.parametrize("line", [*FAILS.values(), *LOOPS.values()], ids=[*FAILS, *LOOPS])
def test_asynchronous(simulator: Simulator, line: str) -> None:
    _asynchronous(f"async {line}" if line.startswith("for ") else f"await {line}", simulator)


@pytest.mark.parametrize("kind", ["ManagementApi", "AsyncManagementApi"])
@pytest.mark.parametrize("line", MAKES.values(), ids=MAKES)
def test_clients_that_cannot_be_made(kind: str, line: str) -> None:
    _ends_in_the_users_line(_printed(lambda: _blocking(line.format(kind=kind), None)))


@pytest.mark.parametrize("body", [b"no JSON", b"\xff"], ids=["no JSON", "no text"])
def test_an_answer_that_cannot_be_decoded(body: bytes) -> None:
    with Echo() as echo, lm.ManagementApi(**echo.credentials()) as api:
        echo.answers["GET /api/users"] = (200, "text/plain", body)
        lines = _printed(lambda: _blocking("api.raw.get('/api/users').json()", api))
    files = [line for line in lines if line.startswith("  File ")]
    assert files[-1].startswith('  File "user.py", line '), "\n".join(lines)
    assert not any("logto_management" in line or "json" in line for line in files), "\n".join(lines)


def test_as_an_interpreter_prints_it(simulator: Simulator, run_python: Any) -> None:
    program = "from logto_management import ManagementApi\napi = ManagementApi.from_env()\nfor user in api.users.list():\n    api.users.get('nobody')"
    done = run_python(program, simulator.environment())
    lines = done.stderr.splitlines()
    assert [line for line in lines if line.startswith("  File ")] == ['  File "<string>", line 4, in <module>']
    assert lines[-1].startswith("logto_management.errors.NotFoundError: GET /api/users/{userId}: 404 entity.not_found")


def test_a_task_s_too(simulator: Simulator) -> None:
    _asynchronous("await asyncio.gather(asyncio.create_task(api.users.get('nobody')))", simulator)


def test_what_others_raise_keeps_its_frames(simulator: Simulator) -> None:
    class File:
        def read(self) -> bytes:
            raise TypeError("not today")

    def run(api: Any) -> None:
        api.user_assets.create(File())

    with lm.ManagementApi(**simulator.credentials()) as api:
        text = "\n".join(_printed(lambda: run(api)))
    assert "in read\n" in text
    assert "_body.py" in text


def test_what_is_called_is_a_method_like_any(simulator: Simulator) -> None:
    api = lm.ManagementApi(**simulator.credentials())
    assert inspect.ismethod(api.users.get)
    assert api.users.get.__name__ == "get"
    assert api.users.get.__qualname__ == "UsersApi.get"
    assert str(inspect.signature(api.users.get)).startswith("(userId, /, **call)")
    assert str(inspect.signature(lm.ManagementApi)).startswith("(tenant_id")
    assert "GET /api/users/{userId}" in pydoc.render_doc(api.users.get)
    assert "GET /api/users/{userId}" in pydoc.render_doc(type(api.users))
    assert inspect.getsource(api.users.get).lstrip().startswith("def get")


def test_what_is_awaited_is_a_coroutine_like_any(simulator: Simulator) -> None:
    async def main() -> None:
        async with lm.AsyncManagementApi(**simulator.credentials()) as api:
            call: Any = api.users.get("nobody")
            assert isinstance(call, Coroutine)
            assert asyncio.iscoroutine(call)
            assert "coroutine object" in repr(call)
            call.close()
            task = asyncio.create_task(api.get("/api/users"))
            await asyncio.sleep(0)
            assert task.get_stack()
            assert await task

    asyncio.run(main())


def test_that_was_never_awaited_is_told(run_python: Any) -> None:
    program = (
        "from logto_management import AsyncManagementApi as A\nA('t', client_id='i', client_secret='s').users.get('u')"
    )
    assert "was never awaited" in run_python(program, dict(os.environ)).stderr


def test_errors_pickle_with_no_traceback(simulator: Simulator) -> None:
    with lm.ManagementApi(**simulator.credentials()) as api, pytest.raises(lm.NotFoundError) as raised:
        api.users.get("nobody")
    assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)
    assert sys.exc_info() == (None, None, None)
