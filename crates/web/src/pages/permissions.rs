//! `/permissions` 权限: who may do what, by which policy, and which accounts hold which role; for the 安全管理员, who changes none of it here.

use askama::Template;
use axum::{extract::State, http::Uri, response::Response};
use domain::accounts::{
    self, Permission, Reach, Role,
    permissions::{self, Rule},
};

use crate::{
    app::App,
    error::AppError,
    frame::Frame,
    hx::{self, Hx},
    list::{Cell, Kind, ListQuery, Listing, ListingView},
    pages::room::{ListBlock, Room},
};

#[derive(Template)]
#[template(path = "permissions.html")]
struct PermissionsPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    list: &'a ListingView,
    holders: Vec<(String, String)>,
    rules: &'a [Rule],
}

/// `GET /permissions`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let query = ListQuery::parse(&uri);
    let accounts = accounts::details(app.db()).await?;
    let view = {
        let listing = listing(&frame);
        if query.export {
            return listing.workbook(&Permission::ALL, &query);
        }
        listing.view(&Permission::ALL, &query)
    };
    if hx.wants_block() {
        return hx::page(ListBlock { frame: &frame, list: &view });
    }
    let holders = Role::ALL.map(|role| {
        let held = accounts.iter().filter(|one| one.account.role == role && one.disabled_at.is_none());
        let logins: Vec<&str> = held.map(|one| one.account.login.as_str()).collect();
        let logins = if logins.is_empty() { frame.t("permissions-nobody") } else { logins.join(" ") };
        (role_name(&frame, role), logins)
    });
    let room = Room::new(frame.t("permissions-title"), frame.t("permissions-line"));
    let rules = permissions::rules();
    hx::page(PermissionsPage { frame: &frame, room: &room, list: &view, holders: holders.into(), rules })
}

fn listing(frame: &Frame) -> Listing<'_, Permission> {
    let mut listing = Listing::new(frame, "permissions", "/permissions", frame.t("permissions-title")).column(
        "permission",
        frame.t("permissions-what"),
        Kind::Text,
        |one: &Permission| Cell::text(frame.said(one.zh())),
    );
    for role in Role::ALL {
        listing = listing.column(role.key(), role_name(frame, role), Kind::Text, move |one| match role.reach(*one) {
            Reach::Nothing => Cell::empty(),
            Reach::Own => Cell::text(frame.t("permissions-own")),
            Reach::All => Cell::text(frame.t("permissions-all")),
        });
    }
    listing
}

fn role_name(frame: &Frame, role: Role) -> String {
    frame.t(&format!("role-{}", role.key()))
}
