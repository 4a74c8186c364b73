"""How far a listing is, on standard error: ``progress=True``."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._reading import Page


class Line:
    """One line, written anew for each page on a terminal, and once at the end elsewhere."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._items = 0
        self._total: int | None = None

    def page(self, page: Page[Any]) -> None:
        """Count a page."""
        self._items += len(page)
        self._total = page.total
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{self._text()}\x1b[K")
            sys.stderr.flush()

    def close(self) -> None:
        """End the line."""
        sys.stderr.write("\n" if sys.stderr.isatty() else f"{self._text()}\n")
        sys.stderr.flush()

    def _text(self) -> str:
        return f"{self._what}: {self._items}" + ("" if self._total is None else f" of {self._total}")


class Bar:
    """The bar of tqdm, in notebooks too."""

    def __init__(self, tqdm: Any, what: str) -> None:
        self._bar = tqdm(desc=what, unit="")

    def page(self, page: Page[Any]) -> None:
        """Count a page."""
        if page.total is not None and page.total != self._bar.total:
            self._bar.total = page.total
        self._bar.update(len(page))

    def close(self) -> None:
        """Leave it as it is."""
        self._bar.close()


def begin(what: str) -> Line | Bar:
    """Begin to show how far ``what`` is."""
    try:
        tqdm = import_module("tqdm.auto").tqdm
    except ImportError:
        return Line(what)
    return Bar(tqdm, what)
