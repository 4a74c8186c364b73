//! What several groups of operations share.

use super::Call;
use super::answer::{Answer, Failure, foreign_key, not_exists, not_found};
use super::guard::{self, Field};
use super::search::Search;
use crate::json::Js;
use crate::world::{Document, Row, find, find_mut, is};

/// The row with this id, or 404 `entity.not_exists_with_id`.
pub(super) fn get_row<'r, R: Row>(rows: &'r [R], table: &str, id: &str) -> Result<&'r R, Failure> {
    find(rows, id).ok_or_else(|| not_exists(table, id))
}

/// The same, to change it.
pub(super) fn get_row_mut<'r, R: Row>(
    rows: &'r mut [R],
    table: &str,
    id: &str,
) -> Result<&'r mut R, Failure> {
    find_mut(rows, id).ok_or_else(|| not_exists(table, id))
}

/// The string that a body has under this name.
pub(super) fn text(body: &Js, name: &str) -> Option<String> {
    body.get(name).and_then(Js::as_str).map(str::to_owned)
}

/// The list of strings that a body has under this name; none is an empty one.
pub(super) fn texts(body: &Js, name: &str) -> Vec<String> {
    body.get(name).and_then(Js::strings).unwrap_or_default()
}

pub(super) fn flag(body: &Js, name: &str) -> Option<bool> {
    body.get(name).and_then(Js::as_bool)
}

/// A whole number that is not negative.
pub(super) fn whole(body: &Js, name: &str) -> Option<u64> {
    body.get(name).and_then(Js::as_number).filter(|n| *n >= 0.0).map(|n| n as u64)
}

/// 422 unless there is a row for each id.
pub(super) fn all_exist<R: Row>(rows: &[R], ids: &[String]) -> Result<(), Failure> {
    if ids.iter().all(|id| find(rows, id).is_some()) { Ok(()) } else { Err(foreign_key()) }
}

/// The rows with these ids, in the order of the table.
pub(super) fn among<'r, R: Row>(rows: &'r [R], ids: &[String]) -> Vec<&'r R> {
    rows.iter().filter(|row| ids.iter().any(|id| id == row.id())).collect()
}

/// Adds what is not there yet.
pub(super) fn add_all(list: &mut Vec<String>, new: Vec<String>) {
    for id in new {
        if !list.contains(&id) {
            list.push(id);
        }
    }
}

/// Removes it; whether it was there.
pub(super) fn take(list: &mut Vec<String>, id: &str) -> bool {
    let before = list.len();
    list.retain(|other| other != id);
    list.len() < before
}

impl Call<'_> {
    /// The members of the body that the fields name, checked.
    pub(super) fn members(&self, fields: &[Field]) -> Result<Document, Failure> {
        guard::members(&self.body(fields)?, fields)
    }

    /// The same of each object of a body that is a list.
    pub(super) fn members_of_each(&self, fields: &[Field]) -> Result<Vec<Document>, Failure> {
        guard::each(self.headers, self.raw_body, fields)
    }

    /// A row with its tenant and an id.
    pub(super) fn new_row(&mut self) -> Document {
        let mut row = Document::new();
        row.insert("tenantId".to_owned(), self.world.tenant_id.as_str().into());
        row.insert("id".to_owned(), self.world.rng.long_id().into());
        row
    }

    /// The row with this text under this key, or 404 `entity.not_found`.
    pub(super) fn stored(&self, table: &str, key: &str, value: &str) -> Result<&Document, Failure> {
        self.world.documents.find(table, key, value).ok_or_else(not_found)
    }

    /// The same, to change it.
    pub(super) fn stored_mut(
        &mut self,
        table: &'static str,
        key: &str,
        value: &str,
    ) -> Result<&mut Document, Failure> {
        self.world.documents.find_mut(table, key, value).ok_or_else(not_found)
    }

    /// 204, or 404 where there was no such row.
    pub(super) fn delete_stored(
        &mut self,
        table: &'static str,
        key: &str,
        value: &str,
    ) -> Result<Answer, Failure> {
        if self.world.documents.remove(table, key, value) > 0 {
            Ok(Answer::empty())
        } else {
            Err(not_found())
        }
    }

    /// The rows that have, for each of these query parameters that is given, what it says.
    pub(super) fn stored_by_query(&self, table: &str, parameters: &[&str]) -> Vec<&Document> {
        let wanted = |row: &&Document| {
            parameters.iter().all(|name| self.query.get(name).is_none_or(|value| is(row, name, value)))
        };
        self.world.documents.all(table).iter().filter(wanted).collect()
    }

    /// The rows that match the search of the query.
    pub(super) fn searched<'r, R: 'r>(
        &self,
        rows: impl Iterator<Item = &'r R>,
        fields: &[&str],
        values: impl for<'v> Fn(&'v R) -> Vec<Option<&'v str>>,
    ) -> Result<Vec<&'r R>, Failure> {
        let search = Search::read(&self.query, fields)?;
        Ok(rows.filter(|row| search.as_ref().is_none_or(|s| s.matches(&values(row)))).collect())
    }

    /// Whether one of the values contains what `q` says, whatever its case; without `q`, yes.
    pub(super) fn q(&self, values: &[&str]) -> bool {
        let Some(q) = self.query.get("q").filter(|q| !q.is_empty()) else { return true };
        let q = q.to_lowercase();
        values.iter().any(|value| value.to_lowercase().contains(&q))
    }
}
