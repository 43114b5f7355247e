//! A browser without a screen: keeps cookies, reads pages, sends forms.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use db::Db;
use domain::{
    Installation,
    accounts::{self, Role},
};
use jiff::Timestamp;
use tower::ServiceExt;
use web::{App, Settings, router};

use crate::trail;

pub(crate) const PASSWORD: &str = "correct horse battery";
const BEGINNING_S: i64 = 1_704_000_000;

/// A server on a fresh installation whose clock moves only when told.
pub(crate) struct Server {
    router: Router,
    db: Db,
    clock: Arc<AtomicI64>,
    _folder: tempfile::TempDir,
}

impl Server {
    /// A server with one account for each role; the login is the role's key.
    pub(crate) async fn start() -> Self {
        Self::start_with(Settings { city: "演示市".into(), ..Settings::default() }).await
    }

    pub(crate) async fn start_with(settings: Settings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let now = Timestamp::from_second(BEGINNING_S).unwrap();
        let (installation, _) = Installation::open(folder.path(), None, now).await.unwrap();
        for role in Role::ALL {
            accounts::open(&installation.db, role.key(), role.zh(), role, "", PASSWORD, now).await.unwrap();
        }
        let clock = Arc::new(AtomicI64::new(BEGINNING_S));
        let hand = Arc::clone(&clock);
        let db = installation.db.clone();
        let app = App::with_clock(installation, settings, move || {
            Timestamp::from_second(hand.load(Ordering::SeqCst)).unwrap()
        });
        Self { router: router(app), db, clock, _folder: folder }
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_second(self.clock.load(Ordering::SeqCst)).unwrap()
    }

    pub(crate) fn pass_minutes(&self, minutes: i64) {
        self.clock.fetch_add(minutes * 60, Ordering::SeqCst);
    }

    pub(crate) fn visitor(&self) -> Visitor {
        Visitor::on(self.router.clone(), self.db.clone())
    }

    pub(crate) async fn signed_in(&self, role: Role) -> Visitor {
        let mut visitor = self.visitor();
        let answer = visitor.sign_in(role.key(), PASSWORD).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        visitor
    }
}

fn encoded(form: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| format!("{name}={}", web::format::encode(value));
    form.iter().map(pair).collect::<Vec<_>>().join("&")
}

/// One visitor with their cookies.
pub(crate) struct Visitor {
    router: Router,
    db: Db,
    pub(crate) cookies: BTreeMap<String, String>,
    pub(crate) base_path: String,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    /// What came, as it came.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Whether a form was taken: not refused, and not led to the sign-in, unless that is what it asked for.
    fn was_taken(&self, asks_to_leave: bool) -> bool {
        let is_led_to_sign_in = self.header("location").contains("/sign-in") && !asks_to_leave;
        (self.status.is_success() || self.status == StatusCode::SEE_OTHER) && !is_led_to_sign_in
    }

    /// The inputs that are marked as wrong, each described by what is wrong with it, in the order of the page.
    pub(crate) fn marked(&self) -> Vec<&str> {
        let marked = |rest: &'_ str| rest.split('>').next().is_some_and(|tag| tag.contains("aria-invalid=\"true\""));
        let described = self.text.split("aria-describedby=\"").skip(1).filter(|rest| marked(rest));
        let named = described.filter_map(|rest| rest.split('"').next()?.split(' ').next_back()?.strip_suffix("-error"));
        named.filter(|name| self.text.contains(&format!("id=\"{name}-error\""))).collect()
    }

    /// The token of the page's last form.
    pub(crate) fn token(&self) -> String {
        let rest = self.text.rsplit("name=\"csrf\" value=\"").next().unwrap_or_default();
        rest.split('"').next().unwrap_or_default().to_owned()
    }
}

impl Visitor {
    /// A visitor to these pages, not signed in.
    pub(crate) fn on(router: Router, db: Db) -> Self {
        Self { router, db, cookies: BTreeMap::new(), base_path: String::new() }
    }

    /// The database behind the pages.
    pub(crate) fn db(&self) -> &Db {
        &self.db
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, None, &[]).await
    }

    pub(crate) async fn get_with(&mut self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(Method::GET, path, None, headers).await
    }

    pub(crate) async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.send(Method::POST, path, Some(encoded(form)), &[]).await
    }

    /// Sends a form as a browser does that found the site under this name.
    pub(crate) async fn send_from(&mut self, path: &str, form: &[(&str, &str)], host: &str) -> Answer {
        self.send(Method::POST, path, Some(encoded(form)), &[("host", host)]).await
    }

    /// Sends a form with a file, the token first, as browsers do.
    pub(crate) async fn upload(&mut self, path: &str, fields: &[(&str, &str)], file_name: &str, file: &[u8]) -> Answer {
        self.upload_all(path, fields, &[(file_name, file)]).await
    }

    /// Sends a form with several files.
    pub(crate) async fn upload_all(&mut self, path: &str, fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Answer {
        self.upload_as(path, fields, "file", files).await
    }

    /// Sends a form with files in the field of this name.
    pub(crate) async fn upload_as(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        field: &str,
        files: &[(&str, &[u8])],
    ) -> Answer {
        const EDGE: &str = "----a-line-that-no-file-holds";
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend(
                format!("--{EDGE}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
            );
        }
        for (name, file) in files {
            let head = format!(
                "--{EDGE}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
            );
            body.extend(head.bytes());
            body.extend(*file);
            body.extend(b"\r\n");
        }
        body.extend(format!("--{EDGE}--\r\n").bytes());
        let kind = format!("multipart/form-data; boundary={EDGE}");
        self.ask(Method::POST, path, Body::from(body), &[("content-type", &kind)]).await
    }

    /// Opens the sign-in page and sends it.
    pub(crate) async fn sign_in(&mut self, login: &str, password: &str) -> Answer {
        let path = format!("{}/sign-in", self.base_path);
        let token = self.get(&path).await.token();
        self.post(&path, &[("csrf", &token), ("login", login), ("password", password), ("next", "/gallery")]).await
    }

    pub(crate) async fn send(
        &mut self,
        method: Method,
        path: &str,
        form: Option<String>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut headers = headers.to_vec();
        if form.is_some() {
            headers.push(("content-type", "application/x-www-form-urlencoded"));
        }
        self.ask(method, path, form.map_or_else(Body::empty, Body::from), &headers).await
    }

    async fn ask(&mut self, method: Method, path: &str, body: Body, headers: &[(&str, &str)]) -> Answer {
        let is_signed_in = self.cookies.contains_key("zhiqiang_session");
        let before = if method == Method::POST { Some(trail::newest(&self.db).await) } else { None };
        let mut request = Request::builder().method(method).uri(path);
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        request = request.header(header::COOKIE, cookies.join("; "));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let bytes = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let answer = Answer { status: parts.status, headers: parts.headers, text, body: bytes };
        let path = path.strip_prefix(&self.base_path).unwrap_or(path);
        if let Some(before) = before
            && answer.was_taken(path == "/sign-out" && is_signed_in)
        {
            trail::check(&self.db, path, before).await;
        }
        answer
    }
}
