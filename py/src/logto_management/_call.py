"""A call's keywords, made ready for the native module; and what comes back, made ready for the caller."""

from __future__ import annotations

from sys import modules

from . import _convert
from ._native import Failure
from .errors import from_failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from ._native import Engine

TRACING = "opentelemetry.trace"
"""Who has not imported this has no use for spans."""


def arguments(
    method: str,
    template: str,
    whole: bool,
    /,
    *,
    path: Any = None,
    query: Any = None,
    headers: Any = None,
    timeout: Any = None,
    retries: Any = None,
    deadline: Any = None,
    idempotent: Any = None,
    json: Any = None,
    content: Any = None,
    content_type: str | None = None,
    data: Any = None,
    files: Any = None,
) -> tuple[str, str, Any, Any, Any, str | None, bytes | None, dict[str, Any] | None, bool]:
    """Order a call's keywords as the native ``send`` takes them; an unknown one is a ``TypeError``."""
    body = None
    if json is not None or content is not None or data is not None or files is not None:
        from ._body import encode

        content_type, body = encode(json, content, content_type, data, files)
        if content_type is not None and headers is not None and _names_type(headers):
            # The caller's own header says it, and a second one would be wrong.
            content_type = None
    options = None
    if timeout is not None or retries is not None or deadline is not None or idempotent is not None:
        options = call_options(timeout, retries, deadline, idempotent)
    return method, template, path, query, headers, content_type, body, options, whole


def call_options(timeout: Any, retries: Any, deadline: Any, idempotent: Any) -> dict[str, Any] | None:
    """Convert the options of a call; ``None`` where none is given, which is the usual case."""
    if timeout is None and retries is None and deadline is None and idempotent is None:
        return None
    given = {"timeout": timeout, "retries": retries, "deadline": deadline, "idempotent": idempotent}
    return _convert.convert(_convert.CALL, given)


def merged(defaults: Mapping[str, Any] | None, call: Mapping[str, Any]) -> dict[str, Any]:
    """Add a client's own options to those of a call, which win. Headers are told apart without regard to case."""
    if defaults is None:
        return dict(call)
    both = {**defaults, **{name: value for name, value in call.items() if value is not None}}
    ours, theirs = defaults.get("headers"), call.get("headers")
    if ours is not None and theirs is not None:
        lines: list[tuple[str, str]] = list(pairs_of(theirs))
        named = {name.lower() for name, _ in lines}
        both["headers"] = [line for line in pairs_of(ours) if line[0].lower() not in named] + lines
    return both


def one_page(template: str, listing: Mapping[str, Any]) -> dict[str, Any]:
    """Make the call for one page of a listing, as ``raw`` gives it: what is only of use to several pages is a ``TypeError``."""
    call = dict(listing)
    for name in ("concurrency", "cursor", "progress"):
        if call.pop(name, None) is not None:
            raise TypeError(f"GET {template} without paging takes no keyword {name!r}")
    paging = [(name, call.pop(name)) for name in ("page", "page_size") if name in call]
    if paging:
        given: Any = call.get("query") or ()
        call["query"] = [*(given.items() if hasattr(given, "items") else given), *paging]
    return call


def pairs_of(headers: Any) -> Iterable[tuple[str, str]]:
    """Make pairs of headers in any form."""
    return headers.items() if hasattr(headers, "items") else headers  # type: ignore[no-any-return]


def _names_type(headers: Any) -> bool:
    return any(name.lower() == "content-type" for name, _ in pairs_of(headers))


_wanted: Callable[[], int] | None = None
"""Asks ``logging``. An import at each call would cost more than the question."""


def attend(engine: Engine) -> None:
    """Have the engine keep what hooks or ``logging`` want to know. Who has not imported ``logging`` has set up none."""
    level = 0
    if engine.hooks is not None:
        level = 2
    elif "logging" in modules:
        global _wanted
        if _wanted is None:
            from ._events import wanted

            _wanted = wanted
        level = _wanted()
    engine.observe(level)


def settle(engine: Engine, outcome: Any) -> Any:
    """Give back what came of a call, or raise it; what was told meanwhile goes to ``logging`` and the hooks first."""
    events = engine.take_events()
    if events is not None:
        from ._events import tell

        tell(events, engine.hooks)
    if type(outcome) is Failure:
        raise from_failure(outcome) from None
    return outcome
