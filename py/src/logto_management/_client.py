"""The blocking client."""

from __future__ import annotations

from sys import modules

from ._base import Base
from ._call import TRACING, arguments, attend, merged, one_page, settle
from ._generated.groups import Groups, RawGroups
from ._generated.verbs import RawVerbs, Verbs
from ._native import entry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType
    from typing import Any, ClassVar

    from typing_extensions import Self

    from ._listing import Listing
    from ._native import Engine
    from ._response import AccessToken, RawResponse


class ManagementApi(Base, Groups, Verbs):
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
        return _exchange(self._engine, self._defaults, method, template, call, False)

    @property
    def raw(self) -> RawApi:
        """The same requests, giving the whole answer: a :class:`RawResponse` with status, headers and body."""
        return RawApi(self._engine, self._defaults)

    def _list(self, template: str, listing: Mapping[str, Any]) -> Listing[Any]:
        from ._listing import Listing

        if self._defaults is not None:
            listing = merged(self._defaults, listing)
        return Listing(self._engine, template, listing)

    @entry
    def access_token(self) -> AccessToken:
        """Return an access token that is good now, for requests of your own."""
        from ._response import access_token

        attend(self._engine)
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


class RawApi(RawGroups, RawVerbs):
    """Requests that give the whole answer. Errors are raised as ever."""

    def __init__(self, engine: Engine, defaults: dict[str, Any] | None = None) -> None:
        self._engine = engine
        self._defaults = defaults

    def _send(self, method: str, template: str, call: Mapping[str, Any]) -> RawResponse[Any]:
        from ._response import RawResponse

        return RawResponse(_exchange(self._engine, self._defaults, method, template, call, True))

    def _list(self, template: str, listing: Mapping[str, Any]) -> RawResponse[Any]:
        return self._send("GET", template, one_page(template, listing))


def _exchange(
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
        return settle(engine, engine.send(*given))
    from ._response import data_of
    from ._telemetry import Span

    with Span(engine, method, template) as span:
        answer = settle(engine, engine.send(*given))
        span.answered(answer)
    return answer if whole else data_of(answer)
