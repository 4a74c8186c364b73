"""What calls raise: one tree, with :class:`LogtoError` at its root.

Every exception carries what is known of the failure as attributes, pickles, and prints as one line that says what was called, what came back and what to do about it.
Secrets, tokens and the bodies of token requests are in none of them.

======================================  ==========================================================
``except``                              catches
======================================  ==========================================================
:class:`ConfigError`                    the client or the call is set up wrongly; nothing was sent
:class:`AuthenticationError`            no access token, or one that the API refuses
:class:`APIStatusError`                 every answer with an error status
:class:`APIConnectionError`             no complete answer arrived
:class:`TimeoutError` (Python's own)    a request or the whole call took too long
======================================  ==========================================================
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._generated.types import ErrorCode
    from ._native import Failure

__all__ = [
    "APIConnectionError",
    "APIStatusError",
    "APITimeoutError",
    "AuthenticationError",
    "BadRequestError",
    "BodyTooLargeError",
    "ConfigError",
    "ConflictError",
    "ConnectError",
    "ConnectionInterruptedError",
    "DeadlineExceededError",
    "DecodeError",
    "InvalidClientError",
    "InvalidRequestError",
    "InvalidTargetError",
    "LogtoError",
    "NotFoundError",
    "PermissionDeniedError",
    "RateLimitError",
    "RequestCancelledError",
    "ResponseBodyError",
    "ServerError",
    "TokenQuotaError",
    "UnauthorizedError",
    "UnexpectedRedirectError",
    "UnprocessableError",
]


class LogtoError(Exception):
    """Something went wrong. :attr:`name` says what, and is stable; compare that or the class, never the message."""

    name: str
    """Stable machine name, the same in every language: ``api.not_found``, ``transport.timeout``, …"""
    message: str
    """What happened, in words. Messages of the server follow ``Accept-Language``."""
    status: int | None
    """The HTTP status, where there was an answer."""
    code: ErrorCode | str | None
    """Logto's error code, ``user.username_already_in_use``. Those that are known are in :data:`logto_management.types.ErrorCode`; a server may have others."""
    data: Any
    """The ``data`` member of Logto's error body."""
    details: Any
    """The ``details`` member of Logto's error body."""
    request_id: str | None
    """Logto's id of the request: quote it when you ask for support."""
    method: str | None
    """The HTTP method of the failed call."""
    route: str | None
    """The route template of the failed call, ``/api/users/{userId}``; never the filled path."""
    attempts: int
    """How many times the request was sent."""
    retry_after: float | None
    """How long the server asked to wait (``Retry-After``), in seconds."""
    hint: str | None
    """The likely cause and what to do, where it is known."""

    def __init__(
        self,
        message: str,
        *,
        name: str,
        status: int | None = None,
        code: str | None = None,
        data: Any = None,
        details: Any = None,
        request_id: str | None = None,
        method: str | None = None,
        route: str | None = None,
        attempts: int = 0,
        retry_after: float | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.name = name
        self.message = message
        self.status = status
        self.code = code
        self.data = data
        self.details = details
        self.request_id = request_id
        self.method = method
        self.route = route
        self.attempts = attempts
        self.retry_after = retry_after
        self.hint = hint

    def __str__(self) -> str:
        """One line: what was called, what came back, and what to do about it."""
        text = f"{self.method} {self.route}: " if self.method and self.route else ""
        if self.status is not None:
            text += f"{self.status} "
        if self.code is not None:
            text += f"{self.code}: "
        text += self.message
        if self.hint is not None:
            text += f"{'' if self.message.endswith(('.', '!', '?')) else '.'} {self.hint}"
        if self.request_id is not None:
            text += f" (request id {self.request_id})"
        return text

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle and copy by attributes: the initialiser's keywords are no ``args``."""
        return _restore, (type(self), self.args, self.__dict__.copy())


def _restore(cls: type[LogtoError], args: tuple[Any, ...], state: dict[str, Any]) -> LogtoError:
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class ConfigError(LogtoError, ValueError):
    """The client or the call is set up wrongly. Nothing was sent."""


class InvalidRequestError(ConfigError):
    """The call is wrong: a missing path parameter, a page size of 0."""


class BodyTooLargeError(InvalidRequestError):
    """The JSON body is larger than the server takes (1 MiB), to which it would answer 404."""


class AuthenticationError(LogtoError):
    """No access token could be got, or the API refuses a fresh one."""


class InvalidClientError(AuthenticationError):
    """The token endpoint does not know this client id, or the secret is wrong."""


class InvalidTargetError(AuthenticationError):
    """The token endpoint does not know this resource indicator."""


class TokenQuotaError(AuthenticationError):
    """The tenant's quota of tokens is used up; trying again cannot help."""


class APIStatusError(LogtoError):
    """The API answered with an error status."""

    status: int  # pyright: ignore[reportIncompatibleVariableOverride] - it narrows


class BadRequestError(APIStatusError):
    """400: the server does not accept the input."""


class UnauthorizedError(APIStatusError, AuthenticationError):  # pyright: ignore[reportIncompatibleVariableOverride]
    """401, also with a fresh token."""


class PermissionDeniedError(APIStatusError):
    """403: the application lacks a permission; mostly the role "Logto Management API access"."""


class NotFoundError(APIStatusError):
    """404: there is no such thing, or no such path."""


class ConflictError(APIStatusError):
    """409: it is there already."""


class UnprocessableError(APIStatusError):
    """422: understood and refused, a duplicate or a rule of the tenant."""


class RateLimitError(APIStatusError):
    """429, and trying again within the budget was no option; see :attr:`~LogtoError.retry_after`."""


class ServerError(APIStatusError):
    """5xx: the server, or what stands before it, failed."""


class APIConnectionError(LogtoError, ConnectionError):
    """No complete answer arrived."""


class ConnectError(APIConnectionError):
    """No connection could be made: nothing was sent."""


class ConnectionInterruptedError(APIConnectionError):
    """The connection broke before the whole answer was there: the server may have acted."""


class ResponseBodyError(APIConnectionError):
    """The answer is larger than ``max_response_bytes``, or cannot be decompressed."""


class RequestCancelledError(APIConnectionError):
    """The request was given up while others waited for it."""


class APITimeoutError(APIConnectionError, TimeoutError):
    """No complete answer within ``timeout``: the server may have acted."""


class DeadlineExceededError(LogtoError, TimeoutError):
    """The call's ``deadline`` ended, while it waited for its turn, for a token, for a retry or for the answer."""


class DecodeError(LogtoError):
    """The answer is not what it says it is, or not what was asked for."""


class UnexpectedRedirectError(LogtoError):
    """The server answered with a redirect, which is never followed: the token would travel with it."""


_CLASSES: dict[str, type[LogtoError]] = {
    "config.invalid": ConfigError,
    "config.invalid_request": InvalidRequestError,
    "config.body_too_large": BodyTooLargeError,
    "auth.invalid_client": InvalidClientError,
    "auth.invalid_target": InvalidTargetError,
    "auth.quota_exceeded": TokenQuotaError,
    "auth.token_request_failed": AuthenticationError,
    "transport.connect": ConnectError,
    "transport.timeout": APITimeoutError,
    "transport.interrupted": ConnectionInterruptedError,
    "transport.body": ResponseBodyError,
    "transport.cancelled": RequestCancelledError,
    "transport.other": APIConnectionError,
    "api.bad_request": BadRequestError,
    "api.unauthorized": UnauthorizedError,
    "api.forbidden": PermissionDeniedError,
    "api.not_found": NotFoundError,
    "api.conflict": ConflictError,
    "api.unprocessable": UnprocessableError,
    "api.rate_limited": RateLimitError,
    "api.server_error": ServerError,
    "api.error": APIStatusError,
    "decode.invalid_json": DecodeError,
    "redirect.unexpected": UnexpectedRedirectError,
    "budget.exhausted": DeadlineExceededError,
}


def error_class(name: str) -> type[LogtoError]:
    """Return the class of an error name; one that is not known here is a plain :class:`LogtoError`."""
    return _CLASSES.get(name, LogtoError)


def from_failure(failure: Failure) -> LogtoError:
    """Make the exception of a failure that the native module reported."""
    fields = failure.fields()
    after = fields.get("retryAfterMs")
    return error_class(fields["name"])(
        fields["message"],
        name=fields["name"],
        status=fields.get("status"),
        code=fields.get("code"),
        data=fields.get("data"),
        details=fields.get("details"),
        request_id=fields.get("requestId"),
        method=fields.get("method"),
        route=fields.get("route"),
        attempts=fields.get("attempts", 0),
        retry_after=None if after is None else after / 1000,
        hint=fields.get("hint"),
    )


def config_error(message: str) -> ConfigError:
    """Make the error of a wrong set-up that is found on this side."""
    return ConfigError(message, name="config.invalid")
