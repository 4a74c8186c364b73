"""The examples of the READMEs run, against the simulator."""

from __future__ import annotations
import __future__

import ast
import asyncio
import builtins
import re
from pathlib import Path
from typing import Any

import pytest

import logto_management
from conftest import ROOT, Simulator
from logto_management import AsyncManagementApi, ManagementApi

READMES = [ROOT / "README.md", ROOT / "py" / "README.md"]


def _blocks(readme: Path) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```$", readme.read_text(), re.M | re.S)


EXAMPLES = [
    pytest.param(block, id=f"{readme.parent.name}-{number}")
    for readme in READMES
    for number, block in enumerate(_blocks(readme))
]


def _here(simulator: Simulator, kind: type) -> Any:
    """The class of a client, which takes whatever Logto the example names for the simulator."""

    class Here(kind):  # type: ignore[misc]
        def __init__(self, *_arguments: Any, **_keywords: Any) -> None:
            super().__init__(**simulator.credentials())

        @classmethod
        def cloud(cls, *_arguments: Any, **_keywords: Any) -> Any:
            return cls()

        self_hosted = from_env = cloud

    return Here


def _prepare(api: ManagementApi) -> dict[str, str]:
    """What the examples speak of: their ids are placeholders, which the tests fill."""
    role: Any = api.roles.create(name="r", description="r", type="User")
    app: Any = api.saml_applications.create(name="saml", description="")
    user = api.users.create(username="someone")
    return {"u1": user["id"], "r1": role["id"], "app": app["id"]}


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 6


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_example_runs(
    simulator: Simulator, example: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    with ManagementApi(**simulator.credentials()) as api:
        for placeholder, identifier in _prepare(api).items():
            example = example.replace(f'"{placeholder}"', f'"{identifier}"')
        monkeypatch.setattr(logto_management, "ManagementApi", _here(simulator, ManagementApi))
        monkeypatch.setattr(logto_management, "AsyncManagementApi", _here(simulator, AsyncManagementApi))
        # What the readers of the README have imported by then.
        scope = {name: getattr(logto_management, name) for name in logto_management.__all__} | {"api": api}
        scope["content"] = b"\x89PNG\r\n\x1a\n"
        # As in a notebook; annotations may name what is not there.
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT | __future__.annotations.compiler_flag
        program = compile(example, "README.md", "exec", flags=flags, dont_inherit=True)
        running = eval(program, scope)
        if asyncio.iscoroutine(running):
            asyncio.run(running)
    assert "Traceback" not in capsys.readouterr().err


def test_what_it_names_is_there() -> None:
    named = set(re.findall(r"`([A-Z]\w+Error)`", READMES[1].read_text()))
    of_python = {name for name in named if hasattr(builtins, name)}
    assert named - of_python == set(logto_management.errors.__all__) - {"RequestCancelledError"}
