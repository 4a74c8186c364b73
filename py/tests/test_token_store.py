"""Tokens shared between clients: through Redis, and with what other doors sealed."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import unquote_plus

import pytest

from conftest import Simulator
from logto_management import ManagementApi, RateLimit
from logto_management.testing import TestingClock

FILE = json.loads((Path(__file__).parents[2] / "tests/token-store.json").read_text(encoding="utf-8"))
BEGIN = 1767225600000
"""Where every testing clock begins."""


class Redis:
    """A Redis server of the test's own: ``redis-server``, or what ``LOGTO_REDIS_SERVER`` names."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        program = os.environ.get("LOGTO_REDIS_SERVER") or "redis-server"
        options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no", "--dir", str(folder)]
        self.process = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
        self.url = f"redis://127.0.0.1:{port}"
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                return
            except OSError:
                assert self.process.poll() is None, f"{program} ended"

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    server = Redis(tmp_path)
    yield server
    server.stop()


def tokens(simulator: Simulator) -> int:
    return int(simulator.seen()["tokenRequests"])


def test_clients_that_start_together_ask_for_one_token_and_later_ones_for_none(
    simulator: Simulator, redis: Redis
) -> None:
    simulator.reset(users=3)
    # A busy machine must not decide what comes out.
    keywords = simulator.credentials(token_store=redis.url, token_store_timeout=30)
    clients = [ManagementApi(**keywords) for _ in range(20)]
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda api: len(api.get("/api/users")), clients))
    assert answers == [3] * 20
    asked = tokens(simulator)
    assert 1 <= asked <= 3
    with ManagementApi(**keywords) as later:
        assert len(later.get("/api/users")) == 3
    assert tokens(simulator) == asked
    for api in clients:
        api.close()


def test_a_server_that_is_gone_costs_a_wait(simulator: Simulator, redis: Redis) -> None:
    simulator.reset(users=3)
    redis.stop()
    with ManagementApi(**simulator.credentials(token_store=redis.url, rate_limit=RateLimit(1000, per=1))) as api:
        assert len(api.get("/api/users")) == 3


def test_a_token_that_another_door_sealed_is_used() -> None:
    alive = [entry for entry in FILE["sealed"] if int(entry["text"].split("\n")[0]) > BEGIN]
    assert alive
    for entry in alive:

        class Store:
            def get(self, key: str, entry: dict[str, str] = entry) -> str | None:
                return entry["value"] if key == entry["name"] else None

            def put(self, key: str, value: str, ttl: int) -> None:
                raise AssertionError("nothing new is to be kept")

        endpoint, client_id, indicator, scope = entry["binding"].split("\n")
        with ManagementApi(
            "default",
            client_id=unquote_plus(client_id),
            client_secret=entry["secret"],
            base_url=endpoint.replace("/oidc/token", ""),
            api_indicator=unquote_plus(indicator),
            scope=unquote_plus(scope),
            retries=0,
            token_store=Store(),
            token_store_timeout=30,
            clock=TestingClock(),
        ) as api:
            assert api.access_token().value == entry["text"].split("\n")[-1]
