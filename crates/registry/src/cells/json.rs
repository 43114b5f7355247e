//! The form of cells in the log: an object of the fields that are not empty.

use std::{borrow::Cow, fmt};

use serde::{
    Deserializer, Serializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor},
    ser::SerializeMap,
};

use crate::{Error, registers::Register};

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

/// Reads the form of the log; fields that the register no longer has are passed over, and so are those not wanted.
pub(crate) fn from_json(register: &Register, without: &[&str], json: &str) -> Result<Vec<Option<String>>, Error> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    Cells { register, without }
        .deserialize(&mut deserializer)
        .map_err(|error| Error::Damaged(format!("{}：{error}", register.id)))
}

/// Reads straight into the columns, without an object between: this runs once per fact of the city.
struct Cells<'a> {
    register: &'a Register,
    without: &'a [&'a str],
}

impl<'de> DeserializeSeed<'de> for Cells<'_> {
    type Value = Vec<Option<String>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Cells<'_> {
    type Value = Vec<Option<String>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of texts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let columns = self.register.columns;
        let mut cells = vec![None; columns.len()];
        // Fields are written in the order of the columns, so that the next one is nearly always the next key.
        let mut next = 0;
        while let Some(field) = map.next_key::<Cow<'de, str>>()? {
            let ahead = columns[next..].iter().position(|column| column.field == field).map(|place| next + place);
            let place = ahead.or_else(|| columns.iter().position(|column| column.field == field));
            match place {
                Some(place) if !self.without.contains(&columns[place].field) => {
                    cells[place] = Some(map.next_value()?);
                    next = place + 1;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(cells)
    }
}
