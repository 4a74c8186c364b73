"""The main job: an access token, and every user. ``cargo xtask demo`` runs it; with the ``LOGTO_*`` variables set it runs by itself.

Prints one JSON line.
"""

from __future__ import annotations

import json
import time

from logto_management import ManagementApi


def main() -> None:
    """Do it."""
    started = time.perf_counter()
    ids: list[str] = []
    with ManagementApi.from_env() as api:
        users = api.users.list(concurrency=4)
        ids.extend(user["id"] for user in users)
        total = users.total
    ms = (time.perf_counter() - started) * 1000
    print(json.dumps({"door": "python", "users": len(ids), "total": total, "ids_unique": len(set(ids)), "ms": ms}))


if __name__ == "__main__":
    main()
