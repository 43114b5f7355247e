//! A template with its places filled, as a paper in the form of GB/T 9704: what a line is follows from where it stands.

use std::collections::BTreeMap;

use rules::Policy;
use sheets::write::docx::{Block, Form, Paper, Table};

use super::Kind;
use crate::{
    cases::{Case, Outcome},
    items::{Formula, Item, Track},
};

/// How many characters of a title (二号) stand in a line.
const TITLE_CHARS: usize = 20;

pub(super) type Values = BTreeMap<&'static str, String>;

/// What stands between braces.
pub(crate) fn holes(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split('}').next())
}

/// A text with its places filled; what is filled in is never read as a place again.
pub(crate) fn fill(line: &str, values: &Values) -> String {
    pieces(line, values).into_iter().map(|(text, _)| text).collect()
}

/// A text in pieces, each with whether it was filled in.
fn pieces(line: &str, values: &Values) -> Vec<(String, bool)> {
    let mut parts = line.split('{');
    let mut pieces = vec![(parts.next().unwrap_or_default().to_owned(), false)];
    for part in parts {
        match part.split_once('}') {
            Some((hole, rest)) => {
                pieces.push((values.get(hole).cloned().unwrap_or_default(), true));
                pieces.push((rest.to_owned(), false));
            }
            None => pieces.push((part.to_owned(), false)),
        }
    }
    pieces
}

/// The paper of a template. Its number, if the template has a line for it, stands in its properties.
pub(super) fn filled(kind: Kind, template: &str, values: &Values, list: Option<Table>) -> Paper {
    let reasons = values.get("理由").cloned().unwrap_or_default();
    let values = &values.iter().map(|(place, text)| (*place, text.replace('\n', "；"))).collect::<Values>();
    let lines: Vec<&str> = template.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let (first, mut lines) = lines.split_first().map_or(("", &[][..]), |(first, rest)| (first, rest));
    let form = if kind == Kind::Certificate { Form::Certificate } else { Form::Letter };
    let mut paper = Paper { title: title(first, values), form, ..Paper::default() };
    if let Some((line, rest)) = lines.split_first().filter(|(line, _)| line.contains('〔') && line.ends_with('号')) {
        let number = fill(line, values);
        paper.properties.number.clone_from(&number);
        paper.blocks.push(Block::Number(number));
        lines = rest;
    }
    if let Some((line, rest)) = lines.split_first().filter(|(line, _)| line.ends_with('：')) {
        paper.blocks.push(Block::Addressee(fill(line, values)));
        lines = rest;
    }
    let (lines, signature) = signed(lines, values);
    for line in lines {
        match (&list, *line) {
            (Some(table), "{名单}") => paper.blocks.push(Block::Table(table.clone())),
            // Each reason stands in a paragraph of its own.
            (_, "{理由}") => {
                paper.blocks.extend(reasons.lines().map(|one| Block::Text(format!("{one}。"))));
            }
            _ => paper.blocks.push(Block::Text(fill(line, values))),
        }
    }
    paper.blocks.extend(signature);
    paper
}

/// The last line or two as who signs and when: a day, below a line without a full stop.
fn signed<'l>(lines: &'l [&'l str], values: &Values) -> (&'l [&'l str], Option<Block>) {
    let is_name = |line: &str| !line.ends_with(['。', '：', '；']) && line != "{名单}" && line != "{理由}";
    match lines {
        [rest @ .., by, on] if is_name(by) && is_day(&fill(on, values)) => {
            (rest, Some(Block::Signature { by: fill(by, values), on: fill(on, values) }))
        }
        [rest @ .., by] if is_name(by) => (rest, Some(Block::Signature { by: fill(by, values), on: String::new() })),
        _ => (lines, None),
    }
}

fn is_day(text: &str) -> bool {
    text.ends_with('日') && terms::dates::parse_date(text).is_ok()
}

/// A title too long for a line, broken where something that is filled in begins or ends, into lines as even as may be; a year
/// and its 年度 stay together.
fn title(line: &str, values: &Values) -> String {
    let pieces = pieces(line, values);
    let whole: String = pieces.iter().map(|(text, _)| text.as_str()).collect();
    // A quarter of a character stands between Chinese and figures.
    let count = |text: &str| {
        let wide: Vec<bool> = text.chars().map(|c| !c.is_ascii()).collect();
        let turns = wide.windows(2).filter(|pair| pair[0] != pair[1]).count();
        (wide.iter().map(|wide| if *wide { 4 } else { 2 }).sum::<usize>() + turns).div_ceil(4)
    };
    let all = count(&whole);
    if all <= TITLE_CHARS {
        return whole;
    }
    let mut at = 0;
    let mut ends = Vec::new();
    for pair in pieces.windows(2) {
        at += pair[0].0.len();
        if at > 0
            && at < whole.len()
            && !whole[at..].starts_with(['年', '〔', '”', '》', '）'])
            && (pair[0].1 || pair[1].1)
        {
            ends.push(at);
        }
    }
    let is_even = |at: &usize| count(&whole[..*at]).abs_diff(count(&whole[*at..]));
    let fits = |at: &usize| count(&whole[..*at]).max(count(&whole[*at..])) <= TITLE_CHARS;
    if let Some(at) = ends.iter().copied().min_by_key(is_even).filter(fits) {
        return format!("{}\n{}", &whole[..at], &whole[at..]);
    }
    // Two lines do not hold it: a new one wherever the next part would not fit any more.
    let (mut lines, mut from) = (Vec::new(), 0);
    for pair in ends.iter().copied().chain([whole.len()]).collect::<Vec<_>>().windows(2) {
        if count(&whole[from..pair[1]]) > TITLE_CHARS {
            lines.push(&whole[from..pair[0]]);
            from = pair[0];
        }
    }
    lines.push(&whole[from..]);
    lines.join("\n")
}

/// Whether an award gives a title (称号) beside money.
pub(super) fn has_title(policy: &Policy, award: &str) -> bool {
    policy.award(award).is_some_and(|award| !award.levels.is_empty() || award.id.ends_with("-star"))
}

pub(super) fn yuan(fen: i64) -> String {
    terms::Money::from_fen(fen).format_zh()
}

/// What a case comes to, in the words of a letter: a title without money is no sum of nothing.
fn amount(policy: &Policy, award: &str, fen: Option<i64>) -> String {
    match fen {
        None => "未核定".to_owned(),
        Some(0) if has_title(policy, award) => "只授予称号".to_owned(),
        Some(0) => "不发放资金".to_owned(),
        Some(fen) => yuan(fen),
    }
}

fn level(policy: &Policy, case: &Case) -> Option<String> {
    let award = policy.award(&case.award)?;
    award.levels.iter().find(|one| one.level == case.level).map(|one| one.name.clone())
}

fn award_name(policy: &Policy, award: &str) -> String {
    policy.award(award).map_or_else(|| award.to_owned(), |award| award.name.clone())
}

fn basis(item: &Item) -> Values {
    [("依据文号", item.terms.basis.number.clone()), ("依据名称", item.terms.basis.title.clone())].into()
}

/// What is filled into the letter of a case.
pub(super) fn of_case(policy: &Policy, case: &Case, item: &Item) -> Values {
    let conditions: Vec<String> = case
        .facts
        .conditions
        .iter()
        .map(|one| format!("{}（实有 {}）", one.text, one.actual.as_deref().unwrap_or("不详")))
        .collect();
    let granted = match case.amount_fen() {
        Some(0) if has_title(policy, &case.award) => "授予称号，不另发资金".to_owned(),
        Some(0) => "不发放资金".to_owned(),
        fen => format!("兑现资金{}", amount(policy, &case.award, fen)),
    };
    let mut values = basis(item);
    values.extend([
        ("企业", case.name.clone()),
        ("代码", case.subject.clone()),
        ("事项", award_name(policy, &case.award)),
        ("年度", case.year.to_string()),
        ("等级", level(policy, case).unwrap_or_default()),
        ("金额", amount(policy, &case.award, case.amount_fen())),
        ("兑现", granted),
        ("案由", subject_matter(policy, case)),
        ("审核结果", found(case, item, &conditions)),
        ("条件", if conditions.is_empty() { case.matter.clone() } else { conditions.join("；") }),
    ]);
    values
}

/// What a case is, at the head of its letters: a year's award, or an application with its matter, its trigger and its day.
fn subject_matter(policy: &Policy, case: &Case) -> String {
    let award = award_name(policy, &case.award);
    if case.facts.application.is_none() {
        return format!("你单位{}年度{award}{}", case.year, level(policy, case).unwrap_or_default());
    }
    let mut told = vec![case.matter.clone()];
    told.extend(case.trigger().map(|trigger| trigger.zh().to_owned()));
    let day_of = case.trigger().map_or("事项发生日", |trigger| trigger.day_zh());
    told.extend(case.facts.event.map(|on| format!("{day_of} {}", terms::dates::format_zh(on))));
    format!("你单位申报的{award}（{}）", told.join("，"))
}

/// What looking into a case came to: the conditions of its award, or the way of its application.
fn found(case: &Case, item: &Item, conditions: &[String]) -> String {
    let Some(application) = &case.facts.application else {
        return format!("符合下列条件：{}", conditions.join("；"));
    };
    let costs = application.settled_fen.or(application.costs_fen);
    let costs = costs.filter(|_| matches!(item.terms.formula, Formula::ShareOfCost { .. }));
    let costs = costs.map(|fen| format!("，核定已付费用{}", yuan(fen))).unwrap_or_default();
    format!("经{}和公示，符合规定{costs}", course(item, false))
}

/// The way of a case to its list, as the item has it: who brings it, and whether departments agree.
fn course(item: &Item, names_last: bool) -> String {
    let mut steps = match item.terms.track {
        Track::Confirm => vec!["数据比对", "企业确认", "审核"],
        Track::Apply => vec!["企业申报", "受理", "审核"],
    };
    if !item.terms.departments.is_empty() {
        steps.push("部门联审");
    }
    match steps.pop() {
        Some(last) if names_last => format!("{}和{last}", steps.join("、")),
        Some(last) => [steps.join("、"), last.to_owned()].join("、"),
        None => String::new(),
    }
}

/// Why a case ended: what was said, and every gate that stands against it, each as a line of its own, numbered where there are several.
pub(super) fn reasons(case: &Case, act: &str, note: &str) -> String {
    const PLACES: [&str; 10] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
    let gates = case.facts.gates.iter().filter(|gate| gate.outcome == Outcome::Block);
    let gates = gates.map(|gate| format!("{}：{}（{}）", gate.name, gate.words, gate.basis));
    let mut all: Vec<String> = Vec::new();
    match act {
        // What a batch stopped at once is told by its gates alone.
        "open" => {}
        // Whoever objected, and under which number, is none of the letter.
        "uphold" => {
            let answer = note.split_once('：').map_or(note, |(_, answer)| answer);
            all.push(format!("公示期间提出的异议，经核查成立：{answer}"));
        }
        _ => all.push(note.to_owned()),
    }
    all.extend(gates.filter(|gate| !note.contains(gate.as_str()) || act == "open"));
    all.iter_mut().for_each(|one| *one = one.trim_end_matches('。').replace('\n', " "));
    all.retain(|one| !one.is_empty());
    if all.len() < 2 {
        return all.pop().unwrap_or_default();
    }
    let place = |at: usize| PLACES.get(at).map_or_else(|| (at + 1).to_string(), |one| (*one).to_owned());
    let numbered = all.iter().enumerate().map(|(at, one)| format!("（{}）{one}", place(at)));
    numbered.collect::<Vec<_>>().join("\n")
}

/// What is filled into a public notice, and its list.
pub(super) fn of_notice(policy: &Policy, award: &str, item: &Item, cases: &[(&Case, Option<i64>)]) -> (Values, Table) {
    let total: i64 = cases.iter().filter_map(|(_, fen)| *fen).sum();
    let sum = match total {
        0 if has_title(policy, award) => "只授予称号，不发放资金".to_owned(),
        0 => "不发放资金".to_owned(),
        fen => format!("合计{}", yuan(fen)),
    };
    let mut values = basis(item);
    values.extend([
        ("事项", award_name(policy, award)),
        ("年度", cases.first().map(|(case, _)| case.year.to_string()).unwrap_or_default()),
        ("件数", cases.len().to_string()),
        ("合计", if total == 0 { sum.clone() } else { yuan(total) }),
        ("资金", sum),
        ("办理过程", course(item, true)),
    ]);
    let row = |(at, (case, fen)): (usize, &(&Case, Option<i64>))| {
        let what = level(policy, case).unwrap_or_else(|| case.matter.clone());
        vec![(at + 1).to_string(), case.name.clone(), what, amount(policy, award, *fen)]
    };
    let table = Table {
        caption: String::new(),
        columns: [("序号", false), ("企业", false), ("等级或事项", false), ("金额", true)]
            .map(|(name, is_number)| (name.to_owned(), is_number))
            .into(),
        rows: cases.iter().enumerate().map(row).collect(),
    };
    (values, table)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        cases::{Application, Facts, Gate, Ground, State},
        items::{
            self,
            aid::{Claim, Trigger},
            amount::Calculation,
        },
    };

    fn values(pairs: &[(&'static str, &str)]) -> Values {
        pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
    }

    #[test]
    fn what_is_filled_in_is_not_a_place() {
        let values = values(&[("企业", "{金额}公司"), ("金额", "5万元")]);
        let paper = filled(Kind::Decision, "{事项}书\n{企业}得{金额}。\n{不闭合。", &values, None);
        assert_eq!(paper.title, "书");
        assert_eq!(paper.blocks, [Block::Text("{金额}公司得5万元。".into()), Block::Text("不闭合。".into())]);
    }

    #[test]
    fn every_line_of_a_standard_letter_stands_in_its_place() {
        let all = values(&[
            ("城市", "云川市"),
            ("年份", "2024"),
            ("序号", "7"),
            ("企业", "甲公司"),
            ("代码", "91"),
            ("事项", "创新之星"),
            ("决定日", "2024年3月8日"),
            ("起始日", "2024年2月29日"),
            ("年度", "2023"),
            ("理由", "材料虚假"),
        ]);
        for kind in Kind::ALL {
            let list = (kind == Kind::Notice).then(Table::default);
            let paper = filled(kind, kind.standard(), &all, list);
            let number = format!("云川市{}〔2024〕7号", kind.code());
            assert_eq!(paper.blocks[0], Block::Number(number.clone()), "{kind:?}");
            assert_eq!(paper.properties.number, number);
            let Some(Block::Signature { by, on }) = paper.blocks.last() else { panic!("{kind:?} is not signed") };
            assert!(by == "云川市知识产权局" && on.ends_with('日'), "{kind:?}: {by} {on}");
            let addressed = paper.blocks.iter().filter(|block| matches!(block, Block::Addressee(_))).count();
            assert_eq!(addressed, usize::from(kind != Kind::Notice), "{kind:?}");
            assert_eq!(paper.blocks.iter().any(|block| matches!(block, Block::Table(_))), kind == Kind::Notice);
        }
    }

    /// A case of an award, as a run proposed it; with a matter it was applied for.
    fn case(award: &str, matter: &str) -> Case {
        let trigger = (award == "rights-aid").then_some(Trigger::DomesticWin);
        let application = (!matter.is_empty()).then(|| Application {
            matter: matter.into(),
            costs_fen: Some(3_000_000),
            settled_fen: Some(2_000_000),
            aid: trigger.map(Claim::of),
            ..Application::default()
        });
        let facts = Facts { event: Some(jiff::civil::date(2023, 11, 2)), application, ..Facts::default() };
        Case {
            id: 7,
            item: 1,
            batch: None,
            award: award.into(),
            subject: "91320621MA00000000".into(),
            name: "甲公司".into(),
            year: 2023,
            matter: matter.into(),
            level: 2,
            facts,
            amount: Calculation { payable_fen: Some(1_000_000), ..Calculation::default() },
            state: State::Noticed,
            account: None,
            handler: None,
            handler_for: None,
            reviewer: None,
            reviewer_for: None,
            is_corrected: false,
            due_on: None,
            due_why: String::new(),
            version: 1,
            opened_on: jiff::civil::date(2024, 1, 2),
            reclaim_fen: None,
        }
    }

    fn item(award: &str, track: Track, departments: &[&str]) -> Item {
        let mut terms = items::tests::terms(Formula::ShareOfCost { percent: 50 }, &[(1, 1_000_000)]);
        terms.track = track;
        terms.departments = departments.iter().map(|name| (*name).to_owned()).collect();
        Item {
            id: 1,
            award: award.into(),
            version: 1,
            stage: items::Stage::Issued,
            terms,
            is_trial: false,
            drafted_by: "clerk".into(),
            drafted_at: String::new(),
            issued_by: None,
        }
    }

    /// The paragraphs of a standard letter.
    fn read(kind: Kind, values: &Values) -> Vec<String> {
        let paper = filled(kind, kind.standard(), values, (kind == Kind::Notice).then(Table::default));
        let text = |block: Block| match block {
            Block::Text(text) => Some(text),
            _ => None,
        };
        paper.blocks.into_iter().filter_map(text).collect()
    }

    #[test]
    fn a_decision_says_what_was_applied_for_and_by_what_way_and_never_that_of_another_track() {
        let policy = crate::runs::policy().unwrap();
        let (aid, of_aid) = (case("rights-aid", "（2023）苏民终88号"), item("rights-aid", Track::Apply, &["财政局"]));
        let applied = read(Kind::Decision, &of_case(&policy, &aid, &of_aid));
        assert_eq!(
            applied[0],
            "你单位申报的知识产权维权援助资助（（2023）苏民终88号，在国内知识产权纠纷中积极维权并获得胜诉，裁判生效之日 2023年11月2日），\
             经企业申报、受理、审核、部门联审和公示，符合规定，核定已付费用2万元。"
        );
        let mut star = case("innovation-star", "");
        star.facts.conditions.push(Ground {
            text: "有效发明专利".into(),
            actual: Some("25".into()),
            required: "> 20".into(),
            clause: "C3.3.2.2".into(),
            holds: Some(true),
        });
        let proposed = read(Kind::Decision, &of_case(&policy, &star, &item("innovation-star", Track::Confirm, &[])));
        assert!(
            proposed[0].starts_with("你单位2023年度创新之星") && proposed[0].contains("有效发明专利（实有 25）"),
            "{proposed:?}"
        );
        assert!(!proposed[0].contains("申报"), "{proposed:?}");
        // The list of a notice came the same way; departments are named where there are any.
        for (track, departments, way) in [
            (Track::Apply, &["财政局"][..], "经企业申报、受理、审核和部门联审，"),
            (Track::Apply, &[], "经企业申报、受理和审核，"),
            (Track::Confirm, &["财政局"], "经数据比对、企业确认、审核和部门联审，"),
        ] {
            let (values, _) =
                super::of_notice(&policy, "rights-aid", &item("rights-aid", track, departments), &[(&aid, None)]);
            assert!(read(Kind::Notice, &values)[0].contains(way), "{way}");
        }
    }

    #[test]
    fn a_refusal_gives_each_reason_and_the_ways_to_have_it_looked_at_again() {
        let policy = crate::runs::policy().unwrap();
        let mut aid = case("rights-aid", "（2023）苏民终88号");
        let of_aid = item("rights-aid", Track::Apply, &[]);
        let gate =
            |name: &str, outcome| Gate { name: name.into(), outcome, words: "不符".into(), basis: "C3.5.3".into() };
        aid.facts.gates = vec![gate("维权情形", Outcome::Block), gate("主体存续", Outcome::Pass)];
        for (kind, what) in [(Kind::Refusal, "决定不予兑现，"), (Kind::NotAccepted, "决定不予受理，")] {
            let mut values = of_case(&policy, &aid, &of_aid);
            values.insert("理由", reasons(&aid, "refuse", "判决尚未生效。"));
            values.extend([("城市", "云川市".to_owned()), ("决定日", "2024年3月8日".to_owned())]);
            let paragraphs = read(kind, &values);
            assert!(paragraphs[0].contains("申报的") && paragraphs[0].contains(what), "{paragraphs:?}");
            assert_eq!(paragraphs[1..3], ["（一）判决尚未生效。", "（二）维权情形：不符（C3.5.3）。"]);
            let last = paragraphs.last().unwrap();
            for word in ["重新审核", "六十日内向云川市人民政府申请行政复议", "六个月内依法向人民法院提起行政诉讼"]
            {
                assert!(last.contains(word), "{last}");
            }
        }
        // One reason bears no number, an objection no number of its own, and a batch is told by its gates alone.
        assert_eq!(reasons(&aid, "open", "维权情形：不符（C3.5.3）"), "维权情形：不符（C3.5.3）");
        aid.facts.gates.clear();
        assert_eq!(reasons(&aid, "reject", "材料虚假"), "材料虚假");
        assert_eq!(reasons(&aid, "uphold", "异议 3：数量不实。"), "公示期间提出的异议，经核查成立：数量不实");
    }

    #[test]
    fn an_own_wording_without_day_or_number_is_signed_all_the_same() {
        let paper = filled(Kind::Decision, "决定\n甲公司：\n同意。\n云川市局", &Values::new(), None);
        let signature = Block::Signature { by: "云川市局".into(), on: String::new() };
        let wanted = [Block::Addressee("甲公司：".into()), Block::Text("同意。".into()), signature];
        assert_eq!(paper.blocks, wanted);
        let bare = filled(Kind::Decision, "决定\n同意。", &Values::new(), None);
        assert_eq!(bare.blocks, [Block::Text("同意。".into())]);
    }

    #[test]
    fn a_long_title_breaks_between_words_and_a_short_one_does_not() {
        let of =
            |award: &str| title("关于{年度}年度{事项}拟兑现名单的公示", &values(&[("年度", "2023"), ("事项", award)]));
        assert_eq!(of("创新之星"), "关于2023年度创新之星拟兑现名单的公示");
        assert_eq!(of("知识产权维权援助资助"), "关于2023年度知识产权维权援助资助\n拟兑现名单的公示");
        let long = "关于2023年度\n国家或省知识产权项目立项奖励\n拟兑现名单的公示";
        assert_eq!(of("国家或省知识产权项目立项奖励"), long, "neither half would fit a line");
    }
}
