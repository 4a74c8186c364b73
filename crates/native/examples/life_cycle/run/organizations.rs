//! Organizations, with their roles and scopes.

use logto_management::{
    Error, Time,
    models::{
        ApplicationIds, AssignOrganizationRolesToApplicationsBody, AssignOrganizationRolesToUsersBody,
        CreateOrganizationBody, CreateOrganizationInvitationBody, CreateOrganizationJitEmailDomainBody,
        CreateOrganizationRoleBody, CreateOrganizationScopeBody, OrganizationInvitationStatus,
        OrganizationRoleIds, OrganizationScopeIds, ReplaceOrganizationInvitationStatusBody,
        ReplaceOrganizationInvitationStatusBodyStatus, RoleType, ScopeIds, UpdateOrganizationBody,
        UpdateOrganizationRoleBody, UpdateOrganizationScopeBody, UserIds,
    },
};

use super::{people::Made, walk::Walk};

/// The ids of a role for users, a role for machines, and a scope.
struct Template {
    role: String,
    machines: String,
    scope: String,
}

async fn template(walk: &mut Walk, made: &Made) -> Result<Template, Error> {
    const ROUTE: &str = "/api/organization-roles/{id}";
    let api = walk.api.clone();
    let (roles, scopes) = (api.organization_roles(), api.organization_scopes());
    let scope = walk.ask(scopes.create(CreateOrganizationScopeBody::new(&walk.name))).await?;
    walk.made("/api/organization-scopes/{id}", "id", &scope.id);
    walk.ask(scopes.get(&scope.id)).await?;
    walk.ask(scopes.list()).await?;
    let changed =
        walk.ask(scopes.update(&scope.id, UpdateOrganizationScopeBody::new().description("Invites"))).await?;
    walk.expect(changed.description.as_deref() == Some("Invites"), "the organization scope is changed");
    let role = walk.ask(roles.create(CreateOrganizationRoleBody::new(&walk.name))).await?;
    walk.made(ROUTE, "id", &role.id);
    walk.ask(roles.get(&role.id)).await?;
    walk.ask(roles.update(&role.id, UpdateOrganizationRoleBody::new().description("Hosts"))).await?;
    walk.ask(roles.create_scope(&role.id, OrganizationScopeIds::new([&scope.id]))).await?;
    let held = walk.ask(roles.list_scopes(&role.id)).await?;
    walk.expect(held.len() == 1, "the organization role has its scope");
    walk.ask(roles.create_resource_scope(&role.id, ScopeIds::new([&made.scope]))).await?;
    let held = walk.ask(roles.list_resource_scopes(&role.id)).await?;
    walk.expect(held.len() == 1, "the organization role has its resource scope");
    let listed = walk.ask(roles.list().q(&walk.name)).await?;
    walk.expect(listed.iter().any(|one| one.id == role.id), "the organization role is listed");
    walk.ask(roles.delete_resource_scope(&role.id, &made.scope)).await?;
    let name = format!("{}_machines", walk.name);
    let body = CreateOrganizationRoleBody::new(name).r#type(RoleType::MachineToMachine);
    let machines = walk.ask(roles.create(body)).await?;
    walk.made(ROUTE, "id", &machines.id);
    Ok(Template { role: role.id, machines: machines.id, scope: scope.id })
}

pub(crate) async fn organizations(
    walk: &mut Walk,
    user: &str,
    application: &str,
    made: &Made,
) -> Result<(), Error> {
    let api = walk.api.clone();
    let organizations = api.organizations();
    let template = template(walk, made).await?;
    let organization = walk.ask(organizations.create(CreateOrganizationBody::new(&walk.name))).await?;
    let id = organization.id.as_str();
    walk.made("/api/organizations/{id}", "id", id);
    walk.ask(organizations.get(id)).await?;
    let body = UpdateOrganizationBody::new().description("For a while");
    let changed = walk.ask(organizations.update(id, body)).await?;
    walk.expect(changed.description.as_deref() == Some("For a while"), "the organization is changed");
    let listed = walk.ask(organizations.list().q(&walk.name).show_featured(true)).await?;
    walk.expect(listed.iter().any(|one| one.id == id), "the organization is listed");
    members(walk, id, user, &template).await?;
    machines(walk, id, application, &template).await?;
    just_in_time(walk, id, &template).await?;
    invitations(walk, id, &template).await?;
    walk.ask(organizations.delete(id)).await?;
    walk.gone(id);
    for role in [&template.role, &template.machines] {
        walk.ask(api.organization_roles().delete(role)).await?;
        walk.gone(role);
    }
    walk.ask(api.organization_scopes().delete(&template.scope)).await?;
    walk.gone(&template.scope);
    Ok(())
}

async fn members(walk: &mut Walk, id: &str, user: &str, template: &Template) -> Result<(), Error> {
    let api = walk.api.clone();
    let organizations = api.organizations();
    walk.ask(organizations.add_users(id, UserIds::new([user]))).await?;
    let body = AssignOrganizationRolesToUsersBody::new([user], [&template.role]);
    walk.ask(organizations.assign_roles_to_users(id, body)).await?;
    let members = walk.ask(organizations.list_users(id)).await?;
    walk.expect(
        members.iter().any(|one| one.id == user && one.organization_roles.len() == 1),
        "the user is a member",
    );
    let mine = walk.ask(api.users().list_organizations(user)).await?;
    walk.expect(mine.iter().any(|one| one.id == id), "the user has the organization");
    let roles = walk.ask(organizations.list_user_roles(id, user)).await?;
    walk.expect(roles.len() == 1, "the member has the role");
    let scopes = walk.ask(organizations.list_user_scopes(id, user)).await?;
    walk.expect(scopes.iter().any(|scope| scope.id == template.scope), "the member has the role's scope");
    walk.ask(organizations.replace_users(id, UserIds::new([user]))).await?;
    walk.ask(organizations.delete_user(id, user)).await?;
    Ok(())
}

async fn machines(walk: &mut Walk, id: &str, application: &str, template: &Template) -> Result<(), Error> {
    let api = walk.api.clone();
    let organizations = api.organizations();
    walk.ask(organizations.add_applications(id, ApplicationIds::new([application]))).await?;
    let body = AssignOrganizationRolesToApplicationsBody::new([application], [&template.machines]);
    walk.ask(organizations.assign_roles_to_applications(id, body)).await?;
    let members = walk.ask(organizations.list_applications(id)).await?;
    walk.expect(members.iter().any(|one| one.id == application), "the application is a member");
    walk.ask(api.applications().list_organizations(application)).await?;
    walk.ask(organizations.list_application_roles(id, application)).await?;
    walk.ask(organizations.delete_application_role(id, application, &template.machines)).await?;
    let roles = OrganizationRoleIds::new([&template.machines]);
    walk.ask(organizations.assign_roles_to_application(id, application, roles)).await?;
    walk.ask(organizations.delete_application(id, application)).await?;
    Ok(())
}

async fn just_in_time(walk: &mut Walk, id: &str, template: &Template) -> Result<(), Error> {
    let api = walk.api.clone();
    let organizations = api.organizations();
    let domain = format!("{}.example.com", walk.name.replace('_', "-"));
    walk.ask(organizations.create_jit_email_domain(id, CreateOrganizationJitEmailDomainBody::new(&domain)))
        .await?;
    let domains = walk.ask(organizations.list_jit_email_domains(id)).await?;
    walk.expect(domains.iter().any(|one| one.email_domain == domain), "the e-mail domain is there");
    walk.ask(organizations.delete_jit_email_domain(id, &domain)).await?;
    walk.ask(organizations.create_jit_role(id, OrganizationRoleIds::new([&template.role]))).await?;
    let roles = walk.ask(organizations.list_jit_roles(id)).await?;
    walk.expect(roles.len() == 1, "the just-in-time role is there");
    walk.ask(organizations.delete_jit_role(id, &template.role)).await?;
    walk.ask(organizations.list_jit_sso_connectors(id)).await?;
    Ok(())
}

/// No message is sent.
async fn invitations(walk: &mut Walk, id: &str, template: &Template) -> Result<(), Error> {
    let api = walk.api.clone();
    let invitations = api.organization_invitations();
    let invitee = format!("{}_guest@example.com", walk.name);
    let tomorrow = Time::from(std::time::SystemTime::now() + std::time::Duration::from_secs(86_400));
    let body = CreateOrganizationInvitationBody::new(invitee, id, tomorrow)
        .organization_role_ids([&template.role])
        .message_payload(false);
    let invitation = walk.ask(invitations.create(body)).await?;
    walk.made("/api/organization-invitations/{id}", "id", &invitation.id);
    walk.expect(invitation.expires_at == tomorrow, "times survive");
    walk.ask(invitations.get(&invitation.id)).await?;
    walk.ask(invitations.list().organization_id(id)).await?;
    let body =
        ReplaceOrganizationInvitationStatusBody::new(ReplaceOrganizationInvitationStatusBodyStatus::Revoked);
    let revoked = walk.ask(invitations.replace_status(&invitation.id, body)).await?;
    walk.expect(revoked.status == OrganizationInvitationStatus::Revoked, "the invitation is revoked");
    walk.ask(invitations.delete(&invitation.id)).await?;
    walk.gone(&invitation.id);
    Ok(())
}
