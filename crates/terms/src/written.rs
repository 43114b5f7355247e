//! How a type of this crate goes into JSON, TOML and the database: as its canonical text.

/// Implements `Serialize` by `Display` and `Deserialize` by `FromStr`.
macro_rules! written_as_text {
    ($($type:ty),+ $(,)?) => {$(
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}

pub(crate) use written_as_text;

#[cfg(test)]
mod tests {
    use serde::{
        Deserialize,
        de::value::{Error, StrDeserializer},
    };

    use crate::{ApplicationNumber, Money};

    fn read<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, Error> {
        T::deserialize(StrDeserializer::new(text))
    }

    #[test]
    fn stored_text_is_parsed_and_a_bad_one_refused_with_the_parsers_message() {
        assert_eq!(read("2013106997442"), Ok("201310699744.2".parse::<ApplicationNumber>().unwrap()));
        assert_eq!(read("-0.01元"), Ok(Money::from_fen(-1)));
        let error = read::<ApplicationNumber>("2.02E+12").unwrap_err();
        assert!(error.to_string().contains("丢失"), "{error}");
    }
}
