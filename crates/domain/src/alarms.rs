//! Gaming alarms (异常提示): patterns in the registers that a person should look at before a title is given.
//!
//! An alarm is no finding and changes no figure. Each kind has its method in words, shown on the page beside what it found,
//! the rule by which later facts bear it out or refute it, and how often they did either in the years before.

mod facts;
mod later;
mod methods;
#[cfg(test)]
mod tests;

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
                "统计时点前 365 日内，同一原权利人向两家以上本市企业各转让 3 件以上专利，而受让企业均在此期间或之前两年内成立的，列出受让企业；原权利人本身是本市企业的，受让企业只有一家也列出。"
            }
            Self::FilingBurst => {
                "企业在统计时点前 24 个月中某一个月的专利申请不少于 10 件，且不少于其前 24 个月月均申请量的 5 倍的，列出该月。"
            }
        }
    }

    /// What later fact bears it out or refutes it, in words that stand on the page.
    pub const fn later(self) -> &'static str {
        match self {
            Self::BoughtBeforeDate => "此后一年内该企业又转出其中任何一件的为属实，一件也没有转出的为误报。",
            Self::ClaimedTwice => {
                "质押：一年后两份登记仍同时有效的为属实，其间已注销一份的为误报。国际申请：此后一年内其中一个授权失效的为属实，都没有失效的为误报。"
            }
            Self::Split => {
                "此后一年内受让企业注销、吊销或又转出其中任何一件的为属实；没有这些情形，而受让企业在受让后自己申请过专利的为误报；其余尚无定论。"
            }
            Self::FilingBurst => {
                "一年后，这些申请过半数已授权而又失效、无效或者转出的为属实，过半数已授权、有效并仍属该企业的为误报；其余尚无定论。"
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

/// How often a kind of alarm was right in the years before, by the rule in [`Method::later`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackTest {
    /// Its kind.
    pub method: Method,
    /// The first day for which it was tried; the others are the same day of the years after.
    pub first: Date,
    /// The last day for which it was tried.
    pub last: Date,
    /// The alarms it would have raised.
    pub raised: usize,
    /// Of them, those that the year after bore out.
    pub confirmed: usize,
    /// Of them, those that the year after refuted.
    pub refuted: usize,
}

impl BackTest {
    /// The alarms of which the year after says nothing.
    pub const fn open(&self) -> usize {
        self.raised - self.confirmed - self.refuted
    }
}

/// All alarms of a run, by kind and enterprise.
pub fn all(opened: &Opened) -> Vec<Alarm> {
    methods::found(&facts::Facts::read(&opened.snapshot), opened.evaluation.as_of)
}

/// The error of every kind, by what the run's facts say of the years before.
pub fn back_tests(opened: &Opened) -> Vec<BackTest> {
    later::back_tests(&facts::Facts::read(&opened.snapshot), opened.evaluation.as_of)
}
