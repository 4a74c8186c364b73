//! The typed search against the simulator: it finds whom the bare query finds, and whom it should.
#![allow(clippy::expect_used, missing_docs)]

use std::collections::BTreeSet;

use logto_management::{
    ManagementApi, Search,
    models::{
        CreateOrganizationBody, CreateRoleBody, CreateUserBody, RoleIds, User, UserIds,
        UserSearchField as Field,
    },
};
use logto_simulator::{CLIENT_ID, CLIENT_SECRET, Options, Server, ServerHandle, Simulator};

struct Tenant {
    server: ServerHandle,
    api: ManagementApi,
    users: Vec<User>,
}

impl Tenant {
    async fn new() -> Self {
        let simulator = Simulator::new(Options { users: 120, ..Options::default() });
        let server = Server::start(simulator, "127.0.0.1:0").await.expect("it starts");
        let api = ManagementApi::self_hosted(server.base_url())
            .credentials(CLIENT_ID, CLIENT_SECRET)
            .build()
            .expect("it is sound");
        let users = api.users().list().items().collect().await.expect("they are listed");
        Self { server, api, users }
    }

    /// The ids of the users for whom this holds.
    fn those(&self, holds: impl Fn(&User) -> bool) -> BTreeSet<String> {
        self.users.iter().filter(|user| holds(user)).map(|user| user.id.clone()).collect()
    }

    async fn found(&self, search: Search<Field>) -> BTreeSet<String> {
        ids(self.api.users().list().search(search).items().collect().await.expect("they are found"))
    }

    /// The same by path, with the query as the server reads it.
    async fn bare(&self, query: &[(&str, &str)]) -> BTreeSet<String> {
        let list =
            query.iter().fold(self.api.list("/api/users"), |list, (key, value)| list.query(key, value));
        ids(list.items().collect().await.expect("they are found"))
    }
}

fn ids(users: Vec<User>) -> BTreeSet<String> {
    users.into_iter().map(|user| user.id).collect()
}

fn username(user: &User) -> &str {
    user.username.as_deref().unwrap_or_default()
}

fn name(user: &User) -> &str {
    user.name.as_deref().unwrap_or_default()
}

#[tokio::test]
async fn finds_whom_the_bare_query_finds() {
    let tenant = Tenant::new().await;
    let search = || Search::new().like(Field::Name, "Ana%").like(Field::Username, "user_00%");
    let query = [
        ("search.name", "Ana%"),
        ("mode.name", "like"),
        ("search.username", "user_00%"),
        ("mode.username", "like"),
    ];
    let (ana, early) =
        (|user: &User| name(user).starts_with("Ana"), |user: &User| username(user).starts_with("user_00"));

    let both = tenant.found(search().all()).await;
    assert!(!both.is_empty() && both.len() < tenant.users.len());
    assert_eq!(both, tenant.those(|user| ana(user) && early(user)));
    assert_eq!(both, tenant.bare(&[&query[..], &[("joint", "and")]].concat()).await);

    let either = tenant.found(search()).await;
    assert!(either.len() > both.len());
    assert_eq!(either, tenant.those(|user| ana(user) || early(user)));
    assert_eq!(either, tenant.bare(&query).await);
    tenant.server.shutdown().await;
}

#[tokio::test]
async fn every_mode_finds_its_users() {
    let tenant = Tenant::new().await;
    let one = tenant.users.first().expect("there are users");
    let exact = Search::new().exact(Field::Username, username(one));
    assert_eq!(tenant.found(exact).await, [one.id.clone()].into());

    let posix = tenant.found(Search::new().posix(Field::Username, "^user_00[0-3]")).await;
    let tens =
        |user: &User| ["0", "1", "2", "3"].iter().any(|n| username(user).starts_with(&format!("user_00{n}")));
    assert!(!posix.is_empty() && posix.len() < tenant.users.len());
    assert_eq!(posix, tenant.those(tens));

    let similar = tenant.found(Search::new().similar_to(Field::Username, "user_00(1|2)%")).await;
    assert!(!similar.is_empty() && similar.len() < posix.len());
    assert_eq!(
        similar,
        tenant.those(|user| username(user).starts_with("user_001") || username(user).starts_with("user_002"))
    );

    let shouted = || Search::new().like(Field::Username, "USER_00%");
    assert_eq!(tenant.found(shouted()).await, tenant.those(|user| username(user).starts_with("user_00")));
    assert!(tenant.found(shouted().case_sensitive(true)).await.is_empty());
    tenant.server.shutdown().await;
}

#[tokio::test]
async fn several_values_are_looked_for_at_once() {
    let tenant = Tenant::new().await;
    let three: BTreeSet<_> = tenant.users.iter().step_by(40).map(|user| user.id.clone()).collect();
    assert_eq!(three.len(), 3);
    let wanted = three.iter().map(String::as_str).chain(["nosuchuser"]);
    assert_eq!(tenant.found(Search::new().one_of(Field::Id, wanted)).await, three);
    tenant.server.shutdown().await;
}

/// What the server reads and no document tells of.
#[tokio::test]
async fn roles_and_organizations_leave_users_out_and_hashes_come_when_asked_for() {
    let tenant = Tenant::new().await;
    let api = &tenant.api;
    let chosen: BTreeSet<_> = tenant.users.iter().take(2).map(|user| user.id.clone()).collect();
    let role =
        api.roles().create(CreateRoleBody::new("left out", "Of this test")).send().await.expect("a role");
    let organization = api
        .organizations()
        .create(CreateOrganizationBody::new("Left out"))
        .send()
        .await
        .expect("an organization");
    for user in &chosen {
        api.users().assign_roles(user, RoleIds::new([&role.id])).send().await.expect("they get it");
    }
    api.organizations().add_users(&organization.id, UserIds::new(&chosen)).send().await.expect("they join");

    let others = tenant.those(|user| !chosen.contains(&user.id));
    let list = || api.users().list();
    let without_role = list().exclude_role_id(&role.id).items().collect().await.expect("they are listed");
    assert_eq!(ids(without_role), others);
    let outside =
        list().exclude_organization_id(&organization.id).items().collect().await.expect("they are listed");
    assert_eq!(ids(outside), others);

    let new = CreateUserBody::new().username("with_password").password("Hardly-guessed-0815");
    let new = api.users().create(new).send().await.expect("they are created");
    let alone = || list().search(Search::new().exact(Field::Id, &new.id));
    let plain = alone().items().collect().await.expect("they are listed");
    assert_eq!(plain.iter().map(|user| user.password_digest.is_absent()).collect::<Vec<_>>(), [true]);
    let hashed = alone().include_password_hash(true).items().collect().await.expect("they are listed");
    assert_eq!(hashed.iter().filter(|user| user.password_digest.value().is_some()).count(), 1, "{hashed:?}");
    tenant.server.shutdown().await;
}
