//! Technology brought in, through its pages: demands, candidates, talks, contracts, the register and the board; who sees what.

use axum::http::StatusCode;
use domain::accounts::Role;
use web::format::encode;

use crate::{
    city::{again, links, own, visitor},
    client::Visitor,
};

/// The number at the end of an address.
fn number(href: &str) -> &str {
    href.rsplit('/').next().unwrap_or_default()
}

/// The page of a demand, once its candidates have been worked out.
async fn worked_out(visitor: &mut Visitor, path: &str) -> String {
    for _ in 0..60 {
        let page = visitor.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        if !page.text.contains("正在从专利库中比对") {
            return page.text;
        }
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
    panic!("{path} was never worked out")
}

/// A demand of the enterprise for batteries.
async fn posted(firm: &mut Visitor, kind: &str, words: &str) -> String {
    let token = firm.get("/matching/post").await.token();
    let sheet = [
        ("csrf", token.as_str()),
        ("kind", kind),
        ("title", "电芯温度采样"),
        ("words", words),
        ("ipc", "H01M"),
        ("budget", "30万元"),
        ("valid_until", "2024-08-31"),
    ];
    let sent = firm.post("/matching/post", &sheet).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    sent.header("location").to_owned()
}

/// Begins to talk about the first patent of such owners, and signs a contract of this kind on it.
async fn signed(firm: &mut Visitor, demand: &str, source: &str, kind: &str) -> String {
    let page = worked_out(firm, &format!("{demand}?source={source}")).await;
    let contact = links(&page, &format!("{demand}/contact/"))[0].to_owned();
    let form = firm.get(&contact).await;
    let token = form.token();
    let empty = firm.post(&contact, &[("csrf", &token), ("on", "2024-01-11"), ("note", " ")]).await;
    assert!(empty.status == StatusCode::UNPROCESSABLE_ENTITY && empty.text.contains("请写明情况"), "{}", empty.text);
    let begun = [("csrf", token.as_str()), ("on", "2024-01-11"), ("counterpart", "<b>转移中心"), ("note", "电话")];
    let sent = firm.post(&contact, &begun).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let deal = sent.header("location").to_owned();
    let step = format!("{deal}/step");
    for (stage, on, says) in [
        ("", "2024-01-12", "请选择下一步"),
        ("negotiation", "昨天", "日期"),
        ("negotiation", "2024-01-01", "早于上一步"),
        ("signed", "2024-02-20", "合同编号"),
    ] {
        let refused = firm.post(&step, &[("csrf", &token), ("stage", stage), ("on", on), ("note", "谈")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{stage}");
        assert!(refused.text.contains(says), "{says}: {}", refused.text);
    }
    let talk = [("csrf", token.as_str()), ("stage", "negotiation"), ("on", "2024-02-01"), ("note", "谈价格")];
    assert_eq!(firm.post(&step, &talk).await.status, StatusCode::SEE_OTHER);
    let number = format!("HT-{kind}");
    let sign = |amount| {
        [
            ("csrf", token.as_str()),
            ("stage", "signed"),
            ("on", "2024-02-20"),
            ("note", "签约"),
            ("contract_number", number.as_str()),
            ("kind", kind),
            ("amount", amount),
        ]
    };
    let refused = firm.post(&step, &sign("一百块")).await;
    assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.text.contains("id=\"amount-error\""));
    assert_eq!(firm.post(&step, &sign("26.5万元")).await.status, StatusCode::SEE_OTHER);
    deal
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_4_1_2_demands_of_four_kinds_lead_to_contracts() {
    let (mut firm, folder) = own(Role::Enterprise).await;
    let form = firm.get("/matching/post").await;
    for words in ["围绕需求", "围绕研发", "围绕市场", "围绕发展"] {
        assert!(form.text.contains(words), "{words}");
    }
    assert!(!form.text.contains("name=\"uscc\""), "an enterprise posts for itself");
    let wrong = [
        ("csrf", form.token()),
        ("kind", "other".into()),
        ("title", String::new()),
        ("ipc", "电池".into()),
        ("chain_node", "nowhere".into()),
        ("budget", "-3".into()),
        ("valid_until", "2020-01-01".into()),
    ];
    let wrong: Vec<(&str, &str)> = wrong.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let refused = firm.post("/matching/post", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in ["请选择需求的类别", "没有这个产业链节点", "负数", "起一个名称", "id=\"ipc-error\"", "已经过去"]
    {
        assert!(refused.text.contains(words), "{words}: {}", refused.text);
    }

    let demand = posted(&mut firm, "research", "锂离子电池电芯的温度采样模块").await;
    let page = worked_out(&mut firm, &demand).await;
    for words in
        ["征集中", "30 万元", "与所述需求共有技术词", "<mark>", "剩余期限", "成交迹象", "权利人", "发明人", "参考价值"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    for document in links(&page, "/corpus/documents/").into_iter().take(3) {
        let found = firm.get(document).await;
        assert!(
            found.text.contains("H01M") && !found.text.contains("云川市"),
            "{document} is of the class, from outside"
        );
    }
    let academic = worked_out(&mut firm, &format!("{demand}?source=academic")).await;
    assert!(academic.contains("院校院所）") && !academic.contains("（企业）"), "{academic}");
    // Those that the clause asks for stand apart.
    let outside = worked_out(&mut firm, &format!("{demand}?source=outside")).await;
    assert!(outside.contains("申请人地址在本市以外"), "{outside}");
    assert!(!outside.contains("不是发明专利") && !outside.contains("有申请人地址在本市，"), "{outside}");
    let deal = signed(&mut firm, &demand, "academic", "产学研").await;
    let page = firm.get(&deal).await.text;
    assert!(page.contains("已签约") && page.contains("HT-产学研") && page.contains("26.5"), "{page}");
    assert!(page.contains("&#60;b&#62;转移中心") || page.contains("&lt;b&gt;转移中心"), "what was typed is text");
    assert!(page.contains("不计入全市的引进数字") && !page.contains("/register\""), "an enterprise registers nothing");
    let list = firm.get("/matching/deals").await.text;
    assert!(list.contains("从接洽到签约的中位数"), "{list}");
    assert!(worked_out(&mut firm, &demand).await.contains("查看洽谈"));

    // The demand is taken back, and edited it holds again.
    let token = firm.get(&demand).await.token();
    let gone = firm.post(&format!("{demand}/withdraw"), &[("csrf", &token)]).await;
    assert!(firm.get(gone.header("location")).await.text.contains("已撤回"));
    let edit = format!("{demand}/edit");
    let form = firm.get(&edit).await.text;
    assert!(form.contains("电芯温度采样") && form.contains("value=\"300000.00\""), "{form}");
    let again_posted = [("csrf", token.as_str()), ("kind", "growth"), ("title", "电芯"), ("valid_until", "2024-09-30")];
    assert_eq!(firm.post(&edit, &again_posted).await.status, StatusCode::SEE_OTHER);
    let page = worked_out(&mut firm, &demand).await;
    assert!(page.contains("征集中") && page.contains("由本企业自己的专利说明"), "{page}");
    // Every candidate is reached, page after page and as a workbook.
    let (mut next, mut found) = (Some(demand.clone()), 0);
    while let Some(path) = next.take() {
        let page = worked_out(&mut firm, &path).await;
        found += page.matches("<article class=\"hit\"").count();
        let before = page.split("rel=\"next\"").next().filter(|before| before.len() < page.len());
        let href = before.and_then(|before| before.rsplit("href=\"").next()?.split('"').next());
        next = href.map(|href| href.replace("&#38;", "&").replace("&amp;", "&").replace("#candidates", ""));
    }
    assert!(found > 0 && page.contains(&format!("列出 {found} 件")), "{found}: {page}");
    assert!(firm.get(&format!("{demand}?export=xlsx")).await.header("content-disposition").contains("candidates.xlsx"));

    // A clerk posts for any firm that the register knows, and sees all.
    let mut clerk = again(folder.path(), Role::Clerk).await;
    let token = clerk.get("/matching/post").await.token();
    let sheet = |uscc| {
        [("csrf", token.as_str()), ("uscc", uscc), ("kind", "need"), ("title", "代发"), ("valid_until", "2024-08-31")]
    };
    let unknown = clerk.post("/matching/post", &sheet("91350100M000100Y43")).await;
    assert!(unknown.status == StatusCode::UNPROCESSABLE_ENTITY && unknown.text.contains("企业登记簿中没有"));
    let enterprises = clerk.get("/enterprises").await.text;
    let uscc = number(links(&enterprises, "/enterprises/9").last().unwrap().split('?').next().unwrap()).to_owned();
    let other = clerk.post("/matching/post", &sheet(&uscc)).await;
    assert_eq!(other.status, StatusCode::SEE_OTHER, "{}", other.text);
    let file = clerk.get("/matching?export=xlsx").await;
    assert!(file.header("content-disposition").contains("demands.xlsx"));
    assert!(clerk.get(&format!("/matching?q={}", encode("代发"))).await.text.contains("代发"));

    // What belongs to another firm is not there for an enterprise, whatever it sends.
    let path = other.header("location").to_owned();
    let token = firm.get("/matching/post").await.token();
    assert!(!firm.get("/matching?size=100").await.text.contains("代发"));
    for reached in [path.clone(), format!("{path}/edit"), format!("{path}/contact/CN201718001827")] {
        assert_eq!(firm.get(&reached).await.status, StatusCode::NOT_FOUND, "{reached}");
    }
    let sent = [
        ("csrf", token.as_str()),
        ("kind", "need"),
        ("title", "改"),
        ("valid_until", "2024-08-31"),
        ("on", "2024-02-01"),
        ("note", "谈"),
        ("stage", "ended"),
    ];
    let deals = clerk.get("/matching/deals?size=100").await.text;
    let strangers: Vec<String> = {
        let mine = firm.get("/matching/deals?size=100").await.text;
        links(&deals, "/matching/deals/")
            .iter()
            .filter(|deal| !mine.contains(&format!("\"{deal}\"")))
            .map(|deal| (*deal).to_owned())
            .collect()
    };
    assert!(!strangers.is_empty(), "the demo has talks of other firms");
    for door in [format!("{path}/edit"), format!("{path}/withdraw"), format!("{}/step", strangers[0])] {
        assert_eq!(firm.post(&door, &sent).await.status, StatusCode::NOT_FOUND, "{door}");
    }
    assert_eq!(firm.get(&strangers[0]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(firm.post(&format!("{deal}/register"), &[("csrf", &token)]).await.status, StatusCode::FORBIDDEN);
    for role in [Role::Leader, Role::Auditor] {
        let mut reader = again(folder.path(), role).await;
        let page = worked_out(&mut reader, &path).await;
        assert!(!page.contains("/contact/") && !page.contains("/withdraw"), "{role:?} only reads");
    }
    assert_eq!(visitor(Role::Town).await.get("/matching").await.status, StatusCode::FORBIDDEN);
}

/// A contract of this kind, registered by a clerk with these further cells; the page of its talks, and the batch.
async fn registered(source: &str, kind: &str, added: &[(&str, &str)]) -> (Visitor, String, String, tempfile::TempDir) {
    let (mut firm, folder) = own(Role::Enterprise).await;
    let demand = posted(&mut firm, "need", "锂离子电池电芯的温度采样模块").await;
    let deal = signed(&mut firm, &demand, source, kind).await;
    let mut clerk = again(folder.path(), Role::Clerk).await;
    let page = clerk.get(&deal).await;
    let token = page.token();
    assert!(page.text.contains("确认并记入登记簿") && page.text.contains(&format!("HT-{kind}")), "{}", page.text);
    let register = format!("{deal}/register");
    let wrong = [("csrf", token.as_str()), ("registered_on", "2023-01-01")];
    let refused = clerk.post(&register, &wrong).await;
    assert!(
        refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.text.contains("先后颠倒"),
        "{}",
        refused.text
    );
    let mut sent = vec![("csrf", token.as_str()), ("contract_number", "改不了")];
    sent.extend_from_slice(added);
    let done = clerk.post(&register, &sent).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let batch = done.header("location").to_owned();
    assert!(clerk.get(&batch).await.text.contains("引进合同"));
    (clerk, deal, batch, folder)
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_4_3_1_a_contract_from_outside_is_held_against_the_clause() {
    let added = [
        ("registration", "苏登2024980001"),
        ("registered_on", "2024-02-25"),
        ("registration_confirmed", "是"),
        ("products", "储能电池"),
        ("products_confirmed", "否"),
        // Words that say the opposite confirm nothing.
        ("payment", "未付款"),
        ("implementation", "没有使用"),
    ];
    let (mut clerk, deal, batch, _folder) = registered("firm", "转让", &added).await;
    let page = clerk.get(&deal).await.text;
    for words in [
        "来源方在本市以外",
        "签订合同时是高新技术企业",
        "签订合同时是有效的发明专利",
        "/policy/C3.4.3.1",
        "已付款，有凭证",
        "请填写发票和银行回单的号码",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let verdict = |condition: &str| {
        let row = page.split("<tr>").find(|row| row.contains(condition)).unwrap();
        ["不符合", "尚不知", "符合"].into_iter().find(|word| row.contains(*word)).unwrap()
    };
    assert_eq!(verdict("来源方在本市以外"), "符合");
    assert_eq!(verdict("与企业生产相关联"), "不符合");
    assert_eq!(verdict("用于转型升级创新发展"), "尚不知");
    assert_eq!(verdict("转让已登记或许可已备案"), "符合");
    assert_eq!(verdict("已付款，有凭证"), "尚不知");
    // While it stands in the register the talks cannot end; withdrawn, the figure is gone with it.
    let token = clerk.get(&deal).await.token();
    let end = [("csrf", token.as_str()), ("stage", "ended"), ("on", "2024-02-28"), ("note", "解除")];
    let refused = clerk.post(&format!("{deal}/step"), &end).await;
    assert!(
        refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.text.contains("撤回那一批"),
        "{}",
        refused.text
    );
    let found = format!("/matching/introduced?q={}", encode("HT-转让"));
    assert!(clerk.get(&found).await.text.contains("HT-转让</a>"));
    let back = clerk.post(&format!("{batch}/rollback"), &[("csrf", &token), ("reason", "录错")]).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.text);
    assert!(!clerk.get(&found).await.text.contains("HT-转让</a>"));
    assert!(clerk.get(&deal).await.text.contains("确认并记入登记簿"));
    assert_eq!(clerk.post(&format!("{deal}/step"), &end).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_4_3_2_a_contract_with_a_university_is_held_against_the_clause() {
    let added = [("payment", "发票 1"), ("implementation", "投产，月产 2 万只")];
    let (mut clerk, deal, _batch, _folder) = registered("academic", "产学研", &added).await;
    let page = clerk.get(&deal).await.text;
    for words in
        ["来源方是高等院校或科研院所", "引进的是高价值专利技术", "已转化实施", "/policy/C3.4.3.2", "属于五类中的哪一类"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    // The row is corrected on the same page.
    let token = clerk.get(&deal).await.token();
    let more = [("csrf", token.as_str()), ("payment", "发票 1、2"), ("implementation", "投产，月产 2 万只")];
    let again = clerk.post(&format!("{deal}/register"), &more).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.text);
    assert!(clerk.get(&deal).await.text.contains("发票 1、2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c1_3_co_operation_with_universities_is_on_record() {
    let mut clerk = visitor(Role::Clerk).await;
    let board = clerk.get("/matching/introduced").await.text;
    assert!(board.contains("2024年引进情况") && board.contains("全市") && board.contains("产学研"), "{board}");
    // Every figure of the board counts the rows that it leads to.
    let figures: Vec<(String, usize)> = board
        .split("<td class=\"number\"")
        .filter_map(|cell| {
            let href = cell.split("href=\"").nth(1)?.split('"').next()?.replace("&#38;", "&").replace("&amp;", "&");
            let count = cell.split("\">").nth(2)?.split('<').next()?.parse().ok()?;
            href.starts_with("/matching/introduced?year=")
                .then(|| (href.split('#').next().unwrap_or_default().to_owned(), count))
        })
        .collect();
    assert!(figures.len() > 3, "{figures:?}: {board}");
    for (href, count) in figures {
        let list = clerk.get(&format!("{href}&size=100")).await.text;
        let body = list.split("id=\"introductions\"").nth(1).unwrap_or_default();
        assert_eq!(body.matches("<th scope=\"row\"").count(), count, "{href}");
    }
    assert!(
        clerk.get("/matching/introduced?export=xlsx").await.header("content-disposition").contains("introductions")
    );
    // A price appears where enough contracts of the subclass tell one.
    let mut leader = visitor(Role::Leader).await;
    let list = leader.get(&format!("/matching?q={}", encode("温度采样"))).await.text;
    let demand = links(&list, "/matching/")
        .into_iter()
        .find(|href| number(href).bytes().all(|b| b.is_ascii_digit()))
        .unwrap()
        .to_owned();
    let page = worked_out(&mut leader, &demand).await;
    assert!(page.contains("件在此区间") && page.contains("万元 至"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn candidates_are_told_of_by_the_registers_and_chosen_by_their_term() {
    let (mut firm, folder) = own(Role::Enterprise).await;
    let demand = posted(&mut firm, "research", "锂离子电池电芯的温度采样模块").await;
    let page = worked_out(&mut firm, &demand).await;
    let key = number(links(&page, "/corpus/documents/")[0]).to_owned();
    assert!(!page.contains("2023-11-07（缴费登记簿"), "{page}");
    // A receipt that comes in later is told of at once.
    let (installation, _) = domain::Installation::open(folder.path(), None, crate::city::now()).await.unwrap();
    let digits = key.trim_start_matches("CN").to_owned();
    let row = [("number", digits.as_str()), ("kind", "年费"), ("amount", "1200"), ("paid_on", "2023-11-07")];
    let prize = [
        ("prize", "中国专利奖"),
        ("year", "2022"),
        ("application_number", digits.as_str()),
        ("grade", "优秀奖"),
        ("basis", "国知发运字〔2022〕1号"),
    ];
    for (register, row) in [("official-fees", row.to_vec()), ("prizes", prize.to_vec())] {
        let rows = [row.into_iter().map(|(field, value)| (field.to_owned(), value.to_owned())).collect()];
        let entry = registry::Entry {
            register,
            kind: registry::BatchKind::Entry,
            rows: &rows,
            at: crate::city::now(),
            by_whom: "test",
            note: None,
        };
        registry::enter(&installation.db, &entry).await.unwrap();
    }
    let page = worked_out(&mut firm, &demand).await;
    assert!(page.contains("2023-11-07") && page.contains("缴费登记簿"), "{page}");
    assert!(page.contains("2022 年中国专利奖优秀奖"), "{page}");
    // Each band holds what its tab counts, and all of them together every candidate.
    let count = |page: &str, words: &str| -> usize {
        let rest = page.split(words).nth(1).unwrap_or_else(|| panic!("no {words} in {page}"));
        let digits: String =
            rest.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap()
    };
    let all = count(&page, "不限期限");
    let bands = [
        ("short", "剩余不足 3 年"),
        ("middle", "剩余 3 至 8 年"),
        ("long", "剩余 8 年以上"),
        ("unknown", "剩余期限未知"),
    ];
    let counts = bands.map(|(_, words)| count(&page, words));
    assert_eq!(counts.iter().sum::<usize>(), all, "{counts:?}");
    let (band, words) = bands[counts.iter().position(|count| *count > 0).unwrap()];
    let narrowed = worked_out(&mut firm, &format!("{demand}?term={band}")).await;
    assert_eq!(count(&narrowed, ">全部 <span"), count(&narrowed, words), "the other tabs count within the band");
}
