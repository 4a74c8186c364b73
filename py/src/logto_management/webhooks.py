"""What the body of a webhook's request says, as dictionaries; ``event`` tells which.

>>> import json
>>> from logto_management.webhooks import WebhookEvent
>>> event: WebhookEvent = json.loads('{"hookId": "h1", "event": "User.Deleted", "createdAt": "2026-01-01T00:00:00.000Z"}')
>>> if event["event"] == "User.Deleted":  # a type checker knows which members there are
...     event.get("path")

Only ``hookId``, ``event`` and ``createdAt`` are always there. A newer Logto may say more, and have more events: let those that you do not know pass.
Whether a body is Logto's tells :func:`logto_management.verify_webhook_signature`.
"""

from __future__ import annotations

from typing import Any, Literal, Optional, TypedDict, Union

__all__ = [
    "DataEvent",
    "ExceptionEvent",
    "InteractionEvent",
    "MembershipEvent",
    "UserEvent",
    "WebhookApplication",
    "WebhookEvent",
    "WebhookUser",
]


class _WebhookUser(TypedDict):
    id: str


class WebhookUser(_WebhookUser, total=False):
    """A user, as events tell of one."""

    username: Optional[str]
    primaryEmail: Optional[str]
    primaryPhone: Optional[str]
    name: Optional[str]
    avatar: Optional[str]
    customData: dict[str, Any]
    identities: dict[str, Any]
    profile: dict[str, Any]
    lastSignInAt: Optional[int]
    """Milliseconds since 1970."""
    createdAt: int
    """Milliseconds since 1970."""
    updatedAt: int
    """Milliseconds since 1970."""
    applicationId: Optional[str]
    isSuspended: bool


class _WebhookApplication(TypedDict):
    id: str


class WebhookApplication(_WebhookApplication, total=False):
    """An application, as events tell of one."""

    type: str
    name: str
    description: Optional[str]


class _Required(TypedDict):
    hookId: str
    """The webhook that sends it."""
    createdAt: str
    """When it happened, as in ISO 8601."""


class _Common(_Required, total=False):
    userAgent: str
    interactionEvent: str
    """Of a user's interaction: ``SignIn``, ``Register`` or ``ForgotPassword``."""
    sessionId: str
    applicationId: str


class _Interaction(TypedDict):
    event: Literal["PostRegister", "PostSignIn", "PostSignInAdaptiveMfaTriggered", "PostResetPassword"]


class InteractionEvent(_Common, _Interaction, total=False):
    """Somebody registered, signed in or reset a password."""

    userIp: str
    userId: str
    user: WebhookUser
    application: WebhookApplication


class _Change(_Common, total=False):
    """The members from ``path`` on are of calls to the Management API."""

    ip: str
    path: str
    method: str
    status: int
    params: dict[str, Any]
    matchedRoute: str


class _User(TypedDict):
    event: Literal["User.Created", "User.Deleted", "User.Data.Updated", "User.SuspensionStatus.Updated"]


class UserEvent(_Change, _User, total=False):
    """A user was made, changed or deleted."""

    data: Optional[WebhookUser]


class _Data(TypedDict):
    event: Literal[
        "Role.Created",
        "Role.Deleted",
        "Role.Data.Updated",
        "Role.Scopes.Updated",
        "Scope.Created",
        "Scope.Deleted",
        "Scope.Data.Updated",
        "Organization.Created",
        "Organization.Deleted",
        "Organization.Data.Updated",
        "OrganizationRole.Created",
        "OrganizationRole.Deleted",
        "OrganizationRole.Data.Updated",
        "OrganizationRole.Scopes.Updated",
        "OrganizationScope.Created",
        "OrganizationScope.Deleted",
        "OrganizationScope.Data.Updated",
    ]


class DataEvent(_Change, _Data, total=False):
    """Something else was made, changed or deleted. ``data`` is what it is now: a dictionary, or a list of scopes; ``None`` where it was deleted."""

    data: Any


class _Membership(TypedDict):
    event: Literal["Organization.Membership.Updated"]


class MembershipEvent(_Change, _Membership, total=False):
    """Who belongs to an organization changed."""

    data: Any
    organizationId: str
    addedUserIds: list[str]
    """At most 5,000; more are left out."""
    removedUserIds: list[str]
    addedApplicationIds: list[str]
    removedApplicationIds: list[str]


class _Exception(TypedDict):
    event: Literal["Identifier.Lockout", "Message.RateLimited", "Grant.LimitExceeded"]


class ExceptionEvent(_Common, _Exception, total=False):
    """Something was refused: too many attempts, messages or grants. What more it says depends on the event."""

    userIp: str
    type: str
    value: str


WebhookEvent = Union[InteractionEvent, UserEvent, DataEvent, MembershipEvent, ExceptionEvent]
"""The body of a webhook's request."""
