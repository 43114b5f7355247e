//! The commands over the patent documents of the world: `corpus index`, `corpus search`, `corpus show` and those of navigation.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use corpus::{Budget, Corpus, Order, Page, Query, Writer};
use documents::Document;
use domain::{
    Installation,
    intake::{
        self,
        kept::{Intake, SetAside},
    },
};
use serde::Serialize;

use crate::{Context, chains, likeness, matching, names, navigation, output::Unusable, warnings};

#[derive(Debug, Args)]
pub(crate) struct Command {
    #[command(subcommand)]
    command: Corpora,
}

#[derive(Debug, Subcommand)]
enum Corpora {
    /// 把专利文献文件收入专利库；格式按内容识别，中断后再执行同一命令即可接着做
    Index(Index),
    /// 列出一次收录搁置的记录：文件、位置、原因和号码；不填号则为最近一次
    Problems(Problems),
    /// 检索专利库，例如：TI=石墨烯 AND IC=H01M AND AD>=2018
    Search(Search),
    /// 查找与一段文字或一件专利相似的文献
    Like(likeness::Like),
    /// 词义：从本库文献学习哪些词常说同一件事，供相似检索用；默认不用
    Meaning(likeness::Meaning),
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
    Chains(chains::Chains),
    /// 修改产业链：节点和检索式，每次存成新的一版，可恢复，可写成文件和收入文件
    Chain(chains::Editing),
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
struct Problems {
    /// 收录记录的号
    number: Option<u64>,
}

#[derive(Debug, Args)]
struct Search {
    /// 检索式，或一件专利的号码
    query: String,
    #[command(flatten)]
    shown: ShownHits,
}

/// Which of the hits are shown.
#[derive(Debug, Args)]
pub(crate) struct ShownHits {
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

impl ShownHits {
    pub(crate) fn page(&self) -> Page {
        Page { offset: self.offset, limit: self.limit, order: Order::Relevance, by_family: self.by_family }
    }
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
        Corpora::Problems(command) => problems(context, &folder, &command),
        Corpora::Search(search) => find(context, &opened(context, &folder).await?, &search),
        Corpora::Like(like) => likeness::like(context, &opened(context, &folder).await?, &like),
        Corpora::Meaning(meaning) => likeness::meaning(context, &opened(context, &folder).await?, &meaning),
        Corpora::Show(show) => tell(context, &opened(context, &folder).await?, &show.number),
        Corpora::Landscape(command) => navigation::landscape(context, &opened(context, &folder).await?, command).await,
        Corpora::Audit(command) => navigation::audit(context, &opened(context, &folder).await?, &command),
        Corpora::Match(command) => matching::run(context, &opened(context, &folder).await?, command).await,
        Corpora::Watch(command) => warnings::run(context, &opened(context, &folder).await?, command).await,
        Corpora::Names(command) => names::run(context, &folder, command).await,
        Corpora::Chains(command) => chains::counted(context, &opened(context, &folder).await?, command).await,
        Corpora::Chain(command) => chains::edit(context, command).await,
    }
}

/// What `corpus index` answers; read = new + duplicates + `set_aside`.
#[derive(Debug, Serialize)]
struct Indexed {
    /// The number under which the intake is kept.
    intake: u64,
    read: u64,
    documents: u64,
    new: u64,
    duplicates: u64,
    set_aside: u64,
    problems: Vec<SetAside>,
    /// Files that had been taken in before, with the same content.
    known: Vec<String>,
    doubts: Vec<Noted>,
    /// What was no record: sheets, parts, repeated headings.
    passed_over: Vec<Noted>,
}

/// What the readers noted of a file, and how often.
#[derive(Debug, Serialize)]
struct Noted {
    file: String,
    what: String,
    count: u64,
}

fn take_in(context: &Context, folder: &Path, index: &Index) -> anyhow::Result<()> {
    let files = files_of(&index.files)?;
    if files.is_empty() {
        return Err(Unusable("这里没有文件可收录：给出的文件夹是空的。请检查路径。".to_owned()).into());
    }
    let budget = Budget { documents: index.split_documents as usize, ..Budget::default() };
    let mut writer = Writer::with_budget(folder, budget)?;
    let mut progress = Progress::new(&files);
    let mut watch = |place, records| {
        progress.step(place, records);
        true
    };
    let order = intake::Order { by: "command", at: context.now, resumes: true, watch: &mut watch };
    let taken = intake::run(&mut writer, folder, &files, order)
        .context("收录时失败；已收录的不受影响，排除原因后再执行同一命令即可接着做")?;
    let is_nothing_read = taken.files.iter().all(|one| !one.fault.is_empty() && one.read == 0);
    context.output.print(&indexed(folder, taken)?, |answer| {
        let mut lines = vec![format!(
            "读出 {} 条：新增 {}，与已有文献合并 {}，搁置 {}。收录记录第 {} 号，可用 corpus problems 再看。",
            answer.read, answer.new, answer.duplicates, answer.set_aside, answer.intake
        )];
        lines.extend(answer.problems.iter().map(problem));
        lines.extend(
            answer.doubts.iter().map(|one| format!("  {}：{}（{} 处，已留空）", one.file, one.what, one.count)),
        );
        lines.extend(
            answer.passed_over.iter().map(|one| format!("  {}：略过{}（{} 处）", one.file, one.what, one.count)),
        );
        lines.extend(answer.known.iter().map(|file| format!("  {file}：以前已收录，内容没有变化，没有再读")));
        lines.join("\n")
    })?;
    match is_nothing_read {
        true => Err(Unusable("给出的文件没有一个能读；各自的原因见上。".to_owned()).into()),
        false => Ok(()),
    }
}

/// A record that was set aside, in a line; the reason of a whole file names it.
fn problem(one: &SetAside) -> String {
    match one.place.as_str() {
        "" => format!("  {}", one.reason),
        place if one.number.is_empty() => format!("  {} {place}：{}", one.file, one.reason),
        place => format!("  {} {place}（{}）：{}", one.file, one.number, one.reason),
    }
}

fn indexed(folder: &Path, taken: Intake) -> anyhow::Result<Indexed> {
    let whole = |one: &intake::kept::TakenFile| SetAside {
        file: one.file.clone(),
        place: String::new(),
        reason: one.fault.clone(),
        number: String::new(),
        excerpt: String::new(),
    };
    let mut problems: Vec<SetAside> = taken.files.iter().filter(|one| !one.fault.is_empty()).map(whole).collect();
    problems.extend(intake::kept::set_aside(folder, taken.number)?);
    let noted = |of: fn(&intake::kept::TakenFile) -> &BTreeMap<String, u64>| {
        let each = |file: &intake::kept::TakenFile| -> Vec<Noted> {
            let note =
                |(what, count): (&String, &u64)| Noted { file: file.file.clone(), what: what.clone(), count: *count };
            of(file).iter().map(note).collect()
        };
        taken.files.iter().flat_map(each).collect()
    };
    Ok(Indexed {
        intake: taken.number,
        read: taken.read,
        documents: taken.new + taken.joined,
        new: taken.new,
        duplicates: taken.joined,
        set_aside: taken.set_aside,
        problems,
        doubts: noted(|file| &file.doubts),
        passed_over: noted(|file| &file.passed_over),
        known: taken.files.into_iter().filter(|one| one.is_known).map(|one| one.file).collect(),
    })
}

/// Prints again what an intake answered: the last, or the one of a number.
fn problems(context: &Context, folder: &Path, command: &Problems) -> anyhow::Result<()> {
    let found = match command.number {
        Some(number) => intake::kept::one(folder, number)?,
        None => intake::kept::all(folder)?.into_iter().next(),
    };
    let Some(found) = found else {
        return Err(
            Unusable("没有这次收录的记录。请先用 corpus index 收录文献，或核对收录记录的号。".to_owned()).into()
        );
    };
    let (number, at, is_ended) = (found.number, found.at.clone(), found.is_ended);
    context.output.print(&indexed(folder, found)?, |answer| {
        let mut lines = vec![match is_ended {
            true => format!(
                "收录记录第 {number} 号（{at}）：读出 {} 条，新增 {}，与已有文献合并 {}，搁置 {}。",
                answer.read, answer.new, answer.duplicates, answer.set_aside
            ),
            false => format!("收录记录第 {number} 号（{at}）没有做完就中断了；以下是中断前搁置的。"),
        }];
        lines.extend(answer.problems.iter().map(problem));
        lines.join("\n")
    })
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
struct Progress<'a> {
    files: &'a [PathBuf],
    told_at: Instant,
}

impl<'a> Progress<'a> {
    fn new(files: &'a [PathBuf]) -> Self {
        Self { files, told_at: Instant::now() }
    }

    fn step(&mut self, place: usize, records: u64) {
        let file = self.files[place].file_name().unwrap_or_default().to_string_lossy();
        if records == 0 {
            eprintln!("读取 {}/{}：{file}", place + 1, self.files.len());
        } else if self.told_at.elapsed() >= Duration::from_secs(1) {
            eprintln!("  {file}：已读 {records} 条");
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
    let query = match corpus.is_number(&search.query)? {
        true => Query::numbers(vec![search.query.clone()]),
        false => parsed(&search.query)?,
    };
    let hits = corpus.search(&query, &search.shown.page()).map_err(|error| match error {
        corpus::Error::Query(error) => anyhow::Error::from(Unusable(pointed(&search.query, &error))),
        other => other.into(),
    })?;
    told(context, &hits)
}

/// Prints a page of hits.
pub(crate) fn told(context: &Context, hits: &corpus::Hits) -> anyhow::Result<()> {
    let line = |hit: &corpus::Hit| Line {
        number: number_of(&hit.document),
        title: hit.document.titles.first().map(|title| title.text.clone()).unwrap_or_default(),
        applicants: hit.document.applicants.iter().map(|party| party.name.clone()).collect(),
        score: hit.score,
    };
    let total = hits.families.unwrap_or(hits.documents);
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
pub(crate) fn pointed(query: &str, error: &corpus::QueryError) -> String {
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

/// The corpus of an installation as it stands today; none while nothing was taken in.
pub(crate) fn present(installation: &Installation, now: jiff::Timestamp) -> anyhow::Result<Option<Corpus>> {
    let folder = installation.corpus_dir();
    Ok(if folder.exists() { Some(Corpus::open_on(&folder, installation.business_date(now))?) } else { None })
}

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
