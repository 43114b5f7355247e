//! Every page and who may see it, in one list; nothing is reachable that does not stand here.

use axum::routing::{MethodRouter, get, post};
use domain::accounts::Permission;

use crate::{
    app::App,
    pages::{cockpit, gallery, home, indicators, language, patents, sign_in},
};

/// Who may open a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everyone, signed in or not.
    Everyone,
    /// Every account.
    SignedIn,
    /// Accounts whose role holds this permission.
    Needs(Permission),
}

/// One address with its handlers.
pub struct Door {
    /// The path below the base path, with parameters as `{id}`.
    pub path: &'static str,
    /// Who may open it.
    pub access: Access,
    /// Whether it takes files, which may be larger than a form.
    pub takes_files: bool,
    /// What answers.
    pub handler: MethodRouter<App>,
}

/// One word of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Section {
    /// The key of its word.
    pub key: &'static str,
    /// Its first page.
    pub path: &'static str,
    /// Who may open that page.
    pub access: Access,
}

/// The list.
pub fn doors() -> Vec<Door> {
    use Access::{Everyone, Needs, SignedIn};
    use Permission::{ViewFigures, ViewRights};
    vec![
        door("/sign-in", Everyone, get(sign_in::form).post(sign_in::submit)),
        door("/language", Everyone, post(language::choose)),
        door("/", SignedIn, get(home::page)),
        door("/sign-out", SignedIn, post(sign_in::sign_out)),
        door("/gallery", SignedIn, get(gallery::page)),
        door("/cockpit", Needs(ViewFigures), get(cockpit::page)),
        door("/indicators", Needs(ViewFigures), get(indicators::page)),
        door("/indicators/{code}", Needs(ViewFigures), get(indicators::one)),
        door("/indicators/{code}/rights", Needs(ViewRights), get(indicators::rights)),
        door("/indicators/{code}/changes", Needs(ViewRights), get(indicators::changes)),
        door("/indicators/{code}/towns/{town}", Needs(ViewRights), get(indicators::town)),
        door("/patents", Needs(ViewRights), get(patents::page)),
        door("/patents/{number}", Needs(ViewRights), get(patents::one)),
    ]
}

/// The words of the navigation, in order; one appears as soon as its page stands in the list.
const SECTIONS: [(&str, &str); 8] = [
    ("nav-cockpit", "/cockpit"),
    ("nav-indicators", "/indicators"),
    ("nav-awards", "/awards"),
    ("nav-enterprises", "/enterprises"),
    ("nav-patents", "/patents"),
    ("nav-cases", "/cases"),
    ("nav-registers", "/registers"),
    ("nav-settings", "/settings"),
];

/// The sections whose first page exists.
pub fn sections() -> Vec<Section> {
    let doors = doors();
    let of = |(key, path): (&'static str, &'static str)| {
        doors.iter().find(|door| door.path == path).map(|door| Section { key, path, access: door.access })
    };
    SECTIONS.into_iter().filter_map(of).collect()
}

/// Whether a page stands in the list.
pub fn exists(path: &str) -> bool {
    static PATHS: std::sync::LazyLock<Vec<&'static str>> = std::sync::LazyLock::new(|| doors().iter().map(|door| door.path).collect());
    PATHS.contains(&path)
}

fn door(path: &'static str, access: Access, handler: MethodRouter<App>) -> Door {
    Door { path, access, takes_files: false, handler }
}

/// A page that takes uploads; the form's first field must be the token, which the component `token` prints.
#[allow(dead_code, reason = "the pages of the registers use it")]
fn upload_door(path: &'static str, access: Access, handler: MethodRouter<App>) -> Door {
    Door { takes_files: true, ..door(path, access, handler) }
}
