//! Letters from the command line: the archive, a file out of it, and letters for decisions that have none.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use domain::letters::{self, Letter};
use serde_json::{Value, json};

use crate::Context;
use crate::account::As;

#[derive(Debug, Args)]
pub(crate) struct Letters {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    by: As,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// 文书档案：公示、决定书、证书，按签发时的样子留存
    List,
    /// 取出一份文书的文件（docx）
    Get {
        /// 文书编号，见 letter list
        id: i64,
        /// 写到哪个文件
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// 为没有留存文书的决定和公示补制，并注明是补制
    Supply,
}

pub(crate) async fn run(context: &Context, command: Letters) -> anyhow::Result<()> {
    let installation = context.open().await?;
    let db = &installation.db;
    let account = command.by.account(db).await?;
    match command.action {
        Action::List => {
            let all = letters::all(db, &account).await?;
            context.output.list(&all, value, words, "还没有签发过文书。发布公示、作出决定时自动签发并留存。")
        }
        Action::Get { id, out } => {
            let letter = letters::find(db, &account, id).await?;
            let bytes = letters::file(&installation, &letter)?;
            std::fs::write(&out, bytes).with_context(|| format!("文件 {} 写不成", out.display()))?;
            let object = json!({ "letter": id, "number": letter.number, "file": out.display().to_string() });
            context.output.print(&object, |_| format!("{} 已写到 {}", letter.number, out.display()))
        }
        Action::Supply => {
            let count = letters::supply(&installation, &domain::runs::policy()?, &account, context.now).await?;
            context.output.print(&json!({ "supplied": count }), |_| match count {
                0 => "每项决定和公示都有留存的文书，不用补制。".into(),
                _ => format!("已为 {count} 项决定或公示补制文书。"),
            })
        }
    }
}

fn value(letter: &Letter) -> Value {
    json!({
        "id": letter.id, "kind": letter.kind.key(), "case": letter.case, "notice": letter.notice, "number": letter.number,
        "title": letter.title, "unit": letter.unit, "issued_on": letter.issued_on, "creator": letter.creator,
        "retention": letter.retention, "template": letter.template, "sha256": letter.sha256, "by": letter.by, "at": letter.at,
        "is_late": letter.is_late, "taken_back_on": letter.taken_back_on, "taken_back_why": letter.taken_back_why,
    })
}

fn words(letter: &Letter) -> String {
    let back = match letter.taken_back_on {
        Some(day) => format!("  已于 {day} 收回：{}", letter.taken_back_why),
        None if letter.is_late => "  补制".to_owned(),
        None => String::new(),
    };
    format!(
        "{}  {}  {}  {}  {}  {}  保管 {}{back}",
        letter.id,
        letter.number,
        letter.kind.zh(),
        letter.title,
        letter.unit,
        letter.issued_on,
        letter.retention
    )
}
