"""What every group of operations is made of: ``api.users`` is loaded when it is first used, and its methods put a call together."""

from __future__ import annotations

from ._native import entry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from ._verbs import Sending

_OPTIONS = frozenset({"headers", "timeout", "retries", "deadline", "idempotent"})
_LISTING = frozenset({"page_size", "page", "concurrency", "cursor", "progress"})


class Operations:
    """The operations of a group, as methods. Parameters of the path are positional, all others keywords, named as on the wire."""

    __slots__ = ("_api",)

    def __init__(self, api: Sending) -> None:
        self._api = api

    def __init_subclass__(cls) -> None:
        """Make its methods entries, so that a traceback ends where one was called."""
        for name, member in list(vars(cls).items()):
            if not name.startswith("_") and callable(member):
                setattr(cls, name, entry(member))

    def _call(
        self,
        method: str,
        template: str,
        path: dict[str, Any] | None,
        call: dict[str, Any],
        *,
        query: Sequence[str] = (),
        keys: Sequence[str] | None = None,
        body: Any = None,
        files: dict[str, Any] | None = None,
        required: dict[str, Any] | None = None,
    ) -> Any:
        request, pairs, fields = _sort(call, query, keys or (), _OPTIONS, method, template)
        if required is not None:
            pairs = [*required.items(), *pairs]
        if path is not None:
            request["path"] = path
        if pairs:
            request["query"] = pairs
        if files is not None:
            request["files"] = files
        elif body is not None:
            if fields:
                raise TypeError(f"{method} {template} takes its body from body or from keywords, not from both")
            request["json"] = body
        elif keys is not None:
            request["json"] = fields
        return self._api._send(method, template, request)

    def _list(
        self,
        method: str,
        template: str,
        path: dict[str, Any] | None,
        call: dict[str, Any],
        *,
        query: Sequence[str] = (),
    ) -> Any:
        listing, pairs, _ = _sort(call, query, (), _OPTIONS | _LISTING, method, template)
        if path is not None:
            listing["path"] = path
        if pairs:
            listing["query"] = pairs
        return self._api._list(template, listing)


def _sort(
    call: Mapping[str, Any],
    query: Sequence[str],
    keys: Sequence[str],
    options: frozenset[str],
    method: str,
    template: str,
) -> tuple[dict[str, Any], list[tuple[str, Any]], dict[str, Any]]:
    """Sort a call's keywords into options, pairs of the query, and keys of the body. ``None`` is null in a body, and left out anywhere else."""
    request: dict[str, Any] = {}
    pairs: list[tuple[str, Any]] = []
    fields: dict[str, Any] = {}
    for name, value in call.items():
        if name in keys:
            fields[name] = value
        elif name in options:
            request[name] = value
        elif name in query:
            if name == "search" and not isinstance(value, str) and value is not None:
                pairs.extend(value)
            else:
                pairs.append((name, value))
        elif name == "query":
            pairs.extend(value.items() if hasattr(value, "items") else value)
        else:
            known = sorted({*keys, *query, *options, "query"})
            raise TypeError(f"{method} {template} takes no keyword {name!r}; it takes {', '.join(known)}")
    return request, pairs, fields


class Group:
    """A property that loads a group of operations."""

    def __init__(self, kind: str, doc: str) -> None:
        self._kind = kind
        self._name = ""
        self._class: type[Operations] | None = None
        self.__doc__ = doc

    def __set_name__(self, owner: type, name: str) -> None:
        """Learn which module it is."""
        self._name = name

    def __get__(self, api: Any, owner: type | None = None) -> Any:
        """Return the operations, for this client."""
        if api is None:
            return self
        found = self._class
        if found is None:
            from importlib import import_module

            module = import_module(f"{__package__}._generated.operations.{self._name}")
            found = self._class = getattr(module, self._kind)
        return found(api)

    def __set__(self, api: object, value: object) -> None:
        """Refuse to be replaced."""
        raise AttributeError(f"{self._name} cannot be set")
