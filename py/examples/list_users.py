"""Lists users whose name, address or number contains a text: ``python list_users.py ann``. Reads the ``LOGTO_*`` variables."""

from __future__ import annotations

import sys

from logto_management import LogtoError, ManagementApi


def main() -> None:
    """List them."""
    search = f"%{sys.argv[1]}%" if len(sys.argv) > 1 else None
    try:
        with ManagementApi.from_env() as api:
            users = api.users.list(search=search, concurrency=4)
            for user in users:
                print(user["id"], user["username"] or user["primaryEmail"] or user["primaryPhone"])
            print(f"{users.total} users")
    except LogtoError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
