"""What a client tells of what it does: hooks, ``logging``, spans, progress. Nothing secret is in any of it."""

from __future__ import annotations

import asyncio
import gc
import io
import logging
import os
import sys
import weakref
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

import logto_management as lm
from conftest import Simulator
from logto_management import AsyncManagementApi, ManagementApi, _progress
from logto_management.testing import TestingClock


class Heard:
    """Hooks that remember."""

    def __init__(self) -> None:
        self.events: list[Any] = []

    def hooks(self) -> dict[str, Any]:
        return dict.fromkeys(("on_request", "on_response", "on_retry", "on_token"), self.events.append)

    def take(self) -> list[Any]:
        events, self.events[:] = self.events[:], []
        return events


def _unavailable_once(simulator: Simulator) -> None:
    unavailable = {"do": "status", "status": 503}
    simulator.faults({"match": {"method": "GET", "path": "/api/users/*"}, "times": 1, "action": unavailable})


def _told(events: list[Any]) -> list[tuple[str, Any]]:
    return [(type(event).__name__, getattr(event, "route", None)) for event in events]


EXPECTED = [
    ("RequestEvent", "/oidc/token"),
    ("ResponseEvent", "/oidc/token"),
    ("TokenEvent", None),
    ("RequestEvent", "/api/users/{userId}"),
    ("ResponseEvent", "/api/users/{userId}"),
    ("RetryEvent", "/api/users/{userId}"),
    ("RequestEvent", "/api/users/{userId}"),
    ("ResponseEvent", "/api/users/{userId}"),
]


@pytest.mark.parametrize("asynchronous", [False, True], ids=["blocking", "asynchronous"])
def test_hooks_are_told_of_everything_in_order(simulator: Simulator, asynchronous: bool) -> None:
    heard = Heard()
    keywords = simulator.credentials(clock=TestingClock(), **heard.hooks())
    if asynchronous:

        async def use() -> None:
            async with AsyncManagementApi(**keywords) as api:
                first = await api.with_options(timeout=5).users.list().first()
                assert first is not None
                heard.take()
                _unavailable_once(simulator)
                await api.users.get(first["id"])

        asyncio.run(use())
        expected = EXPECTED[3:]
    else:
        with ManagementApi(**keywords) as api:
            user = api.users.list().first()
            assert user is not None
            heard.take()
            api = ManagementApi(**keywords)
            _unavailable_once(simulator)
            api.users.get(user["id"])
        expected = EXPECTED
    events = heard.take()
    assert _told(events) == expected
    retry = next(event for event in events if isinstance(event, lm.RetryEvent))
    assert (retry.method, retry.attempt, retry.reason) == ("GET", 1, "503")
    assert 0 <= retry.delay <= 0.5
    response = events[-1]
    assert isinstance(response, lm.ResponseEvent)
    assert (response.status, response.attempt, len(response.request_id or "")) == (200, 2, 16)
    assert response.elapsed >= 0
    assert events[0].at == 1_767_225_600, "the testing clock's time"


def test_a_hook_that_fails_fails_no_call(simulator: Simulator, caplog: pytest.LogCaptureFixture) -> None:
    def fail(_event: object) -> None:
        raise ZeroDivisionError

    with ManagementApi(**simulator.credentials(on_response=fail)) as api:
        assert api.users.list(page_size=10).first() is not None
    assert [record.getMessage() for record in caplog.records] == ["on_response failed"] * 2
    with pytest.raises(lm.ConfigError, match="on_retry must be a function, not 3"):
        ManagementApi(**simulator.credentials(on_retry=3))


def test_a_client_and_a_hook_that_knows_it_go_together(simulator: Simulator) -> None:
    class Owner:
        def __init__(self) -> None:
            self.api = ManagementApi(**simulator.credentials(on_request=self.note))

        def note(self, _event: lm.RequestEvent) -> None:
            pass

    owner = Owner()
    gone = weakref.ref(owner)
    del owner
    gc.collect()
    assert gone() is None


def test_logging_at_its_levels(simulator: Simulator, caplog: pytest.LogCaptureFixture) -> None:
    with ManagementApi(**simulator.credentials(clock=TestingClock())) as api:
        user = api.users.list().first()
        assert user is not None
        for level, expected in (
            (logging.WARNING, []),
            (logging.INFO, ["INFO"]),
            (logging.DEBUG, ["DEBUG", "DEBUG", "INFO", "DEBUG", "DEBUG"]),
        ):
            caplog.clear()
            with caplog.at_level(level, "logto_management"):
                _unavailable_once(simulator)
                api.users.get(user["id"])
            assert [record.levelname for record in caplog.records] == expected
    text = [record.getMessage() for record in caplog.records]
    assert text[0] == "GET /api/users/{userId}: sending, attempt 1"
    assert text[1].startswith("GET /api/users/{userId}: 503 after ")
    assert text[2].endswith("for 503")
    record: Any = caplog.records[-1]
    assert (record.logto_status, record.logto_route, record.logto_attempt) == (200, "/api/users/{userId}", 2)


def test_nothing_secret_is_told(simulator: Simulator, caplog: pytest.LogCaptureFixture) -> None:
    heard = Heard()
    secret = simulator.client_secret
    with caplog.at_level(logging.DEBUG), ManagementApi(**simulator.credentials(**heard.hooks())) as api:
        token = api.access_token().value
        user = api.users.create(username="somebody_secret", password="pass-w0rd-of-theirs")
        api.users.list(search="%somebody%").first()
        api.users.verify_password(user["id"], password="pass-w0rd-of-theirs")
    told = "\n".join([*(str(vars(record)) for record in caplog.records), *map(str, heard.take())])
    assert "/api/users/{userId}/password/verify" in told
    for word in (secret, token, "w0rd", "somebody", user["id"]):
        assert word not in told


@pytest.fixture(scope="module")
def spans() -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return exporter


def test_spans(simulator: Simulator, spans: InMemorySpanExporter) -> None:
    spans.clear()
    with ManagementApi(**simulator.credentials(clock=TestingClock())) as api:
        users = api.users.list(page_size=100).collect()
        _unavailable_once(simulator)
        with trace.get_tracer("test").start_as_current_span("mine") as mine:
            assert api.users.get(users[0]["id"])["id"] == users[0]["id"]
            assert api.raw.users.get(users[0]["id"]).status == 200
        with pytest.raises(lm.NotFoundError):
            api.users.get("nobody")

    async def use() -> None:
        async with AsyncManagementApi(**simulator.credentials()) as api:
            await asyncio.gather(api.users.get(users[0]["id"]), api.users.get(users[1]["id"]))

    asyncio.run(use())
    finished = [span for span in spans.get_finished_spans() if span.name != "mine"]
    assert [span.name for span in finished[:3]] == ["GET /api/users"] * 3
    get, raw, failed, *others = [span for span in finished if span.name == "GET /api/users/{userId}"]
    assert len(others) == 2
    assert get.kind is SpanKind.CLIENT
    host, port = simulator.base_url.removeprefix("http://").split(":")
    attributes = dict(get.attributes or {})
    assert len(str(attributes.pop("logto.request_id"))) == 16
    assert attributes == {
        "http.request.method": "GET",
        "url.template": "/api/users/{userId}",
        "server.address": host,
        "server.port": int(port),
        "http.response.status_code": 200,
        "http.request.resend_count": 1,
    }
    assert get.parent is not None
    assert get.parent.span_id == mine.get_span_context().span_id
    assert raw.parent == get.parent
    assert failed.status.status_code is StatusCode.ERROR
    told = dict(failed.attributes or {})
    assert (told["error.type"], told["http.response.status_code"], told["logto.error_code"]) == (
        "api.not_found",
        404,
        "entity.not_found",
    )


def test_who_uses_none_pays_for_none(simulator: Simulator, run_python: Any) -> None:
    program = (
        "import sys\n"
        "from logto_management import ManagementApi\n"
        "with ManagementApi.from_env() as api:\n"
        "    api.users.list().first()\n"
        "print([name for name in ('asyncio', 'logging', 'opentelemetry', 'tqdm') if name in sys.modules])\n"
    )
    done = run_python(program, simulator.environment())
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_progress_with_tqdm(simulator: Simulator, capfd: pytest.CaptureFixture[str]) -> None:
    with ManagementApi(**simulator.credentials()) as api:
        assert len(api.users.list(progress=True).collect()) == 250
    err = capfd.readouterr().err
    assert "/api/users: 100%" in err
    assert "250/250" in err

    async def use() -> None:
        async with AsyncManagementApi(**simulator.credentials()) as api:
            assert len(await api.users.list(progress=True, concurrency=2).collect()) == 250

    asyncio.run(use())
    assert "250/250" in capfd.readouterr().err


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_without_tqdm(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    assert isinstance(_progress.begin("x"), _progress.Line)
    with ManagementApi(**simulator.credentials()) as api:
        monkeypatch.setattr("sys.stderr", io.StringIO())
        api.users.list(progress=True).collect()
        assert sys.stderr.getvalue() == "/api/users: 250 of 250\n"  # type: ignore[attr-defined]
        monkeypatch.setattr("sys.stderr", _Terminal())
        listing = api.users.list(progress=True)
        listing.collect(max=150)
        listing.close()
        lines = sys.stderr.getvalue().split("\r")  # type: ignore[attr-defined]
        assert lines == ["", "/api/users: 100 of 250\x1b[K", "/api/users: 200 of 250\x1b[K\n"]
        monkeypatch.setattr("sys.stderr", io.StringIO())
        api.users.list().collect()
        assert sys.stderr.getvalue() == ""  # type: ignore[attr-defined]


def test_other_loops_are_refused_clearly(simulator: Simulator) -> None:
    import anyio
    import trio

    async def use() -> int:
        async with AsyncManagementApi(**simulator.credentials()) as api:
            return len(await api.users.list().collect())

    with pytest.raises(RuntimeError, match="needs a running asyncio event loop"):
        trio.run(use)
    with pytest.raises(RuntimeError, match="needs a running asyncio event loop"):
        anyio.run(use, backend="trio")
    # anyio itself is welcome, on asyncio.
    assert anyio.run(use) == 250
    assert os.getpid()
