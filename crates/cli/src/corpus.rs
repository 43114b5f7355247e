//! The commands over the patent documents of the world: `corpus index`, `corpus search`, `corpus show` and those of navigation.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use corpus::{Budget, Corpus, Order, Page, Query, Writer};
use documents::Document;
use domain::{Installation, intake::SetAside};
use serde::Serialize;

use crate::{Context, matching, names, navigation, output::Unusable, warnings};

#[derive(Debug, Args)]
pub(crate) struct Command {
    #[command(subcommand)]
    command: Corpora,
}

#[derive(Debug, Subcommand)]
enum Corpora {
    /// 把专利文献文件收入专利库；格式按内容识别，中断后再执行同一命令即可接着做
    Index(Index),
    /// 检索专利库，例如：TI=石墨烯 AND IC=H01M AND AD>=2018
    Search(Search),
    /// 显示一件专利文献，可用申请号或公开（公告）号
    Show(Show),
    /// 出专利导航报告（GB/T 39551）：区域、产业或企业，可写成 docx、xlsx，可与上一版比较
    Landscape(navigation::Landscape),
    /// 核查一条检索式：每个子句带来什么、挡住什么，可能漏掉多少
    Audit(navigation::Audit),
    /// 为企业找可引进的外地专利和院校专利，附理由、依据和成交迹象；--backtest 用记录的转让检验
    Match(matching::Match),
    /// 名称归并账：申请人和权利人的哪些名称是同一主体，附依据，可撤销
    Names(names::Names),
    /// 列出五大主导产业的产业链节点和各节点的文献数
    Chains(navigation::Chains),
    /// 运行各账号的监测条件（只看上次运行之后收录的文献），列出预警和依据的文献
    Watch(warnings::Watch),
}

#[derive(Debug, Args)]
struct Index {
    /// 文件或文件夹；文件夹会逐层读取
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// 每收这么多件就存成一个分片；内存小可调低，分片多了检索变慢
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(100..))]
    split_documents: u32,
}

#[derive(Debug, Args)]
struct Search {
    /// 检索式
    query: String,
    /// 最多显示多少件
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
    /// 跳过前多少件
    #[arg(long, value_name = "N", default_value_t = 0)]
    offset: usize,
    /// 每个同族只显示一件
    #[arg(long)]
    by_family: bool,
}

#[derive(Debug, Args)]
struct Show {
    /// 申请号或公开（公告）号
    number: String,
}

/// Runs one of the commands.
pub(crate) async fn run(context: &Context, command: Command) -> anyhow::Result<()> {
    let folder = context.data.join("corpus");
    match command.command {
        Corpora::Index(index) => {
            take_in(context, &folder, &index)?;
            warnings::after_index(context, &folder).await;
            Ok(())
        }
        Corpora::Search(search) => find(context, &opened(context, &folder).await?, &search),
        Corpora::Show(show) => tell(context, &opened(context, &folder).await?, &show.number),
        Corpora::Landscape(command) => navigation::landscape(context, &opened(context, &folder).await?, command).await,
        Corpora::Audit(command) => navigation::audit(context, &opened(context, &folder).await?, &command),
        Corpora::Match(command) => matching::run(context, &opened(context, &folder).await?, command).await,
        Corpora::Watch(command) => warnings::run(context, &opened(context, &folder).await?, command).await,
        Corpora::Names(command) => names::run(context, &folder, command).await,
        Corpora::Chains(command) => navigation::chains(context, &opened(context, &folder).await?, command).await,
    }
}

/// What `corpus index` answers; documents = new + duplicates.
#[derive(Debug, Default, Serialize)]
struct Indexed {
    documents: u64,
    new: u64,
    duplicates: u64,
    set_aside: u64,
    problems: Vec<Problem>,
    /// Files that had been taken in before, with the same content.
    known: Vec<String>,
    doubts: Vec<Doubt>,
}

/// Values that were left out of documents because they could not be believed.
#[derive(Debug, Serialize)]
struct Doubt {
    file: String,
    what: String,
    count: u64,
}

/// A record or a file that was not taken in.
#[derive(Debug, Serialize)]
struct Problem {
    file: String,
    place: String,
    reason: String,
}

fn take_in(context: &Context, folder: &Path, index: &Index) -> anyhow::Result<()> {
    let files = files_of(&index.files)?;
    let budget = Budget { documents: index.split_documents as usize, ..Budget::default() };
    let mut writer = Writer::with_budget(folder, budget)?;
    let mut answer = Indexed::default();
    let mut progress = Progress::new(files.len());
    for file in &files {
        take_one(&mut writer, file, &mut answer, &mut progress)?;
    }
    let taken = domain::intake::commit(&mut writer, &mut |file, SetAside { place, reason }| {
        answer.set_aside += 1;
        answer.problems.push(Problem { file: file.to_owned(), place, reason });
    })?;
    answer.documents = taken.new + taken.changed + taken.unchanged;
    answer.new = taken.new;
    answer.duplicates = taken.changed + taken.unchanged;
    context.output.print(&answer, |answer| {
        let mut lines = vec![format!(
            "读出 {} 件：新增 {}，与已有文献合并 {}；另有 {} 条记录搁置。",
            answer.documents, answer.new, answer.duplicates, answer.set_aside
        )];
        lines.extend(answer.problems.iter().map(|Problem { file, place, reason }| match place.as_str() {
            // The reason of a whole file names it.
            "" => format!("  {reason}"),
            place => format!("  {file} {place}：{reason}"),
        }));
        lines.extend(
            answer.doubts.iter().map(|one| format!("  {}：{}（{} 处，已留空）", one.file, one.what, one.count)),
        );
        lines.extend(answer.known.iter().map(|file| format!("  {file}：以前已收录，内容没有变化，没有再读")));
        lines.join("\n")
    })
}

/// Reads one file from where an earlier command left off; a file that cannot be read bars none of the others.
fn take_one(writer: &mut Writer, file: &Path, answer: &mut Indexed, progress: &mut Progress) -> anyhow::Result<()> {
    let name = std::path::absolute(file).unwrap_or_else(|_| file.to_owned()).display().to_string();
    let short = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    progress.begin(&short);
    let mut go_on = |records| {
        progress.step(records);
        true
    };
    let mut set_aside = |SetAside { place, reason }: SetAside| {
        // A file that cannot be read is no record.
        answer.set_aside += u64::from(!place.is_empty());
        answer.problems.push(Problem { file: short.clone(), place, reason });
    };
    let read = domain::intake::take_in(writer, file, Some(&name), &mut go_on, &mut set_aside)
        .with_context(|| format!("收录 {short} 时失败；已收录的不受影响，排除原因后再执行同一命令即可接着做"))?;
    match read {
        None => answer.known.push(short),
        Some(read) => {
            let doubt = |(what, count): (String, u64)| Doubt { file: short.clone(), what, count };
            answer.doubts.extend(read.doubts.into_iter().map(doubt));
        }
    }
    Ok(())
}

/// The files below these paths, in the order of their names.
fn files_of(paths: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        if !path.exists() {
            return Err(Unusable(format!("没有找到文件 {}。请检查路径。", path.display())).into());
        }
        collect(path, &mut files).with_context(|| format!("读不了文件夹 {}", path.display()))?;
    }
    Ok(files)
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    entries.sort();
    entries.iter().try_for_each(|entry| collect(entry, files))
}

/// Tells on standard error how far the reading is, once a second.
struct Progress {
    files: usize,
    begun: usize,
    file: String,
    told_at: Instant,
}

impl Progress {
    fn new(files: usize) -> Self {
        Self { files, begun: 0, file: String::new(), told_at: Instant::now() }
    }

    fn begin(&mut self, file: &str) {
        self.begun += 1;
        file.clone_into(&mut self.file);
        eprintln!("读取 {}/{}：{file}", self.begun, self.files);
    }

    fn step(&mut self, records: u64) {
        if self.told_at.elapsed() >= Duration::from_secs(1) {
            eprintln!("  {}：已读 {records} 条", self.file);
            self.told_at = Instant::now();
        }
    }
}

/// What `corpus search` answers.
#[derive(Debug, Serialize)]
struct Found {
    total: u64,
    hits: Vec<Line>,
}

/// One hit.
#[derive(Debug, Serialize)]
struct Line {
    number: String,
    title: String,
    applicants: Vec<String>,
    score: Option<f32>,
}

fn find(context: &Context, corpus: &Corpus, search: &Search) -> anyhow::Result<()> {
    let query = parsed(&search.query)?;
    let page =
        Page { offset: search.offset, limit: search.limit, order: Order::Relevance, by_family: search.by_family };
    let hits = corpus.search(&query, &page).map_err(|error| match error {
        corpus::Error::Query(error) => anyhow::Error::from(Unusable(pointed(&search.query, &error))),
        other => other.into(),
    })?;
    let line = |hit: &corpus::Hit| Line {
        number: number_of(&hit.document),
        title: hit.document.titles.first().map(|title| title.text.clone()).unwrap_or_default(),
        applicants: hit.document.applicants.iter().map(|party| party.name.clone()).collect(),
        score: hit.score,
    };
    let total = if search.by_family { hits.families.unwrap_or(hits.documents) } else { hits.documents };
    let found = Found { total, hits: hits.hits.iter().map(line).collect() };
    context.output.print(&found, |found| {
        let mut lines = vec![format!("共 {} 件", found.total)];
        lines.extend(
            found.hits.iter().map(|hit| format!("{}\t{}\t{}", hit.number, hit.title, hit.applicants.join("；"))),
        );
        lines.join("\n")
    })
}

/// Reads a query; a wrong one is shown with the place marked.
pub(crate) fn parsed(text: &str) -> anyhow::Result<Query> {
    Query::parse(text).map_err(|error| Unusable(pointed(text, &error)).into())
}

/// The message with the place in the query marked beneath it.
fn pointed(query: &str, error: &corpus::QueryError) -> String {
    let wide = |letter: char| if letter.is_ascii() { 1 } else { 2 };
    let before: usize = query.chars().take(error.at).map(wide).sum();
    let marked: usize = query.chars().skip(error.at).take(error.length.max(1)).map(wide).sum();
    format!("{}\n  {query}\n  {}{}", error.message, " ".repeat(before), "^".repeat(marked.max(1)))
}

fn number_of(document: &Document) -> String {
    match document.publications.last() {
        Some(publication) => publication.number.clone(),
        None => document.key.clone(),
    }
}

fn tell(context: &Context, corpus: &Corpus, number: &str) -> anyhow::Result<()> {
    let documents = corpus.find(number)?;
    if documents.is_empty() {
        return Err(
            Unusable(format!("专利库中没有号码为 {number} 的文献。请检查号码，或先用 corpus index 收录。")).into()
        );
    }
    context.output.print(&documents, |documents| documents.iter().map(words).collect::<Vec<_>>().join("\n\n"))
}

/// A document as a person reads it.
fn words(document: &Document) -> String {
    let mut lines = Vec::new();
    let mut line = |name: &str, text: String| {
        if !text.is_empty() {
            lines.push(format!("{name}：{text}"));
        }
    };
    let names =
        |parties: &[documents::Party]| parties.iter().map(|party| party.name.as_str()).collect::<Vec<_>>().join("；");
    for title in &document.titles {
        line("名称", title.text.clone());
    }
    line("申请号", document.application_number.clone());
    line("申请日", document.filed_on.map(|day| day.to_string()).unwrap_or_default());
    for one in &document.publications {
        let day = one.published_on.map(|day| format!("（{day}）")).unwrap_or_default();
        line("公开（公告）", format!("{}{day}", one.number));
    }
    line("申请人", names(&document.applicants));
    line("当前权利人", names(&document.owners));
    line("发明人", names(&document.inventors));
    let symbols: Vec<&str> = document.classifications.iter().map(|one| one.symbol.as_str()).collect();
    line("分类号", symbols.join("；"));
    for text in &document.abstracts {
        line("摘要", text.text.clone());
    }
    let sources: Vec<String> =
        document.sources.iter().map(|one| format!("{} {}（{}）", one.file, one.place, one.format)).collect();
    line("来源", sources.join("；"));
    lines.join("\n")
}

/// The corpus as it stands today.
async fn opened(context: &Context, folder: &Path) -> anyhow::Result<Corpus> {
    if !folder.exists() {
        let message = "专利库还是空的。请先用 zhiqiang corpus index FILE… 收录专利文献。";
        return Err(Unusable(message.to_owned()).into());
    }
    let day = match context.database.is_some() || Installation::stands_in(&context.data) {
        true => context.open().await?.business_date(context.now),
        false => domain::beijing_date(context.now),
    };
    Ok(Corpus::open_on(folder, day)?)
}
