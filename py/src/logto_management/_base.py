"""What the blocking and the asynchronous client have in common: how they are made, and what their calls set for themselves."""

from __future__ import annotations

import os

from . import _call, _convert, _network
from ._native import Failure, entry
from ._native import open as _open
from .errors import from_failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, ClassVar

    from typing_extensions import Self, Unpack

    from ._native import TestingClock
    from ._options import ClientOptions, RequestOptions
    from ._store import AsyncTokenStore, TokenStore

_VARIABLES = ("LOGTO_ENDPOINT", "LOGTO_TENANT_ID", "LOGTO_CLIENT_ID", "LOGTO_CLIENT_SECRET", "LOGTO_API_INDICATOR")


class Base:
    """How a client is made. Making one does no I/O."""

    _asynchronous: ClassVar[bool]
    _defaults: dict[str, Any] | None = None

    @entry
    def __init__(
        self,
        tenant_id: str,
        *,
        client_id: str,
        client_secret: str,
        base_url: str | None = None,
        api_indicator: str | None = None,
        token_store: TokenStore | AsyncTokenStore | str | None = None,
        clock: TestingClock | None = None,
        **options: Unpack[ClientOptions],
    ) -> None:
        """Make a client of the machine-to-machine application ``client_id``.

        :param tenant_id: of Logto Cloud. A self-hosted Logto's is ``default``
        :param base_url: where Logto is, unless at ``https://<tenant_id>.logto.app``: a self-hosted Logto, or a custom domain
        :param api_indicator: the Management API's resource indicator, unless ``https://<tenant_id>.logto.app/api``
        :param token_store: shares access tokens with other processes: ``redis://…`` or ``rediss://…``, which shares the rate limit as well, or an object with ``get(key)`` and
            ``put(key, value, ttl)``. Tokens lie there sealed under the client secret. A store that fails, or takes longer than ``token_store_timeout``, costs that wait
        :param clock: for tests, see :mod:`logto_management.testing`
        :param options: see :class:`ClientOptions`
        :raises ConfigError: saying what is wrong and what would be right
        """
        self._begin(
            options,
            tenant_id=tenant_id,
            client_id=client_id,
            client_secret=client_secret,
            base_url=base_url,
            api_indicator=api_indicator,
            token_store=token_store,
            clock=clock,
        )

    @classmethod
    @entry
    def cloud(
        cls,
        tenant_id: str,
        *,
        client_id: str,
        client_secret: str,
        base_url: str | None = None,
        token_store: TokenStore | AsyncTokenStore | str | None = None,
        clock: TestingClock | None = None,
        **options: Unpack[ClientOptions],
    ) -> Self:
        """Make a client of a Logto Cloud tenant; with ``base_url`` where it has a custom domain."""
        return cls(
            tenant_id,
            client_id=client_id,
            client_secret=client_secret,
            base_url=base_url,
            token_store=token_store,
            clock=clock,
            **options,
        )

    @classmethod
    @entry
    def self_hosted(
        cls,
        base_url: str,
        *,
        client_id: str,
        client_secret: str,
        api_indicator: str | None = None,
        token_store: TokenStore | AsyncTokenStore | str | None = None,
        clock: TestingClock | None = None,
        **options: Unpack[ClientOptions],
    ) -> Self:
        """Make a client of a Logto of your own. Its resource indicator is ``https://default.logto.app/api``, whatever its address."""
        return cls(
            "default",
            client_id=client_id,
            client_secret=client_secret,
            base_url=base_url,
            api_indicator=api_indicator,
            token_store=token_store,
            clock=clock,
            **options,
        )

    @classmethod
    @entry
    def from_env(
        cls,
        env: Mapping[str, str] | None = None,
        *,
        token_store: TokenStore | AsyncTokenStore | str | None = None,
        clock: TestingClock | None = None,
        **options: Unpack[ClientOptions],
    ) -> Self:
        """Make a client from the environment.

        ``LOGTO_CLIENT_ID``, ``LOGTO_CLIENT_SECRET``; ``LOGTO_TENANT_ID`` (Cloud) or ``LOGTO_ENDPOINT`` (self-hosted) or both; and
        ``LOGTO_API_INDICATOR`` where it is not the usual one. Empty ones count as not set.

        :param env: instead of :data:`os.environ`
        :raises ConfigError: naming the variables that are missing
        """
        env = os.environ if env is None else env
        self = cls.__new__(cls)
        self._begin(
            options, vars={name: env[name] for name in _VARIABLES if name in env}, token_store=token_store, clock=clock
        )
        return self

    def _begin(
        self,
        options: Mapping[str, Any],
        *,
        tenant_id: str | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
        base_url: str | None = None,
        api_indicator: str | None = None,
        vars: dict[str, str] | None = None,  # noqa: A002
        token_store: TokenStore | AsyncTokenStore | str | None = None,
        clock: TestingClock | None = None,
    ) -> None:
        given, network = _network.split(options)
        transport = given.pop("transport", None)
        if transport is not None:
            from ._transport import runner

            transport = runner(transport, options, self._asynchronous)
        hooks = _convert.hooks(given)
        engine = _open(
            tenant_id=tenant_id,
            base_url=base_url,
            api_indicator=api_indicator,
            client_id=client_id,
            client_secret=client_secret,
            vars=vars,
            options=_convert.convert(_convert.CLIENT, given),
            network=network,
            asynchronous=self._asynchronous,
            clock=clock,
            hooks=hooks,
            store=_asker(token_store, self._asynchronous),
            transport=transport,
        )
        if isinstance(engine, Failure):
            raise from_failure(engine)
        self._engine = engine

    @entry
    def with_options(self, **options: Unpack[RequestOptions]) -> Self:
        """Return a view of this client whose calls have these options, unless they set them themselves. Headers are added to those there are.

        It costs next to nothing, and shares the token, the connections and the rate limit: closing one closes both.

        >>> patient = api.with_options(timeout=120, retries=5, headers={"accept-language": "de"})  # doctest: +SKIP
        """
        # An unknown or wrong one is said now, not at the first call.
        _convert.convert(_convert.CALL, {name: value for name, value in options.items() if name != "headers"})
        view = type(self).__new__(type(self))
        view.__dict__.update(self.__dict__)
        view._defaults = _call.merged(self._defaults, options)
        return view

    @property
    def base_url(self) -> str:
        """Where requests go, without a trailing slash."""
        return self._engine.base_url

    @property
    def api_indicator(self) -> str:
        """The resource indicator that tokens are asked for."""
        return self._engine.api_indicator

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.base_url}>"


def _asker(store: Any, asynchronous: bool) -> Any:
    """Return what the native module takes for a store; most clients have none, and need none of what asks one."""
    if store is None or isinstance(store, str):
        return store
    from ._store import asker

    return asker(store, asynchronous)
