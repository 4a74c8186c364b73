//! Where the official declarations take more than the catalogue says, because they say less.
//!
//! Programs written against them must compile unchanged, so calls by path take both. Calls by name are strict.

/// Keys of a body, at any depth, and what the official declarations take there besides.
struct Looser {
    operations: &'static [&'static str],
    keys: &'static [&'static str],
    /// In TypeScript.
    also: &'static str,
}

/// Constants and enumerations, and objects that the declarations lose.
const TEXT: &str = "string";
/// What a function checks, the declarations make an object of.
const OBJECT: &str = "{ [key: string]: unknown }";

const LOOSER: [Looser; 10] = [
    Looser {
        operations: &[
            "CreateCustomProfileField",
            "CreateCustomProfileFieldsBatch",
            "UpdateCustomProfileFieldByName",
            "CreateUserMfaVerification",
            "UpdateCaptchaProvider",
        ],
        keys: &["type", "defaultValue"],
        also: TEXT,
    },
    Looser {
        operations: &[
            "CreateCustomProfileField",
            "CreateCustomProfileFieldsBatch",
            "UpdateCustomProfileFieldByName",
        ],
        keys: &["required"],
        also: "boolean",
    },
    Looser {
        operations: &["ReplaceEmailTemplates", "UpdateEmailTemplateDetails"],
        keys: &["contentType"],
        also: TEXT,
    },
    Looser { operations: &["CreateSamlApplication", "UpdateSamlApplication"], keys: &["acsUrl"], also: TEXT },
    Looser { operations: &["TestJwtCustomizer"], keys: &["tokenType", "kind"], also: TEXT },
    Looser {
        operations: &["UpsertJwtCustomizer", "UpdateJwtCustomizer"],
        keys: &["script", "environmentVariables", "contextSample", "tokenSample", "blockIssuanceOnError"],
        also: "unknown",
    },
    Looser { operations: &["UpdateAccountCenterSettings"], keys: &["deleteAccountUrl"], also: OBJECT },
    Looser { operations: &["UpdateSignInExp"], keys: &["usernamePolicy"], also: OBJECT },
    Looser { operations: &["UpdateSignInExp"], keys: &["validPeriodDays"], also: "unknown" },
    Looser {
        operations: &["CreateApplication", "UpdateApplication", "TestJwtCustomizer"],
        keys: &["redirectUris", "postLogoutRedirectUris"],
        also: "{ [key: string]: unknown }[]",
    },
];

/// The type of a JSON body as calls by path take it.
pub(crate) fn looser(operation: &str, ty: String) -> String {
    LOOSER.iter().filter(|entry| entry.operations.contains(&operation)).fold(ty, |ty, entry| {
        let keys: Vec<String> = entry.keys.iter().map(|key| format!("{key:?}")).collect();
        format!("Loosen<{ty}, {}, {}>", keys.join(" | "), entry.also)
    })
}

/// The operations that are looser, so that one which is gone is not forgotten here.
pub(crate) fn operations() -> impl Iterator<Item = &'static str> {
    LOOSER.iter().flat_map(|entry| entry.operations.iter().copied())
}
