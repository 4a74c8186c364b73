"""The native module: the core, without behaviour of its own. Not for users: the classes of this package are written over it."""

from asyncio import Future
from collections.abc import Callable
from typing import Any, Final, TypeVar, final

__all__ = [
    "CALL_OPTIONS",
    "CLIENT_OPTIONS",
    "ERROR_NAMES",
    "NETWORK_OPTIONS",
    "Answer",
    "Bridge",
    "Columns",
    "Engine",
    "Exchange",
    "Failure",
    "Pager",
    "Rows",
    "StoreAnswer",
    "TestingClock",
    "Ticket",
    "__version__",
    "entry",
    "exiting",
    "forked",
    "open",
    "verify_webhook_signature",
]

__version__: Final[str]
ERROR_NAMES: Final[list[str]]
CLIENT_OPTIONS: Final[list[str]]
CALL_OPTIONS: Final[list[str]]
NETWORK_OPTIONS: Final[list[str]]

_F = TypeVar("_F", bound=Callable[..., Any])

# What it makes of a function leaves no frames in the tracebacks of what the package raises.
def entry(function: _F) -> _F: ...
def exiting() -> None: ...
def forked() -> None: ...
def verify_webhook_signature(signing_key: str, body: bytes, signature: str) -> bool: ...
def open(
    *,
    tenant_id: str | None,
    base_url: str | None,
    api_indicator: str | None,
    client_id: str | None,
    client_secret: str | None,
    vars: dict[str, str] | None,
    options: dict[str, Any] | None,
    network: dict[str, Any],
    asynchronous: bool,
    clock: TestingClock | None,
    hooks: Any,
    store: Callable[..., None] | str | None = None,
    transport: Callable[[Exchange, Future[None] | None], object] | None = None,
) -> Engine | Failure: ...

@final
class Engine:
    @property
    def base_url(self) -> str: ...
    @property
    def api_indicator(self) -> str: ...
    # Data, an Answer where `whole`, or a Failure; a Ticket for one of these with a bridge and a future to complete.
    def send(
        self,
        method: str,
        template: str,
        path: Any,
        query: Any,
        headers: Any,
        content_type: str | None,
        body: bytes | None,
        options: dict[str, Any] | None,
        whole: bool,
        bridge: Bridge | None = None,
        future: Future[None] | None = None,
    ) -> Any: ...
    # (value, expiry in ms, scope), or a Failure; a Ticket as above.
    def token(self, bridge: Bridge | None = None, future: Future[None] | None = None) -> Any: ...
    def pager(
        self,
        template: str,
        path: Any,
        query: Any,
        headers: Any,
        options: dict[str, Any] | None,
        page_size: Any,
        page: Any,
        concurrency: int | None,
        cursor: str | None,
    ) -> Pager | Failure: ...
    @property
    def hooks(self) -> Any: ...
    # 0 for warnings only, 1 for retries too, 2 for everything.
    def observe(self, level: int) -> None: ...
    # As JSON.
    def take_events(self) -> list[str] | None: ...
    def close(self) -> None: ...

@final
class Pager:
    # (items, number, size, total, exact, cursor, request id), None at the end, or a Failure; a Ticket as above.
    # With `rows`, the items are Rows.
    def next(self, rows: bool = False, bridge: Bridge | None = None, future: Future[None] | None = None) -> Any: ...
    def cursor(self) -> str | None: ...
    def total(self) -> tuple[int | None, bool | None]: ...
    def close(self) -> None: ...

@final
class Rows:
    # Of a JSON array.
    def __new__(cls, array: bytes) -> Rows: ...
    def __len__(self) -> int: ...
    def lines(self) -> bytes: ...

@final
class Columns:
    # Names and kinds: null, bool, int, float, time, text, json.
    def __new__(cls, declared: list[tuple[str, str]]) -> Columns: ...
    # How many rows there are now, and of how many bytes of JSON.
    def add(self, rows: Rows) -> tuple[int, int]: ...
    # Rows; and of each column name, kind, nulls, and Arrow's buffers: validity, offsets, values.
    def take(self) -> tuple[int, list[tuple[str, str, int, bytes, bytes | None, bytes]]]: ...

@final
class Exchange:
    @property
    def method(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def headers(self) -> list[tuple[str, str]]: ...
    @property
    def content(self) -> bytes: ...
    def give(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None: ...
    # connect, timeout, interrupted or other.
    def fail(self, kind: str, message: str) -> None: ...

@final
class StoreAnswer:
    def give(self, value: str | None) -> None: ...
    def fail(self, message: str) -> None: ...

@final
class Answer:
    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> list[tuple[str, str]]: ...
    @property
    def request_id(self) -> str | None: ...
    @property
    def attempts(self) -> int: ...
    @property
    def content(self) -> bytes: ...
    @property
    def text(self) -> str: ...
    def data(self) -> Any: ...

@final
class Failure:
    def fields(self) -> dict[str, Any]: ...

@final
class Bridge:
    # With `ties`, whose methods it calls, or with a callable that wakes the loop.
    def __new__(cls, ties: object | None = None, wake: Callable[[], object] | None = None) -> Bridge: ...
    def fileno(self) -> int: ...
    @property
    def descriptor(self) -> int: ...
    @property
    def pending(self) -> int: ...
    def drain(self) -> None: ...
    def turn(self) -> None: ...
    def late(self) -> None: ...

@final
class Ticket:
    def take(self) -> Any: ...
    def abort(self) -> None: ...

@final
class TestingClock:
    """A clock that stands still until it is told to go on: an hour passes when a test says so, and a back-off takes no time.

    It starts at 2026-01-01T00:00:00Z. Request timeouts stay real, since a real server takes real time.
    """

    # pytest takes every class whose name begins with Test for a test.
    __test__: Final = False

    def __new__(cls) -> TestingClock: ...
    def advance(self, seconds: float) -> None:
        """Move the clock on."""

    def take_sleeps(self) -> list[float]:
        """Return the pauses that the client made since the last call, in seconds."""
