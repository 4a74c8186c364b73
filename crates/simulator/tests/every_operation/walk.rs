//! Calls operations by their ids, and holds what comes back against the catalogue.

use std::collections::BTreeSet;

use bytes::Bytes;
use http::Response;
use logto_catalogue::{Catalogue, Operation, Place};
use serde_json::Value;

use crate::common::tenant::{Tenant, header, json, text};

pub struct Walk<'t> {
    tenant: &'t Tenant,
    catalogue: Catalogue,
    called: BTreeSet<String>,
}

/// The id of what was made.
pub fn id(row: &Value) -> String {
    row["id"].as_str().expect("an id").to_owned()
}

impl<'t> Walk<'t> {
    pub fn new(tenant: &'t Tenant) -> Self {
        let catalogue = Catalogue::load().expect("management.json is a catalogue");
        Self { tenant, catalogue, called: BTreeSet::new() }
    }

    fn operation(&mut self, id: &str) -> Operation {
        self.called.insert(id.to_owned());
        self.catalogue.operation(id).unwrap_or_else(|| panic!("there is no operation {id}")).clone()
    }

    fn send(
        &self,
        operation: &Operation,
        parameters: &[&str],
        query: &str,
        body: Option<&Value>,
    ) -> Response<Bytes> {
        let names: Vec<_> = operation.parameters_in(Place::Path).collect();
        assert_eq!(names.len(), parameters.len(), "{} has these parameters: {names:?}", operation.id);
        let mut path = operation.path.clone();
        for (name, value) in names.iter().zip(parameters) {
            path = path.replace(&format!("{{{}}}", name.name), &value.replace('/', "%2F"));
        }
        if !query.is_empty() {
            path = format!("{path}?{query}");
        }
        if let Some(body) = body {
            let declared = operation.body.as_ref().and_then(|body| body.content.get("application/json"));
            let declared = declared.unwrap_or_else(|| panic!("{} takes no JSON", operation.id));
            let misfits = self.catalogue.misfits(declared, body);
            assert!(misfits.is_empty(), "the body for {}: {misfits:?}", operation.id);
        }
        self.tenant.api(&operation.method, &path, body)
    }

    /// The answer to a call that must succeed, as the catalogue says it does.
    pub fn call(&mut self, id: &str, parameters: &[&str], body: Option<Value>) -> Value {
        let operation = self.operation(id);
        let answer = self.send(&operation, parameters, "", body.as_ref());
        self.check(&operation, &answer)
    }

    /// The same, with a query.
    pub fn list(&mut self, id: &str, parameters: &[&str], query: &str) -> Value {
        let operation = self.operation(id);
        let answer = self.send(&operation, parameters, query, None);
        self.check(&operation, &answer)
    }

    /// A call that must fail.
    pub fn refuses(&mut self, id: &str, parameters: &[&str], body: Option<Value>, status: u16) {
        let operation = self.operation(id);
        let answer = self.send(&operation, parameters, "", body.as_ref());
        assert_eq!(answer.status().as_u16(), status, "{id}: {:?}", answer.body());
        let code = json(&answer)["code"].as_str().unwrap_or_default().to_owned();
        assert!(self.catalogue.codes.contains(&code), "{id}: {code} is no known code");
    }

    pub fn upload(&mut self, id: &str, name: &str, media: &str) {
        let operation = self.operation(id);
        let bearer = format!("Bearer {}", self.tenant.token);
        let headers =
            [("authorization", bearer.as_str()), ("content-type", "multipart/form-data; boundary=B")];
        let upload = |field: &str, media: &str| {
            let body = format!(
                "--B\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\nContent-Type: {media}\r\n\r\n\0\r\n\r\n--B--\r\n"
            );
            self.tenant.raw(&operation.method, &operation.path, &headers, body.as_bytes())
        };
        self.check(&operation, &upload("file", media));
        assert_eq!(json(&upload("file", "text/css"))["code"], "guard.mime_type_not_allowed");
        assert_eq!(json(&upload("other", media))["code"], "guard.invalid_input");
    }

    fn check(&self, operation: &Operation, answer: &Response<Bytes>) -> Value {
        let (id, status) = (&operation.id, answer.status().as_u16());
        assert!(operation.answer.statuses.contains(&status), "{id}: {status} {:?}", answer.body());
        let paged = header(answer, "total-number").is_some();
        if operation.paging == logto_catalogue::Paging::Always {
            assert!(paged, "{id} pages");
        }
        let Some(content) = &operation.answer.content else {
            let silent = matches!(text(answer), "" | "Created" | "OK" | "Found");
            assert!(silent, "{id} brings no data: {:?}", answer.body());
            assert_eq!(operation.text_answer, matches!(text(answer), "Created" | "OK"), "{id}");
            return Value::Null;
        };
        if status == 204 {
            return Value::Null;
        }
        let media = header(answer, "content-type").unwrap_or_default();
        assert!(media.starts_with(&content.media), "{id}: {media}");
        if content.media != "application/json" {
            return text(answer).into();
        }
        let value = json(answer);
        let misfits = self.catalogue.misfits(&content.ty, &value);
        assert!(misfits.is_empty(), "{id}: {}", misfits.iter().map(|m| format!("\n{m}")).collect::<String>());
        value
    }

    /// No operation of these groups may have been left out.
    pub fn called_all_of(&self, groups: &[&str]) {
        self.called_all_but(groups, &[]);
    }

    /// None but these, which another test calls.
    pub fn called_all_but(&self, groups: &[&str], elsewhere: &[&str]) {
        let missing: Vec<_> = self
            .catalogue
            .operations
            .iter()
            .filter(|operation| groups.contains(&operation.group.as_str()))
            .map(|operation| operation.id.as_str())
            .filter(|id| !self.called.contains(*id) && !elsewhere.contains(id))
            .collect();
        assert!(missing.is_empty(), "not called: {missing:?}");
        for group in groups {
            assert!(self.catalogue.groups().contains_key(group), "there is no group {group}");
        }
    }
}
