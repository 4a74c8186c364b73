"""The examples run, and what they check with can fail."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT, Simulator

EXAMPLES = Path(__file__).parents[1] / "examples"
sys.path.insert(0, str(EXAMPLES))

from conforms import answer_type, differences  # noqa: E402

from logto_management import ManagementApi, types  # noqa: E402


def _run(simulator: Simulator, example: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / example), *arguments],
        env=simulator.environment(),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    return done.stdout


def _rows(simulator: Simulator) -> list[int]:
    with ManagementApi(**simulator.credentials()) as api:
        lists = (api.users, api.roles, api.organizations, api.applications, api.resources, api.hooks)
        return [len(group.list().collect()) for group in lists]


def test_the_life_cycle_calls_every_get_and_leaves_nothing_behind(simulator: Simulator) -> None:
    operations = json.loads((ROOT / "crates" / "catalogue" / "management.json").read_text())["operations"]
    gets = sum(operation["method"] == "GET" for operation in operations)
    before = _rows(simulator)
    told = _run(simulator, "life_cycle.py")
    assert told.splitlines()[0].endswith(f" operations called, {gets} of them GET")
    assert "not as typed" not in told
    assert _rows(simulator) == before


@pytest.mark.parametrize("example", ["list_users.py", "list_users_async.py", "demo.py"])
def test_the_others_run(simulator: Simulator, example: str) -> None:
    assert _run(simulator, example)
    assert os.environ.get("LOGTO_ENDPOINT") is None


def test_what_is_not_as_typed_is_told() -> None:
    api = ManagementApi("t", client_id="id", client_secret="secret")
    assert answer_type(api.users.get) is types.User
    assert answer_type(api.users.list) is types.User
    assert answer_type(api.users.delete) is None
    role: Any = {"id": "r", "tenantId": "t", "name": "n", "description": 3, "type": "Human", "new": 1}
    assert differences(role, types.Role, "role") == [
        "role.isDefault: missing",
        "role.description: 3 is no <class 'str'>",
        f"role.type: 'Human' is none of {types.RoleType.__args__}",  # type: ignore[attr-defined]
    ]
    assert differences([1, None], list[int]) == ["answer[1]: None is no <class 'int'>"]
    assert differences(True, int) == ["answer: True is no <class 'int'>"]
    assert differences(1, float) == []
    assert differences({"a": "b"}, dict[str, int]) == ["answer.a: 'b' is no <class 'int'>"]
    assert differences({}, None) == ["answer: {} is not null"]
