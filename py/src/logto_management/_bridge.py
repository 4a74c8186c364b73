"""Native calls on asyncio loops. A loop watches the native module's sockets itself where it can; otherwise a thread of the module does, and one wake-up brings everything that finished meanwhile."""

from __future__ import annotations

import os
from asyncio import get_running_loop
from contextvars import Context
from threading import Lock
from typing import TYPE_CHECKING, Any, Callable
from weakref import WeakKeyDictionary, ref

from ._native import Bridge, Ticket

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, TimerHandle

# A timer that a loop never comes to, and keeps.
_FOREVER = 10.0**9

_bridges: WeakKeyDictionary[AbstractEventLoop, ref[Bridge]] = WeakKeyDictionary()
_lock = Lock()
# The loop that was asked for last: mostly there is one.
_NONE: tuple[Callable[[], AbstractEventLoop | None], Callable[[], Bridge | None]] = (lambda: None, lambda: None)
_last = _NONE


class _Ties:
    """What a bridge asks of its loop, which calls it back in no task's context: it would keep what that holds."""

    __slots__ = ("_loop", "_timer")

    def __init__(self, loop: AbstractEventLoop) -> None:
        self._loop = ref(loop)
        self._timer: TimerHandle | None = None

    def watch(self, bridge: Bridge) -> None:
        """Have the loop look after the native sockets."""
        loop = self._loop()
        if loop is not None:
            Context().run(loop.add_reader, bridge.descriptor, bridge.turn)

    def later(self, bridge: Bridge, seconds: float) -> None:
        """Have it come back, and not at the time that it was told before."""
        loop = self._loop()
        if loop is not None:
            self._cancel()
            # A timer that kept the bridge would do so beyond the loop's end.
            self._timer = loop.call_later(seconds, _late, ref(bridge), context=Context())

    def let_go(self, bridge: Bridge) -> None:
        """Have it do neither any more."""
        loop = self._loop()
        if loop is not None:
            self._cancel()
            loop.remove_reader(bridge.descriptor)

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _late(bridge: ref[Bridge]) -> None:
    known = bridge()
    if known is not None:
        known.late()


def _connected(loop: AbstractEventLoop) -> Bridge:
    """Make a bridge to a loop.

    The loop keeps it, by watching its pipe, until the loop is closed; it does not keep the loop. So nothing is left of a loop that is gone, and calls that it left behind are
    dropped with it, which aborts their requests.
    """
    try:
        bridge = Bridge(_Ties(loop))
        loop.add_reader(bridge.fileno(), bridge.drain)
    except (AttributeError, NotImplementedError, RuntimeError):
        # A loop that watches nothing but sockets of its own: Windows' proactor.
        known: list[ref[Bridge]] = []
        bridge = Bridge(wake=_waker(ref(loop), known))
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


def _forked() -> None:
    """Begin anew in a child: bridges belong to the process that made them, and the lock may be another thread's that is not here."""
    global _lock, _last
    _lock, _last = Lock(), _NONE
    _bridges.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)


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
