//! What the cells of a row must be to each other, per register.

mod market;
mod projects;

use sheets::Cell;
use terms::{
    ApplicationNumber, ForeignGrant, HighTechCertificate, IpcSymbol, Office, PatentKind, PublicationNumber, RegionCode,
    covered_identity, is_identity_number,
};

use super::{Checked, reason};
use crate::{
    cells::{LIST_SEPARATOR, short},
    registers::{Register, SHARES},
};

/// Applies the defaults and rules of the register to a row whose cells have been read.
pub(super) fn apply(register: &Register, raw: &[Cell], checked: &mut Checked) {
    let mut row = Row { register, raw, checked };
    match register.id {
        "regions" => region(&mut row),
        "enterprises" => enterprise(&mut row),
        "enterprise-changes" => row.differ("before", "after"),
        "statuses" => status(&mut row),
        "patents" => patent(&mut row),
        "patent-events" => event(&mut row),
        "foreign-grants" => foreign_grant(&mut row),
        "pledges" => pledge(&mut row),
        "trademarks" => row.in_order("registered_on", "expires_on"),
        "statistics" => statistic(&mut row),
        "introductions" => introduction(&mut row),
        "strategic-industries" => row.default("match", "精确"),
        "official-high-value" => listed_invention(&mut row),
        "trainees" => trainee(&mut row),
        "trajectories" => trajectory(&mut row),
        "survey-waves" => survey(&mut row),
        "licences" => market::licence(&mut row),
        "insurances" => market::insurance(&mut row),
        "ip-spending" => market::spending(&mut row),
        "special-funds" => market::fund(&mut row),
        "fund-projects" => market::told_amount(&mut row, "amount", "资金金额"),
        "policy-items" => market::item(&mut row),
        "project-library" => projects::project(&mut row),
        "startup-pilots" => projects::pilot(&mut row),
        "use-support" => market::told_amount(&mut row, "amount", "扶持金额"),
        "aliases" => row.in_order("valid_from", "valid_to"),
        _ => {}
    }
}

fn region(row: &mut Row<'_>) {
    row.in_order("valid_from", "valid_to");
    let is_official = |code: &&str| matches!(code.len(), 6 | 9 | 12) && code.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(Err(error)) = row.get("code").filter(is_official).map(str::parse::<RegionCode>) {
        row.warn("code", format!("{}自编的代码请不要用 6、9、12 位数字。", error.message));
    }
}

fn enterprise(row: &mut Row<'_>) {
    row.in_order("founded_on", "state_since");
    if matches!(row.get("state"), Some("注销" | "吊销"))
        && row.get("state_since").is_none()
        && row.is_sound("state_since")
    {
        row.warn("state_since", "企业已注销或吊销而没有状态日期，将视为自始不计。请尽量补填状态日期。".into());
    }
}

fn status(row: &mut Row<'_>) {
    row.in_order("valid_from", "valid_to");
    row.in_order("valid_from", "revoked_on");
    if row.get("kind") == Some("高新技术企业")
        && let Some(Err(error)) = row.get("certificate").map(str::parse::<HighTechCertificate>)
    {
        row.warn("certificate", error.message);
    }
}

fn patent(row: &mut Row<'_>) {
    row.in_order("filed_on", "granted_on");
    kind_by_number(row, "kind");
    let granted_year = row.year("granted_on");
    let filed_year = row.year("filed_on");
    if let Some(number) = row.number("application_number") {
        let year = number.year();
        if granted_year.is_some_and(|granted| granted < year) {
            row.refuse("granted_on", format!("授权公告日早于申请号中的年份 {year}。请核对申请号和授权公告日。"));
        } else if filed_year.is_some_and(|filed| filed < year) {
            row.warn(
                "filed_on",
                format!("申请日的年份与申请号中的年份 {year} 不同（分案或 PCT 进入国家阶段时正常）。"),
            );
        } else if filed_year.is_some_and(|filed| filed > year) {
            row.warn("filed_on", format!("申请日晚于申请号中的年份 {year}，两者必有一错。请核对申请号和申请日。"));
        }
        let given = row.written("application_number").text().parse::<ApplicationNumber>();
        if given.is_ok_and(|given| !given.check_was_given()) {
            row.warn("application_number", "申请号没有校验位，已按规则补上。请核对。".into());
        }
    }
    let is_locarno = |class: &str| class.parse::<IpcSymbol>().is_err();
    if row.get("kind").is_some_and(|kind| kind != PatentKind::Design.zh())
        && row.get("ipc").is_some_and(|list| list.split(LIST_SEPARATOR).any(is_locarno))
    {
        row.warn("ipc", "这是外观设计的洛迦诺分类号，发明和实用新型应为国际专利分类号。请核对分类号和申请号。".into());
    }
    let Some(grant) = row.get("grant_number").and_then(|number| number.parse::<PublicationNumber>().ok()) else {
        return;
    };
    if grant.is_grant() == Some(false) {
        row.refuse("grant_number", "这是申请公布号（A），不是授权公告号。请填授权公告号，未授权的留空。".into());
    }
    let kinds = (grant.patent_kind(), row.get("kind").and_then(|kind| kind.parse::<PatentKind>().ok()));
    if let (Some(of_grant), Some(kind)) = kinds
        && of_grant != kind
    {
        let why = format!("授权公告号属于{}，与专利类型{}矛盾。请核对。", of_grant.zh(), kind.zh());
        row.refuse("grant_number", why);
    }
}

/// The kind follows from the type digit; a kind that says otherwise is an error.
fn kind_by_number(row: &mut Row<'_>, field: &'static str) {
    let Some(number) = row.number("application_number") else { return };
    let by_number = number.kind().zh();
    match row.get(field) {
        Some(kind) if kind != by_number => {
            let why = format!("专利类型“{kind}”与申请号的种类位（{by_number}）矛盾。请核对申请号和专利类型。");
            row.refuse(field, why);
        }
        Some(_) => {}
        None if row.is_sound(field) => row.set(field, by_number.to_owned()),
        None => {}
    }
}

/// Personal data that no figure needs stays out: a person is told apart by any stable number.
fn event(row: &mut Row<'_>) {
    let kind = row.get("kind").unwrap_or_default().to_owned();
    if kind == "转让" && row.is_sound("registered_on") && row.get("registered_on").is_none() {
        row.warn("registered_on", "转让自登记日期起算，本行没有登记日期，暂按生效日期起算。请补填登记日期。".into());
    }
    if kind == "转让" && row.is_sound("party") && row.get("party").is_none() && row.get("party_uscc").is_none() {
        row.warn("party", "转让没有写明受让人，受让人将不明。请尽量补填。".into());
    }
    let number_year = row.number("application_number").map(|number| number.year());
    if let (Some(year), Some(effective)) = (number_year, row.year("effective_on"))
        && effective < year
    {
        row.warn("effective_on", format!("生效日期早于申请号中的年份 {year}。请核对。"));
    }
}

fn foreign_grant(row: &mut Row<'_>) {
    row.in_order("granted_on", "ended_on");
    let office = row.get("office").and_then(|code| code.parse::<Office>().ok());
    let grant = office.zip(row.get("grant_number")).and_then(|(office, number)| ForeignGrant::read(office, number));
    let by_number = grant.as_ref().and_then(ForeignGrant::kind);
    match (row.get("kind"), by_number) {
        (Some(kind), Some(told)) if kind != told.zh() => {
            let number = short(row.get("grant_number").unwrap_or_default());
            let why = format!("按授权号 {number}，这是{}，与类型“{kind}”矛盾。请核对授权号和类型。", told.zh());
            row.refuse("kind", why);
        }
        (None, told) if row.is_sound("kind") => {
            row.set("kind", told.unwrap_or(PatentKind::Invention).zh().to_owned());
        }
        _ => {}
    }
    if let Some(office) = office {
        granting_office(row, office, grant.as_ref().map(ForeignGrant::office));
    }
    if grant.is_some_and(|grant| grant.is_grant() == Some(false)) {
        let why = "这是申请号或申请的公布号，不是授权号。请填授权公告的号码；尚未授权的不填报。";
        row.refuse("grant_number", why.into());
    }
    if row.get("state") == Some("有效") && row.get("ended_on").is_some() {
        row.warn("ended_on", "状态为有效而有失效日期，将按失效日期计。请核对。".into());
    }
    if row.get("route") == Some("PCT") && row.get("pct_number").is_none() && row.is_sound("pct_number") {
        row.warn("pct_number", "途径为 PCT 而没有国际申请号。请尽量补填。".into());
    }
    let filed_year = row.number("cn_application_number").map(|number| number.year());
    if let (Some(filed), Some(granted)) = (filed_year, row.year("granted_on"))
        && granted < filed
    {
        let why = format!("境外授权早于中国申请号中的年份 {filed}，两者恐非同族。请核对中国申请号和授权日期。");
        row.warn("cn_application_number", why);
    }
}

/// The office must grant such rights, then, and be that of the number; `named` is the office that the number names.
fn granting_office(row: &mut Row<'_>, office: Office, named: Option<Office>) {
    let is_design = row.get("kind") == Some(PatentKind::Design.zh());
    let may_be_a_design = is_design && matches!(office.code(), "EM" | "BX" | "IB" | "WO");
    if !office.grants_inventions() && !may_be_a_design {
        let why = format!(
            "{}（{office}）不授予发明专利和实用新型，国际申请及其公布不是授权。请填授权的国家或地区局和它的授权号；尚未授权的不填报。",
            office.name_zh()
        );
        row.refuse("office", why);
    }
    if let (Some(last), Some(granted)) = (office.withdrawn_after(), row.year("granted_on"))
        && i32::from(granted) > i32::from(last)
    {
        let why = format!(
            "{}（{office}）的代码自 {last} 年后不再使用，不会有此后的授权。请核对受理局和授权日期。",
            office.name_zh()
        );
        row.refuse("office", why);
    }
    let Some(named) = named.filter(|named| *named != office) else { return };
    // A regional patent validated in a state keeps its number; the freeze makes one right of them.
    if named.is_organisation() && named.grants_inventions() {
        let why =
            format!("受理局“{office}”与授权号的前缀“{named}”不同。如为地区专利在该国生效，无须改动；否则请核对。");
        row.warn("office", why);
    } else {
        row.refuse("office", format!("受理局“{office}”与授权号的前缀“{named}”矛盾。请核对。"));
    }
}

fn pledge(row: &mut Row<'_>) {
    row.in_order("registered_on", "released_on");
    let objects = rights(row);
    let amount = row.whole("amount");
    if let (Some(amount), Some(part)) = (amount, row.whole("ip_amount"))
        && part > amount
    {
        row.refuse("ip_amount", "知识产权金额大于登记金额。请核对两个金额及其单位。".into());
    }
    if let (Some(amount), Some(lent)) = (amount, row.whole("disbursed"))
        && lent > amount
    {
        row.warn("disbursed", "实际放款大于登记金额。请核对。".into());
    }
    let Some(allocations) =
        row.get("allocations").map(|list| list.split(LIST_SEPARATOR).map(str::to_owned).collect::<Vec<_>>())
    else {
        return;
    };
    if let Some(objects) = objects
        && allocations.len() != objects
    {
        let why = format!("分配金额有 {} 项，标的有 {objects} 项，应一一对应。请核对。", allocations.len());
        row.refuse("allocations", why);
    }
    let sum: i128 = allocations.iter().filter_map(|part| part.parse::<i128>().ok()).sum();
    let most = row.whole("ip_amount").or(amount);
    if most.is_some_and(|most| sum > i128::from(most)) {
        row.refuse("allocations", "分配金额之和大于登记金额（或知识产权金额）。请核对各项金额及其单位。".into());
    }
}

fn introduction(row: &mut Row<'_>) {
    row.in_order("contract_on", "registered_on");
    if row.get("kind") != Some("产学研")
        && row.get("application_number").is_none()
        && row.is_sound("application_number")
    {
        row.refuse("application_number", "转让和许可须写明是哪一件专利。请填申请号。".into());
    }
    if row.whole("amount") == Some(0) {
        row.warn("amount", "合同金额为零，将按无偿计。金额未知的请留空。".into());
    }
    confirmed(row);
}

/// What a person confirmed of a contract rests on something that can be looked up, and on a name and a day.
fn confirmed(row: &mut Row<'_>) {
    row.in_order("contract_on", "confirmed_on");
    let bases = [
        ("products_confirmed", row.get("products").is_some(), "请先填写关联产品"),
        ("implementation_confirmed", row.get("implementation").is_some(), "请先填写实施情况：用于何处，产量或销售额"),
        ("high_value_confirmed", row.get("high_value").is_some(), "请先填写高价值类别：属于五类中的哪几类"),
        (
            "registration_confirmed",
            row.longest_number("registration") >= 4 && row.get("registered_on").is_some(),
            "请填写登记备案号（含四位以上的数字）和登记日期",
        ),
        (
            "payment_confirmed",
            row.longest_number("payment") >= 6,
            "付款凭证中没有六位以上的号码，请填写发票号和银行回单号",
        ),
    ];
    let mut is_any = false;
    for (field, is_based, todo) in bases {
        is_any |= row.get(field).is_some();
        if row.get(field) == Some("是") && !is_based {
            row.refuse(field, format!("没有依据，不能确认为“是”：{todo}；没有核对的留空。"));
        }
    }
    for (field, what) in [("confirmed_by", "由谁确认"), ("confirmed_on", "哪一天确认")] {
        if is_any && row.get(field).is_none() && row.is_sound(field) {
            row.refuse(field, format!("有确认的事项，须写明{what}。请填写，或清空各项确认。"));
        }
    }
}

/// Reads the numbers of pledged rights in the form of their kind; how many there are.
fn rights(row: &mut Row<'_>) -> Option<usize> {
    let right = row.get("right")?.to_owned();
    let objects: Vec<String> = row.get("objects")?.split(LIST_SEPARATOR).map(str::to_owned).collect();
    let mut read = Vec::with_capacity(objects.len());
    for object in &objects {
        let value = match right.as_str() {
            "专利" => object.parse::<ApplicationNumber>().map(|number| number.to_string()),
            "商标" => object.parse::<terms::TrademarkNumber>().map(|number| number.to_string()),
            _ => Ok(object.clone()),
        };
        match value {
            Ok(value) => read.push(value),
            Err(error) => row.refuse("objects", error.message),
        }
    }
    if read.len() == objects.len() {
        row.set("objects", read.join(LIST_SEPARATOR));
    }
    Some(objects.len())
}

/// Brings a statistic to yuan or persons, exactly.
fn statistic(row: &mut Row<'_>) {
    if let Some(measure) = row.get("measure") {
        let measure = match measure.to_uppercase().as_str() {
            "GDP" | "地区生产总值(GDP)" | "地区生产总值（GDP）" | "生产总值" => {
                "地区生产总值".to_owned()
            }
            "年末常住人口" => "常住人口".to_owned(),
            "年末户籍人口" => "户籍人口".to_owned(),
            _ => measure.to_owned(),
        };
        row.set("measure", measure);
    }
    if matches!(row.get("measure"), Some("人口" | "总人口" | "年末人口")) {
        row.refuse("measure", "没有说明是常住人口还是户籍人口，两者不能混用。请写明。".into());
    }
    let year = row.whole("year");
    if let (Some(year), Some(published)) = (year, row.year("published_on"))
        && i64::from(published) < year
    {
        row.refuse("published_on", format!("发布日期早于所统计的年度 {year}。请核对年度和发布日期。"));
    }
    let Some(unit) = row.get("unit").map(str::to_owned) else { return };
    let (base, scale) = match unit.as_str() {
        "元" => ("元", 0),
        "万元" => ("元", 4),
        "亿元" => ("元", 8),
        "万人" => ("人", 4),
        _ => ("人", 0),
    };
    let wanted = match row.get("measure") {
        Some("地区生产总值") => Some("元"),
        Some(measure) if measure.ends_with("人口") => Some("人"),
        _ => None,
    };
    if let Some(wanted) = wanted
        && wanted != base
    {
        row.refuse("unit", format!("单位“{unit}”与指标不符，应为以{wanted}计的单位。请核对。"));
    }
    let Some(value) = row.get("value").map(str::to_owned) else { return };
    match terms::decimal::scaled("数值", &value, scale) {
        Ok(number) if number < 0 => row.refuse("value", "数值不能为负数。请核对。".into()),
        Ok(number) => {
            row.set("value", number.to_string());
            row.set("unit", base.to_owned());
        }
        Err(error) => row.refuse("value", format!("换算为{base}后不是整数或过大（{}）", error.message)),
    }
}

/// The list is one of inventions, which the number itself can deny.
fn listed_invention(row: &mut Row<'_>) {
    if let Some(kind) = row.number("application_number").map(|number| number.kind())
        && kind != PatentKind::Invention
    {
        let why = format!("按申请号的种类位，这是{}，不会是高价值发明专利。请核对申请号。", kind.zh());
        row.refuse("application_number", why);
    }
}

/// A resident identity number is covered even in the reason; it is no number of a person to be kept in every figure.
fn trainee(row: &mut Row<'_>) {
    if row.get("person").is_some_and(is_identity_number) {
        let why = "这是居民身份证号，不得用作人员编号。请改填培训单位自编的固定编号（同一人始终用同一编号）。";
        row.refuse("person", why.into());
        if let Some(reason) = row.checked.reasons.last_mut() {
            reason.value = covered_identity(&reason.value);
        }
    }
}

/// What a target can be on its way: never negative, and a share no more than the whole.
fn trajectory(row: &mut Row<'_>) {
    let Some(value) = row.get("value").map(str::to_owned) else { return };
    let above_all = terms::decimal::scaled("目标值", &value, 8).is_ok_and(|value| value > 100 * 100_000_000);
    if value.starts_with('-') {
        row.refuse("value", "目标值不能为负数。请核对。".into());
    } else if row.get("indicator").is_some_and(|code| SHARES.contains(&code)) && above_all {
        row.refuse("value", "这个指标是百分比，目标值不能超过 100。请核对。".into());
    }
}

fn survey(row: &mut Row<'_>) {
    if let (Some(sample), Some(positive)) = (row.whole("sample"), row.whole("positive"))
        && positive > sample
    {
        row.refuse("positive", "达标样本多于有效样本。请核对两个数字。".into());
    }
}

/// A row under examination, by field names.
struct Row<'a> {
    register: &'a Register,
    raw: &'a [Cell],
    checked: &'a mut Checked,
}

impl Row<'_> {
    fn place(&self, field: &str) -> usize {
        self.register.index(field).expect("the rules name only fields of their register, which a test proves")
    }

    fn get(&self, field: &str) -> Option<&str> {
        self.checked.cells[self.place(field)].as_deref()
    }

    fn set(&mut self, field: &str, value: String) {
        let place = self.place(field);
        self.checked.cells[place] = Some(value);
    }

    fn default(&mut self, field: &'static str, value: &str) {
        if self.get(field).is_none() && self.is_sound(field) {
            self.set(field, value.to_owned());
        }
    }

    fn written(&self, field: &str) -> &Cell {
        &self.raw[self.place(field)]
    }

    fn number(&self, field: &str) -> Option<ApplicationNumber> {
        self.get(field)?.parse().ok()
    }

    fn whole(&self, field: &str) -> Option<i64> {
        self.get(field)?.parse().ok()
    }

    /// How many digits the longest number in a text has.
    fn longest_number(&self, field: &str) -> usize {
        let text = self.get(field).unwrap_or_default();
        text.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or(0)
    }

    /// The year of a date, whose canonical string begins with it.
    fn year(&self, field: &str) -> Option<i16> {
        self.get(field)?.get(..4)?.parse().ok()
    }

    /// Whether nothing was found against the cell so far.
    fn is_sound(&self, field: &str) -> bool {
        let heading = self.register.columns[self.place(field)].heading;
        !self.checked.reasons.iter().any(|reason| reason.column == heading)
    }

    fn refuse(&mut self, field: &str, why: String) {
        let place = self.place(field);
        self.checked.reasons.push(reason(&self.register.columns[place], &self.raw[place], why));
    }

    fn warn(&mut self, field: &str, why: String) {
        let place = self.place(field);
        self.checked.warnings.push(reason(&self.register.columns[place], &self.raw[place], why));
    }

    /// Two days of which the second may not come before the first; ISO dates compare as text.
    fn in_order(&mut self, first: &'static str, second: &'static str) {
        let (Some(earlier), Some(later)) = (self.get(first), self.get(second)) else { return };
        if later < earlier {
            let headings =
                (self.register.columns[self.place(first)].heading, self.register.columns[self.place(second)].heading);
            let why = format!("{}（{later}）早于{}（{earlier}），先后颠倒。请核对两个日期。", headings.1, headings.0);
            self.refuse(second, why);
        }
    }

    fn differ(&mut self, first: &'static str, second: &'static str) {
        let same = self.get(first).is_some() && self.get(first) == self.get(second);
        if same {
            self.warn(second, "变更前后相同。请核对。".into());
        }
    }
}
