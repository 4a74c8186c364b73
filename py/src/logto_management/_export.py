"""Where listings are exported to: tables in memory, and files that grow batch by batch.

Pages come as JSON and become columns in the native module, laid out as Arrow's are, so that pyarrow takes them as they are. No Python object is made of an item.
"""

from __future__ import annotations

import os
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from ._native import Columns

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

R = TypeVar("R")

# A batch: so many items, or so many bytes of JSON.
_ROWS = 20_000
_BYTES = 16 << 20
_BUFFER = 1 << 20


def _imported(name: str, extra: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        package = name.partition(".")[0]
        raise ImportError(
            f"this needs {package}, which is not installed: pip install 'logto-management[{extra}]'", name=package
        ) from error


class Sink(Generic[R]):
    """Takes pages, and gives what became of them."""

    def add(self, rows: Any) -> bool:
        """Take the items of a page; whether :meth:`flush` is due."""
        raise NotImplementedError

    def flush(self) -> None:
        """Do what takes its time."""
        raise NotImplementedError

    def end(self) -> R:
        """Finish."""
        raise NotImplementedError

    def abort(self) -> None:
        """Leave nothing behind."""


class _Batches(Sink[R]):
    """Makes batches of Arrow's of the pages of a route."""

    def __init__(self, template: str) -> None:
        from ._generated.columns import MODELS, ROUTES

        self._pa = _imported("pyarrow", "arrow")
        self._columns = Columns(MODELS.get(ROUTES.get(template, ""), []))
        # Strings, also those of JSON; null: nothing has come under that name yet.
        self._types = {
            "null": self._pa.null(),
            "bool": self._pa.bool_(),
            "int": self._pa.int64(),
            "float": self._pa.float64(),
            "time": self._pa.timestamp("ms", tz="UTC"),
            "text": self._pa.string(),
            "json": self._pa.string(),
        }

    def add(self, rows: Any) -> bool:
        count, size = self._columns.add(rows)
        return count >= _ROWS or size >= _BYTES

    def _batch(self) -> Any:
        pa = self._pa
        rows, columns = self._columns.take()
        names: list[str] = []
        arrays: list[Any] = []
        for name, kind, nulls, valid, ends, values in columns:
            names.append(name)
            if kind == "null":
                arrays.append(pa.nulls(rows))
                continue
            buffers = [pa.py_buffer(part) for part in ((valid, values) if ends is None else (valid, ends, values))]
            arrays.append(pa.Array.from_buffers(self._types[kind], rows, buffers, nulls))
        return pa.RecordBatch.from_arrays(arrays, names=names)

    def _fitted(self, batch: Any, schema: Any) -> Any:
        """Make a batch, or a table, one of a later schema: columns are only ever added, and only widen."""
        pa = self._pa
        if batch.schema.equals(schema):
            return batch
        arrays: list[Any] = []
        for field in schema:
            index = batch.schema.get_field_index(field.name)
            column = pa.nulls(batch.num_rows) if index < 0 else batch.column(index)
            if pa.types.is_timestamp(column.type) and column.type != field.type:
                column = column.cast(pa.int64())
            arrays.append(column.cast(field.type))
        make = cast("Any", type(batch))
        return make.from_arrays(arrays, schema=schema)


class Table(_Batches["pyarrow.Table"]):
    """A table in memory."""

    def __init__(self, template: str) -> None:
        super().__init__(template)
        self._done: list[Any] = []

    def flush(self) -> None:
        self._done.append(self._batch())

    def end(self) -> pyarrow.Table:
        self.flush()
        schema = self._done[-1].schema
        batches = [self._fitted(batch, schema) for batch in self._done]
        # An empty one told only the schema.
        table: pyarrow.Table = self._pa.Table.from_batches([batch for batch in batches if batch.num_rows], schema)
        return table


class _File:
    """A file that is there once it is whole."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)
        self.part = f"{self.path}.part"

    def whole(self) -> None:
        os.replace(self.part, self.path)  # noqa: PTH105

    def remove(self) -> None:
        with suppress(FileNotFoundError):
            os.unlink(self.part)  # noqa: PTH108


class Parquet(_Batches[int]):
    """A Parquet file: a row group for each batch."""

    def __init__(self, template: str, path: str | os.PathLike[str], options: dict[str, Any]) -> None:
        super().__init__(template)
        self._pq = _imported("pyarrow.parquet", "arrow")
        self._file = _File(path)
        self._options = options
        self._writer: Any = None
        self._rows = 0

    def flush(self) -> None:
        batch = self._batch()
        if self._writer is None:
            self._writer = self._pq.ParquetWriter(self._file.part, batch.schema, **self._options)
        elif not self._writer.schema.equals(batch.schema):
            self._rewrite(batch.schema)
        self._rows += batch.num_rows
        if batch.num_rows:
            self._writer.write_batch(batch)

    def _rewrite(self, schema: Any) -> None:
        """Write what there is anew, with a schema that has changed: a file has only one. That is rare: a server with keys that the model does not know, and not in its first items."""
        self._writer.close()
        before = f"{self._file.part}.before"
        os.replace(self._file.part, before)  # noqa: PTH105
        try:
            self._writer = self._pq.ParquetWriter(self._file.part, schema, **self._options)
            with self._pq.ParquetFile(before) as old:
                for group in range(old.num_row_groups):
                    self._writer.write_table(self._fitted(old.read_row_group(group), schema))
        finally:
            os.unlink(before)  # noqa: PTH108

    def end(self) -> int:
        self.flush()
        self._writer.close()
        self._file.whole()
        return self._rows

    def abort(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._file.remove()


class Lines(Sink[int]):
    """A file of JSON lines."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = _File(path)
        self._out = open(self._path.part, "wb", buffering=0)  # noqa: PTH123, SIM115
        self._waiting: list[bytes] = []
        self._size = 0
        self._count = 0

    def add(self, rows: Any) -> bool:
        lines = rows.lines()
        self._waiting.append(lines)
        self._size += len(lines)
        self._count += len(rows)
        return self._size >= _BUFFER

    def flush(self) -> None:
        waiting = memoryview(b"".join(self._waiting))
        while waiting:
            waiting = waiting[self._out.write(waiting) :]
        self._waiting.clear()
        self._size = 0

    def end(self) -> int:
        self.flush()
        self._out.close()
        self._path.whole()
        return self._count

    def abort(self) -> None:
        self._out.close()
        self._path.remove()


def to_pandas(table: pyarrow.Table) -> pandas.DataFrame:
    """Make a data frame of pandas of a table."""
    _imported("pandas", "pandas")
    frame: pandas.DataFrame = cast("Any", table).to_pandas()
    return frame


def to_polars(table: pyarrow.Table) -> polars.DataFrame:
    """Make a data frame of polars of a table."""
    frame: polars.DataFrame = _imported("polars", "polars").from_arrow(table)
    return frame
