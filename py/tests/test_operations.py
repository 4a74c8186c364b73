"""Every operation by its name: all of them are there, and each sends what the catalogue says."""

from __future__ import annotations

import asyncio
import json
import os
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import logto_management
from conftest import ROOT
from echo import Echo
from logto_management import AsyncManagementApi, ManagementApi, types

CATALOGUE = ROOT / "crates" / "catalogue"
OPERATIONS: list[dict[str, Any]] = json.loads((CATALOGUE / "management.json").read_text())["operations"]
NAMES = {line.split(" = ")[0] for line in (CATALOGUE / "names.txt").read_text().splitlines()}

CREDENTIALS = {"client_id": "id", "client_secret": "secret", "base_url": "http://127.0.0.1:1"}
PLACES: dict[str, Callable[[], Any]] = {
    "blocking": lambda: ManagementApi("default", **CREDENTIALS),
    "asynchronous": lambda: AsyncManagementApi("default", **CREDENTIALS),
    "raw": lambda: ManagementApi("default", **CREDENTIALS).raw,
    "asynchronous raw": lambda: AsyncManagementApi("default", **CREDENTIALS).raw,
}


@pytest.fixture
def echo() -> Iterator[Echo]:
    with Echo() as server:
        yield server


def _operation(api: Any, operation: dict[str, Any]) -> Callable[..., Any]:
    return getattr(getattr(api, operation["group"]), operation["name"])


@pytest.mark.parametrize("place", PLACES)
def test_all_275_names_are_there_and_no_others(place: str) -> None:
    api = PLACES[place]()
    groups = [name for name, member in vars(_groups_class(api)).items() if not name.startswith("_") and member]
    found = {f"{group}.{name}" for group in groups for name in dir(getattr(api, group)) if not name.startswith("_")}
    assert found == NAMES
    assert len(found) == 275


def _groups_class(api: Any) -> type:
    return next(cls for cls in type(api).__mro__ if cls.__name__.endswith("Groups"))


class _Recording(ManagementApi):
    """Sends nothing, and gives back what it would have sent."""

    def _send(self, method: str, template: str, call: Any) -> Any:
        return method, template, dict(call)

    def _list(self, template: str, listing: Any) -> Any:
        return "GET", template, dict(listing)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation["id"])
def test_each_sends_what_the_catalogue_says(operation: dict[str, Any]) -> None:
    call = _operation(_Recording("default", **CREDENTIALS), operation)
    parameters = operation.get("parameters", [])
    path = {one["name"]: f"<{one['name']}>" for one in parameters if one["in"] == "path"}
    query = {one["name"]: f"?{one['name']}" for one in parameters if one["in"] == "query"}
    given: dict[str, Any] = {**query, "timeout": 3, "headers": {"x-a": "b"}, "query": {"new": 1}}
    expected: dict[str, Any] = {"timeout": 3, "headers": {"x-a": "b"}}
    if path:
        expected["path"] = path
    pairs = [*query.items(), ("new", 1)]
    content = operation.get("body", {}).get("content", {})
    if "application/json" in content:
        given["body"] = expected["json"] = {"a": None}
    elif "multipart/form-data" in content:
        given["file"] = b"content"
        expected["files"] = {"file": b"content"}
    if "search" in operation:
        given["search"] = "%x%"
        pairs.append(("search", "%x%"))
    method, template, sent = call(*path.values(), **given)
    assert (method, template) == (operation["method"], operation["path"])
    # Pairs of the query come in the order in which they were given; required ones first.
    assert sorted(map(str, sent.pop("query"))) == sorted(map(str, pairs))
    assert sent == expected


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation["id"])
def test_help_tells_of_each(operation: dict[str, Any]) -> None:
    call = _operation(ManagementApi("default", **CREDENTIALS), operation)
    doc = call.__doc__ or ""
    assert f"``{operation['method']} {operation['path']}``" in doc
    for parameter in operation.get("parameters", []):
        assert f":param {parameter['name']}: " in doc
    assert ":return: " in doc
    assert ("a listing of" in doc) == (operation["paging"] != "never")


def test_keys_of_a_body_are_keywords_and_none_is_null() -> None:
    api = _Recording("default", **CREDENTIALS)
    user: Any = api.users.update("u1", name=None, customData={"a": 1})
    assert user[2] == {"path": {"userId": "u1"}, "json": {"name": None, "customData": {"a": 1}}}
    nothing: Any = api.users.update("u1")
    assert nothing[2]["json"] == {}
    # A path parameter and a key may have the same name.
    renamed: Any = api.applications.update_secret("app", "old", name="new")
    assert renamed[2] == {"path": {"id": "app", "name": "old"}, "json": {"name": "new"}}


def test_what_is_not_understood_is_refused() -> None:
    api: Any = _Recording("default", **CREDENTIALS)
    with pytest.raises(TypeError, match=r"PATCH /api/users/{userId} takes no keyword 'nmae'; it takes .*, name, "):
        api.users.update("u1", nmae="Ann")
    with pytest.raises(TypeError, match="from body or from keywords"):
        api.users.update("u1", {"name": "Ann"}, username="ann")
    with pytest.raises(TypeError, match="positional"):
        api.users.get()
    with pytest.raises(TypeError, match=r"GET /api/roles/\{id\} takes no keyword 'page_size'"):
        api.roles.get("r", page_size=3)
    with pytest.raises(AttributeError, match="users cannot be set"):
        api.users = None
    with pytest.raises(TypeError, match="takes no keyword 'concurrency'"):
        ManagementApi("default", **CREDENTIALS).raw.users.list(concurrency=2)


TEXT_ANSWERS = [operation for operation in OPERATIONS if operation.get("textAnswer")]


@pytest.mark.parametrize("body", [b"Created", b""], ids=["text", "nothing"])
def test_the_14_operations_without_a_json_answer_succeed(echo: Echo, body: bytes) -> None:
    assert len(TEXT_ANSWERS) == 14

    def arguments(operation: dict[str, Any]) -> list[str]:
        return [one["name"] for one in operation.get("parameters", []) if one["in"] == "path"]

    def arm(operation: dict[str, Any]) -> None:
        path = operation["path"].replace("{", "").replace("}", "")
        echo.answers[f"{operation['method']} {path}"] = (201, "text/plain; charset=utf-8", body)

    async def asynchronous() -> None:
        async with AsyncManagementApi(**echo.credentials()) as api:
            for operation in TEXT_ANSWERS:
                assert await _operation(api, operation)(*arguments(operation), body={}) is None

    for operation in TEXT_ANSWERS:
        arm(operation)
    with ManagementApi(**echo.credentials()) as api:
        for operation in TEXT_ANSWERS:
            assert _operation(api, operation)(*arguments(operation), body={}) is None
            assert _operation(api.raw, operation)(*arguments(operation), body={}).status == 201
    asyncio.run(asynchronous())
    assert len(echo.asked) == 3 * 14


def test_uploads_and_the_xml_answer(echo: Echo, tmp_path: Path) -> None:
    xml = '<?xml version="1.0"?><EntityDescriptor entityID="ä"/>'
    echo.answers["GET /api/saml-applications/app/metadata"] = (200, "text/xml", xml.encode())
    echo.answers["POST /api/user-assets"] = (200, "application/json", b'{"url":"https://cdn/a.png"}')
    picture = tmp_path / "a.png"
    picture.write_bytes(b"\x89PNG")
    with ManagementApi(**echo.credentials()) as api, picture.open("rb") as file:
        assert api.saml_applications.list_metadata("app") == xml
        assert api.user_assets.create(file)["url"] == "https://cdn/a.png"
        api.post("/api/user-assets", files={"file": ("b.png", b"\x89PNG")})
        assert api.raw.user_assets.create(("c.svg", b"<svg/>", "image/svg+xml")).status == 200

    async def asynchronous() -> None:
        async with AsyncManagementApi(**echo.credentials()) as api:
            assert await api.saml_applications.list_metadata("app") == xml
            await api.user_assets.create(("d.png", b"\x89PNG"))
            await api.post("/api/user-assets", files={"file": ("e.png", b"\x89PNG", "image/png")})

    asyncio.run(asynchronous())
    uploads = [asked for asked in echo.asked if asked.method == "POST"]
    names = ["a.png", "b.png", "c.svg", "d.png", "e.png"]
    for upload, name in zip(uploads, names):
        kind, _, boundary = upload.headers["content-type"].partition("; boundary=")
        assert kind == "multipart/form-data"
        about = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n'
        media = "image/svg+xml" if name.endswith("svg") else "image/png"
        content = "<svg/>" if name.endswith("svg") else "\x89PNG"
        part = f"--{boundary}\r\n{about}Content-Type: {media}\r\n\r\n".encode() + content.encode("latin-1")
        assert upload.body == part + f"\r\n--{boundary}--\r\n".encode()
    assert len(uploads) == len(names)


def test_models_can_be_read_at_run_time() -> None:
    assert {"CreateUserBody", "ErrorCode", "User", "UserSearchField"} <= set(dir(types))
    for name in types.__all__:
        model = getattr(types, name)
        if isinstance(model, type):
            # Raises where an annotation names what is not there.
            assert typing.get_type_hints(model)
            assert model.__doc__
    assert types.User.__required_keys__ >= {"id", "username", "customData"}
    assert "passwordDigest" in types.User.__optional_keys__
    assert "user.username_already_in_use" in typing.get_args(types.ErrorCode)
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        _ = types.Nothing  # type: ignore[attr-defined]


def test_nothing_of_it_is_imported_before_it_is_used(run_python: Any) -> None:
    program = (
        "import sys, logto_management as l\n"
        "api = l.ManagementApi('t', client_id='i', client_secret='s')\n"
        "loaded = lambda: sorted(n.partition('_generated.')[2] for n in sys.modules if '_generated.' in n)\n"
        "print(loaded())\n"
        "api.users\n"
        "print(loaded())\n"
    )
    done = run_python(program, dict(os.environ))
    before, after = done.stdout.splitlines()
    assert (before, done.stderr) == ("['groups', 'verbs']", "")
    assert after == "['groups', 'operations', 'operations.users', 'verbs']"
    assert logto_management.__name__
