"""Calls every GET of the Management API, and lives through the life of what it makes: users, roles, organizations, applications and so on.

It runs against the Logto that the ``LOGTO_*`` variables name, removes what it made, and looks whether each answer is what the types say. What a server has nothing of
(a captcha provider, a custom domain), it tells in its last lines, and that is no failure.
"""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Callable, TypeVar

from conforms import answer_type, differences

from logto_management import APIStatusError, LogtoError, ManagementApi, UserSearch

if TYPE_CHECKING:
    from logto_management import Listing, ResponseEvent

T = TypeVar("T")


class Life:
    """One run: what was called, and what came of it."""

    def __init__(self) -> None:
        self.cleanup = ExitStack()
        self.name = f"life_{time.time_ns():x}"
        self.routes: set[tuple[str, str]] = set()
        self.differences: list[str] = []
        self.refused: list[str] = []
        self.api = ManagementApi.from_env(on_response=self.note)

    def note(self, event: ResponseEvent) -> None:
        """Remember which route was called."""
        self.routes.add((event.method, event.route))

    def look(self, call: Callable[..., T], *arguments: Any, **keywords: Any) -> T:
        """Call an operation, and look at its answer."""
        answer = call(*arguments, **keywords)
        self.differences.extend(differences(answer, answer_type(call), getattr(call, "__qualname__", "answer")))
        return answer

    def items(self, call: Callable[..., Listing[T]], *arguments: Any, **keywords: Any) -> list[T]:
        """Call an operation that lists, look at its items, and return them."""
        found = call(*arguments, **keywords).collect(max=50)
        expected = answer_type(call)
        for item in found:
            self.differences.extend(differences(item, expected, getattr(call, "__qualname__", "item")))
        return found

    def may(self, call: Callable[..., T], *arguments: Any, **keywords: Any) -> T | None:
        """Call an operation that this server may refuse, because it has nothing of the kind."""
        try:
            return self.look(call, *arguments, **keywords)
        except APIStatusError as error:
            if error.status >= 500 and error.status != 501:
                raise
            self.refused.append(f"{error.method} {error.route}: {error.status} {error.code}")
        except LogtoError as error:
            # Redirects to a sign-in page.
            self.refused.append(f"{error.method} {error.route}: {error.name}")
        return None


def public(life: Life) -> None:
    """Call what needs no token."""
    api = life.api
    life.look(api.status.get)
    life.look(api.swagger_json.get)
    life.look(api.well_known.get_account_center)
    life.look(api.well_known.get_experience)
    life.look(api.well_known.get_experience_openapi_json)
    life.look(api.well_known.get_management_openapi_json)
    life.look(api.well_known.get_user_openapi_json)
    life.look(api.well_known.get_sign_in_experience_phrases, lng="en")
    life.look(api.well_known.get_sign_in_experience_config)
    life.may(api.authn.get_hasura_auth, resource="https://default.logto.app/api")


def settings(life: Life) -> None:
    """Read what a tenant is set up with."""
    api = life.api
    life.look(api.account_center.get_settings)
    life.may(api.captcha_provider.get)
    life.may(api.configs.list_actions)
    life.may(api.configs.get_action, "action.postSignIn")
    life.look(api.configs.get_admin_console)
    life.may(api.configs.get_id_token)
    life.look(api.configs.list_jwt_customizers)
    life.may(api.configs.get_jwt_customizer, "access-token")
    life.look(api.configs.get_oidc_session)
    life.look(api.configs.get_oidc_keys, "private-keys")
    for factory in life.look(api.connector_factories.list)[:1]:
        life.look(api.connector_factories.get, factory["id"])
    connectors = life.look(api.connectors.list)
    life.may(api.connectors.get, connectors[0]["id"] if connectors else "none")
    life.look(api.custom_phrases.list)
    life.may(api.custom_phrases.get, "pt-PT")
    life.look(api.dashboard.get_active_user_counts)
    life.look(api.dashboard.get_new_user_counts)
    life.look(api.dashboard.get_total_user_count)
    domains = life.look(api.domains.list)
    domain = domains[0]["id"] if domains else "none"
    life.may(api.domains.get, domain)
    life.may(api.domains.list_verification_files, domain)
    templates = life.look(api.email_templates.list)
    life.may(api.email_templates.get, templates[0]["id"] if templates else "none")
    logs = life.items(api.logs.list)
    life.may(api.logs.get, logs[0]["id"] if logs else "none")
    life.look(api.sign_in_exp.get)
    life.may(api.sign_in_exp.get_username_case_sensitivity_conflicts, limit=5)
    life.look(api.sso_connector_providers.list)
    life.items(api.sso_connectors.list)
    life.may(api.systems.get_application_config)
    life.look(api.user_assets.get_service_status)


def users(life: Life) -> str:
    """Make a user, and all that hangs on one."""
    api = life.api
    user = life.look(api.users.create, username=life.name, name="Ann Example", customData={"plan": "free"})
    user_id = user["id"]
    life.cleanup.callback(api.users.delete, user_id)
    life.look(api.users.get, user_id)
    # Absent keys stay as they are, null removes.
    changed = life.look(api.users.update, user_id, avatar="https://example.com/a.png")
    assert changed["name"] == "Ann Example"
    assert life.look(api.users.update, user_id, avatar=None)["avatar"] is None
    assert life.look(api.users.update_custom_data, user_id, {"customData": {"seats": 3}}) == {
        "plan": "free",
        "seats": 3,
    }
    assert life.look(api.users.list_custom_data, user_id) == {"plan": "free", "seats": 3}
    life.look(api.users.update_profile, user_id, profile={"givenName": "Ann"})
    life.look(api.users.update_password, user_id, password="Pass-w0rd-of-an-example")
    life.look(api.users.verify_password, user_id, password="Pass-w0rd-of-an-example")
    life.look(api.users.get_has_password, user_id)
    life.look(api.users.update_is_suspended, user_id, isSuspended=True)
    life.look(api.users.update_is_suspended, user_id, isSuspended=False)
    found = life.items(api.users.list, search=UserSearch().exact("username", life.name))
    assert [one["id"] for one in found] == [user_id]
    life.look(api.users.create_personal_access_token, user_id, name="token")
    assert len(life.look(api.users.list_personal_access_tokens, user_id)) == 1
    life.look(api.users.update_personal_access_token, user_id, "token", name="renamed")
    life.look(api.users.delete_personal_access_token, user_id, "renamed")
    life.look(api.users.list_all_identities, user_id)
    life.look(api.users.list_grants, user_id)
    life.look(api.users.list_logto_configs, user_id)
    life.look(api.users.list_mfa_verifications, user_id)
    life.look(api.users.list_organizations, user_id)
    life.look(api.users.list_sessions, user_id)
    life.may(api.users.get_session, user_id, "none")
    life.may(api.users.get_identity, user_id, "none")
    life.may(api.users.get_sso_identity, user_id, "none")
    return user_id


def resources(life: Life) -> tuple[str, str]:
    """Make an API resource and its scopes."""
    api = life.api
    resource = life.look(api.resources.create, name=life.name, indicator=f"https://example.com/{life.name}")
    resource_id = resource["id"]
    life.cleanup.callback(api.resources.delete, resource_id)
    life.look(api.resources.get, resource_id)
    life.look(api.resources.update, resource_id, accessTokenTtl=600)
    assert resource_id in {one["id"] for one in api.resources.list()}
    life.items(api.resources.list)
    scope = life.look(api.resources.create_scope, resource_id, name="read:it", description="reads")
    life.look(api.resources.update_scope, resource_id, scope["id"], description="reads it")
    assert [one["id"] for one in life.items(api.resources.list_scopes, resource_id)] == [scope["id"]]
    gone = life.look(api.resources.create_scope, resource_id, name="write:it")
    life.look(api.resources.delete_scope, resource_id, gone["id"])
    return resource_id, scope["id"]


def roles(life: Life, user_id: str, scope_id: str) -> None:
    """Roles of users, with scopes."""
    api = life.api
    role = life.look(api.roles.create, name=life.name, description="of an example")
    role_id = role["id"]
    life.cleanup.callback(api.roles.delete, role_id)
    life.look(api.roles.get, role_id)
    life.look(api.roles.update, role_id, description="changed")
    life.look(api.roles.create_scope, role_id, scopeIds=[scope_id])
    assert [one["id"] for one in life.items(api.roles.list_scopes, role_id)] == [scope_id]
    life.look(api.roles.delete_scope, role_id, scope_id)
    # Success without data: the server answers `Created`.
    assert life.look(api.roles.create_user, role_id, userIds=[user_id]) is None
    assert [one["id"] for one in life.items(api.roles.list_users, role_id)] == [user_id]
    assert role_id in {one["id"] for one in life.items(api.users.list_roles, user_id)}
    life.look(api.roles.delete_user, role_id, user_id)
    life.look(api.users.assign_roles, user_id, roleIds=[role_id])
    life.look(api.users.delete_role, user_id, role_id)
    life.items(api.roles.list, search=f"%{life.name}%")
    life.items(api.roles.list_applications, role_id)


def applications(life: Life, user_id: str) -> str:
    """Applications: a web site's, a third party's, and one of machines with roles."""
    api = life.api
    site = life.look(api.applications.create, name=f"{life.name} site", type="Traditional")
    site_id = site["id"]
    life.cleanup.callback(api.applications.delete, site_id)
    life.look(api.applications.get, site_id)
    redirects = {"redirectUris": ["https://example.com/callback"], "postLogoutRedirectUris": []}
    life.look(api.applications.update, site_id, description="changed", oidcClientMetadata=redirects)
    life.look(api.applications.update_custom_data, site_id, {"a": 1})
    life.look(api.applications.create_secret, site_id, name="second")
    assert "second" in {one["name"] for one in life.look(api.applications.list_secrets, site_id)}
    life.look(api.applications.update_secret, site_id, "second", name="renamed")
    life.look(api.applications.delete_secret, site_id, "renamed")
    life.items(api.applications.list, types=["Traditional"])
    life.may(api.applications.get_access_control, site_id)
    life.may(api.applications.list_protected_app_metadata_custom_domains, site_id)
    third = life.look(api.applications.create, name=f"{life.name} third", type="Traditional", isThirdParty=True)
    life.cleanup.callback(api.applications.delete, third["id"])
    assert life.look(api.applications.create_user_consent_scope, third["id"], userScopes=["profile"]) is None
    life.look(api.applications.list_user_consent_scopes, third["id"])
    life.look(api.applications.delete_user_consent_scope, third["id"], "user-scopes", "profile")
    life.may(api.applications.get_sign_in_experience, third["id"])
    life.items(api.applications.list_user_consent_organizations, third["id"], user_id)
    machine = life.look(api.applications.create, name=f"{life.name} machine", type="MachineToMachine")
    machine_id = machine["id"]
    life.cleanup.callback(api.applications.delete, machine_id)
    role = life.look(api.roles.create, name=f"{life.name} m2m", description="of machines", type="MachineToMachine")
    life.cleanup.callback(api.roles.delete, role["id"])
    assert life.look(api.roles.create_application, role["id"], applicationIds=[machine_id]) is None
    assert [one["id"] for one in life.items(api.applications.list_roles, machine_id)] == [role["id"]]
    life.items(api.roles.list_applications, role["id"])
    life.look(api.roles.delete_application, role["id"], machine_id)
    life.look(api.applications.assign_roles, machine_id, roleIds=[role["id"]])
    assert life.look(api.applications.replace_roles, machine_id, roleIds=[]) is None
    return machine_id


def organizations(life: Life, user_id: str, machine_id: str, scope_id: str) -> None:
    """Organizations, with the roles and scopes that they share."""
    api = life.api
    scope = life.look(api.organization_scopes.create, name=f"{life.name}:read")
    life.cleanup.callback(api.organization_scopes.delete, scope["id"])
    life.look(api.organization_scopes.get, scope["id"])
    life.look(api.organization_scopes.update, scope["id"], description="changed")
    life.items(api.organization_scopes.list)
    role = life.look(api.organization_roles.create, name=life.name, description="of an example")
    role_id = role["id"]
    life.cleanup.callback(api.organization_roles.delete, role_id)
    life.look(api.organization_roles.get, role_id)
    life.look(api.organization_roles.update, role_id, description="changed")
    life.items(api.organization_roles.list)
    assert life.look(api.organization_roles.create_scope, role_id, organizationScopeIds=[scope["id"]]) is None
    assert [one["id"] for one in life.items(api.organization_roles.list_scopes, role_id)] == [scope["id"]]
    assert life.look(api.organization_roles.create_resource_scope, role_id, scopeIds=[scope_id]) is None
    assert [one["id"] for one in life.items(api.organization_roles.list_resource_scopes, role_id)] == [scope_id]
    organization = life.look(api.organizations.create, name=life.name, customData={"a": 1})
    org_id = organization["id"]
    life.cleanup.callback(api.organizations.delete, org_id)
    life.look(api.organizations.get, org_id)
    life.look(api.organizations.update, org_id, description="changed")
    life.items(api.organizations.list, q=life.name)
    life.look(api.organizations.add_users, org_id, userIds=[user_id])
    assert [one["id"] for one in life.items(api.organizations.list_users, org_id)] == [user_id]
    life.look(api.organizations.assign_roles_to_user, org_id, user_id, organizationRoleIds=[role_id])
    assert [one["id"] for one in life.items(api.organizations.list_user_roles, org_id, user_id)] == [role_id]
    life.look(api.organizations.list_user_scopes, org_id, user_id)
    life.look(api.users.list_organizations, user_id)
    life.look(api.organizations.delete_user_role, org_id, user_id, role_id)
    assert life.look(api.organizations.add_applications, org_id, applicationIds=[machine_id]) is None
    life.items(api.organizations.list_applications, org_id)
    life.items(api.applications.list_organizations, machine_id)
    members = {"applicationIds": [machine_id], "organizationRoleIds": [role_id]}
    life.may(api.organizations.assign_roles_to_applications, org_id, members)
    life.items(api.organizations.list_application_roles, org_id, machine_id)
    life.look(api.organizations.create_jit_email_domain, org_id, emailDomain="example.com")
    life.items(api.organizations.list_jit_email_domains, org_id)
    life.look(api.organizations.delete_jit_email_domain, org_id, "example.com")
    assert life.look(api.organizations.create_jit_role, org_id, organizationRoleIds=[role_id]) is None
    life.items(api.organizations.list_jit_roles, org_id)
    life.items(api.organizations.list_jit_sso_connectors, org_id)
    soon = int((time.time() + 3600) * 1000)
    invitation = life.look(
        api.organization_invitations.create,
        invitee=f"{life.name}@example.com", organizationId=org_id, expiresAt=soon, messagePayload=False,
    )  # fmt: skip
    life.look(api.organization_invitations.get, invitation["id"])
    life.look(api.organization_invitations.list, organizationId=org_id)
    life.look(api.organization_invitations.replace_status, invitation["id"], status="Revoked")
    life.look(api.organization_invitations.delete, invitation["id"])


def hooks(life: Life) -> None:
    """Webhooks."""
    api = life.api
    target = {"url": "https://example.com/hook"}
    hook = life.look(api.hooks.create, name=life.name, events=["User.Created"], config=target)
    life.cleanup.callback(api.hooks.delete, hook["id"])
    life.look(api.hooks.get, hook["id"])
    life.look(api.hooks.update, hook["id"], enabled=False)
    key = life.look(api.hooks.update_signing_key, hook["id"])
    assert key["signingKey"] != hook["signingKey"]
    life.items(api.hooks.list)
    life.items(api.hooks.list_recent_logs, hook["id"])


def one_time_tokens(life: Life) -> None:
    """One-time tokens: used up, revoked, deleted."""
    api = life.api
    address = f"{life.name}@example.com"
    token = life.look(api.one_time_tokens.add, email=address, expiresIn=600)
    life.look(api.one_time_tokens.get, token["id"])
    life.look(api.one_time_tokens.verify, token=token["token"], email=address)
    life.items(api.one_time_tokens.list, email=address)
    second = life.look(api.one_time_tokens.add, email=address)
    life.look(api.one_time_tokens.replace_status, second["id"], status="revoked")
    for one in (token, second):
        life.look(api.one_time_tokens.delete, one["id"])


def saml_applications(life: Life) -> None:
    """SAML applications, with their certificates."""
    api = life.api
    application = life.may(api.saml_applications.create, name=life.name)
    app_id = application["id"] if application else "none"
    if application:
        life.cleanup.callback(api.saml_applications.delete, app_id)
        life.look(api.saml_applications.update, app_id, description="changed")
        secret = life.look(api.saml_applications.create_secret, app_id, lifeSpanInYears=1)
        life.look(api.saml_applications.update_secret, app_id, secret["id"], active=True)
    life.may(api.saml_applications.get, app_id)
    life.may(api.saml_applications.list_secrets, app_id)
    metadata = life.may(api.saml_applications.list_metadata, app_id)
    assert metadata is None or "EntityDescriptor" in metadata
    life.may(api.saml_applications.get_callback, app_id)
    life.may(api.saml.get_authn, app_id, SAMLRequest="none")


def custom_profile_fields(life: Life) -> None:
    """Fields that people fill in when they sign up."""
    api = life.api
    name = life.name
    life.look(api.custom_profile_fields.create, {"name": name, "type": "Text", "label": "Nickname", "required": False})
    life.cleanup.callback(api.custom_profile_fields.delete_by_name, name)
    life.look(api.custom_profile_fields.get_by_name, name)
    life.look(api.custom_profile_fields.update_by_name, name, {"type": "Text", "label": "Nick", "required": True})
    assert name in {one["name"] for one in life.look(api.custom_profile_fields.list)}


def sso_connectors(life: Life) -> None:
    """Single sign-on at other companies."""
    api = life.api
    connector = life.may(api.sso_connectors.create, providerName="OIDC", connectorName=life.name)
    if connector:
        life.cleanup.callback(api.sso_connectors.delete, connector["id"])
    life.may(api.sso_connectors.get, connector["id"] if connector else "none")


def main() -> int:
    """Live, and tell of it."""
    life = Life()
    with life.api, life.cleanup:
        public(life)
        settings(life)
        user_id = users(life)
        _, scope_id = resources(life)
        roles(life, user_id, scope_id)
        machine_id = applications(life, user_id)
        organizations(life, user_id, machine_id, scope_id)
        hooks(life)
        one_time_tokens(life)
        saml_applications(life)
        custom_profile_fields(life)
        sso_connectors(life)
    gets = sum(method == "GET" for method, _ in life.routes)
    print(f"{len(life.routes) - 1} operations called, {gets} of them GET")
    for line in life.refused:
        print(f"refused: {line}")
    for line in life.differences:
        print(f"not as typed: {line}")
    return 1 if life.differences else 0


if __name__ == "__main__":
    sys.exit(main())
