"""Keywords of TLS and proxies: as httpx and requests name them, and how the native module wants them."""

from __future__ import annotations

import os

from .errors import config_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

KEYWORDS = ("verify", "cert", "proxy")

# requests knows both, in this order. SSL_CERT_FILE and SSL_CERT_DIR are read with the operating system's trust store.
_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def split(options: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Tell the keywords of the network from the others, and convert them."""
    others = {name: value for name, value in options.items() if name not in KEYWORDS}
    return others, _converted(options.get("verify"), options.get("cert"), options.get("proxy"))


def _converted(verify: Any, cert: Any, proxy: Any) -> dict[str, Any]:
    network: dict[str, Any] = {}
    if verify is False:
        network["dangerAcceptInvalidCerts"] = True
    elif isinstance(verify, (str, os.PathLike)):
        network["caBundle"] = os.fspath(verify)
    elif verify is None or verify is True:
        bundle = next((path for name in _BUNDLES if (path := os.environ.get(name))), None)
        if bundle is not None:
            network["caBundle"] = bundle
    else:
        raise config_error(f"verify must be True, False, or the path of a CA bundle, not {verify!r}")
    if isinstance(cert, (str, os.PathLike)):
        network["clientCert"] = os.fspath(cert)
    elif isinstance(cert, tuple) and len(cert) == 2:  # pyright: ignore[reportUnknownArgumentType]
        certificate, key = cert  # pyright: ignore[reportUnknownVariableType]
        network["clientCert"] = [os.fspath(certificate), os.fspath(key)]  # pyright: ignore[reportUnknownArgumentType]
    elif cert is not None:
        raise config_error("cert must be the path of a certificate with its key, or a tuple of both paths")
    if proxy is not None:
        if proxy is not False and not isinstance(proxy, str):
            raise config_error("proxy must be a url, or False")
        network["proxy"] = proxy
    return network
