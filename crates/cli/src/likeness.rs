//! `corpus like` and `corpus meaning`: documents like a text, and having the meaning of words learnt for it.

use clap::{Args, Subcommand};
use corpus::{Corpus, Nearness};
use serde_json::json;

use crate::{
    Context,
    corpus::{ShownHits, told},
    output::Unusable,
};

#[derive(Debug, Args)]
pub(crate) struct Like {
    /// 一段文字，或一件专利的申请号、公开（公告）号
    text: String,
    /// 按什么排：words 词、meaning 词义、both 合并；后两种须先用 corpus meaning learn 学习
    #[arg(long, value_name = "BY", default_value = "words", value_parser = ["words", "meaning", "both"])]
    by: String,
    #[command(flatten)]
    shown: ShownHits,
}

#[derive(Debug, Args)]
pub(crate) struct Meaning {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// 说明是否学过词义、从哪些文献学的
    Show,
    /// 从本库文献学习词义，供 corpus like --by 使用；以后收录的文献自动跟上
    Learn,
    /// 停用词义，相似检索只按词排序
    Forget,
}

pub(crate) fn like(context: &Context, corpus: &Corpus, command: &Like) -> anyhow::Result<()> {
    let by = match command.by.as_str() {
        "meaning" => Nearness::Meaning,
        "both" => Nearness::Both,
        _ => Nearness::Words,
    };
    if by != Nearness::Words && corpus.learnt()?.is_none() {
        let message = "还没有学习词义；请先执行 corpus meaning learn，或去掉 --by。";
        return Err(Unusable(message.to_owned()).into());
    }
    let query = corpus.like(&command.text)?;
    if query.likeness().is_none() {
        let message = "这段文字里本库文献用到的词太少，无从比较。请换一段更具体的技术描述，或用 corpus search。";
        return Err(Unusable(message.to_owned()).into());
    }
    let hits = corpus.near(&query, by, &command.shown.page())?;
    told(context, &hits)
}

pub(crate) fn meaning(context: &Context, corpus: &Corpus, command: &Meaning) -> anyhow::Result<()> {
    let learnt = match command.command {
        Command::Show => corpus.learnt()?,
        Command::Learn => corpus.learn(&mut |done, steps| {
            eprintln!("学习词义：第 {} 步，共 {steps} 步", done + 1);
            true
        })?,
        Command::Forget => {
            let forgotten = corpus.forget()?;
            let words = if forgotten { "已停用词义。" } else { "本来就没有学过词义。" };
            return context.output.print(&json!({ "forgotten": forgotten }), |_| words.to_owned());
        }
    };
    context.output.print(&learnt, |learnt| match learnt {
        None => "还没有学习词义；相似检索只按词排序。".to_owned(),
        Some(one) => {
            format!("词义学自第 {} 号快照的 {} 件文献，共 {} 个词。", one.snapshot, one.documents, one.words)
        }
    })
}
