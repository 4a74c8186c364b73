"""This package beside httpx, requests and aiohttp, in one process and against one server.

``cargo xtask bench python`` builds the package, installs the peers, starts the servers and judges the lines. ``LOGTO_*`` name the server,
``BENCH_SLOW_ENDPOINT`` one with 10,000 users and 30 ms latency, ``BENCH_MANY_ENDPOINT`` one with 100,000. CPU is this process's, all threads. Every answer becomes Python dicts and lists.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import aiohttp
import httpx
import requests

from logto_management import AsyncManagementApi, ManagementApi

ENDPOINT = os.environ["LOGTO_ENDPOINT"]
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "9"))
USERS = "/api/users"
CREDENTIALS = {
    "client_id": os.environ["LOGTO_CLIENT_ID"],
    "client_secret": os.environ["LOGTO_CLIENT_SECRET"],
    "api_indicator": os.environ["LOGTO_API_INDICATOR"],
}

Cost = dict[str, float]


def cost(requests_made: int, cpu: float, wall: float) -> Cost:
    return {
        "cpu_us_per_request": cpu * 1e6 / requests_made,
        "requests_per_second": requests_made / wall,
        "wall_ms": wall * 1000,
    }


def in_turns(
    contenders: Sequence[str], measure: Callable[[str], Cost], rounds: int, warm_up: bool = True
) -> list[dict[str, Cost]]:
    """Measures each contender in every round; in each round another one begins."""
    if warm_up:
        for name in contenders:
            measure(name)
    found = []
    for round_ in range(rounds):
        turn = [contenders[(round_ + i) % len(contenders)] for i in range(len(contenders))]
        found.append({name: measure(name) for name in turn})
    return found


def report(case: str, rounds: list[dict[str, Cost]], metrics: Sequence[str]) -> None:
    """Prints one line for each peer and metric. Ratios are made within a round, so that a slow moment of the machine slows both."""
    own, *peers = sorted(rounds[0], key=lambda name: name != "logto_management")
    for peer in peers:
        for metric in metrics:
            line = {
                "case": case,
                "metric": metric,
                "ours": statistics.median(costs[own][metric] for costs in rounds),
                "peer": peer,
                "theirs": statistics.median(costs[peer][metric] for costs in rounds),
                "ratio": statistics.median(costs[own][metric] / costs[peer][metric] for costs in rounds),
            }
            print(json.dumps(line), flush=True)


def checked(users: Any) -> None:
    if not isinstance(users, list) or len(users) != 20:
        raise SystemExit(f"a call answered {users!r}")


def sync_batch(call: Callable[[], Any], count: int, threads: int = 1) -> Cost:
    def loop() -> None:
        for _ in range(count // threads):
            checked(call())

    cpu, wall = time.process_time(), time.perf_counter()
    if threads == 1:
        loop()
    else:
        workers = [threading.Thread(target=loop) for _ in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    return cost(count // threads * threads, time.process_time() - cpu, time.perf_counter() - wall)


async def async_batch(call: Callable[[], Awaitable[Any]], count: int, in_flight: int) -> Cost:
    async def loop() -> None:
        for _ in range(count // in_flight):
            checked(await call())

    cpu, wall = time.process_time(), time.perf_counter()
    await asyncio.gather(*(loop() for _ in range(in_flight)))
    return cost(count // in_flight * in_flight, time.process_time() - cpu, time.perf_counter() - wall)


def sync_cases() -> None:
    with (
        ManagementApi("default", base_url=ENDPOINT, **CREDENTIALS) as api,
        httpx.Client() as client,
        requests.Session() as session,
    ):
        headers = {"authorization": f"Bearer {api.access_token().value}"}
        url = f"{ENDPOINT}{USERS}?page_size=20"
        calls: dict[str, Callable[[], Any]] = {
            "logto_management": lambda: api.get(USERS, query={"page_size": 20}),
            "httpx": lambda: client.get(url, headers=headers).json(),
            "requests": lambda: session.get(url, headers=headers).json(),
        }
        rounds = in_turns(list(calls), lambda name: sync_batch(calls[name], 400), ROUNDS)
        report("sync_get20_c1", rounds, ["cpu_us_per_request", "requests_per_second"])
        pair = ["logto_management", "httpx"]
        rounds = in_turns(pair, lambda name: sync_batch(calls[name], 1600, threads=16), ROUNDS)
        report("threads16_get20", rounds, ["requests_per_second", "cpu_us_per_request"])


async def async_cases() -> None:
    async with (
        AsyncManagementApi("default", base_url=ENDPOINT, **CREDENTIALS) as api,
        httpx.AsyncClient() as client,
        aiohttp.ClientSession() as session,
    ):
        token = await api.access_token()
        headers = {"authorization": f"Bearer {token.value}"}
        url = f"{ENDPOINT}{USERS}?page_size=20"

        async def with_httpx() -> Any:
            return (await client.get(url, headers=headers)).json()

        async def with_aiohttp() -> Any:
            async with session.get(url, headers=headers) as answer:
                return await answer.json()

        calls: dict[str, Callable[[], Awaitable[Any]]] = {
            "logto_management": lambda: api.get(USERS, query={"page_size": 20}),
            "httpx": with_httpx,
            "aiohttp": with_aiohttp,
        }
        for in_flight, count in ((32, 960), (1, 400)):
            names = list(calls)
            for name in names:
                await async_batch(calls[name], count, in_flight)
            rounds: list[dict[str, Cost]] = []
            for round_ in range(ROUNDS):
                turn = [names[(round_ + i) % len(names)] for i in range(len(names))]
                rounds.append({name: await async_batch(calls[name], count, in_flight) for name in turn})
            report(f"async_get20_c{in_flight}", rounds, ["cpu_us_per_request", "requests_per_second"])


def list_case(endpoint: str) -> None:
    with ManagementApi("default", base_url=endpoint, **CREDENTIALS) as api, httpx.Client(base_url=endpoint) as client:
        client.headers["authorization"] = f"Bearer {api.access_token().value}"

        def ours() -> int:
            return sum(1 for _ in api.paginate(USERS, concurrency=8))

        def with_httpx() -> int:
            users, page = 0, 1
            while True:
                rows = client.get(USERS, params={"page": page, "page_size": 100}).json()
                users += len(rows)
                if len(rows) < 100:
                    return users
                page += 1

        def measure(name: str) -> Cost:
            cpu, wall = time.process_time(), time.perf_counter()
            users = ours() if name == "logto_management" else with_httpx()
            if users < 10_000:
                raise SystemExit(f"{name} listed {users} users of 10,000")
            return cost(users // 100, time.process_time() - cpu, time.perf_counter() - wall)

        report("list10k_30ms", in_turns(["logto_management", "httpx"], measure, 3, warm_up=False), ["wall_ms"])


# Each in an interpreter of its own, so that what one has in memory is not the other's: prints wall time and peak memory.
ARROW = {
    "logto_management": """
import os, resource, time
from logto_management import ManagementApi
import pyarrow
with ManagementApi.from_env() as api:
    api.access_token()
    started = time.perf_counter()
    table = api.users.list().to_arrow()
    wall = time.perf_counter() - started
""",
    "httpx": """
import os, resource, time
import httpx, json, pyarrow
with httpx.Client(base_url=os.environ["LOGTO_ENDPOINT"]) as client:
    credentials = (os.environ["LOGTO_CLIENT_ID"], os.environ["LOGTO_CLIENT_SECRET"])
    form = {"grant_type": "client_credentials", "resource": os.environ["LOGTO_API_INDICATOR"], "scope": "all"}
    token = client.post("/oidc/token", data=form, auth=credentials).json()["access_token"]
    client.headers["authorization"] = f"Bearer {token}"
    started = time.perf_counter()
    users, page = [], 1
    while True:
        rows = json.loads(client.get("/api/users", params={"page": page, "page_size": 100}).content)
        users.extend(rows)
        if len(rows) < 100:
            break
        page += 1
    table = pyarrow.Table.from_pylist(users)
    wall = time.perf_counter() - started
""",
}
REPORT = """
assert table.num_rows == int(os.environ["BENCH_USERS"]), table.num_rows
print(wall * 1000, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def arrow_case(endpoint: str) -> None:
    users = int(os.environ.get("BENCH_USERS", "100000"))
    environment = {**os.environ, "LOGTO_ENDPOINT": endpoint, "BENCH_USERS": str(users)}

    def measure(name: str) -> Cost:
        command = [sys.executable, "-c", ARROW[name] + REPORT]
        printed = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout
        wall, peak = (float(number) for number in printed.split())
        return {"wall_ms": wall, "peak_rss_mb": peak}

    rounds = in_turns(["logto_management", "httpx"], measure, 3, warm_up=False)
    report("list100k_arrow", rounds, ["wall_ms", "peak_rss_mb"])


def import_case() -> None:
    """The time of the import alone, in interpreters of their own: the program of the peer is the same with another name."""

    def measure(module: str) -> Cost:
        program = (
            "from time import perf_counter_ns as now; begun = now(); "
            f"import {module}; {module}.{IMPORTED[module]}; print(now() - begun)"
        )
        # No site: what an environment's .pth files import is no import of either.
        shell = [sys.executable, "-S", "-c", f"import sys; sys.path += {sys.path!r}; {program}"]
        done = subprocess.run(shell, capture_output=True, text=True, check=True)
        return {"import_ms": int(done.stdout) / 1e6}

    # Interpreters differ among themselves more than calls do: more of them.
    report("import", in_turns(list(IMPORTED), measure, 3 * ROUNDS), ["import_ms"])


# Waits for an answer that never comes, to something that only this case asks for.
HANGS = """
import signal, sys
from logto_management import ManagementApi
signal.signal(signal.SIGINT, signal.default_int_handler)
with ManagementApi.from_env() as api:
    api.access_token()
    print("waiting", flush=True)
    try:
        api.get("/api/hooks", retries=0)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
"""


def ctrl_c_case() -> None:
    """From SIGINT to the KeyboardInterrupt that it raises in a process that waits for an answer."""
    with httpx.Client(base_url=ENDPOINT) as control:
        rule = {"match": {"path": "/api/hooks"}, "action": {"do": "hang"}}
        control.post("/__sim/faults", json=[rule]).raise_for_status()
        taken = []
        for round_ in range(2 * ROUNDS):
            pipe = subprocess.PIPE
            with subprocess.Popen([sys.executable, "-c", HANGS], stdin=pipe, stdout=pipe, text=True) as process:
                assert process.stdout is not None
                process.stdout.readline()
                # Into the middle of its wait, and each time at another moment of it.
                time.sleep(0.25 + 0.013 * round_)
                begun = time.perf_counter()
                process.send_signal(signal.SIGINT)
                if process.stdout.readline() != "interrupted\n":
                    raise SystemExit("Ctrl-C did not break a call that waits")
                taken.append((time.perf_counter() - begun) * 1000)
        control.delete("/__sim/faults").raise_for_status()
    worst = max(taken)
    line = {
        "case": "ctrl_c",
        "metric": "worst_ms",
        "ours": worst,
        "peer": "budget",
        "theirs": 200.0,
        "ratio": worst / 200,
    }
    print(json.dumps(line), flush=True)


# What a program that imports them uses first.
IMPORTED = {"logto_management": "ManagementApi", "httpx": "Client"}


if __name__ == "__main__":
    import_case()
    sync_cases()
    asyncio.run(async_cases())
    ctrl_c_case()
    if slow := os.environ.get("BENCH_SLOW_ENDPOINT"):
        list_case(slow)
    if many := os.environ.get("BENCH_MANY_ENDPOINT"):
        arrow_case(many)
