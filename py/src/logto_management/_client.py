"""The blocking client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from . import _listing
from ._base import Base, Verbs
from ._call import arguments, settle
from ._response import AccessToken, RawResponse, access_token

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from typing_extensions import Self, Unpack

    from ._native import Engine
    from ._options import ListOptions


class ManagementApi(Base, Verbs[Any]):
    """A client of one Logto's Management API, for code without asyncio.

    >>> with ManagementApi("my-tenant", client_id="…", client_secret="…") as api:  # doctest: +SKIP
    ...     user = api.get("/api/users/{userId}", path={"userId": "u1"})
    ...     for user in api.paginate("/api/users", concurrency=4):
    ...         print(user["id"])

    A call returns the answer's JSON as Python objects; ``None`` for success without data; ``str`` for other text and ``bytes`` for the rest. A status that is no
    success raises. See :mod:`logto_management.errors`.

    Make one and use it from every thread. Calls release the GIL, and Ctrl-C breaks them. A forked child that uses it starts anew, with connections and a token of its own.
    """

    _asynchronous: ClassVar[bool] = False

    def _send(self, method: str, template: str, call: Mapping[str, Any]) -> Any:
        return settle(self._engine, self._engine.send(*arguments(method, template, **call), False))

    @property
    def raw(self) -> RawApi:
        """The same requests, giving the whole answer: a :class:`RawResponse` with status, headers and body."""
        return RawApi(self._engine)

    def paginate(self, template: str, /, **listing: Unpack[ListOptions]) -> _listing.Listing:
        """List everything at a route, for a ``for`` loop: every item that is there from start to end comes once, whatever comes and goes meanwhile."""
        return _listing.Listing(self._engine, _listing.begin(self._engine, template, **listing))

    def access_token(self) -> AccessToken:
        """Return an access token that is good now, for requests of your own."""
        return access_token(settle(self._engine, self._engine.token()))

    def close(self) -> None:
        """Close the connections and forget the token. Later calls raise ``RuntimeError``; closing again does nothing."""
        self._engine.close()

    def __enter__(self) -> Self:
        """Return the client, which the end of the ``with`` block closes."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the client."""
        self.close()


class RawApi(Verbs[RawResponse]):
    """Requests that give the whole answer. Errors are raised as ever."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def _send(self, method: str, template: str, call: Mapping[str, Any]) -> RawResponse:
        return RawResponse(settle(self._engine, self._engine.send(*arguments(method, template, **call), True)))
