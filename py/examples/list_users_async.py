"""The same with asyncio, and with what each user may do: ``python list_users_async.py``. Reads the ``LOGTO_*`` variables."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from logto_management import AsyncManagementApi

if TYPE_CHECKING:
    from logto_management.types import User


async def roles(api: AsyncManagementApi, user: User) -> str:
    """Name the roles of a user."""
    names = [role["name"] async for role in api.users.list_roles(user["id"])]
    return f"{user['id']}: {', '.join(names) or 'no roles'}"


async def main() -> None:
    """List them, a page of users at a time."""
    async with AsyncManagementApi.from_env() as api:
        async for page in api.users.list(page_size=20).pages():
            for line in await asyncio.gather(*(roles(api, user) for user in page)):
                print(line)


if __name__ == "__main__":
    asyncio.run(main())
