//! The project record (项目记录) of a report, by the steps of GB/T 39551 part 7: who asked what for which decision, where the
//! data come from, how they were treated and analysed, who accepted the result with which opinion, and what became of it.
//!
//! What the system knows itself (sources, searches with their versions, counts) is read off the report and never typed; the
//! rest is what people say. What nobody said is left open, and the paper says so.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{Error, Report, Result};

/// The longest of its texts, in characters.
pub const TEXT_CHARS_MAX: usize = 2_000;

/// What people say of the project; an empty text was not said yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Project {
    /// 需求方: who asked.
    pub asked_by: String,
    /// 要回答的问题.
    pub question: String,
    /// 支撑的决策, and who decides.
    pub decision: String,
    /// 完成时限.
    pub due: Option<Date>,
    /// 项目组: who does it.
    pub staff: String,
    /// 信息采集的说明.
    pub gathering: String,
    /// 数据处理的说明: cleaning, names, labels.
    pub processing: String,
    /// 分析方法和局限的说明.
    pub analysis: String,
    /// 成果: what it concludes, and to whom it was handed.
    pub results: String,
    /// How the acceptance ended.
    pub verdict: Verdict,
    /// When it was accepted or refused.
    pub accepted_on: Option<Date>,
    /// 评审人.
    pub accepted_by: String,
    /// 评审（验收）意见.
    pub opinion: String,
    /// Whether its conclusions were taken up.
    pub adoption: Adoption,
    /// 运用成效: what was decided by it, and what came of that.
    pub effect: String,
    /// 服务评价: from 1 (很不满意) to 5 (很满意).
    pub rating: Option<u8>,
}

/// How an acceptance ended (验收结论).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Not yet.
    #[default]
    Open,
    /// 通过.
    Passed,
    /// 修改后通过.
    Amended,
    /// 不通过.
    Refused,
}

impl Verdict {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Open, Self::Passed, Self::Amended, Self::Refused];

    /// The key in forms.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Passed => "passed",
            Self::Amended => "amended",
            Self::Refused => "refused",
        }
    }

    /// The Chinese word.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Open => "尚未评审",
            Self::Passed => "通过",
            Self::Amended => "修改后通过",
            Self::Refused => "不通过",
        }
    }
}

/// Whether the conclusions were taken up (采纳).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Adoption {
    /// Nobody said so far.
    #[default]
    Unknown,
    /// 已采纳.
    Whole,
    /// 部分采纳.
    Partly,
    /// 未采纳.
    Not,
}

impl Adoption {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Unknown, Self::Whole, Self::Partly, Self::Not];

    /// The key in forms.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Whole => "whole",
            Self::Partly => "partly",
            Self::Not => "not",
        }
    }

    /// The Chinese word.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Unknown => "尚不知",
            Self::Whole => "已采纳",
            Self::Partly => "部分采纳",
            Self::Not => "未采纳",
        }
    }
}

/// A step of the project with what is said of it: a label and its words, empty where nothing is.
pub type Step = (&'static str, Vec<(&'static str, String)>);

impl Project {
    /// A record that was kept.
    pub fn from_json(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|cause| Error::Invalid(format!("项目记录读不了：{cause}")))
    }

    /// The record as it is kept.
    pub fn to_json(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|cause| Error::Invalid(format!("项目记录写不成：{cause}")))
    }

    /// What is wrong with it on a day, by field, in Chinese.
    pub fn faults(&self, today: Date) -> Vec<(&'static str, String)> {
        let mut faults = Vec::new();
        let long = self.texts().into_iter().filter(|(_, text)| text.chars().count() > TEXT_CHARS_MAX);
        faults.extend(long.map(|(field, _)| (field, format!("最多 {TEXT_CHARS_MAX} 个字，请缩短。"))));
        if self.verdict == Verdict::Open {
            if self.accepted_on.is_some() {
                faults.push(("verdict", "写了评审日期，请选评审结论。".to_owned()));
            }
        } else {
            match self.accepted_on {
                None => faults.push(("accepted_on", "有评审结论，请写评审日期。".to_owned())),
                Some(day) if day > today => faults.push(("accepted_on", "评审日期还没有到。".to_owned())),
                Some(_) => {}
            }
            for (field, text, what) in
                [("accepted_by", &self.accepted_by, "评审人"), ("opinion", &self.opinion, "评审意见")]
            {
                if text.is_empty() {
                    faults.push((field, format!("有评审结论，请写{what}。")));
                }
            }
        }
        if self.adoption != Adoption::Unknown && self.effect.is_empty() {
            faults.push(("effect", "请写明采纳或不采纳的依据，例如会议纪要的日期和文号。".to_owned()));
        }
        if self.rating.is_some_and(|rating| !(1..=5).contains(&rating)) {
            faults.push(("rating", "服务评价请填 1 至 5 的整数。".to_owned()));
        }
        faults
    }

    fn texts(&self) -> [(&'static str, &str); 11] {
        [
            ("asked_by", &self.asked_by),
            ("question", &self.question),
            ("decision", &self.decision),
            ("staff", &self.staff),
            ("gathering", &self.gathering),
            ("processing", &self.processing),
            ("analysis", &self.analysis),
            ("results", &self.results),
            ("accepted_by", &self.accepted_by),
            ("opinion", &self.opinion),
            ("effect", &self.effect),
        ]
    }

    /// The record by the steps of the standard, with what the report itself says among it.
    pub fn steps(&self, report: &Report) -> Vec<Step> {
        let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        let scope = &report.scope;
        let searches: std::collections::BTreeSet<&str> =
            report.figures.iter().map(|figure| figure.search.as_str()).collect();
        let source = if scope.source.is_empty() { "检索式".to_owned() } else { scope.source.clone() };
        vec![
            (
                "项目信息",
                vec![
                    ("报告", report.title()),
                    ("需求方", self.asked_by.clone()),
                    ("要回答的问题", self.question.clone()),
                    ("支撑的决策", self.decision.clone()),
                    ("完成时限", day(self.due)),
                    ("项目组", self.staff.clone()),
                ],
            ),
            (
                "信息采集",
                vec![
                    ("检索依据", source),
                    ("检索式", scope.search.clone()),
                    ("数据截止", scope.as_of.to_string()),
                    ("专利库", format!("第 {} 号快照，共 {} 件", report.snapshot.number, report.snapshot.documents)),
                    ("命中", format!("{} 件", report.documents.len())),
                    ("数据来源", report.sources.iter().map(ToString::to_string).collect::<Vec<_>>().join("；")),
                    ("采集说明", self.gathering.clone()),
                ],
            ),
            (
                "数据处理",
                vec![
                    ("名称归并", format!("名称归并账第 {} 版", report.snapshot.ledger)),
                    ("计数单位", report.figures.first().map(|figure| figure.unit.zh().to_owned()).unwrap_or_default()),
                    ("技术分解", scope.technologies.iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join("、")),
                    ("处理说明", self.processing.clone()),
                ],
            ),
            (
                "分析",
                vec![
                    (
                        "图表",
                        format!("{} 个，由 {} 条检索式得出，各附检索式和方法", report.figures.len(), searches.len()),
                    ),
                    ("分析说明", self.analysis.clone()),
                ],
            ),
            (
                "成果产出与评审",
                vec![
                    ("成果", self.results.clone()),
                    ("评审结论", self.verdict.zh().to_owned()),
                    ("评审日期", day(self.accepted_on)),
                    ("评审人", self.accepted_by.clone()),
                    ("评审意见", self.opinion.clone()),
                ],
            ),
            (
                "成果运用与评价",
                vec![
                    ("采纳情况", self.adoption.zh().to_owned()),
                    ("运用成效", self.effect.clone()),
                    ("服务评价", self.rating.map(|rating| format!("{rating} 分（满分 5 分）")).unwrap_or_default()),
                ],
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = Date::constant(2024, 2, 29);

    fn check(project: &Project, fields: &[&str]) {
        let found: Vec<&str> = project.faults(TODAY).into_iter().map(|(field, _)| field).collect();
        assert_eq!(found, fields, "{project:?}");
    }

    #[test]
    fn what_was_said_must_hang_together() {
        let open = Project { question: "引进什么".into(), ..Project::default() };
        check(&open, &[]);
        check(&Project { verdict: Verdict::Passed, ..open.clone() }, &["accepted_on", "accepted_by", "opinion"]);
        let passed = Project {
            verdict: Verdict::Passed,
            accepted_on: Some(TODAY),
            accepted_by: "评审组".into(),
            opinion: "同意".into(),
            ..open.clone()
        };
        check(&passed, &[]);
        check(&Project { accepted_on: TODAY.tomorrow().ok(), ..passed.clone() }, &["accepted_on"]);
        check(&Project { accepted_on: Some(TODAY), ..open.clone() }, &["verdict"]);
        check(&Project { adoption: Adoption::Not, ..open.clone() }, &["effect"]);
        check(&Project { rating: Some(6), staff: "长".repeat(TEXT_CHARS_MAX + 1), ..open }, &["staff", "rating"]);
        assert_eq!(Project::from_json(&passed.to_json().unwrap()).unwrap(), passed);
        assert_eq!(Project::from_json("{}").unwrap(), Project::default(), "what a later version adds may be absent");
    }
}
