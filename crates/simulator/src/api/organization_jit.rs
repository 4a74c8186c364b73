//! `/api/organizations/{id}/jit`: just-in-time provisioning.

use serde_json::{Value, json};

use super::Call;
use super::answer::{Answer, Failure, exists_already, foreign_key, not_found};
use super::common::{add_all, all_exist, among, take, text, texts};
use super::connectors::SSO;
use super::guard::{Kind, must};
use super::organizations::{one, one_mut};
use super::paging::When;
use super::routes::{Route, route};
use crate::world::{Organization, is};

pub(super) const ROUTES: &[Route] = &[
    route("GET", "/api/organizations/{id}/jit/email-domains", list_email_domains),
    route("POST", "/api/organizations/{id}/jit/email-domains", add_email_domain),
    route("PUT", "/api/organizations/{id}/jit/email-domains", replace_email_domains),
    route("DELETE", "/api/organizations/{id}/jit/email-domains/{emailDomain}", remove_email_domain),
    route("GET", "/api/organizations/{id}/jit/roles", list_jit_roles),
    route("POST", "/api/organizations/{id}/jit/roles", add_jit_roles),
    route("PUT", "/api/organizations/{id}/jit/roles", replace_jit_roles),
    route("DELETE", "/api/organizations/{id}/jit/roles/{organizationRoleId}", remove_jit_role),
    route("GET", "/api/organizations/{id}/jit/sso-connectors", list_jit_sso_connectors),
    route("POST", "/api/organizations/{id}/jit/sso-connectors", add_jit_sso_connectors),
    route("PUT", "/api/organizations/{id}/jit/sso-connectors", replace_jit_sso_connectors),
    route("DELETE", "/api/organizations/{id}/jit/sso-connectors/{ssoConnectorId}", remove_jit_sso_connector),
];

fn email_domain(organization: &Organization, domain: &str) -> Value {
    json!({ "tenantId": organization.tenant_id, "organizationId": organization.id, "emailDomain": domain })
}

fn list_email_domains(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let organization = one(call)?;
    let rows: Vec<_> =
        organization.jit_email_domains.iter().map(|domain| email_domain(organization, domain)).collect();
    call.list(&rows, When::Asked)
}

fn add_email_domain(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let domain = text(&call.body(&[must("emailDomain", Kind::Name)])?, "emailDomain").unwrap_or_default();
    let organization = one_mut(call)?;
    if organization.jit_email_domains.contains(&domain) {
        return Err(exists_already());
    }
    organization.jit_email_domains.push(domain.clone());
    Ok(Answer::created(&email_domain(organization, &domain)))
}

fn replace_email_domains(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let domains = texts(&call.body(&[must("emailDomains", Kind::Texts)])?, "emailDomains");
    one_mut(call)?.jit_email_domains = domains;
    Ok(Answer::empty())
}

fn remove_email_domain(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let domain = call.param(1).to_owned();
    if take(&mut one_mut(call)?.jit_email_domains, &domain) { Ok(Answer::empty()) } else { Err(not_found()) }
}

fn list_jit_roles(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let ids = &one(call)?.jit_roles;
    call.list(&among(&call.world.organization_roles, ids), When::Asked)
}

fn jit_role_ids(call: &Call<'_>, kind: Kind) -> Result<Vec<String>, Failure> {
    let ids = texts(&call.body(&[must("organizationRoleIds", kind)])?, "organizationRoleIds");
    one(call)?;
    all_exist(&call.world.organization_roles, &ids)?;
    Ok(ids)
}

/// Answers with the text `Created`.
fn add_jit_roles(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let ids = jit_role_ids(call, Kind::Ids)?;
    add_all(&mut one_mut(call)?.jit_roles, ids);
    Ok(Answer::created_text())
}

fn replace_jit_roles(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let ids = jit_role_ids(call, Kind::Texts)?;
    one_mut(call)?.jit_roles = ids;
    Ok(Answer::empty())
}

fn remove_jit_role(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let id = call.param(1).to_owned();
    if take(&mut one_mut(call)?.jit_roles, &id) { Ok(Answer::empty()) } else { Err(not_found()) }
}

fn list_jit_sso_connectors(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let ids = &one(call)?.jit_sso_connectors;
    let rows = call.world.documents.all(SSO).iter();
    let rows: Vec<_> = rows.filter(|row| ids.iter().any(|id| is(row, "id", id))).collect();
    call.list(&rows, When::Asked)
}

fn jit_sso_connector_ids(call: &Call<'_>, kind: Kind) -> Result<Vec<String>, Failure> {
    let ids = texts(&call.body(&[must("ssoConnectorIds", kind)])?, "ssoConnectorIds");
    one(call)?;
    match ids.iter().find(|id| call.world.documents.find(SSO, "id", id).is_none()) {
        Some(_) => Err(foreign_key()),
        None => Ok(ids),
    }
}

/// Answers with the text `Created`.
fn add_jit_sso_connectors(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let ids = jit_sso_connector_ids(call, Kind::Ids)?;
    add_all(&mut one_mut(call)?.jit_sso_connectors, ids);
    Ok(Answer::created_text())
}

fn replace_jit_sso_connectors(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let ids = jit_sso_connector_ids(call, Kind::Texts)?;
    one_mut(call)?.jit_sso_connectors = ids;
    Ok(Answer::empty())
}

fn remove_jit_sso_connector(call: &mut Call<'_>) -> Result<Answer, Failure> {
    let id = call.param(1).to_owned();
    if take(&mut one_mut(call)?.jit_sso_connectors, &id) { Ok(Answer::empty()) } else { Err(not_found()) }
}
