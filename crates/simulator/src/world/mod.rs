//! The tenant: its tables, and what deleting a row drags along.

mod documents;
mod rows;
pub(crate) mod seed;
mod user;

pub(crate) use self::documents::{Document, Documents, is};
pub(crate) use self::rows::{
    Application, Hook, Invitation, Jsonb, Log, Organization, OrganizationRole, OrganizationScope,
    PersonalAccessToken, Resource, Role, Row, Scope, Secret,
};
pub(crate) use self::user::{User, Users};

use crate::options::Options;
use crate::rng::Rng;

/// The id of the resource that stands for the Management API.
pub(crate) const MANAGEMENT_API: &str = "management-api";
/// The id of its one scope.
pub(crate) const MANAGEMENT_API_ALL: &str = "management-api-all";

/// All tables. Those without a note are in the order of creation.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) tenant_id: String,
    pub(crate) rng: Rng,
    pub(crate) users: Users,
    pub(crate) personal_access_tokens: Vec<PersonalAccessToken>,
    pub(crate) roles: Vec<Role>,
    pub(crate) applications: Vec<Application>,
    pub(crate) resources: Vec<Resource>,
    /// Scopes of all resources, by id.
    pub(crate) scopes: Vec<Scope>,
    /// By id.
    pub(crate) organizations: Vec<Organization>,
    pub(crate) organization_roles: Vec<OrganizationRole>,
    pub(crate) organization_scopes: Vec<OrganizationScope>,
    pub(crate) invitations: Vec<Invitation>,
    pub(crate) hooks: Vec<Hook>,
    pub(crate) logs: Vec<Log>,
    /// Every other table.
    pub(crate) documents: Documents,
}

impl World {
    pub(crate) fn new(options: &Options) -> Self {
        seed::world(options)
    }

    /// Makes one more user like those at the start; its id.
    pub(crate) fn make_user(&mut self, now_ms: u64) -> String {
        let user = seed::user(&mut self.rng, self.users.ever(), now_ms);
        let id = user.id.clone();
        self.users.insert(user);
        id
    }

    pub(crate) fn role_mut(&mut self, id: &str) -> Option<&mut Role> {
        find_mut(&mut self.roles, id)
    }

    /// The names of the scopes of a resource that an application holds through its roles, in the order in which they were asked for.
    pub(crate) fn granted(&self, application_id: &str, resource_id: &str, asked: &str) -> Vec<String> {
        let held: Vec<&str> = self
            .roles
            .iter()
            .filter(|role| role.applications.iter().any(|id| id == application_id))
            .flat_map(|role| &role.scopes)
            .filter_map(|id| find(&self.scopes, id))
            .filter(|scope| scope.resource_id == resource_id)
            .map(|scope| scope.name.as_str())
            .collect();
        let mut granted: Vec<String> = Vec::new();
        for name in asked.split(' ') {
            if held.contains(&name) && !granted.iter().any(|g| g == name) {
                granted.push(name.to_owned());
            }
        }
        granted
    }

    pub(crate) fn delete_user(&mut self, id: &str) -> bool {
        if self.users.remove(id).is_none() {
            return false;
        }
        self.personal_access_tokens.retain(|token| token.user_id != id);
        self.documents.forget("userId", id);
        for role in &mut self.roles {
            role.users.remove(id);
        }
        for organization in &mut self.organizations {
            organization.users.remove(id);
        }
        true
    }

    pub(crate) fn delete_application(&mut self, id: &str) -> bool {
        if !remove(&mut self.applications, id) {
            return false;
        }
        self.documents.forget("applicationId", id);
        for role in &mut self.roles {
            role.applications.retain(|a| a != id);
        }
        for organization in &mut self.organizations {
            organization.applications.remove(id);
        }
        true
    }

    pub(crate) fn delete_scope(&mut self, id: &str) -> bool {
        if !remove(&mut self.scopes, id) {
            return false;
        }
        for role in &mut self.roles {
            role.scopes.retain(|s| s != id);
        }
        for role in &mut self.organization_roles {
            role.resource_scopes.retain(|s| s != id);
        }
        true
    }

    pub(crate) fn delete_organization_role(&mut self, id: &str) -> bool {
        if !remove(&mut self.organization_roles, id) {
            return false;
        }
        for organization in &mut self.organizations {
            for roles in organization.users.values_mut().chain(organization.applications.values_mut()) {
                roles.retain(|r| r != id);
            }
            organization.jit_roles.retain(|r| r != id);
        }
        true
    }

    /// Keeps the table in the order of its ids.
    pub(crate) fn add_scope(&mut self, scope: Scope) {
        let at = self.scopes.partition_point(|s| s.id < scope.id);
        self.scopes.insert(at, scope);
    }

    /// Keeps the table in the order of its ids.
    pub(crate) fn add_organization(&mut self, organization: Organization) {
        let at = self.organizations.partition_point(|o| o.id < organization.id);
        self.organizations.insert(at, organization);
    }
}

pub(crate) fn find<'a, R: Row>(rows: &'a [R], id: &str) -> Option<&'a R> {
    rows.iter().find(|row| row.id() == id)
}

pub(crate) fn find_mut<'a, R: Row>(rows: &'a mut [R], id: &str) -> Option<&'a mut R> {
    rows.iter_mut().find(|row| row.id() == id)
}

/// Whether there was such a row.
pub(crate) fn remove<R: Row>(rows: &mut Vec<R>, id: &str) -> bool {
    let before = rows.len();
    rows.retain(|row| row.id() != id);
    rows.len() < before
}
