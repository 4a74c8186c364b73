"""Vectors through :class:`AsyncManagementApi`. What is parallel is gathered; what is cancelled is a task."""

from __future__ import annotations

import asyncio
from typing import Any

from logto_management import AsyncManagementApi, LogtoError
from logto_management.testing import TestingClock

from . import common


def run_vector(request: dict[str, Any]) -> dict[str, Any]:
    return asyncio.run(_run_vector(request))


async def _run_vector(request: dict[str, Any]) -> dict[str, Any]:
    clock = TestingClock()
    with common.Warnings() as warnings:
        play = Play(request, clock)
        outcomes = [await play.step(step) for step in request["steps"]]
        if play.api is not None:
            await play.api.close()
    return {
        "outcomes": outcomes,
        "sleeps": [seconds * 1000 for seconds in clock.take_sleeps()],
        "warnings": warnings.codes,
    }


class Play:
    def __init__(self, request: dict[str, Any], clock: TestingClock) -> None:
        self.control = request["control"]
        self.clock = clock
        self.api: AsyncManagementApi | None = None
        self.failure: LogtoError | None = None
        self.last: tuple[Any, str | None] | None = None
        self.client = request["client"]
        kind = self.client.get("tokenStore")
        self.store = common.AsyncStore(kind) if kind else None
        try:
            self.api = self.make()
        except LogtoError as error:
            if not any("create" in step for step in request["steps"]):
                raise
            self.failure = error

    def make(self) -> AsyncManagementApi:
        return AsyncManagementApi(**common.client_keywords(self.client, self.clock), token_store=self.store)

    async def step(self, step: dict[str, Any]) -> Any:
        parallel = step.get("parallel")
        if parallel is None:
            return await self.one(step)
        steps = [step] * parallel if isinstance(parallel, int) else parallel
        return await asyncio.gather(*map(self.one, steps))

    async def one(self, step: dict[str, Any]) -> dict[str, Any]:
        try:
            if self.failure is not None:
                raise self.failure
            assert self.api is not None
            if "advanceMs" in step:
                self.clock.advance(step["advanceMs"] / 1000)
            elif "again" in step:
                await self.api.close()
                self.api = self.make()
            elif "spoil" in step:
                assert self.store is not None
                self.store.spoil(step["spoil"])
            elif "call" in step:
                return await self.call(step["call"])
            elif "list" in step:
                return await self.list(step["list"])
            elif "token" in step:
                token = await self.api.access_token()
                return {"value": token.value, "scope": token.scope, "expiresAt": int(token.expires_at)}
        except Exception as error:
            return common.failed(error, self.api)
        return {}

    async def call(self, call: dict[str, Any]) -> dict[str, Any]:
        assert self.api is not None
        sending = self.api.raw.request(call["method"], call["path"], **common.call_keywords(call))
        if "cancelAfterSeen" not in call:
            return common.answered(await sending)
        task = asyncio.ensure_future(sending)
        while not task.done() and await asyncio.to_thread(common.seen, self.control) < call["cancelAfterSeen"]:
            pass
        task.cancel()
        try:
            return common.answered(await task)
        except asyncio.CancelledError:
            return common.CANCELLED

    async def list(self, spec: dict[str, Any]) -> dict[str, Any]:
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
                async for page in listing.pages():
                    listed.saw(page)
                    listed.items += page.items
                    if listed.full():
                        stopped_at = page.cursor
                        break
            else:
                async for item in listing:
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
