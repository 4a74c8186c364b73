"""Servers for the tests: the simulator, and one that hangs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from logto_management.testing import Simulator
from wire import Wire

ROOT = Path(__file__).parents[2]


if "LOGTO_SIMULATOR" not in os.environ:
    candidates = [ROOT / "target" / profile / "logto-simulator" for profile in ("release", "debug")]
    found = next((str(path) for path in candidates if path.exists()), None)
    if found is None:
        pytest.exit("no simulator: cargo build -p logto-simulator, or name it in LOGTO_SIMULATOR", returncode=2)
    os.environ["LOGTO_SIMULATOR"] = found


@pytest.fixture
def simulator(logto_simulator: Simulator) -> Simulator:
    """The simulator, with 250 users and a clean slate."""
    logto_simulator.reset(users=250)
    return logto_simulator


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
