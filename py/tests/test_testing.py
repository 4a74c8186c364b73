"""What is for tests of code that uses the client: the simulator as a context manager and as a fixture."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import subprocess
import sys
from typing import Any

import pytest

from logto_management import ManagementApi, ServerError, _simulator
from logto_management.testing import Simulator


def test_a_simulator_of_ones_own() -> None:
    with Simulator(users=3, arguments=["--organizations", "2"]) as logto:
        with logto.api(retries=0) as api:
            assert (len(api.users.list().collect()), len(api.organizations.list().collect())) == (3, 2)
            logto.faults({"match": {"path": "/api/users"}, "times": 1, "action": {"do": "status", "status": 503}})
            with pytest.raises(ServerError):
                api.users.list().first()
            assert logto.seen()["faultsFired"] == 1
            logto.reset(users=1)
            assert len(api.users.list().collect()) == 1
        with ManagementApi.from_env(logto.environment()) as api:
            assert len(api.users.list().collect()) == 1

        async def main() -> int:
            async with logto.async_api() as api:
                return len(await api.users.list().collect())

        assert asyncio.run(main()) == 1
        assert repr(logto) == f"<Simulator {logto.base_url}>"
    assert repr(logto) == "<Simulator>"
    logto.stop()


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_has_a_clean_slate(logto_simulator: Simulator, turn: int) -> None:
    with logto_simulator.api() as api:
        assert len(api.users.list().collect()) == 500, turn
        api.users.create(username=f"of_turn_{turn}")


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="other processes cannot be waited for here")
def test_it_ends_with_its_process() -> None:
    program = """
import os, signal
from logto_management.testing import Simulator
logto = Simulator().start()
print(logto._process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=False)
    assert done.returncode == -signal.SIGKILL
    # It is nobody's child any more that could be waited for.
    try:
        process = os.pidfd_open(int(done.stdout))
    except ProcessLookupError:
        return
    assert select.select([process], [], [], 30)[0]
    os.close(process)


def test_what_is_missing_is_said(monkeypatch: Any) -> None:
    monkeypatch.delenv("LOGTO_SIMULATOR")
    monkeypatch.setattr(_simulator, "_PROGRAM", "logto-simulator-that-is-missing")
    with pytest.raises(FileNotFoundError, match=r"pip install 'logto-management\[testing\]'"):
        Simulator().start()


def test_one_that_cannot_start_says_so(capfd: pytest.CaptureFixture[str]) -> None:
    logto = Simulator(arguments=["--no-such-option"])
    with pytest.raises(RuntimeError, match="ended at once"):
        logto.start()
    assert "--no-such-option" in capfd.readouterr().err
