"""The package is Python 3.9, whatever runs the tests."""

from __future__ import annotations

import ast
import shutil
import subprocess
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "logto_management"
OLDEST = (3, 9)


@pytest.mark.parametrize("module", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_module_parses_as_the_oldest_python_does(module: Path) -> None:
    tree = ast.parse(module.read_text(), str(module), feature_version=OLDEST)
    lazy = any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in tree.body)
    annotated = any(isinstance(node, (ast.AnnAssign, ast.arg, ast.FunctionDef)) for node in ast.walk(tree))
    assert lazy or not annotated, "annotations are in the syntax of today, so nothing may evaluate them at import"


def test_newer_syntax_would_be_seen() -> None:
    with pytest.raises(SyntaxError):
        ast.parse("match 1:\n    case 1: pass", feature_version=OLDEST)


@pytest.mark.skipif(shutil.which("python3.9") is None, reason="no Python 3.9 on this machine")
def test_everything_can_be_imported_by_it() -> None:
    import logto_management

    program = f"""
import sys
sys.path.insert(0, {str(Path(logto_management.__file__).parents[1])!r})
import logto_management, logto_management.types as types
for module in (logto_management, types):
    for name in module.__all__:
        getattr(module, name)
print(logto_management.ManagementApi("t", client_id="i", client_secret="s"))
"""
    done = subprocess.run(["python3.9", "-I", "-c", program], capture_output=True, text=True, check=False)
    if "is not installed" in done.stderr or "command not found" in done.stderr:
        pytest.skip("python3.9 is a shim without a Python 3.9")
    assert (done.stdout, done.stderr) == ("<ManagementApi https://t.logto.app>\n", "")
