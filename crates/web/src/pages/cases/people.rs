//! Who did something, by name: the office sees its people, an enterprise sees which office it was, and nobody sees a login.

use std::collections::BTreeMap;

use domain::accounts::{self, Role};

use crate::{app::App, error::AppError, frame::Frame};

/// How the trail names what no account did.
const NOBODY: [&str; 4] = ["cli", "system", "demo", "定时"];

/// The names behind the logins of staff.
pub(crate) struct People(BTreeMap<String, (String, Role)>);

impl People {
    pub(crate) async fn read(app: &App) -> Result<Self, AppError> {
        Ok(Self(accounts::staff(app.db()).await?))
    }

    /// Who this login is to the visitor.
    pub(crate) fn name(&self, frame: &Frame, login: &str) -> String {
        let visitor = frame.account.as_ref();
        let role = |role: Role| frame.t(&format!("role-{}", role.key()));
        match self.0.get(login) {
            _ if NOBODY.contains(&login) => frame.t("by-system"),
            Some((_, of)) if visitor.is_none_or(|one| !one.role.is_of_the_city()) => role(*of),
            Some((name, _)) => name.clone(),
            None if login.is_empty() => String::new(),
            None => role(Role::Enterprise),
        }
    }
}
