//! Which operation a request means.

use super::answer::{Answer, Failure};
use super::{
    Call, application_extras, applications, connectors, content, fixed, logs_hooks, organization_jit,
    organization_template, organizations, resources, roles, saml, settings, settings_scripts, tokens,
    user_extras, user_security, users,
};
use crate::query::decode_component;

pub(super) type Handler = fn(&mut Call<'_>) -> Result<Answer, Failure>;

/// One operation.
pub(super) struct Route {
    pub(super) method: &'static str,
    /// `/api/users/{userId}`
    pub(super) template: &'static str,
    pub(super) handler: Handler,
    /// Needs no token.
    pub(super) public: bool,
}

pub(super) const fn route(method: &'static str, template: &'static str, handler: Handler) -> Route {
    Route { method, template, handler, public: false }
}

/// One that needs no token.
pub(super) const fn public(method: &'static str, template: &'static str, handler: Handler) -> Route {
    Route { public: true, ..route(method, template, handler) }
}

/// What a method and a path lead to.
pub(super) enum Found {
    Route {
        handler: Handler,
        params: Vec<String>,
        template: &'static str,
        public: bool,
    },
    /// The path exists, with other methods: the `Allow` header.
    OtherMethods {
        template: &'static str,
        allow: String,
    },
    Nothing,
}

pub(super) fn find(method: &str, path: &str) -> Found {
    // One trailing slash makes no difference; a double slash does.
    let path = path.strip_suffix('/').unwrap_or(path);
    let mut other: Option<(&'static str, String)> = None;
    for route in groups(path).into_iter().flatten() {
        if !fits(route.template, path) {
            continue;
        }
        if route.method == method {
            return Found::Route {
                handler: route.handler,
                params: params(route.template, path),
                template: route.template,
                public: route.public,
            };
        }
        let allow = &mut other.get_or_insert_with(|| (route.template, String::new())).1;
        let methods = if route.method == "GET" { "HEAD, GET" } else { route.method };
        if !allow.split(", ").any(|m| m == route.method) {
            if !allow.is_empty() {
                allow.push_str(", ");
            }
            allow.push_str(methods);
        }
    }
    match other {
        Some((template, allow)) => Found::OtherMethods { template, allow },
        None => Found::Nothing,
    }
}

/// The routes whose first segment after `/api/` is that of the path, the more usual ones first.
fn groups(path: &str) -> [&'static [Route]; 3] {
    let first = path.strip_prefix("/api/").and_then(|rest| rest.split('/').next());
    let Some(first) = first else { return [&[]; 3] };
    match first {
        "users" => [users::ROUTES, user_extras::ROUTES, user_security::ROUTES],
        "roles" => [roles::ROUTES, &[], &[]],
        "applications" => [applications::ROUTES, application_extras::ROUTES, &[]],
        "resources" => [resources::ROUTES, &[], &[]],
        "organizations" => [organizations::ROUTES, organization_jit::ROUTES, &[]],
        "organization-roles" => [organization_template::ROLES, &[], &[]],
        "organization-scopes" => [organization_template::SCOPES, &[], &[]],
        "organization-invitations" => [organization_template::INVITATIONS, &[], &[]],
        "logs" => [logs_hooks::LOGS, &[], &[]],
        "hooks" => [logs_hooks::HOOKS, &[], &[]],
        "sign-in-exp" | "account-center" | "captcha-provider" | "configs" => {
            [settings::ROUTES, settings_scripts::ROUTES, &[]]
        }
        "custom-phrases" | "custom-profile-fields" | "email-templates" | "domains" => {
            [content::ROUTES, &[], &[]]
        }
        "connectors" | "connector-factories" | "sso-connectors" | "sso-connector-providers" => {
            [connectors::ROUTES, &[], &[]]
        }
        "saml" | "saml-applications" => [saml::ROUTES, &[], &[]],
        ".well-known" => [settings::WELL_KNOWN, fixed::ROUTES, &[]],
        _ => [fixed::ROUTES, tokens::ROUTES, &[]],
    }
}

fn fits(template: &str, path: &str) -> bool {
    let mut path = path.split('/');
    for part in template.split('/') {
        match path.next() {
            Some(segment) if part.starts_with('{') => {
                if segment.is_empty() {
                    return false;
                }
            }
            Some(segment) if segment == part => {}
            _ => return false,
        }
    }
    path.next().is_none()
}

fn params(template: &str, path: &str) -> Vec<String> {
    template
        .split('/')
        .zip(path.split('/'))
        .filter(|(part, _)| part.starts_with('{'))
        // What can't be decoded stands for itself.
        .map(|(_, segment)| decode_component(segment).map_or_else(|| segment.to_owned(), |s| s.into_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Found, find};

    fn params(method: &str, path: &str) -> Option<Vec<String>> {
        match find(method, path) {
            Found::Route { params, .. } => Some(params),
            _ => None,
        }
    }

    #[test]
    fn parameters_are_decoded_and_paths_are_exact() {
        assert_eq!(params("GET", "/api/users"), Some(vec![]));
        assert_eq!(params("GET", "/api/users/"), Some(vec![]));
        assert_eq!(params("GET", "/api//users"), None);
        assert_eq!(params("GET", "/api/users/a%2Fb%20%C3%BC"), Some(vec!["a/b ü".to_owned()]));
        assert_eq!(params("GET", "/api/users/%zz"), Some(vec!["%zz".to_owned()]));
        assert_eq!(params("GET", "/api/users/x/y/z"), None);
        assert_eq!(params("GET", "/apix/users"), None);
    }

    #[test]
    fn other_methods_are_listed() {
        assert!(
            matches!(find("PUT", "/api/users"), Found::OtherMethods { allow, .. } if allow == "POST, HEAD, GET")
        );
        assert!(matches!(find("GET", "/api/nosuch"), Found::Nothing));
    }
}
