"""The types that users see: proven by stubtest (mypy's strict mode runs with the linters) and by pyright's strict mode."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

# They read all that is imported, pandas and polars too.
pytestmark = pytest.mark.timeout(600)

PROJECT = Path(__file__).parents[1]


# What stubtest says of things that are right.
STUBTEST_CANNOT = [
    # To mypy an alias of several literals is a union; at run time it is a Literal.
    r"^logto_management\._generated\.types\.\w+\.\w+ is not a Union$",
    # A decorator takes the names off parameters that are positional only. Users see the stubs of _generated.verbs.
    r"^logto_management\._verbs\.\w+\.\w+ is inconsistent, stub parameter \"__arg\d\" differs",
]


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *command], cwd=PROJECT, capture_output=True, text=True, check=False)


def _succeeds(*command: str) -> None:
    done = _run(*command)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_stubs_are_what_the_modules_are() -> None:
    done = _run("mypy.stubtest", "--concise", "logto_management")
    known = re.compile("|".join(f"(?:{pattern})" for pattern in STUBTEST_CANNOT))
    assert [line for line in done.stdout.splitlines() if not known.search(line)] == []
    assert done.stderr == ""


def test_pyright_is_content() -> None:
    _succeeds("pyright", "--project", str(PROJECT), "--pythonpath", sys.executable)
