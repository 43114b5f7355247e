//! 资料 in the browser: what has come, importing, batches and taking them back, quarantine, ties, judgements, closing, the trail.

use axum::http::StatusCode;
use domain::accounts::Role;

use crate::{
    city::{again, links, own, visitor},
    client::{Answer, Visitor},
};

/// Every page of 资料 that can be opened without having an id.
const PAGES: [(&str, &str); 10] = [
    ("/registers", "资料报送情况"),
    ("/registers/batches", "批次"),
    ("/registers/quarantine", "隔离"),
    ("/registers/ties", "待关联的名称"),
    ("/registers/judgements", "产业关键词判定"),
    ("/registers/province", "省级公布数"),
    ("/registers/trajectories", "目标轨迹"),
    ("/registers/mappings", "列映射"),
    ("/registers/closing", "月结"),
    ("/registers/import", "导入文件"),
];

#[tokio::test]
async fn every_page_opens_in_both_languages_and_only_to_those_who_may() {
    let mut clerk = visitor(Role::Clerk).await;
    for (path, title) in PAGES {
        let page = clerk.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
        assert!(page.text.contains(&format!("<h1>{title}</h1>")), "{path}");
    }
    assert_eq!(clerk.get("/registers/audit").await.status, StatusCode::FORBIDDEN);
    let mut town = visitor(Role::Town).await;
    assert_eq!(town.get("/registers").await.status, StatusCode::FORBIDDEN);
    let mut auditor = visitor(Role::Auditor).await;
    assert_eq!(auditor.get("/registers/import").await.status, StatusCode::FORBIDDEN);
    let trail = auditor.get("/registers/audit").await.text;
    assert!(trail.contains("导入文件"));
    let entry = crate::city::links(trail.as_str(), "/registers/audit/")
        .into_iter()
        .find(|one| one.bytes().any(|byte| byte.is_ascii_digit()));
    let one = auditor.get(entry.unwrap()).await;
    assert!(one.status == StatusCode::OK && one.text.contains("sha256:"), "an entry tells its seal: {}", one.text);
    let budget = auditor.get("/registers/audit?act=budget.set").await.text;
    let entry = crate::city::links(&budget, "/registers/audit/")
        .into_iter()
        .find(|one| one.bytes().any(|byte| byte.is_ascii_digit()))
        .unwrap();
    let one = auditor.get(entry).await.text;
    assert!(one.contains("改前") && one.contains("改后") && one.contains("万元"), "before and after: {one}");
    assert!(!auditor.get("/registers/ties").await.text.contains("name=\"pick\""), "who may not change sees no boxes");
    let token = clerk.get("/registers").await.token();
    clerk.post("/language", &[("csrf", &token), ("language", "en"), ("back", "/registers")]).await;
    for (path, _) in PAGES {
        let page = clerk.get(path).await;
        assert!(page.status == StatusCode::OK && page.text.contains("lang=\"en\""), "{path}");
    }
}

#[tokio::test]
async fn the_grid_tells_what_came_in_each_month() {
    let mut clerk = visitor(Role::Clerk).await;
    let page = clerk.get("/registers?until=2024-02").await.text;
    for words in ["2023-03", "2024-02", "已报齐", "无记录", "空白模板"] {
        assert!(page.contains(words), "{words}");
    }
    let template = clerk.get("/registers/templates/patents").await;
    assert!(template.header("content-disposition").contains("patents.xlsx") && template.text.starts_with("PK"));
    assert_eq!(clerk.get("/registers/templates/nonsense").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn lists_sort_filter_and_export() {
    let mut clerk = visitor(Role::Clerk).await;
    let all = clerk.get("/registers/batches?register=patents").await.text;
    assert!(links(&all, "/registers/batches/").len() > 1);
    for path in [
        "/registers/batches",
        "/registers/quarantine",
        "/registers/ties",
        "/registers/judgements",
        "/registers/mappings",
    ] {
        let workbook = clerk.get(&format!("{path}?export=xlsx")).await;
        assert!(workbook.status == StatusCode::OK && workbook.text.starts_with("PK"), "{path}");
    }
    let block = clerk.get_with("/registers/batches?sort=rows&dir=down", &[("hx-request", "true")]).await.text;
    assert!(!block.contains("<html") && block.contains("id=\"batches\""));
}

const HEAD: &str = "统一社会信用代码,企业名称,区镇\n";

/// Uploads a file of enterprises and waits for the import's end: the path it leads to.
async fn import(clerk: &mut Visitor, file: &str) -> Answer {
    let token = clerk.get("/registers/import?register=enterprises").await.token();
    let fields =
        [("csrf", token.as_str()), ("register", "enterprises"), ("received_at", "2024-02-01"), ("mapping", "")];
    let answer = clerk.upload("/registers/import", &fields, "../企业<b>.csv", file.as_bytes()).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    wait(clerk, answer.header("location")).await
}

/// Follows a job to its end: the page that it leads to, or its own page when it failed.
pub(crate) async fn wait(visitor: &mut Visitor, job: &str) -> Answer {
    assert!(job.starts_with("/jobs/"), "{job}");
    for _ in 0..600 {
        let page = visitor.get(job).await;
        if page.status == StatusCode::SEE_OTHER {
            let target = page.header("location").to_owned();
            return visitor.get(&target).await;
        }
        if !page.text.contains("http-equiv=\"refresh\"") {
            return page;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the job does not end");
}

fn batch_of(page: &Answer) -> String {
    let at = page.text.find("/rollback").expect("a link to take the batch back");
    page.text[..at].rsplit('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_file_is_imported_its_problems_corrected_and_the_batch_taken_back() {
    let (mut clerk, _folder) = own(Role::Clerk).await;
    let page = import(
        &mut clerk,
        &format!("{HEAD}91320682MA10000014,<script>alert(1)</script>甲,城东镇\n9132068,乙,城东镇\n,丙,城东镇\n"),
    )
    .await;
    assert!(page.text.contains("<strong>") && page.text.contains("收入 ＋ 未变 ＋ 隔离 ＝ 读取行数"), "{}", page.text);
    assert!(
        page.text.contains("企业&lt;b&gt;.csv") || page.text.contains("企业&#60;b&#62;.csv"),
        "a hostile file name is shown as text"
    );
    assert!(!page.text.contains("<b>.csv"));
    let batch = batch_of(&page);
    let rows = links(&page.text, "/registers/quarantine/");
    assert_eq!(rows.len(), 2, "{}", page.text);
    let row = rows[0].to_owned();

    let form = clerk.get(&row).await;
    assert!(
        form.text.contains("aria-describedby=\"cell-uscc") && form.text.contains("aria-invalid"),
        "the reason is tied to its field"
    );
    let token = form.token();
    let wrong = clerk
        .post(
            &format!("{row}/correct"),
            &[("csrf", &token), ("cell-uscc", "123"), ("cell-name", "乙"), ("cell-region", "城东镇")],
        )
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong.text.contains("role=\"alert\"")
            && wrong.text.contains("href=\"#cell-uscc\"")
            && wrong.text.contains("<title>错误：")
    );
    let hostile = [
        ("csrf", token.as_str()),
        ("cell-uscc", "91320682MA10000027"),
        ("cell-name", "<img src=x onerror=alert(1)>"),
        ("cell-region", "城东镇"),
    ];
    let done = clerk.post(&format!("{row}/correct"), &hostile).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let shown = clerk.get(done.header("location")).await.text;
    assert!(shown.contains("已更正") && !shown.contains("<img src=x"));

    // The correction rests on the batch, which cannot be taken back before it.
    let refusal = clerk.get(&format!("/registers/batches/{batch}/rollback")).await;
    assert!(refusal.text.contains("后来的批次以它为依据"), "{}", refusal.text);
    let token = clerk.get("/registers/import").await.token();
    let refused = clerk.post(&format!("/registers/batches/{batch}/rollback"), &[("csrf", &token)]).await;
    assert!(refused.status == StatusCode::CONFLICT && refused.text.contains("后来的批次"), "{}", refused.text);
    let later = links(&refusal.text, "/registers/batches/")
        .into_iter()
        .find(|href| !href.ends_with(&format!("/{batch}")))
        .unwrap()
        .to_owned();
    let gone = clerk.post(&format!("{later}/rollback"), &[("csrf", &token), ("reason", "误收")]).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.text);
    assert!(clerk.get(&row).await.text.contains("待处理"), "what the correction settled is open again");
    let gone = clerk.post(&format!("/registers/batches/{batch}/rollback"), &[("csrf", &token)]).await;
    assert!(clerk.get(gone.header("location")).await.text.contains("已撤回"));
}

#[tokio::test]
async fn a_file_of_another_register_is_refused_in_words() {
    let (mut clerk, _folder) = own(Role::Clerk).await;
    let page = import(&mut clerk, "甲,乙\n1,2\n").await;
    assert!(page.text.contains("没有完成") && page.text.contains("标题"), "{}", page.text);
    let token = clerk.get("/registers/import").await.token();
    let fields = [("csrf", token.as_str()), ("register", ""), ("received_at", "明天")];
    let refused = clerk.upload("/registers/import", &fields, "", b"").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for field in ["#register", "#received_at", "#file"] {
        assert!(refused.text.contains(&format!("href=\"{field}\"")), "{field}");
    }
    let forged = clerk.upload("/registers/import", &[("register", "patents")], "a.csv", b"x").await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN, "an upload without its token");
}

#[tokio::test]
async fn rows_are_settled_together_with_one_reason() {
    let (mut clerk, _folder) = own(Role::Clerk).await;
    let list = clerk.get("/registers/quarantine?state=open").await;
    let rows: Vec<String> = links(&list.text, "/registers/quarantine/")
        .iter()
        .map(|href| href.rsplit('/').next().unwrap().to_owned())
        .collect();
    assert!(rows.len() >= 2, "the demo plants dirty rows");
    let token = list.token();
    let nothing = clerk.post("/registers/quarantine/settle", &[("csrf", &token)]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nothing.text.contains("请先在列表中勾选"));
    let sent =
        [("csrf", token.as_str()), ("pick", &rows[0]), ("pick", &rows[1]), ("act", "discard"), ("reason", "重复报送")];
    let done = clerk.post("/registers/quarantine/settle", &sent).await;
    assert!(done.header("location").contains("count=2&failed=0"), "{}", done.header("location"));
    assert!(clerk.get(&format!("/registers/quarantine/{}", rows[0])).await.text.contains("重复报送"));
    let (mut leader, _leader_folder) = own(Role::Leader).await;
    let token = leader.get("/registers/quarantine").await.token();
    let refused = leader.post("/registers/quarantine/settle", &[("csrf", &token), ("pick", "1")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_name_is_tied_by_code_and_a_patent_judged() {
    let (mut clerk, _folder) = own(Role::Clerk).await;
    let list = clerk.get("/registers/ties").await;
    let one = links(&list.text, "/registers/ties/one")
        .first()
        .map(|href| (*href).to_owned())
        .expect("the demo leaves names untied");
    let form = clerk.get(&one.replace("&amp;", "&").replace("&#38;", "&")).await;
    let hidden = |name: &str| {
        let rest = form.text.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    let (name, code, token) = (hidden("name"), hidden("code"), form.token());
    let sent = |uscc: &'static str| {
        [("csrf", token.as_str()), ("name", &name), ("code", &code), ("act", "tie"), ("uscc", uscc), ("reason", "核对")]
    };
    let wrong = clerk.post("/registers/ties/one", &sent("123")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.text);
    let done = clerk.post("/registers/ties/one", &sent("91320682MA10000014")).await;
    assert!(done.header("location").contains("done=tied"), "{}", done.text);

    let list = clerk.get("/registers/judgements").await;
    let pick = list
        .text
        .split("name=\"pick\" form=\"pick\" value=\"")
        .nth(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned());
    let pick = pick.expect("the demo leaves patents undetermined").replace("&#9;", "\t");
    let sent =
        [("csrf", list.token()), ("pick", pick.clone()), ("verdict", "是".into()), ("reason", "权利要求1".into())];
    let sent: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let done = clerk.post("/registers/judgements/settle", &sent).await;
    assert!(done.header("location").contains("done=judged&count=1"), "{}", done.text);
    assert!(!clerk.get("/registers/judgements?size=100").await.text.contains(&pick), "what is judged no longer waits");
}

#[tokio::test]
async fn a_month_is_closed_once_and_open_rows_are_acknowledged() {
    let (mut clerk, _folder) = own(Role::Clerk).await;
    let page = clerk.get("/registers/closing").await;
    let run = page
        .text
        .split("<option value=\"")
        .map(|rest| rest.split('"').next().unwrap())
        .find(|value| value.len() == 64)
        .unwrap()
        .to_owned();
    let token = page.token();
    let refused = clerk.post("/registers/closing/close", &[("csrf", &token), ("run", &run)]).await;
    assert!(
        refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.text.contains("#acknowledged"),
        "{}",
        refused.text
    );
    let form = [("csrf", token.as_str()), ("run", &run), ("acknowledged", "yes"), ("note", "按月结")];
    let closed = clerk.post("/registers/closing/close", &form).await;
    assert_eq!(closed.status, StatusCode::SEE_OTHER, "{}", closed.text);
    assert!(clerk.get(closed.header("location")).await.text.contains("2023-12 已月结"));
    assert!(clerk.post("/registers/closing/close", &form).await.text.contains("已经月结"));
}

#[tokio::test]
async fn a_closed_month_keeps_its_figures_whatever_is_known_later() {
    let (mut clerk, folder) = own(Role::Clerk).await;
    let page = clerk.get("/registers/closing").await;
    let values = page.text.split("<option value=\"").map(|rest| rest.split('"').next().unwrap());
    let runs: Vec<String> = values.filter(|value| value.len() == 64).map(str::to_owned).collect();
    let latest = clerk.get("/cockpit").await.text;
    assert!(!latest.contains("月结"), "nothing is closed yet");
    // The month is closed upon what was known first, not upon the latest knowledge.
    let first = runs.iter().rfind(|run| page.text.contains(&format!("{run}\">2023-12-31"))).unwrap();
    assert_ne!(first, &runs[0]);
    let form = [("csrf", &*page.token()), ("run", first), ("acknowledged", "yes"), ("note", "")];
    assert_eq!(clerk.post("/registers/closing/close", &form).await.status, StatusCode::SEE_OTHER);
    let closed = clerk.get("/cockpit").await.text;
    assert!(closed.contains("以这次测算为准"), "{closed}");
    let aside = clerk.get(&format!("/cockpit?run={}", runs[0])).await.text;
    assert!(aside.contains("以另一次测算为准"), "{aside}");
    let list = clerk.get("/runs").await.text;
    assert!(list.contains("月结依据") && list.contains("未作月结依据"));
    // Somebody else reads the same, and so does the history.
    let mut leader = again(folder.path(), Role::Leader).await;
    assert!(leader.get("/indicators/K01").await.text.contains("以这次测算为准"));
}

#[tokio::test]
async fn figures_of_the_province_and_trajectories_are_entered_by_hand() {
    let (mut clerk, _folder) = own(Role::Clerk).await;
    let token = clerk.get("/registers/province").await.token();
    let wrong = clerk.post("/registers/province/enter", &[("csrf", &token), ("indicator", "K01")]).await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.text.contains("#as_of"), "{}", wrong.text);
    let form = [
        ("csrf", token.as_str()),
        ("indicator", "K01"),
        ("as_of", "2023-12-31"),
        ("value", "30.5"),
        ("source", "省局通报"),
    ];
    let wrong = clerk.post("/registers/province/enter", &form).await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.text.contains("“30.5”带小数"), "{}", wrong.text);
    let form = form.map(|(name, value)| if name == "value" { (name, "541") } else { (name, value) });
    assert_eq!(clerk.post("/registers/province/enter", &form).await.status, StatusCode::SEE_OTHER);
    assert!(clerk.get("/registers/province").await.text.contains("省局通报"));
    let form =
        [("csrf", token.as_str()), ("indicator", "K01"), ("region", ""), ("date", "2024-06-30"), ("value", "31")];
    assert_eq!(clerk.post("/registers/trajectories/enter", &form).await.status, StatusCode::SEE_OTHER);
    assert!(clerk.get("/registers/trajectories").await.text.contains("2024-06-30"));
    for (field, value, says) in
        [("indicator", "K99", "#indicator"), ("region", "火星镇", "没有“火星镇”"), ("value", "-5", "目标值不能为负数")]
    {
        let form = form.map(|(name, sound)| if name == field { (name, value) } else { (name, sound) });
        let wrong = clerk.post("/registers/trajectories/enter", &form).await;
        assert!(
            wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.text.contains(says),
            "{field}: {}",
            wrong.text
        );
    }
    let form =
        [("csrf", token.as_str()), ("source", "新系统"), ("register", "patents"), ("headings", "专利号=申请号\n胡写")];
    let wrong = clerk.post("/registers/mappings/save", &form).await;
    assert!(wrong.text.contains("“胡写”"), "{}", wrong.text);
    let form = [("csrf", token.as_str()), ("source", "新系统"), ("register", "patents"), ("headings", "专利号=申请号")];
    assert_eq!(clerk.post("/registers/mappings/save", &form).await.status, StatusCode::SEE_OTHER);
    assert!(clerk.get("/registers/mappings?origin=own").await.text.contains("专利号 → 申请号"));
}

#[tokio::test]
async fn a_list_of_the_province_is_compared_right_by_right() {
    let (mut clerk, _folder) = own(Role::Clerk).await;
    let page = clerk.get("/registers/province").await.text;
    // What the province says of high-value inventions is compared with our own judgement, not with the list itself.
    let row = page.split("K04 ").nth(1).unwrap().split("</tr>").next().unwrap().to_owned();
    assert!(row.contains("本市预判"), "{row}");
    let runs = clerk.get("/runs?q=2023-12-31").await.text;
    let run = links(&runs, "/runs/").into_iter().find(|href| href.len() == 6 + 64).unwrap()[6..].to_owned();
    let rights = clerk.get(&format!("/indicators/K01/rights?size=100&run={run}")).await.text;
    let mut numbers: Vec<&str> = links(&rights, "/patents/").into_iter().map(|href| &href[9..22]).collect();
    numbers.dedup();
    assert!(numbers.len() > 10);
    let mut list = numbers[1..].join("\n");
    list.push_str("\n201410013892.9\n\n201410013892.9");
    let token = clerk.get("/registers/province").await.token();
    let form = |list: &str| {
        [
            ("csrf", &*token),
            ("indicator", "K01"),
            ("as_of", "2023-12-31"),
            ("value", "541"),
            ("source", "省局"),
            ("rights", list),
        ]
        .map(|(name, value)| (name, value.to_owned()))
    };
    let send = form(&"长".repeat(61));
    let send: Vec<(&str, &str)> = send.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let wrong = clerk.post("/registers/province/enter", &send).await;
    assert!(
        wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.text.contains("href=\"#rights\""),
        "{}",
        wrong.text
    );
    let send = form(&list);
    let send: Vec<(&str, &str)> = send.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(clerk.post("/registers/province/enter", &send).await.status, StatusCode::SEE_OTHER);
    let page = clerk.get("/registers/province?figure=K01%202023-12-31&size=100").await.text;
    assert!(page.contains("仅省级 1、"), "{page}");
    assert!(page.contains("201410013892.9") && page.contains(&format!("/patents/{}", numbers[0])), "{page}");
    assert!(!page.contains(&format!("/patents/{}\"", numbers[1])), "what both hold is no difference");
    // A later list of the same figure replaces the earlier, however its numbers are written; nothing is lost of it.
    let dotted: Vec<String> =
        numbers.iter().skip(2).map(|number| format!("ZL{}.{}", &number[..12], &number[12..])).collect();
    let send = form(&dotted.join("\n"));
    let send: Vec<(&str, &str)> = send.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(clerk.post("/registers/province/enter", &send).await.status, StatusCode::SEE_OTHER);
    let page = clerk.get("/registers/province?figure=K01%202023-12-31&size=100").await.text;
    let row = page.split("K01 ").nth(1).unwrap().split("</tr>").next().unwrap();
    assert!(row.contains("仅省级 0、"), "{row}");
    assert!(!page.contains("201410013892.9") && page.contains(&format!("/patents/{}\"", numbers[1])), "{page}");
    assert!(!page.contains(&format!("/patents/{}\"", numbers[2])), "the same right in another notation");
    // Without a list the figure alone is entered.
    let send = form("");
    let send: Vec<(&str, &str)> = send.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(clerk.post("/registers/province/enter", &send).await.status, StatusCode::SEE_OTHER);
    let again = clerk.get("/registers/province?figure=K01%202023-12-31&size=100").await.text;
    assert!(again.contains(&format!("/patents/{}\"", numbers[1])));
}

/// K04's list is compared with what K04's own number beside it counts: our pre-judgement, not the official list.
#[tokio::test]
async fn the_lists_of_high_value_inventions_are_compared_like_with_like() {
    let (mut clerk, _folder) = own(Role::Clerk).await;
    let page = clerk.get("/registers/province").await.text;
    let facts: Vec<&str> = page.split("<dd>").skip(1).map(|rest| rest.split('<').next().unwrap()).collect();
    let (official, computed) = (facts[0], facts[1]);
    assert!(official != computed && computed.parse::<i64>().is_ok_and(|count| count > 0), "{facts:?}");
    // A list of one number that nobody holds: everything of ours is only ours.
    let token = clerk.get("/registers/province").await.token();
    let form = [
        ("csrf", &*token),
        ("indicator", "K04"),
        ("as_of", "2023-12-31"),
        ("value", "1"),
        ("source", "省局"),
        ("rights", "201410013892.9"),
    ];
    assert_eq!(clerk.post("/registers/province/enter", &form).await.status, StatusCode::SEE_OTHER);
    let page = clerk.get("/registers/province").await.text;
    let row = page.split("K04 ").nth(1).unwrap().split("</tr>").next().unwrap();
    assert!(row.contains("2023-12-31") && row.contains(&format!(">{computed}<")), "{row}");
    assert!(row.contains(&format!("仅省级 1、仅本市 {computed}<")), "{row}");
}

#[tokio::test]
async fn a_mapping_for_a_file_without_headings_is_saved_used_and_removed() {
    let (mut clerk, _folder) = own(Role::Clerk).await;
    let token = clerk.get("/registers/mappings").await.token();
    let source = "无标题的行业表";
    let form = |headings: &'static str| {
        [
            ("csrf", token.clone()),
            ("source", source.to_owned()),
            ("register", "industry-codes".to_owned()),
            ("no_headings", "yes".to_owned()),
            ("headings", headings.to_owned()),
            ("constants", "2011=版本".to_owned()),
        ]
    };
    let send = |form: &[(&'static str, String); 6]| -> Vec<(&'static str, String)> { form.to_vec() };
    for (headings, says) in [("代码=代码\nB=名称", "不是列的位置"), ("A=代码", "名称在哪一列")] {
        let sent = send(&form(headings));
        let sent: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let refused = clerk.post("/registers/mappings/save", &sent).await;
        assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.text.contains(says), "{}", refused.text);
        assert!(refused.text.contains("checked"), "what was ticked stays ticked");
    }
    let sent = send(&form("A=代码\nB=名称"));
    let sent: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(clerk.post("/registers/mappings/save", &sent).await.status, StatusCode::SEE_OTHER);
    let list = clerk.get("/registers/mappings?origin=own").await.text;
    assert!(list.contains("无标题行；A → 代码；B → 名称") && list.contains("版本 = 2011"), "{list}");

    let token = clerk.get("/registers/import").await.token();
    let fields = [("csrf", token.as_str()), ("register", "industry-codes"), ("mapping", source)];
    let answer = clerk.upload("/registers/import", &fields, "行业.csv", "A,农业\n011,谷物\n".as_bytes()).await;
    let page = wait(&mut clerk, answer.header("location")).await;
    assert!(page.text.contains("读取 2 行，采用 2 行"), "{}", page.text);

    let pick = format!("industry-codes {source}");
    let gone = clerk.post("/registers/mappings/remove", &[("csrf", &token), ("pick", &pick)]).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.text);
    assert!(!clerk.get("/registers/mappings").await.text.contains(source));
    let nothing = clerk.post("/registers/mappings/remove", &[("csrf", &token)]).await;
    assert!(nothing.status == StatusCode::UNPROCESSABLE_ENTITY && nothing.text.contains("请先在列表中勾选"));
}

#[tokio::test]
async fn several_files_are_imported_at_once_each_as_its_own_batch() {
    let (mut clerk, _folder) = own(Role::Clerk).await;
    let token = clerk.get("/registers/import").await.token();
    let enterprises = format!("{HEAD}91320682MA10000014,甲,城东镇\n9132068,乙,城东镇\n");
    let holidays = "日期,名称,放假\n2026-05-01,劳动节,是\n";
    let files: [(&str, &[u8]); 4] = [
        ("一.csv", enterprises.as_bytes()),
        ("一.csv", holidays.as_bytes()),
        ("杂.csv", "姓名,电话\n丙,1\n".as_bytes()),
        ("空.csv", b""),
    ];
    let fields =
        [("csrf", token.as_str()), ("register", "by-headings"), ("received_at", "2024-02-01"), ("mapping", "")];
    let answer = clerk.upload_all("/registers/import", &fields, &files).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let page = wait(&mut clerk, answer.header("location")).await.text;
    for words in [
        "已导入 2 份，未导入 2 份，未开始 0 份",
        "企业：读取 2 行，采用 1 行",
        "节假日安排：读取 1 行，采用 1 行",
        "无法识别",
        "没有任何内容",
        "未保留",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert_eq!(links(&page, "/registers/batches/").len(), 2);
    let mapped = [("csrf", token.as_str()), ("register", "by-headings"), ("mapping", "专利公报")];
    let refused = clerk.upload_all("/registers/import", &mapped, &files).await;
    assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.text.contains("#mapping"));
}

#[tokio::test]
async fn what_a_person_settles_is_seen_at_once() {
    let (mut clerk, _folder) = own(Role::Clerk).await;
    clerk.get("/registers/ties").await;
    let text = "申请号,名称,申请日,专利权人,地址\n202110123456.7,甲,2021-07-01,从未见过的某某公司,某市城东镇\n";
    let token = clerk.get("/registers/import").await.token();
    let fields = [("csrf", token.as_str()), ("register", "patents"), ("mapping", "")];
    let answer = clerk.upload("/registers/import", &fields, "新.csv", text.as_bytes()).await;
    let page = wait(&mut clerk, answer.header("location")).await;
    let search = "/registers/ties?q=%E4%BB%8E%E6%9C%AA%E8%A7%81%E8%BF%87";
    assert!(clerk.get(search).await.text.contains("从未见过的某某公司"), "visible as soon as the import has ended");
    let gone = clerk.post(&format!("/registers/batches/{}/rollback", batch_of(&page)), &[("csrf", &token)]).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.text);
    assert!(
        !clerk.get(search).await.text.contains("<th scope=\"row\"><a href=\"/registers/ties/one"),
        "gone with its batch"
    );
}
