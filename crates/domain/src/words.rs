//! One way to write the kinds and states that the domain names: each with its stored key and its Chinese word.

/// An enum of plain words: `Variant "key" "中文",`. The Chinese word begins the documentation of each.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$one:meta])* $variant:ident $key:literal $zh:literal,)+ }) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $(#[$about])*
        pub enum $name { $(#[doc = $zh] $(#[$one])* $variant,)+ }

        impl $name {
            /// Every one, in order.
            pub const ALL: [Self; [$($key),+].len()] = [$(Self::$variant,)+];

            /// Its stored key.
            pub const fn key(self) -> &'static str {
                match self { $(Self::$variant => $key,)+ }
            }

            /// Its Chinese name.
            pub const fn zh(self) -> &'static str {
                match self { $(Self::$variant => $zh,)+ }
            }

            /// The one with this key.
            pub fn of_key(key: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|one| one.key() == key)
            }
        }
    };
}
