//! What calls send, and what they make of what comes back: over a transport that answers in process.
#![allow(clippy::expect_used, clippy::indexing_slicing, missing_docs)]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use futures_util::FutureExt;
use http::{Method, Request, Response};
use logto_catalogue::Catalogue;
use logto_management_core::{Client, Clock, Config, Error, HttpTransport, TransportError, UnixMillis};
use logto_management_operations::{
    ErrorCode, Operations, Patch, Search, Time, Upload,
    models::{
        CreateUserBody, HookEvent, KeyType, RoleIds, UpdateHookBody, UpdateUserBody, UserIds, UserSearchField,
    },
};

/// What a request was, as text: method, target, content type, body.
type Seen = Arc<Mutex<Vec<(Method, String, String, Bytes)>>>;

#[derive(Clone)]
struct Canned {
    seen: Seen,
    answers: Arc<Mutex<Vec<Response<Bytes>>>>,
}

impl HttpTransport for Canned {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        if request.uri().path() == "/oidc/token" {
            let token = r#"{"access_token":"t","expires_in":3600,"token_type":"Bearer","scope":"all"}"#;
            return Ok(answer(200, "application/json", token));
        }
        let target = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
        let content_type = request.headers().get("content-type");
        let content_type = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let (parts, body) = request.into_parts();
        self.seen.lock().expect("no test panics here").push((parts.method, target, content_type, body));
        let mut answers = self.answers.lock().expect("no test panics here");
        assert!(!answers.is_empty(), "a request that no answer is there for");
        Ok(answers.remove(0))
    }
}

/// Time stands still.
struct Still;

impl Clock for Still {
    fn now(&self) -> UnixMillis {
        UnixMillis(1_795_400_000_000)
    }
    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
    async fn sleep(&self, _: Duration) {
        std::future::pending().await
    }
    fn jitter(&self) -> f64 {
        0.5
    }
}

fn answer(status: u16, content_type: &str, body: &str) -> Response<Bytes> {
    let mut response = Response::builder().status(status).header("logto-core-request-id", "r123");
    if !content_type.is_empty() {
        response = response.header("content-type", content_type);
    }
    response.body(Bytes::copy_from_slice(body.as_bytes())).expect("it is a response")
}

fn json(body: &str) -> Response<Bytes> {
    answer(200, "application/json; charset=utf-8", body)
}

fn client(answers: Vec<Response<Bytes>>) -> (Client<Canned, Still>, Seen) {
    let transport = Canned { seen: Seen::default(), answers: Arc::new(Mutex::new(answers)) };
    let seen = Arc::clone(&transport.seen);
    let config = Config::self_hosted("http://127.0.0.1:3001")
        .credentials("id", "secret")
        .build()
        .expect("it is sound");
    (Client::builder(config, transport, Still).build().expect("it is sound"), seen)
}

/// Everything is ready at once: there is nothing to wait for.
fn now<T>(future: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    future.now_or_never().expect("the transport answers at once")
}

fn targets(seen: &Seen) -> Vec<String> {
    seen.lock()
        .expect("no test panics here")
        .iter()
        .map(|(method, target, ..)| format!("{method} {target}"))
        .collect()
}

#[test]
fn parameters_go_where_they_belong() {
    let (client, seen) =
        client(vec![json("[]"), json("[]"), json("[]"), json(r#"{"id":"u/1","createdAt":5}"#)]);
    let users = client.users();
    now(users.list().exclude_role_id("r1").include_password_hash(true).page(2).page_size(50).send()).unwrap();
    now(client.logs().list().start_time(Time::from_millis(7)).enable_cap(true).send()).unwrap();
    now(client.applications().list().types(["SPA", "Native"]).is_third_party(false).query("new", 1).send())
        .unwrap();
    let user = now(users.get("u/1").send()).unwrap();
    assert_eq!((user.id.as_str(), user.created_at), ("u/1", Time::from_millis(5)));
    assert_eq!(
        targets(&seen),
        [
            "GET /api/users?excludeRoleId=r1&includePasswordHash=true&page=2&page_size=50",
            "GET /api/logs?start_time=7&enableCap=true",
            "GET /api/applications?types=SPA&types=Native&isThirdParty=false&new=1",
            "GET /api/users/u%2F1",
        ]
    );
}

#[test]
fn searches_are_written_as_the_server_reads_them() {
    let (client, seen) = client(vec![json("[]"), json("[]")]);
    let search =
        Search::new().like(UserSearchField::Name, "A%").one_of(UserSearchField::Id, ["a", "b"]).all();
    now(client.users().list().search(search).send()).unwrap();
    now(client.roles().list().search("%admin%").send()).unwrap();
    assert_eq!(
        targets(&seen),
        [
            "GET /api/users?search.name=A%25&mode.name=like&search.id=a&search.id=b&mode.id=exact&joint=and",
            "GET /api/roles?search=%25admin%25",
        ]
    );
}

#[test]
fn bodies_tell_absent_from_null() {
    let (client, seen) = client(vec![json("{}"), json("{}"), json("{}")]);
    let body = CreateUserBody::new().username("ann").custom_data([("plan", "pro")]);
    now(client.users().create(&body).send()).unwrap();
    now(client.users().update("u1", UpdateUserBody::new().name("Ann").avatar(None)).send()).unwrap();
    now(client.hooks().update("h1", UpdateHookBody::new().event(HookEvent::UserCreated)).send()).unwrap();
    let bodies: Vec<_> = seen.lock().unwrap().iter().map(|(.., body)| body.clone()).collect();
    assert_eq!(bodies[0], r#"{"username":"ann","customData":{"plan":"pro"}}"#);
    assert_eq!(bodies[1], r#"{"name":"Ann","avatar":null}"#);
    assert_eq!(bodies[2], r#"{"event":"User.Created"}"#);
    assert!(seen.lock().unwrap().iter().all(|(_, _, content_type, _)| content_type == "application/json"));
}

/// The fourteen, and what else the server says instead of JSON.
#[test]
fn success_without_data_is_success() {
    let (client, _) = client(vec![
        answer(201, "text/plain; charset=utf-8", "Created"),
        answer(200, "text/plain; charset=utf-8", "OK"),
        answer(201, "", ""),
        answer(201, "application/json", "{}"),
        answer(204, "", ""),
        answer(204, "", ""),
    ]);
    now(client.roles().create_user("r1", UserIds::new(["u1"])).send()).unwrap();
    now(client.applications().replace_roles("a1", RoleIds::new(["r1"])).send()).unwrap();
    now(client.roles().create_user("r1", UserIds::new(["u1"])).send()).unwrap();
    now(client.roles().create_user("r1", UserIds::new(["u1"])).send()).unwrap();
    now(client.users().delete("u1").send()).unwrap();
    let body = logto_management_operations::models::TestActionBody::new("", "action.postSignIn", "{}");
    assert_eq!(now(client.configs().test_action(body).send()).unwrap(), None);
    let text = Catalogue::load().unwrap().operations.iter().filter(|operation| operation.text_answer).count();
    assert_eq!(text, 14);
}

#[test]
fn a_raw_answer_has_what_came_along() {
    let (client, _) = client(vec![
        json(r#"{"hasPassword":true}"#),
        answer(404, "application/json", r#"{"code":"entity.not_found","message":"no"}"#),
    ]);
    let answered = now(client.users().get_has_password("u1").send_raw()).unwrap();
    assert!(answered.value.has_password);
    assert_eq!(
        (answered.status().as_u16(), answered.request_id(), answered.attempts()),
        (200, Some("r123"), 1)
    );
    let error = now(client.users().get("u2").send_raw()).unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(ErrorCode::of(&error), Some(ErrorCode::EntityNotFound));
    assert_eq!(error.route(), Some("/api/users/{userId}"));
}

fn page(items: std::ops::Range<u32>, total: u32) -> Response<Bytes> {
    let items: Vec<String> = items.map(|n| format!(r#"{{"id":"{n}"}}"#)).collect();
    let mut response = json(&format!("[{}]", items.join(",")));
    response.headers_mut().insert("total-number", total.into());
    response
}

#[test]
fn items_and_pages_bring_everything() {
    let (client, seen) = client(vec![page(0..2, 3), page(2..3, 3), page(0..100, 101), page(100..101, 101)]);
    let mut pages = client.users().list().page_size(2).search("x").pages();
    let first = now(pages.next_page()).unwrap().expect("there is one");
    assert_eq!((first.items.len(), first.number(), first.size()), (2, 1, 2));
    assert_eq!(first.items[1].id, "1");
    let second = now(pages.next_page()).unwrap().expect("there is another");
    assert_eq!(second.into_iter().map(|user| user.id).collect::<Vec<_>>(), ["2"]);
    assert!(now(pages.next_page()).unwrap().is_none());
    let roles = now(client.organization_roles().list().items().collect()).unwrap();
    assert_eq!(roles.len(), 101);
    assert_eq!(
        targets(&seen),
        [
            "GET /api/users?search=x&page=1&page_size=2",
            "GET /api/users?search=x&page=2&page_size=2",
            "GET /api/organization-roles?page=1&page_size=100",
            "GET /api/organization-roles?page=2&page_size=100",
        ]
    );
}

/// One listing answers an object that holds the list.
#[test]
fn items_under_a_key() {
    let answer = r#"{"organizations":[{"id":"o1","name":"One"}]}"#;
    let (client, seen) = client(vec![json(answer), json(answer)]);
    let applications = client.applications();
    let page = now(applications.list_user_consent_organizations("a", "u").page(1).send()).unwrap();
    assert_eq!(page.organizations[0].name, "One");
    let all = now(applications.list_user_consent_organizations("a", "u").items().collect()).unwrap();
    assert_eq!(all.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["o1"]);
    let path = "GET /api/applications/a/users/u/consent-organizations?page=1";
    assert_eq!(targets(&seen), [path.to_owned(), format!("{path}&page_size=100")]);
}

#[test]
fn files_and_texts() {
    let (client, seen) =
        client(vec![json(r#"{"url":"https://x"}"#), answer(200, "text/xml; charset=utf-8", "<a/>")]);
    let asset = now(client.user_assets().create(Upload::new("a.png", "image/png", "PNG")).send()).unwrap();
    assert_eq!(asset.url, "https://x");
    assert_eq!(now(client.saml_applications().list_metadata("s1").send()).unwrap(), "<a/>");
    let seen = seen.lock().unwrap();
    assert!(seen[0].2.starts_with("multipart/form-data; boundary="));
    assert!(seen[0].3.ends_with(b"--\r\n"));
}

#[test]
fn what_is_not_known_is_kept() {
    let (client, seen) = client(vec![json(r#"[{"id":"h","event":"Moon.Risen","new":{"a":1}}]"#), json("[]")]);
    let hooks = now(client.hooks().list().send()).unwrap();
    assert_eq!(hooks[0].event, Some(HookEvent::Other("Moon.Risen".to_owned())));
    assert_eq!(hooks[0].name, "");
    now(client.configs().get_oidc_keys(KeyType::PrivateKeys).send()).unwrap();
    assert_eq!(targets(&seen)[1], "GET /api/configs/oidc/private-keys");
    assert!(KeyType::KNOWN.contains(&KeyType::from("cookie-keys")));
}

/// Every code is one of Logto's, with its place in the enumeration; what is no error of Logto's has none.
#[test]
fn errors_have_typed_codes() {
    let known: Vec<_> = ErrorCode::KNOWN.iter().map(ToString::to_string).collect();
    assert_eq!(known, Catalogue::load().unwrap().codes.into_iter().collect::<Vec<_>>());
    assert!(ErrorCode::KNOWN.iter().all(|code| ErrorCode::from(code.as_str()) == *code));
    let (client, _) = client(vec![
        answer(422, "application/json", r#"{"code":"moon.full","message":"no"}"#),
        answer(404, "text/plain", "Not Found"),
    ]);
    let error = now(client.users().get("u1").send()).unwrap_err();
    assert_eq!(ErrorCode::of(&error), Some(ErrorCode::Other("moon.full".to_owned())));
    assert_eq!(ErrorCode::of(&now(client.users().get("u1").send()).unwrap_err()), None);
    assert_eq!(ErrorCode::of(&now(client.users().get("").send()).unwrap_err()), None);
}

#[test]
fn secrets_are_not_shown() {
    let body = CreateUserBody::new().username("ann").password("hunter2");
    let shown = format!("{body:?} {:?}", Patch::Value(&body));
    assert!(shown.contains("ann") && !shown.contains("hunter2"), "{shown}");
    let (client, _) = client(vec![]);
    let call = format!("{:?}", client.users().create(&body));
    assert_eq!(call, r#"Call { operation: "CreateUser", .. }"#);
}

/// A wrong parameter is said when the call is sent, and nothing leaves.
#[test]
fn mistakes_are_found_before_anything_leaves() {
    let (client, seen) = client(vec![]);
    assert!(now(client.users().get("").send()).unwrap_err().is_config());
    assert!(now(client.users().get("..").send()).unwrap_err().is_config());
    assert!(now(client.users().list().page_size(101).pages().next_page()).unwrap_err().is_config());
    assert_eq!(targets(&seen), Vec::<String>::new());
}
