"""What a client does, as plain data, for hooks and for ``logging``. Nothing secret is in it: no token, no query, no body, and of paths the template alone."""

from __future__ import annotations

from json import loads
from logging import DEBUG, INFO, getLogger
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_logger = getLogger("logto_management")


class RequestEvent(NamedTuple):
    """A request goes out."""

    at: float
    """When, in seconds since 1970."""
    method: str
    """The HTTP method."""
    route: str
    """The route template, or ``/oidc/token`` for a token request; never the filled path."""
    attempt: int
    """1 for the first sending."""


class ResponseEvent(NamedTuple):
    """An answer came in, of any status."""

    at: float
    """When, in seconds since 1970."""
    method: str
    """The HTTP method."""
    route: str
    """The route template, or ``/oidc/token`` for a token request; never the filled path."""
    attempt: int
    """Which sending it answers, from 1."""
    status: int
    """The HTTP status."""
    request_id: str | None
    """Logto's id of the request."""
    elapsed: float
    """From sending to the end of the body, in seconds."""


class RetryEvent(NamedTuple):
    """A call is tried again, after a pause."""

    at: float
    """When, in seconds since 1970."""
    method: str
    """The HTTP method."""
    route: str
    """The route template, or ``/oidc/token`` for a token request; never the filled path."""
    attempt: int
    """The sending that failed, from 1."""
    delay: float
    """The pause, in seconds."""
    reason: str
    """Why: the status as text, or the name of the error, ``transport.timeout``."""


class TokenEvent(NamedTuple):
    """A new access token was issued."""

    at: float
    """When, in seconds since 1970."""
    scope: str | None
    """The scope granted; ``None`` where the application holds none of what was asked for."""
    lifetime: float
    """How long it lives, in seconds."""


def wanted() -> int:
    """Tell how much of it ``logging`` wants: 0 for warnings only, 1 for retries too, 2 for everything."""
    if not _logger.isEnabledFor(INFO):
        return 0
    return 2 if _logger.isEnabledFor(DEBUG) else 1


def tell(events: list[str], hooks: Mapping[str, Any] | None) -> None:
    """Log events, and hand them to the hooks. What a hook raises is logged: it must not look like the failure of a call that succeeded."""
    for text in events:
        members = loads(text)
        kind = members.pop("type")
        _log(kind, members)
        hook = hooks.get(f"on_{kind}") if hooks is not None else None
        if hook is not None:
            try:
                hook(_event(kind, members))
            except Exception:
                _logger.exception("on_%s failed", kind)


def _log(kind: str, members: dict[str, Any]) -> None:
    extra = {f"logto_{name}": value for name, value in members.items()}
    if kind == "warning":
        _logger.warning("%s", members["message"], extra=extra)
    elif kind == "token":
        _logger.debug("a new access token, for %.0f s", members["lifetimeMs"] / 1000, extra=extra)
    else:
        what = members["method"], members["route"]
        if kind == "request":
            _logger.debug("%s %s: sending, attempt %d", *what, members["attempt"], extra=extra)
        elif kind == "response":
            _logger.debug("%s %s: %d after %d ms", *what, members["status"], members["elapsedMs"], extra=extra)
        elif kind == "retry":
            _logger.info("%s %s: again in %d ms, for %s", *what, members["delayMs"], members["reason"], extra=extra)


def _event(kind: str, members: dict[str, Any]) -> RequestEvent | ResponseEvent | RetryEvent | TokenEvent:
    at = members["at"] / 1000
    if kind == "token":
        return TokenEvent(at, members.get("scope"), members["lifetimeMs"] / 1000)
    sending = at, members["method"], members["route"], members["attempt"]
    if kind == "request":
        return RequestEvent(*sending)
    if kind == "response":
        return ResponseEvent(*sending, members["status"], members.get("requestId"), members["elapsedMs"] / 1000)
    return RetryEvent(*sending, members["delayMs"] / 1000, members["reason"])
