//! The names of operations, by one rule for all languages.
//!
//! The group is the first segment of the path behind `/api`. The name is Logto's operation id without the group's noun, singular or
//! plural: `ListUsers` → `users.list`, `ListUserRoles` → `users.list_roles`, `AssignOrganizationRolesToUsers` →
//! `organizations.assign_roles_to_users`. Only the first occurrence goes. What the rule cannot settle is in `overrides.toml`.

use crate::text::{pascal, singular, snake, words};

/// The group of a route: `/api/organization-roles/{id}` → `organization_roles`, `/api/.well-known/…` → `well_known`.
#[must_use]
pub fn group_of(path: &str) -> String {
    let behind = path.strip_prefix("/api/").unwrap_or(path);
    snake(behind.split('/').next().unwrap_or_default())
}

/// The name of an operation in its group; `nouns` are further words by which its id names the group.
#[must_use]
pub fn name_of<'a>(id: &str, group: &str, nouns: impl Iterator<Item = &'a str>) -> String {
    let plural = words(&pascal(group));
    let mut one = plural.clone();
    if let Some(last) = one.last_mut() {
        *last = singular(last);
    }
    let mut candidates = vec![plural, one];
    candidates.extend(nouns.map(words));
    // The longest first: `Users` before `User`.
    candidates.sort_by_key(|noun| std::cmp::Reverse(noun.concat().len()));
    let id_words = words(id);
    let found = candidates.iter().find_map(|noun| {
        let at = id_words.windows(noun.len()).position(|window| window == noun.as_slice())?;
        Some((at, noun.len()))
    });
    let Some((at, len)) = found else { return snake(id) };
    let rest = id_words.iter().take(at).chain(id_words.iter().skip(at + len));
    snake(&rest.map(String::as_str).collect::<Vec<_>>().join("_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule() {
        for (id, path, expected) in [
            ("ListUsers", "/api/users", "users.list"),
            ("GetUser", "/api/users/{userId}", "users.get"),
            ("ListUserRoles", "/api/users/{userId}/roles", "users.list_roles"),
            (
                "AssignOrganizationRolesToUsers",
                "/api/organizations/{id}/users/roles",
                "organizations.assign_roles_to_users",
            ),
            ("GetConnectorFactory", "/api/connector-factories/{id}", "connector_factories.get"),
            ("GetWellKnownExperience", "/api/.well-known/experience", "well_known.get_experience"),
            ("GetStatus", "/api/status", "status.get"),
            (
                "ListOrganizationRoleScopes",
                "/api/organization-roles/{id}/scopes",
                "organization_roles.list_scopes",
            ),
        ] {
            let group = group_of(path);
            let name = name_of(id, &group, std::iter::empty());
            assert_eq!(format!("{group}.{name}"), expected);
        }
    }
}
