"""From the native module's thread to an asyncio loop: one wake-up brings everything that finished meanwhile."""

from __future__ import annotations

from asyncio import get_running_loop
from threading import Lock
from typing import TYPE_CHECKING, Any, Callable
from weakref import WeakKeyDictionary, ref

from ._native import Bridge, Ticket

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Future


class LoopBridge:
    """What one loop has under way. It does not keep its loop alive; the loop keeps it, by watching its socket."""

    __slots__ = ("__weakref__", "_pending", "native")

    def __init__(self, loop: AbstractEventLoop) -> None:
        self._pending: dict[int, Future[Any]] = {}
        try:
            self.native = Bridge()
            loop.add_reader(self.native.fileno(), self._drain)
        except (AttributeError, NotImplementedError, RuntimeError):
            # A loop that watches no sockets: Windows' proactor.
            self.native = Bridge(_waker(loop, self._drain))

    def _drain(self) -> None:
        for ident, outcome in self.native.take():
            future = self._pending.pop(ident, None)
            # Cancelled, or given up: nobody waits any more.
            if future is not None and not future.done():
                future.set_result(outcome)

    async def run(self, loop: AbstractEventLoop, start: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        """Start a native call and wait for its outcome. Cancelling the task drops the call, which aborts its request on the wire."""
        ticket = start(*arguments, self.native)
        if type(ticket) is not Ticket:
            return ticket
        ident = ticket.id
        future = self._pending[ident] = loop.create_future()
        try:
            return await future
        except BaseException:
            self._pending.pop(ident, None)
            ticket.abort()
            raise


def _waker(loop: AbstractEventLoop, drain: Callable[[], None]) -> Callable[[], None]:
    alive = ref(loop)

    def wake() -> None:
        loop = alive()
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(drain)

    return wake


_bridges: WeakKeyDictionary[AbstractEventLoop, LoopBridge] = WeakKeyDictionary()
_lock = Lock()


def _bridge(loop: AbstractEventLoop) -> LoopBridge:
    with _lock:
        # A closed loop's futures would keep it alive, and by that its own bridge.
        for other in list(_bridges):
            if other.is_closed():
                del _bridges[other]
        return _bridges.setdefault(loop, LoopBridge(loop))


async def run(start: Callable[..., Any], *arguments: Any) -> Any:
    """Run a native call on the running loop.

    :raises RuntimeError: where no asyncio loop runs
    """
    try:
        loop = get_running_loop()
    except RuntimeError:
        raise RuntimeError(
            "AsyncManagementApi needs a running asyncio event loop, and there is none (trio has loops of another kind)"
        ) from None
    bridge = _bridges.get(loop)
    if bridge is None:
        bridge = _bridge(loop)
    return await bridge.run(loop, start, arguments)
