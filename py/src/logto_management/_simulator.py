"""A simulated Logto in a process of its own, for tests."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sysconfig
from typing import TYPE_CHECKING, Any, cast
from urllib.request import ProxyHandler, Request, build_opener

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    from typing_extensions import Self, Unpack

    from ._async_client import AsyncManagementApi
    from ._client import ManagementApi
    from ._options import ClientOptions

_PROGRAM = "logto-simulator"


def _program() -> str:
    """Find the program: ``LOGTO_SIMULATOR``, or where the wheel ``logto-management-simulator`` puts it, or on the PATH."""
    named = os.environ.get("LOGTO_SIMULATOR")
    found = named or shutil.which(_PROGRAM, path=sysconfig.get_path("scripts")) or shutil.which(_PROGRAM)
    if found is None:
        raise FileNotFoundError(
            f"there is no {_PROGRAM}: pip install 'logto-management[testing]', or name it in LOGTO_SIMULATOR"
        )
    return found


class Simulator:
    """A Logto of your own for as long as a ``with`` block lasts: the token endpoint and all operations of the Management API, in memory.

    >>> from logto_management.testing import Simulator
    >>> with Simulator(users=3) as logto, logto.api() as api:  # doctest: +SKIP
    ...     assert len(api.users.list().collect()) == 3

    It needs the extra ``testing``. It ends with this process, however that ends.
    """

    base_url: str
    """Where it listens: a free port of this machine."""
    tenant_id: str
    """Its tenant, ``default``."""
    client_id: str
    """An application that may use its Management API."""
    client_secret: str
    """The secret of that application."""
    api_indicator: str
    """The resource indicator of its Management API."""

    def __init__(self, *, users: int = 500, arguments: Sequence[str] = ()) -> None:
        """Say what it is to be; it begins with the ``with`` block, or with :meth:`start`.

        :param users: how many there are, made the same way each time
        :param arguments: further ones of its command line; ``logto-simulator --help`` tells them
        """
        self._arguments = ["--users", str(users), *arguments]
        self._process: subprocess.Popen[str] | None = None
        # It is on this machine.
        self._opener = build_opener(ProxyHandler({}))

    def start(self) -> Self:
        """Start it, unless it runs. :raises FileNotFoundError: where the program is missing."""
        if self._process is None:
            command = [_program(), "--port", "0", "--rate-limit", "off", "--json", "--until-stdin-closes"]
            self._process = subprocess.Popen(  # noqa: S603
                [*command, *self._arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            out = self._process.stdout
            line = "" if out is None else out.readline()
            if not line:
                self.stop()
                raise RuntimeError(f"{_PROGRAM} ended at once; what it said is on standard error")
            said = cast("dict[str, str]", json.loads(line))
            self.base_url = said["baseUrl"]
            self.tenant_id = said["tenantId"]
            self.client_id = said["clientId"]
            self.client_secret = said["clientSecret"]
            self.api_indicator = said["apiIndicator"]
        return self

    def stop(self) -> None:
        """Stop it, if it runs."""
        process, self._process = self._process, None
        if process is not None:
            # It ends with its input; killing it is quicker.
            process.kill()
            process.communicate()

    def __enter__(self) -> Self:
        """Start it."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop it."""
        self.stop()

    def credentials(self, **others: Any) -> dict[str, Any]:
        """Return the keywords of a client for it, and ``others``, which win."""
        return {
            "tenant_id": self.tenant_id,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "base_url": self.base_url,
            "api_indicator": self.api_indicator,
            **others,
        }

    def api(self, **options: Unpack[ClientOptions]) -> ManagementApi:
        """Make a client for it, which is yours to close."""
        from ._client import ManagementApi

        return ManagementApi(**self.credentials(**options))

    def async_api(self, **options: Unpack[ClientOptions]) -> AsyncManagementApi:
        """Make a client for it for asyncio, which is yours to close."""
        from ._async_client import AsyncManagementApi

        return AsyncManagementApi(**self.credentials(**options))

    def environment(self, **others: str) -> dict[str, str]:
        """Return the environment of another process whose ``from_env()`` is a client for it."""
        return {
            **os.environ,
            "LOGTO_ENDPOINT": self.base_url,
            "LOGTO_TENANT_ID": self.tenant_id,
            "LOGTO_CLIENT_ID": self.client_id,
            "LOGTO_CLIENT_SECRET": self.client_secret,
            "LOGTO_API_INDICATOR": self.api_indicator,
            **others,
        }

    def reset(self, **options: Any) -> None:
        """Make a new tenant of it, without faults and without what was asked. ``users`` and its like say how many there are."""
        self.control("POST", "reset", options)

    def faults(self, *rules: Mapping[str, Any]) -> None:
        """Add faults: ``{"match": {"path": "/api/users"}, "times": 2, "action": {"do": "status", "status": 503}}``."""
        self.control("POST", "faults", list(rules))

    def seen(self) -> dict[str, Any]:
        """Return what it was asked: ``tokenRequests``, ``apiRequests``, ``routes``, ``faultsFired`` and more."""
        return cast("dict[str, Any]", self.control("GET", "seen"))

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request of its control interface, which ``GET /__sim`` describes."""
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.base_url}/__sim/{path}", data=data, method=method)  # noqa: S310
        with self._opener.open(request) as answer:
            return json.loads(answer.read() or b"null")

    def __repr__(self) -> str:
        return f"<Simulator {self.base_url}>" if self._process is not None else "<Simulator>"
