//! Who did something, by name: the office sees its people, an enterprise sees which office it was, and nobody reads a login.

use std::collections::BTreeMap;

use db::Db;
use domain::accounts::{self, Account, Role};

/// How the trail names what no account did.
const NOBODY: [&str; 4] = ["cli", "system", "demo", "定时"];

/// The names behind the logins of staff, as one account may know them.
pub(crate) struct People {
    staff: BTreeMap<String, (String, Role)>,
    is_outside: bool,
}

impl People {
    pub(crate) async fn read(db: &Db, reader: &Account) -> anyhow::Result<Self> {
        Ok(Self { staff: accounts::staff(db).await?, is_outside: !reader.role.is_of_the_city() })
    }

    /// Who this login is to the reader.
    pub(crate) fn name<'a>(&'a self, login: &'a str) -> &'a str {
        match self.staff.get(login) {
            _ if NOBODY.contains(&login) => "系统",
            _ if login.is_empty() => "",
            Some((_, role)) if self.is_outside => role.zh(),
            Some((name, _)) => name,
            None => Role::Enterprise.zh(),
        }
    }

    /// Who acted, and on whose behalf.
    pub(crate) fn acting(&self, by: &str, for_whom: &str) -> String {
        domain::cases::acting(self.name(by), Some(self.name(for_whom)))
    }

    /// What another program is told: the login among the staff, the office outside.
    pub(crate) fn key<'a>(&'a self, login: &'a str) -> &'a str {
        if self.is_outside { self.name(login) } else { login }
    }
}
