"""Uploads and the XML answer, against the simulator."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from conftest import Simulator
from logto_management import AsyncManagementApi, ManagementApi, UnprocessableError

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def _files(folder: Path) -> list[Any]:
    path = folder / "a.png"
    path.write_bytes(PNG)
    return [("a.png", PNG), ("a.png", PNG, "image/png"), ("a.png", io.BytesIO(PNG)), path.open("rb")]


def _is_an_asset(asset: Any) -> None:
    assert asset["url"].startswith("http")


def test_an_upload(simulator: Simulator, tmp_path: Path) -> None:
    with ManagementApi(**simulator.credentials()) as api:
        for file in _files(tmp_path):
            _is_an_asset(api.user_assets.create(file))
            getattr(file, "close", lambda: None)()
        _is_an_asset(api.post("/api/user-assets", files={"file": ("a.png", PNG)}))
        assert api.raw.user_assets.create(("a.png", PNG)).status == 200


def test_an_upload_that_is_awaited(simulator: Simulator, tmp_path: Path) -> None:
    async def main() -> None:
        async with AsyncManagementApi(**simulator.credentials()) as api:
            for file in _files(tmp_path):
                _is_an_asset(await api.user_assets.create(file))
                getattr(file, "close", lambda: None)()
            _is_an_asset(await api.post("/api/user-assets", files={"file": ("a.png", PNG)}))

    asyncio.run(main())


def _is_metadata(text: Any, identifier: str) -> None:
    root = ElementTree.fromstring(text)
    assert root.tag.endswith("EntityDescriptor")
    assert isinstance(text, str)
    assert identifier in text


def test_xml(simulator: Simulator) -> None:
    with ManagementApi(**simulator.credentials()) as api:
        app: Any = api.saml_applications.create(name="saml", description="")
        _is_metadata(api.saml_applications.list_metadata(app["id"]), app["id"])
        raw = api.raw.saml_applications.list_metadata(app["id"])
        assert "xml" in raw.headers["content-type"]
        assert raw.text == raw.data


def test_xml_that_is_awaited(simulator: Simulator) -> None:
    async def main() -> None:
        async with AsyncManagementApi(**simulator.credentials()) as api:
            app: Any = await api.saml_applications.create(name="saml", description="")
            _is_metadata(await api.saml_applications.list_metadata(app["id"]), app["id"])

    asyncio.run(main())


def test_an_upload_that_the_server_refuses_is_no_success(simulator: Simulator) -> None:
    simulator.faults({"match": {"path": "/api/user-assets"}, "action": {"do": "status", "status": 422}})
    with ManagementApi(**simulator.credentials()) as api, pytest.raises(UnprocessableError):
        api.user_assets.create(("a.exe", b"MZ"))
