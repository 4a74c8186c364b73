//! The vector file, as types. Unknown members are errors: a misspelt expectation must not pass.

use std::{collections::BTreeMap, fs, path::Path};

use serde::Deserialize;
use serde_json::{Map, Value};

/// One vector file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Vector {
    /// Where the schema is, for editors.
    #[serde(rename = "$schema", default)]
    pub schema: Option<String>,
    /// Path below `tests/vectors` without the ending.
    #[serde(skip)]
    pub name: String,
    /// What must hold, and which rule it comes from.
    pub about: String,
    /// Doors that cannot run it, and why.
    #[serde(default)]
    pub skip: BTreeMap<String, String>,
    /// How the client is configured.
    #[serde(default)]
    pub client: ClientSpec,
    /// The server's script.
    #[serde(default)]
    pub server: Vec<Value>,
    /// What the caller does.
    pub steps: Vec<Step>,
    /// The same as written, for drivers.
    #[serde(skip)]
    pub raw_steps: Vec<Value>,
    /// What the server saw.
    pub seen: Option<Vec<SeenSpec>>,
    /// Requests per route, exactly.
    #[serde(default)]
    pub counts: BTreeMap<String, usize>,
    /// The pauses that the client made, in ms.
    pub sleeps: Option<Vec<f64>>,
    /// Codes of the warnings given.
    pub warnings: Option<Vec<String>>,
}

/// How the client is configured.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct ClientSpec {
    /// Tenant id.
    pub tenant_id: String,
    /// Client id.
    pub client_id: String,
    /// Client secret.
    pub client_secret: String,
    /// Base url; `null`: not given.
    pub base_url: Option<String>,
    /// Resource indicator, if given.
    pub api_indicator: Option<String>,
    /// Client options.
    pub options: Map<String, Value>,
    /// A token store, that all clients of the vector share: `working`, `failing` or `hanging`.
    pub token_store: Option<StoreKind>,
}

/// What a vector's token store does.
#[derive(Clone, Copy, Debug, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StoreKind {
    /// It keeps and gives.
    Working,
    /// Every step is an error.
    Failing,
    /// No step ends.
    Hanging,
}

/// What is done to the store's values.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SpoilKind {
    /// One character is another.
    Bit,
    /// The end is cut off.
    End,
    /// Something else altogether.
    Garbage,
}

impl Default for ClientSpec {
    fn default() -> Self {
        Self {
            tenant_id: "default".to_owned(),
            client_id: "m2m-app".to_owned(),
            client_secret: "s3cret-of-the-vectors".to_owned(),
            base_url: Some("{server}".to_owned()),
            api_indicator: None,
            options: Map::new(),
            token_store: None,
        }
    }
}

impl ClientSpec {
    /// The same, with the address of its server.
    #[must_use]
    pub fn at(&self, server: &str, refused: &str) -> Self {
        let fill = |url: &String| url.replace("{server}", server).replace("{refused}", refused);
        Self { base_url: self.base_url.as_ref().map(fill), ..self.clone() }
    }
}

/// One step.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Step {
    /// One request.
    pub call: Option<CallSpec>,
    /// One listing.
    pub list: Option<ListSpec>,
    /// Asks for the access token.
    pub token: Option<bool>,
    /// Builds the client.
    pub create: Option<bool>,
    /// A client of the same configuration takes the place of the one before, as in a process that starts later.
    pub again: Option<bool>,
    /// Spoils every value in the token store.
    pub spoil: Option<SpoilKind>,
    /// The client's clock moves on.
    pub advance_ms: Option<u64>,
    /// So many times at once, or these at once.
    pub parallel: Option<Parallel>,
    /// What must come out.
    pub expect: Option<Value>,
}

/// Steps at once.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Parallel {
    /// The same, so many times.
    Times(usize),
    /// Each of these.
    Each(Vec<Step>),
}

/// Parameters by place.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Path parameters.
    pub path: Map<String, Value>,
    /// Query parameters.
    pub query: Map<String, Value>,
    /// Headers.
    pub header: Map<String, Value>,
}

/// A body that is no JSON, or too large to write down.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RawBody {
    /// Its content type.
    pub content_type: String,
    /// As text.
    pub text: Option<String>,
    /// As bytes.
    pub base64: Option<String>,
    /// As so many `x`, within quotes where the type is JSON.
    pub fill: Option<Fill>,
}

/// So many bytes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fill {
    /// How many.
    pub bytes: usize,
}

/// One request.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CallSpec {
    /// HTTP method.
    pub method: String,
    /// Route template.
    pub path: String,
    /// Parameters.
    #[serde(default)]
    pub params: Params,
    /// JSON body.
    pub body: Option<Value>,
    /// Another body.
    pub raw_body: Option<RawBody>,
    /// Headers.
    #[serde(default)]
    pub headers: Map<String, Value>,
    /// Options of this call.
    #[serde(default)]
    pub options: Map<String, Value>,
    /// Cancelled when the server has seen so many requests.
    pub cancel_after_seen: Option<usize>,
}

/// One listing.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ListSpec {
    /// Route template.
    pub path: String,
    /// Parameters.
    #[serde(default)]
    pub params: Params,
    /// Items per request.
    pub page_size: Option<u32>,
    /// First page.
    pub page: Option<u64>,
    /// Pages at once.
    pub concurrency: Option<usize>,
    /// `items` or `pages`.
    pub mode: Option<String>,
    /// Stop after so many items.
    pub max: Option<usize>,
    /// Resume from this text.
    pub cursor: Option<String>,
    /// Resume from the list step before.
    pub resume: Option<bool>,
}

/// A request that the server must have seen.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SeenSpec {
    /// Method and target.
    pub request: String,
    /// Headers; `null`: absent.
    #[serde(default)]
    pub headers: BTreeMap<String, Option<String>>,
    /// Members of a form body; `null`: absent.
    pub form: Option<BTreeMap<String, Option<String>>>,
    /// The whole JSON body.
    pub json: Option<Value>,
    /// The whole body.
    pub body: Option<String>,
}

/// Reads all vectors below a folder, in the order of their names.
///
/// # Errors
/// Naming the file and the place that is wrong.
pub fn load(dir: &Path) -> Result<Vec<Vector>, String> {
    let mut vectors = Vec::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        for entry in entries {
            let path = entry.map_err(|error| error.to_string())?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "json")
                && path.file_name().is_some_and(|name| name != "schema.json")
            {
                vectors.push(read(dir, &path)?);
            }
        }
    }
    vectors.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(vectors)
}

fn read(dir: &Path, path: &Path) -> Result<Vector, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut json = serde_json::Deserializer::from_str(&text);
    let mut vector: Vector = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| format!("{}: at {}: {}", path.display(), error.path(), error.inner()))?;
    let raw: Value = serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    vector.raw_steps = raw["steps"].as_array().cloned().unwrap_or_default();
    let name = path.strip_prefix(dir).unwrap_or(path).with_extension("");
    vector.name = name.to_string_lossy().replace('\\', "/");
    if vector.about.trim().is_empty() {
        return Err(format!("{}: about is empty", path.display()));
    }
    Ok(vector)
}
