"""Requests by HTTP method, as they run. Their types, by route, are in ``_generated/verbs.pyi``."""

from __future__ import annotations

from ._native import entry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


class Sending:
    """Who sends requests: each client in its own way."""

    __slots__ = ()

    def _send(self, method: str, template: str, call: Mapping[str, Any]) -> Any:
        raise NotImplementedError

    def _list(self, template: str, listing: Mapping[str, Any]) -> Any:
        raise NotImplementedError


class Requesting(Sending):
    """Requests by HTTP method. ``template`` is a route, ``/api/users/{userId}``; ``path`` fills it.

    Each takes the keywords of :class:`CallOptions`, those with a body the ones of :class:`BodyOptions` too.
    """

    __slots__ = ()

    @entry
    def request(self, method: str, template: str, /, **call: Any) -> Any:
        """Send a request of any method to any route, of which type checkers know nothing."""
        return self._send(method, template, call)

    @entry
    def get(self, template: str, /, **call: Any) -> Any:
        """Send a GET."""
        return self._send("GET", template, call)

    @entry
    def head(self, template: str, /, **call: Any) -> Any:
        """Send a HEAD; only the status and the headers of its answer say something, which ``raw`` gives."""
        return self._send("HEAD", template, call)

    @entry
    def post(self, template: str, /, **call: Any) -> Any:
        """Send a POST. It is not tried again after it may have arrived, unless ``idempotent=True``."""
        return self._send("POST", template, call)

    @entry
    def put(self, template: str, /, **call: Any) -> Any:
        """Send a PUT."""
        return self._send("PUT", template, call)

    @entry
    def patch(self, template: str, /, **call: Any) -> Any:
        """Send a PATCH. It is not tried again after it may have arrived, unless ``idempotent=True``."""
        return self._send("PATCH", template, call)

    @entry
    def delete(self, template: str, /, **call: Any) -> Any:
        """Send a DELETE."""
        return self._send("DELETE", template, call)


class Paginating(Requesting):
    """Requests by HTTP method, and listings."""

    __slots__ = ()

    @entry
    def paginate(self, template: str, /, **listing: Any) -> Any:
        """List everything at a route: every item that is there from start to end comes once, whatever comes and goes meanwhile.

        It takes the keywords of :class:`ListOptions`.
        """
        return self._list(template, listing)
