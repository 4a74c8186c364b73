"""Looks whether what a server answered is what the types say, by the annotations of the operations and the models."""

from __future__ import annotations

import inspect
import typing
from typing import Any, Callable, Literal, Union, cast

from logto_management import types

_NAMES = {name: getattr(types, name) for name in types.__all__}
_NAMES.update({name: getattr(typing, name) for name in ("Any", "Literal", "Optional", "Union")})


def answer_type(operation: Callable[..., object]) -> Any:
    """Return the type of an operation's answer; of a listing the type of its items."""
    annotation = str(inspect.signature(operation).return_annotation)
    if annotation.startswith("Listing["):
        annotation = annotation[len("Listing[") : -1]
    return eval(annotation, dict(_NAMES))  # noqa: S307 - the package's own annotation


def differences(value: object, expected: Any, where: str = "answer") -> list[str]:
    """Tell how a value differs from a type. Keys that the type does not know are no difference: a newer server has some."""
    origin, inner = typing.get_origin(expected), typing.get_args(expected)
    if expected is Any:
        return []
    if origin is Union:
        found = [differences(value, one, where) for one in inner]
        return [] if [] in found else min(found, key=len)
    if origin is Literal:
        return [] if value in inner else [f"{where}: {value!r} is none of {inner}"]
    if origin is list and isinstance(value, list):
        items = cast("list[object]", value)
        return [line for index, item in enumerate(items) for line in differences(item, inner[0], f"{where}[{index}]")]
    if origin is dict and isinstance(value, dict):
        members = cast("dict[str, object]", value)
        return [line for key, item in members.items() for line in differences(item, inner[1], f"{where}.{key}")]
    if typing.is_typeddict(expected) if hasattr(typing, "is_typeddict") else hasattr(expected, "__required_keys__"):
        return _members(value, expected, where)
    if expected is None or expected is type(None):
        return [] if value is None else [f"{where}: {value!r} is not null"]
    return [] if _is(value, origin or expected) else [f"{where}: {value!r} is no {expected}"]


def _members(value: object, expected: Any, where: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{where}: {value!r} is no {expected.__name__}"]
    members = cast("dict[str, object]", value)
    lines = [f"{where}.{key}: missing" for key in sorted(expected.__required_keys__ - members.keys())]
    for key, hint in typing.get_type_hints(expected).items():
        if key in members:
            lines.extend(differences(members[key], hint, f"{where}.{key}"))
    return lines


def _is(value: object, expected: Any) -> bool:
    if expected is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, expected) and (expected is bool or not isinstance(value, bool))
