"""Logto's search, as the server reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from typing_extensions import Self

    from ._generated.types import SearchField, UserSearchField  # noqa: F401 - named in the bases below

__all__ = ["Search", "UserSearch"]

F = TypeVar("F", bound=str)


class _Search(Generic[F]):
    """Conditions on fields ``F``. Each method gives a new search with one more."""

    __slots__ = ("_case_sensitive", "_joint", "_pairs")

    def __init__(self, pattern: str | None = None) -> None:
        """Begin a search; with ``pattern`` as by :meth:`anywhere`."""
        self._pairs: tuple[tuple[str, str], ...] = () if pattern is None else (("search", pattern),)
        self._joint: str | None = None
        self._case_sensitive: bool | None = None

    def _with(self, *pairs: tuple[str, str]) -> Self:
        new = type(self).__new__(type(self))
        new._pairs = (*self._pairs, *pairs)
        new._joint = self._joint
        new._case_sensitive = self._case_sensitive
        return new

    def anywhere(self, pattern: str) -> Self:
        """Look whether any of the fields fits the pattern; ``%`` stands for any text, ``_`` for any character."""
        return self._with(("search", pattern))

    def like(self, field: F, pattern: str) -> Self:
        """Look whether the field fits the pattern (SQL's LIKE); ``%`` stands for any text, ``_`` for any character."""
        return self._with((f"search.{field}", pattern), (f"mode.{field}", "like"))

    def exact(self, field: F, *values: str) -> Self:
        """Look whether the field is this value, or one of several."""
        if not values:
            raise TypeError("exact() needs a value to look for")
        return self._with(*((f"search.{field}", value) for value in values), (f"mode.{field}", "exact"))

    def one_of(self, field: F, values: Iterable[str]) -> Self:
        """Look whether the field is one of these values."""
        return self.exact(field, *values)

    def posix(self, field: F, expression: str) -> Self:
        """Look whether the field fits the POSIX regular expression."""
        return self._with((f"search.{field}", expression), (f"mode.{field}", "posix"))

    def similar_to(self, field: F, pattern: str) -> Self:
        """Look whether the field fits the pattern of SQL's SIMILAR TO. The server has it in the case-sensitive sense only, so the whole search becomes so."""
        new = self._with((f"search.{field}", pattern), (f"mode.{field}", "similar_to"))
        if new._case_sensitive is None:
            new._case_sensitive = True
        return new

    def all(self) -> Self:
        """Ask that all conditions hold; without it, one of them."""
        new = self._with()
        new._joint = "and"
        return new

    def any(self) -> Self:
        """Ask that one of the conditions holds, which is the server's default."""
        new = self._with()
        new._joint = "or"
        return new

    def case_sensitive(self, yes: bool = True) -> Self:
        """Say whether capitals matter. They do not unless said so."""
        new = self._with()
        new._case_sensitive = yes
        return new

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Give the query pair by pair, as the server reads it: also for ``query=`` of any call."""
        yield from self._pairs
        if self._joint is not None:
            yield "joint", self._joint
        if self._case_sensitive is not None:
            yield "isCaseSensitive", "true" if self._case_sensitive else "false"

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and list(self) == list(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        """Show which fields are searched, not for what."""
        return f"<{type(self).__name__} {' '.join(name for name, _ in self._pairs if not name.startswith('mode.'))}>"


class Search(_Search["SearchField"]):
    """A search in lists of roles, applications and scopes, whose fields are ``id``, ``name`` and ``description``.

    >>> api.roles.list(search=Search().like("name", "admin%"))  # doctest: +SKIP
    """

    __slots__ = ()


class UserSearch(_Search["UserSearchField"]):
    """A search for users, whose fields are ``id``, ``username``, ``name``, ``primaryEmail`` and ``primaryPhone``.

    Conditions are joined by *or*, unless :meth:`all` is called.

    >>> anns = UserSearch().like("name", "Ann%").like("primaryEmail", "%@example.com").all()
    >>> for user in api.users.list(search=anns):  # doctest: +SKIP
    ...     print(user["id"])
    >>> list(UserSearch().exact("id", "u1", "u2"))
    [('search.id', 'u1'), ('search.id', 'u2'), ('mode.id', 'exact')]
    """

    __slots__ = ()

    def exclude_role(self, role_id: str) -> Self:
        """Leave out users with this role. Read by ``api.users.list`` alone."""
        return self._with(("excludeRoleId", role_id))

    def exclude_organization(self, organization_id: str) -> Self:
        """Leave out members of this organization. Read by ``api.users.list`` alone."""
        return self._with(("excludeOrganizationId", organization_id))

    def include_password_hash(self) -> Self:
        """Bring ``passwordDigest`` and ``passwordAlgorithm`` too. Read by ``api.users.list`` alone."""
        return self._with(("includePasswordHash", "true"))
