//! The tenant at the start: the same for the same options.

use std::collections::{BTreeMap, HashSet};

use super::{
    Application, Documents, Hook, Jsonb, Log, MANAGEMENT_API, MANAGEMENT_API_ALL, Organization,
    OrganizationRole, OrganizationScope, Resource, Role, Scope, Secret, User, Users, World,
};
use crate::json::parse;
use crate::options::{NO_ROLE_CLIENT_ID, Options};
use crate::rng::Rng;

/// Names that break what treats names as ASCII.
const NAMES: [&str; 10] = [
    "Zoë Müller",
    "李雷",
    "Ana",
    "O'Brien \"Bob\"",
    "Øystein Ødegård",
    "José García",
    "Δημήτρης",
    "名前",
    "מרים",
    "Ștefan",
];

pub(super) fn world(options: &Options) -> World {
    let mut rng = Rng::new(options.seed);
    let users = users(options, &mut rng);
    let mut world = World {
        tenant_id: options.tenant_id.clone(),
        rng,
        users,
        personal_access_tokens: Vec::new(),
        roles: Vec::new(),
        applications: Vec::new(),
        resources: Vec::new(),
        scopes: Vec::new(),
        organizations: Vec::new(),
        organization_roles: Vec::new(),
        organization_scopes: Vec::new(),
        invitations: Vec::new(),
        hooks: Vec::new(),
        logs: Vec::new(),
        documents: Documents::default(),
    };
    resources(&mut world, options);
    applications(&mut world, options);
    roles(&mut world, options);
    organizations(&mut world, options);
    hooks_and_logs(&mut world, options);
    world
}

/// A user as the seed and churn make it: number `n`, counted from 0.
pub(crate) fn user(rng: &mut Rng, n: usize, now_ms: u64) -> User {
    let mut user = User::new(rng.short_id(), now_ms);
    user.username = Some(format!("user_{n:04}"));
    user.primary_email = Some(format!("user{n:04}@example.com"));
    user.name = NAMES.get(n % NAMES.len()).map(|name| format!("{name} {n}"));
    user.custom_data = Jsonb::ready(format!("{{\"index\":{n}}}"));
    user
}

fn users(options: &Options, rng: &mut Rng) -> Users {
    let mut users = Users::with_capacity(options.users);
    for n in 0..options.users {
        // Some share their millisecond: the order of rows must not hang on createdAt.
        let age = (options.users - n) as u64 * 10 / 3;
        users.insert(user(rng, n, options.epoch_ms.saturating_sub(age)));
    }
    users
}

fn resources(world: &mut World, options: &Options) {
    let tenant_id = options.tenant_id.clone();
    let mut resource = |id: String, name: &str, indicator: &str, ttl: u64| {
        world.resources.push(Resource {
            tenant_id: tenant_id.clone(),
            id,
            name: name.to_owned(),
            indicator: indicator.to_owned(),
            is_default: false,
            access_token_ttl: ttl,
        });
    };
    resource(
        MANAGEMENT_API.to_owned(),
        "Logto Management API",
        &options.api_indicator,
        options.token_lifetime,
    );
    resource("orders-api".to_owned(), "Orders API", "https://orders.example.com/api", 600);
    let mut scopes = vec![(
        MANAGEMENT_API_ALL.to_owned(),
        MANAGEMENT_API,
        "all",
        "Default scope for Management API, allows all permissions.",
    )];
    for name in ["read:orders", "write:orders", "delete:orders", "refund:orders"] {
        scopes.push((world.rng.long_id(), "orders-api", name, name));
    }
    for (id, resource_id, name, description) in scopes {
        world.add_scope(Scope {
            tenant_id: options.tenant_id.clone(),
            id,
            resource_id: resource_id.to_owned(),
            name: name.to_owned(),
            description: Some(description.to_owned()),
            created_at: options.epoch_ms,
        });
    }
}

/// An application as `POST /api/applications` makes it.
pub(crate) fn application(tenant_id: &str, id: String, name: &str, kind: &str, now_ms: u64) -> Application {
    let metadata = parse(br#"{"redirectUris":[],"postLogoutRedirectUris":[]}"#);
    Application {
        tenant_id: tenant_id.to_owned(),
        id,
        name: name.to_owned(),
        description: None,
        kind: kind.to_owned(),
        oidc_client_metadata: metadata.map_or_else(|_| Jsonb::object(), |m| Jsonb::of(&m.value)),
        custom_client_metadata: Jsonb::object(),
        protected_app_metadata: None,
        custom_data: Jsonb::object(),
        is_third_party: false,
        app_level_access_control_enabled: false,
        created_at: now_ms,
        secrets: Vec::new(),
    }
}

fn applications(world: &mut World, options: &Options) {
    let now = options.epoch_ms;
    let ids = [
        (options.client_id.as_str(), "Management API client"),
        (NO_ROLE_CLIENT_ID, "Machine-to-machine app without a role"),
    ];
    for (id, name) in ids {
        if super::find(&world.applications, id).is_some() {
            continue;
        }
        let mut app = application(&options.tenant_id, id.to_owned(), name, "MachineToMachine", now);
        app.secrets.push(Secret {
            tenant_id: options.tenant_id.clone(),
            application_id: id.to_owned(),
            name: "Default secret".to_owned(),
            value: options.client_secret.clone(),
            created_at: now,
            expires_at: None,
        });
        world.applications.push(app);
    }
    for n in 0..3 {
        let id = world.rng.long_id();
        world.applications.push(application(&options.tenant_id, id, &format!("spa {n}"), "SPA", now));
    }
}

/// A role as `POST /api/roles` makes it.
pub(crate) fn role(tenant_id: &str, id: String, name: &str, description: &str, kind: &str) -> Role {
    Role {
        tenant_id: tenant_id.to_owned(),
        id,
        name: name.to_owned(),
        description: description.to_owned(),
        kind: kind.to_owned(),
        is_default: false,
        users: HashSet::new(),
        applications: Vec::new(),
        scopes: Vec::new(),
    }
}

fn roles(world: &mut World, options: &Options) {
    let mut access = role(
        &options.tenant_id,
        world.rng.long_id(),
        "Logto Management API access",
        "This default role grants access to the Logto management API.",
        "MachineToMachine",
    );
    access.scopes.push(MANAGEMENT_API_ALL.to_owned());
    access.applications.push(options.client_id.clone());
    world.roles.push(access);
    let mut orders = role(
        &options.tenant_id,
        world.rng.long_id(),
        "Orders reader",
        "May read what the Orders API has; its tokens are for another audience.",
        "MachineToMachine",
    );
    orders.scopes.extend(world.scopes.iter().find(|s| s.name == "read:orders").map(|s| s.id.clone()));
    orders.applications.push(options.client_id.clone());
    world.roles.push(orders);
    for n in 0..options.roles {
        let id = world.rng.long_id();
        let name = format!("role-{n}");
        world.roles.push(role(&options.tenant_id, id, &name, &format!("Role {n}"), "User"));
    }
    let half = world.users.len().div_ceil(2);
    let holders = world.users.newest().rev().take(half).map(|user| user.id.clone()).collect();
    if let Some(first) = world.roles.iter_mut().find(|role| role.kind == "User") {
        first.users = holders;
    }
}

/// An organisation as `POST /api/organizations` makes it.
pub(crate) fn organization(tenant_id: &str, id: String, name: &str, now_ms: u64) -> Organization {
    Organization {
        tenant_id: tenant_id.to_owned(),
        id,
        name: name.to_owned(),
        description: None,
        custom_data: Jsonb::object(),
        is_mfa_required: false,
        color: Jsonb::object(),
        branding: Jsonb::object(),
        custom_css: None,
        created_at: now_ms,
        users: BTreeMap::new(),
        applications: BTreeMap::new(),
        jit_email_domains: Vec::new(),
        jit_roles: Vec::new(),
        jit_sso_connectors: Vec::new(),
    }
}

fn organizations(world: &mut World, options: &Options) {
    for name in ["invite:member", "remove:member", "read:billing"] {
        let id = world.rng.long_id();
        world.organization_scopes.push(OrganizationScope {
            tenant_id: options.tenant_id.clone(),
            id,
            name: name.to_owned(),
            description: Some(name.to_owned()),
        });
    }
    for n in 0..3 {
        let scopes = world.organization_scopes.iter().take(n + 1).map(|scope| scope.id.clone()).collect();
        world.organization_roles.push(OrganizationRole {
            tenant_id: options.tenant_id.clone(),
            id: world.rng.long_id(),
            name: format!("org-role-{n}"),
            description: Some(format!("Organization role {n}")),
            kind: "User".to_owned(),
            scopes,
            resource_scopes: Vec::new(),
        });
    }
    let first_role = world.organization_roles.first().map(|role| role.id.clone());
    for n in 0..options.organizations {
        let id = world.rng.short_id();
        let mut organization =
            organization(&options.tenant_id, id, &format!("Org {n}"), options.epoch_ms + n as u64);
        organization.description = Some(format!("Organization number {n}"));
        if n == 0 {
            let members = world.users.newest().rev().take(world.users.len().div_ceil(10));
            organization.users =
                members.map(|user| (user.id.clone(), first_role.iter().cloned().collect())).collect();
        }
        world.add_organization(organization);
    }
}

fn hooks_and_logs(world: &mut World, options: &Options) {
    let config = parse(br#"{"url":"http://127.0.0.1:9/hook"}"#);
    let hook = Hook {
        tenant_id: options.tenant_id.clone(),
        id: world.rng.long_id(),
        name: "User events".to_owned(),
        event: None,
        events: vec!["User.Created".to_owned()],
        config: config.map_or_else(|_| Jsonb::object(), |c| Jsonb::of(&c.value)),
        signing_key: world.rng.secret(32),
        enabled: false,
        created_at: options.epoch_ms,
    };
    world.hooks.push(hook);
    let payload = parse(br#"{"key":"ExchangeTokenBy.ClientCredentials","result":"Success"}"#);
    let payload = payload.map_or_else(|_| Jsonb::object(), |p| Jsonb::of(&p.value));
    for n in 0..options.logs {
        world.logs.push(Log {
            tenant_id: options.tenant_id.clone(),
            id: world.rng.long_id(),
            key: "ExchangeTokenBy.ClientCredentials".to_owned(),
            payload: payload.clone(),
            created_at: options.epoch_ms.saturating_sub((options.logs - n) as u64),
            application_id: Some(options.client_id.clone()),
            user_id: None,
            hook_id: None,
        });
    }
}
