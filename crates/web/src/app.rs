//! The application: what every handler may use, the router with its layers, and the server.
//!
//! The clock is read here and nowhere else in the crate, and only through [`App::now`].

use std::{future::Future, net::SocketAddr, sync::Arc};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    response::Redirect,
    routing::{MethodRouter, get},
};
use domain::Installation;
use jiff::{Timestamp, civil::Date};
use tokio::net::TcpListener;
use tower_http::compression::{CompressionLayer, predicate::SizeAbove};

use crate::{assets, csrf, error, headers, kept, pages, routes, session};

/// The largest form without a file, in bytes.
pub const FORM_BYTES_MAX: usize = 1024 * 1024;

/// How this server is run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The path under which the pages are mounted: empty, or like `/ip` without a slash at the end.
    pub base_path: String,
    /// The city's name in the top bar.
    pub city: String,
    /// Where the site is found from outside, like `https://ip.example.gov.cn`, without a slash at the end; empty when nobody said so.
    pub public_address: String,
    /// Whether cookies are sent over HTTPS only.
    pub secure_cookies: bool,
    /// Whether a gateway in front writes `X-Forwarded-For`; its last address is then the visitor's.
    pub behind_proxy: bool,
    /// The largest file that may be uploaded, in bytes.
    pub upload_bytes_max: usize,
    /// The government's sign-on, where one is set up.
    pub sign_on: Option<Arc<domain::sign_on::Provider>>,
    /// Whether everybody but enterprises needs a second factor (GB/T 22239-2019 8.1.4.1 d); a demo goes without.
    pub second_factor: bool,
    /// Sign-ins shown on the sign-in page of a demo; empty everywhere else.
    pub demo_sign_ins: Vec<SignIn>,
    /// The commands that the program has besides its pages, such as `policy check`.
    pub commands: Arc<[String]>,
}

/// A sign-in that a demo shows to everybody.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// The login.
    pub login: String,
    /// The password.
    pub password: String,
    /// What this account is for, in Chinese.
    pub role: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            base_path: String::new(),
            city: String::new(),
            public_address: String::new(),
            secure_cookies: false,
            behind_proxy: false,
            upload_bytes_max: 256 * 1024 * 1024,
            sign_on: None,
            second_factor: false,
            demo_sign_ins: Vec::new(),
            commands: Arc::default(),
        }
    }
}

impl Settings {
    /// A base path as an operator may write it (`ip`, `/ip/`, `/`), brought to its one form.
    pub fn fold_base_path(written: &str) -> String {
        let trimmed = written.trim().trim_matches('/');
        if trimmed.is_empty() { String::new() } else { format!("/{trimmed}") }
    }
}

/// What every handler may use; cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The database and the data folder.
    pub installation: Installation,
    /// How this server is run.
    pub settings: Arc<Settings>,
    pub(crate) sections: Arc<Vec<routes::Section>>,
    pub(crate) corpus: Arc<pages::corpus::Shelf>,
    pub(crate) kept: Arc<kept::Pages>,
    clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

impl App {
    /// The application on the machine's clock.
    pub fn new(installation: Installation, settings: Settings) -> Self {
        #[allow(clippy::disallowed_methods, reason = "the one place of this crate that reads the clock")]
        Self::with_clock(installation, settings, Timestamp::now)
    }

    /// The application on a clock of the caller's, for tests and for a server that stands still at a date.
    pub fn with_clock(
        installation: Installation,
        settings: Settings,
        clock: impl Fn() -> Timestamp + Send + Sync + 'static,
    ) -> Self {
        Self {
            installation,
            settings: Arc::new(settings),
            sections: Arc::new(routes::sections()),
            corpus: Arc::default(),
            kept: Arc::default(),
            clock: Arc::new(clock),
        }
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// The day on which business is done: a demo's own date, else today in Beijing.
    pub fn business_date(&self) -> Date {
        self.installation.business_date(self.now())
    }

    /// The database.
    pub fn db(&self) -> &db::Db {
        &self.installation.db
    }
}

/// Every page behind its layers, mounted under the base path.
pub fn router(app: App) -> Router {
    let upload_bytes_max = app.settings.upload_bytes_max;
    let mut pages = Router::new();
    for door in routes::doors() {
        let limit = if door.takes_files { upload_bytes_max } else { FORM_BYTES_MAX };
        let checked: MethodRouter<App> =
            door.handler.layer(DefaultBodyLimit::max(limit)).layer(middleware::from_fn(csrf::check));
        let checked =
            if door.is_kept { checked.layer(middleware::from_fn_with_state(app.clone(), kept::keep)) } else { checked };
        pages = pages.route(door.path, checked.layer(middleware::from_fn_with_state(door.access, session::guard)));
    }
    // Layers run from the last one added to the first: the session, then the guard of a door, then the token of a form.
    let pages = pages
        .fallback(pages::missing)
        .layer(middleware::from_fn_with_state(app.clone(), error::show_problems))
        .layer(middleware::from_fn_with_state(app.clone(), session::open_frame));
    let inner = Router::new()
        .route("/assets/{file}", get(assets::serve))
        .route("/health", get(pages::health))
        .merge(pages)
        .with_state(app.clone());
    mount(inner, &app.settings.base_path)
        .layer(CompressionLayer::new().gzip(true).compress_when(SizeAbove::new(1024)))
        .layer(middleware::from_fn(headers::wrap))
}

fn mount(inner: Router, base_path: &str) -> Router {
    if base_path.is_empty() {
        return inner;
    }
    let home = base_path.to_owned();
    let with_slash = format!("{base_path}/");
    let to_home = get(move || async move { Redirect::to(&home) });
    Router::new().nest(base_path, inner).route(&with_slash, to_home.clone()).route("/", to_home)
}

/// Serves the pages on this listener until `stop` is done; requests under way are finished.
pub async fn serve(
    listener: TcpListener,
    app: App,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    pages::read_ahead(&app);
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop).await
}
