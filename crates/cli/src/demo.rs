//! `zhiqiang demo`: a synthetic city, filled through the same import as everyone's files, and served.

use clap::Args;
use demo::Scale;

use crate::output::Unusable;
use crate::{Context, installation};

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// 只生成数据，不启动网站
    #[arg(long)]
    no_serve: bool,
    /// 监听地址
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8080")]
    address: String,
    /// 城市规模的倍数（1 为约 1200 家企业、20000 件专利）
    #[arg(long, value_name = "N", default_value_t = 1)]
    times: usize,
    /// 只导入登记簿：不测算、不收录文献、不生成案件和账号，也不启动网站
    #[arg(long)]
    registers_only: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DemoDate {
    /// 新的业务日期，如 2024-03-08；只能往后
    date: String,
}

/// Moves the demo to a later day: notices close, and what was not confirmed in time expires.
pub(crate) async fn move_to(context: &Context, command: DemoDate) -> anyhow::Result<()> {
    let installation = context.open().await?;
    let day = terms::dates::parse_date(&command.date).map_err(|cause| Unusable(format!("日期无法识别：{cause}")))?;
    installation.move_to(day, "cli", context.now).await?;
    let line = serde_json::json!({ "business_date": day });
    context.output.print(&line, |_| format!("演示日期已移到 {day}，到期的公示和逾期未确认的案件已办理。"))
}

pub(crate) async fn run(context: &Context, command: Demo) -> anyhow::Result<()> {
    let mut opened = context.open().await?;
    if opened.demo().is_none() {
        if !domain::runs::list(&opened).await?.is_empty()
            || !registry::batches::list(&opened.db, &registry::batches::Filter { limit: 1, ..Default::default() })
                .await?
                .is_empty()
        {
            let dir = context.data.display();
            return Err(Unusable(format!(
                "数据目录 {dir} 中已有真实数据，演示数据不能混入。请用 --data 指定一个空目录。"
            ))
            .into());
        }
        let scale = Scale::default().times(command.times.max(1));
        let tell = |doing| eprintln!("{doing}");
        if command.registers_only {
            demo::fill_registers(&mut opened, scale, context.now, &tell).await?;
        } else {
            demo::fill(&mut opened, scale, context.now, &tell).await?;
        }
    }
    if command.registers_only {
        return context.output.print(&serde_json::json!({ "data": context.data, "demo": true }), |_| {
            "演示城市的登记簿已导入。".to_owned()
        });
    }
    let line = serde_json::json!({ "data": context.data, "demo": true, "password": demo::PASSWORD });
    context.output.print(&line, |_| sign_ins())?;
    if command.no_serve {
        return Ok(());
    }
    let settings = installation::settings(&opened, "");
    installation::serve_opened(context, opened, &command.address, settings).await
}

/// The sign-ins of the demo, and what each is for.
pub(crate) const SIGN_INS: [(&str, &str); 17] = [
    ("clerk", "业务科室"),
    ("clerk2", "业务科室（复核）"),
    ("leader", "领导小组"),
    ("finance", "财政局"),
    ("finance2", "财政局（复核）"),
    ("science", "联审部门"),
    ("bank", "金融机构"),
    ("province", "省级机关"),
    ("university", "高校院所"),
    ("university2", "高校院所（另一家）"),
    ("agency", "服务机构"),
    ("agency2", "服务机构（另一家）"),
    ("auditor", "审计"),
    ("town", "区镇街道"),
    ("enterprise", "企业"),
    ("admin", "系统管理员"),
    ("security", "安全管理员"),
];

fn sign_ins() -> String {
    let logins: Vec<String> = SIGN_INS.iter().map(|(login, role)| format!("  {login:12}{role}")).collect();
    format!(
        "演示城市已就绪。全部企业、专利和数字均由固定种子合成，与真实主体无关。\n登录名（密码均为 {}）：\n{}",
        demo::PASSWORD,
        logins.join("\n")
    )
}
