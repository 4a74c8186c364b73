"""Vectors through :class:`ManagementApi`. What is parallel runs in threads; what is cancelled runs in the main thread, and is interrupted as by Ctrl-C."""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from logto_management import LogtoError, ManagementApi
from logto_management.testing import TestingClock

from . import common


def run_vector(request: dict[str, Any]) -> dict[str, Any]:
    clock = TestingClock()
    with common.Warnings() as warnings:
        play = Play(request, clock)
        outcomes = [play.step(step) for step in request["steps"]]
        if play.api is not None:
            play.api.close()
    return {
        "outcomes": outcomes,
        "sleeps": [seconds * 1000 for seconds in clock.take_sleeps()],
        "warnings": warnings.codes,
    }


class Play:
    def __init__(self, request: dict[str, Any], clock: TestingClock) -> None:
        self.control = request["control"]
        self.clock = clock
        self.api: ManagementApi | None = None
        self.failure: LogtoError | None = None
        self.last: tuple[Any, str | None] | None = None
        self.client = request["client"]
        kind = self.client.get("tokenStore")
        self.store = common.Store(kind) if kind else None
        try:
            self.api = self.make()
        except LogtoError as error:
            if not any("create" in step for step in request["steps"]):
                raise
            self.failure = error

    def make(self) -> ManagementApi:
        return ManagementApi(**common.client_keywords(self.client, self.clock), token_store=self.store)

    def step(self, step: dict[str, Any]) -> Any:
        parallel = step.get("parallel")
        if parallel is None:
            return self.one(step)
        steps = [step] * parallel if isinstance(parallel, int) else parallel
        cancelled = [number for number, each in enumerate(steps) if "cancelAfterSeen" in each.get("call", {})]
        if len(cancelled) > 1:
            raise NotImplementedError("one call at a time can be interrupted: there is one main thread")
        start = threading.Barrier(len(steps))

        def one(each: dict[str, Any]) -> Any:
            start.wait()
            return self.one(each)

        with ThreadPoolExecutor(len(steps)) as pool:
            outcomes = {number: pool.submit(one, each) for number, each in enumerate(steps) if number not in cancelled}
            here = {number: one(steps[number]) for number in cancelled}
            return [here[number] if number in here else outcomes[number].result() for number in range(len(steps))]

    def one(self, step: dict[str, Any]) -> dict[str, Any]:
        try:
            if self.failure is not None:
                raise self.failure
            assert self.api is not None
            if "advanceMs" in step:
                self.clock.advance(step["advanceMs"] / 1000)
            elif "again" in step:
                self.api.close()
                self.api = self.make()
            elif "spoil" in step:
                assert self.store is not None
                self.store.spoil(step["spoil"])
            elif "call" in step:
                return self.call(step["call"])
            elif "list" in step:
                return self.list(step["list"])
            elif "token" in step:
                token = self.api.access_token()
                return {"value": token.value, "scope": token.scope, "expiresAt": int(token.expires_at)}
        except Exception as error:
            return common.failed(error, self.api)
        return {}

    def call(self, call: dict[str, Any]) -> dict[str, Any]:
        assert self.api is not None
        keywords = common.call_keywords(call)
        if "cancelAfterSeen" not in call:
            return common.answered(self.api.raw.request(call["method"], call["path"], **keywords))
        with CtrlC(lambda: common.seen(self.control) >= call["cancelAfterSeen"]):
            try:
                return common.answered(self.api.raw.request(call["method"], call["path"], **keywords))
            except KeyboardInterrupt:
                return common.CANCELLED

    def list(self, spec: dict[str, Any]) -> dict[str, Any]:
        assert self.api is not None
        listed = common.Listed(spec.get("max"))
        keywords = common.list_keywords(spec)
        listing, cursor = self.last if spec.get("resume") and self.last else (None, None)
        if listing is None or cursor is not None:
            if cursor is not None:
                keywords["cursor"] = cursor
            listing = self.api.paginate(spec["path"], **keywords)
        stopped_at = None
        try:
            if spec.get("mode") == "pages":
                for page in listing.pages():
                    listed.saw(page)
                    listed.items += page.items
                    if listed.full():
                        stopped_at = page.cursor
                        break
            else:
                for item in listing:
                    listed.saw(listing.page)
                    listed.items.append(item)
                    if listed.full():
                        stopped_at = listing.cursor
                        break
                listed.saw(listing.page)
        except LogtoError as error:
            listed.error = common.failed(error, self.api, listing)
        self.last = (listing, stopped_at)
        return listed.outcome(listing, stopped_at)


class CtrlC:
    """Sends this process SIGINT, once, when something has come true."""

    def __init__(self, condition: Any) -> None:
        self.condition = condition
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.watch)

    def watch(self) -> None:
        while not self.ended.is_set():
            if self.condition():
                os.kill(os.getpid(), signal.SIGINT)
                return

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.thread.join()
