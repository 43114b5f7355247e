//! The office's mail server: how it is reached, and one mail handed to it, with what that came to.
//!
//! What matters is where it broke. Before the last byte of the mail was on its way the server cannot have taken it; after that,
//! and before its answer, nobody knows.

use std::{
    env, fs,
    path::{Path, PathBuf},
    time::Duration,
};

use lettre::{
    Message,
    message::{
        Mailbox,
        header::{ContentType, Header, HeaderName, HeaderValue},
    },
    transport::smtp::{
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{Certificate, SmtpConnection, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::ClientId,
    },
};
use serde::Deserialize;

use super::{mail::Letter, wordings::one_line};
use crate::{Error, Installation};

/// The variable that names another file than `mail.toml` in the data folder.
pub const VARIABLE: &str = "ZHIQIANG_MAIL";
/// The variable that holds the password, so that it need not stand in the file.
pub const PASSWORD_VARIABLE: &str = "ZHIQIANG_MAIL_PASSWORD";
const FILE: &str = "mail.toml";
/// How a certificate begins in PEM.
const CERTIFICATE: &[u8] = b"-----BEGIN CERTIFICATE-----";
/// How long the server may take for one answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// The longest answer that is kept, in characters.
const ANSWER_CHARS_MAX: usize = 300;

/// How the connection is kept secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Security {
    /// From the first byte (port 465).
    Tls,
    /// After the greeting (port 587); never without.
    Starttls,
    /// Not at all (port 25): a server in the office's own network.
    None,
}

/// The file, as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    server: String,
    port: Option<u16>,
    security: Security,
    user: Option<String>,
    password: Option<String>,
    from: String,
    #[serde(default)]
    site: String,
    authorities: Option<PathBuf>,
}

/// The office as a sender of mail.
#[derive(Debug, Clone)]
pub struct Office {
    server: String,
    port: u16,
    security: Security,
    credentials: Option<Credentials>,
    /// Who else vouches for the server: an office's own network has authorities that no system knows.
    authorities: Option<Certificate>,
    from: Mailbox,
    /// The address of the pages, for links; empty for none.
    pub(super) site: String,
}

/// What handing a mail over came to, with what the server said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The server took it.
    Sent(String),
    /// It did not, and may later.
    Later(String),
    /// It could not be asked at all, so that no other mail can be handed over now either.
    Unreachable(String),
    /// It will not.
    Refused(String),
    /// It may have.
    Unknown(String),
}

impl Office {
    /// The office's settings; none where there is no file, and then nothing is mailed.
    pub fn of(installation: &Installation) -> Result<Option<Self>, Error> {
        let named = env::var_os(VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from);
        let is_named = named.is_some();
        let path = named.unwrap_or_else(|| installation.dir().join(FILE));
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound && !is_named => return Ok(None),
            Err(source) => return Err(Error::io(&path, source)),
        };
        let password = env::var(PASSWORD_VARIABLE).ok().filter(|word| !word.is_empty());
        Self::read(&text, password).map(Some).map_err(|why| {
            Error::Invalid(format!("邮件设置 {} 不能用：{why}。修好之前不发邮件，站内消息不受影响。", path.display()))
        })
    }

    pub(super) fn read(text: &str, password: Option<String>) -> Result<Self, String> {
        let written: Written = toml::from_str(text).map_err(|cause| cause.message().to_owned())?;
        let from: Mailbox = written.from.parse().map_err(|_| format!("from 不是邮件地址：{}", written.from))?;
        let password = password.or(written.password);
        let credentials = match (written.user, password) {
            (Some(user), Some(password)) => Some(Credentials::new(user, password)),
            (Some(_), None) => return Err(format!("有 user，但没有 password，也没有 {PASSWORD_VARIABLE}")),
            (None, _) => None,
        };
        if credentials.is_some() && written.security == Security::None {
            return Err("security = \"none\" 时不能带密码：密码会以明文在网上传送".to_owned());
        }
        let port = written.port.unwrap_or(match written.security {
            Security::Tls => 465,
            Security::Starttls => 587,
            Security::None => 25,
        });
        let site = written.site.trim_end_matches('/').to_owned();
        if !site.is_empty() && !site.starts_with("https://") && !site.starts_with("http://") {
            return Err(format!("site 应以 https:// 开头：{site}"));
        }
        let authorities = written.authorities.as_deref().map(authorities).transpose()?;
        Ok(Self { server: written.server, port, security: written.security, credentials, authorities, from, site })
    }

    /// The domain that its mails are named after.
    pub(super) fn domain(&self) -> &str {
        self.from.email.domain()
    }

    /// Hands a mail over; waits for the server, so that it is run beside the other work.
    pub(super) fn hand_over(&self, letter: &Letter) -> Outcome {
        let (message, to) = match self.message(letter) {
            Ok(ready) => ready,
            Err(why) => return Outcome::Refused(why),
        };
        let mut connection = match self.connect() {
            Ok(connection) => connection,
            Err(cause) => return Outcome::Unreachable(format!("连不上邮件服务器，或登录不成：{}", said(&cause))),
        };
        let begun = connection
            .command(Mail::new(Some(self.from.email.clone()), Vec::new()))
            .and_then(|_| connection.command(Rcpt::new(to, Vec::new())))
            .and_then(|_| connection.command(Data));
        if let Err(cause) = begun {
            connection.abort();
            return if cause.is_permanent() { Outcome::Refused(said(&cause)) } else { Outcome::Later(said(&cause)) };
        }
        match connection.message(&message) {
            Ok(answer) => {
                let text = answer.message().collect::<Vec<_>>().join(" ");
                let _ = connection.quit();
                Outcome::Sent(kept(&format!("{} {text}", answer.code())))
            }
            Err(cause) => {
                connection.abort();
                // An answer is an answer; anything else came between the mail and it.
                match (cause.is_permanent(), cause.is_transient()) {
                    (true, _) => Outcome::Refused(said(&cause)),
                    (_, true) => Outcome::Later(said(&cause)),
                    _ => Outcome::Unknown(format!("邮件已传完，没有等到服务器的答复：{}", said(&cause))),
                }
            }
        }
    }

    fn connect(&self) -> Result<SmtpConnection, lettre::transport::smtp::Error> {
        let hello = ClientId::Domain(self.domain().to_owned());
        let tls = match self.security {
            Security::None => None,
            _ => {
                let of_the_system = TlsParameters::builder(self.server.clone());
                let trusted = self.authorities.iter().cloned();
                Some(trusted.fold(of_the_system, |parameters, one| parameters.add_root_certificate(one)).build()?)
            }
        };
        let at_once = tls.as_ref().filter(|_| self.security == Security::Tls);
        let server = (self.server.as_str(), self.port);
        let mut connection = SmtpConnection::connect(server, Some(PATIENCE), &hello, at_once, None)?;
        if let Some(tls) = tls.as_ref().filter(|_| self.security == Security::Starttls) {
            connection.starttls(tls, &hello)?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials)?;
        }
        Ok(connection)
    }

    /// The mail as it goes over the wire: plain text, its own name, and a word to machines that it is no letter of a person.
    pub(super) fn message(&self, letter: &Letter) -> Result<(Vec<u8>, lettre::Address), String> {
        let to = super::mail::address(&letter.address).ok_or("收件地址不是邮件地址")?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to.clone()))
            .subject(one_line(&letter.subject))
            .message_id(Some(letter.message_id.clone()))
            .date(letter.made_at.into())
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN)
            .body(letter.body.clone())
            .map_err(|cause| cause.to_string())?;
        Ok((message.formatted(), to))
    }
}

/// `Auto-Submitted: auto-generated` (RFC 3834), so that no automatic reply comes back.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// What the server said, or what became of the connection, in one line.
/// The certificates in a file of PEM.
fn authorities(path: &Path) -> Result<Certificate, String> {
    let wrong = |why: String| format!("authorities 的证书文件 {} 不能用：{why}", path.display());
    let pem = fs::read(path).map_err(|cause| wrong(cause.to_string()))?;
    if !pem.windows(CERTIFICATE.len()).any(|part| part == CERTIFICATE) {
        return Err(wrong("其中没有 PEM 格式的证书".to_owned()));
    }
    Certificate::from_pem(&pem).map_err(|_| wrong("其中的证书已损坏".to_owned()))
}

fn said(error: &lettre::transport::smtp::Error) -> String {
    let mut text = error.to_string();
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        next = cause.source();
    }
    kept(&text)
}

fn kept(text: &str) -> String {
    one_line(text).chars().take(ANSWER_CHARS_MAX).collect()
}
