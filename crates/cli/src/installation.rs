//! The life of an installation: init, serve, doctor.

use clap::Args;
use domain::Installation;

use crate::Context;

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// 监听地址
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8080")]
    address: String,
    /// 挂在门户网站下的子路径，如 /zhiqiang
    #[arg(long, value_name = "PATH", default_value = "")]
    base_path: String,
}

impl Context {
    /// Opens the installation, making it when absent, and says what a kill had left behind.
    pub(crate) async fn open(&self) -> anyhow::Result<Installation> {
        let (installation, recovery) = Installation::open(&self.data, self.database.as_deref(), self.now).await?;
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
    serve_opened(context, installation, &command.address, &command.base_path).await
}

/// Serves an open installation until the process is asked to stop.
pub(crate) async fn serve_opened(
    context: &Context,
    installation: Installation,
    address: &str,
    base_path: &str,
) -> anyhow::Result<()> {
    let listener = tokio::net::TcpListener::bind(address).await.map_err(|cause| {
        crate::output::Unusable(format!("无法监听 {address}：{cause}。请换一个端口，例如 --address 127.0.0.1:8081。"))
    })?;
    let shown = listener.local_addr()?;
    if !context.output.is_json() {
        context.output.line(&format!("网站地址：http://{shown}{base_path}/（按 Ctrl+C 停止）"))?;
    }
    let settings = settings(&installation, base_path);
    web::serve(listener, web::App::new(installation, settings), asked_to_stop()).await?;
    Ok(())
}

/// A demo shows its city and its sign-ins to everybody.
fn settings(installation: &Installation, base_path: &str) -> web::Settings {
    let mut settings =
        web::Settings { base_path: web::Settings::fold_base_path(base_path), ..web::Settings::default() };
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

/// Verifies every stored run; anything that does not hold is a failure.
pub(crate) async fn doctor(context: &Context) -> anyhow::Result<()> {
    let installation = context.open().await?;
    let mut findings = Vec::new();
    let runs = domain::runs::list(&installation).await?;
    for run in &runs {
        eprintln!("核对测算 {}……", run.run);
        findings.extend(domain::runs::verify(&installation, &run.run).await?.findings);
    }
    let line = serde_json::json!({ "runs": runs.len(), "sound": findings.is_empty(), "findings": findings });
    context.output.print(&line, |_| {
        if findings.is_empty() {
            format!("安装完好：{} 次测算全部核对无误。", runs.len())
        } else {
            findings.join("\n")
        }
    })?;
    anyhow::ensure!(findings.is_empty(), "发现 {} 处问题", findings.len());
    Ok(())
}
