"""For tests of code that uses the client: a simulated Logto, and a clock that goes on when it is told to.

In pytest the fixture ``logto_simulator`` is a :class:`Simulator` with a clean slate for each test. It needs the extra ``testing``.
"""

from __future__ import annotations

from ._native import TestingClock
from ._simulator import Simulator

__all__ = ["Simulator", "TestingClock"]
