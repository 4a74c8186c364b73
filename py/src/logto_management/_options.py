"""Keywords of clients and calls: their types, which a program that does not name them never loads. ``_convert.py`` reads the keywords."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from os import PathLike  # noqa: TC003 - ClientOptions are read at run time too
from typing import TYPE_CHECKING, Any, BinaryIO, Callable, Literal, NamedTuple, TypedDict, Union
from uuid import UUID

if TYPE_CHECKING:
    from typing_extensions import TypeAlias

    from ._events import RequestEvent, ResponseEvent, RetryEvent, TokenEvent
    from ._transport import AsyncTransport, Transport

PathValue: TypeAlias = Union[str, int, UUID]
"""A path parameter; it is percent-encoded, and can only ever be one segment."""
Query: TypeAlias = Union[Mapping[str, object], Iterable[tuple[str, object]]]
"""Values are ``str``, ``int``, ``float``, ``bool``, or lists of them, which repeat the name; ``None`` is left out. A mapping is for ``search_params`` alone."""
Headers: TypeAlias = Union[Mapping[str, str], Sequence[tuple[str, str]]]
Seconds: TypeAlias = Union[float, timedelta]
FormValue: TypeAlias = Union[str, int, float, bool]
FileContent: TypeAlias = Union[bytes, BinaryIO]
File: TypeAlias = Union[FileContent, tuple[str, FileContent], tuple[str, FileContent, str]]
"""The content, or with a file name, or with a file name and a content type."""


class RateLimit(NamedTuple):
    """A rate that the client keeps itself within: a token bucket, shared by all clients of the tenant in this process."""

    requests: int = 200
    """Requests per period."""
    per: float = 10.0
    """The period in seconds."""
    burst: int | None = None
    """Requests at once after a quiet time. Default: as many as ``requests``."""


class RequestOptions(TypedDict, total=False):
    """What a call may set for itself, and ``with_options`` for many."""

    headers: Headers
    """Further headers. An ``Authorization`` of your own is sent as it is."""
    timeout: Seconds
    """The most time for one sending of the request, in seconds. Default: the client's."""
    retries: int
    """How many times the call is tried again where that is safe. Default: the client's."""
    deadline: Seconds
    """The most time for the whole call, waits and retries included, in seconds. Default: none."""
    idempotent: bool
    """Whether doing it twice is as good as once, where the method does not say: such a POST is tried again like a PUT."""


class OperationOptions(RequestOptions, total=False):
    """Keywords of every operation, beside its own."""

    query: Query
    """Further query parameters, for those that this version does not know."""


class ListingOptions(OperationOptions, total=False):
    """Keywords of every operation that gives a listing, beside its own."""

    page_size: int
    """Items per request, 1 to 100. Default 100."""
    page: int
    """The page to begin with. Default 1."""
    concurrency: int
    """Pages asked for at once, and held in memory, at the most. Default 1. The order stays."""
    cursor: str
    """Takes a listing up where another one stood (its ``cursor``), with the same parameters."""
    progress: bool
    """Whether to show how far it is on standard error: by tqdm's bar where that is installed, else by a line."""


class CallOptions(OperationOptions, total=False):
    """Keywords of every call by route."""

    path: Mapping[str, PathValue]
    """Fills ``{name}`` of the template."""


class BodyOptions(CallOptions, total=False):
    """Keywords of calls with a body, of which only one kind can be given."""

    json: Any
    """A JSON body, of anything that :func:`json.dumps` takes. ``None``: no body."""
    content: bytes | str
    """A body as it is; say what it is with ``content_type``, without which Logto ignores it."""
    content_type: str
    """The type of ``content``."""
    data: Mapping[str, FormValue | Sequence[FormValue]]
    """A form; with ``files``, its plain fields."""
    files: Mapping[str, File]
    """A multipart upload."""


class ListOptions(ListingOptions, total=False):
    """Keywords of listings by route."""

    path: Mapping[str, PathValue]
    """Fills ``{name}`` of the template."""


class Hooks(TypedDict, total=False):
    """Functions that are told what a client does, as plain data. They are called in order, by the thread or task of a call before it returns, and should be quick. What they raise is logged."""

    on_request: Callable[[RequestEvent], object]
    """A request goes out."""
    on_response: Callable[[ResponseEvent], object]
    """An answer came in, of any status."""
    on_retry: Callable[[RetryEvent], object]
    """A call is tried again."""
    on_token: Callable[[TokenEvent], object]
    """A new access token was issued."""


class ClientOptions(Hooks, total=False):
    """Keywords of clients."""

    retries: int
    """How many times a failed call is tried again where that is safe. Default 2."""
    timeout: Seconds
    """The most time for one request, to the end of its answer, in seconds. Default 30."""
    connect_timeout: Seconds
    """The most time for one connection, in seconds. Default 10."""
    retry_budget: Seconds
    """No retry starts later than this after the first sending, in seconds. Default 30."""
    retry_initial_delay: Seconds
    """The bound of the first back-off, which doubles from there, in seconds. Default 0.5."""
    retry_max_delay: Seconds
    """The highest bound of a back-off, in seconds. Default 8."""
    token_store_timeout: Seconds
    """The most time for one step of a token store; after a longer one the client goes on without it. Default 0.25."""
    rate_limit: RateLimit | Literal[False]
    """Default: 200 requests in 10 s for ``*.logto.app``, none elsewhere. ``False`` switches it off."""
    scope: str
    """The scope to ask for. Default ``all``."""
    client_auth: Literal["basic", "post"]
    """How the secret is shown to the token endpoint. Default ``basic``."""
    user_agent: str
    """Default ``logto-management/<version>``."""
    max_connections: int
    """Requests under way at once; more wait their turn, outside their timeout. Default 256."""
    max_response_bytes: int
    """A larger answer is an error. Default 64 MiB."""
    max_request_bytes: int
    """A larger JSON body is an error. Default 1 MiB, the server's own limit."""
    verify: bool | str | PathLike[str]
    """Which certificate authorities are trusted. Default ``True``: those of ``REQUESTS_CA_BUNDLE``, of ``SSL_CERT_FILE`` and ``SSL_CERT_DIR``, or of the operating system, whichever is set
    first. A path names a file of PEM certificates, or a folder of such, and no others are trusted. ``False`` trusts anybody who is on the way with the secret: for tests."""
    cert: str | PathLike[str] | tuple[str | PathLike[str], str | PathLike[str]]
    """A client certificate: a PEM file of certificate and private key, or one of each. The key must not be encrypted."""
    proxy: str | Literal[False]
    """``http://[user:password@]host:port`` for every request. Default: what ``HTTPS_PROXY``, ``HTTP_PROXY``, ``ALL_PROXY`` and ``NO_PROXY`` say; ``False``: none."""
    transport: Transport | AsyncTransport
    """Sends the requests instead of the client, one at a time for a call: a function of a :class:`TransportRequest` that gives a :class:`TransportResponse` (httpx's or requests' will do), for tests.
    With :class:`AsyncManagementApi` it may be a coroutine function. Its network errors are tried again like the client's own; anything else that it raises, the call raises. It must not
    follow redirects."""
