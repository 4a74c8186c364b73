"""OpenTelemetry spans: one for each call and each page of a listing, where the program uses ``opentelemetry-api``.

Attributes are those of the semantic conventions for HTTP clients. Of a path the template alone is told, and nothing of queries and bodies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from opentelemetry import trace

from ._native import __version__
from .errors import LogtoError

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from ._native import Answer, Engine
    from ._reading import Page


class Span:
    """A ``with`` block that is a span."""

    def __init__(self, engine: Engine, method: str, template: str) -> None:
        address = urlsplit(engine.base_url)
        attributes: dict[str, Any] = {
            "http.request.method": method,
            "url.template": template,
            "server.address": address.hostname or "",
            "server.port": address.port or (443 if address.scheme == "https" else 80),
        }
        # Asked for each time: a program may set its provider up later.
        tracer = trace.get_tracer("logto_management", __version__)
        self._block = tracer.start_as_current_span(
            f"{method} {template}",
            kind=trace.SpanKind.CLIENT,
            attributes=attributes,
            record_exception=False,
            set_status_on_exception=False,
        )

    def __enter__(self) -> Self:
        """Begin it."""
        self._span = self._block.__enter__()
        return self

    def answered(self, answer: Answer) -> None:
        """Tell of an answer."""
        self._sent(answer.status, answer.request_id, answer.attempts)

    def paged(self, page: Page[Any] | None) -> None:
        """Tell of a page, or of the end."""
        if page is not None:
            self._sent(200, page.request_id, 1)

    def _sent(self, status: int | None, request_id: str | None, attempts: int) -> None:
        if status is not None:
            self._span.set_attribute("http.response.status_code", status)
        if request_id is not None:
            self._span.set_attribute("logto.request_id", request_id)
        if attempts > 1:
            self._span.set_attribute("http.request.resend_count", attempts - 1)

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End it."""
        if isinstance(raised, LogtoError):
            self._sent(raised.status, raised.request_id, raised.attempts)
            self._span.set_attribute("error.type", raised.name)
            if raised.code is not None:
                self._span.set_attribute("logto.error_code", raised.code)
            self._span.set_status(trace.StatusCode.ERROR, str(raised))
        elif kind is not None:
            self._span.set_attribute("error.type", kind.__qualname__)
            self._span.set_status(trace.StatusCode.ERROR)
        self._block.__exit__(None, None, None)
