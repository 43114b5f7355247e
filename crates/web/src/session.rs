//! Who is visiting: the session cookie, the frame made for each request, and the guard before each page.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use domain::accounts::{self, Role, Visit};

use crate::{
    app::{App, Settings},
    csrf::Secret,
    error::AppError,
    frame::{self, Frame},
    headers::{Nonce, RequestId, random_hex},
    i18n::Lang,
    routes::{self, Access},
};

/// The cookie that holds a session's token.
pub const SESSION_COOKIE: &str = "zhiqiang_session";
/// The cookie that lets a visitor who has not signed in post the sign-in form.
pub const VISITOR_COOKIE: &str = "zhiqiang_visitor";
/// The cookie that remembers the language.
pub const LANGUAGE_COOKIE: &str = "zhiqiang_language";

/// The layer that finds out who is visiting and makes the frame of the page.
pub async fn open_frame(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let token = cookie(request.headers(), SESSION_COOKIE);
    let visit = match visit(&app, token.as_deref()).await {
        Ok(visit) => visit,
        // Without the database nobody can be known; the page below says that something failed.
        Err(error) => return AppError::from(error).into_response(),
    };
    let mut fresh_visitor = None;
    let secret = match (&visit, token) {
        (Some(_), Some(token)) => Secret::of(&token),
        _ => {
            let visitor = cookie(request.headers(), VISITOR_COOKIE).filter(|value| value.len() == 64);
            let visitor = visitor.unwrap_or_else(|| fresh_visitor.insert(random_hex::<32>()).clone());
            Secret::of(&visitor)
        }
    };
    let frame = make_frame(&app, &request, visit, &secret);
    request.extensions_mut().insert(secret);
    request.extensions_mut().insert(frame);
    let origin = address(&app.settings, request.headers(), request.extensions().get());
    let mut response = registry::audit::coming_from(origin, next.run(request)).await;
    if let Some(visitor) = fresh_visitor {
        set_cookie(&mut response, &app.settings, VISITOR_COOKIE, &visitor, None);
    }
    response
}

async fn visit(app: &App, token: Option<&str>) -> Result<Option<Visit>, domain::Error> {
    match token {
        Some(token) => accounts::visit(app.db(), token, app.now()).await,
        None => Ok(None),
    }
}

fn make_frame(app: &App, request: &Request, visit: Option<Visit>, secret: &Secret) -> Frame {
    let extensions = request.extensions();
    let (account, unread, trail) =
        visit.map_or_else(Default::default, |visit| (Some(visit.account), visit.unread, visit.trail));
    let path = request.uri().path().to_owned();
    let lang = cookie(request.headers(), LANGUAGE_COOKIE).and_then(|value| Lang::from_key(&value)).unwrap_or_default();
    Frame(Arc::new(frame::Content {
        lang,
        needs_factor: app.settings.second_factor
            && account.as_ref().is_some_and(|account| account.role != Role::Enterprise && !account.has_second_factor),
        csrf: secret.masked(),
        nonce: extensions.get::<Nonce>().map(|nonce| nonce.0.clone()).unwrap_or_default(),
        request_id: extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default(),
        base_path: app.settings.base_path.clone(),
        here: request.uri().query().map_or_else(|| path.clone(), |query| format!("{path}?{query}")),
        path,
        city: app.settings.city.clone(),
        is_demo: app.installation.demo().is_some(),
        now: app.now(),
        business_date: app.business_date(),
        sections: Arc::clone(&app.sections),
        commands: Arc::clone(&app.settings.commands),
        unread,
        trail,
        account,
    }))
}

/// The layer before one page: sends strangers to the sign-in and refuses accounts without the permission.
pub async fn guard(State(access): State<Access>, frame: Frame, request: Request, next: Next) -> Response {
    let Some(account) = &frame.account else {
        return match access {
            Access::Everyone => next.run(request).await,
            _ if routes::is_for_programs(&frame.path) => AppError::SignedOut.into_response(),
            Access::SignedIn | Access::Needs(_) => to_sign_in(&frame, request.method()),
        };
    };
    if access != Access::Everyone {
        // The code comes first; then a password that somebody else knows is changed, and staff sets up the second factor, before
        // anything else is seen.
        const FACTOR: &[&str] = &["/account/second-factor", "/account/second-factor/confirm", "/sign-out"];
        let first = match (account.awaits_code, account.must_change, frame.needs_factor) {
            (true, ..) => Some(("/sign-in/code", &["/sign-in/code", "/sign-out"][..])),
            (false, true, _) => Some(("/account", &["/account", "/account/password", "/sign-out"][..])),
            (false, false, true) => Some((FACTOR[0], FACTOR)),
            (false, false, false) => None,
        };
        if let Some((target, open)) = first
            && !open.contains(&frame.path.as_str())
        {
            if routes::is_for_programs(&frame.path) {
                return AppError::SignedOut.into_response();
            }
            return Redirect::to(&frame.at(target)).into_response();
        }
    }
    match access {
        Access::Needs(permission) if !account.role.may(permission) => {
            let refusal = domain::Error::Forbidden(permission.zh());
            AppError::from(refusal).into_response()
        }
        _ => next.run(request).await,
    }
}

/// `303` to the sign-in, from where a reader comes back to the page asked for.
pub fn to_sign_in(frame: &Frame, method: &Method) -> Response {
    let target = if *method == Method::GET && frame.here != "/" {
        format!("{}?next={}", frame.at("/sign-in"), crate::format::encode(&frame.here))
    } else {
        frame.at("/sign-in")
    };
    Redirect::to(&target).into_response()
}

/// Sets a cookie of this site; `None` makes it last as long as the browser is open.
pub fn set_cookie(response: &mut Response, settings: &Settings, name: &str, value: &str, max_age_s: Option<u32>) {
    let path = if settings.base_path.is_empty() { "/" } else { &settings.base_path };
    let secure = if settings.secure_cookies { "; Secure" } else { "" };
    let age = max_age_s.map(|age| format!("; Max-Age={age}")).unwrap_or_default();
    if let Ok(cookie) =
        HeaderValue::from_str(&format!("{name}={value}; Path={path}; HttpOnly; SameSite=Lax{secure}{age}"))
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// The value of a cookie.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
}

/// The visitor's address, for the limit on sign-ins and for the trail.
pub fn address(settings: &Settings, headers: &HeaderMap, peer: Option<&ConnectInfo<SocketAddr>>) -> String {
    // A gateway may add a line of its own behind the one that a visitor sent; only the last word is the gateway's.
    let last = headers.get_all("x-forwarded-for").iter().next_back();
    let forwarded = last.and_then(|value| value.to_str().ok()).and_then(|value| value.rsplit(',').next());
    match forwarded {
        Some(address) if settings.behind_proxy => address.trim().to_owned(),
        _ => peer.map(|ConnectInfo(address)| address.ip().to_string()).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn behind_a_gateway_only_its_own_word_tells_who_is_there() {
        let peer = ConnectInfo(SocketAddr::from(([10, 0, 0, 1], 80)));
        let mut headers = HeaderMap::new();
        for line in ["203.0.113.9, 198.51.100.1", "192.0.2.7"] {
            headers.append("x-forwarded-for", HeaderValue::from_static(line));
        }
        let behind = Settings { behind_proxy: true, ..Settings::default() };
        assert_eq!(address(&behind, &headers, Some(&peer)), "192.0.2.7", "what a visitor sent comes before it");
        assert_eq!(address(&Settings::default(), &headers, Some(&peer)), "10.0.0.1");
        assert_eq!(address(&behind, &HeaderMap::new(), Some(&peer)), "10.0.0.1");
    }
}
