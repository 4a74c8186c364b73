"""JSON becomes what Python's own decoder makes of it."""

from __future__ import annotations

import gc
import json
import math
import random
import threading
from typing import Any

import pytest

from logto_management import DecodeError, ManagementApi
from wire import Wire

CHARACTERS = [*"abcxyz 09-_.:,{}[]/", '"', "\\", "\n", "\t", "\x00", "\x1f", "\x7f", "é", "ß", "日", "\u2028", "😀"]
KEYS = ["id", "username", "primaryEmail", "createdAt", "customData", "a", "", "ключ", 'quo"te', "k" * 50]


@pytest.fixture
def parse(wire: Wire) -> Any:
    """What a call gives whose answer has this body."""
    api = ManagementApi(**wire.credentials())

    def parse(document: str | bytes) -> Any:
        return api.put("/api/echo", content=document, content_type="application/json")

    return parse


def _text(chance: random.Random) -> str:
    return "".join(chance.choices(CHARACTERS, k=chance.choice((0, 1, 5, 7, 8, 9, 16, 40))))


def _number(chance: random.Random) -> int | float:
    # Whole numbers beyond 64 bits are floats here: see below.
    whole = chance.randrange(-(2**63), 2**64) >> chance.randrange(64)
    return chance.choice((whole, chance.uniform(-1, 1), chance.random() * 10.0 ** chance.randrange(-300, 300)))


def _value(chance: random.Random, depth: int = 0) -> Any:
    kind = chance.randrange(7 if depth < 4 else 5)
    if kind == 5:
        return [_value(chance, depth + 1) for _ in range(chance.randrange(5))]
    if kind == 6:
        return {chance.choice((*KEYS, _text(chance))): _value(chance, depth + 1) for _ in range(chance.randrange(8))}
    return (None, chance.random() < 0.5, _text(chance), _number(chance), _text(chance))[kind]


def test_it_decodes_what_python_decodes(parse: Any) -> None:
    chance = random.Random(7)
    for round_ in range(300):
        # Rows alike and rows not alike, with keys in this order and in another.
        rows = [_value(chance) for _ in range(5)]
        row = {key: _value(chance, 3) for key in KEYS}
        rows += [dict(chance.sample(list(row.items()), k=chance.randrange(1, len(row)))) for _ in range(5)]
        # And rows that begin alike, with other values: what is usual for a key, and what is not.
        alike = [{key: _value(chance, 4) for key in KEYS} for _ in range(5)]
        rows += [dict(list(row.items())[: chance.choice((3, 9, 10))]) | {"more": 1} for row in alike] + alike
        # Servers write no spaces; whoever reads it does.
        spaces = chance.choice((None, None, 0, 2))
        separators = (",", ":") if spaces is None and chance.random() < 0.8 else None
        document = json.dumps(
            rows, ensure_ascii=chance.random() < 0.5, indent=spaces, separators=separators, allow_nan=False
        )
        # Texts, for they tell 1 from 1.0 and True, and the order of keys.
        assert repr(parse(document)) == repr(json.loads(document)), round_


TWICE = ['{"a":null,"b":1,"c":1,"d":1,"e":1,"a":2}', '{"a":3,"b":1,"c":1,"d":1,"e":1,"a":null}'] * 3


@pytest.mark.parametrize(
    ("document", "value"),
    [
        ("-0", -0.0),
        ("0", 0),
        ("9223372036854775807", 2**63 - 1),
        ("-9223372036854775808", -(2**63)),
        ("18446744073709551615", 2**64 - 1),
        ("18446744073709551616", float(2**64)),
        ("1E2", 100.0),
        ("0.1e+1", 1.0),
        ("123456789.123456789", 123456789.123456789),
        ('{"a": 1, "b": 2, "a": 3}', {"a": 3, "b": 2}),
        (f"[{','.join(TWICE)}]", [{"a": a, "b": 1, "c": 1, "d": 1, "e": 1} for a in (2, None) * 3]),
        (" \t\r\n[ ] \n", []),
        ("{ }", {}),
        (r'"\ud83d\ude00\/"', "😀/"),
    ],
)
def test_the_edges(parse: Any, document: str, value: Any) -> None:
    assert repr(parse(document)) == repr(value)


def test_a_number_too_large_for_a_float_is_no_json(parse: Any) -> None:
    with pytest.raises(DecodeError):
        parse("1e400")
    assert math.isfinite(parse("1e308"))


WHOLE = '{"a": [1, -2.5e3, "b\\n\\u00e9", true, false, null], "c": {"d": "eeeeeeeeeeeeeee"}}'
WRONG = [
    *(WHOLE[:end] for end in range(1, len(WHOLE))),
    *(WHOLE + more for more in ("}", ",", "1", "x")),
    *("tru", "nul", "True", "NaN", "Infinity", "01", "-", "+1", ".5", "5.", "1e", "0x10", "1-1", "'a'"),
    *("01234567", "012345678", "12345678x", "1234567:", "1234/678", "-", "-a", "-01234567"),
    *("[1,]", "[,1]", "[1 2]", '{"a":1,}', '{"a" 1}', "{a:1}", "{1:1}", '{"a":}', "[}", "{]"),
    *('"\t"', '"a\nb"', '"\x00"', '"aaaaaaaaaaaa\x1f"', r'"\x"', r'"\u12"', r'"\ud800"', '"\\', "\ufeff1"),
    "[" * 200 + "]" * 200,
]


def test_what_is_no_json_is_refused(parse: Any) -> None:
    for document in WRONG:
        with pytest.raises(DecodeError):
            parse(document)
    for document in (b'"\xff"', b'["a", "\xc3"]', b'{"\xf0\x9f": 1}', b'{"a":"\xed\xa0\x80"}', b"[\xc3\xa9]"):
        with pytest.raises(DecodeError):
            parse(document)


def test_nesting_of_127_is_read(parse: Any) -> None:
    document = "[" * 127 + "]" * 127
    assert parse(document) == json.loads(document)


def test_a_finalizer_that_parses_while_an_answer_is_parsed(wire: Wire) -> None:
    api = ManagementApi(**wire.credentials())
    inner = api.raw.put("/api/echo", json={"id": "inner", "other": [{"id": 1}]})
    rows = [{"id": number, "customData": {"tags": [number]}, "list": [[], {}]} for number in range(500)]
    outer = api.raw.put("/api/echo", json=rows)
    parsed: list[Any] = []

    class Finalized:
        def __init__(self) -> None:
            self.itself = self

        def __del__(self) -> None:
            parsed.append(inner.data)

    threshold = gc.get_threshold()
    gc.set_threshold(5)
    try:
        for _ in range(10):
            Finalized()
            assert outer.data == rows
    finally:
        gc.set_threshold(*threshold)
    assert parsed == [{"id": "inner", "other": [{"id": 1}]}] * 10


def test_threads_that_parse_at_once(parse: Any) -> None:
    documents = [json.dumps([{f"key{one}{number}": number for number in range(60)}] * 20) for one in range(4)]
    wrong: list[str] = []

    def work(document: str) -> None:
        wrong.extend(document for _ in range(20) if parse(document) != json.loads(document))

    threads = [threading.Thread(target=work, args=(document,)) for document in documents for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
