//! What a tenant has one of, read and left as it is; and one-time tokens and custom profile fields.

use logto_management::{
    Error,
    models::{
        ActionType, AddOneTimeTokensBody, CreateCustomProfileFieldBodyText, KeyType, OneTimeTokenStatus,
        ReplaceOneTimeTokenStatusBody, TokenTypePath, UpdateCustomProfileFieldBodyText,
        VerifyOneTimeTokenBody,
    },
};

use super::walk::Walk;

/// An id that nothing has.
const NOBODY: &str = "nosuchthing";

pub(crate) async fn settings(walk: &mut Walk) -> Result<(), Error> {
    let api = walk.api.clone();
    walk.ask(api.status().get()).await?;
    let well_known = api.well_known();
    walk.ask(well_known.get_experience()).await?;
    #[allow(deprecated, reason = "it is still there")]
    walk.ask(well_known.get_sign_in_experience_config()).await?;
    walk.ask(well_known.get_sign_in_experience_phrases().lng("en")).await?;
    walk.ask(well_known.get_account_center()).await?;
    walk.ask(well_known.get_management_openapi_json()).await?;
    walk.ask(well_known.get_experience_openapi_json()).await?;
    walk.ask(well_known.get_user_openapi_json()).await?;
    walk.ask(api.swagger_json().get()).await?;
    walk.ask(api.sign_in_exp().get()).await?;
    walk.try_to(api.sign_in_exp().get_username_case_sensitivity_conflicts(5)).await?;
    walk.ask(api.account_center().get_settings()).await?;
    walk.try_to(api.captcha_provider().get()).await?;
    walk.try_to(api.systems().get_application_config()).await?;
    walk.ask(api.user_assets().get_service_status()).await?;
    let configs = api.configs();
    walk.ask(configs.get_admin_console()).await?;
    walk.try_to(configs.get_id_token()).await?;
    walk.ask(configs.get_oidc_session()).await?;
    walk.ask(configs.get_oidc_keys(KeyType::PrivateKeys)).await?;
    walk.ask(configs.get_oidc_keys(KeyType::CookieKeys)).await?;
    walk.ask(configs.list_jwt_customizers()).await?;
    walk.try_to(configs.get_jwt_customizer(TokenTypePath::AccessToken)).await?;
    walk.try_to(configs.get_jwt_customizer(TokenTypePath::ClientCredentials)).await?;
    walk.try_to(configs.list_actions()).await?;
    walk.try_to(configs.get_action(ActionType::ActionPostSignIn)).await?;
    let dashboard = api.dashboard();
    walk.ask(dashboard.get_total_user_count()).await?;
    walk.ask(dashboard.get_new_user_counts()).await?;
    walk.ask(dashboard.get_active_user_counts()).await?;
    walk.try_to(api.authn().get_hasura_auth("https://default.logto.app/api").unauthorized_role("guest"))
        .await?;
    Ok(())
}

/// Of each kind the list, and the first of the list: where there is none, it is asked for all the same.
pub(crate) async fn content(walk: &mut Walk) -> Result<(), Error> {
    let api = walk.api.clone();
    let first = |id: Option<&str>| id.unwrap_or(NOBODY).to_owned();
    let all = walk.ask(api.connectors().list()).await?;
    walk.try_to(api.connectors().get(first(all.first().map(|one| one.id.as_str())))).await?;
    let all = walk.ask(api.connector_factories().list()).await?;
    walk.try_to(api.connector_factories().get(first(all.first().map(|one| one.id.as_str())))).await?;
    walk.ask(api.sso_connector_providers().list()).await?;
    let all = walk.ask(api.sso_connectors().list()).await?;
    walk.try_to(api.sso_connectors().get(first(all.first().map(|one| one.id.as_str())))).await?;
    let all = walk.ask(api.domains().list()).await?;
    let domain = first(all.first().map(|one| one.id.as_str()));
    walk.try_to(api.domains().get(&domain)).await?;
    walk.try_to(api.domains().list_verification_files(&domain)).await?;
    let all = walk.ask(api.custom_phrases().list()).await?;
    let tag = all.first().map_or("en", |one| one.language_tag.as_str());
    walk.try_to(api.custom_phrases().get(tag)).await?;
    let all = walk.ask(api.email_templates().list()).await?;
    walk.try_to(api.email_templates().get(first(all.first().map(|one| one.id.as_str())))).await?;
    Ok(())
}

pub(crate) async fn one_time_tokens(walk: &mut Walk) -> Result<(), Error> {
    const ROUTE: &str = "/api/one-time-tokens/{id}";
    let api = walk.api.clone();
    let tokens = api.one_time_tokens();
    let email = format!("{}@example.com", walk.name);
    let token = walk.ask(tokens.add(AddOneTimeTokensBody::new(&email).expires_in(60))).await?;
    walk.made(ROUTE, "id", &token.id);
    walk.ask(tokens.get(&token.id)).await?;
    let listed = walk.ask(tokens.list().email(&email)).await?;
    walk.expect(listed.iter().any(|one| one.id == token.id), "the one-time token is listed");
    let used = walk.ask(tokens.verify(VerifyOneTimeTokenBody::new(&token.token, &email))).await?;
    walk.expect(used.status == OneTimeTokenStatus::Consumed, "the one-time token is used up");
    walk.ask(tokens.delete(&token.id)).await?;
    walk.gone(&token.id);
    let token = walk.ask(tokens.add(AddOneTimeTokensBody::new(&email))).await?;
    walk.made(ROUTE, "id", &token.id);
    let body = ReplaceOneTimeTokenStatusBody::new(OneTimeTokenStatus::Revoked);
    let token = walk.ask(tokens.replace_status(&token.id, body)).await?;
    walk.expect(token.status == OneTimeTokenStatus::Revoked, "the one-time token is revoked");
    walk.ask(tokens.delete(&token.id)).await?;
    walk.gone(&token.id);
    Ok(())
}

pub(crate) async fn profile_fields(walk: &mut Walk) -> Result<(), Error> {
    let api = walk.api.clone();
    let fields = api.custom_profile_fields();
    let name = walk.name.clone();
    let field = CreateCustomProfileFieldBodyText::new(&name, false).label("Life cycle");
    let field =
        walk.ask(fields.create(logto_management::models::CreateCustomProfileFieldBody::from(field))).await?;
    walk.made("/api/custom-profile-fields/{name}", "name", &name);
    walk.expect(field.name == name, "the profile field has its name");
    let listed = walk.ask(fields.list()).await?;
    walk.expect(listed.iter().any(|one| one.name == name), "the profile field is listed");
    walk.ask(fields.get_by_name(&name)).await?;
    let body =
        UpdateCustomProfileFieldBodyText::new(false).label("Life cycle, second half").description("None");
    let body = logto_management::models::UpdateCustomProfileFieldBody::from(body);
    let field = walk.ask(fields.update_by_name(&name, body)).await?;
    walk.expect(field.label == "Life cycle, second half", "the profile field is changed");
    walk.ask(fields.delete_by_name(&name)).await?;
    walk.gone(&name);
    Ok(())
}
