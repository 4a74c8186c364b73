"""The plugin of pytest, which it loads by its entry point. Every run of pytest imports it, so it imports nothing itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ._simulator import Simulator


@pytest.fixture(scope="session")
def logto_simulator_process() -> Iterator[Simulator]:
    """Run one simulated Logto for all tests of the run."""
    from ._simulator import Simulator

    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def logto_simulator(logto_simulator_process: Simulator) -> Simulator:
    """Give a simulated Logto with 500 users and a clean slate: a :class:`logto_management.testing.Simulator`."""
    logto_simulator_process.reset(users=500)
    return logto_simulator_process
