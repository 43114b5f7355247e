//! The cross-policy check (政策衔接, C4.2.3): which items of other departments pay for the same event as an item of ours, what their
//! documents say of that, which rights were paid for by both, and which document rests on which.
//!
//! Whether money may be taken twice is what the other document says; where it says nothing, that is told and nothing is decided.
//! What others have paid is read where the cases read it, in the register of subsidies (各级资助).

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use registry::{Folded, FoldedRow};

use crate::{
    Error, Installation,
    accounts::{Account, Permission},
    cases::{self, Case, State},
    items::{self, Item, Stage, allowed},
};

/// The register of the items of other departments.
pub const REGISTER: &str = "policy-items";
const PAID: &str = "subsidies";

/// An item of another department (部门奖补事项).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theirs {
    /// The department.
    pub department: String,
    /// The number of its document.
    pub document: String,
    /// The title of that.
    pub title: String,
    /// The clause.
    pub clause: String,
    /// What is paid.
    pub item: String,
    /// To whom.
    pub subject: String,
    /// For what sort of event.
    pub event: String,
    /// How much, in fen; none where the document names no fixed amount.
    pub amount_fen: Option<i64>,
    /// How much at most, in fen.
    pub cap_fen: Option<i64>,
    /// Its first day.
    pub valid_from: Date,
    /// Its last day; none where it has none.
    pub valid_to: Option<Date>,
    /// What it says of money that ours pays for the same event; empty where it says nothing.
    pub relation: String,
    /// The documents that it rests on.
    pub rests_on: Vec<String>,
}

impl Theirs {
    /// Whether it is in force on a day.
    pub fn is_in_force(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }
}

/// An item of ours and one of theirs that pay for the same event at the same time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// Our item.
    pub ours: Item,
    /// Theirs.
    pub theirs: Theirs,
    /// The sort of event.
    pub event: &'static str,
    /// The first day on which both hold.
    pub from: Date,
    /// The last such day; none where neither ends.
    pub to: Option<Date>,
}

/// How certain it is that two payments for a right were for the same event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Same {
    /// 同一事件.
    Yes,
    /// 不能判断: their document has no item in the register.
    Unknown,
    /// 不同事件.
    No,
}

impl Same {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Yes, Self::Unknown, Self::No];

    /// Its key.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Unknown => "unknown",
            Self::No => "no",
        }
    }
}

/// A right that a case of ours rests on and that others have paid for (双重享受).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Both {
    /// The right.
    pub right: String,
    /// Our case.
    pub case: i64,
    /// Its award.
    pub award: String,
    /// Its enterprise by code.
    pub subject: String,
    /// Its name.
    pub name: String,
    /// Where the case stands.
    pub state: State,
    /// What the case comes to, in fen; none while that is not known.
    pub ours_fen: Option<i64>,
    /// Who else paid.
    pub payer: String,
    /// By which document; empty where that was not told.
    pub document: String,
    /// How much, in fen; none where that was not told.
    pub theirs_fen: Option<i64>,
    /// When.
    pub paid_on: Option<Date>,
    /// Whether it was for the same event.
    pub same: Same,
    /// What their document says of it; empty where it says nothing or is not in the register.
    pub relation: String,
}

/// A document in the map of policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its number.
    pub number: String,
    /// Its title; empty where nobody told.
    pub title: String,
    /// Whose it is; empty for a document that others only rest on.
    pub department: String,
    /// Whether an item of ours rests on it.
    pub is_ours: bool,
    /// How many items it has in the register.
    pub items: usize,
    /// The documents that it rests on.
    pub rests_on: Vec<String>,
    /// The documents that rest on it.
    pub carries: Vec<String>,
    /// The pairs of its items with ours.
    pub pairs: usize,
}

/// What the check finds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overlaps {
    /// Whether the register of their items ever came.
    pub has_items: bool,
    /// Whether the register of what others paid ever came.
    pub has_payments: bool,
    /// Their items, by department and document.
    pub theirs: Vec<Theirs>,
    /// The pairs, those that hold today first.
    pub pairs: Vec<Pair>,
    /// The rights that both paid for.
    pub both: Vec<Both>,
    /// The documents.
    pub documents: Vec<Document>,
}

/// The sort of event that an award of ours pays for, in the words of the register; none for one that pays for no single event.
pub fn event_of(award: &str) -> Option<&'static str> {
    Some(match award {
        "invention-star" => "发明专利授权",
        "innovation-star" => "有效发明专利拥有量",
        "pct-grant" => "境外专利授权",
        "project-approval" => "项目立项",
        "standard-certification" => "贯标认证",
        "patent-introduction" => "专利引进",
        "university-introduction" => "产学研合作",
        "rights-aid" => "维权",
        "pledge-interest" | "pledge-fee" => "质押融资",
        "insurance-premium" => "保险",
        _ => return None,
    })
}

/// Checks our items and cases against the registers of the other departments.
pub async fn check(installation: &Installation, account: &Account, now: Timestamp) -> Result<Overlaps, Error> {
    allowed(account, Permission::ViewMoney)?;
    let registers = installation.registers(now).await?;
    let items = items::all(&installation.db).await?;
    let cases = cases::all(&installation.db, account).await?;
    let theirs = theirs(&registers);
    let pairs = pairs(&items, &theirs, installation.business_date(now));
    let (both, documents) = (both(&cases, &registers, &theirs), documents(&items, &theirs, &pairs));
    Ok(Overlaps {
        has_items: registers.delivered.contains_key(REGISTER),
        has_payments: registers.delivered.contains_key(PAID),
        theirs,
        pairs,
        both,
        documents,
    })
}

fn theirs(registers: &Folded) -> Vec<Theirs> {
    let text = |row: &FoldedRow, field| row.text(Folded::column(REGISTER, field)).to_owned();
    let one = |row: &FoldedRow| {
        Some(Theirs {
            department: text(row, "department"),
            document: text(row, "document"),
            title: text(row, "title"),
            clause: text(row, "clause"),
            item: text(row, "item"),
            subject: text(row, "subject"),
            event: text(row, "event"),
            amount_fen: text(row, "amount").parse().ok(),
            cap_fen: text(row, "cap").parse().ok(),
            valid_from: text(row, "valid_from").parse().ok()?,
            valid_to: text(row, "valid_to").parse().ok(),
            relation: text(row, "relation"),
            rests_on: text(row, "rests_on").split('|').filter(|one| !one.is_empty()).map(str::to_owned).collect(),
        })
    };
    let mut all: Vec<Theirs> = registers.get(REGISTER).iter().filter_map(one).collect();
    all.sort_by(|left, right| {
        let key = |one: &Theirs| (one.department.clone(), one.document.clone(), one.clause.clone(), one.item.clone());
        key(left).cmp(&key(right))
    });
    all
}

/// The pairs; of our items every version that was issued, for an earlier one may have paid.
fn pairs(items: &[Item], theirs: &[Theirs], today: Date) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for ours in items.iter().filter(|item| item.stage != Stage::Draft) {
        let Some(event) = event_of(&ours.award) else { continue };
        for one in theirs.iter().filter(|one| one.event == event) {
            let from = ours.terms.effective_from.max(one.valid_from);
            let to = [ours.terms.effective_until, one.valid_to].into_iter().flatten().min();
            if to.is_none_or(|to| from <= to) {
                pairs.push(Pair { ours: ours.clone(), theirs: one.clone(), event, from, to });
            }
        }
    }
    // Those that hold today first, then the order of our items and of theirs.
    pairs.sort_by_key(|pair| !pair.holds(today));
    pairs
}

impl Pair {
    /// Whether both hold on a day.
    pub fn holds(&self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|last| day <= last)
    }
}

/// Whether a case may still take money, or has.
const fn counts(state: State) -> bool {
    !matches!(
        state,
        State::Draft
            | State::Refused
            | State::Rejected
            | State::Declined
            | State::Expired
            | State::Withdrawn
            | State::Recovered
    )
}

fn both(cases: &[Case], registers: &Folded, theirs: &[Theirs]) -> Vec<Both> {
    let text = |row: &FoldedRow, field| row.text(Folded::column(PAID, field)).to_owned();
    let mut paid: BTreeMap<String, Vec<&FoldedRow>> = BTreeMap::new();
    for row in registers.get(PAID) {
        paid.entry(text(row, "number")).or_default().push(row);
    }
    let mut found = Vec::new();
    for case in cases.iter().filter(|case| counts(case.state)) {
        // A right stands once in a case, whatever the case says of it.
        for right in case.facts.rights.iter().collect::<BTreeSet<_>>() {
            // A foreign right is known by its office and number, what is paid for it by the number alone.
            let bare = right.get(2..).filter(|_| right.starts_with(|first: char| first.is_ascii_uppercase()));
            for row in [Some(right.as_str()), bare].into_iter().flatten().filter_map(|one| paid.get(one)).flatten() {
                let document = text(row, "basis");
                let of_document = |one: &&Theirs| !document.is_empty() && one.document == document;
                let known: Vec<&Theirs> = theirs.iter().filter(of_document).collect();
                let alike = known.iter().find(|one| event_of(&case.award) == Some(one.event.as_str()));
                found.push(Both {
                    right: right.clone(),
                    case: case.id,
                    award: case.award.clone(),
                    subject: case.subject.clone(),
                    name: case.name.clone(),
                    state: case.state,
                    ours_fen: case.amount_fen(),
                    payer: text(row, "payer"),
                    theirs_fen: text(row, "amount").parse().ok(),
                    paid_on: text(row, "paid_on").parse().ok(),
                    same: match (known.is_empty(), alike) {
                        (true, _) => Same::Unknown,
                        (false, Some(_)) => Same::Yes,
                        (false, None) => Same::No,
                    },
                    relation: alike.map(|one| one.relation.clone()).unwrap_or_default(),
                    document,
                });
            }
        }
    }
    found.sort_by(|left, right| (left.same, left.case, &left.right).cmp(&(right.same, right.case, &right.right)));
    found
}

fn documents(items: &[Item], theirs: &[Theirs], pairs: &[Pair]) -> Vec<Document> {
    let mut found: BTreeMap<String, Document> = BTreeMap::new();
    let mut of = |number: &str, change: &mut dyn FnMut(&mut Document)| {
        let document = found.entry(number.to_owned()).or_insert_with(|| Document {
            number: number.to_owned(),
            title: String::new(),
            department: String::new(),
            is_ours: false,
            items: 0,
            rests_on: Vec::new(),
            carries: Vec::new(),
            pairs: 0,
        });
        change(document);
    };
    for item in items.iter().filter(|item| item.stage != Stage::Draft && !item.terms.basis.number.is_empty()) {
        let basis = &item.terms.basis;
        of(&basis.number, &mut |one| {
            one.is_ours = true;
            one.title.clone_from(&basis.title);
        });
    }
    for one in theirs {
        of(&one.document, &mut |document| {
            document.department.clone_from(&one.department);
            document.items += 1;
            if document.title.is_empty() {
                document.title.clone_from(&one.title);
            }
            document.pairs += pairs.iter().filter(|pair| pair.theirs == *one).count();
            for above in &one.rests_on {
                if !document.rests_on.contains(above) {
                    document.rests_on.push(above.clone());
                }
            }
        });
        for above in &one.rests_on {
            of(above, &mut |document| {
                if !document.carries.contains(&one.document) {
                    document.carries.push(one.document.clone());
                }
            });
        }
    }
    found.into_values().collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn item(award: &str, stage: Stage) -> Item {
        let terms = serde_json::json!({
            "track": "confirm", "basis": { "number": "云政办发〔2023〕12号", "title": "实施细则" },
            "effective_from": "2023-01-16", "effective_until": "2024-12-31", "formula": "per-subject",
        });
        Item {
            id: 1,
            award: award.into(),
            version: 1,
            stage,
            terms: serde_json::from_value(terms).unwrap(),
            is_trial: false,
            drafted_by: "clerk".into(),
            drafted_at: String::new(),
            issued_by: None,
        }
    }

    fn other(event: &str, from: Date, to: Option<Date>) -> Theirs {
        Theirs {
            department: "科学技术局".into(),
            document: "云科发〔2022〕8号".into(),
            title: "科技创新奖励办法".into(),
            clause: "第五条".into(),
            item: "授权奖励".into(),
            subject: String::new(),
            event: event.into(),
            amount_fen: Some(200_000),
            cap_fen: None,
            valid_from: from,
            valid_to: to,
            relation: "就高不就低".into(),
            rests_on: vec!["云政发〔2021〕3号".into()],
        }
    }

    #[test]
    fn a_pair_pays_for_the_same_event_at_the_same_time() {
        let items = [item("invention-star", Stage::Issued), item("pct-grant", Stage::Draft)];
        let theirs = [
            other("发明专利授权", date(2022, 1, 1), Some(date(2023, 12, 31))),
            other("发明专利授权", date(2020, 1, 1), Some(date(2023, 1, 15))),
            other("境外专利授权", date(2022, 1, 1), None),
            other("其他", date(2022, 1, 1), None),
        ];
        let found = pairs(&items, &theirs, date(2023, 6, 1));
        assert_eq!(found.len(), 1, "a draft pays nothing, what ended the day before never met, 其他 is no event");
        assert_eq!((found[0].from, found[0].to), (date(2023, 1, 16), Some(date(2023, 12, 31))));
        assert!(found[0].holds(date(2023, 12, 31)) && !found[0].holds(date(2024, 1, 1)));
    }

    #[test]
    fn the_map_tells_which_document_rests_on_which() {
        let items = [item("invention-star", Stage::Issued)];
        let theirs = [other("发明专利授权", date(2022, 1, 1), None), other("维权", date(2022, 1, 1), None)];
        let found = documents(&items, &theirs, &pairs(&items, &theirs, date(2023, 6, 1)));
        let of = |number: &str| found.iter().find(|one| one.number == number).unwrap();
        assert!(of("云政办发〔2023〕12号").is_ours);
        let science = of("云科发〔2022〕8号");
        assert_eq!((science.items, science.pairs, science.rests_on.len()), (2, 1, 1));
        assert_eq!(of("云政发〔2021〕3号").carries, ["云科发〔2022〕8号"]);
    }

    #[test]
    fn every_award_of_the_policy_has_an_event_of_the_register() {
        for award in &crate::runs::policy().unwrap().awards {
            let event = event_of(&award.id).unwrap_or_else(|| panic!("{} pays for no event", award.id));
            assert!(registry::PAID_EVENTS.contains(&event), "{event}");
        }
    }
}
