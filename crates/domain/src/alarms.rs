//! Gaming alarms (异常提示): patterns in the registers that a person should look at before a title is given.
//!
//! An alarm is no finding and changes no figure. Each kind has its method in words, shown on the page beside what it found,
//! and where later facts can say whether it was right, its error on the past.

mod methods;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::runs::Opened;

/// A kind of alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// 临近时点转入: bought just before the date.
    BoughtBeforeDate,
    /// 同一权利重复使用: one right used twice.
    ClaimedTwice,
    /// 疑似拆分: one owner's rights spread over several enterprises.
    Split,
    /// 集中申请: a burst of filings.
    FilingBurst,
}

impl Method {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::BoughtBeforeDate, Self::ClaimedTwice, Self::Split, Self::FilingBurst];

    /// Its name on the page.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::BoughtBeforeDate => "临近时点转入",
            Self::ClaimedTwice => "同一权利重复使用",
            Self::Split => "疑似拆分",
            Self::FilingBurst => "集中申请",
        }
    }

    /// How it is found, in words that stand on the page.
    pub const fn method(self) -> &'static str {
        match self {
            Self::BoughtBeforeDate => {
                "计入创新之星的有效发明专利中，转让登记日在统计时点前 60 日以内，且同一企业达到 3 件的，逐件列出；时点后 180 日内又转出的，标明。"
            }
            Self::ClaimedTwice => {
                "同一国际申请在同一受理局有两个以上授权号，或者同一专利同时在两份未注销的质押登记中由不同出质人出质的，列出。"
            }
            Self::Split => {
                "统计时点前 365 日内，同一原权利人向两家以上本市企业各转让 3 件以上发明专利，而受让企业均在此期间或之前两年内成立的，列出受让企业。"
            }
            Self::FilingBurst => {
                "企业在统计时点前 24 个月中某一个月的专利申请不少于 10 件，且不少于其前 24 个月月均申请量的 5 倍的，列出该月。"
            }
        }
    }
}

/// One alarm.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Alarm {
    /// Its kind.
    pub method: Method,
    /// The enterprise concerned.
    pub uscc: String,
    /// What was seen, in words.
    pub seen: String,
    /// The rights concerned, sorted.
    pub rights: Vec<String>,
    /// The day of the event.
    pub on: Option<Date>,
}

/// How often a kind of alarm was right a year before, where later facts tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackTest {
    /// The date for which it was tried.
    pub as_of: Date,
    /// Rights it would have alarmed then.
    pub alarmed: usize,
    /// Of them, those that did leave the enterprise again within a year.
    pub confirmed: usize,
}

/// All alarms of a run, by kind and enterprise.
pub fn all(opened: &Opened) -> Vec<Alarm> {
    let as_of = opened.evaluation.as_of;
    let counted: BTreeSet<String> = counted_for_stars(opened);
    let owners = methods::owners(&opened.snapshot);
    let mut alarms = methods::bought_before(&owners, &counted, as_of);
    alarms.extend(methods::claimed_twice(&opened.snapshot, as_of));
    alarms.extend(methods::split(&owners, &methods::founded(&opened.snapshot), as_of));
    alarms.extend(methods::filing_bursts(&methods::filings(&opened.snapshot), as_of));
    alarms.sort();
    alarms
}

/// The error of the one kind that later facts can judge: rights bought before the date a year ago, and how many left again.
pub fn back_test(opened: &Opened) -> Option<BackTest> {
    let as_of = opened.evaluation.as_of.checked_sub(jiff::Span::new().years(1)).ok()?;
    let owners = methods::owners(&opened.snapshot);
    let everything: BTreeSet<String> = owners.iter().map(|owner| owner.application_number.clone()).collect();
    let alarms = methods::bought_before(&owners, &everything, as_of);
    let rights: BTreeSet<&str> = alarms.iter().flat_map(|alarm| alarm.rights.iter().map(String::as_str)).collect();
    let year_later = as_of.checked_add(jiff::Span::new().years(1)).ok()?;
    let left = owners.iter().filter(|owner| {
        rights.contains(owner.application_number.as_str())
            && owner.from_on.is_some_and(|from| from <= as_of)
            && owner.until_on.is_some_and(|until| until > as_of && until <= year_later)
    });
    Some(BackTest { as_of, alarmed: rights.len(), confirmed: left.count() })
}

fn counted_for_stars(opened: &Opened) -> BTreeSet<String> {
    opened
        .views
        .rows("invention_of_first_patentee")
        .map(|rows| (0..rows.len()).filter_map(|row| rows.text(row, "application_number").map(str::to_owned)).collect())
        .unwrap_or_default()
}
