"""The client of Logto's Management API for Python: tokens, retries, rate limit and pagination done right.

>>> from logto_management import ManagementApi
>>> with ManagementApi.from_env() as api:  # doctest: +SKIP
...     for user in api.users.list(concurrency=4):
...         print(user["id"])

:class:`ManagementApi` is for code without asyncio, :class:`AsyncManagementApi` for asyncio. What calls send and give is in :mod:`logto_management.types`, what they raise
in :mod:`logto_management.errors`, what webhooks say in :mod:`logto_management.webhooks`. Warnings go to the logger ``logto_management``.
"""

from __future__ import annotations

import atexit as _atexit
import os as _os

from ._client import ManagementApi, RawApi
from ._native import __version__
from ._native import exiting as _exiting
from ._native import forked as _forked
from .errors import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    BadRequestError,
    BodyTooLargeError,
    ConfigError,
    ConflictError,
    ConnectError,
    ConnectionInterruptedError,
    DeadlineExceededError,
    DecodeError,
    InvalidClientError,
    InvalidRequestError,
    InvalidTargetError,
    LogtoError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    RequestCancelledError,
    ResponseBodyError,
    ServerError,
    TokenQuotaError,
    UnauthorizedError,
    UnexpectedRedirectError,
    UnprocessableError,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._async_client import AsyncManagementApi, AsyncRawApi
    from ._events import RequestEvent, ResponseEvent, RetryEvent, TokenEvent
    from ._listing import AsyncListing, Listing
    from ._options import (
        BodyOptions,
        CallOptions,
        ClientOptions,
        ListingOptions,
        ListOptions,
        OperationOptions,
        RateLimit,
        RequestOptions,
    )
    from ._reading import Page
    from ._response import AccessToken, Headers, RawResponse
    from ._search import Search, UserSearch
    from ._store import AsyncTokenStore, TokenStore
    from ._transport import AsyncTransport, Transport, TransportRequest, TransportResponse
    from ._webhook import verify_webhook_signature

__all__ = [
    "APIConnectionError",
    "APIStatusError",
    "APITimeoutError",
    "AccessToken",
    "AsyncListing",
    "AsyncManagementApi",
    "AsyncRawApi",
    "AsyncTokenStore",
    "AsyncTransport",
    "AuthenticationError",
    "BadRequestError",
    "BodyOptions",
    "BodyTooLargeError",
    "CallOptions",
    "ClientOptions",
    "ConfigError",
    "ConflictError",
    "ConnectError",
    "ConnectionInterruptedError",
    "DeadlineExceededError",
    "DecodeError",
    "Headers",
    "InvalidClientError",
    "InvalidRequestError",
    "InvalidTargetError",
    "ListOptions",
    "Listing",
    "ListingOptions",
    "LogtoError",
    "ManagementApi",
    "NotFoundError",
    "OperationOptions",
    "Page",
    "PermissionDeniedError",
    "RateLimit",
    "RateLimitError",
    "RawApi",
    "RawResponse",
    "RequestCancelledError",
    "RequestEvent",
    "RequestOptions",
    "ResponseBodyError",
    "ResponseEvent",
    "RetryEvent",
    "Search",
    "ServerError",
    "TokenEvent",
    "TokenQuotaError",
    "TokenStore",
    "Transport",
    "TransportRequest",
    "TransportResponse",
    "UnauthorizedError",
    "UnexpectedRedirectError",
    "UnprocessableError",
    "UserSearch",
    "__version__",
    "verify_webhook_signature",
]

_atexit.register(_exiting)
if hasattr(_os, "register_at_fork"):
    _os.register_at_fork(after_in_child=_forked)


# What takes longer to load than all the rest (typing, asyncio, logging, json) is loaded by those who use it.
_LATER = {
    "AsyncManagementApi": "_async_client",
    "AsyncRawApi": "_async_client",
    "AsyncTransport": "_transport",
    "RequestEvent": "_events",
    "ResponseEvent": "_events",
    "RetryEvent": "_events",
    "TokenEvent": "_events",
    "AsyncListing": "_listing",
    "Listing": "_listing",
    "Page": "_reading",
    "BodyOptions": "_options",
    "CallOptions": "_options",
    "ClientOptions": "_options",
    "ListOptions": "_options",
    "ListingOptions": "_options",
    "OperationOptions": "_options",
    "RateLimit": "_options",
    "RequestOptions": "_options",
    "AccessToken": "_response",
    "Headers": "_response",
    "RawResponse": "_response",
    "Search": "_search",
    "UserSearch": "_search",
    "AsyncTokenStore": "_store",
    "TokenStore": "_store",
    "Transport": "_transport",
    "TransportRequest": "_transport",
    "TransportResponse": "_transport",
    "verify_webhook_signature": "_webhook",
}


def __getattr__(name: str) -> object:
    module = _LATER.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(f"{__name__}.{module}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
