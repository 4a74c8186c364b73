"""The blocking and the asynchronous client are one thing twice; and everything public says what it is."""

from __future__ import annotations

import ast
import inspect
import os
from pathlib import Path
from typing import Any

import pytest

import logto_management
from logto_management import (
    AsyncManagementApi,
    ManagementApi,
    _convert,
    _native,
    _network,
    _options,
    errors,
    testing,
    types,
    webhooks,
)
from logto_management._group import Group
from logto_management._listing import AsyncListing, Listing

PAIRS = [
    (ManagementApi, AsyncManagementApi),
    (logto_management.RawApi, logto_management.AsyncRawApi),
    (Listing, AsyncListing),
]
# A block or a loop of one kind is not one of the other.
NAMED_OTHERWISE = {"__aenter__": "__enter__", "__aexit__": "__exit__", "__aiter__": "__iter__"}


def _members(cls: type) -> dict[str, object]:
    members = {}
    for name in dir(cls):
        if name.startswith("_") and name not in {"__init__", "__enter__", "__exit__", "__iter__", *NAMED_OTHERWISE}:
            continue
        members[NAMED_OTHERWISE.get(name, name)] = inspect.getattr_static(cls, name)
    return members


@pytest.mark.parametrize(("blocking", "asynchronous"), PAIRS)
def test_the_surfaces_are_equal(blocking: type, asynchronous: type) -> None:
    here, there = _members(blocking), _members(asynchronous)
    assert sorted(here) == sorted(there)
    for name, member in here.items():
        if name == "__init__" and issubclass(blocking, Listing):
            continue
        other = there[name]
        assert isinstance(member, property) == isinstance(other, property), name
        if callable(member):
            parameters = inspect.signature(member).parameters
            assert str(list(parameters.values())) == str(list(inspect.signature(other).parameters.values())), name  # type: ignore[arg-type]


def test_the_surfaces_of_all_groups_are_equal() -> None:
    kinds = [ManagementApi, AsyncManagementApi, logto_management.RawApi, logto_management.AsyncRawApi]
    groups = [{name for name, member in _members(kind).items() if isinstance(member, Group)} for kind in kinds]
    assert len(groups[0]) > 30
    assert all(found == groups[0] for found in groups)
    for group in groups[0]:
        classes = [type(inspect.getattr_static(kind, group).__get__(object())) for kind in kinds]
        assert len(set(classes)) == len(kinds)
        operations = {
            name: str(inspect.signature(member))
            for name, member in _members(classes[0]).items()
            if callable(member) and name != "__init__"
        }  # type: ignore[arg-type]
        for other in classes[1:]:
            members = _members(other)
            assert {name: str(inspect.signature(members[name])) for name in operations} == operations  # type: ignore[arg-type]
            assert set(members) == set(_members(classes[0]))


def test_every_error_name_has_its_class() -> None:
    assert set(errors._CLASSES) == set(_native.ERROR_NAMES)
    classes = list(errors._CLASSES.values())
    assert len(classes) == len(set(classes))


def test_every_error_class_is_exported() -> None:
    classes = {
        value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, errors.LogtoError)
    }
    assert {cls.__name__ for cls in classes} == set(errors.__all__)
    assert {getattr(logto_management, name) for name in errors.__all__} == classes


def test_every_option_of_the_core_has_its_keyword() -> None:
    assert sorted(core for core, _ in _convert.CLIENT.values()) == sorted(_native.CLIENT_OPTIONS)
    assert sorted(core for core, _ in _convert.CALL.values()) == sorted(_native.CALL_OPTIONS)
    assert {*_convert.CLIENT, *_convert.HOOKS, *_network.KEYWORDS, "transport"} == set(
        _options.ClientOptions.__annotations__
    )
    assert set(_convert.CALL) <= set(_options.CallOptions.__annotations__)


def test_everything_public_is_documented() -> None:
    for name in logto_management.__all__:
        value = getattr(logto_management, name)
        if name == "__version__":
            continue
        assert value.__doc__, name
        for member_name, member in vars(value).items():
            if not member_name.startswith("_") and (callable(member) or isinstance(member, property)):
                assert inspect.getdoc(member), f"{name}.{member_name}"


def test_every_model_is_documented() -> None:
    """In the source, where editors look: an alias has no docstring of its own at run time."""
    undocumented = set(types.__all__)
    folder = Path(types.__file__).parent / "_generated" / "types"
    for module in folder.glob("*.py"):
        statements = ast.parse(module.read_text("utf-8")).body
        for statement, following in zip(statements, [*statements[1:], ast.Pass()]):
            if isinstance(statement, ast.ClassDef) and ast.get_docstring(statement):
                undocumented.discard(statement.name)
            elif isinstance(statement, ast.Assign) and _is_text(following):
                undocumented -= {target.id for target in statement.targets if isinstance(target, ast.Name)}
    assert undocumented == set()


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) and bool(statement.value.value)


@pytest.mark.parametrize("module", [webhooks, testing, types], ids=lambda module: module.__name__)
def test_the_modules_beside_are_documented(module: Any) -> None:
    assert module.__doc__
    for name in getattr(module, "__all__", ()):
        value = getattr(module, name)
        if isinstance(value, type) or inspect.isroutine(value):
            assert inspect.getdoc(value), name


def test_nothing_is_printed_of_a_client_but_its_address() -> None:
    api = ManagementApi("tenant", client_id="the-id", client_secret="the-secret")
    assert repr(api) == "<ManagementApi https://tenant.logto.app>"
    assert "secret" not in repr(vars(api))


def test_the_import_brings_nothing_that_takes_long(run_python: Any) -> None:
    program = "import sys; before = set(sys.modules); import logto_management; print(*set(sys.modules) - before)"
    done = run_python(program, dict(os.environ))
    assert done.stderr == ""
    brought = {name.partition(".")[0] for name in done.stdout.split()}
    assert brought <= {"__future__", "atexit", "encodings", "logto_management"}


def test_all_that_is_loaded_later_is_there() -> None:
    assert set(logto_management.__all__) <= set(dir(logto_management))
    for name in logto_management.__all__:
        assert getattr(logto_management, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        logto_management.nothing  # noqa: B018
