"""The same with asyncio, and with what each user may do: ``python list_users_async.py``. Reads the ``LOGTO_*`` variables."""

from __future__ import annotations

import asyncio
from typing import Any

from logto_management import AsyncManagementApi


async def roles(api: AsyncManagementApi, user: dict[str, Any]) -> str:
    """Name the roles of a user."""
    names = [role["name"] async for role in api.paginate("/api/users/{userId}/roles", path={"userId": user["id"]})]
    return f"{user['id']}: {', '.join(names) or 'no roles'}"


async def main() -> None:
    """List them, a page of users at a time."""
    async with AsyncManagementApi.from_env() as api:
        async for page in api.paginate("/api/users", page_size=20).pages():
            for line in await asyncio.gather(*(roles(api, user) for user in page)):
                print(line)


if __name__ == "__main__":
    asyncio.run(main())
