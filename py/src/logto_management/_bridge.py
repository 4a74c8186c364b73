"""From the native module's thread to an asyncio loop: one wake-up brings everything that finished meanwhile."""

from __future__ import annotations

from asyncio import get_running_loop
from threading import Lock
from typing import TYPE_CHECKING, Any, Callable
from weakref import WeakKeyDictionary, ref

from ._native import Bridge, Ticket

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

# A timer that a loop never comes to, and keeps.
_FOREVER = 10.0**9

_bridges: WeakKeyDictionary[AbstractEventLoop, ref[Bridge]] = WeakKeyDictionary()
_lock = Lock()
# The loop that was asked for last: mostly there is one.
_last: tuple[Callable[[], AbstractEventLoop | None], Callable[[], Bridge | None]] = (lambda: None, lambda: None)


def _connected(loop: AbstractEventLoop) -> Bridge:
    """Make a bridge to a loop.

    The loop keeps it, by watching its pipe, until the loop is closed; it does not keep the loop. So nothing is left of a loop that is gone, and calls that it left behind are
    dropped with it, which aborts their requests.
    """
    try:
        bridge = Bridge()
        loop.add_reader(bridge.fileno(), bridge.drain)
    except (AttributeError, NotImplementedError, RuntimeError):
        # A loop that watches nothing but sockets of its own: Windows' proactor.
        known: list[ref[Bridge]] = []
        bridge = Bridge(_waker(ref(loop), known))
        known.append(ref(bridge))
        loop.call_later(_FOREVER, bridge.drain)
    return bridge


def _waker(loop: ref[AbstractEventLoop], bridge: list[ref[Bridge]]) -> Callable[[], None]:
    def wake() -> None:
        awake, to_drain = loop(), bridge[0]()
        if awake is not None and to_drain is not None and not awake.is_closed():
            awake.call_soon_threadsafe(to_drain.drain)

    return wake


def _bridge(loop: AbstractEventLoop) -> Bridge:
    global _last
    known = _bridges.get(loop)
    bridge = known() if known is not None else None
    if bridge is None:
        bridge = _connected(loop)
        # Loops run in threads of their own.
        with _lock:
            _bridges[loop] = ref(bridge)
    _last = ref(loop), ref(bridge)
    return bridge


def running_loop() -> AbstractEventLoop:
    """Return a loop that calls came from and that still runs.

    :raises RuntimeError: where there is none
    """
    with _lock:
        loops = list(_bridges)
    for loop in loops:
        if loop.is_running():
            return loop
    raise RuntimeError("no event loop runs that a client is used on")


async def run(start: Callable[..., Any], *arguments: Any) -> Any:
    """Run a native call on the running loop and give its outcome. Cancelling the task drops the call, which aborts its request on the wire.

    :raises RuntimeError: where no asyncio loop runs
    """
    try:
        loop = get_running_loop()
    except RuntimeError:
        raise RuntimeError(
            "AsyncManagementApi needs a running asyncio event loop, and there is none (trio has loops of another kind)"
        ) from None
    last_loop, last_bridge = _last
    bridge = last_bridge() if last_loop() is loop else None
    if bridge is None:
        bridge = _bridge(loop)
    future = loop.create_future()
    ticket = start(*arguments, bridge, future)
    if type(ticket) is not Ticket:
        return ticket
    try:
        await future
    except BaseException:
        ticket.abort()
        raise
    return ticket.take()
