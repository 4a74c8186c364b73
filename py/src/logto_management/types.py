"""What operations send and answer with: dictionaries as ``TypedDict``, enumerations as ``Literal``.

>>> from logto_management.types import CreateUserBody, User

Keys and values are named as on the wire. A newer server may send more of both than are known here. Each model says which operations it is of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._generated.types import *  # noqa: F403
    from ._generated.types import __all__ as __all__
else:
    from ._generated import types as _models

    __all__ = _models.__all__

    def __getattr__(name: str) -> object:
        return getattr(_models, name)

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
