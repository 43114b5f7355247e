//! The corpus through its pages: hits, mistakes, facets that open to their counts, numbers, likeness, files, documents,
//! baskets and saved searches.

use axum::http::StatusCode;
use domain::accounts::Role;
use web::format::encode;

use crate::{
    city::{links, own, visitor},
    client::{Server, Visitor},
    registry::wait,
};

/// How many documents a page says there are.
fn total(page: &str) -> u64 {
    let rest = page.split("class=\"total\">共 ").nth(1).unwrap_or_else(|| panic!("no total in {page}"));
    rest.split(' ').next().unwrap().replace(',', "").parse().unwrap()
}

fn unescaped(href: &str) -> String {
    href.replace("&amp;", "&").replace("&#38;", "&")
}

/// The first documents that a page leads to.
pub(crate) fn keys(page: &str) -> Vec<String> {
    links(page, "/corpus/documents/")
        .into_iter()
        .map(|href| href.trim_start_matches("/corpus/documents/").to_owned())
        .collect()
}

async fn search(visitor: &mut Visitor, query: &str) -> String {
    let answer = visitor.get(&format!("/corpus?q={}", encode(query))).await;
    assert_eq!(answer.status, StatusCode::OK, "{query}: {}", answer.text);
    answer.text
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_4_1_1() {
    // The databases of the world's patents, fielded search, saved searches and an export with its sources.
    let mut enterprise = visitor(Role::Enterprise).await;
    let start = enterprise.get("/corpus").await;
    assert_eq!(start.status, StatusCode::OK);
    assert!(start.text.contains("共收录"));
    let found = search(&mut enterprise, "IC=H01M AND AD>=2015").await;
    assert!(total(&found) > 0 && found.contains("/corpus/searches/save"));
    let file = enterprise.get(&format!("/corpus?q={}&export=csv", encode("IC=H01M AND AD>=2015"))).await;
    assert!(file.text.contains("收录来源") && file.text.contains("演示数据（合成）"));
    assert_eq!(file.text.lines().count() as u64, total(&found) + 1, "every hit and the headings");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_found_is_marked_and_what_was_typed_is_escaped() {
    let mut clerk = visitor(Role::Clerk).await;
    let page = search(&mut clerk, "TI=\"锂离子电池\"").await;
    assert!(page.contains("<mark>锂离子电池</mark>"));
    let hostile = "\"<script>alert(1)</script>\"";
    let page = search(&mut clerk, hostile).await;
    assert!(!page.contains("<script>alert"), "what was typed is text");
    assert!(page.contains("没有符合的文献"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_is_pointed_at() {
    let mut clerk = visitor(Role::Clerk).await;
    for (query, message, wrong) in [
        ("石墨烯 AND (电池", "第 9 个字符处", "("),
        ("AD>=二〇一八", "第 5 个字符处", "二〇一八"),
        ("XX=1", "没有名为“XX”的检索字段", "XX"),
    ] {
        let answer = clerk.get(&format!("/corpus?q={}", encode(query))).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert!(answer.text.contains(message), "{query}: {}", answer.text);
        assert!(answer.text.contains(&format!("<mark class=\"mistake\">{wrong}</mark>")), "{query}");
    }
    let deep = "(".repeat(200);
    assert_eq!(clerk.get(&format!("/corpus?q={deep}")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let long = encode(&"x OR ".repeat(1_200));
    let answer = clerk.get(&format!("/corpus?q={long}")).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text.contains("检索词超过 1000 个"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_facet_opens_to_its_count() {
    let mut clerk = visitor(Role::Clerk).await;
    let page = search(&mut clerk, "*").await;
    let aside = page.split("<aside class=\"facets\"").nth(1).unwrap();
    let mut opened = 0;
    for facet in aside.split("<section class=\"facet\"").skip(1) {
        let value = facet.split("<li><a").nth(1).unwrap().split("href=\"").nth(1).unwrap();
        let href = unescaped(value.split('"').next().unwrap());
        let count: u64 = value
            .split("class=\"count\">")
            .nth(1)
            .unwrap()
            .split('<')
            .next()
            .unwrap()
            .replace(',', "")
            .parse()
            .unwrap();
        let narrowed = clerk.get(&href).await;
        assert_eq!(total(&narrowed.text), count, "{href}");
        assert!(narrowed.text.contains("已加的限定"));
        opened += 1;
    }
    assert!(opened >= 8, "{opened} facets");
    let more = clerk.get("/corpus?q=*&facet=applicant").await.text;
    assert!(more.contains("收起"));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_go_on_to_the_last_and_families_are_counted() {
    let mut clerk = visitor(Role::Clerk).await;
    let first = search(&mut clerk, "*").await;
    let all = total(&first);
    let last = all.div_ceil(25);
    let page = clerk.get(&format!("/corpus?q=*&sort=filed&page={last}")).await.text;
    let rest = page.matches("<li class=\"hit\">").count() as u64;
    assert_eq!(rest, all - (last - 1) * 25);
    assert!(page.contains("aria-current=\"page\""));
    let by_family = clerk.get("/corpus?q=*&unit=family").await.text;
    assert!(by_family.contains("个同族"));
    let beyond = clerk.get("/corpus?q=*&page=99999999999").await;
    assert_eq!(beyond.status, StatusCode::OK);
    assert!(beyond.text.matches("<li class=\"hit\">").count() as u64 == rest, "beyond the last is the last");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_writes_the_language_and_says_which_field_is_wrong() {
    let mut clerk = visitor(Role::Clerk).await;
    let query = format!(
        "title={}&office=CN&kind={}&filed-from=2010&filed-to=2022-06-30&do=search",
        encode("电池 OR 逆变器"),
        encode("发明")
    );
    let answer = clerk.get(&format!("/corpus/form?{query}")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let written = "(TI=电池 OR TI=逆变器) AND AD>=2010-01-01 AND AD<=2022-06-30 AND PC=\"CN\" AND KD=\"发明\"";
    assert_eq!(answer.header("location"), format!("/corpus?q={}", encode(written)));
    assert!(total(&clerk.get(answer.header("location")).await.text) > 0);
    let wrong = clerk.get(&format!("/corpus/form?class=99&title={}&do=search", encode("电池"))).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("href=\"#class\"") && wrong.text.contains("value=\"电池\""), "refilled");
    let empty = clerk.get("/corpus/form?do=search").await;
    assert!(empty.status == StatusCode::UNPROCESSABLE_ENTITY && empty.text.contains("请至少填写一项"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_numbers_names_those_that_nothing_has() {
    let mut clerk = visitor(Role::Clerk).await;
    let known = keys(&search(&mut clerk, "PC=CN").await);
    let token = clerk.get("/corpus/numbers").await.token();
    let text = format!("{}\nCN999999999B；{}", known[0], known[1]);
    let answer = clerk.post("/corpus/numbers", &[("csrf", &token), ("text", &text)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let page = clerk.get(answer.header("location")).await.text;
    assert_eq!(total(&page), 2);
    assert!(page.contains("有 1 个号码没有对应的文献") && page.contains("CN999999999B"));
    let refused = clerk.post("/corpus/numbers", &[("csrf", &token), ("text", "没有号码")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("没有认出专利号") && refused.text.contains("没有号码</textarea>"));
    let many: String = (0..40_001).map(|n| format!("CN1{n:08}A\n")).collect();
    let refused = clerk.post("/corpus/numbers", &[("csrf", &token), ("text", &many)]).await;
    assert!(refused.text.contains("一次最多 40000 个号码，现有 40001 个"));
    let stale = clerk.post("/corpus/numbers", &[("text", "CN1")]).await;
    assert_eq!(stale.status, StatusCode::FORBIDDEN, "a form without its token");
}

#[tokio::test(flavor = "multi_thread")]
async fn more_like_this_from_a_paragraph_and_from_a_patent() {
    let mut clerk = visitor(Role::Clerk).await;
    let token = clerk.get("/corpus/like").await.token();
    let text = "需要一种锂离子电池电芯的散热结构，解决寿命较短的问题";
    let answer = clerk.post("/corpus/like", &[("csrf", &token), ("text", text)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let page = clerk.get(answer.header("location")).await.text;
    // The list says what it is and how far it goes, and leads on; a total of what shares any word would say nothing.
    assert!(page.contains("相似检索：按所给内容中最能区别的") && !page.contains("class=\"total\""), "{page}");
    assert!(page.contains("rel=\"next\""), "{page}");
    let depth =
        page.split("列到前 ").nth(1).unwrap().split(' ').next().unwrap().replace(',', "").parse::<usize>().unwrap();
    assert!((26..=1_000).contains(&depth), "{depth}");
    let address = answer.header("location").to_owned();
    let last = clerk.get(&format!("{address}&page=99")).await.text;
    assert!(!keys(&last).is_empty() && !last.contains("rel=\"next\""), "the last page stands for those beyond it");
    let families = clerk.get(&format!("{address}&unit=family")).await.text;
    assert!(families.contains("每个同族只列最相似的一件"), "{families}");
    let file = clerk.get(&format!("{address}&export=csv")).await.text;
    assert_eq!(file.lines().count(), depth + 1, "a heading, and the list as long as on the page");
    let key = &keys(&page)[0];
    let like = clerk.get(&format!("/corpus/like?of={key}")).await;
    assert_eq!(like.status, StatusCode::SEE_OTHER);
    let similar = clerk.get(like.header("location")).await.text;
    assert!(!keys(&similar).is_empty() && !keys(&similar).contains(key), "not itself");
    let by_number = clerk.post("/corpus/like", &[("csrf", &token), ("text", key)]).await;
    assert_eq!(by_number.header("location"), like.header("location"));
    let refused = clerk.post("/corpus/like", &[("csrf", &token), ("text", "之乎者也")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_2_2_a_search_is_audited_and_judged_under_a_lasting_link() {
    let mut clerk = visitor(Role::Clerk).await;
    let q = "(TI=电池 OR IC=H01M) AND NOT PC=US";
    let hits = clerk.get(&format!("/corpus?q={}", encode(q))).await.text;
    let address = format!("/corpus/audit?q={}", encode(q));
    let page = clerk.get(&address).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert_eq!(total(&page.text), total(&hits));
    // What a clause adds is the search that the figure leads to, counted by itself.
    let rows: Vec<&str> = page.text.split("<tr><th scope=\"row\"").skip(1).collect();
    assert_eq!(rows.len(), 4, "the alternatives, their two parts, and what is kept out");
    for row in &rows {
        for cell in row.split("\"><a href=\"").skip(2) {
            let (href, rest) = cell.split_once("\">").unwrap();
            let (said, _) = rest.split_once("</a>").unwrap();
            let listed = clerk.get(&href.replace("&amp;", "&")).await.text;
            assert_eq!(total(&listed).to_string(), said.replace(',', ""), "{href}");
        }
    }
    assert!(page.text.contains("请判断下面两组抽样文献") && !page.text.contains("查全率（按判断估计）"));
    let names: Vec<&str> =
        page.text.split("name=\"judged-").skip(1).step_by(3).map(|part| part.split_once('"').unwrap().0).collect();
    assert!(names.len() > 10, "{names:?}");
    let judged: String = names.iter().map(|key| format!("&judged-{}=yes", encode(key))).collect();
    let answer = clerk.get(&format!("{address}{judged}")).await.text;
    assert!(answer.contains("查全率（按判断估计）") && !answer.contains("请判断下面两组抽样文献"));
    assert_eq!(answer.matches("value=\"yes\" checked").count(), names.len(), "the link shows what was judged");
    let wrong = clerk.get(&format!("/corpus/audit?q={}", encode("电池 AND ("))).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("class=\"mistake\"") && wrong.text.contains("value=\"电池 AND (\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_is_saved_as_a_workbook_with_every_hit() {
    let mut clerk = visitor(Role::Clerk).await;
    let answer = clerk.get(&format!("/corpus?q={}&export=xlsx", encode("PC=CN"))).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.header("content-disposition").contains("corpus.xlsx"));
    assert!(answer.text.starts_with("PK"), "a workbook");
    let wrong = clerk.get("/corpus?q=(&export=csv").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_shows_what_is_known_and_says_what_is_not() {
    let mut clerk = visitor(Role::Clerk).await;
    let list = clerk.get("/patents?kind=%E5%8F%91%E6%98%8E&standing=in-force").await.text;
    let number = links(&list, "/patents/")[0].trim_start_matches("/patents/").to_owned();
    let digits = &number[..number.len() - 1];
    // Any notation leads to the one page.
    let answer = clerk.get(&format!("/corpus/documents/{number}")).await;
    assert_eq!(answer.header("location"), format!("/corpus/documents/CN{digits}"));
    let page = clerk.get(&format!("/corpus/documents/CN{digits}")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    for words in [
        "摘要",
        "权利要求",
        "法律经过",
        "历任权利人",
        "涉及的本市企业",
        "简单同族",
        "引用的文献",
        "被这些文献引用",
        "相似文献",
        "收录来源",
    ] {
        assert!(page.text.contains(words), "{words}");
    }
    assert!(page.text.contains(&format!("/patents/{number}")), "the same patent in the register");
    let patent = clerk.get(&format!("/patents/{number}")).await.text;
    assert!(patent.contains(&format!("/corpus/documents/CN{digits}")), "and back");
    let alone = search(&mut clerk, &format!("ZL{digits}")).await;
    assert!(total(&alone) == 1 && keys(&alone)[0] == format!("CN{digits}"), "a bare number in the box");
    let everywhere = clerk.get(&format!("/search?q={number}")).await.text;
    assert!(everywhere.contains(&format!("/corpus/documents/CN{digits}")), "and from the search over everything");
    if let Some(enterprise) = links(&page.text, "/enterprises/").first() {
        let page = clerk.get(enterprise).await.text;
        let search = unescaped(links(&page, "/corpus?q=")[0]);
        assert!(total(&clerk.get(&search).await.text) > 0, "the documents of the enterprise");
    }
    let missing = clerk.get("/corpus/documents/CN000000000000").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    let word = clerk.get("/corpus/baskets/abc").await;
    assert_eq!(word.status, StatusCode::NOT_FOUND, "a word where a number belongs leads nowhere");
    assert!(word.text.contains("这个地址没有对应的页面"));
    // Who may not see the register's enterprises sees the document without them.
    let mut enterprise = visitor(Role::Enterprise).await;
    let page = enterprise.get(&format!("/corpus/documents/CN{digits}")).await;
    assert!(page.status == StatusCode::OK && !page.text.contains("涉及的本市企业"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outside_patent_names_the_enterprises_that_work_in_its_classes() {
    let mut clerk = visitor(Role::Clerk).await;
    let outside = search(&mut clerk, "NOT PR=云川 PC=CN IC=H01M").await;
    let page = clerk.get(&format!("/corpus/documents/{}", keys(&outside)[0])).await.text;
    let near = page.split("技术相近的本市企业").nth(1).expect("somebody of the city works in H01M");
    assert!(links(near, "/enterprises/").len() > 1 && near.contains("在同一 IPC 主组"), "{near}");
}

#[tokio::test(flavor = "multi_thread")]
async fn citations_lead_both_ways_and_families_to_their_members() {
    let mut clerk = visitor(Role::Clerk).await;
    let mut found = false;
    let mut page = 1;
    while !found {
        let hits = clerk.get(&format!("/corpus?q=PC%3DCN&sort=filed&size=100&page={page}")).await.text;
        for key in keys(&hits) {
            let document = clerk.get(&format!("/corpus/documents/{key}")).await.text;
            let cites = document.split("id=\"cites\"").nth(1).unwrap().split("</section>").next().unwrap();
            let Some(cited) = keys(cites).first().cloned() else { continue };
            let other = clerk.get(&format!("/corpus/documents/{cited}")).await.text;
            let citing = other.split("id=\"citing\"").nth(1).unwrap().split("</section>").next().unwrap();
            assert!(keys(citing).contains(&key), "{cited} is cited by {key}");
            found = true;
            break;
        }
        page += 1;
    }
    let abroad = search(&mut clerk, "NOT PC=CN").await;
    let key = &keys(&abroad)[0];
    let member = clerk.get(&format!("/corpus/documents/{key}")).await.text;
    let family = member.split("id=\"family\"").nth(1).unwrap().split("</section>").next().unwrap();
    assert!(!keys(family).is_empty(), "the Chinese member");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_basket_is_filled_judged_emptied_and_brought_back() {
    let (mut clerk, _folder) = own(Role::Clerk).await;
    let hits = search(&mut clerk, "IC=H01M").await;
    let found = keys(&hits);
    let token = clerk.get("/corpus/baskets").await.token();
    let answer = clerk
        .post(
            "/corpus/baskets/put",
            &[
                ("csrf", &token),
                ("back", "/corpus?q=IC%3DH01M"),
                ("new-basket", "电池引进"),
                ("pick", &found[0]),
                ("pick", &found[1]),
            ],
        )
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let back = clerk.get(answer.header("location")).await.text;
    assert!(back.contains("已收入 2 件") && back.contains("打开文献夹"));
    let basket = links(&back, "/corpus/baskets/").into_iter().find(|href| !href.ends_with("put")).unwrap().to_owned();
    let page = clerk.get(&basket).await.text;
    assert!(page.contains(&format!("/corpus/documents/{}", found[0])));

    let edit = format!("{basket}/documents/{}", found[0]);
    let refused = clerk.post(&edit, &[("csrf", &token), ("rating", "9"), ("note", "留着")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("留着"), "refilled");
    clerk.post(&edit, &[("csrf", &token), ("rating", "5"), ("note", "可引进 <b>")]).await;
    let page = clerk.get(&basket).await.text;
    assert!(page.contains("可引进 &#60;b&#62;") || page.contains("可引进 &lt;b&gt;"), "{page}");
    let workbook = clerk.get(&format!("{basket}?export=xlsx")).await;
    assert!(workbook.status == StatusCode::OK && workbook.text.starts_with("PK"));

    let out = clerk.post(&format!("{edit}/take-out"), &[("csrf", &token)]).await;
    let page = clerk.get(out.header("location")).await.text;
    assert!(page.contains("已移出") && page.contains("撤销"));
    let id = basket.trim_start_matches("/corpus/baskets/");
    clerk
        .post("/corpus/baskets/put", &[("csrf", &token), ("basket", id), ("pick", &found[0]), ("back", &basket)])
        .await;
    assert!(clerk.get(&edit).await.text.contains("可引进"), "it comes back as it was");

    let gone = clerk.post(&format!("{basket}/remove"), &[("csrf", &token)]).await;
    assert_eq!(clerk.get(&basket).await.status, StatusCode::NOT_FOUND);
    let page = clerk.get(gone.header("location")).await.text;
    assert!(page.contains("已删除文献夹") && page.contains(&format!("{basket}/restore")));
    clerk.post(&format!("{basket}/restore"), &[("csrf", &token)]).await;
    assert_eq!(clerk.get(&basket).await.status, StatusCode::OK);
    for (path, form) in [
        ("/corpus/baskets/put", vec![("csrf", token.as_str()), ("basket", id)]),
        ("/corpus/baskets/open", vec![("csrf", token.as_str()), ("name", "")]),
    ] {
        assert_eq!(clerk.post(path, &form).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
    }
    let elsewhere = clerk
        .post("/corpus/baskets/put", &[("csrf", &token), ("basket", id), ("pick", "CN1"), ("back", "//evil.example")])
        .await;
    assert!(elsewhere.header("location").starts_with("/corpus?"), "{}", elsewhere.header("location"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_search_tells_what_came_since_it_was_opened() {
    let (mut clerk, folder) = own(Role::Clerk).await;
    let token = clerk.get("/corpus/searches").await.token();
    let token = if token.len() > 100 { token } else { clerk.get("/corpus/numbers").await.token() };
    let saved =
        clerk.post("/corpus/searches/save", &[("csrf", &token), ("name", "散热"), ("query", "TI=散热新法")]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let page = clerk.get("/corpus/searches").await.text;
    assert!(page.contains("TI=散热新法") && !page.contains("查看新文献"));

    let mut writer = corpus::Writer::open(&folder.path().join("corpus")).unwrap();
    let document = documents::Document {
        key: "CN209900000001".into(),
        office: "CN".into(),
        titles: vec![documents::Text { language: "zh".into(), text: "散热新法".into() }],
        ..documents::Document::default()
    };
    writer.add(document).unwrap();
    writer.commit().unwrap();
    let page = clerk.get("/corpus/searches").await.text;
    assert!(page.contains("查看新文献"), "{page}");
    let open = page
        .split("action=\"")
        .find_map(|rest| rest.split('"').next().filter(|href| href.ends_with("/open")))
        .unwrap()
        .to_owned();
    let opened = clerk.post(&open, &[("csrf", &token)]).await;
    let hits = clerk.get(opened.header("location")).await.text;
    assert!(total(&hits) == 1 && hits.contains("批之后新收录或有更新"), "{hits}");
    let page = clerk.get("/corpus/searches").await.text;
    assert!(!page.contains("查看新文献"), "seen now");
    let removed = clerk.post(&open.replace("/open", "/remove"), &[("csrf", &token)]).await;
    assert!(clerk.get(removed.header("location")).await.text.contains("撤销"));
    clerk.post(&open.replace("/open", "/restore"), &[("csrf", &token)]).await;
    assert!(clerk.get("/corpus/searches").await.text.contains("散热"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_tens_of_thousands_of_numbers_is_a_link_that_lasts() {
    let mut clerk = visitor(Role::Clerk).await;
    let start = clerk.get("/corpus/numbers").await;
    let known = keys(&search(&mut clerk, "IC=H01M").await);
    let mut numbers: Vec<String> = (0..20_000).map(|number| format!("CN1999{number:08}")).collect();
    numbers.push(known[0].clone());
    let sent = clerk.post("/corpus/numbers", &[("csrf", &start.token()), ("text", &numbers.join("\n"))]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let link = sent.header("location").to_owned();
    assert!(link.starts_with("/corpus?list=") && link.len() < 60, "{link}");
    let page = clerk.get(&link).await.text;
    assert_eq!(total(&page), 1);
    for (words, is_there) in [("号码单（20,001 个号码）", true), ("20,000", true), ("/corpus/searches/save", false)]
    {
        assert_eq!(page.contains(words), is_there, "{words}");
    }
    assert!(page.len() < 300_000, "{} bytes", page.len());
    let narrowed = clerk.get(&format!("{link}&narrow={}", encode("PC=US"))).await.text;
    assert!(narrowed.contains("号码单（20,001 个号码）"), "{narrowed}");
    let file = clerk.get(&format!("{link}&export=csv")).await;
    assert!(file.status == StatusCode::OK && file.text.contains("申请号"), "{}", file.text);
    assert_eq!(clerk.get("/corpus?list=nonsense").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_merged_with_a_reason_listed_and_taken_back() {
    let (mut clerk, _folder) = own(Role::Clerk).await;
    // The proposals are worked out beside the page.
    let mut page = clerk.get("/corpus/names").await;
    for _ in 0..600 {
        if !page.text.contains("正在通读全库查找") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        page = clerk.get("/corpus/names").await;
    }
    assert!(page.status == StatusCode::OK && page.text.contains("从不自动归并"), "{}", page.text);
    let token = page.token();
    let merge = |name: &str, into: &str, reason: &str| {
        vec![("csrf", token.clone()), ("name", name.into()), ("into", into.into()), ("reason", reason.into())]
    };
    async fn sent(clerk: &mut Visitor, form: Vec<(&str, String)>) -> crate::client::Answer {
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        clerk.post("/corpus/names/merge", &form).await
    }
    let without = sent(&mut clerk, merge("甲厂", "甲公司", "")).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(without.text.contains("请写明依据") && without.text.contains("value=\"甲厂\""), "{}", without.text);
    let same = sent(&mut clerk, merge("甲公司", "甲公司", "同一企业")).await;
    assert!(same.status == StatusCode::UNPROCESSABLE_ENTITY && same.text.contains("不会改变任何名称"));
    let merged = sent(&mut clerk, merge("甲厂", "甲公司", "2023-05-01 更名公告")).await;
    assert_eq!(merged.status, StatusCode::SEE_OTHER, "{}", merged.text);
    let page = clerk.get(merged.header("location")).await.text;
    for words in ["现为第 1 版", "“甲厂”并入“甲公司”", "2023-05-01 更名公告"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let entry = clerk.get("/corpus/names/1").await;
    assert!(entry.status == StatusCode::OK && entry.text.contains("撤销这一条"));
    let undone = clerk.post("/corpus/names/undo", &[("csrf", &token), ("version", "1")]).await;
    assert_eq!(undone.status, StatusCode::SEE_OTHER);
    let entry = clerk.get("/corpus/names/1").await.text;
    assert!(entry.contains("已撤销") && !entry.contains("撤销这一条"), "{entry}");
    assert_eq!(clerk.get("/corpus/names/9").await.status, StatusCode::NOT_FOUND);
    let again = clerk.post("/corpus/names/undo", &[("csrf", &token), ("version", "1")]).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.text);
    assert!(clerk.get("/corpus/names?export=xlsx").await.status.is_success());
}

#[tokio::test]
async fn without_documents_the_page_says_what_to_do() {
    let server = Server::start().await;
    let mut clerk = server.signed_in(Role::Clerk).await;
    for path in ["/corpus", "/corpus?q=x"] {
        let page = clerk.get(path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("还没有收录专利文献"), "{path}");
    }
    assert_eq!(clerk.get("/corpus/documents/CN1").await.status, StatusCode::NOT_FOUND);
    assert_eq!(clerk.get("/corpus/searches").await.status, StatusCode::OK);
}

#[tokio::test]
async fn who_may_search_and_who_may_keep() {
    use domain::accounts::Permission::{KeepBaskets, SearchCorpus};
    for role in Role::ALL {
        let server = Server::start().await;
        let mut visitor = server.signed_in(role).await;
        let may = |permission| if role.may(permission) { StatusCode::OK } else { StatusCode::FORBIDDEN };
        assert_eq!(visitor.get("/corpus").await.status, may(SearchCorpus), "{role:?}");
        assert_eq!(visitor.get("/corpus/baskets").await.status, may(KeepBaskets), "{role:?}");
        let token = visitor.get("/gallery").await.token();
        let answer = visitor.post("/corpus/baskets/open", &[("csrf", &token), ("name", "甲")]).await;
        let made = answer.status == StatusCode::SEE_OTHER && answer.header("location").starts_with("/corpus/baskets/");
        assert_eq!(made, role.may(KeepBaskets), "{role:?} {}", answer.status);
        assert!(!(role == Role::Auditor && role.may(KeepBaskets)), "an auditor changes nothing");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_taken_in_and_what_is_not_is_listed_with_its_reason() {
    const GOOGLE: &str = "search URL:,https://patents.google.com/?q=test\n\
        id,title,assignee,inventor/author,priority date,filing/creation date,publication date,grant date,result link,representative figure link\n\
        CN-109417194-B,石墨烯新负极,示例大学,张三,2016-06-01,2017-05-30,2021-09-07,2021-09-07,https://patents.google.com/patent/CN109417194B/zh,\n\
        XX,没有号码的一行,示例大学,张三,2016-06-01,2017-05-30,2021-09-07,,,\n";
    let (mut clerk, _folder) = own(Role::Clerk).await;
    let token = clerk.get("/corpus/import").await.token();
    let fields = [("csrf", token.as_str())];
    let files: [(&str, &[u8]); 2] =
        [("gp-search.csv", GOOGLE.as_bytes()), ("坏文件.xml", b"<?xml version=\"1.0\"?><unknown>")];
    let sent = clerk.upload_all("/corpus/import", &fields, &files).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let page = wait(&mut clerk, sent.header("location")).await.text;
    assert!(page.contains("收录记录第 1 号"), "{page}");
    let facts =
        ["读出（条）</dt><dd>3", "新收录（件）</dt><dd>1", "与已有的合并（件）</dt><dd>0", "搁置（条）</dt><dd>2"];
    for words in facts.into_iter().chain(["坏文件.xml", "没有号码的一行", "第 4 行", "有搁置或读不了的文件"])
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    let narrowed = clerk.get("/corpus/intakes/1?kind=contrary").await.text;
    assert!(!narrowed.contains("没有号码的一行") && narrowed.contains("没有符合条件的记录"), "{narrowed}");
    let book = clerk.get("/corpus/intakes/1?export=xlsx").await;
    assert!(book.status == StatusCode::OK && book.text.starts_with("PK"));
    assert_eq!(total(&search(&mut clerk, "TI=\"石墨烯新负极\"").await), 1);
    let again = clerk.upload("/corpus/import", &fields, "gp-search.csv", GOOGLE.as_bytes()).await;
    assert!(wait(&mut clerk, again.header("location")).await.text.contains("收录记录第 2 号"));
    let listed = clerk.get("/corpus/intakes").await.text;
    assert!(listed.contains("/corpus/intakes/1\"") && listed.contains("/corpus/intakes/2\""), "{listed}");
    assert!(clerk.get("/corpus/intakes/2").await.text.contains("与已有的合并（件）</dt><dd>1"));
    assert_eq!(clerk.get("/corpus/intakes/3").await.status, StatusCode::NOT_FOUND);
    let nothing = clerk.upload("/corpus/import", &fields, "", b"").await;
    assert!(nothing.status == StatusCode::UNPROCESSABLE_ENTITY && nothing.text.contains("请选择要收录的文件"));
}
