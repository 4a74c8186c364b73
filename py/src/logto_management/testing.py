"""For tests of code that uses the client."""

from __future__ import annotations

from ._native import TestingClock

__all__ = ["TestingClock"]
