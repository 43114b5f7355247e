//! The program `zhiqiang`: the command line over the domain, and the server of the pages.
//!
//! Results go to standard output (`--json` for machines), progress and remarks to standard error.
//! Exit status: 0 done, 1 failed while running, 2 unusable arguments or input.

mod account;
mod appointments;
mod arguments;
mod audit;
mod budget;
mod cases;
mod chains;
mod claims;
mod closing;
mod corpus;
mod demands;
mod demo;
mod funding;
mod installation;
mod items;
mod key;
mod leave;
mod letters;
mod likeness;
mod matching;
mod messages;
mod names;
mod navigation;
mod offers;
mod organisation;
mod output;
mod payments;
mod people;
mod policy;
mod registers;
mod runs;
mod supported;
mod warnings;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::output::Output;

/// 知强：知识产权政策运行平台。
#[derive(Debug, Parser)]
#[command(name = "zhiqiang", version, about, disable_help_subcommand = false)]
struct Arguments {
    /// 数据目录（登记簿、快照、测算结果都在其中）
    #[arg(long, global = true, value_name = "DIR", default_value = "./zhiqiang-data")]
    data: PathBuf,
    /// 数据库地址；不填则用数据目录中的 SQLite，postgres://… 则用 PostgreSQL。地址中有密码的，请改用环境变量 `ZHIQIANG_DATABASE`
    #[arg(long, global = true, value_name = "URL")]
    database: Option<String>,
    /// 密钥文件；不填则用数据目录中的 secret.key
    #[arg(long, global = true, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// 以 JSON 输出结果
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// 生成演示城市（固定种子的合成数据）、测算并启动网站
    Demo(demo::Demo),
    /// 把演示系统的业务日期往后移，并办理到期事项
    DemoDate(demo::DemoDate),
    /// 建立数据目录和数据库
    Init,
    /// 启动网站
    Serve(installation::Serve),
    /// 检查安装是否完好
    Doctor,
    /// 开通、列出、停用账号
    #[command(subcommand)]
    Account(account::Account),
    /// 账号所属的单位：列出、登记、改名、停用
    #[command(subcommand)]
    Organisation(organisation::Organisation),
    /// 核验、异地备存审计记录
    #[command(subcommand)]
    Audit(audit::Audit),
    /// 密钥：查看、更换，或确已丢失时放弃
    #[command(subcommand)]
    Key(key::Key),
    /// 备份整个安装（可在运行时进行）
    Backup(installation::Backup),
    /// 从备份恢复到一个空的数据目录
    Restore(installation::Restore),
    /// 输出登记簿的空白模板
    Template(registers::Template),
    /// 导入登记簿文件
    Import(registers::Import),
    /// 列出批次
    Batches(registers::Batches),
    /// 撤回一个批次
    Rollback(registers::Rollback),
    /// 列出或处理隔离行
    Quarantine(registers::Quarantine),
    /// 列出未关联到企业的名称
    Ties(registers::Ties),
    /// 冻结事实并按政策测算
    Evaluate(runs::Evaluate),
    /// 说明一个指标或奖励为何如此
    Explain(runs::Explain),
    /// 由快照重新测算并逐字节核对
    Verify(runs::Verify),
    /// 比较两次测算
    Diff(runs::Diff),
    /// 列出测算
    Runs,
    /// 月结：列出、办理、撤回
    Closing(closing::Command),
    /// 检查、测试、列出政策文件
    Policy(policy::Policy),
    /// 政策事项：起草、发布、停用
    Item(items::Item),
    /// 兑现案件：生成、办理、公示
    Case(cases::Case),
    /// 请假委托：列出、登记、提前结束
    Leave(leave::Leave),
    /// 预算：列出、设定、按比例兑付、资金效益
    Budget(budget::Budget),
    /// 文书：列出、取出、补制
    Letter(letters::Letters),
    /// 拨付：制单、复核、送银行、登记回单
    Payment(payments::Payment),
    /// 消息：发邮件、看邮件记录
    #[command(subcommand)]
    Message(messages::Message),
    /// 技术需求：列出、发布、撤回
    Demand(demands::Demands),
    /// 专利供给：高校院所列出、发布、撤回
    Offer(offers::Offers),
    /// 代理委托：企业委托，机构答复，任一方结束
    Appointment(appointments::Appointments),
    /// 收录、检索专利文献，出专利导航报告
    Corpus(corpus::Command),
}

/// Every command that the program has, as it is typed: `serve`, `policy check`.
fn commands() -> Vec<String> {
    fn below(command: &clap::Command, path: &str, found: &mut Vec<String>) {
        for one in command.get_subcommands() {
            let path = format!("{path} {}", one.get_name());
            found.push(path.trim_start().to_owned());
            below(one, &path, found);
        }
    }
    let mut found = Vec::new();
    below(&Arguments::command(), "", &mut found);
    found
}

/// The variable that names the database where the command line does not.
const DATABASE: &str = "ZHIQIANG_DATABASE";

/// What is common to all commands.
struct Context {
    data: PathBuf,
    database: Option<String>,
    key_file: Option<PathBuf>,
    output: Output,
    /// The moment at which the command was given; the only reading of the clock.
    now: jiff::Timestamp,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = match arguments::parse() {
        Ok(arguments) => arguments,
        Err(status) => return status,
    };
    let context = Context {
        data: arguments.data,
        // What stands on a command line everybody on the host can read; an address with a password had better not.
        database: arguments.database.or_else(|| std::env::var(DATABASE).ok()).filter(|address| !address.is_empty()),
        key_file: arguments.key_file,
        output: Output::new(arguments.json),
        now: now(),
    };
    let done = registry::audit::coming_from(origin(), run(&context, arguments.command)).await;
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("错误：{}", output::told(&failure));
            if output::is_disk_full(&failure) {
                let data = std::path::absolute(&context.data).unwrap_or_else(|_| context.data.clone());
                eprintln!("数据目录 {} 所在的磁盘或输出位置已没有空间。", data.display());
            }
            ExitCode::from(output::exit_status(&failure))
        }
    }
}

/// From where the command was given, for the audit trail: the command line, and whose it is.
fn origin() -> String {
    let user = std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).unwrap_or_default();
    format!("{} {user}", registry::audit::COMMAND_LINE).trim_end().to_owned()
}

/// Whether a command only works on what is there: a mistyped folder is not made into an empty installation.
fn needs_data(command: &Command) -> bool {
    matches!(
        command,
        Command::Doctor
            | Command::Audit(_)
            | Command::Backup(_)
            | Command::Key(_)
            | Command::Batches(_)
            | Command::Rollback(_)
            | Command::Quarantine(_)
            | Command::Ties(_)
            | Command::Evaluate(_)
            | Command::Explain(_)
            | Command::Verify(_)
            | Command::Diff(_)
            | Command::Runs
            | Command::Closing(_)
            | Command::Item(_)
            | Command::Case(_)
            | Command::Leave(_)
            | Command::Letter(_)
            | Command::Budget(_)
            | Command::Payment(_)
            | Command::Message(_)
            | Command::Demand(_)
            | Command::Offer(_)
            | Command::Appointment(_)
            | Command::Organisation(_)
            | Command::DemoDate(_)
    )
}

async fn run(context: &Context, command: Command) -> anyhow::Result<()> {
    if needs_data(&command) && context.database.is_none() && !context.data.is_dir() {
        let data = std::path::absolute(&context.data).unwrap_or_else(|_| context.data.clone());
        let todo = "请核对 --data；要新建一个，请先运行 zhiqiang init";
        return Err(output::Unusable(format!("没有数据目录 {}。{todo}。", data.display())).into());
    }
    match command {
        Command::Demo(command) => demo::run(context, command).await,
        Command::DemoDate(command) => demo::move_to(context, command).await,
        Command::Init => installation::init(context).await,
        Command::Serve(command) => installation::serve(context, command).await,
        Command::Doctor => installation::doctor(context).await,
        Command::Account(command) => account::run(context, command).await,
        Command::Organisation(command) => organisation::run(context, command).await,
        Command::Audit(command) => audit::run(context, command).await,
        Command::Key(command) => key::run(context, command).await,
        Command::Backup(command) => installation::backup(context, command).await,
        Command::Restore(command) => installation::restore(context, command).await,
        Command::Template(command) => registers::template(context, command),
        Command::Import(command) => registers::import(context, command).await,
        Command::Batches(command) => registers::batches(context, command).await,
        Command::Rollback(command) => registers::rollback(context, command).await,
        Command::Quarantine(command) => registers::quarantine(context, command).await,
        Command::Ties(command) => registers::ties(context, command).await,
        Command::Evaluate(command) => runs::evaluate(context, command).await,
        Command::Explain(command) => runs::explain(context, command).await,
        Command::Verify(command) => runs::verify(context, command).await,
        Command::Diff(command) => runs::diff(context, command).await,
        Command::Runs => runs::list(context).await,
        Command::Closing(command) => closing::run(context, command).await,
        Command::Policy(command) => policy::run(context, command).await,
        Command::Item(command) => items::run(context, command).await,
        Command::Case(command) => cases::run(context, command).await,
        Command::Leave(command) => leave::run(context, command).await,
        Command::Letter(command) => letters::run(context, command).await,
        Command::Budget(command) => budget::run(context, command).await,
        Command::Payment(command) => payments::run(context, command).await,
        Command::Message(command) => messages::run(context, command).await,
        Command::Demand(command) => demands::run(context, command).await,
        Command::Offer(command) => offers::run(context, command).await,
        Command::Appointment(command) => appointments::run(context, command).await,
        Command::Corpus(command) => corpus::run(context, command).await,
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where the command line reads the clock")]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}
