//! The whole walk.

mod applications;
mod organizations;
mod people;
mod tenant;
mod walk;

use logto_management::{Error, ManagementApi};

pub(crate) use walk::Report;
use walk::Walk;

/// Calls everything, and removes what was made.
pub(crate) async fn life_cycle(api: &ManagementApi) -> Report {
    let mut walk = Walk::new(api);
    if let Err(error) = everything(&mut walk).await {
        walk.fail(&error);
    }
    walk.finish().await
}

async fn everything(walk: &mut Walk) -> Result<(), Error> {
    tenant::settings(walk).await?;
    tenant::content(walk).await?;
    let resource = people::resources(walk).await?;
    let user = people::users(walk).await?;
    people::roles(walk, &user, &resource).await?;
    let application = applications::applications(walk, &user).await?;
    organizations::organizations(walk, &user, &application, &resource).await?;
    applications::saml_applications(walk).await?;
    applications::hooks_and_logs(walk).await?;
    tenant::one_time_tokens(walk).await?;
    tenant::profile_fields(walk).await?;
    people::farewell(walk, &user, &resource).await?;
    applications::farewell(walk, &application).await
}
