//! The arguments in Chinese: what clap says of mistakes, and the frame of its help, which it only knows in English.

use std::process::ExitCode;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Error, Parser};

use crate::Arguments;

/// What frames the help, and the words for it; longer ones stand before those that they begin with.
const FRAME: [(&str, &str); 16] = [
    ("Usage: ", "用法："),
    ("Commands:", "命令："),
    ("Options:", "选项："),
    ("Arguments:", "参数："),
    ("Print this message or the help of the given subcommand(s)", "显示本说明或某条命令的说明"),
    ("Print help (see more with '--help')", "显示说明（--help 更详细）"),
    ("Print help (see a summary with '-h')", "显示说明（-h 为简要）"),
    ("Print help", "显示说明"),
    ("Print version", "显示版本"),
    ("[OPTIONS]", "[选项]"),
    ("<COMMAND>", "<命令>"),
    ("[COMMAND]", "[命令]"),
    ("[default: ", "[默认："),
    ("[possible values: ", "[可选："),
    ("[aliases: ", "[别名："),
    ("Possible values:", "可选："),
];

/// Takes one of these by its key; the help gives each with its Chinese name.
pub(crate) fn one_of<T: Copy + Send + Sync + 'static>(
    all: &'static [T],
    key: fn(T) -> &'static str,
    zh: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    let values = all.iter().map(|one| PossibleValue::new(key(*one)).help(zh(*one)));
    PossibleValuesParser::new(values).map(move |typed| {
        let found = all.iter().find(|one| key(**one) == typed);
        *found.expect("the parser takes these keys only")
    })
}

/// The arguments of this process; else the exit status, after what is wrong was said.
pub(crate) fn parse() -> Result<Arguments, ExitCode> {
    Arguments::try_parse().map_err(|error| match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // A reader that has seen enough is no failure.
            let _ = crate::Output::new(false).line(&said(&error));
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("{}", said(&error).trim_end());
            ExitCode::from(2)
        }
    })
}

/// What clap has to say, in Chinese.
fn said(error: &Error) -> String {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => framed(&error.render().to_string()),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            format!("错误：还要写明做什么，见下列命令。\n\n{}", framed(&error.render().to_string()))
        }
        kind => {
            let usage =
                text(error, ContextKind::Usage).map_or_else(String::new, |usage| format!("\n\n{}", framed(&usage)));
            format!("错误：{}{usage}\n\n写法详见 --help。", wrong(kind, error))
        }
    }
}

/// What is wrong, and with what.
fn wrong(kind: ErrorKind, error: &Error) -> String {
    let of = |kind| text(error, kind).unwrap_or_default();
    let argument = of(ContextKind::InvalidArg);
    let suggested = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    let suggested = suggested.into_iter().find_map(|kind| likeliest(error, kind));
    let suggested = suggested.map_or_else(String::new, |words| format!("是不是要写 {words}？"));
    match kind {
        ErrorKind::InvalidSubcommand => format!("没有“{}”这条命令。{suggested}", of(ContextKind::InvalidSubcommand)),
        ErrorKind::UnknownArgument => format!("不认识“{argument}”。{suggested}"),
        ErrorKind::MissingRequiredArgument => format!("缺少 {argument}。"),
        ErrorKind::MissingSubcommand => "还要写明做什么。".to_owned(),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let (value, choices) = (of(ContextKind::InvalidValue), of(ContextKind::ValidValue));
            let choices = if choices.is_empty() { String::new() } else { format!("可选：{choices}。") };
            match value.is_empty() {
                true => format!("{argument} 后面要写值。{choices}"),
                false => format!("“{value}”不能用作 {argument}。{choices}{suggested}"),
            }
        }
        ErrorKind::ArgumentConflict => {
            format!("{argument} 不能与 {} 同时使用，也不能重复。", of(ContextKind::PriorArg))
        }
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("{argument} 的值多了或少了。")
        }
        ErrorKind::NoEquals => format!("{argument} 要写成 名称=值。"),
        ErrorKind::InvalidUtf8 => "参数中有无法识别的字节，请用 UTF-8 文字。".to_owned(),
        _ => "命令写得不对。".to_owned(),
    }
}

/// What may have been meant; of several the likeliest stands last.
fn likeliest(error: &Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::Strings(texts) => texts.last().cloned(),
        _ => text(error, kind),
    }
}

/// A part of what clap knows of the mistake.
fn text(error: &Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => Some(texts.join("、")),
        ContextValue::StyledStr(text) => Some(text.to_string()),
        ContextValue::StyledStrs(texts) => Some(texts.iter().map(ToString::to_string).collect::<Vec<_>>().join("、")),
        ContextValue::Number(number) => Some(number.to_string()),
        _ => None,
    }
    .filter(|text| !text.is_empty())
}

/// The help with its frame in Chinese.
fn framed(help: &str) -> String {
    FRAME.iter().fold(help.to_owned(), |help, (english, chinese)| help.replace(english, chinese))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refuse(arguments: &[&str]) -> String {
        said(&Arguments::try_parse_from([&["zhiqiang"], arguments].concat()).unwrap_err())
    }

    #[test]
    fn mistakes_are_told_in_chinese() {
        for (arguments, words) in [
            (&["evalute"][..], "没有“evalute”这条命令。是不是要写 evaluate？"),
            (&["evaluate"], "缺少 --as-of <DATE>。"),
            (&["evaluate", "--as-of"], "--as-of <DATE> 后面要写值。"),
            (&["evaluate", "--asof", "2023-12-31"], "不认识“--asof”。是不是要写 --as-of？"),
            (&["rollback", "甲"], "“甲”不能用作"),
            (&["ties", "--tie", "甲=乙", "--outside", "丙"], "不能与"),
            (&["closing", "--as", "one"], "还要写明做什么"),
            (&[], "还要写明做什么"),
        ] {
            let said = refuse(arguments);
            assert!(said.starts_with("错误：") && said.contains(words), "{arguments:?}: {said}");
            // Of a value that does not fit clap says no usage: the words name the argument.
            assert_eq!(
                said.contains("用法："),
                !words.contains("值") && !words.contains("用作"),
                "{arguments:?}: {said}"
            );
            check(&said);
        }
    }

    #[test]
    fn the_help_of_every_command_has_a_chinese_frame() {
        for command in std::iter::once(String::new()).chain(crate::commands()) {
            let mut arguments: Vec<&str> = command.split_whitespace().filter(|word| *word != "help").collect();
            arguments.push("--help");
            let help = refuse(&arguments);
            assert!(help.contains("用法：zhiqiang") && help.contains("显示说明"), "{command}: {help}");
            check(&help);
        }
    }

    /// Nothing of clap's own words is left.
    fn check(said: &str) {
        for english in [
            "error",
            "Usage",
            "Options",
            "Commands",
            "Arguments",
            "Print",
            "OPTIONS",
            "COMMAND>",
            "help of",
            "default:",
            "possible",
            "tip:",
            "For more",
        ] {
            assert!(!said.contains(english), "{english}: {said}");
        }
    }
}
