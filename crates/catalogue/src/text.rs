//! Identifiers: into words, and back in another style.

/// The words of an identifier in any style: `JitSsoConnector`, `jit-sso-connectors`, `page_size`, `User.Created`. An acronym is a
/// word (`SAMLRequest` → `SAML`, `Request`), digits belong to the word before them.
#[must_use]
pub fn words(identifier: &str) -> Vec<String> {
    let chars: Vec<char> = identifier.chars().collect();
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for (index, &c) in chars.iter().enumerate() {
        if !c.is_alphanumeric() {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            continue;
        }
        let before = index.checked_sub(1).and_then(|at| chars.get(at));
        let after = chars.get(index + 1);
        let begins = c.is_uppercase()
            && (before.is_some_and(|b| b.is_lowercase() || b.is_numeric())
                || (before.is_some_and(|b| b.is_uppercase()) && after.is_some_and(|a| a.is_lowercase())));
        if begins && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        word.push(c);
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

/// `list_user_roles`.
#[must_use]
pub fn snake(identifier: &str) -> String {
    words(identifier).join("_").to_lowercase()
}

/// `ListUserRoles`. Acronyms become words: `SAML` → `Saml`.
#[must_use]
pub fn pascal(identifier: &str) -> String {
    words(identifier).iter().map(|word| capital(&word.to_lowercase())).collect()
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}

/// The singular of an English noun as Logto's API uses them: `Factories`, `Activities`, `Roles`; `Status` and `Address` stay.
#[must_use]
pub fn singular(noun: &str) -> String {
    if let Some(stem) = noun.strip_suffix("ies") {
        return format!("{stem}y");
    }
    match noun.strip_suffix('s') {
        Some(stem) if !stem.ends_with(['s', 'u']) && !stem.is_empty() => stem.to_owned(),
        _ => noun.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_every_style() {
        for (identifier, expected) in [
            ("ListUserRoles", "List User Roles"),
            ("organization-roles", "organization roles"),
            ("page_size", "page size"),
            ("SAMLRequest", "SAML Request"),
            ("User.SuspensionStatus.Updated", "User Suspension Status Updated"),
            ("urn:oasis:names:tc:SAML:2.0", "urn oasis names tc SAML 2 0"),
            ("last7Days", "last7 Days"),
            ("SHA256", "SHA256"),
        ] {
            assert_eq!(words(identifier).join(" "), expected);
        }
    }

    #[test]
    fn singulars() {
        for (noun, expected) in [
            ("Users", "User"),
            ("Factories", "Factory"),
            ("Activities", "Activity"),
            ("Status", "Status"),
            ("Address", "Address"),
            ("Phrases", "Phrase"),
            ("Data", "Data"),
        ] {
            assert_eq!(singular(noun), expected);
        }
    }
}
