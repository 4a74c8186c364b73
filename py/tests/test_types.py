"""The types that users see: proven by stubtest (mypy's strict mode runs with the linters) and by pyright's strict mode."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

# They read all that is imported, pandas and polars too.
pytestmark = pytest.mark.timeout(600)

PROJECT = Path(__file__).parents[1]


def _succeeds(*command: str) -> None:
    done = subprocess.run([sys.executable, "-m", *command], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_stubs_are_what_the_modules_are() -> None:
    generated = "logto_management._generated"
    modules = ["logto_management._native", f"{generated}.groups", f"{generated}.verbs", f"{generated}.operations"]
    _succeeds("mypy.stubtest", *modules)


def test_pyright_is_content() -> None:
    _succeeds("pyright", "--project", str(PROJECT), "--pythonpath", sys.executable)
