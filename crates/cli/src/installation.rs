//! The life of an installation: init, serve, doctor, backup, restore.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use domain::Installation;
use domain::doctor::{self, State};
use domain::messages::{Office, mail};
use domain::secrets::{self, Vault};
use domain::sign_on::{self, Provider};

use crate::Context;
use crate::output::Unusable;

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// 监听地址
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8080")]
    address: String,
    /// 挂在门户网站下的子路径，如 /zhiqiang
    #[arg(long, value_name = "PATH", default_value = "")]
    base_path: String,
    // The addresses and names in these two are for people at a terminal, not for Markdown.
    #[arg(
        long,
        value_name = "URL",
        default_value = "",
        help = "从外部访问本站的地址，如 https://ip.example.gov.cn；邀请链接以它开头"
    )]
    public_address: String,
    #[arg(
        long,
        value_name = "FILE",
        help = "政府统一身份认证（OpenID Connect）的设置文件：issuer、client_id，client_secret 或环境变量 ZHIQIANG_SIGN_ON_SECRET，可选 authorities（证书文件）"
    )]
    sign_on: Option<PathBuf>,
    /// 不要求工作人员启用两步验证；只用于测试环境
    #[arg(long)]
    without_second_factor: bool,
    /// 前面有网关转发：以 X-Forwarded-For 的最后一段为访客地址
    #[arg(long)]
    behind_proxy: bool,
}

/// What the file of the sign-on holds.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct SignOn {
    issuer: String,
    client_id: String,
    client_secret: Option<String>,
    authorities: Option<PathBuf>,
}

impl SignOn {
    /// The provider of a file; the address of this site is where it sends browsers back to.
    fn provider(file: &Path, site: &str) -> anyhow::Result<Provider> {
        let unusable = |why: String| Unusable(format!("统一登录设置 {} 不能用：{why}", file.display()));
        if site.is_empty() {
            return Err(unusable("还须用 --public-address 说明从外部访问本站的地址。".into()).into());
        }
        let text = std::fs::read_to_string(file).map_err(|cause| unusable(cause.to_string()))?;
        // A mistake is told by its place only: the line itself may hold the secret.
        let read: Self = toml::from_str(&text).map_err(|cause| unusable(cause.message().to_owned()))?;
        let secret = read.client_secret.or_else(|| std::env::var("ZHIQIANG_SIGN_ON_SECRET").ok());
        let secret = secret.ok_or_else(|| {
            unusable("没有 client_secret；请写在文件里，或放在环境变量 ZHIQIANG_SIGN_ON_SECRET。".into())
        })?;
        let authorities = read.authorities.map(std::fs::read).transpose();
        Ok(Provider::new(sign_on::Settings {
            issuer: read.issuer,
            client_id: read.client_id,
            client_secret: sign_on::Secret(secret),
            redirect: format!("{site}/sign-on/return"),
            signed_out: format!("{site}/sign-in"),
            authorities: authorities.map_err(|cause| unusable(cause.to_string()))?,
        })?)
    }
}

impl Context {
    /// Where the keys lie: the named file, else the one in the data folder.
    pub(crate) fn vault(&self) -> Vault {
        Vault::at(&self.key_file.clone().unwrap_or_else(|| Installation::key_file(&self.data)))
    }

    /// Opens the installation, making it when absent, and says what a kill had left behind.
    pub(crate) async fn open(&self) -> anyhow::Result<Installation> {
        let db = Installation::connect(&self.data, self.database.as_deref()).await?;
        let (installation, recovery) = Installation::with_vault(db, self.vault(), &self.data, self.now).await?;
        for remark in recovery.remarks {
            eprintln!("提示：{remark}");
        }
        Ok(installation)
    }
}

pub(crate) async fn init(context: &Context) -> anyhow::Result<()> {
    let installation = context.open().await?;
    let line = serde_json::json!({ "data": context.data, "database": installation.db.engine() });
    context
        .output
        .print(&line, |_| format!("已就绪：数据目录 {}，数据库 {}", context.data.display(), installation.db.engine()))
}

pub(crate) async fn serve(context: &Context, command: Serve) -> anyhow::Result<()> {
    let installation = context.open().await?;
    let mut settings = settings(&installation, &command.base_path);
    command.public_address.trim_end_matches('/').clone_into(&mut settings.public_address);
    settings.behind_proxy = command.behind_proxy;
    settings.second_factor &= !command.without_second_factor;
    settings.secure_cookies = settings.public_address.starts_with("https://");
    if settings.secure_cookies && !settings.behind_proxy {
        // The program itself speaks no TLS: a gateway stands before it, and would be everybody's address.
        eprintln!(
            "提示：对外地址是 https，前面应有网关。请加 --behind-proxy，否则所有访客共用网关的地址，登录限制和审计都分不清是谁。"
        );
    }
    if let Some(file) = &command.sign_on {
        let site = format!("{}{}", settings.public_address, settings.base_path);
        let site = if settings.public_address.is_empty() { "" } else { &site };
        settings.sign_on = Some(Arc::new(SignOn::provider(file, site)?));
    }
    serve_opened(context, installation, &command.address, settings).await
}

/// Serves an open installation until the process is asked to stop.
pub(crate) async fn serve_opened(
    context: &Context,
    installation: Installation,
    address: &str,
    settings: web::Settings,
) -> anyhow::Result<()> {
    domain::accounts::permissions::check().map_err(|cause| anyhow::anyhow!("权限策略有误，不能启动：{cause}"))?;
    let listener = tokio::net::TcpListener::bind(address).await.map_err(|cause| {
        Unusable(format!("无法监听 {address}：{cause}。请换一个端口，例如 --address 127.0.0.1:8081。"))
    })?;
    let shown = listener.local_addr()?;
    if !context.output.is_json() {
        context.output.line(&format!("网站地址：http://{shown}{}/（按 Ctrl+C 停止）", settings.base_path))?;
    }
    let app = web::App::new(installation, settings);
    let days = tokio::spawn(day_by_day(app.clone()));
    let mails = tokio::spawn(minute_by_minute(app.clone()));
    web::serve(listener, app, asked_to_stop()).await?;
    days.abort();
    mails.abort();
    Ok(())
}

/// Does what each day brings to the cases, once an hour while the pages are open, and runs the watches once a day: terms end
/// and states change although no document comes.
async fn day_by_day(app: web::App) {
    const HOUR: std::time::Duration = std::time::Duration::from_secs(3600);
    let mut hours = tokio::time::interval(HOUR);
    let mut watched = None;
    loop {
        hours.tick().await;
        if let Err(cause) = domain::cases::daily(&app.installation, "定时", app.now()).await {
            tracing::warn!(%cause, "the cases could not be moved to their day");
        }
        let today = app.installation.business_date(app.now());
        if watched != Some(today) {
            match watch(&app, today).await {
                Ok(()) => watched = Some(today),
                Err(cause) => tracing::warn!(%cause, "the watches could not run"),
            }
        }
    }
}

/// Runs every watch over the corpus as it stands on a day; without a corpus there is nothing to look at.
async fn watch(app: &web::App, today: jiff::civil::Date) -> Result<(), domain::Error> {
    let folder = app.installation.corpus_dir();
    let opening = tokio::task::spawn_blocking(move || corpus::Corpus::open_on(&folder, today)).await;
    let corpus = match opening.map_err(|cause| domain::Error::Damaged(cause.to_string()))? {
        Err(corpus::Error::Absent(_)) => return Ok(()),
        opened => opened?,
    };
    domain::warnings::run(&app.installation, &corpus, None, "定时", app.now()).await.map(drop)
}

/// Sends what is to be mailed, once a minute while the pages are open, if the office has a mail server.
async fn minute_by_minute(app: web::App) {
    const MINUTE: std::time::Duration = std::time::Duration::from_secs(60);
    let mut minutes = tokio::time::interval(MINUTE);
    let mut said = String::new();
    loop {
        minutes.tick().await;
        let sending = async {
            match Office::of(&app.installation)? {
                Some(office) => mail::send(&app.installation, &office, app.now()).await.map(drop),
                None => Ok(()),
            }
        };
        // The same fault is told once, not every minute.
        let fault = sending.await.err().map(|cause| cause.to_string()).unwrap_or_default();
        if !fault.is_empty() && fault != said {
            tracing::warn!(%fault, "mail could not be sent");
        }
        said = fault;
    }
}

/// A demo shows its city and its sign-ins to everybody.
pub(crate) fn settings(installation: &Installation, base_path: &str) -> web::Settings {
    let mut settings = web::Settings {
        base_path: web::Settings::fold_base_path(base_path),
        commands: crate::commands().into(),
        // The sign-ins of a demo are told to everybody.
        second_factor: installation.demo().is_none(),
        ..web::Settings::default()
    };
    if installation.demo().is_some() {
        demo::CITY.clone_into(&mut settings.city);
        settings.demo_sign_ins = crate::demo::SIGN_INS
            .iter()
            .map(|(login, role)| web::SignIn {
                login: (*login).into(),
                password: demo::PASSWORD.into(),
                role: (*role).into(),
            })
            .collect();
    }
    settings
}

async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => {
            let _ = interrupt.await;
        }
    }
}

/// Examines the installation; anything that is wrong is a failure.
pub(crate) async fn doctor(context: &Context) -> anyhow::Result<()> {
    let installation = context.open().await?;
    let checks = doctor::examine(&installation, context.now).await;
    let findings: Vec<&str> =
        checks.iter().filter(|one| one.state == State::Fault).map(|one| one.message.as_str()).collect();
    let line = serde_json::json!({ "sound": findings.is_empty(), "checks": checks, "findings": findings });
    context.output.print(&line, |_| {
        let mut text = String::new();
        for one in &checks {
            let word = match one.state {
                State::Sound => "完好",
                State::Remark => "留意",
                State::Fault => "有误",
            };
            let _ = writeln!(text, "{word}  {}", one.message);
        }
        if findings.is_empty() {
            text.push_str("安装完好。");
        }
        text
    })?;
    anyhow::ensure!(findings.is_empty(), "发现 {} 处问题，请按上面逐条处理", findings.len());
    Ok(())
}

#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// 写入备份的文件夹（不存在或为空）
    #[arg(value_name = "DIR")]
    target: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// zhiqiang backup 写出的文件夹
    #[arg(value_name = "DIR")]
    from: PathBuf,
}

/// What of a backup rests on its key, in words.
fn sealed(manifest: &domain::backup::Manifest) -> String {
    secrets::words(manifest.sealed.iter().map(|(zh, count)| (zh.as_str(), *count)))
}

pub(crate) async fn backup(context: &Context, command: Backup) -> anyhow::Result<()> {
    let installation = context.open().await?;
    let manifest = domain::backup::backup(&installation, &command.target, context.now).await?;
    let line =
        serde_json::json!({ "backup": command.target, "files": manifest.files.len(), "bytes": manifest.bytes() });
    context.output.print(&line, |_| {
        let (target, data) = (command.target.display(), context.data.display());
        format!(
            "已备份 {data} 到 {target}：{} 个文件，{} 字节。恢复：zhiqiang --data 新的空目录{} restore {target}\n\
             密钥 {} 不在备份里：请把 {} 另存到别处，没有它就打不开{}。",
            manifest.files.len(),
            manifest.bytes(),
            if manifest.postgres.is_some() { " --database 新的空数据库" } else { "" },
            manifest.key.as_deref().unwrap_or_default(),
            installation.vault.file().display(),
            sealed(&manifest),
        )
    })
}

pub(crate) async fn restore(context: &Context, command: Restore) -> anyhow::Result<()> {
    let database = context.database.as_deref();
    let manifest = domain::backup::restore(&command.from, &context.data, database, context.now).await?;
    let line = serde_json::json!({
        "data": context.data, "made_at": manifest.made_at, "files": manifest.files.len(), "runs": manifest.runs,
        "key": manifest.key, "sealed": manifest.sealed, "head": manifest.postgres.as_ref().map(|one| &one.head),
    });
    context.output.print(&line, |_| {
        let database = match &manifest.postgres {
            Some(_) => "和 PostgreSQL 数据库，审计记录与备份时相符",
            None => "",
        };
        let mut text = format!(
            "已从 {}（{} 备份）恢复到 {}{database}：{} 个文件指纹相符，{} 次测算。",
            command.from.display(),
            domain::beijing_date(manifest.made_at),
            context.data.display(),
            manifest.files.len(),
            manifest.runs
        );
        if let Some(key) = &manifest.key {
            let (file, what) = (context.vault(), sealed(&manifest));
            let file = file.file().display();
            let _ = write!(
                text,
                "\n还须把密钥 {key} 的文件放到 {file}（权限 0600），或用 --key-file 指明；没有它就打不开{what}。\
                 确已丢失时，zhiqiang key give-up 清空这些内容并换新密钥。"
            );
        }
        text + "\n可用 zhiqiang doctor 再检查一次。"
    })
}
