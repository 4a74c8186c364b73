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
    """What one loop has under way.

    The loop keeps it alive, by watching its socket, until the loop is closed; it does not keep the loop. So nothing is left of a loop that is gone, and calls that it left
    behind are dropped with it, which aborts their requests.
    """

    __slots__ = ("__weakref__", "_pending", "native")

    def __init__(self, loop: AbstractEventLoop) -> None:
        self._pending: dict[int, Future[Any]] = {}
        try:
            self.native = Bridge()
            loop.add_reader(self.native.fileno(), self._drain)
        except (AttributeError, NotImplementedError, RuntimeError):
            # A loop that watches no sockets: Windows' proactor.
            self.native = Bridge(_waker(ref(loop), ref(self)))
            loop.call_later(_FOREVER, self._drain)

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


def _waker(loop: ref[AbstractEventLoop], bridge: ref[LoopBridge]) -> Callable[[], None]:
    def wake() -> None:
        awake, to_drain = loop(), bridge()
        if awake is not None and to_drain is not None and not awake.is_closed():
            awake.call_soon_threadsafe(to_drain._drain)

    return wake


# A timer that a loop never comes to, and keeps.
_FOREVER = 10.0**9

_bridges: WeakKeyDictionary[AbstractEventLoop, ref[LoopBridge]] = WeakKeyDictionary()
_lock = Lock()


def _bridge(loop: AbstractEventLoop) -> LoopBridge:
    bridge = LoopBridge(loop)
    # Loops run in threads of their own.
    with _lock:
        _bridges[loop] = ref(bridge)
    return bridge


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
    known = _bridges.get(loop)
    bridge = known() if known is not None else None
    if bridge is None:
        bridge = _bridge(loop)
    return await bridge.run(loop, start, arguments)
