"""Listings: every item once, in order, with pages fetched as they are needed."""

from __future__ import annotations

from sys import modules
from threading import Lock
from typing import TYPE_CHECKING, Any, Callable, Generic, TypeVar

from . import _call
from ._native import entry
from ._reading import Page, Reading

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping
    from os import PathLike

    import pandas
    import polars
    import pyarrow

    from ._export import Sink
    from ._native import Engine


T = TypeVar("T")
D = TypeVar("D")
E = TypeVar("E")


class Listing(Reading[T]):
    """A listing as an iterable of items, or by :meth:`pages`.

    It is gone through once: a second loop goes on where the first stopped, also where that was an error. Each thread needs a listing of its own.
    """

    __slots__ = ()

    @entry
    def __iter__(self) -> Iterator[T]:
        """Iterate over the items that are left."""
        while True:
            page = self._page
            if page is None:
                self._before = self._pager.cursor()
                page = self._page = self._next_page()
                self._at = 0
                if page is None:
                    return
            items = page.items
            while self._at < len(items):
                item = items[self._at]
                self._at += 1
                yield item
            self._page = None

    @entry
    def pages(self) -> Iterator[Page[T]]:
        """Iterate over the pages that are left, each a :class:`Page`. The rest of a page that a loop over items left off is passed over."""
        self._page = None
        while (page := self._next_page()) is not None:
            yield page

    @entry
    def first(self) -> T | None:
        """Return the next item, or ``None`` where there is none."""
        return next(iter(self), None)

    @entry
    def collect(self, max: int | None = None) -> list[T]:  # noqa: A002
        """Return the items that are left as a list, ``max`` at the most."""
        items: list[T] = []
        if max is None or max > 0:
            for item in self:
                items.append(item)
                if len(items) == max:
                    break
        return items

    @entry
    def to_arrow(self) -> pyarrow.Table:
        """Read the items that are left into a table of pyarrow, without making Python objects of them. Needs the extra ``arrow``.

        The columns are the keys of the operation's model, in its order and with its types: strings, numbers, booleans, and times as timestamps of UTC. Keys that the model does not have follow,
        with the types of their values. Objects and lists, such as ``customData``, are JSON in a column of strings. An export that fails leaves the listing where it was.

        :raises ImportError: where pyarrow is not installed
        """
        from ._export import Table

        return self._export(Table(self._template))

    @entry
    def to_pandas(self) -> pandas.DataFrame:
        """Read the items that are left into a data frame of pandas; see :meth:`to_arrow`. Needs the extra ``pandas``."""
        from ._export import to_pandas

        return to_pandas(self.to_arrow())

    @entry
    def to_polars(self) -> polars.DataFrame:
        """Read the items that are left into a data frame of polars; see :meth:`to_arrow`. Needs the extra ``polars``."""
        from ._export import to_polars

        return to_polars(self.to_arrow())

    @entry
    def write_parquet(self, path: str | PathLike[str], **options: Any) -> int:
        """Write the items that are left into a Parquet file, a batch at a time: of what is written only the ids stay in memory. Needs the extra ``arrow``; see :meth:`to_arrow` for the columns.

        The file is there once it is whole; until then it has ``.part`` behind its name.

        :param options: of :class:`pyarrow.parquet.ParquetWriter`
        :return: how many items there are in it
        """
        from ._export import Parquet

        return self._export(Parquet(self._template, path, options))

    @entry
    def write_ndjson(self, path: str | PathLike[str]) -> int:
        """Write the items that are left as they came, each as JSON on a line of its own; of what is written only the ids stay in memory.

        The file is there once it is whole; until then it has ``.part`` behind its name.

        :return: how many lines there are in it
        """
        from ._export import Lines

        return self._export(Lines(path))

    def _export(self, sink: Sink[E]) -> E:
        self._ahead()
        begun = self._pager.cursor()
        try:
            left = self._left()
            if left is not None:
                sink.add(left)
            while (page := self._next_page(rows=True)) is not None:
                if sink.add(page.items):
                    sink.flush()
            result = sink.end()
        except BaseException:
            sink.abort()
            self._back(begun)
            raise
        self._exported()
        return result

    def _next_page(self, *, rows: bool = False) -> Page[T] | None:
        _call.attend(self._engine)
        if _call.TRACING not in modules:
            return self._turn(self._pager.next(rows))
        from ._telemetry import Span

        with Span(self._engine, "GET", self._template) as span:
            page = self._turn(self._pager.next(rows))
            span.paged(page)
        return page


class AsyncListing(Reading[T]):
    """A listing as an asynchronous iterable of items, or by :meth:`pages`.

    It is gone through once: a second loop goes on where the first stopped, also where that was an error. Each task needs a listing of its own.
    """

    __slots__ = ("_run",)

    def __init__(
        self, engine: Engine, template: str, listing: Mapping[str, Any], run: Callable[..., Awaitable[Any]]
    ) -> None:
        super().__init__(engine, template, listing)
        self._run = run

    def __aiter__(self) -> AsyncIterator[T]:
        """Iterate over the items that are left."""
        return _Items(self)

    def pages(self) -> AsyncIterator[Page[T]]:
        """Iterate over the pages that are left, each a :class:`Page`. The rest of a page that a loop over items left off is passed over."""
        self._page = None
        return _Pages(self)

    @entry
    async def first(self) -> T | None:
        """Return the next item, or ``None`` where there is none."""
        return await self._next_item(None)

    @entry
    async def collect(self, max: int | None = None) -> list[T]:  # noqa: A002
        """Return the items that are left as a list, ``max`` at the most."""
        items: list[T] = []
        if max is None or max > 0:
            async for item in self:
                items.append(item)
                if len(items) == max:
                    break
        return items

    @entry
    async def to_arrow(self) -> pyarrow.Table:
        """Read the items that are left into a table of pyarrow; see :meth:`Listing.to_arrow`. Needs the extra ``arrow``."""
        from ._export import Table

        return await self._export(Table(self._template))

    @entry
    async def to_pandas(self) -> pandas.DataFrame:
        """Read the items that are left into a data frame of pandas; see :meth:`Listing.to_arrow`. Needs the extra ``pandas``."""
        from ._export import to_pandas

        return to_pandas(await self.to_arrow())

    @entry
    async def to_polars(self) -> polars.DataFrame:
        """Read the items that are left into a data frame of polars; see :meth:`Listing.to_arrow`. Needs the extra ``polars``."""
        from ._export import to_polars

        return to_polars(await self.to_arrow())

    @entry
    async def write_parquet(self, path: str | PathLike[str], **options: Any) -> int:
        """Write the items that are left into a Parquet file, a batch at a time; see :meth:`Listing.write_parquet`. The loop goes on while it is written. Needs the extra ``arrow``."""
        from ._export import Parquet

        return await self._export(Parquet(self._template, path, options))

    @entry
    async def write_ndjson(self, path: str | PathLike[str]) -> int:
        """Write the items that are left as they came, each as JSON on a line of its own; see :meth:`Listing.write_ndjson`. The loop goes on while it is written."""
        from ._export import Lines

        return await self._export(Lines(path))

    async def _export(self, sink: Sink[E]) -> E:
        from asyncio import to_thread

        # A thread that writes goes on where its task is cancelled.
        lock = Lock()

        def alone(step: Callable[[], D]) -> D:
            with lock:
                return step()

        self._ahead()
        begun = self._pager.cursor()
        try:
            left = self._left()
            if left is not None:
                sink.add(left)
            while (page := await self._next_page(rows=True)) is not None:
                if sink.add(page.items):
                    await to_thread(alone, sink.flush)
            result = await to_thread(alone, sink.end)
        except BaseException:
            alone(sink.abort)
            self._back(begun)
            raise
        self._exported()
        return result

    async def _next_page(self, *, rows: bool = False) -> Page[T] | None:
        _call.attend(self._engine)
        if _call.TRACING not in modules:
            return self._turn(await self._run(self._pager.next, rows))
        from ._telemetry import Span

        with Span(self._engine, "GET", self._template) as span:
            page = self._turn(await self._run(self._pager.next, rows))
            span.paged(page)
        return page

    async def _next_item(self, default: D) -> T | D:
        while True:
            page = self._page
            if page is None:
                self._before = self._pager.cursor()
                page = self._page = await self._next_page()
                self._at = 0
                if page is None:
                    return default
            if self._at < len(page.items):
                item = page.items[self._at]
                self._at += 1
                return item
            self._page = None


_END: Any = object()


class _Items(Generic[T]):
    """Items of an :class:`AsyncListing`. No asynchronous generator: those want to be closed, and a loop that is left early would not."""

    __slots__ = ("_listing",)

    def __init__(self, listing: AsyncListing[T]) -> None:
        self._listing = listing

    def __aiter__(self) -> _Items[T]:
        return self

    @entry
    async def __anext__(self) -> T:
        item: T = await self._listing._next_item(_END)
        if item is _END:
            raise StopAsyncIteration
        return item


class _Pages(Generic[T]):
    """Pages of an :class:`AsyncListing`."""

    __slots__ = ("_listing",)

    def __init__(self, listing: AsyncListing[T]) -> None:
        self._listing = listing

    def __aiter__(self) -> _Pages[T]:
        return self

    @entry
    async def __anext__(self) -> Page[T]:
        page = await self._listing._next_page()
        if page is None:
            raise StopAsyncIteration
        return page
