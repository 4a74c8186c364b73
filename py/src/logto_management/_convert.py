"""How the core wants the keywords of clients and calls. Times are seconds here and milliseconds there."""

from __future__ import annotations

from .errors import config_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    _Convert = Callable[[str, Any], Any]


def _milliseconds(name: str, value: Any) -> float:
    seconds = value.total_seconds() if hasattr(value, "total_seconds") else value
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 <= seconds < float("inf"):
        raise config_error(f"{name} must be a number of seconds from 0, not {value!r}")
    return seconds * 1000


def _rate_limit(name: str, value: Any) -> Any:
    if value is False:
        return False
    from ._options import RateLimit

    if not isinstance(value, RateLimit):
        raise config_error(f"{name} must be a RateLimit or False, not {value!r}")
    limit: dict[str, Any] = {"requests": value.requests, "perMs": _milliseconds(f"{name}.per", value.per)}
    if value.burst is not None:
        limit["burst"] = value.burst
    return limit


def _as_it_is(_name: str, value: Any) -> Any:
    return value


HOOKS = ("on_request", "on_response", "on_retry", "on_token")

CLIENT: dict[str, tuple[str, _Convert]] = {
    "retries": ("retries", _as_it_is),
    "timeout": ("timeoutMs", _milliseconds),
    "connect_timeout": ("connectTimeoutMs", _milliseconds),
    "retry_budget": ("retryBudgetMs", _milliseconds),
    "retry_initial_delay": ("retryInitialDelayMs", _milliseconds),
    "retry_max_delay": ("retryMaxDelayMs", _milliseconds),
    "token_store_timeout": ("tokenStoreTimeoutMs", _milliseconds),
    "rate_limit": ("rateLimit", _rate_limit),
    "scope": ("scope", _as_it_is),
    "client_auth": ("clientAuth", _as_it_is),
    "user_agent": ("userAgent", _as_it_is),
    "max_connections": ("maxConnections", _as_it_is),
    "max_response_bytes": ("maxResponseBytes", _as_it_is),
    "max_request_bytes": ("maxRequestBytes", _as_it_is),
}
"""Client keywords: the core's name of each, and how its value is converted."""

CALL: dict[str, tuple[str, _Convert]] = {
    "timeout": ("timeoutMs", _milliseconds),
    "retries": ("retries", _as_it_is),
    "deadline": ("deadlineMs", _milliseconds),
    "idempotent": ("idempotent", _as_it_is),
}
"""Call keywords that are options of the core's."""


def hooks(given: dict[str, Any]) -> dict[str, Any] | None:
    """Take the hooks out of a client's keywords; ``None`` where there are none."""
    found = {name: hook for name in HOOKS if (hook := given.pop(name, None)) is not None}
    for name, hook in found.items():
        if not callable(hook):
            raise config_error(f"{name} must be a function, not {hook!r}")
    return found or None


def convert(table: Mapping[str, tuple[str, _Convert]], given: Mapping[str, Any]) -> dict[str, Any] | None:
    """Convert keywords to the core's options; those that are ``None`` are not given. ``None`` where none is left."""
    options: dict[str, Any] = {}
    for name, value in given.items():
        if name not in table:
            raise config_error(f"there is no option {name}; the options are {', '.join(table)}")
        if value is not None:
            core_name, to_core = table[name]
            options[core_name] = to_core(name, value)
    return options or None
