//! What type checkers see of a group's module: a class of each kind, with the keywords of each operation.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use logto_catalogue::Type;

use super::names::{self, Style};
use super::operations::{KINDS, required, search};
use super::shape::{Answer, Body, Shape};

/// The stub of a group's module.
pub(super) fn module(group: &str, shapes: &[Shape<'_>]) -> String {
    let handle = names::handle(group);
    let mut keywords = String::new();
    for shape in shapes {
        keywords.push_str(&call(shape));
    }
    let mut classes = String::new();
    for (kind, _) in KINDS {
        let _ = writeln!(classes, "class {kind}{handle}(Operations):");
        for shape in shapes {
            classes.push_str(&method(shape, kind));
        }
        classes.push('\n');
    }
    let all: Vec<String> = KINDS.iter().map(|(kind, _)| format!("\"{kind}{handle}\"")).collect();
    let body = format!("{keywords}{classes}");
    let builtins = if body.contains("builtins.") { "import builtins\n" } else { "" };
    format!(
        "{builtins}{}{}\n{}\nfrom ..._group import Operations\n{}{}{}{}{}\n__all__ = [{}]\n\n{body}",
        names::import("collections.abc", &["Coroutine", "Mapping"], &body),
        names::import("typing", &["Any", "Literal", "overload"], &body),
        names::import("typing_extensions", &["Unpack"], &body),
        names::import("..._listing", &["AsyncListing", "Listing"], &body),
        names::import("..._options", &["File", "ListingOptions", "OperationOptions", "PathValue"], &body),
        names::import("..._response", &["RawResponse"], &body),
        names::import("..._search", &["Search", "UserSearch"], &body),
        names::import_models("..types", models(shapes)),
        all.join(", ")
    )
}

/// The models that are named.
fn models<'a>(shapes: &[Shape<'a>]) -> BTreeSet<&'a str> {
    let mut models = BTreeSet::new();
    for shape in shapes {
        let operation = shape.operation;
        for parameter in &operation.parameters {
            parameter.ty.refs(&mut |name| _ = models.insert(name));
        }
        match shape.body {
            Body::Keys(name, _) => _ = models.insert(name),
            Body::Whole(ty) => ty.refs(&mut |name| _ = models.insert(name)),
            Body::None | Body::File => {}
        }
        if let Some(ty) = operation.answered() {
            ty.refs(&mut |name| _ = models.insert(name));
        }
        if let Answer::Listing(item) = shape.answer {
            item.refs(&mut |name| _ = models.insert(name));
        }
    }
    models
}

fn options(shape: &Shape<'_>) -> &'static str {
    if shape.is_listing() { "ListingOptions" } else { "OperationOptions" }
}

/// The name of an operation's own keywords, where it has some.
fn own(shape: &Shape<'_>) -> String {
    format!("_{}", shape.operation.id)
}

/// The keywords that go into the query and may be left out, with their types.
fn optional(shape: &Shape<'_>) -> Vec<(String, String)> {
    let of_query = shape.query.iter().filter(|parameter| !parameter.required);
    let mut keywords: Vec<(String, String)> =
        of_query.map(|one| (one.name.clone(), format!("{} | None", bare(&one.ty)))).collect();
    if let Some(search) = search(shape) {
        keywords.push(("search".to_owned(), format!("str | {search} | None")));
        keywords.push(("search_params".to_owned(), "Mapping[str, object] | None".to_owned()));
    }
    keywords
}

/// The type without its null, which a query cannot say.
fn bare(ty: &Type) -> String {
    match ty {
        Type::Nullable(inner) => bare(inner),
        ty => names::ty(ty, Style::Stub),
    }
}

/// Whether an operation has keywords that are neither options nor the body's.
fn has_own(shape: &Shape<'_>) -> bool {
    !optional(shape).is_empty()
}

/// The classes of an operation's keywords: with the keys of the body, and without.
fn call(shape: &Shape<'_>) -> String {
    let mut text = String::new();
    let options = options(shape);
    let query = optional(shape).iter().fold(String::new(), |mut text, (name, ty)| {
        let _ = writeln!(text, "    {name}: {ty}");
        text
    });
    let base = if query.is_empty() { options.to_owned() } else { own(shape) };
    if !query.is_empty() {
        let _ = write!(text, "class {base}({options}, total=False):\n{query}\n");
    }
    if let Body::Keys(name, _) = shape.body {
        let _ = write!(text, "class {}({name}, {base}): ...\n\n", with_body(shape));
    }
    text
}

fn with_body(shape: &Shape<'_>) -> String {
    format!("_{}Keywords", shape.operation.id)
}

fn method(shape: &Shape<'_>, kind: &str) -> String {
    let mut before = vec!["self".to_owned()];
    for parameter in &shape.path {
        let ty = match &parameter.ty {
            Type::String | Type::Format(_) => "PathValue".to_owned(),
            ty => names::ty(ty, Style::Stub),
        };
        before.push(format!("{}: {ty}", parameter.name));
    }
    before.push("/".to_owned());
    let own = if has_own(shape) { own(shape) } else { options(shape).to_owned() };
    let mut after: Vec<String> =
        required(shape).map(|parameter| format!("{}: {}", parameter.name, bare(&parameter.ty))).collect();
    if !after.is_empty() {
        after.insert(0, "*".to_owned());
    }
    let variants = match shape.body {
        Body::None => vec![(None, own)],
        Body::Whole(ty) => vec![(Some(format!("body: {}", names::ty(ty, Style::Stub))), own)],
        Body::File => vec![(Some("file: File".to_owned()), own)],
        Body::Keys(name, _) => vec![
            (Some("body: None = None".to_owned()), with_body(shape)),
            (Some(format!("body: {name}")), own),
        ],
    };
    let overload = if variants.len() > 1 { "    @overload\n" } else { "" };
    let deprecated = if shape.operation.deprecated { "    # Logto advises against it.\n" } else { "" };
    let returned = returned(shape, kind);
    variants.into_iter().fold(String::new(), |mut text, (body, keywords)| {
        let arguments: Vec<String> = before
            .iter()
            .cloned()
            .chain(body)
            .chain(after.iter().cloned())
            .chain([format!("**call: Unpack[{keywords}]")])
            .collect();
        let name = &shape.operation.name;
        let _ = writeln!(
            text,
            "{deprecated}{overload}    def {name}({}) -> {returned}: ...",
            arguments.join(", ")
        );
        text
    })
}

/// What a call gives in a class of a kind.
fn returned(shape: &Shape<'_>, kind: &str) -> String {
    let data = shape.data(Style::Stub);
    match (kind, &shape.answer) {
        ("", Answer::Listing(item)) => format!("Listing[{}]", names::ty(item, Style::Stub)),
        ("Async", Answer::Listing(item)) => format!("AsyncListing[{}]", names::ty(item, Style::Stub)),
        (kind, _) => wrapped(kind, &data),
    }
}

/// A value as a class of a kind gives it.
pub(super) fn wrapped(kind: &str, data: &str) -> String {
    match kind {
        "" => data.to_owned(),
        "Async" => format!("Coroutine[Any, Any, {data}]"),
        "Raw" => format!("RawResponse[{data}]"),
        _ => format!("Coroutine[Any, Any, RawResponse[{data}]]"),
    }
}
