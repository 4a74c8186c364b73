//! Users, and what they are given: roles, resources, scopes.

use logto_management::{
    Error, Search,
    models::{
        CreateResourceBody, CreateResourceScopeBody, CreateRoleBody, CreateUserBody,
        CreateUserMfaVerificationBody, CreateUserMfaVerificationBodyTotp, Identity, NameAndExpiry, NameOnly,
        PasswordOnly, RoleIds, ScopeIds, UpdateResourceBody, UpdateResourceScopeBody, UpdateRoleBody,
        UpdateUserBody, UpdateUserCustomDataBody, UpdateUserIsSuspendedBody, UpdateUserProfileBody, UserIds,
        UserProfile, UserSearchField,
    },
};
use serde_json::{Map, json};

use super::walk::Walk;

/// A resource and its scope.
pub(crate) struct Made {
    pub(crate) resource: String,
    pub(crate) scope: String,
}

pub(crate) async fn resources(walk: &mut Walk) -> Result<Made, Error> {
    let api = walk.api.clone();
    let resources = api.resources();
    let indicator = format!("https://{}.example.com/api", walk.name.replace('_', "-"));
    let resource = walk.ask(resources.create(CreateResourceBody::new(&walk.name, &indicator))).await?;
    walk.made("/api/resources/{id}", "id", &resource.id);
    walk.ask(resources.get(&resource.id)).await?;
    let changed =
        walk.ask(resources.update(&resource.id, UpdateResourceBody::new().access_token_ttl(600))).await?;
    walk.expect(changed.access_token_ttl == 600, "the resource is changed");
    let listed = walk.ask(resources.list().include_scopes(true)).await?;
    walk.expect(listed.iter().any(|one| one.id == resource.id), "the resource is listed");
    let body = CreateResourceScopeBody::new("read:all").description("Reads");
    let scope = walk.ask(resources.create_scope(&resource.id, body)).await?;
    let body = UpdateResourceScopeBody::new().description("Reads everything");
    walk.ask(resources.update_scope(&resource.id, &scope.id, body)).await?;
    let listed = walk.ask(resources.list_scopes(&resource.id).search("%read%")).await?;
    walk.expect(listed.iter().any(|one| one.id == scope.id), "the scope is found");
    Ok(Made { resource: resource.id, scope: scope.id })
}

pub(crate) async fn users(walk: &mut Walk) -> Result<String, Error> {
    let api = walk.api.clone();
    let users = api.users();
    let body = CreateUserBody::new()
        .username(&walk.name)
        .primary_email(format!("{}@example.com", walk.name))
        .password("Hardly-guessed-0815")
        .custom_data([("plan", json!("pro"))]);
    let user = walk.ask(users.create(body)).await?;
    let id = user.id.clone();
    walk.made("/api/users/{userId}", "userId", &id);
    walk.ask(users.get(&id)).await?;
    walk.ask(users.list().page_size(20)).await?;
    let search = Search::new()
        .exact(UserSearchField::Username, &walk.name)
        .like(UserSearchField::PrimaryEmail, "%@example.com")
        .all();
    let found = walk.ask(users.list().search(search)).await?;
    walk.expect(found.len() == 1, "the user alone is found");
    let several = Search::new().one_of(UserSearchField::Id, [id.as_str(), "nosuchuser"]);
    let found = walk.ask(users.list().search(several).include_password_hash(true)).await?;
    walk.expect(found.len() == 1, "the user is found among several ids");
    let changed = walk.ask(users.update(&id, UpdateUserBody::new().name("Ann").avatar(None))).await?;
    walk.expect(
        changed.name.as_deref() == Some("Ann") && changed.username == user.username,
        "the user is changed",
    );
    let data: Map<_, _> = [("seats".to_owned(), json!(5))].into_iter().collect();
    let merged = walk.ask(users.update_custom_data(&id, UpdateUserCustomDataBody::new(data))).await?;
    walk.expect(merged.len() == 2, "custom data is merged");
    walk.ask(users.list_custom_data(&id)).await?;
    let profile = UserProfile::new().family_name("Lee");
    walk.ask(users.update_profile(&id, UpdateUserProfileBody::new(profile))).await?;
    walk.ask(users.update_password(&id, PasswordOnly::new("Hardly-guessed-4711"))).await?;
    walk.ask(users.verify_password(&id, PasswordOnly::new("Hardly-guessed-4711"))).await?;
    walk.ask(users.get_has_password(&id)).await?;
    walk.ask(users.update_is_suspended(&id, UpdateUserIsSuspendedBody::new(true))).await?;
    let back = walk.ask(users.update_is_suspended(&id, UpdateUserIsSuspendedBody::new(false))).await?;
    walk.expect(!back.is_suspended, "the user is suspended no longer");
    identities_and_tokens(walk, &id).await?;
    Ok(id)
}

async fn identities_and_tokens(walk: &mut Walk, id: &str) -> Result<(), Error> {
    let api = walk.api.clone();
    let users = api.users();
    walk.ask(users.list_logto_configs(id)).await?;
    walk.ask(users.list_organizations(id)).await?;
    let target = "life_cycle";
    let identity = Identity::new(format!("{target}_{id}")).details([("name", json!("Ann"))]);
    walk.ask(users.replace_identity(id, target, identity)).await?;
    walk.ask(users.get_identity(id, target)).await?;
    walk.ask(users.list_all_identities(id)).await?;
    walk.ask(users.delete_identity(id, target)).await?;
    walk.try_to(users.get_sso_identity(id, "nosuchconnector")).await?;
    let totp = CreateUserMfaVerificationBody::from(CreateUserMfaVerificationBodyTotp::new());
    walk.try_to(users.create_mfa_verification(id, totp)).await?;
    for factor in walk.ask(users.list_mfa_verifications(id)).await? {
        walk.ask(users.delete_mfa_verification(id, factor.id)).await?;
    }
    walk.ask(users.create_personal_access_token(id, NameAndExpiry::new("one"))).await?;
    walk.ask(users.update_personal_access_token(id, "one", NameOnly::new("two"))).await?;
    let tokens = walk.ask(users.list_personal_access_tokens(id)).await?;
    walk.expect(tokens.len() == 1, "the personal access token is listed");
    walk.ask(users.delete_personal_access_token(id, "two")).await?;
    walk.ask(users.list_grants(id)).await?;
    walk.ask(users.list_sessions(id)).await?;
    walk.try_to(users.get_session(id, "nosuchsession")).await?;
    Ok(())
}

pub(crate) async fn roles(walk: &mut Walk, user: &str, made: &Made) -> Result<(), Error> {
    let api = walk.api.clone();
    let (roles, users) = (api.roles(), api.users());
    let role = walk.ask(roles.create(CreateRoleBody::new(&walk.name, "For a while"))).await?;
    walk.made("/api/roles/{id}", "id", &role.id);
    walk.ask(roles.get(&role.id)).await?;
    let changed =
        walk.ask(roles.update(&role.id, UpdateRoleBody::new().description("For a little while"))).await?;
    walk.expect(changed.description == "For a little while", "the role is changed");
    let found = walk.ask(roles.list().search(format!("%{}%", walk.name))).await?;
    walk.expect(found.len() == 1, "the role is found");
    walk.ask(roles.create_scope(&role.id, ScopeIds::new([&made.scope]))).await?;
    let scopes = walk.ask(roles.list_scopes(&role.id)).await?;
    walk.expect(scopes.len() == 1, "the role has its scope");
    walk.ask(roles.delete_scope(&role.id, &made.scope)).await?;
    walk.ask(roles.create_user(&role.id, UserIds::new([user]))).await?;
    let holders = walk.ask(roles.list_users(&role.id)).await?;
    walk.expect(holders.iter().any(|one| one.id == user), "the role has its user");
    walk.ask(roles.delete_user(&role.id, user)).await?;
    walk.ask(roles.list_applications(&role.id)).await?;
    let without = walk.ask(users.list().exclude_role_id(&role.id).search(walk.name.clone())).await?;
    walk.expect(without.len() == 1, "the user without the role is found");
    walk.ask(users.assign_roles(user, RoleIds::new([&role.id]))).await?;
    let held = walk.ask(users.list_roles(user)).await?;
    walk.expect(held.iter().any(|one| one.id == role.id), "the user has the role");
    walk.ask(users.delete_role(user, &role.id)).await?;
    walk.ask(users.replace_roles(user, RoleIds::new([&role.id]))).await?;
    walk.ask(roles.delete(&role.id)).await?;
    walk.gone(&role.id);
    Ok(())
}

pub(crate) async fn farewell(walk: &mut Walk, user: &str, made: &Made) -> Result<(), Error> {
    let api = walk.api.clone();
    walk.ask(api.resources().delete_scope(&made.resource, &made.scope)).await?;
    walk.ask(api.resources().delete(&made.resource)).await?;
    walk.gone(&made.resource);
    walk.ask(api.users().delete(user)).await?;
    walk.gone(user);
    let gone = api.users().get(user).send().await;
    walk.expect(gone.is_err_and(|error| error.is_not_found()), "the user is gone");
    Ok(())
}
