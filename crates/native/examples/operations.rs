//! Typed operations: the life of a user, a role and an organisation, on the Logto that the `LOGTO_*` variables name. It removes what it made.
//!
//! `cargo run -p logto-management --example operations`
#![allow(clippy::print_stdout)]

use std::error::Error;

use logto_management::{
    ManagementApi, Search,
    models::{
        CreateOrganizationBody, CreateRoleBody, CreateUserBody, UpdateUserBody, UserIds, UserSearchField,
    },
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let api = ManagementApi::from_env()?.build()?;
    let name = format!("example_{:x}", std::process::id());

    let user = CreateUserBody::new().username(&name).name("Ann Example").custom_data([("plan", "pro")]);
    let user = api.users().create(user).send().await?;
    println!("user {} made at {}", user.id, user.created_at);

    // Absent keys stay as they are, null removes.
    let user =
        api.users().update(&user.id, UpdateUserBody::new().avatar(None).primary_email(None)).send().await?;
    println!("its name is still {:?}", user.name);

    let search = Search::new().exact(UserSearchField::Username, &name);
    let found = api.users().list().search(search).send_raw().await?;
    println!("found {} (request {})", found.value.len(), found.request_id().unwrap_or("without an id"));

    let role = api.roles().create(CreateRoleBody::new(&name, "For an example")).send().await?;
    // Success without data: the server answers `Created`.
    api.roles().create_user(&role.id, UserIds::new([&user.id])).send().await?;
    let roles = api.users().list_roles(&user.id).items().collect().await?;
    println!("its roles: {:?}", roles.iter().map(|role| &role.name).collect::<Vec<_>>());

    let organization = api.organizations().create(CreateOrganizationBody::new(&name)).send().await?;
    api.organizations().add_users(&organization.id, UserIds::new([&user.id])).send().await?;
    let mut pages = api.organizations().list_users(&organization.id).page_size(50).pages();
    while let Some(page) = pages.next_page().await? {
        println!("page {} of the members: {}", page.number(), page.items.len());
    }

    api.organizations().delete(&organization.id).send().await?;
    api.roles().delete(&role.id).send().await?;
    api.users().delete(&user.id).send().await?;
    let gone = api.users().get(&user.id).send().await;
    println!("gone: {}", gone.is_err_and(|error| error.is_not_found()));
    Ok(())
}
