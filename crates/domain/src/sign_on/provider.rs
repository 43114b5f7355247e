//! The provider of a sign-on as it is reached: its discovery document, its keys, its token endpoint, and the check of what it says.
//!
//! Requests block, and run beside the pages' threads; none follows a redirect, and each ends after some seconds.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

use super::Return;
use crate::Error;

/// Signatures that are believed. `none` is none of them, nor any whose key both sides share.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];
/// How long what a provider says of itself is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(1);
/// How long one request may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many threads wait for it at once; others wait without one.
const PLACES: usize = 8;
/// After so many requests in a row without an answer nobody asks for a while.
const SILENT_MAX: u32 = 3;
const LEFT_ALONE: SignedDuration = SignedDuration::from_secs(30);
/// The longest answer that is read.
const ANSWER_BYTES_MAX: u64 = 1024 * 1024;
/// How far two clocks may differ, in seconds.
const CLOCKS_DIFFER_S: f64 = 60.0;

/// A word that is never printed.
#[derive(Clone)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// What is agreed with a provider.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Its address, exactly as it calls itself.
    pub issuer: String,
    /// Who this site is to it.
    pub client_id: String,
    /// How this site proves that.
    pub client_secret: Secret,
    /// Where it sends browsers back to.
    pub redirect: String,
    /// Where it sends browsers to that have signed out there.
    pub signed_out: String,
    /// Certificates of authorities that are believed besides none other, as PEM; the usual ones when absent.
    pub authorities: Option<Vec<u8>>,
}

/// A provider.
pub struct Provider {
    settings: Settings,
    agent: ureq::Agent,
    known: Mutex<Option<(Timestamp, Arc<Known>)>>,
    /// How many may wait for it on a thread at once.
    places: Arc<Semaphore>,
    /// How often in a row it did not answer, and when last.
    silent: Mutex<(u32, Timestamp)>,
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.settings.fmt(f)
    }
}

/// What a provider says of itself.
#[derive(Debug, Deserialize)]
struct Discovery {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    end_session_endpoint: Option<String>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
}

struct Known {
    discovery: Discovery,
    keys: Vec<Jwk>,
}

/// The claims of an identity token that are looked at.
#[derive(Debug, Deserialize)]
struct Claims {
    /// Taken as one text: a list of issuers is none.
    #[serde(rename = "iss")]
    _issuer: String,
    sub: String,
    exp: f64,
    nbf: Option<f64>,
    iat: Option<f64>,
    nonce: Option<String>,
    azp: Option<String>,
    aud: Value,
}

impl Provider {
    /// A provider by what was agreed with it; nothing is asked yet.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        Self::with_patience(settings, PATIENCE)
    }

    pub(super) fn with_patience(settings: Settings, patience: Duration) -> Result<Self, Error> {
        for (what, address) in [("issuer", &settings.issuer), ("redirect", &settings.redirect)] {
            if !is_safe(address) {
                return Err(Error::Invalid(format!(
                    "统一登录的 {what} 应以 https:// 开头（本机调试可用 http://127.0.0.1），现为 {address}。"
                )));
            }
        }
        let mut config = ureq::Agent::config_builder()
            .timeout_global(Some(patience))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .proxy(None);
        if let Some(pem) = &settings.authorities {
            config = config.tls_config(TlsConfig::builder().root_certs(roots(pem)?).build());
        }
        let agent = config.build().new_agent();
        Ok(Self {
            settings,
            agent,
            known: Mutex::new(None),
            places: Arc::new(Semaphore::new(PLACES)),
            silent: Mutex::new((0, Timestamp::UNIX_EPOCH)),
        })
    }

    /// Who it is.
    pub fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    /// The address at which a browser begins.
    pub(super) async fn address(
        self: &Arc<Self>,
        state: &str,
        nonce: &str,
        verifier: &str,
        now: Timestamp,
    ) -> Result<String, Error> {
        let known = self.discovered(now).await?;
        let challenge = base64(&Sha256::digest(verifier.as_bytes()), URL_LETTERS);
        let query = encoded(&[
            ("response_type", "code"),
            ("scope", "openid"),
            ("client_id", &self.settings.client_id),
            ("redirect_uri", &self.settings.redirect),
            ("state", state),
            ("nonce", nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        let endpoint = &known.discovery.authorization_endpoint;
        Ok(format!("{endpoint}{}{query}", if endpoint.contains('?') { '&' } else { '?' }))
    }

    /// Who came back: the subject of the identity token that the code is worth.
    pub(super) async fn subject(
        self: &Arc<Self>,
        back: &Return,
        verifier: &str,
        nonce: &str,
        now: Timestamp,
    ) -> Result<String, Error> {
        if !back.issuer.is_empty() && back.issuer != self.settings.issuer {
            tracing::warn!(issuer = %back.issuer, "a sign-on was answered by another issuer");
            return Err(not_believed());
        }
        let (code, verifier, nonce) = (back.code.clone(), verifier.to_owned(), nonce.to_owned());
        let work = move |provider: &Self| {
            let known = provider.known(now, false)?;
            let token = provider.exchange(&known, &code, &verifier)?;
            match provider.read(&known, &token, &nonce, now) {
                Ok(subject) => Ok(subject),
                // A provider changes its keys now and then.
                Err(_) => {
                    provider.read(&*provider.known(now, true)?, &token, &nonce, now).map_err(Failure::NotBelieved)
                }
            }
        };
        self.beside(now, work).await
    }

    /// The address at which a browser signs out there as well; none where the provider knows of no such thing.
    ///
    /// No identity token is kept for it: the provider asks whoever comes, and sends them back here.
    pub async fn sign_out_address(self: &Arc<Self>, now: Timestamp) -> Result<Option<String>, Error> {
        let known = self.discovered(now).await?;
        let settings = &self.settings;
        let query = encoded(&[("client_id", &settings.client_id), ("post_logout_redirect_uri", &settings.signed_out)]);
        let address =
            |endpoint: &String| format!("{endpoint}{}{query}", if endpoint.contains('?') { '&' } else { '?' });
        Ok(known.discovery.end_session_endpoint.as_ref().map(address))
    }

    /// What the provider says of itself; asked only where it is not known.
    async fn discovered(self: &Arc<Self>, now: Timestamp) -> Result<Arc<Known>, Error> {
        match self.kept(now) {
            Some(known) => Ok(known),
            None => self.beside(now, move |provider| provider.known(now, false)).await,
        }
    }

    /// Does work that blocks beside the pages' threads, and says in words what failed.
    async fn beside<T: Send + 'static>(
        self: &Arc<Self>,
        now: Timestamp,
        work: impl FnOnce(&Self) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Error> {
        let unusable = || Error::Conflict("统一身份认证现在不能用。请稍后再试，或用登录名和密码登录。".into());
        if self.is_silent(now) {
            return Err(unusable());
        }
        // Who waits for a place holds no thread.
        let place = tokio::time::timeout(PATIENCE, Arc::clone(&self.places).acquire_owned()).await;
        let Ok(Ok(place)) = place else { return Err(unusable()) };
        if self.is_silent(now) {
            return Err(unusable());
        }
        let provider = Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || {
            let _held = place;
            work(&provider)
        });
        let done = done.await.unwrap_or_else(|cause| Err(Failure::Unreachable(cause.to_string())));
        self.note(now, matches!(done, Err(Failure::Unreachable(_))));
        match done {
            Ok(done) => Ok(done),
            Err(Failure::NotBelieved(why)) => {
                tracing::warn!(why, "an identity token was not believed");
                Err(not_believed())
            }
            Err(Failure::Unreachable(why)) => {
                tracing::warn!(why, "the provider of the sign-on cannot be used");
                Err(unusable())
            }
        }
    }

    /// Whether it did not answer so often of late that it is left alone for a while.
    fn is_silent(&self, now: Timestamp) -> bool {
        let (count, last) = *self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        count >= SILENT_MAX && now.duration_since(last) < LEFT_ALONE
    }

    fn note(&self, now: Timestamp, is_silent: bool) {
        let mut silent = self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        *silent = if is_silent { (silent.0.saturating_add(1), now) } else { (0, now) };
    }

    fn kept(&self, now: Timestamp) -> Option<Arc<Known>> {
        let kept = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        kept.filter(|(at, _)| now.duration_since(*at) < KEPT).map(|(_, known)| known)
    }

    /// What the provider says of itself, kept for a while; `afresh` asks again.
    fn known(&self, now: Timestamp, afresh: bool) -> Result<Arc<Known>, Failure> {
        if let Some(known) = self.kept(now).filter(|_| !afresh) {
            return Ok(known);
        }
        let issuer = self.settings.issuer.trim_end_matches('/');
        let discovery: Discovery = self.get(&format!("{issuer}/.well-known/openid-configuration"))?;
        if discovery.issuer != self.settings.issuer {
            return Err(Failure::Unreachable(format!("it calls itself {}", discovery.issuer)));
        }
        let needed = [&discovery.authorization_endpoint, &discovery.token_endpoint, &discovery.jwks_uri];
        for endpoint in needed.into_iter().chain(&discovery.end_session_endpoint) {
            // Only a provider on this machine may be spoken to in the clear.
            if !is_safe(endpoint) || is_loopback(endpoint) != is_loopback(issuer) {
                return Err(Failure::Unreachable(format!("its address {endpoint} is not safe")));
            }
        }
        #[derive(Deserialize)]
        struct Keys {
            keys: Vec<Value>,
        }
        let keys: Keys = self.get(&discovery.jwks_uri)?;
        // Keys of a sort that is not known here are passed over.
        let keys = keys.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect();
        let known = Arc::new(Known { discovery, keys });
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, Arc::clone(&known)));
        Ok(known)
    }

    fn get<T: serde::de::DeserializeOwned>(&self, address: &str) -> Result<T, Failure> {
        read(address, self.agent.get(address).header("accept", "application/json").call())
    }

    /// The identity token that a code is worth.
    fn exchange(&self, known: &Known, code: &str, verifier: &str) -> Result<String, Failure> {
        let (id, secret) = (self.settings.client_id.as_str(), self.settings.client_secret.0.as_str());
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.settings.redirect),
            ("code_verifier", verifier),
        ];
        let endpoint = &known.discovery.token_endpoint;
        let mut request = self.agent.post(endpoint).header("accept", "application/json");
        let methods = &known.discovery.token_endpoint_auth_methods_supported;
        // Basic is what holds where a provider does not say (OpenID Connect Discovery 3).
        if methods.is_empty() || methods.iter().any(|one| one == "client_secret_basic") {
            let pair = format!("{}:{}", percent(id), percent(secret));
            request = request.header("authorization", format!("Basic {}", base64(pair.as_bytes(), LETTERS)));
        } else {
            form.extend([("client_id", id), ("client_secret", secret)]);
        }
        #[derive(Deserialize)]
        struct Tokens {
            id_token: String,
        }
        let tokens: Tokens = read(endpoint, request.send_form(form))?;
        Ok(tokens.id_token)
    }

    /// The subject of an identity token, if everything about it holds.
    fn read(&self, known: &Known, token: &str, nonce: &str, now: Timestamp) -> Result<String, String> {
        let header = decode_header(token).map_err(|cause| format!("header: {cause}"))?;
        if !ALGORITHMS.contains(&header.alg) {
            return Err(format!("{:?} is no signature to be believed", header.alg));
        }
        let is_meant = |key: &&Jwk| header.kid.is_none() || key.common.key_id == header.kid;
        let keys: Vec<&Jwk> = known.keys.iter().filter(is_meant).collect();
        let mut validation = Validation::new(header.alg);
        validation.set_issuer(&[&self.settings.issuer]);
        validation.set_audience(&[&self.settings.client_id]);
        validation.set_required_spec_claims(&["iss", "sub", "aud", "exp"]);
        // The moment is an argument here; it is held against the claims below.
        validation.validate_exp = false;
        let mut why = "no key of the provider fits".to_owned();
        for key in keys {
            let decoded = DecodingKey::from_jwk(key).and_then(|key| decode::<Claims>(token, &key, &validation));
            match decoded {
                Ok(data) => return self.judge(data.claims, nonce, now),
                Err(cause) => why = cause.to_string(),
            }
        }
        Err(why)
    }

    fn judge(&self, claims: Claims, nonce: &str, now: Timestamp) -> Result<String, String> {
        let now = now.as_second() as f64;
        let is_for_us = match (&claims.aud, &claims.azp) {
            (_, Some(party)) => *party == self.settings.client_id,
            (Value::Array(all), None) => all.len() == 1,
            _ => true,
        };
        let faults = [
            (claims.exp <= now - CLOCKS_DIFFER_S, "it is over"),
            (claims.nbf.is_some_and(|from| from > now + CLOCKS_DIFFER_S), "it does not hold yet"),
            (claims.iat.is_some_and(|made| made > now + CLOCKS_DIFFER_S), "it was made in the future"),
            (claims.nonce.as_deref() != Some(nonce), "its nonce is not that of this sign-on"),
            (!is_for_us, "it was made for another party"),
            (claims.sub.is_empty() || claims.sub.chars().count() > super::SUBJECT_CHARS_MAX, "its subject is none"),
        ];
        match faults.into_iter().find(|(is_so, _)| *is_so) {
            Some((_, why)) => Err(why.to_owned()),
            None => Ok(claims.sub),
        }
    }
}

/// Why a sign-on came to nothing.
enum Failure {
    /// The provider does not answer as it should.
    Unreachable(String),
    /// It answered, but what it said does not hold.
    NotBelieved(String),
}

fn not_believed() -> Error {
    Error::Invalid("统一身份认证返回的内容没有通过核对，没有登录。请重新登录；再次出现请联系系统管理员。".into())
}

fn read<T: serde::de::DeserializeOwned>(
    address: &str,
    answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> Result<T, Failure> {
    let mut answer = answer.map_err(|cause| Failure::Unreachable(format!("{address}: {cause}")))?;
    let body = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_string();
    let body = body.map_err(|cause| Failure::Unreachable(format!("{address}: {cause}")))?;
    if answer.status() != 200 {
        // What a provider refuses, it says by a short word; nothing of ours stands in it.
        let word = serde_json::from_str::<Value>(&body).ok().and_then(|said| said["error"].as_str().map(str::to_owned));
        return Err(Failure::NotBelieved(format!("{address}: {} {}", answer.status(), word.unwrap_or_default())));
    }
    serde_json::from_str(&body).map_err(|cause| Failure::Unreachable(format!("{address}: {cause}")))
}

/// The authorities of a file of certificates.
fn roots(pem: &[u8]) -> Result<RootCerts, Error> {
    let unusable = |cause: String| Error::Invalid(format!("统一登录的证书文件不能用：{cause}"));
    let mut certificates = Vec::new();
    for item in parse_pem(pem) {
        if let PemItem::Certificate(one) = item.map_err(|cause| unusable(cause.to_string()))? {
            certificates.push(one);
        }
    }
    if certificates.is_empty() {
        return Err(unusable("其中没有证书".into()));
    }
    Ok(RootCerts::new_with_certs(&certificates))
}

/// Whether an address is spoken to under TLS, or lies on this machine.
fn is_safe(address: &str) -> bool {
    address.starts_with("https://") || is_loopback(address)
}

fn is_loopback(address: &str) -> bool {
    let rest = address.strip_prefix("http://").unwrap_or_default();
    let after = ["127.0.0.1", "localhost", "[::1]"].iter().find_map(|host| rest.strip_prefix(host));
    after.is_some_and(|after| after.is_empty() || after.starts_with([':', '/']))
}

const LETTERS: &[u8; 65] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
/// Those of addresses (RFC 4648, section 5), which fill nothing up.
const URL_LETTERS: &[u8; 65] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=";

fn base64(bytes: &[u8], letters: &[u8; 65]) -> String {
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let whole =
            three.iter().fold(0_usize, |whole, byte| whole << 8 | usize::from(*byte)) << (8 * (3 - three.len()));
        for at in 0..4 {
            if at <= three.len() {
                text.push(char::from(letters[whole >> (18 - 6 * at) & 63]));
            } else if letters == LETTERS {
                text.push('=');
            }
        }
    }
    text
}

fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
        encoded
    })
}

fn encoded(pairs: &[(&str, &str)]) -> String {
    pairs.iter().map(|(name, value)| format!("{name}={}", percent(value))).collect::<Vec<_>>().join("&")
}

/// Bytes as a part of a token.
#[cfg(test)]
pub(super) fn base64_of(bytes: &[u8]) -> String {
    base64(bytes, URL_LETTERS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_rfc_4648() {
        for (plain, expected) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(plain.as_bytes(), LETTERS), expected);
            assert_eq!(base64(plain.as_bytes(), URL_LETTERS), expected.trim_end_matches('='));
        }
        assert_eq!((base64(&[255, 254], LETTERS), base64(&[255, 254], URL_LETTERS)), ("//4=".into(), "__4".into()));
    }

    #[test]
    fn only_this_machine_is_spoken_to_in_the_clear() {
        for (address, is_fine) in [
            ("https://sso.example.gov.cn", true),
            ("http://127.0.0.1:4000/x", true),
            ("http://localhost", true),
            ("http://sso.example.gov.cn", false),
            ("http://127.0.0.1.evil.example", false),
            ("http://localhost@evil.example", false),
            ("", false),
        ] {
            assert_eq!(is_safe(address), is_fine, "{address}");
        }
    }
}
