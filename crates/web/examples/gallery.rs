//! Serves the shell with its gallery on an empty installation, for looking at it: `cargo run -p web --example gallery`.
#![allow(clippy::print_stdout, reason = "an example that a developer runs says where it listens")]

use domain::Installation;
use domain::accounts::{self, Role};
use web::{App, Settings, SignIn, serve};

const PASSWORD: &str = "zhiqiang-2023";

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:8321".into());
    let base_path = Settings::fold_base_path(&arguments.next().unwrap_or_default());
    let folder = std::env::temp_dir().join("zhiqiang-gallery");
    let now = "2023-12-31T01:00:00Z".parse()?;
    let (installation, _) = Installation::open(&folder, None, now).await?;
    // The account is there already when the example runs a second time.
    let _ = accounts::open(&installation.db, "clerk", "王敏", Role::Clerk, "", PASSWORD, now).await;
    let sign_in = SignIn { login: "clerk".into(), password: PASSWORD.into(), role: "业务科室".into() };
    let settings = Settings {
        city: "演示市".into(),
        base_path: base_path.clone(),
        demo_sign_ins: vec![sign_in],
        ..Settings::default()
    };
    let app = App::with_clock(installation, settings, move || now);
    let listener = tokio::net::TcpListener::bind(&address).await?;
    println!("http://{address}{base_path}/gallery");
    serve(listener, app, std::future::pending()).await?;
    Ok(())
}
