"""Webhooks: whose they are, and the types of what they say."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from logto_management import verify_webhook_signature, webhooks
from logto_management.types import HookEvent

CASES: dict[str, Any] = json.loads((Path(__file__).parents[2] / "tests/webhooks.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES["signatures"], ids=lambda case: case["about"])
def test_signatures(case: dict[str, Any]) -> None:
    body = base64.b64decode(case["base64"]) if "base64" in case else case["body"].encode()
    forms: list[Any] = [body, bytearray(body), memoryview(body)]
    if "body" in case:
        forms.append(case["body"])
    for form in forms:
        assert verify_webhook_signature(case["key"], form, case["signature"]) is case["valid"]
    if case["signature"] is not None:
        # As ASGI has headers.
        assert verify_webhook_signature(case["key"], body, case["signature"].encode()) is case["valid"]


@pytest.mark.parametrize("wrong", [None, 5, 64, {}, [], object(), "\ud800", b"\xff", 1.5])
def test_whatever_is_wrong_is_false(wrong: Any) -> None:
    good = CASES["signatures"][0]
    assert verify_webhook_signature(good["key"], good["body"], good["signature"]) is True
    assert verify_webhook_signature(wrong, good["body"], good["signature"]) is False
    assert verify_webhook_signature(good["key"], wrong, good["signature"]) is False
    assert verify_webhook_signature(good["key"], good["body"], wrong) is False


def test_the_union_has_every_event_once() -> None:
    events = [name for member in get_args(webhooks.WebhookEvent) for name in get_args(get_type_hints(member)["event"])]
    assert sorted(events) == sorted(get_args(HookEvent))
