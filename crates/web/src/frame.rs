//! What every page knows about its request: the language, the account, where it stands, and the words.

use std::{fmt::Display, ops::Deref, sync::Arc};

use axum::{extract::FromRequestParts, http::request::Parts};
use domain::accounts::{self, Account, Permission, Resource, Role};
use jiff::{Timestamp, civil::Date};

use crate::{
    assets,
    error::AppError,
    format,
    i18n::{self, Lang},
    phrases,
    pieces::Link,
    routes::{self, Access, Section},
};

/// The frame of a page; cheap to clone, and an extractor for handlers.
#[derive(Debug, Clone)]
pub struct Frame(pub(crate) Arc<Content>);

/// What a [`Frame`] holds.
#[derive(Debug)]
pub struct Content {
    /// The visitor's language.
    pub lang: Lang,
    /// Who is signed in.
    pub account: Option<Account>,
    /// Whether the visitor has to set up a second factor before pages open.
    pub needs_factor: bool,
    /// The token for the forms of this page.
    pub csrf: String,
    /// The word that this page's scripts carry.
    pub nonce: String,
    /// The id of the request.
    pub request_id: String,
    /// The path under which all pages are mounted.
    pub base_path: String,
    /// The path of this page below the base path.
    pub path: String,
    /// The path with its query.
    pub here: String,
    /// The city's name.
    pub city: String,
    /// Whether the data is synthetic.
    pub is_demo: bool,
    /// The moment of the request.
    pub now: Timestamp,
    /// The day on which business is done.
    pub business_date: Date,
    /// How many messages the visitor has not read.
    pub unread: i64,
    /// The newest seal of the audit trail when the request came; empty for strangers.
    pub trail: String,
    /// The sections of the navigation that exist.
    pub sections: Arc<Vec<Section>>,
    /// The commands that the program has besides its pages.
    pub commands: Arc<[String]>,
}

/// One link of the navigation.
#[derive(Debug)]
pub struct NavItem {
    /// Its word.
    pub label: String,
    /// Its address.
    pub href: String,
    /// Whether this page lies in it.
    pub is_current: bool,
    /// What stands under it, while the page lies there.
    pub below: Vec<NavItem>,
}

impl NavItem {
    /// The same with what stands under it only while the page lies there; a single word stands for itself.
    fn folded(mut self) -> Self {
        if self.below.len() == 1 {
            return self.below.remove(0);
        }
        self.is_current |= self.below.iter().any(|item| item.is_current);
        if !self.is_current {
            self.below.clear();
        }
        self
    }
}

impl Deref for Frame {
    type Target = Content;

    fn deref(&self) -> &Content {
        &self.0
    }
}

impl Frame {
    /// The address of a path below the base path.
    pub fn at(&self, path: &str) -> String {
        match (self.base_path.as_str(), path) {
            ("", path) => path.to_owned(),
            (base, "/") => base.to_owned(),
            (base, path) => format!("{base}{path}"),
        }
    }

    /// The address of a bundled file.
    pub fn asset(&self, name: &str) -> String {
        self.at(&assets::address(name))
    }

    /// The word or sentence for a key.
    pub fn t(&self, key: &str) -> String {
        i18n::word(self.lang, key, &[])
    }

    /// A sentence with one thing to fill in.
    pub fn t1(&self, key: &str, name: &str, value: impl Display) -> String {
        i18n::word(self.lang, key, &[(name, value.to_string())])
    }

    /// A sentence with any number of things to fill in.
    pub fn tn<'v>(&self, key: &str, values: impl AsRef<[(&'v str, String)]>) -> String {
        i18n::word(self.lang, key, values.as_ref())
    }

    /// What another part of the program says in Chinese, in the visitor's language; what has no English stands as it is.
    pub fn said(&self, text: &str) -> String {
        let said = match self.lang {
            Lang::Chinese => text.to_owned(),
            Lang::English => phrases::english(text).unwrap_or_else(|| text.to_owned()),
        };
        // The engine writes comparisons as a programmer does.
        if said.contains('=') { said.replace(">=", "≥").replace("<=", "≤") } else { said }
    }

    /// A unit behind a number.
    pub fn unit(&self, word: &str) -> String {
        format::unit(word, self.lang)
    }

    /// A number with its unit: `3,915 件`, `1 patent`.
    pub fn amount(&self, number: &str, unit: &str) -> String {
        format::amount(number, unit, self.lang)
    }

    /// Whether the visitor may do this; nobody may anything before a sign-in is whole, on pages that are open to everybody either.
    pub fn may(&self, permission: Permission) -> bool {
        self.is_open() && self.account.as_ref().is_some_and(|account| account.role.may(permission))
    }

    /// Whether the visitor may open the page at this path below the base path: a link that leads to a refusal is not shown.
    pub fn opens(&self, path: &str) -> bool {
        routes::access(path).is_some_and(|access| self.opens_to(access))
    }

    fn opens_to(&self, access: Access) -> bool {
        match access {
            Access::Needs(permission) => self.may(permission),
            Access::SignedIn => self.account.is_some(),
            Access::Everyone => true,
        }
    }

    /// Whether the visitor sees single loans of this town's enterprises: a town those of its own only (DOMAIN 9.1).
    pub fn sees_loans_of(&self, town: &str) -> bool {
        self.account.as_ref().is_some_and(|account| account.role != Role::Town || account.unit == town)
    }

    /// Whether the visitor may do this with that thing.
    pub fn allows(&self, permission: Permission, resource: &Resource<'_>) -> bool {
        self.is_open() && self.account.as_ref().is_some_and(|account| accounts::allows(account, permission, resource))
    }

    /// What the visitor's account is for, in words.
    pub fn role(&self) -> String {
        self.account.as_ref().map(|account| self.t(&format!("role-{}", account.role.key()))).unwrap_or_default()
    }

    /// Whether Chinese is shown.
    pub fn is_chinese(&self) -> bool {
        self.lang == Lang::Chinese
    }

    /// A date in text: 2023年12月31日.
    pub fn date(&self, date: Date) -> String {
        format::date(date, self.lang)
    }

    /// The business date in text.
    pub fn today(&self) -> String {
        self.date(self.business_date)
    }

    /// The moment of the request in text.
    pub fn now_text(&self) -> String {
        format::instant(self.now)
    }

    /// The navigation: the sections that exist and that this visitor may open.
    pub fn nav(&self) -> Vec<NavItem> {
        if !self.is_open() {
            return Vec::new();
        }
        let allowed = |section: &&Section| self.opens_to(section.access);
        // Pages that are reached from a section lie in it.
        let section = match self.path.split('/').nth(1).unwrap_or_default() {
            "policy" | "runs" | "organisations" => "/settings",
            "what-if" => "/awards",
            "invitations" if self.may(Permission::ManageAccounts) => "/accounts",
            "invitations" => "/claims",
            // Whoever sees no case has come by none: the pages stand for themselves.
            "budget" if !self.may(Permission::ViewCases) => match self.path.as_str() {
                "/budget/insurances" => "/budget/licences",
                path if path.starts_with("/budget/startups") || path.starts_with("/budget/leverage") => {
                    "/budget/projects"
                }
                path => path,
            },
            "notices" | "letters" | "clawbacks" | "leave" | "items" | "budget" | "payments" => "/cases",
            _ => self.path.as_str(),
        };
        let lies_in =
            |path: &str| section == path || section.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
        let mut nav: Vec<(&str, NavItem)> = Vec::new();
        for section in self.sections.iter().filter(allowed) {
            let item = NavItem {
                label: self.t(section.key),
                href: self.at(section.path),
                is_current: lies_in(section.path),
                below: Vec::new(),
            };
            match nav.last_mut().filter(|(within, _)| !within.is_empty() && *within == section.within) {
                Some((_, group)) => group.below.push(item),
                None if section.within.is_empty() => nav.push(("", item)),
                None => {
                    let (label, href) = (self.t(section.within), item.href.clone());
                    nav.push((section.within, NavItem { label, href, is_current: false, below: vec![item] }));
                }
            }
        }
        nav.into_iter().map(|(_, item)| item.folded()).collect()
    }

    /// The word of the section that this page lies in, for the folded navigation.
    pub fn section(&self) -> String {
        let lies_in = |item: &NavItem| item.is_current;
        let found = self.nav().into_iter().find(lies_in);
        found
            .map(|item| item.below.into_iter().find(lies_in).map_or(item.label, |below| below.label))
            .unwrap_or_default()
    }

    /// The way to the visitor's messages, with how many are not read; nothing before pages open.
    pub fn messages(&self) -> Option<Link> {
        let words = match self.unread {
            0 => self.t("messages-title"),
            unread => self.t1("messages-unread-count", "count", format::count(unread)),
        };
        self.is_open().then(|| Link::new(words, self.at("/messages")))
    }

    /// Whether there is a page that searches everything.
    pub fn can_search(&self) -> bool {
        self.is_open() && crate::routes::exists("/search")
    }

    /// Whether the visitor has signed in and nothing has to be done before pages open.
    fn is_open(&self) -> bool {
        let is_whole = |account: &Account| !account.awaits_code && !account.must_change && !self.needs_factor;
        self.account.as_ref().is_some_and(is_whole)
    }
}

#[cfg(test)]
impl Frame {
    /// A frame for tests of pieces, on the last day of 2023, for a clerk, in Chinese.
    pub(crate) fn for_tests() -> Self {
        let account = Account {
            id: 1,
            login: "clerk".into(),
            name: "王敏".into(),
            role: domain::accounts::Role::Clerk,
            unit: String::new(),
            must_change: false,
            has_second_factor: false,
            awaits_code: false,
        };
        Self(Arc::new(Content {
            lang: Lang::Chinese,
            account: Some(account),
            needs_factor: false,
            csrf: "token".into(),
            nonce: "nonce".into(),
            request_id: "request".into(),
            base_path: String::new(),
            path: "/gallery".into(),
            here: "/gallery".into(),
            city: "演示市".into(),
            is_demo: true,
            now: Timestamp::from_second(1_704_000_000).expect("a moment of 2023"),
            business_date: jiff::civil::date(2023, 12, 31),
            unread: 0,
            trail: String::new(),
            sections: Arc::default(),
            commands: Arc::default(),
        }))
    }
}

impl<S: Sync> FromRequestParts<S> for Frame {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, AppError> {
        let missing = || AppError::internal("a page was mounted outside the session layer");
        parts.extensions.get::<Frame>().cloned().ok_or_else(missing)
    }
}
