//! Items as columns, laid out as Apache Arrow's are (<https://arrow.apache.org/docs/format/Columnar.html>), from their JSON in one pass and without Python objects.
//!
//! A column's kind is declared, or found by its first values. It may widen when a value does not fit, and stays wide: from whole numbers to fractions, and from anything to text. So the kinds of a later
//! batch hold for those before it too, and what a newer server sends is never lost.

use std::{collections::HashMap, mem, sync::Mutex};

use logto_management::core::json::Json;
use pyo3::{exceptions::PyValueError, prelude::*, types::PyBytes};

use crate::{rows::Rows, runtime::lock};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Nothing but nulls so far.
    Null,
    Bool,
    /// Whole numbers of 64 bits.
    Int,
    Float,
    /// Milliseconds since 1970.
    Time,
    /// Strings as they are; anything else as its JSON.
    Text,
    /// Everything as its JSON.
    Json,
}

const KINDS: [(&str, Kind); 7] = [
    ("null", Kind::Null),
    ("bool", Kind::Bool),
    ("int", Kind::Int),
    ("float", Kind::Float),
    ("time", Kind::Time),
    ("text", Kind::Text),
    ("json", Kind::Json),
];

impl Kind {
    fn name(self) -> &'static str {
        KINDS.iter().find(|(_, kind)| *kind == self).map_or("null", |(name, _)| name)
    }

    const fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Json)
    }
}

#[derive(Clone, Copy, Debug)]
enum Number {
    Whole(i64),
    Fraction(f64),
}

/// A number; `None` for anything else.
fn number(value: Json<'_>) -> Option<Number> {
    if !value.text().starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
        return None;
    }
    match value.text().parse() {
        Ok(whole) => Some(Number::Whole(whole)),
        Err(_) => value.as_f64().map(Number::Fraction),
    }
}

/// The values of a batch under one name.
#[derive(Debug)]
struct Column {
    name: String,
    kind: Kind,
    /// A bit for each value that is there, the first row's lowest.
    valid: Vec<u8>,
    nulls: usize,
    rows: usize,
    /// Bits, eight bytes each, or text.
    data: Vec<u8>,
    /// Where each text ends, behind a first 0.
    ends: Vec<i32>,
}

/// Sets the bit of the row that is added.
fn push_bit(bits: &mut Vec<u8>, row: usize, bit: bool) {
    if row.is_multiple_of(8) {
        bits.push(0);
    }
    if bit && let Some(last) = bits.last_mut() {
        *last |= 1 << (row % 8);
    }
}

fn bit(bits: &[u8], row: usize) -> bool {
    bits.get(row / 8).is_some_and(|byte| byte >> (row % 8) & 1 == 1)
}

impl Column {
    fn new(name: &str, kind: Kind) -> Self {
        let (valid, data, ends) = (Vec::new(), Vec::new(), vec![0]);
        Self { name: name.to_owned(), kind, valid, nulls: 0, rows: 0, data, ends }
    }

    /// Nulls up to a row that has the first value, or none, again.
    fn pad(&mut self, rows: usize) {
        while self.rows < rows {
            self.nulls += 1;
            self.end(false);
        }
    }

    /// Ends a row whose value, if any, is in place.
    fn end(&mut self, there: bool) {
        push_bit(&mut self.valid, self.rows, there);
        match self.kind {
            Kind::Null => {}
            Kind::Bool if !there => push_bit(&mut self.data, self.rows, false),
            Kind::Bool => {}
            Kind::Int | Kind::Float | Kind::Time if !there => self.data.extend([0; 8]),
            Kind::Int | Kind::Float | Kind::Time => {}
            // A batch is far smaller than 2 GiB.
            Kind::Text | Kind::Json => self.ends.push(i32::try_from(self.data.len()).unwrap_or(i32::MAX)),
        }
        self.rows += 1;
    }

    fn add(&mut self, value: Json<'_>) {
        if value.is_null() {
            return self.pad(self.rows + 1);
        }
        if self.kind == Kind::Null {
            self.widen(match value {
                value if value.as_bool().is_some() => Kind::Bool,
                value if value.is_object() || value.is_array() => Kind::Json,
                value => match number(value) {
                    Some(Number::Whole(_)) => Kind::Int,
                    Some(Number::Fraction(_)) => Kind::Float,
                    None => Kind::Text,
                },
            });
        }
        match (self.kind, number(value), value.as_bool()) {
            (Kind::Json, ..) => self.data.extend_from_slice(value.text().as_bytes()),
            (Kind::Text, ..) => match value.as_str() {
                Some(text) => self.data.extend_from_slice(text.as_bytes()),
                None => self.data.extend_from_slice(value.text().as_bytes()),
            },
            (Kind::Bool, _, Some(value)) => push_bit(&mut self.data, self.rows, value),
            (Kind::Int | Kind::Time, Some(Number::Whole(number)), _) => {
                self.data.extend(number.to_le_bytes())
            }
            #[expect(clippy::cast_possible_truncation, reason = "saturates; such times mean nothing")]
            (Kind::Time, Some(Number::Fraction(number)), _) => {
                self.data.extend((number.round() as i64).to_le_bytes());
            }
            #[expect(clippy::cast_precision_loss, reason = "a column with fractions has them")]
            (Kind::Float, Some(Number::Whole(number)), _) => self.data.extend((number as f64).to_le_bytes()),
            (Kind::Float, Some(Number::Fraction(number)), _) => self.data.extend(number.to_le_bytes()),
            (Kind::Int, Some(Number::Fraction(_)), _) => {
                self.widen(Kind::Float);
                return self.add(value);
            }
            _ => {
                self.widen(Kind::Text);
                return self.add(value);
            }
        }
        self.end(true);
    }

    /// Takes the last row back: its name came twice, and the later one counts.
    fn take_back(&mut self) {
        self.rows -= 1;
        if !bit(&self.valid, self.rows) {
            self.nulls -= 1;
        }
        if self.rows.is_multiple_of(8) {
            self.valid.pop();
        } else if let Some(last) = self.valid.last_mut() {
            *last &= !(1 << (self.rows % 8));
        }
        match self.kind {
            Kind::Null => {}
            Kind::Bool if self.rows.is_multiple_of(8) => _ = self.data.pop(),
            Kind::Bool => {
                if let Some(last) = self.data.last_mut() {
                    *last &= !(1 << (self.rows % 8));
                }
            }
            Kind::Int | Kind::Float | Kind::Time => self.data.truncate(self.rows * 8),
            Kind::Text | Kind::Json => {
                self.ends.pop();
                let end = self.ends.last().copied().unwrap_or(0);
                self.data.truncate(usize::try_from(end).unwrap_or(0));
            }
        }
    }

    /// Changes the kind, and the values that are there with it.
    fn widen(&mut self, to: Kind) {
        let mut wide = Self::new(&self.name, to);
        for row in 0..self.rows {
            let at = row * 8;
            let eight =
                || self.data.get(at..at + 8).and_then(|bytes| bytes.try_into().ok()).unwrap_or([0; 8]);
            if !bit(&self.valid, row) {
                wide.pad(row + 1);
                continue;
            }
            // As it could stand in the JSON.
            let text = match self.kind {
                Kind::Bool => bit(&self.data, row).to_string(),
                Kind::Int | Kind::Time => i64::from_le_bytes(eight()).to_string(),
                Kind::Float => f64::from_le_bytes(eight()).to_string(),
                Kind::Null | Kind::Text | Kind::Json => String::new(),
            };
            match Json::parse(text.as_bytes()) {
                Ok(value) => wide.add(value),
                // Infinite: more than a double holds.
                Err(_) => wide.pad(row + 1),
            }
        }
        *self = wide;
    }

    /// The batch's values; the kind stays for the next batch.
    fn take(&mut self) -> Self {
        let empty = Self::new(&self.name, self.kind);
        mem::replace(self, empty)
    }
}

/// A batch in the making.
#[derive(Debug, Default)]
struct Batch {
    columns: Vec<Column>,
    by_name: HashMap<String, usize>,
    rows: usize,
    bytes: usize,
}

impl Batch {
    fn declare(&mut self, name: &str, kind: Kind) -> usize {
        let index = self.columns.len();
        self.columns.push(Column::new(name, kind));
        self.by_name.insert(name.to_owned(), index);
        index
    }

    fn add(&mut self, item: Json<'_>) {
        for (place, (name, value)) in item.members().enumerate() {
            // Objects of a listing name their members in one order, mostly that of the declaration.
            let known = self.columns.get(place).is_some_and(|column| column.name == name);
            let index = if known { Some(place) } else { self.by_name.get(name.as_ref()).copied() };
            let index = index.unwrap_or_else(|| self.declare(&name, Kind::Null));
            let Some(column) = self.columns.get_mut(index) else { continue };
            if column.rows > self.rows {
                column.take_back();
            }
            column.pad(self.rows);
            column.add(value);
        }
        self.rows += 1;
        let rows = self.rows;
        self.columns.iter_mut().for_each(|column| column.pad(rows));
    }
}

type Taken<'py> =
    (String, &'static str, usize, Bound<'py, PyBytes>, Option<Bound<'py, PyBytes>>, Bound<'py, PyBytes>);

/// Items as columns, batch after batch.
#[pyclass(module = "logto_management._native", frozen)]
#[derive(Debug)]
pub(crate) struct Columns(Mutex<Batch>);

#[pymethods]
impl Columns {
    /// With the columns that are declared: names and kinds.
    #[new]
    fn new(declared: Vec<(String, String)>) -> PyResult<Self> {
        let mut batch = Batch::default();
        for (name, kind) in declared {
            let found = KINDS.iter().find(|(known, _)| *known == kind);
            let (_, kind) = found.ok_or_else(|| PyValueError::new_err(format!("no kind {kind}")))?;
            batch.declare(&name, *kind);
        }
        Ok(Self(Mutex::new(batch)))
    }

    /// Adds items; how many there are now, and of how many bytes of JSON.
    fn add(&self, py: Python<'_>, rows: &Rows) -> PyResult<(usize, usize)> {
        py.detach(|| {
            let mut batch = lock(&self.0);
            rows.each(|item| {
                if !item.is_object() {
                    return Err(PyValueError::new_err(
                        "this listing has items that are no objects, and so no columns",
                    ));
                }
                batch.add(item);
                Ok(())
            })?;
            batch.bytes += rows.size();
            Ok((batch.rows, batch.bytes))
        })
    }

    /// Takes the batch out: its rows, and for each column the name, the kind, how many are null, and the buffers: which are there, where texts end, the values.
    fn take<'py>(&self, py: Python<'py>) -> (usize, Vec<Taken<'py>>) {
        let (rows, columns) = {
            let mut batch = lock(&self.0);
            batch.bytes = 0;
            (mem::take(&mut batch.rows), batch.columns.iter_mut().map(Column::take).collect::<Vec<_>>())
        };
        let bytes = |bytes: &[u8]| PyBytes::new(py, bytes);
        let taken = |column: Column| {
            let ends = column.kind.is_text().then(|| {
                let ends: Vec<u8> = column.ends.iter().flat_map(|end| end.to_le_bytes()).collect();
                bytes(&ends)
            });
            (column.name, column.kind.name(), column.nulls, bytes(&column.valid), ends, bytes(&column.data))
        };
        (rows, columns.into_iter().map(taken).collect())
    }
}
