"""The client for asyncio."""

from __future__ import annotations

from sys import modules
from typing import TYPE_CHECKING, Any, ClassVar

from . import _listing
from ._base import Base
from ._bridge import run
from ._call import TRACING, arguments, attend, merged, one_page, settle
from ._generated.groups import AsyncGroups, AsyncRawGroups
from ._generated.verbs import AsyncRawVerbs, AsyncVerbs
from ._native import entry
from ._response import AccessToken, RawResponse, access_token, data_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from typing_extensions import Self

    from ._native import Engine


class AsyncManagementApi(Base, AsyncGroups, AsyncVerbs):
    """A client of one Logto's Management API, for asyncio.

    >>> async def main():
    ...     async with AsyncManagementApi("my-tenant", client_id="…", client_secret="…") as api:
    ...         user = await api.get("/api/users/{userId}", path={"userId": "u1"})
    ...         async for user in api.paginate("/api/users", concurrency=4):
    ...             print(user["id"])

    What its calls give and raise is told at :class:`ManagementApi`, which has the same surface.

    Make one and use it from every task, also of several loops: connections belong to no loop. Cancelling a task aborts its request on the wire. It runs on asyncio and uvloop.
    """

    _asynchronous: ClassVar[bool] = True

    async def _send(self, method: str, template: str, call: Mapping[str, Any]) -> Any:
        return await _exchange(self._engine, self._defaults, method, template, call, False)

    @property
    def raw(self) -> AsyncRawApi:
        """The same requests, giving the whole answer: a :class:`RawResponse` with status, headers and body."""
        return AsyncRawApi(self._engine, self._defaults)

    def _list(self, template: str, listing: Mapping[str, Any]) -> _listing.AsyncListing[Any]:
        if self._defaults is not None:
            listing = merged(self._defaults, listing)
        return _listing.AsyncListing(self._engine, template, listing, run)

    @entry
    async def access_token(self) -> AccessToken:
        """Return an access token that is good now, for requests of your own."""
        attend(self._engine)
        return access_token(settle(self._engine, await run(self._engine.token)))

    async def close(self) -> None:
        """Close the connections and forget the token. Later calls raise ``RuntimeError``; closing again does nothing."""
        self._engine.close()

    async def __aenter__(self) -> Self:
        """Return the client, which the end of the ``async with`` block closes."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the client."""
        await self.close()


class AsyncRawApi(AsyncRawGroups, AsyncRawVerbs):
    """Requests that give the whole answer. Errors are raised as ever."""

    def __init__(self, engine: Engine, defaults: dict[str, Any] | None = None) -> None:
        self._engine = engine
        self._defaults = defaults

    async def _send(self, method: str, template: str, call: Mapping[str, Any]) -> RawResponse[Any]:
        return RawResponse(await _exchange(self._engine, self._defaults, method, template, call, True))

    async def _list(self, template: str, listing: Mapping[str, Any]) -> RawResponse[Any]:
        return await self._send("GET", template, one_page(template, listing))


async def _exchange(
    engine: Engine,
    defaults: Mapping[str, Any] | None,
    method: str,
    template: str,
    call: Mapping[str, Any],
    whole: bool,
) -> Any:
    """Send a request; what comes of it is data, or where ``whole`` a native answer."""
    if defaults is not None:
        call = merged(defaults, call)
    tracing = TRACING in modules
    given = arguments(method, template, whole or tracing, **call)
    attend(engine)
    if not tracing:
        return settle(engine, await run(engine.send, *given))
    from ._telemetry import Span

    with Span(engine, method, template) as span:
        answer = settle(engine, await run(engine.send, *given))
        span.answered(answer)
    return answer if whole else data_of(answer)
