"""Servers for the tests: the simulator, and one that hangs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from wire import Wire

ROOT = Path(__file__).parents[2]


def _binary() -> str:
    candidates = [ROOT / "target" / profile / "logto-simulator" for profile in ("release", "debug")]
    found = os.environ.get("LOGTO_SIMULATOR") or next((str(path) for path in candidates if path.exists()), None)
    if found is None:
        pytest.exit("no simulator: cargo build -p logto-simulator, or name it in LOGTO_SIMULATOR", returncode=2)
    return found


class Simulator:
    """The simulator's process and its control API."""

    client_id = "m2m-app"
    client_secret = "m2m-secret"

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [_binary(), "--port", "0", "--rate-limit", "off", "--json"], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.base_url: str = json.loads(self.process.stdout.readline())["baseUrl"]

    def control(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(f"{self.base_url}/__sim/{path}", data=data, method=method)) as answer:
            return json.loads(answer.read() or b"null")

    def reset(self, **options: Any) -> None:
        self.control("POST", "reset", options)

    def faults(self, *rules: dict[str, Any]) -> None:
        self.control("POST", "faults", list(rules))

    def seen(self) -> dict[str, Any]:
        return self.control("GET", "seen")

    def credentials(self, **others: Any) -> dict[str, Any]:
        """Keywords of a client for it."""
        given = {"client_id": self.client_id, "client_secret": self.client_secret, "base_url": self.base_url}
        return {"tenant_id": "default", **given, **others}

    def environment(self) -> dict[str, str]:
        """Variables of a client for it, in another process."""
        return {
            **os.environ,
            "LOGTO_ENDPOINT": self.base_url,
            "LOGTO_CLIENT_ID": self.client_id,
            "LOGTO_CLIENT_SECRET": self.client_secret,
        }

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture(scope="session")
def simulator_process() -> Iterator[Simulator]:
    """The one simulator of the run."""
    simulator = Simulator()
    yield simulator
    simulator.stop()


@pytest.fixture
def simulator(simulator_process: Simulator) -> Simulator:
    """The simulator, with 250 users and a clean slate."""
    simulator_process.reset(users=250)
    return simulator_process


@pytest.fixture
def wire() -> Iterator[Wire]:
    """A server that gives tokens, and answers nothing else."""
    with Wire() as server:
        yield server


@pytest.fixture
def run_python() -> Any:
    """Run a program in an interpreter of its own, which shows warnings and unraisable errors."""

    def run(
        program: str, env: dict[str, str], *, timeout: float = 60, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-X", "dev", "-c", program],
            env=env,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            **options,
        )

    return run
