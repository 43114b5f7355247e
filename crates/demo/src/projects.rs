//! What the city supports for its own intellectual property: the project library, pilots for start-ups, and the table of the leading
//! industries. All invented; among the projects are some whose rights are another's, are no patents or were never named.

use std::collections::BTreeSet;

use jiff::civil::{Date, date};

use crate::{
    COMPLETE, City,
    cells::{Cell, Row, day, day_or_empty, empty, fen, int, text},
    enterprises::Enterprise,
    events::Event,
    patents::{AS_OF, Owner, Patent, Tie},
    random::{Random, plus_days},
};

const WAN: i64 = 1_000_000;

/// The files of these registers: identifier, name, day of receipt, rows.
pub(crate) fn registers(city: &City) -> Vec<(&'static str, &'static str, Date, Vec<Row>)> {
    let mut random = Random::new(city.seed, "projects");
    let mut files = vec![("leading-industries", "主导产业对照表", date(2021, 5, 10), industries())];
    for year in [2021, 2022, 2023] {
        files.push(("project-library", "项目库", date(year, 12, 18), library(city, year, &mut random)));
    }
    for year in [2022, 2023] {
        files.push(("startup-pilots", "扶持试点", date(year + 1, 1, 18), pilots(city, year, &mut random)));
    }
    files
}

fn industries() -> Vec<Row> {
    const BASIS: &str = "云川市主导产业对照表（演示）";
    let rows = [
        ("新能源", "3825"),
        ("新能源", "384"),
        ("新能源", "3415"),
        ("新能源", "4415"),
        ("新能源", "4416"),
        ("电子信息", "39"),
        ("特高压输变电", "382"),
        ("特高压输变电", "383"),
        ("特高压输变电", "4420"),
        ("生物医药", "27"),
        ("生物医药", "358"),
        ("电子商务", "5292"),
        ("电子商务", "643"),
        ("电子商务", "6513"),
    ];
    rows.map(|(industry, code)| vec![text(industry), text(code), text(BASIS)]).to_vec()
}

/// The projects of a year.
fn library(city: &City, year: i16, random: &mut Random) -> Vec<Row> {
    const NAMES: [&str; 6] =
        ["关键技术攻关", "首台套装备研制", "示范生产线建设", "新产品产业化", "绿色制造示范应用", "数字化车间改造"];
    const TAGS: [&str; 6] = ["前瞻性", "示范性", "创新型", "前瞻性；创新型", "示范性；创新型", ""];
    let reviewed = date(year, 9, 12);
    let owned = |patent: &&Patent| {
        patent.granted.is_some_and(|granted| granted < reviewed) && matches!(patent.owner, Owner::Enterprise(_))
    };
    let patents: Vec<&Patent> = city.patents.iter().filter(owned).collect();
    let firms: Vec<&Enterprise> = city.enterprises.iter().filter(|firm| firm.exists_on(reviewed)).collect();
    if patents.is_empty() || firms.is_empty() {
        return Vec::new();
    }
    let count = city.scale.of_enterprises(24).max(10);
    let project = |n: usize| {
        let at = (n * 61 + random.below(61)) % patents.len();
        let Owner::Enterprise(owner) = patents[at].owner else { return None };
        let owner = &city.enterprises[owner as usize];
        // Some rest on what is another's.
        let firm = if n % 5 == 3 { firms[random.below(firms.len())] } else { owner };
        let others = patents.iter().filter(|patent| patent.owner == patents[at].owner).map(|patent| patent.number);
        let rights = match n % 10 {
            6 => format!("{year}SR{:07}", 310_000 + n * 37),
            8 => String::new(),
            _ => others.take(1 + n % 3).map(|number| number.to_string()).collect::<Vec<_>>().join("；"),
        };
        let review = match n % 8 {
            4 => None,
            7 => Some("不通过"),
            _ => Some("通过"),
        };
        let is_supported = review == Some("通过");
        let amount = match (is_supported, n % 9) {
            (false, _) => fen(0),
            (true, 5) => empty(),
            (true, _) => fen(random.between(20, 200) * WAN),
        };
        let form = ["无偿资助", "贷款贴息", "无偿资助", "股权投资"][n % 4];
        let results = match (is_supported && year < 2023, n % 3) {
            (true, 0) => "通过验收，形成新产品一项，新增授权专利两件",
            (true, 1) => "示范线投产",
            _ => "",
        };
        let word = |cell: &'static str| if is_supported { text(cell) } else { empty() };
        Some(vec![
            text(format!("XM{year}{:03}", n + 1)),
            text(format!("{}{}", firm.name_on(reviewed), NAMES[n % NAMES.len()])),
            text(firm.uscc.clone()),
            text(firm.name_on(reviewed).to_owned()),
            int(i64::from(year)),
            text(TAGS[n % TAGS.len()]),
            empty(),
            text(rights),
            text(review.unwrap_or_default()),
            day_or_empty(review.map(|_| reviewed)),
            review.map_or(Cell::Empty, |_| text(format!("云科评〔{year}〕{}号", n + 1))),
            word(form),
            amount,
            day_or_empty(is_supported.then(|| plus_days(reviewed, 40 + n as i64 % 20))),
            text(results),
        ])
    };
    (0..count).filter_map(project).collect()
}

/// Pilots for young enterprises; the later ones wait for their evaluation.
fn pilots(city: &City, year: i16, random: &mut Random) -> Vec<Row> {
    const FORMS: [&str; 4] = ["无偿资助", "股权投资", "贷款贴息", "融资担保"];
    const RESULTS: [(&str, &str); 3] = [
        ("继续推广", "营业收入和授权专利均有增长"),
        ("调整后继续", "资金到位晚，建议改为分期拨付"),
        ("停止", "企业没有按计划投入研发"),
    ];
    let first = date(year, 3, 1);
    let is_young = |firm: &&Enterprise| firm.exists_on(first) && firm.founded > date(year - 5, 3, 1);
    let firms: Vec<&Enterprise> = city.enterprises.iter().filter(is_young).collect();
    if firms.is_empty() {
        return Vec::new();
    }
    let pilot = |n: usize| {
        let firm = firms[(n * 7 + random.below(3)) % firms.len()];
        let on = plus_days(first, 20 + 31 * (n as i64 % 9));
        let (result, remarks) = if year == 2022 { RESULTS[n % RESULTS.len()] } else { ("", "") };
        vec![
            text(format!("SD{year}{:03}", n + 1)),
            text(firm.uscc.clone()),
            text(firm.name_on(on).to_owned()),
            text(FORMS[n % FORMS.len()]),
            if n == 4 { empty() } else { fen(random.between(10, 80) * WAN) },
            day(on),
            text(format!("云政办发〔{year}〕30号")),
            text(result),
            day_or_empty((!result.is_empty()).then(|| date(year + 1, 1, 10))),
            text(remarks),
        ]
    };
    (0..6).map(pilot).collect()
}

/// The first industries of the list are the leading ones.
const LEADING: usize = 5;

/// Gives young enterprises of the leading industries utility models of their trade, filed after their founding: so that there are
/// start-ups with rights of their own, while no invention changes hands and no figure with it. A small city gets two such enterprises.
pub(crate) fn young_owners(enterprises: &mut [Enterprise], planned: usize, patents: &mut [Patent], events: &[Event]) {
    const SINCE: Date = date(2019, 4, 1);
    // The first of them own patents, and are older than these.
    let owners = enterprises.len() * 85 / 100;
    let is_young = |firm: &Enterprise| firm.founded > SINCE && firm.exists_on(COMPLETE) && firm.industry < LEADING;
    let missing = 2_usize.saturating_sub(enterprises[owners..].iter().filter(|firm| is_young(firm)).count());
    let plain = |firm: &&mut Enterprise| {
        firm.industry < LEADING && firm.ended.is_none() && firm.names.len() == 1 && firm.towns.len() == 1
    };
    let older = enterprises[owners..].iter_mut().filter(plain).filter(|firm| firm.founded <= SINCE);
    for (n, firm) in older.take(missing).enumerate() {
        firm.founded = date(2019, 9 + n as i8, 10);
        (firm.names[0].0, firm.towns[0].0) = (firm.founded, firm.founded);
    }
    let touched: BTreeSet<u32> = events.iter().map(|event| event.patent).collect();
    let young = enterprises.iter().enumerate().skip(owners).filter(|(_, firm)| is_young(firm));
    for (n, (place, firm)) in young.enumerate() {
        // Every third has none.
        if n % 3 == 2 {
            continue;
        }
        let fits = |index: usize, patent: &Patent, first: usize| {
            matches!(patent.number.kind, 2 | 9)
                && patent.second.is_none()
                && patent.filed > firm.founded
                && patent.granted.is_some_and(|granted| granted < AS_OF)
                && usize::from(patent.topic.0) == firm.industry
                && matches!(patent.owner, Owner::Enterprise(owner) if (first..owners).contains(&(owner as usize)))
                && !touched.contains(&(index as u32))
        };
        let find = |first: usize| patents.iter().enumerate().position(|(index, one)| fits(index, one, first));
        if let Some(index) = find(planned).or_else(|| find(0)) {
            patents[index].owner = Owner::Enterprise(place as u32);
            patents[index].tie = Tie::Code;
        }
    }
}

/// What was paid to further the use of rights: interest and fees of every few pledge loans, and the subsidies to premiums; of one
/// payment nobody told the amount, and one names a loan that no register holds.
pub(crate) fn uses(pledges: &[Row], insurances: &[Row]) -> Vec<(i16, Vec<Row>)> {
    let mut rows: Vec<(Date, Row)> = Vec::new();
    let mut put = |item: &'static str, uscc: &Cell, object: Cell, amount: Cell, on: Date| {
        let basis = text(format!("云财金〔{}〕5号", on.year()));
        rows.push((on, vec![Cell::Empty, text(item), uscc.clone(), object, amount, day(on), basis]));
    };
    let loans = pledges.iter().filter(|row| row[1] != text("著作权")).enumerate();
    for (n, row) in loans {
        let (Cell::Day(registered), Cell::Fen(amount)) = (&row[9], &row[5]) else { continue };
        if n % 4 == 0 {
            let told = if n == 0 { empty() } else { fen(amount / 50 / 100 * 100) };
            let object = if n == 4 { text("Y20219999000001") } else { row[0].clone() };
            put("质押融资贴息", &row[2], object, told, plus_days(*registered, 300));
        }
        if n % 6 == 1 {
            let fee = fen((amount / 200).min(3 * WAN) / 100 * 100);
            put("质押融资费用补助", &row[2], row[0].clone(), fee, plus_days(*registered, 45));
        }
    }
    for row in insurances {
        if let (Cell::Day(from), Cell::Fen(_)) = (&row[8], &row[10]) {
            put("知识产权保险保费补贴", &row[2], row[0].clone(), row[10].clone(), plus_days(*from, 25));
        }
    }
    let of_year = |year: i16| {
        let paid = rows.iter().filter(|(on, _)| on.year() == year).enumerate();
        let numbered = paid.map(|(n, (_, row))| {
            let mut row = row.clone();
            row[0] = text(format!("YY{year}{:04}", n + 1));
            row
        });
        (year, numbered.collect())
    };
    [2021, 2022, 2023].map(of_year).into()
}
