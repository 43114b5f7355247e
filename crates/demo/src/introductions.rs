//! What the demo's firms look for, whom they talk to, and the contracts that bring technology in (引进吸收). All invented; the
//! patents are those of the demo's corpus.

use std::collections::BTreeMap;

use corpus::{Corpus, Order, Page, Query};
use domain::{
    Installation,
    accounts::{self, Account},
    matching::{self, Asked, Candidate, Contract, ContractKind, Kind, NewStep, Stage},
};
use jiff::{
    Timestamp,
    civil::{Date, date},
};
use registry::{BatchKind, Entry};

use crate::{COMPLETE, City, fill::FillError};

/// A demand: who posts it, the industry of the firm for which a clerk posts, what about, title, text, class and budget.
type Posted = (&'static str, usize, Kind, &'static str, &'static str, &'static str, Option<i64>);

const POSTED: [Posted; 5] = [
    (
        "enterprise",
        0,
        Kind::Need,
        "电池电芯的温度采样与均衡",
        "现有电芯模组温差大，需要温度采样模块与均衡电路结合、改善散热均匀性的成熟方案。",
        "H01M",
        Some(80_000_000),
    ),
    ("enterprise", 0, Kind::Growth, "由本企业专利说明的储备方向", "", "", None),
    (
        "clerk",
        1,
        Kind::Research,
        "功率器件的散热底座",
        "在研的封装项目需要导热胶层与散热底座的结构，要求减小体积并提高良品率。",
        "H01L",
        Some(150_000_000),
    ),
    (
        "clerk",
        2,
        Kind::Market,
        "面向出口的配电开关",
        "出口产品要求小型化，需要灭弧和绝缘结构方面的有效专利，最好可以许可使用。",
        "",
        Some(30_000_000),
    ),
    ("clerk", 5, Kind::Need, "机床主轴的减振", "客户反映高速时振动大，需要主轴减振和冷却的方案。", "B23", None),
];

/// The demands that their firms publish to universities and institutes.
const PUBLISHED: [&str; 3] = ["电池电芯的温度采样与均衡", "功率器件的散热底座", "机床主轴的减振"];

/// Posts the demands, follows some of them up, and enters the contracts.
pub(crate) async fn seed(installation: &Installation, city: &City, now: Timestamp) -> Result<(), FillError> {
    let corpus = Corpus::open(&installation.corpus_dir())?;
    let all = accounts::all(&installation.db).await?;
    let find = |login: &str| all.iter().find(|account| account.login == login);
    let (Some(clerk), Some(own)) = (find("clerk"), find("enterprise")) else { return Ok(()) };
    enter_earlier(installation, city, &corpus, now).await?;
    let mut demands = Vec::new();
    for (login, industry, kind, title, words, ipc, budget_fen) in POSTED {
        let poster = if login == "clerk" { clerk } else { own };
        let firms = city.enterprises.iter().filter(|firm| firm.industry == industry && firm.ended.is_none());
        let uscc = firms.map(|firm| firm.uscc.clone()).next().unwrap_or_else(|| own.unit.clone());
        let asked = Asked {
            uscc,
            kind,
            title: title.into(),
            words: words.into(),
            chain_node: String::new(),
            ipc: ipc.into(),
            budget_fen,
            valid_until: date(2024, 8, 31),
            // Those that say in words what is looked for are published to universities.
            is_published: PUBLISHED.contains(&title),
        };
        demands.push(matching::post(installation, poster, &asked, COMPLETE, now).await?);
    }
    let talks = [
        (
            own,
            demands[0],
            "OW=无锡梵石新能源有限公司 AND KD=发明 AND ST=有效 AND IC=H01M AND (温度采样 OR 电池 OR 材料 OR 设备)",
        ),
        (own, demands[1], "OW=北辰航空大学 AND ST=有效 AND IC=(H01M OR H02S OR H02J)"),
        (clerk, demands[2], "OW=(江左大学 OR 沪滨科技大学) AND ST=有效 AND IC=H01L"),
        (clerk, demands[3], "OW=中原电力研究院 AND ST=有效 AND (IC=H01H OR IC=H01B OR IC=H01F OR 绝缘)"),
    ];
    for (place, (account, demand, search)) in talks.into_iter().enumerate() {
        let Some(candidate) = candidates(&corpus, search, Order::Relevance, 1)?.pop() else { continue };
        talk(installation, (clerk, account), demand, &candidate, place, now).await?;
    }
    Ok(())
}

/// The first talks are signed and registered, the second go on, the third have begun, the fourth came to nothing.
async fn talk(
    installation: &Installation,
    (clerk, account): (&Account, &Account),
    demand: i64,
    candidate: &Candidate,
    place: usize,
    now: Timestamp,
) -> Result<(), FillError> {
    let step = |stage, on: Date, counterpart: &str, note: &str| NewStep {
        stage,
        on,
        counterpart: counterpart.into(),
        note: note.into(),
    };
    let first = step(Stage::Contact, date(2023, 10, 12), "知识产权部", "电话联系，对方愿意介绍技术，约定寄样品。");
    let deal = matching::contact(&installation.db, account, demand, candidate, &first, COMPLETE, now).await?;
    let next = async |next: NewStep, contract: Option<Contract>| {
        matching::step(installation, account, deal, &next, contract.as_ref(), now).await
    };
    let talked = step(Stage::Negotiation, date(2023, 11, 20), "知识产权部", "当面洽谈，样品测试合格，商谈价格和交付。");
    match place {
        0 => {
            next(talked, None).await?;
            let contract = Contract {
                kind: ContractKind::Transfer,
                number: "ZR-2024-003".into(),
                signed_on: date(2024, 1, 18),
                amount_fen: Some(26_000_000),
            };
            next(
                step(Stage::Signed, contract.signed_on, "知识产权部", "签订转让合同，当日支付首付款。"),
                Some(contract),
            )
            .await?;
            let added = [
                ("registration", "2024980001234"),
                ("registered_on", "2024-02-06"),
                ("products", "储能电池模组"),
                ("payment", "发票 05128831，银行回单 20240119-77"),
                ("registration_confirmed", "是"),
                ("products_confirmed", "是"),
                ("payment_confirmed", "是"),
            ];
            let added: BTreeMap<String, String> =
                added.into_iter().map(|(field, value)| (field.into(), value.into())).collect();
            let (deal, _) = matching::deal(&installation.db, clerk, deal).await?;
            matching::register(installation, clerk, &deal, &added, now).await?;
        }
        1 => next(talked, None).await?,
        2 => {}
        _ => {
            next(step(Stage::Ended, date(2023, 12, 8), "成果转化处", "对方已将该专利独占许可给他人，不再转让。"), None)
                .await?
        }
    }
    Ok(())
}

/// Contracts of the years before, as a list that the office kept by hand: without them no price could be compared.
async fn enter_earlier(
    installation: &Installation,
    city: &City,
    corpus: &Corpus,
    now: Timestamp,
) -> Result<(), FillError> {
    let outside = |more: &str, limit| {
        let search = format!("PC=CN AND KD=发明 AND ST=有效 AND {more}");
        let mut found = candidates(corpus, &search, Order::FiledLatest, 40)?;
        found.retain(|one| !one.source_place.is_empty() && !one.source_place.contains("云川"));
        found.truncate(limit);
        Ok::<_, FillError>(found)
    };
    let mut found = outside("IC=H01M", 8)?;
    found.extend(outside("IC=(H01L OR H05K OR B23)", 3)?);
    found.extend(outside("OW=(江左大学 OR 东淮理工大学 OR 荆楚工业大学) AND IC=(B23 OR B25 OR H01B OR H02)", 3)?);
    let firms: Vec<_> = city.enterprises.iter().filter(|firm| firm.ended.is_none()).collect();
    let row = |(place, one): (usize, Candidate)| {
        let kind = match place {
            0..8 => "转让",
            8..11 => "许可",
            _ => "产学研",
        };
        let on = date(if place % 3 == 0 { 2024 } else { 2023 }, 1 + (place % 2) as i8, 5 + place as i8);
        let amount = if place % 6 == 4 { String::new() } else { format!("{}万元", 12 + place * 5 % 31) };
        let cells = [
            ("contract_number", format!("JS-{}-{:03}", on.year(), 101 + place)),
            ("uscc", firms[place * 7 % firms.len()].uscc.clone()),
            ("kind", kind.to_owned()),
            ("application_number", one.application_number),
            ("source", one.source),
            ("source_place", one.source_place),
            ("contract_on", on.to_string()),
            ("amount", amount),
        ];
        cells.into_iter().map(|(field, value)| (field.to_owned(), value)).collect()
    };
    let rows: Vec<BTreeMap<String, String>> = found.into_iter().enumerate().map(row).collect();
    let entry = Entry {
        register: matching::REGISTER,
        kind: BatchKind::Entry,
        rows: &rows,
        at: now,
        by_whom: "demo",
        note: Some("演示：此前手工台账中的引进合同"),
    };
    registry::enter(&installation.db, &entry).await?;
    Ok(())
}

/// The first documents that a search finds, as candidates.
fn candidates(corpus: &Corpus, search: &str, order: Order, limit: usize) -> Result<Vec<Candidate>, FillError> {
    let query = Query::parse(search).map_err(corpus::Error::from)?;
    let page = Page { offset: 0, limit, order, by_family: false };
    let hits = corpus.search(&query, &page)?.hits;
    Ok(hits.into_iter().map(|hit| Candidate::of(hit.document)).collect())
}
