//! The form of cells in the log: an object of the fields that are not empty.

use std::fmt;

use serde::{
    Deserializer, Serializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor},
    ser::SerializeMap,
};

use crate::{
    Error,
    fold::Text,
    registers::{Column, Register},
};

/// The cells as the log keeps them.
pub(crate) fn to_json(register: &Register, cells: &[Option<String>]) -> String {
    let mut bytes = Vec::with_capacity(256);
    let mut serializer = serde_json::Serializer::new(&mut bytes);
    let written = serializer.serialize_map(None).and_then(|mut map| {
        for (column, cell) in register.columns.iter().zip(cells) {
            if let Some(cell) = cell {
                map.serialize_entry(column.field, cell)?;
            }
        }
        map.end()
    });
    written.expect("a map of texts can be written to memory");
    String::from_utf8(bytes).expect("JSON is UTF-8")
}

/// Reads the form of the log, of which the cells are pieces; fields that the register no longer has are passed over.
pub(crate) fn from_json(register: &Register, json: &Text) -> Result<Vec<Option<Text>>, Error> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    Cells { register, json }
        .deserialize(&mut deserializer)
        .map_err(|error| Error::Damaged(format!("{}：{error}", register.id)))
}

/// Reads straight into the columns, without an object between: this runs once per fact of the city.
struct Cells<'a> {
    register: &'a Register,
    json: &'a Text,
}

impl<'de> DeserializeSeed<'de> for Cells<'_> {
    type Value = Vec<Option<Text>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Cells<'_> {
    type Value = Vec<Option<Text>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of texts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let columns = self.register.columns;
        let mut cells = vec![None; columns.len()];
        let mut next = 0;
        while let Some(place) = map.next_key_seed(Field { columns, next })? {
            match place {
                Some(place) => {
                    cells[place] = Some(map.next_value_seed(Cell { json: self.json })?);
                    next = place + 1;
                }
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(cells)
    }
}

/// One cell, which is a piece of the JSON unless something in it is escaped.
struct Cell<'a> {
    json: &'a Text,
}

impl<'de> DeserializeSeed<'de> for Cell<'_> {
    type Value = Text;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Cell<'_> {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E>(self, cell: &'de str) -> Result<Self::Value, E> {
        Ok(self.json.part(cell))
    }

    fn visit_str<E>(self, cell: &str) -> Result<Self::Value, E> {
        Ok(cell.into())
    }
}

/// Finds the column of a field without keeping its name.
struct Field {
    columns: &'static [Column],
    /// Fields are written in the order of the columns, so that the next one is nearly always the next key.
    next: usize,
}

impl<'de> DeserializeSeed<'de> for Field {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Field {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E>(self, field: &str) -> Result<Self::Value, E> {
        let place = |columns: &[Column]| columns.iter().position(|column| column.field == field);
        Ok(place(&self.columns[self.next..]).map(|ahead| self.next + ahead).or_else(|| place(self.columns)))
    }
}
