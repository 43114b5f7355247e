//! Aid for defending rights (维权援助, C3.5.3): four triggers, each with its own condition and its own proofs.
//!
//! What a trigger asks for is the policy's text and so stands here; which papers prove it is the item's to say.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Terms;
use crate::{
    Error,
    cases::{Gate, Outcome},
};

/// The aid of the policy that is given by triggers.
pub const AWARD: &str = "rights-aid";
/// Where 香港、澳门、台湾 are counted apart and are no place abroad (AMB-08).
const NOT_ABROAD: [&str; 5] = ["中国", "香港", "澳门", "台湾", "大陆"];

words! {
    /// What an enterprise is aided for (维权情形).
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    Trigger {
        /// Need not be won.
        ActionAbroad "action-abroad" "在海外开展知识产权维权行动",
        /// Need not be won.
        Investigation "investigation" "遭遇国外政府以侵犯知识产权为由发起调查",
        ForeignWin "foreign-win" "在涉外知识产权纠纷中获得胜诉",
        DomesticWin "domestic-win" "在国内知识产权纠纷中积极维权并获得胜诉",
    }
}

impl Trigger {
    /// Its clause.
    pub const fn clause(self) -> &'static str {
        match self {
            Self::DomesticWin => "C3.5.3.2",
            _ => "C3.5.3.1",
        }
    }

    /// What its day is, on which the enterprise must be a high-tech one (AMB-10).
    pub const fn day_zh(self) -> &'static str {
        match self {
            Self::ActionAbroad => "维权行动开始之日",
            Self::Investigation => "收到调查通知之日",
            Self::ForeignWin | Self::DomesticWin => "裁判生效之日",
        }
    }

    /// Whether it asks for a win.
    pub const fn must_win(self) -> bool {
        matches!(self, Self::ForeignWin | Self::DomesticWin)
    }

    /// Whether it asks for a place abroad.
    pub const fn is_abroad(self) -> bool {
        !matches!(self, Self::DomesticWin)
    }

    /// Whether it asks that the enterprise itself defended its right.
    pub const fn must_defend(self) -> bool {
        matches!(self, Self::DomesticWin)
    }

    /// What proves it by the usual practice (DOMAIN.md 5.9), offered while an item is drafted.
    pub const fn usual_papers(self) -> &'static [&'static str] {
        match self {
            Self::ActionAbroad => &["授权委托书", "起诉状、投诉书或律师函", "立案或受理凭证"],
            Self::Investigation => &["调查通知书"],
            Self::ForeignWin => &["生效的判决、裁决或决定"],
            Self::DomesticWin => &["生效裁判文书", "权利归属证明"],
        }
    }
}

words! {
    /// How a dispute ended.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    Ending {
        /// Wholly in favour.
        Won "won" "全部胜诉",
        /// Mainly in favour.
        MainlyWon "mainly-won" "主要请求得到支持",
        /// In favour in a smaller part.
        PartlyWon "partly-won" "少部分请求得到支持",
        /// Settled or mediated.
        Settled "settled" "和解或调解",
        /// Against, or withdrawn.
        Lost "lost" "败诉或撤诉",
    }
}

words! {
    /// What compensation that the enterprise got does to the aid (赔偿扣减), as the rule says.
    #[derive(Default, Serialize, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    Deduction {
        /// Nothing.
        #[default]
        None "none" "不扣减",
        /// It is taken off the costs before the share is computed.
        FromCosts "from-costs" "先从已付费用中扣减",
        /// It is taken off the aid.
        FromAid "from-aid" "从资助额中扣减",
    }
}

/// What an item says of the aid.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aid {
    /// The papers that prove each trigger for which it is given.
    #[serde(default)]
    pub proofs: BTreeMap<Trigger, Vec<String>>,
    /// What compensation does to it.
    #[serde(default)]
    pub deduction: Deduction,
    /// Whether a settlement counts as a win (AMB-14: only where the rule says so).
    #[serde(default)]
    pub takes_settlements: bool,
}

/// What an application says of its trigger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// What it is for.
    pub trigger: Trigger,
    /// The country or region.
    #[serde(default)]
    pub place: String,
    /// How it ended.
    #[serde(default)]
    pub ending: Option<Ending>,
    /// Whether the enterprise is the holder who defended its right.
    #[serde(default)]
    pub is_defender: Option<bool>,
    /// The compensation it got, in fen; none while it is not told.
    #[serde(default)]
    pub compensation_fen: Option<i64>,
}

impl Claim {
    /// One that says nothing but what it is for.
    pub const fn of(trigger: Trigger) -> Self {
        Self { trigger, place: String::new(), ending: None, is_defender: None, compensation_fen: None }
    }
}

impl Terms {
    /// The papers that an application needs: those of every application, and those of its trigger.
    pub fn papers_for(&self, trigger: Option<Trigger>) -> Vec<&str> {
        let proofs = trigger.and_then(|trigger| self.aid.as_ref()?.proofs.get(&trigger));
        let mut papers: Vec<&str> = Vec::new();
        for paper in proofs.into_iter().flatten().chain(&self.papers) {
            if !papers.contains(&paper.as_str()) {
                papers.push(paper);
            }
        }
        papers
    }

    /// The triggers for which an application may be made; none where the item knows no triggers.
    pub fn triggers(&self) -> Vec<Trigger> {
        self.aid.iter().flat_map(|aid| aid.proofs.keys().copied()).collect()
    }

    /// The trigger that is meant, as the item asks for one or not.
    pub(crate) fn trigger(&self, given: Option<Trigger>) -> Result<Option<Trigger>, Error> {
        let known = self.triggers();
        match given {
            None if known.is_empty() => Ok(None),
            Some(one) if known.contains(&one) => Ok(given),
            None => Err(Error::Invalid(format!("请选择维权情形：{}。", names(&known)))),
            Some(one) if known.is_empty() => {
                Err(Error::Invalid(format!("这一事项不分维权情形，不用填“{}”。", one.zh())))
            }
            Some(one) => Err(Error::Invalid(format!("这一事项不资助“{}”；可以申报：{}。", one.zh(), names(&known)))),
        }
    }
}

fn names(triggers: &[Trigger]) -> String {
    triggers.iter().map(|one| one.zh()).collect::<Vec<_>>().join("、")
}

/// Whether what an application says meets its trigger. What it says is the enterprise's word until the office has looked, so that the
/// best answer is a strict one.
pub(crate) fn gate(aid: Option<&Aid>, claim: &Claim) -> Gate {
    let trigger = claim.trigger;
    let (outcome, words) = held_against(aid, claim);
    let words = match outcome {
        Outcome::Strict => format!("申报为“{}”：{words}；请对照文书核实", trigger.zh()),
        _ => format!("申报为“{}”：{words}", trigger.zh()),
    };
    Gate { name: "维权情形".into(), outcome, words, basis: trigger.clause().into() }
}

fn held_against(aid: Option<&Aid>, claim: &Claim) -> (Outcome, String) {
    let trigger = claim.trigger;
    let mut said = Vec::new();
    if trigger.is_abroad() {
        let place = claim.place.trim();
        if place.is_empty() {
            return (Outcome::Unknown, "没有写明国家".into());
        }
        if let Some(home) = NOT_ABROAD.iter().find(|home| place.contains(*home)) {
            return (Outcome::Block, format!("{place}不是国外：{home}不计入海外（AMB-08）"));
        }
        said.push(place.to_owned());
    }
    if trigger.must_win() {
        match claim.ending {
            None => return (Outcome::Unknown, "没有写明裁判结果".into()),
            Some(Ending::Won | Ending::MainlyWon) => {}
            Some(Ending::Settled) if aid.is_some_and(|aid| aid.takes_settlements) => {}
            Some(ending) => {
                let settled = if ending == Ending::Settled { "，事项没有把和解算作胜诉" } else { "" };
                return (Outcome::Block, format!("{}，不是胜诉{settled}（AMB-14）", ending.zh()));
            }
        }
        said.extend(claim.ending.map(|ending| ending.zh().to_owned()));
    } else {
        said.push("不以胜诉为条件".into());
    }
    if trigger.must_defend() {
        match claim.is_defender {
            None => return (Outcome::Unknown, "没有写明企业是否为维权一方".into()),
            Some(false) => return (Outcome::Block, "企业不是维护自己权利的一方".into()),
            Some(true) => said.push("企业是维权一方".into()),
        }
    }
    (Outcome::Strict, said.join("，"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(trigger: Trigger, change: impl Fn(&mut Claim)) -> Gate {
        let mut claim = Claim::of(trigger);
        change(&mut claim);
        gate(Some(&Aid::default()), &claim)
    }

    #[test]
    fn clause_c3_5_3_1_an_action_or_an_investigation_needs_a_place_abroad_and_no_win() {
        for trigger in [Trigger::ActionAbroad, Trigger::Investigation] {
            assert_eq!(said(trigger, |_| ()).outcome, Outcome::Unknown);
            assert_eq!(said(trigger, |claim| claim.place = "美国".into()).outcome, Outcome::Strict);
            for home in ["中国香港", "台湾地区", "澳门", "中国"] {
                let gate = said(trigger, |claim| claim.place = home.into());
                assert!(gate.outcome == Outcome::Block && gate.words.contains("AMB-08"), "{home}: {gate:?}");
            }
            // What it does not ask for does not help and does not harm.
            let lost = said(trigger, |claim| {
                claim.place = "德国".into();
                claim.ending = Some(Ending::Lost);
                claim.is_defender = Some(false);
            });
            assert_eq!(lost.outcome, Outcome::Strict, "{lost:?}");
        }
    }

    #[test]
    fn clause_c3_5_3_2_a_win_is_mainly_in_favour_and_at_home_the_enterprise_defended_its_right() {
        let abroad = |ending| {
            said(Trigger::ForeignWin, |claim| {
                claim.place = "美国".into();
                claim.ending = ending;
            })
        };
        let home = |ending, is_defender| {
            said(Trigger::DomesticWin, |claim| {
                claim.ending = ending;
                claim.is_defender = is_defender;
            })
        };
        for ending in Ending::ALL {
            let wins = matches!(ending, Ending::Won | Ending::MainlyWon);
            let outcome = if wins { Outcome::Strict } else { Outcome::Block };
            assert_eq!(abroad(Some(ending)).outcome, outcome, "{ending:?}");
            assert_eq!(home(Some(ending), Some(true)).outcome, outcome, "{ending:?}");
            assert_eq!(home(Some(ending), Some(false)).outcome, Outcome::Block, "{ending:?}");
        }
        assert_eq!(abroad(None).outcome, Outcome::Unknown);
        assert_eq!(home(Some(Ending::Won), None).outcome, Outcome::Unknown);
        let lenient = Aid { takes_settlements: true, ..Aid::default() };
        let settled = Claim { ending: Some(Ending::Settled), place: "美国".into(), ..Claim::of(Trigger::ForeignWin) };
        assert_eq!(gate(Some(&lenient), &settled).outcome, Outcome::Strict, "the rule adds settlements");
    }
}
