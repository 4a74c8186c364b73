"""Programs that fork or spawn their workers, each as people start it: gunicorn, Celery, multiprocessing."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener

import pytest

from logto_management.testing import Simulator

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this platform")

# The parent has connections, a token and a runtime before it forks.
CLIENT = """
import os
from logto_management import ManagementApi
api = ManagementApi.from_env()
assert len(api.get("/api/users")) == 20
PARENT = os.getpid()
def count():
    return len(api.users.list(concurrency=2).collect())
"""


@contextmanager
def _running(*command: str, env: dict[str, str], folder: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([sys.executable, "-m", *command], env=env, cwd=folder, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _stopped(process: subprocess.Popen[str]) -> str:
    """Stop it the way that supervisors do, and give what it still said."""
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    return said


@pytest.mark.parametrize("worker", ["sync", "gthread"])
def test_gunicorn_with_preload(worker: str, simulator: Simulator, tmp_path: Path) -> None:
    app = """
def app(environ, start_response):
    start_response("200 OK", [("content-type", "text/plain")])
    return [f"{os.getpid() == PARENT} {os.getpid()} {count()}".encode()]
"""
    (tmp_path / "site_of_mine.py").write_text(CLIENT + app)
    command = ["gunicorn", "--preload", "--workers", "3", "--worker-class", worker, "--threads", "4"]
    command += ["--bind", "127.0.0.1:0", "--no-control-socket", "site_of_mine:app"]
    with _running(*command, env=simulator.environment(), folder=tmp_path) as process:
        assert process.stderr is not None
        said = ""
        while not (address := re.search(r"Listening at: (http://[^ ]+)", said)):
            line = process.stderr.readline()
            assert line, said
            said += line
        opener = build_opener(ProxyHandler({}))

        def ask(_: int) -> list[str]:
            with opener.open(address[1]) as answer:
                return answer.read().decode().split()  # type: ignore[no-any-return]

        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(ask, range(24)))
        said += _stopped(process)
    assert {(of_parent, users) for of_parent, _, users in answers} == {("False", "250")}
    assert "Traceback" not in said
    assert "panicked" not in said
    # One of the parent, and one of each worker that was asked anything.
    assert simulator.seen()["tokenRequests"] == 1 + len({pid for _, pid, _ in answers})


def test_celery_with_its_prefork_pool(simulator: Simulator, tmp_path: Path) -> None:
    tasks = """
import celery
FOLDER = os.environ["TASKS_FOLDER"]
app = celery.Celery("tasks_of_mine", broker="filesystem://", backend=f"file://{FOLDER}/results")
folders = {f"data_folder_{way}": f"{FOLDER}/queue" for way in ("in", "out")}
app.conf.broker_transport_options = {**folders, "control_folder": f"{FOLDER}/control"}
app.conf.broker_connection_retry_on_startup = True
@app.task
def counted():
    return os.getpid() == PARENT, count()
"""
    (tmp_path / "tasks_of_mine.py").write_text(CLIENT + tasks)
    for name in ("queue", "results", "control"):
        (tmp_path / name).mkdir()
    env = simulator.environment(TASKS_FOLDER=str(tmp_path), C_FORCE_ROOT="1")
    worker = ["celery", "--app", "tasks_of_mine", "worker", "--pool", "prefork", "--concurrency", "2"]
    worker += ["--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    program = """
from tasks_of_mine import counted
print([result.get(timeout=60) for result in [counted.delay() for _ in range(6)]])
"""
    with _running(*worker, env=env, folder=tmp_path) as process:
        command = [sys.executable, "-c", program]
        done = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False)
        said = _stopped(process)
    assert (done.stdout, done.returncode) == (f"{[[False, 250]] * 6}\n", 0), done.stderr + said
    assert "Traceback" not in said


@pytest.mark.parametrize("method", ["spawn", "fork", "forkserver"])
def test_multiprocessing(method: str, simulator: Simulator, tmp_path: Path, run_python: Any) -> None:
    (tmp_path / "work_of_mine.py").write_text(CLIENT + "def work(_):\n    return count()\n")
    program = f"""
import multiprocessing, warnings
# Newer versions warn of every fork in a process with threads.
warnings.simplefilter("ignore")
from work_of_mine import work
if __name__ == "__main__":
    with multiprocessing.get_context({method!r}).Pool(3) as pool:
        assert pool.map(work, range(9)) == [250] * 9
        pool.close()
        pool.join()
    assert work(0) == 250
    print("ok")
"""
    done = run_python(program, simulator.environment(PYTHONPATH=str(tmp_path)), cwd=tmp_path)
    assert (done.stdout, done.stderr, done.returncode) == ("ok\n", "", 0)
