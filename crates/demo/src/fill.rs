//! Filling an installation with the synthetic city: through the same import as everyone's files, then a run for each
//! month end as it was known soon after, and the accounts that the demo prints.

use std::collections::BTreeMap;
use std::fs;
use std::thread::JoinHandle;

use corpus::{Corpus, Query, Writer};
use domain::accounts::{self, Role};
use domain::organisations::{self, New};
use domain::runs::{self, Question};
use domain::warnings::{self, Kind};
use domain::{Demo, Installation};
use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan};
use registry::mappings::Mapping;

use crate::{
    AS_OF, COMPLETE, City, FIRST_COUNT, RegisterFile, Scale,
    documents::known_on,
    generate, introductions,
    names::OUTSIDERS,
    outside::{self, AGENCIES, UNIVERSITIES},
    patents::Owner,
    payouts, words, write_files,
};

/// The seed of the demo city.
pub const SEED: u64 = 20_231_231;
/// The password of every demo account; like everything in the demo it is public.
pub const PASSWORD: &str = "zhiqiang-demo-2023";

/// What can go wrong when the demo is filled.
#[derive(Debug, thiserror::Error)]
pub enum FillError {
    /// The city's files could not be written.
    #[error(transparent)]
    Files(#[from] crate::Error),
    /// The import or the runs failed.
    #[error(transparent)]
    Domain(#[from] domain::Error),
    /// The registry refused.
    #[error(transparent)]
    Registry(#[from] registry::Error),
    /// The corpus could not be written.
    #[error(transparent)]
    Corpus(#[from] corpus::Error),
    /// The folder for the files could not be made.
    #[error("无法建立演示文件目录：{0}")]
    Folder(#[from] std::io::Error),
}

/// A sign-in that the demo prints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// The login.
    pub login: &'static str,
    /// The role.
    pub role: Role,
    /// The unit, empty for the city.
    pub unit: String,
}

/// Generates the city, imports its files in the order in which they were received, evaluates the month ends, and opens
/// the accounts. `tell` is told what is being done.
pub async fn fill(
    installation: &mut Installation,
    scale: Scale,
    now: Timestamp,
    tell: &(dyn Fn(String) + Sync),
) -> Result<Vec<SignIn>, FillError> {
    let (city, files) = begin(installation, scale, tell)?;
    let corpus = write_corpus(installation, &city)?;
    import_all(installation, &files, now, tell).await?;
    evaluate_all(installation, now, tell).await?;
    tell("收录演示专利文献".to_owned());
    let arrival = corpus.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
    let sign_ins = open_accounts(installation, &city, now).await?;
    set_watches(installation, &city, arrival, now).await?;
    introductions::seed(installation, &city, now).await?;
    outside::seed(installation, now).await?;
    tell("发布演示事项，生成首批案件".to_owned());
    payouts::begin(installation, &accounts::all(&installation.db).await?, now).await?;
    Ok(sign_ins)
}

/// Generates the city and imports its files, and no more: for measurements at sizes of which only the registers matter.
pub async fn fill_registers(
    installation: &mut Installation,
    scale: Scale,
    now: Timestamp,
    tell: &(dyn Fn(String) + Sync),
) -> Result<(), FillError> {
    let (_, files) = begin(installation, scale, tell)?;
    import_all(installation, &files, now, tell).await
}

/// The city, and its register files in the data folder.
fn begin(
    installation: &mut Installation,
    scale: Scale,
    tell: &(dyn Fn(String) + Sync),
) -> Result<(City, Vec<RegisterFile>), FillError> {
    installation.mark_as_demo(Demo { seed: SEED, business_date: COMPLETE })?;
    tell("生成演示城市的登记簿文件".to_owned());
    let city = generate(SEED, scale);
    let folder = installation.dir().join("uploads").join("demo");
    fs::create_dir_all(&folder)?;
    let files = write_files(&city, &folder)?;
    Ok((city, files))
}

/// Takes the documents into the corpus by its ordinary writer, beside the import: as they were known at the year's end,
/// then as they are now. Gives the arrival of the first intake.
fn write_corpus(installation: &Installation, city: &City) -> Result<JoinHandle<corpus::Result<u64>>, FillError> {
    let folder = installation.corpus_dir();
    let mut writer = Writer::open(&folder)?;
    let documents = crate::documents(city);
    Ok(std::thread::spawn(move || {
        let mut later = Vec::new();
        for document in documents {
            let earlier = known_on(&document, AS_OF);
            if earlier.as_ref() != Some(&document) {
                later.push(document);
            }
            earlier.map_or(Ok(()), |earlier| writer.add(earlier))?;
        }
        writer.commit()?;
        let arrival = Corpus::open(&folder)?.manifest().latest_arrival();
        later.into_iter().try_for_each(|document| writer.add(document))?;
        writer.commit()?;
        Ok(arrival)
    }))
}

/// Sets the watches of two accounts as of the first intake, and runs them over the second.
async fn set_watches(installation: &Installation, city: &City, arrival: u64, now: Timestamp) -> Result<(), FillError> {
    let own = warnings::of_names(&[words::owner(city, Owner::Enterprise(0), COMPLETE)]);
    let query = |text: &str| Query::parse(text).map_err(corpus::Error::from);
    let rival = |at: usize| warnings::of_names(&[OUTSIDERS[at].0.to_owned()]);
    let wanted = [
        ("clerk", Kind::Own, "本市发明专利的变动", query("PR=云川 AND KD=发明")?),
        ("clerk", Kind::Lapse, "本市发明专利的期限", query("PR=云川 AND KD=发明")?),
        ("clerk", Kind::Field, "电池与光伏", query("IC=(H01M OR H02S OR H01L)")?),
        ("clerk", Kind::Entry, "常州禹木", rival(10)),
        ("enterprise", Kind::Own, "本企业专利的变动", own.clone()),
        ("enterprise", Kind::Lapse, "本企业专利的期限", own),
        ("enterprise", Kind::Field, "电池与光伏", query("IC=(H01M OR H02S OR H01L OR H02J)")?),
        ("enterprise", Kind::Entry, "常州禹木", rival(10)),
    ];
    let all = accounts::all(&installation.db).await?;
    for (login, kind, name, search) in wanted {
        let Some(account) = all.iter().find(|account| account.login == login) else { continue };
        warnings::set(&installation.db, account, (kind, name, &search), arrival, AS_OF, now).await?;
    }
    let corpus = Corpus::open(&installation.corpus_dir())?;
    warnings::run(installation, &corpus, None, "demo", now).await?;
    Ok(())
}

async fn import_all(
    installation: &Installation,
    files: &[RegisterFile],
    now: Timestamp,
    tell: &(dyn Fn(String) + Sync),
) -> Result<(), FillError> {
    let mut order: Vec<&RegisterFile> = files.iter().collect();
    order.sort_by_key(|file| file.received_at);
    for (number, file) in order.into_iter().enumerate() {
        tell(format!(
            "导入 {}/{}：{}",
            number + 1,
            files.len(),
            file.path.file_name().unwrap_or_default().to_string_lossy()
        ));
        let mut options = registry::ImportOptions::new(file.received_at, "demo");
        options.recorded_at = now;
        if let Some(headings) = &file.mapping {
            let mapping = Mapping {
                source: format!("演示来源-{}", file.register),
                register: file.register.to_owned(),
                headings: headings.iter().map(|(heading, field)| (heading.clone(), (*field).to_owned())).collect(),
                ..Mapping::default()
            };
            registry::mappings::save(&installation.db, &mapping, now, "demo").await?;
            options.mapping = Some(mapping.source);
        }
        registry::import::import(&installation.db, file.register, &file.path, &options).await?;
    }
    Ok(())
}

/// The moments for which figures are computed: each month end as known six weeks later, and the year's end twice,
/// before and after the late files had come.
fn moments() -> Vec<(Date, Date)> {
    let mut moments: Vec<(Date, Date)> = (1..=12)
        .filter_map(|month| {
            let day = date(2023, month, 1).last_of_month();
            Some((day, day.checked_add(6.weeks()).ok()?.min(FIRST_COUNT)))
        })
        .collect();
    moments.insert(0, (date(2022, 12, 31), date(2023, 2, 20)));
    moments.push((date(2023, 12, 31), COMPLETE));
    moments
}

async fn evaluate_all(
    installation: &Installation,
    now: Timestamp,
    tell: &(dyn Fn(String) + Sync),
) -> Result<(), FillError> {
    let policy = runs::policy()?;
    for (as_of, known_on) in moments() {
        tell(format!("测算 {as_of}（{known_on} 所知）"));
        let question = Question { as_of, known_at: end_of(known_on), overrides: BTreeMap::new(), scope: None };
        runs::evaluate(installation, &policy, &question, "demo", now, &|_| ()).await?;
    }
    Ok(())
}

/// The last second of a day in Beijing.
fn end_of(day: Date) -> Timestamp {
    jiff::tz::offset(8).to_timestamp(day.at(23, 59, 59, 0)).unwrap_or(Timestamp::MAX)
}

/// The provincial body above the city; invented as the city is.
const PROVINCE: &str = "演示省知识产权局";

async fn open_accounts(installation: &Installation, city: &City, now: Timestamp) -> Result<Vec<SignIn>, FillError> {
    let town = city.towns.first().cloned().unwrap_or_default();
    let enterprise = city.enterprises.first().map(|enterprise| enterprise.uscc.to_string()).unwrap_or_default();
    let sign_ins = [
        ("clerk", "演示·业务科室", Role::Clerk, String::new()),
        ("clerk2", "演示·业务科室复核", Role::Clerk, String::new()),
        ("leader", "演示·领导小组", Role::Leader, String::new()),
        ("finance", "演示·财政局", Role::Finance, String::new()),
        ("finance2", "演示·财政局复核", Role::Finance, String::new()),
        ("science", "演示·科学技术局", Role::Department, "科学技术局".to_owned()),
        ("bank", "演示·银行", Role::Bank, crate::rights::BANKS[0].to_owned()),
        ("province", "演示·省知识产权局", Role::Province, PROVINCE.to_owned()),
        ("university", "演示·高校", Role::University, UNIVERSITIES[0].to_owned()),
        ("university2", "演示·另一家高校", Role::University, UNIVERSITIES[1].to_owned()),
        ("agency", "演示·代理机构", Role::Agency, AGENCIES[0].to_owned()),
        ("agency2", "演示·另一家机构", Role::Agency, AGENCIES[1].to_owned()),
        ("auditor", "演示·审计", Role::Auditor, String::new()),
        ("town", "演示·区镇", Role::Town, town),
        ("enterprise", "演示·企业", Role::Enterprise, enterprise),
        ("admin", "演示·系统管理员", Role::Administrator, String::new()),
        ("security", "演示·安全管理员", Role::SecurityAdministrator, String::new()),
    ];
    use organisations::Kind;
    for (kind, name) in [
        (Kind::Department, "财政局"),
        (Kind::Department, "科学技术局"),
        (Kind::Bank, crate::rights::BANKS[0]),
        (Kind::Province, PROVINCE),
        (Kind::University, UNIVERSITIES[0]),
        (Kind::University, UNIVERSITIES[1]),
        (Kind::Agency, AGENCIES[0]),
        (Kind::Agency, AGENCIES[1]),
    ] {
        let new = New { kind, name: name.into(), code: String::new(), parent: None };
        organisations::add(&installation.db, &new, "system", now).await?;
    }
    let mut opened = Vec::new();
    for (login, name, role, unit) in sign_ins {
        accounts::open(&installation.db, login, name, role, &unit, PASSWORD, now).await?;
        opened.push(SignIn { login, role, unit });
    }
    Ok(opened)
}
