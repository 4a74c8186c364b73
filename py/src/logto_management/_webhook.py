"""Whether a webhook's request comes from Logto."""

from __future__ import annotations

from . import _native


def verify_webhook_signature(
    signing_key: str | None, body: str | bytes | bytearray | memoryview | None, signature: str | bytes | None
) -> bool:
    """Return whether Logto signed this body: HMAC-SHA256 under the webhook's signing key, compared in constant time.

    >>> body = b'{"hookId":"h1","event":"User.Created"}'
    >>> header = "483db5670ae6492da765b5ed70e73ca8bf2303b2cadfa1dd6c0da63bba0b7dac"
    >>> verify_webhook_signature("a-signing-key", body, header)
    True
    >>> verify_webhook_signature("another key", body, header)
    False

    Whatever is wrong is ``False``: no signature, one of another length or that is no hexadecimal, another key, an empty body or key (Logto sends neither, and a key
    that nobody configured must not let everybody in). It never raises.

    :param signing_key: the webhook's key, as the Console shows it
    :param body: what arrived, byte for byte, and not what a parser made of it
    :param signature: the header ``logto-signature-sha-256``
    """
    try:
        # Not bytes(body), which makes zeros of a number.
        data = body.encode() if isinstance(body, str) else bytes(memoryview(body))  # type: ignore[arg-type]
        text = signature.decode("ascii") if isinstance(signature, bytes) else signature
        return _native.verify_webhook_signature(signing_key, data, text)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        # What nobody could have signed: nothing, no text, or text that has no bytes.
        return False
