//! `message`: mails made of messages and handed to the office's server, and the log of what was sent.

use std::fmt::Write;

use clap::Subcommand;
use domain::messages::{
    Office,
    mail::{self, Logged, Sent},
};

use crate::{Context, output::Unusable};

/// `zhiqiang message …`.
#[derive(Debug, Subcommand)]
pub(crate) enum Message {
    /// 把到期的消息写成邮件并发出；网站运行时每分钟自动进行
    Send,
    /// 列出邮件和每次发送时服务器的答复
    Log,
}

pub(crate) async fn run(context: &Context, command: Message) -> anyhow::Result<()> {
    let installation = context.open().await?;
    match command {
        Message::Send => {
            let none = || {
                Unusable(format!(
                    "没有设置邮件服务器：请写 {}，或用 {} 指明文件。",
                    context.data.join("mail.toml").display(),
                    domain::messages::OFFICE_VARIABLE
                ))
            };
            let office = Office::of(&installation)?.ok_or_else(none)?;
            let sent = mail::send(&installation, &office, context.now).await?;
            context.output.print(&sent, words)
        }
        Message::Log => context.output.print(&mail::all(&installation.db).await?, |all| listed(all)),
    }
}

fn words(sent: &Sent) -> String {
    format!(
        "写成 {} 封，发出 {} 封，稍后再发 {} 封，失败 {} 封，不知是否送达 {} 封。",
        sent.made, sent.sent, sent.later, sent.failed, sent.unknown
    )
}

fn listed(all: &[Logged]) -> String {
    let mut text = String::new();
    for one in all {
        let _ = writeln!(text, "{}  {}  {} {}  {}", one.id, one.zh(), one.login, one.address, one.subject);
        if let Some(why) = &one.dropped_why {
            let _ = writeln!(text, "    {why}");
        }
        for attempt in &one.attempts {
            let _ = writeln!(text, "    {}  {}  {}", attempt.at, attempt.zh(), attempt.answer);
        }
    }
    let _ = write!(text, "共 {} 封。", all.len());
    text
}
