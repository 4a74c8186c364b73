"""What both doors do alike: vectors to keywords, answers and errors to outcomes."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import pickle
import re
import threading
import traceback
from typing import Any
from urllib.request import urlopen

from logto_management import LogtoError, RateLimit, RawResponse
from logto_management.testing import TestingClock


class Warnings(logging.Handler):
    """The codes of the client's warnings, which go to ``logging``."""

    def __init__(self) -> None:
        super().__init__()
        self.codes: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.codes.append(record.logto_code)  # type: ignore[attr-defined]

    def __enter__(self) -> Warnings:
        logger = logging.getLogger("logto_management")
        logger.addHandler(self)
        logger.propagate = False
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("logto_management").removeHandler(self)


class Store:
    """A token store of a vector, as a user might bring one."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.entries: dict[str, str] = {}

    def get(self, key: str) -> str | None:
        self.work()
        return self.entries.get(key)

    def put(self, key: str, value: str, ttl: int) -> None:
        self.work()
        assert ttl > 0
        self.entries[key] = value

    def work(self) -> None:
        if self.kind == "failing":
            raise OSError("the store is broken")
        if self.kind == "hanging":
            threading.Event().wait()

    def spoil(self, how: str) -> None:
        for key, value in self.entries.items():
            half = len(value) // 2
            self.entries[key] = {
                "bit": value[:half] + ("B" if value[half] == "A" else "A") + value[half + 1 :],
                "end": value[:-8],
                "garbage": '{"access_token":"forged"}',
            }[how]


class AsyncStore(Store):
    """The same, awaited."""

    async def get(self, key: str) -> str | None:  # type: ignore[override]
        await self.turn()
        return super().get(key)

    async def put(self, key: str, value: str, ttl: int) -> None:  # type: ignore[override]
        await self.turn()
        super().put(key, value, ttl)

    async def turn(self) -> None:
        await (asyncio.Event().wait() if self.kind == "hanging" else asyncio.sleep(0))


def client_keywords(client: dict[str, Any], clock: TestingClock) -> dict[str, Any]:
    """The keywords of a client."""
    return {
        "tenant_id": client["tenantId"],
        "client_id": client["clientId"],
        "client_secret": client["clientSecret"],
        "base_url": client.get("baseUrl"),
        "api_indicator": client.get("apiIndicator"),
        "clock": clock,
        **options(client.get("options") or {}),
    }


def options(given: dict[str, Any]) -> dict[str, Any]:
    """``retryBudgetMs`` to ``retry_budget``, in seconds."""
    keywords = {}
    for name, value in given.items():
        snake = re.sub("[A-Z]", lambda letter: "_" + letter[0].lower(), name)
        if snake.endswith("_ms"):
            keywords[snake[:-3]] = value / 1000
        elif snake == "rate_limit" and value is not False:
            keywords[snake] = RateLimit(value["requests"], value["perMs"] / 1000, value.get("burst"))
        else:
            keywords[snake] = value
    return keywords


def call_keywords(call: dict[str, Any]) -> dict[str, Any]:
    """The keywords of a call."""
    params = call.get("params") or {}
    keywords = options(call.get("options") or {})
    keywords["path"] = params.get("path")
    keywords["query"] = params.get("query")
    keywords["headers"] = {**params.get("header", {}), **call.get("headers", {})}
    if "body" in call:
        keywords["json"] = call["body"]
    if raw := call.get("rawBody"):
        keywords["content"] = _content(raw)
        keywords["content_type"] = raw.get("contentType")
    return keywords


def _content(raw: dict[str, Any]) -> bytes | str:
    if "text" in raw:
        return raw["text"]
    if "base64" in raw:
        return base64.b64decode(raw["base64"])
    size = raw["fill"]["bytes"]
    return '"' + "x" * (size - 2) + '"' if "json" in raw["contentType"] else "x" * size


def list_keywords(listing: dict[str, Any]) -> dict[str, Any]:
    """The keywords of a listing."""
    params = listing.get("params") or {}
    keywords = {"path": params.get("path"), "query": params.get("query"), "headers": params.get("header")}
    for name, keyword in (
        ("pageSize", "page_size"),
        ("page", "page"),
        ("concurrency", "concurrency"),
        ("cursor", "cursor"),
    ):
        if name in listing:
            keywords[keyword] = listing[name]
    return keywords


class Listed:
    """What a listing gave, as it is told."""

    def __init__(self, limit: int | None) -> None:
        self.limit = limit
        self.items: list[Any] = []
        self.pages: list[Any] = []
        self.error: dict[str, Any] = {}

    def full(self) -> bool:
        return self.limit is not None and len(self.items) >= self.limit

    def saw(self, page: Any) -> None:
        if page is not None and page not in self.pages:
            self.pages.append(page)

    def outcome(self, listing: Any, cursor: str | None) -> dict[str, Any]:
        pages = [
            {"number": page.number, "size": page.size, "count": len(page), "total": total(page)} for page in self.pages
        ]
        items = self.items[: self.limit]
        return {**self.error, "items": items, "pages": pages, "total": total(listing), "cursor": cursor}


def total(told: Any) -> Any:
    """A total, as the vectors write it."""
    return told.total if told.total is None or told.total_is_exact else {"atLeast": told.total}


def answered(response: RawResponse) -> dict[str, Any]:
    """The outcome of a success."""
    outcome: dict[str, Any] = {
        "status": response.status,
        "headers": [list(line) for line in response.headers.lines()],
        "attempts": response.attempts,
        "requestId": response.request_id,
    }
    data = response.data
    if isinstance(data, bytes):
        outcome["base64"] = base64.b64encode(data).decode()
    elif isinstance(data, str) and "json" not in response.headers.get("content-type", ""):
        outcome["text"] = data
    elif data is not None:
        outcome["data"] = data
    return outcome


def failed(error: BaseException, *holders: Any) -> dict[str, Any]:
    """The outcome of a failure, with every way in which Python prints it."""
    renderings = [
        str(error),
        repr(error),
        "".join(traceback.format_exception(type(error), error, error.__traceback__)),
        repr(error.__dict__),
        repr(pickle.dumps(error)) if isinstance(error, LogtoError) else "",
    ]
    for holder in holders:
        renderings += [str(holder), repr(holder), repr(getattr(holder, "__dict__", ""))]
    if not isinstance(error, LogtoError):
        return {"error": {"name": f"python.{type(error).__name__}", "message": str(error)}, "renderings": renderings}
    fields = {
        "name": error.name,
        "status": error.status,
        "code": error.code,
        "message": error.message,
        "hint": error.hint,
        "requestId": error.request_id,
        "attempts": error.attempts,
        "retryAfterMs": None if error.retry_after is None else error.retry_after * 1000,
        "method": error.method,
        "route": error.route,
        "data": error.data,
        "details": error.details,
    }
    return {"error": {name: value for name, value in fields.items() if value is not None}, "renderings": renderings}


CANCELLED = {"error": {"name": "transport.cancelled"}, "renderings": []}


def seen(control: str) -> int:
    """How many requests the server has seen."""
    with urlopen(control) as answer:
        return len(json.load(answer)["seen"])
