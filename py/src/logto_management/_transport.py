"""A callable as the transport: for tests with respx, VCR and their like, whose reach ends at Python."""

from __future__ import annotations

from inspect import isawaitable
from typing import TYPE_CHECKING, Any, Callable, Protocol, cast

from ._network import KEYWORDS
from .errors import config_error

if TYPE_CHECKING:
    from asyncio import Future, Task
    from collections.abc import Awaitable, Iterable, Mapping

    from ._native import Exchange


class TransportRequest:
    """A request for a ``transport``: method, absolute url, headers and body, ready to be sent as they are.

    Among the headers is ``authorization``, and the first request gets the token.
    """

    __slots__ = ("content", "headers", "method", "url")

    def __init__(self, method: str, url: str, headers: list[tuple[str, str]], content: bytes) -> None:
        self.method = method
        """In capitals."""
        self.url = url
        """With the query."""
        self.headers = dict(headers)
        """By their names in lower case."""
        self.content = content
        """The body; empty where there is none."""

    def __repr__(self) -> str:
        return f"<TransportRequest {self.method}>"


class TransportResponse(Protocol):
    """What a ``transport`` gives: :class:`httpx.Response` and :class:`requests.Response` are such, and whatever has these."""

    @property
    def status_code(self) -> int:
        """Any status; none is an error here."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """By name."""
        ...

    @property
    def content(self) -> Any:
        """The whole body, as bytes."""
        ...


class Transport(Protocol):
    """Sends a request and gives its answer: any function that does."""

    def __call__(self, request: TransportRequest, /) -> TransportResponse:
        """Send it. A redirect is an answer, too."""
        ...


class AsyncTransport(Protocol):
    """The same as a coroutine function, which is awaited on the loop of the call."""

    def __call__(self, request: TransportRequest, /) -> Awaitable[TransportResponse]:
        """Send it. A redirect is an answer, too."""
        ...


# The body comes decoded, and its length is what it is.
_OF_THE_WIRE = frozenset({"content-encoding", "content-length", "transfer-encoding"})
# By name, so that nothing of httpx, requests or aiohttp is imported. The first that fits, from an exception's own class upwards.
_KINDS = {
    "ConnectError": "connect",
    "ConnectTimeout": "connect",
    "ProxyError": "connect",
    "SSLError": "connect",
    "ClientConnectorError": "connect",
    "ConnectionRefusedError": "connect",
    "gaierror": "connect",
    "PoolTimeout": "connect",
    "TimeoutException": "timeout",
    "TimeoutError": "timeout",
    "Timeout": "timeout",
    "NetworkError": "interrupted",
    "ProtocolError": "interrupted",
    "TransportError": "other",
    "RequestException": "interrupted",
    "ClientError": "interrupted",
    "ConnectionError": "interrupted",
    "OSError": "interrupted",
}


def runner(
    transport: Any, options: Mapping[str, Any], asynchronous: bool
) -> Callable[[Exchange, Future[None] | None], Task[None] | None] | None:
    """Return what the native module calls for each request.

    :raises ConfigError: where it is no transport, or options are given that are its own affair
    """
    if transport is None:
        return None
    if not callable(transport):
        raise config_error(f"transport must be a function of a request, not {type(transport).__name__}")
    for name in KEYWORDS:
        if options.get(name) is not None:
            raise config_error(f"{name} is for the client's own connections; with transport=, set it up there")

    def run(exchange: Exchange, future: Future[None] | None) -> Task[None] | None:
        request = TransportRequest(exchange.method, exchange.url, exchange.headers, exchange.content)
        try:
            given = _called(transport, request, exchange)
        except Exception as error:
            if future is not None:
                # The call raises it; others that wait for the same, a token, hear that it failed.
                exchange.fail("other", f"The transport raised {type(error).__name__}")
            raise
        if given is None:
            return None
        if not asynchronous or future is None:
            close = getattr(given, "close", None)
            if close is not None:
                close()
            raise TypeError("a transport of coroutines is for AsyncManagementApi")
        from asyncio import ensure_future

        return ensure_future(_answered(exchange, future, given))

    return run


def _called(
    transport: Callable[[TransportRequest], Any], request: TransportRequest, exchange: Exchange
) -> Awaitable[Any] | None:
    """Call it and hand its answer over; what is yet to be awaited comes back."""
    try:
        given = transport(request)
        if isawaitable(given):
            return given
        _give(exchange, given)
    except Exception as error:
        _failed(exchange, error)
    return None


async def _answered(exchange: Exchange, future: Future[None], given: Awaitable[Any]) -> None:
    try:
        try:
            _give(exchange, await given)
        except Exception as error:
            _failed(exchange, error)
    except Exception as error:
        # As above.
        if not future.done():
            future.set_exception(error)
        exchange.fail("other", f"The transport raised {type(error).__name__}")


def _give(exchange: Exchange, response: Any) -> None:
    headers = [(name, value) for name, value in _lines(response.headers) if name.lower() not in _OF_THE_WIRE]
    exchange.give(response.status_code, headers, bytes(response.content or b""))


def _lines(headers: Any) -> Iterable[tuple[str, str]]:
    # httpx keeps repeated ones apart there.
    lines = getattr(headers, "multi_items", headers.items)
    return cast("Iterable[tuple[str, str]]", lines())


def _failed(exchange: Exchange, error: Exception) -> None:
    """Tell of a request that failed; raise what is no failure of a request, such as a mock's refusal."""
    for cls in type(error).__mro__:
        kind = _KINDS.get(cls.__name__)
        if kind is not None:
            exchange.fail(kind, f"{type(error).__name__}: {error}")
            return
    raise error
