"""Whole answers, and access tokens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar, cast

from ._native import Failure, entry
from .errors import from_failure

if TYPE_CHECKING:
    from ._native import Answer


T_co = TypeVar("T_co", covariant=True)


class Headers(Mapping[str, str]):
    """The headers of an answer. Names are compared without regard to case; lines of one name are joined by ``", "``."""

    __slots__ = ("_lines",)

    def __init__(self, lines: list[tuple[str, str]]) -> None:
        self._lines = lines

    def __getitem__(self, name: str) -> str:
        """All lines of this name."""
        values = self.get_list(name)
        if not values:
            raise KeyError(name)
        return ", ".join(values)

    def __iter__(self) -> Iterator[str]:
        """Each name once, in lower case, in the order of arrival."""
        return iter(dict.fromkeys(name for name, _ in self._lines))

    def __len__(self) -> int:
        """How many different names there are."""
        return len({name for name, _ in self._lines})

    def __repr__(self) -> str:
        return f"Headers({self._lines!r})"

    def get_list(self, name: str) -> list[str]:
        """Return the lines of this name, one by one."""
        name = name.lower()
        return [value for line, value in self._lines if line == name]

    def lines(self) -> list[tuple[str, str]]:
        """Return every line as it came, names in lower case."""
        return list(self._lines)


class RawResponse(Generic[T_co]):
    """A successful answer with all that came: status, headers, body. Made by ``api.raw``."""

    __slots__ = ("_answer", "_headers")

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._headers: Headers | None = None

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self._answer.status

    @property
    def headers(self) -> Headers:
        """The headers."""
        if self._headers is None:
            self._headers = Headers(self._answer.headers)
        return self._headers

    @property
    def request_id(self) -> str | None:
        """Logto's id of the request."""
        return self._answer.request_id

    @property
    def attempts(self) -> int:
        """How many times the request was sent before this answer came."""
        return self._answer.attempts

    @property
    def content(self) -> bytes:
        """The body as it came."""
        return self._answer.content

    @property
    def text(self) -> str:
        """The body as UTF-8; what is none is replaced."""
        return self._answer.text

    @property
    @entry
    def data(self) -> T_co:
        """What the call without ``raw`` would have given: the JSON, ``None`` for success without data, or ``str`` or ``bytes``.

        :raises DecodeError: where the body is not the JSON that it says it is
        """
        return cast("T_co", data_of(self._answer))

    @entry
    def json(self) -> Any:
        """Decode the body as JSON, whatever its content type.

        :raises ValueError: where it is none
        """
        import json

        try:
            return json.loads(self.content)
        except ValueError as error:
            # Where in the standard library it was found is nobody's concern.
            raise error.with_traceback(None) from None

    def __repr__(self) -> str:
        return f"<RawResponse {self.status} request_id={self.request_id!r}>"


def data_of(answer: Answer) -> Any:
    """Return the data of an answer."""
    data: Any = answer.data()
    if type(data) is Failure:
        raise from_failure(data) from None
    return data


class AccessToken(NamedTuple):
    """An access token for requests of your own. Printing it does not show its value."""

    value: str
    """The token itself, for an ``Authorization: Bearer`` header."""
    expires_at: float
    """When the server refuses it, in seconds since 1970 as :func:`time.time` counts them. It knows no leeway."""
    scope: str | None
    """The scope granted; ``None`` where the application holds none of what was asked for."""

    def __repr__(self) -> str:
        return f"AccessToken(value='***', expires_at={self.expires_at!r}, scope={self.scope!r})"


def access_token(token: tuple[str, int, str | None]) -> AccessToken:
    """Make the token of what the native module gave; its times are milliseconds."""
    value, expires_at, scope = token
    return AccessToken(value, expires_at / 1000, scope)
