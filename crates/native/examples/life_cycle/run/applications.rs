//! Applications, of OpenID Connect and of SAML; hooks and logs.

use logto_management::{
    Error, ErrorCode,
    models::{
        ApplicationType, CreateApplicationBody, CreateHookBody, CreateSamlApplicationBody,
        CreateSamlApplicationSecretBody, HookConfig, HookEvent, NameAndExpiry, NameOnly,
        ReplaceApplicationSignInExperienceBody, SamlAcsUrl, SamlAcsUrlBinding, UpdateApplicationBody,
        UpdateHookBody, UpdateSamlApplicationBody,
    },
};
use serde_json::{Map, json};

use super::walk::Walk;

const ROUTE: &str = "/api/applications/{id}";

/// Makes one that stays for the organizations to use.
pub(crate) async fn applications(walk: &mut Walk, user: &str) -> Result<String, Error> {
    let api = walk.api.clone();
    let applications = api.applications();
    let body = CreateApplicationBody::new(&walk.name, ApplicationType::MachineToMachine);
    let worker = walk.ask(applications.create(body)).await?;
    walk.made(ROUTE, "id", &worker.id);
    let secret = NameAndExpiry::new("second").expires_at(None);
    walk.ask(applications.create_secret(&worker.id, secret)).await?;
    walk.ask(applications.update_secret(&worker.id, "second", NameOnly::new("2nd"))).await?;
    let secrets = walk.ask(applications.list_secrets(&worker.id)).await?;
    walk.expect(secrets.iter().any(|one| one.name == "2nd"), "the secret is listed");
    walk.ask(applications.delete_secret(&worker.id, "2nd")).await?;
    walk.ask(applications.list_roles(&worker.id)).await?;
    web(walk, user).await?;
    Ok(worker.id)
}

/// One of another party, which users are asked for consent to.
async fn web(walk: &mut Walk, user: &str) -> Result<(), Error> {
    let api = walk.api.clone();
    let applications = api.applications();
    let name = format!("{}_web", walk.name);
    let body = CreateApplicationBody::new(&name, ApplicationType::Traditional).is_third_party(true);
    let web = walk.ask(applications.create(body)).await?;
    let id = web.id.as_str();
    walk.made(ROUTE, "id", id);
    walk.ask(applications.get(id)).await?;
    let changed =
        walk.ask(applications.update(id, UpdateApplicationBody::new().description("For a while"))).await?;
    walk.expect(changed.description.as_deref() == Some("For a while"), "the application is changed");
    let data: Map<_, _> = [("plan".to_owned(), json!("pro"))].into_iter().collect();
    walk.ask(applications.update_custom_data(id, data)).await?;
    let found =
        walk.ask(applications.list().types([ApplicationType::Traditional]).is_third_party(true)).await?;
    walk.expect(found.iter().any(|one| one.id == id), "the application is listed");
    walk.try_to(applications.get_access_control(id)).await?;
    let body = ReplaceApplicationSignInExperienceBody::new(None, None).display_name("Life cycle");
    walk.try_to(applications.replace_sign_in_experience(id, body)).await?;
    walk.try_to(applications.get_sign_in_experience(id)).await?;
    walk.ask(applications.list_user_consent_scopes(id)).await?;
    walk.ask(applications.list_user_consent_organizations(id, user)).await?;
    walk.try_to(applications.list_protected_app_metadata_custom_domains(id)).await?;
    walk.ask(applications.list_organizations(id)).await?;
    walk.ask(applications.delete(id)).await?;
    walk.gone(id);
    Ok(())
}

pub(crate) async fn farewell(walk: &mut Walk, application: &str) -> Result<(), Error> {
    let api = walk.api.clone();
    walk.ask(api.applications().delete(application)).await?;
    walk.gone(application);
    Ok(())
}

pub(crate) async fn saml_applications(walk: &mut Walk) -> Result<(), Error> {
    let api = walk.api.clone();
    let applications = api.saml_applications();
    let made = walk.ask(applications.create(CreateSamlApplicationBody::new(&walk.name))).await;
    let application = match made {
        Ok(application) => application,
        // A server of one's own may have three.
        Err(error) if ErrorCode::of(&error) == Some(ErrorCode::ApplicationSamlReachOssLimit) => {
            walk.expect(false, "there is no room for a SAML application");
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    let id = application.id.as_str();
    walk.made("/api/saml-applications/{id}", "id", id);
    walk.ask(applications.get(id)).await?;
    let address = SamlAcsUrl::new(SamlAcsUrlBinding::HttpPost, "https://sp.example.com/acs");
    let entity = format!("urn:{}", walk.name.replace('_', "-"));
    let body = UpdateSamlApplicationBody::new().entity_id(&entity).acs_url(address);
    let changed = walk.ask(applications.update(id, body)).await?;
    walk.expect(changed.entity_id.as_deref() == Some(entity.as_str()), "the SAML application is changed");
    walk.expect(
        changed.acs_url.is_some_and(|url| url.url == "https://sp.example.com/acs"),
        "it has its address",
    );
    let secret = walk.ask(applications.create_secret(id, CreateSamlApplicationSecretBody::new(1))).await?;
    let secrets = walk.ask(applications.list_secrets(id)).await?;
    walk.expect(secrets.iter().any(|one| one.id == secret.id), "the SAML secret is listed");
    walk.ask(applications.delete_secret(id, &secret.id)).await?;
    let metadata = walk.ask(applications.list_metadata(id)).await?;
    walk.expect(metadata.contains("EntityDescriptor"), "the metadata is XML");
    walk.try_to(applications.get_callback(id).code("nosuchcode")).await?;
    walk.try_to(api.saml().get_authn(id, "none")).await?;
    walk.ask(applications.delete(id)).await?;
    walk.gone(id);
    Ok(())
}

/// The hook is off, and its address leads nowhere.
pub(crate) async fn hooks_and_logs(walk: &mut Walk) -> Result<(), Error> {
    let api = walk.api.clone();
    let hooks = api.hooks();
    let body = CreateHookBody::new(HookConfig::new("https://hook.example.com/"))
        .name(&walk.name)
        .events([HookEvent::UserCreated])
        .enabled(false);
    let hook = walk.ask(hooks.create(body)).await?;
    walk.made("/api/hooks/{id}", "id", &hook.id);
    walk.ask(hooks.get(&hook.id).include_execution_stats(true)).await?;
    let changed =
        walk.ask(hooks.update(&hook.id, UpdateHookBody::new().events([HookEvent::UserDeleted]))).await?;
    walk.expect(changed.events == [HookEvent::UserDeleted], "the hook is changed");
    let listed = walk.ask(hooks.list().include_execution_stats(true)).await?;
    walk.expect(listed.iter().any(|one| one.id == hook.id), "the hook is listed");
    let renewed = walk.ask(hooks.update_signing_key(&hook.id)).await?;
    walk.expect(renewed.signing_key != hook.signing_key, "the signing key is a new one");
    walk.ask(hooks.list_recent_logs(&hook.id)).await?;
    walk.ask(hooks.delete(&hook.id)).await?;
    walk.gone(&hook.id);
    let logs = walk.ask(api.logs().list().page_size(20)).await?;
    let log = logs.first().map_or("nosuchlog", |log| log.id.as_str());
    walk.try_to(api.logs().get(log)).await?;
    Ok(())
}
