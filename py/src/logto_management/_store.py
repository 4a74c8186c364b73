"""Token stores: where processes share access tokens. What a store keeps comes sealed, so it need not be trusted."""

from __future__ import annotations

from inspect import isawaitable
from threading import Thread
from typing import TYPE_CHECKING, Any, Callable, Protocol

from .errors import config_error

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from ._native import StoreAnswer


class TokenStore(Protocol):
    """A place to share access tokens in. Keys and values are short ASCII texts.

    Whoever reads it learns no token, and whoever writes to it makes no client use one: values are sealed under a key derived from the client secret. Its methods are
    called from threads of their own, one call at a time for a client. With ``lock(key, ttl) -> bool`` and ``unlock(key)``, a client whose lock is refused waits for the token that the holder of the
    lock gets.
    """

    def get(self, key: str, /) -> str | bytes | None:
        """Return the value under a key, ``None`` where there is none."""
        ...

    def put(self, key: str, value: str, ttl: int, /) -> object:
        """Keep a value for ``ttl`` seconds. It may go earlier, or stay longer: the client looks at what it says."""
        ...


class AsyncTokenStore(Protocol):
    """The same for :class:`AsyncManagementApi`, which awaits it on its event loop."""

    def get(self, key: str, /) -> Awaitable[str | bytes | None]:
        """Return the value under a key, ``None`` where there is none."""
        ...

    def put(self, key: str, value: str, ttl: int, /) -> Awaitable[object]:
        """Keep a value for ``ttl`` seconds."""
        ...


def asker(store: Any, asynchronous: bool) -> Callable[..., None]:
    """Return what the native module calls for each step of a store.

    :raises ConfigError: where it is no store
    """
    if not callable(getattr(store, "get", None)) or not callable(getattr(store, "put", None)):
        raise config_error(
            f"token_store must be a redis:// address, or an object with get(key) and put(key, value, ttl), not {type(store).__name__}"
        )

    def ask(answer: StoreAnswer, step: str, key: str, value: str, ttl: float) -> None:
        # A thread of Python's own: the native module's must come back at once, and the store may take its time. A daemon, so that a store that hangs does not keep the process alive.
        Thread(
            target=_run,
            args=(store, asynchronous, answer, step, key, value, ttl),
            name="logto-token-store",
            daemon=True,
        ).start()

    return ask


def _run(store: Any, asynchronous: bool, answer: StoreAnswer, step: str, key: str, value: str, ttl: float) -> None:
    try:
        answer.give(_value(step, _call(store, asynchronous, step, key, value, ttl)))
    except BaseException as error:
        answer.fail(f"{type(error).__name__}: {error}")


def _call(store: Any, asynchronous: bool, step: str, key: str, value: str, ttl: float) -> Any:
    method = getattr(store, step, None)
    if method is None:
        # Without locks, everybody has one.
        return step == "lock"
    # Whole seconds, as stores count them; never none at all.
    seconds = max(1, int(ttl + 0.999))
    given = method(*{"get": (key,), "put": (key, value, seconds), "lock": (key, seconds)}.get(step, (key,)))
    if not isawaitable(given):
        return given
    if not asynchronous:
        close = getattr(given, "close", None)
        if close is not None:
            close()
        raise TypeError("a store of coroutines is for AsyncManagementApi")
    from asyncio import run_coroutine_threadsafe

    from ._bridge import running_loop

    async def waiting() -> Any:
        return await given

    return run_coroutine_threadsafe(waiting(), running_loop()).result()


def _value(step: str, given: Any) -> str | None:
    if step == "lock":
        return "" if given else None
    if step != "get" or given is None:
        return None
    # What is no text is none of ours.
    return given.decode("ascii", "replace") if isinstance(given, (bytes, bytearray)) else str(given)
