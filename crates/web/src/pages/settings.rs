//! `/settings` 设置: the way to what stands behind the figures: the policy's text and rules, the runs, the trail.

use askama::Template;
use axum::response::Response;
use domain::accounts::Permission;

use crate::{error::AppError, frame::Frame, hx, pages::room::Room, pieces::Link};

/// The rooms, with the line that says what they hold and what opening them needs.
const ROOMS: [(&str, &str, &str, Permission); 7] = [
    ("settings-policy", "settings-policy-line", "/policy", Permission::ViewPolicy),
    ("runs-title", "settings-runs-line", "/runs", Permission::ViewFigures),
    ("reg-mappings", "settings-mappings-line", "/registers/mappings", Permission::ViewRegistry),
    ("accounts-title", "settings-accounts-line", "/accounts", Permission::ManageAccounts),
    ("organisations-title", "settings-organisations-line", "/organisations", Permission::ManageAccounts),
    ("permissions-title", "settings-permissions-line", "/permissions", Permission::ViewPermissions),
    ("reg-audit", "settings-audit-line", "/registers/audit", Permission::ViewAudit),
];

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    rooms: Vec<(Link, String)>,
}

/// `GET /settings`.
pub async fn page(frame: Frame) -> Result<Response, AppError> {
    let allowed = ROOMS.iter().filter(|(_, _, _, needs)| frame.may(*needs));
    let rooms = allowed.map(|(key, line, path, _)| (Link::new(frame.t(key), frame.at(path)), frame.t(line))).collect();
    hx::page(SettingsPage { frame: &frame, room: &Room::new(frame.t("nav-settings"), frame.t("settings-line")), rooms })
}
