"""Request bodies: JSON, forms, uploads."""

from __future__ import annotations

import json as _json
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ._options import File


def encode(
    json: Any,
    content: bytes | str | None,
    content_type: str | None,
    data: Mapping[str, Any] | None,
    files: Mapping[str, File] | None,
) -> tuple[str | None, bytes]:
    """Encode the one body that is given; its content type comes first."""
    if (json is not None) + (content is not None) + (data is not None or files is not None) > 1:
        raise TypeError("a request has one body: give json, content, or data and files")
    if json is not None:
        text = _json.dumps(json, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return content_type or "application/json", text.encode()
    if content is not None:
        return content_type, content.encode() if isinstance(content, str) else bytes(content)
    if files is not None:
        return _multipart(data or {}, files)
    from urllib.parse import urlencode

    return "application/x-www-form-urlencoded", urlencode(_fields(data or {})).encode()


def _fields(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    fields: list[tuple[str, str]] = []
    for name, value in data.items():
        values = cast("list[Any]", value) if isinstance(value, (list, tuple)) else [value]
        fields.extend((name, _plain(one)) for one in values)
    return fields


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _multipart(data: Mapping[str, Any], files: Mapping[str, File]) -> tuple[str, bytes]:
    """Encode ``multipart/form-data`` (RFC 7578), with names escaped as browsers do."""
    from os import urandom

    boundary = urandom(16).hex()
    parts = [_part(boundary, f'name="{_quoted(name)}"', None, value.encode()) for name, value in _fields(data)]
    for name, file in files.items():
        file_name, content, content_type = _file(name, file)
        about = f'name="{_quoted(name)}"; filename="{_quoted(file_name)}"'
        parts.append(_part(boundary, about, content_type, content))
    parts.append(f"--{boundary}--\r\n".encode())
    return f"multipart/form-data; boundary={boundary}", b"".join(parts)


def _file(name: str, file: File) -> tuple[str, bytes, str]:
    given = file if isinstance(file, tuple) else (None, file)
    source = given[1]
    content = bytes(source) if isinstance(source, bytes) else source.read()
    path = given[0] or getattr(source, "name", None)
    file_name = path.replace("\\", "/").rsplit("/", 1)[-1] if isinstance(path, str) else name
    if len(given) == 3:
        return file_name, content, given[2]
    from mimetypes import guess_type

    return file_name, content, guess_type(file_name)[0] or "application/octet-stream"


def _part(boundary: str, about: str, content_type: str | None, content: bytes) -> bytes:
    kind = f"Content-Type: {content_type}\r\n" if content_type else ""
    return f"--{boundary}\r\nContent-Disposition: form-data; {about}\r\n{kind}\r\n".encode() + content + b"\r\n"


def _quoted(text: str) -> str:
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
