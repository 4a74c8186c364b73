"""Listings as tables and files."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import Simulator
from logto_management import AsyncManagementApi, LogtoError, ManagementApi, _export, _reading
from logto_management._generated.columns import MODELS
from logto_management._native import Columns, Rows
from logto_management.types import User


@pytest.fixture
def api(simulator: Simulator) -> Iterator[ManagementApi]:
    with ManagementApi(**simulator.credentials()) as client:
        yield client


@pytest.fixture(params=["blocking", "async"])
def exported(request: pytest.FixtureRequest, simulator: Simulator) -> Callable[..., Any]:
    """Export a listing by the method of this name, through either client."""

    def blocking(method: str, *arguments: Any, **listing: Any) -> Any:
        with ManagementApi(**simulator.credentials()) as client:
            return getattr(client.paginate("/api/users", **listing), method)(*arguments)

    def asynchronous(method: str, *arguments: Any, **listing: Any) -> Any:
        async def main() -> Any:
            async with AsyncManagementApi(**simulator.credentials()) as client:
                return await getattr(client.paginate("/api/users", **listing), method)(*arguments)

        return asyncio.run(main())

    return blocking if request.param == "blocking" else asynchronous


def _plain(table: pa.Table) -> list[dict[str, Any]]:
    """The items of a table as they are in JSON."""
    nested = [name for name, kind in MODELS["User"] if kind == "json"]
    items = []
    for row in table.to_pylist():
        item = {name: value for name, value in row.items() if value is not None}
        for name in nested:
            if name in item:
                item[name] = json.loads(item[name])
        for name in ("createdAt", "updatedAt", "lastSignInAt"):
            if name in item:
                item[name] = int(item[name].timestamp() * 1000 + 0.5)
        items.append(item)
    return items


def _without_nulls(users: list[User]) -> list[dict[str, Any]]:
    return [{name: value for name, value in user.items() if value is not None} for user in users]


@pytest.mark.parametrize(("given", "asked"), [({}, 2), ({"concurrency": 1}, 1), ({"concurrency": 4}, 4)])
def test_the_next_page_is_on_its_way_meanwhile(
    exported: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, given: dict[str, int], asked: int
) -> None:
    begun: list[int | None] = []

    def begin(*arguments: Any, concurrency: int | None = None, **listing: Any) -> Any:
        begun.append(concurrency)
        return _begin(*arguments, concurrency=concurrency, **listing)

    _begin = _reading.begin
    monkeypatch.setattr(_reading, "begin", begin)
    assert exported("to_arrow", page_size=30, **given).num_rows == 250
    assert begun[-1] == asked


def test_an_export_goes_on_behind_what_was_read(api: ManagementApi) -> None:
    users = api.users.list(page_size=30)
    begun = [user["id"] for _, user in zip(range(40), users)]
    ids = begun + users.to_arrow().column("id").to_pylist()
    assert ids == [user["id"] for user in api.users.list().collect()]


def test_a_table_has_what_the_answers_have(api: ManagementApi, exported: Callable[..., Any]) -> None:
    table = exported("to_arrow", concurrency=3)
    assert _plain(table) == _without_nulls(api.users.list().collect())
    assert table.column_names[: len(MODELS["User"])] == [name for name, _ in MODELS["User"]]
    types = {field.name: str(field.type) for field in table.schema}
    assert types["createdAt"] == "timestamp[ms, tz=UTC]"
    assert (types["isSuspended"], types["id"], types["customData"]) == ("bool", "string", "string")
    table.validate(full=True)


def test_data_frames(api: ManagementApi, exported: Callable[..., Any]) -> None:
    ids = [user["id"] for user in api.users.list()]
    frame = exported("to_pandas")
    assert isinstance(frame, pd.DataFrame)
    assert list(frame["id"]) == ids
    assert str(frame["createdAt"].dtype) == "datetime64[ms, UTC]"
    other = exported("to_polars")
    assert isinstance(other, pl.DataFrame)
    assert other["id"].to_list() == ids


def test_files(api: ManagementApi, exported: Callable[..., Any], tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(_export, "_ROWS", 100)
    monkeypatch.setattr(_export, "_BUFFER", 1000)
    users = api.users.list().collect()
    assert exported("write_ndjson", tmp_path / "users.ndjson") == 250
    with (tmp_path / "users.ndjson").open() as lines:
        assert [json.loads(line) for line in lines] == users
    assert exported("write_parquet", tmp_path / "users.parquet") == 250
    assert pq.ParquetFile(tmp_path / "users.parquet").num_row_groups == 3
    assert _plain(pq.read_table(tmp_path / "users.parquet")) == _without_nulls(users)
    assert sorted(os.listdir(tmp_path)) == ["users.ndjson", "users.parquet"]


def test_an_empty_listing(exported: Callable[..., Any], tmp_path: Path) -> None:
    nobody = {"query": {"search": "%nobody%"}}
    table = exported("to_arrow", **nobody)
    assert (table.num_rows, table.column_names) == (0, [name for name, _ in MODELS["User"]])
    assert exported("write_ndjson", tmp_path / "none.ndjson", **nobody) == 0
    assert exported("write_parquet", tmp_path / "none.parquet", **nobody) == 0
    assert pq.read_table(tmp_path / "none.parquet").num_rows == 0


def test_the_rest_of_a_listing(api: ManagementApi) -> None:
    ids = [user["id"] for user in api.users.list()]
    listing = api.users.list(page_size=100)
    for _, user in zip(range(130), listing):
        assert user["id"]
    assert listing.to_arrow()["id"].to_pylist() == ids[130:]
    assert listing.cursor is None
    assert listing.to_arrow().num_rows == 0


def test_what_fails_leaves_the_listing_where_it_was(simulator: Simulator, tmp_path: Path) -> None:
    with ManagementApi(**simulator.credentials(), retries=0) as api:
        ids = [user["id"] for user in api.users.list()]
        listing = api.users.list(page_size=50)
        assert listing.first()
        simulator.faults(
            {"match": {"path": "/api/users"}, "skip": 2, "times": 1, "action": {"do": "status", "status": 400}}
        )
        with pytest.raises(LogtoError):
            listing.write_ndjson(tmp_path / "users.ndjson")
        assert os.listdir(tmp_path) == []
        assert listing.write_ndjson(tmp_path / "users.ndjson") == 249
        lines = (tmp_path / "users.ndjson").read_text().splitlines()
        assert [json.loads(line)["id"] for line in lines] == ids[1:]


def test_a_cancelled_export_leaves_no_file(simulator: Simulator, tmp_path: Path) -> None:
    simulator.faults({"match": {"path": "/api/users"}, "skip": 1, "times": 1, "action": {"do": "hang"}})

    async def main() -> int:
        async with AsyncManagementApi(**simulator.credentials()) as api:
            listing = api.users.list()
            task = asyncio.ensure_future(listing.write_ndjson(tmp_path / "users.ndjson"))
            while not (await asyncio.to_thread(simulator.seen))["faultsFired"]:
                pass
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert os.listdir(tmp_path) == []
            return await listing.write_ndjson(tmp_path / "users.ndjson")

    assert asyncio.run(main()) == 250


def _table(*pages: list[Any], declared: list[tuple[str, str]], monkeypatch: Any) -> pa.Table:
    """A table of pages of which each is a batch."""
    monkeypatch.setattr(_export, "_ROWS", 1)
    sink = _export.Table("/none")
    sink._columns = Columns(declared)
    for page in pages:
        assert sink.add(Rows(json.dumps(page).encode())) == bool(page)
        sink.flush()
    table = sink.end()
    table.validate(full=True)
    return table


COLUMNS: dict[str, tuple[list[Any], list[Any]]] = {
    "whole numbers": ([1, None, -(2**63)], [1, None, -(2**63)]),
    "whole numbers, then fractions": ([1, None, 2.5], [1.0, None, 2.5]),
    "numbers, then text": ([1, 2.5, "a"], ["1", "2.5", "a"]),
    "more than 64 bits": ([1, 2**70], [1.0, float(2**70)]),
    "booleans": ([True, None, False], [True, None, False]),
    "booleans, then numbers": ([True, 1], ["true", "1"]),
    "text": (["", "ä\n\\", None, "\U0001f600"], ["", "ä\n\\", None, "\U0001f600"]),
    "text, then objects": (["a", {"b": [1]}], ["a", '{"b": [1]}']),
    "objects, then text": ([{"b": 1}, "a"], ['{"b": 1}', '"a"']),
    "nulls": ([None, None], [None, None]),
    "nulls, then whole numbers": ([None, None, 7], [None, None, 7]),
}


@pytest.mark.parametrize("batches", ["one batch", "a batch each"])
@pytest.mark.parametrize(("values", "expected"), COLUMNS.values(), ids=COLUMNS)
def test_undeclared_columns(values: list[Any], expected: list[Any], batches: str, monkeypatch: Any) -> None:
    # Nine more rows, so that bits go over the edge of a byte.
    items = [{"id": str(i)} for i in range(9)] + [{"id": "x", "value": value} for value in values]
    pages = [items] if batches == "one batch" else [[item] for item in items]
    table = _table(*pages, declared=[("id", "text")], monkeypatch=monkeypatch)
    assert table["value"].to_pylist() == [None] * 9 + expected
    assert table["id"].null_count == 0


def test_declared_columns(monkeypatch: Any) -> None:
    declared = [("id", "text"), ("at", "time"), ("data", "json"), ("unused", "bool")]
    pages = [[{"data": "a", "id": "1", "at": 1.4}], [], [{"id": 2, "at": None, "data": [1]}]]
    table = _table(*pages, declared=declared, monkeypatch=monkeypatch)
    assert table["id"].to_pylist() == ["1", "2"]
    assert table["at"].cast(pa.int64()).to_pylist() == [1, None]
    assert table["data"].to_pylist() == ['"a"', "[1]"]
    assert table["unused"].to_pylist() == [None, None]
    late = _table([{"at": 1}], [{"at": "soon"}], declared=declared, monkeypatch=monkeypatch)
    assert late["at"].to_pylist() == ["1", "soon"]


def test_of_a_key_that_comes_twice_the_later_counts() -> None:
    columns = Columns([("a", "text"), ("b", "bool"), ("c", "int")])
    row = b'{"a":"xx","b":true,"c":1,"a":"y","b":false,"c":null}'
    columns.add(Rows(b"[" + b",".join([row] * 9) + b"]"))
    rows, taken = columns.take()
    (_, _, _, _, ends, text), (_, _, no_nulls, _, _, bits), (_, _, nulls, *_) = taken
    assert (rows, text, bits[:2], no_nulls, nulls) == (9, b"y" * 9, b"\0\0", 0, 9)
    assert ends is not None
    assert len(ends) == 40


def test_a_file_whose_columns_change(tmp_path: Path) -> None:
    sink = _export.Parquet("/none", tmp_path / "rows.parquet", {"compression": "zstd"})
    for page in ([{"id": 1}], [{"id": 2, "new": True}], [{"id": "x", "new": None}], []):
        sink.add(Rows(json.dumps(page).encode()))
        sink.flush()
    assert sink.end() == 3
    rows = [{"id": "1", "new": None}, {"id": "2", "new": True}, {"id": "x", "new": None}]
    assert pq.read_table(tmp_path / "rows.parquet").to_pylist() == rows
    assert os.listdir(tmp_path) == ["rows.parquet"]


def test_lines_have_no_breaks_of_their_own() -> None:
    rows = Rows(b'[\r\n{"a":\n1},\n "\\n"]')
    assert (len(rows), rows.lines()) == (2, b'{"a": 1}\n"\\n"\n')
    for wrong in (b"{}", b"[1", b""):
        with pytest.raises(ValueError, match="no JSON array"):
            Rows(wrong)
    with pytest.raises(ValueError, match="no objects"):
        Columns([]).add(rows)


def test_what_is_missing_is_said(api: ManagementApi, monkeypatch: Any) -> None:
    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(_export, "import_module", missing)
    with pytest.raises(ImportError, match=r"pip install 'logto-management\[arrow\]'"):
        api.users.list().to_arrow()


MEMORY = """
import os, resource, tempfile, logto_management
api = logto_management.ManagementApi.from_env()
with tempfile.TemporaryDirectory() as folder:
    assert api.users.list(concurrency=2).METHOD(os.path.join(folder, "users")) == USERS
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.mark.parametrize("method", ["write_ndjson", "write_parquet"])
def test_files_grow_at_constant_memory(method: str, simulator: Simulator, run_python: Any) -> None:
    # LOGTO_EXPORT_USERS=1000000 tries it with as many.
    many = int(os.environ.get("LOGTO_EXPORT_USERS", "80000"))
    few = 40_000
    peaks = []
    for users in (few, many):
        simulator.reset(users=users)
        program = MEMORY.replace("METHOD", method).replace("USERS", str(users))
        done = run_python(program, simulator.environment(), timeout=3600)
        assert done.stderr == ""
        peaks.append(int(done.stdout))
    # MiB. A user is some 500 bytes of JSON, and more as Python objects: all of them would be 20 MiB more for 40,000. Their ids alone stay, by which none comes twice.
    ids = (many - few) * 30 / 2**20
    assert peaks[1] - peaks[0] < 10 + ids, peaks
