"""Where a listing is being read: what the blocking and the asynchronous kind have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from . import _call
from ._native import Failure, Rows
from .errors import from_failure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ._native import Engine, Pager
    from ._progress import Bar, Line


T = TypeVar("T")

# Pages that an export asks for at once: one being read, one on its way.
_AHEAD = 2


class Page(Generic[T]):
    """One page of a listing."""

    __slots__ = ("cursor", "items", "number", "request_id", "size", "total", "total_is_exact")

    def __init__(
        self,
        items: list[T],
        number: int,
        size: int,
        total: int | None,
        total_is_exact: bool | None,
        cursor: str | None,
        request_id: str | None,
    ) -> None:
        self.items = items
        """The items: those of the page that were not given out before."""
        self.number = number
        """Which page, from 1."""
        self.size = size
        """How many items were asked for."""
        self.total = total
        """How many items the listing has, as far as the server tells."""
        self.total_is_exact = total_is_exact
        """``False``: there are at least so many, the server stopped counting."""
        self.cursor = cursor
        """Where the listing goes on behind this page; ``None`` at its end."""
        self.request_id = request_id
        """Logto's id of the request."""

    def __len__(self) -> int:
        """How many items are on it."""
        return len(self.items)

    def __iter__(self) -> Iterator[T]:
        """Iterate over its items."""
        return iter(self.items)

    def __repr__(self) -> str:
        return f"<Page {self.number}: {len(self.items)} items of {self.total}>"


def begin(
    engine: Engine,
    template: str,
    /,
    *,
    path: Any = None,
    query: Any = None,
    headers: Any = None,
    timeout: Any = None,
    retries: Any = None,
    deadline: Any = None,
    idempotent: Any = None,
    page_size: int | None = None,
    page: int | None = None,
    concurrency: int | None = None,
    cursor: str | None = None,
    progress: bool = False,
) -> Pager:
    """Begin a listing; nothing is sent before its first page is asked for."""
    options = _call.call_options(timeout, retries, deadline, idempotent)
    pager = engine.pager(
        template,
        path,
        query,
        headers,
        options,
        page_size,
        page,
        concurrency,
        cursor,
    )
    if isinstance(pager, Failure):
        raise from_failure(pager)
    return pager


class Reading(Generic[T]):
    """A listing, and how far it was read."""

    __slots__ = ("_at", "_before", "_engine", "_last", "_listing", "_page", "_pager", "_progress", "_template")

    def __init__(self, engine: Engine, template: str, listing: Mapping[str, Any]) -> None:
        self._engine = engine
        self._template = template
        self._listing = listing
        self._pager = begin(engine, template, **listing)
        # Whether to show how far it is, and what shows it.
        self._progress: Line | Bar | bool = bool(listing.get("progress"))
        # The page that items are being given out of, and how many of it.
        self._page: Page[T] | None = None
        self._at = 0
        self._last: Page[T] | None = None
        # The cursor in front of the page that is being given out.
        self._before: str | None = None

    @property
    def total(self) -> int | None:
        """How many items the listing has as of the last page; ``None`` before the first, or where the server does not tell."""
        return self._pager.total()[0]

    @property
    def total_is_exact(self) -> bool | None:
        """``False``: there are at least :attr:`total` items, the server stopped counting."""
        return self._pager.total()[1]

    @property
    def cursor(self) -> str | None:
        """Where to take the listing up later, in another process if need be: a text for ``paginate(…, cursor=…)``.

        It stands in front of the page of the item that was given out last, so that nothing is skipped. ``None`` at the end.
        """
        return self._before if self._page is not None else self._pager.cursor()

    @property
    def page(self) -> Page[T] | None:
        """The page that was read last; ``None`` before the first."""
        return self._last

    def close(self) -> None:
        """Give the listing up, and abort what is under way. A listing that was read to its end, or that is garbage, needs none."""
        self._pager.close()
        self._show(None)

    def _left(self) -> Rows | None:
        """Return what is left of the page that a loop over items left off, for an export."""
        if self._page is None:
            return None
        from json import dumps

        return Rows(dumps(self._page.items[self._at :]).encode("utf-8", "surrogatepass"))

    def _exported(self) -> None:
        """Forget the page that was left off: an export has it."""
        self._page = None

    def _ahead(self) -> None:
        """Have an export ask for a page while the one before is turned into what is wanted, unless the caller said how many to ask for at once.

        Nothing is asked for in vain: an export reads them all.
        """
        if self._listing.get("concurrency") is None and self._last is None:
            self._again({**self._listing, "concurrency": _AHEAD})

    def _back(self, cursor: str | None) -> None:
        """Go back to where a failed export began."""
        if cursor is not None:
            options = {name: value for name, value in self._listing.items() if name not in {"page", "page_size"}}
            self._again({**options, "cursor": cursor})

    def _again(self, listing: Mapping[str, Any]) -> None:
        self._pager.close()
        self._pager = begin(self._engine, self._template, **listing)

    def _turn(self, outcome: Any) -> Page[T] | None:
        """Take the next page in."""
        fields = _call.settle(self._engine, outcome)
        page: Page[T] | None = None
        if fields is not None:
            page = self._last = Page(*fields)
        if self._progress:
            self._show(page)
        return page

    def _show(self, page: Page[T] | None) -> None:
        shown = self._progress
        if shown is True and page is not None:
            from . import _progress

            shown = self._progress = _progress.begin(self._template)
        if not isinstance(shown, bool):
            if page is not None:
                shown.page(page)
            else:
                shown.close()
                self._progress = False

    def __repr__(self) -> str:
        return f"<{type(self).__name__} total={self.total}>"
