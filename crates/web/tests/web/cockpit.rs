//! The cockpit of the demo city: every target with its state, course and gap, and who may see it.

use axum::http::StatusCode;
use domain::accounts::Role;

use crate::{
    city::{again, links, now, own, visitor},
    client::Visitor,
};

#[tokio::test]
async fn the_cockpit_shows_every_target_with_its_state_and_method() {
    let page = visitor(Role::Leader).await.get("/cockpit").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    for name in [
        "每十亿元地区生产总值发明专利拥有量",
        "万人高价值发明专利拥有量",
        "年知识产权质押融资额",
        "知识产权实用人才培训人数",
    ] {
        assert!(page.text.contains(name), "{name}");
    }
    for words in [
        "知识产权创造质量明显提升",
        "目标 ≥ 30",
        "未达标",
        "还差",
        "比上月",
        "泰尔–森法",
        "平均差",
        "谁在补差距",
        "异常提示",
        "方法：",
    ] {
        assert!(page.text.contains(words), "{words}");
    }
    assert!(page.text.matches("class=\"figure-name\"").count() >= 11, "every target is a figure");
}

/// Every table of the page can be had as a workbook and as csv, with numbers and days as such.
#[tokio::test]
async fn the_tables_of_the_cockpit_are_exported() {
    let mut leader = visitor(Role::Leader).await;
    let page = leader.get("/cockpit").await.text;
    for (table, heading) in [
        ("course", "指标,现值,目标,单位"),
        ("changes", "指标,新计入,不再计入,净变化"),
        ("gaps", "指标,区镇或企业,名称"),
    ] {
        let file = |form: &str| format!("/cockpit?list={table}&export={form}");
        let shown = |address: String| page.contains(&address) || page.contains(&address.replace('&', "&#38;"));
        assert!(shown(file("csv")) && shown(file("xlsx")), "{table}");
        let csv = leader.get(&file("csv")).await;
        assert!(
            csv.header("content-type").starts_with("text/csv") && csv.header("content-disposition").contains(".csv")
        );
        let text = csv.text.trim_start_matches('\u{FEFF}');
        assert!(text.starts_with(heading), "{text}");
        let lines: Vec<&str> = text.lines().skip(1).collect();
        assert!(
            !lines.is_empty() && lines.iter().all(|line| line.chars().any(|letter| letter.is_ascii_digit())),
            "{text}"
        );
        let workbook = leader.get(&file("xlsx")).await;
        assert!(workbook.status == StatusCode::OK && workbook.body.starts_with(b"PK"), "{table}");
    }
    let course = leader.get("/cockpit?list=course&export=csv").await.text;
    let k05 = course.lines().find(|line| line.starts_with("国家知识产权示范优势企业,")).unwrap();
    let value = k05.split(',').nth(1).unwrap();
    assert!(value.parse::<i64>().is_ok(), "a number without marks: {k05}");
}

#[tokio::test]
async fn an_earlier_run_can_be_chosen_and_is_kept_in_every_link() {
    let mut leader = visitor(Role::Leader).await;
    let page = leader.get("/cockpit").await.text;
    let runs: Vec<&str> = page.split("<option value=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(runs.len() > 12, "every month end can be chosen");
    let run = runs[5];
    let earlier = leader.get(&format!("/cockpit?run={run}")).await;
    assert_eq!(earlier.status, StatusCode::OK);
    assert!(
        earlier.text.contains("预测列是按已有各月趋势推算到 2023年12月31日"),
        "before the target date the forecast looks ahead"
    );
    for href in links(&earlier.text, "/indicators/") {
        assert!(href.contains("run="), "{href}");
    }
    assert_eq!(leader.get("/cockpit?run=nonsense").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn every_number_of_changes_leads_to_its_rights() {
    let mut leader = visitor(Role::Leader).await;
    let page = leader.get("/cockpit").await.text;
    let changes: Vec<String> = links(&page, "/indicators/K01/changes")
        .into_iter()
        .map(|href| href.replace("&amp;", "&").replace("&#38;", "&"))
        .collect();
    assert!(!changes.is_empty());
    for href in changes.iter().take(4) {
        let answer = leader.get(href).await;
        assert_eq!(answer.status, StatusCode::OK, "{href}");
        assert!(answer.text.contains("/patents/"), "{href} lists rights");
    }
}

#[tokio::test]
async fn every_right_that_may_soon_lapse_is_listed_with_its_enterprise() {
    let mut leader = visitor(Role::Leader).await;
    let page = leader.get("/cockpit").await.text;
    let between = |from: &str, to: &str| -> usize {
        let found = page.split_once(from).and_then(|(_, rest)| rest.split_once(to));
        found.map_or(0, |(number, _)| number.replace(',', "").parse().unwrap())
    };
    // Those that are known to be in danger, and those of which nobody told the fees, are the whole list together.
    let (known, untold) = (between("件，共 ", " 件"), between("另有 ", " 件的年费"));
    assert!(untold > 0 && page.contains("/cockpit/lapses?cause=unknown"), "{page}");
    let list = leader.get("/cockpit/lapses").await.text;
    assert!(list.contains(&format!("共 {} 条", known + untold)), "{known} and {untold}");
    let list = leader.get("/cockpit/lapses?cause=unknown").await.text;
    assert!(list.contains(&format!("共 {untold} 条")), "{untold}");
    let enterprise = links(&list, "/enterprises/")[0].trim_start_matches("/enterprises/").to_owned();
    let own = leader.get(&format!("/cockpit/lapses?enterprise={enterprise}")).await.text;
    assert!(links(&own, "/enterprises/").iter().all(|href| href.ends_with(&enterprise)));
    assert!(!links(&own, "/patents/").is_empty());
}

#[tokio::test]
async fn who_may_not_see_figures_is_refused() {
    for role in [Role::Enterprise, Role::Administrator] {
        let mut visitor = visitor(role).await;
        for path in
            ["/cockpit", "/indicators", "/indicators/K01", "/indicators/K01/rights", "/patents", "/cockpit/lapses"]
        {
            assert_eq!(visitor.get(path).await.status, StatusCode::FORBIDDEN, "{role:?} {path}");
        }
    }
}

/// A forecast without a back-test lights no lamp, and the page says why.
#[tokio::test]
async fn without_a_back_test_the_outlook_cannot_be_told_and_the_page_says_why() {
    let mut leader = visitor(Role::Leader).await;
    let june = of_day(&mut leader, "2023-06-30").await;
    let page = leader.get(&format!("/cockpit?run={june}")).await.text;
    let course = page.split("id=\"course\"").nth(1).and_then(|rest| rest.split("</section>").next()).unwrap();
    let rows: Vec<&str> = course.split("<tr>").filter(|row| row.contains("/indicators/K")).collect();
    assert_eq!(rows.len(), 11);
    for row in &rows {
        let tested = row.contains("平均差");
        assert!(tested || (!row.contains("预计达标") && !row.contains("预计不达标")), "no band, no light: {row}");
    }
    let k01 = rows.iter().find(|row| row.contains("/indicators/K01")).unwrap();
    for words in ["历史不足，不作回测", "无法判断", "历史不足，没有回测"] {
        assert!(k01.contains(words), "{words}: {k01}");
    }
}

/// The day at which the targets fall due is a parameter: a what-if that moves it waits for that day.
#[tokio::test]
async fn the_day_of_the_targets_is_the_end_of_the_plan() {
    let (mut clerk, _folder) = own(Role::Clerk).await;
    let page = clerk.get("/cockpit").await.text;
    assert!(page.contains("2023年12月31日") && !page.contains("2025年12月31日"), "{page}");
    let token = clerk.get("/what-if").await.token();
    let sent = clerk.post("/what-if", &[("csrf", &token), ("set-plan_end", "2025-12-31")]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let run = sent.header("location").trim_start_matches("/what-if/").to_owned();
    let moved = clerk.get(&format!("/cockpit?run={run}")).await.text;
    assert!(moved.contains("2025年12月31日"), "{moved}");
    let course = clerk.get(&format!("/indicators/K01?run={run}")).await.text;
    assert!(course.contains("2025-12") && !clerk.get("/indicators/K01").await.text.contains("2025-12"));
}

/// The run of a day, as the choice of runs names it.
async fn of_day(visitor: &mut Visitor, day: &str) -> String {
    let page = visitor.get("/cockpit").await.text;
    let option = page.split("<option value=\"").find(|option| option.contains(day)).unwrap();
    option.split('"').next().unwrap().to_owned()
}

/// A section of a page by the id of its heading.
fn section<'a>(page: &'a str, id: &str) -> &'a str {
    let from = page.split(&format!("<h2 id=\"{id}\">")).nth(1).unwrap_or_else(|| panic!("no section {id}: {page}"));
    from.split("</section>").next().unwrap()
}

/// Runs of a city's own, of the months in which loans were registered, for a target that they do not reach.
async fn with_a_gap_in_pledges(folder: &std::path::Path) -> Vec<String> {
    let mut leader = again(folder, Role::Leader).await;
    let (installation, _) = domain::Installation::open(folder, None, now()).await.unwrap();
    let policy = domain::runs::policy().unwrap();
    let mut runs = Vec::new();
    for month in 1..=12 {
        let as_of = jiff::civil::date(2023, month, 1).last_of_month();
        let run = of_day(&mut leader, &as_of.to_string()).await;
        let csv = leader.get(&format!("/cockpit?run={run}&list=changes&export=csv")).await.text;
        let pledges = csv.lines().find(|line| line.starts_with("年知识产权质押融资额,"));
        let gained = pledges.and_then(|line| line.split(',').nth(1)?.parse::<f64>().ok());
        if gained.is_none_or(|yuan| yuan == 0.0) {
            continue;
        }
        let overrides = [("k08_target".to_owned(), "9000000000000".to_owned())].into();
        let question = domain::runs::Question { as_of, known_at: now(), overrides, scope: None };
        let run = domain::runs::evaluate(&installation, &policy, &question, "test", now(), &|_| ()).await.unwrap();
        runs.push(run.run.clone());
    }
    runs
}

/// What is lacking in money is closed in money: loans are told in yuan, and who brought most stands first. What single firms
/// borrowed is told to no other town.
#[tokio::test]
async fn who_closes_the_gap_of_the_pledges_is_told_in_yuan() {
    let (mut clerk, folder) = own(Role::Clerk).await;
    let mut town = again(folder.path(), Role::Town).await;
    let runs = with_a_gap_in_pledges(folder.path()).await;
    let (mut told, mut hidden) = (0, 0);
    for run in &runs {
        let page = clerk.get(&format!("/cockpit?run={run}")).await.text;
        let gaps = section(&page, "gaps");
        let pledges = gaps.split("<div class=\"gap\">").find(|gap| gap.contains("/indicators/K08?")).unwrap();
        assert!(pledges.contains("还差") && pledges.contains("项</span>"), "{pledges}");
        let nets: Vec<&str> = pledges.split("<strong>").skip(1).filter_map(|rest| rest.split('<').next()).collect();
        assert!(!nets.is_empty() && nets.iter().all(|net| net.ends_with('元')), "{nets:?}");
        // The file holds the same exactly, in yuan, in the order of the amounts.
        let file = format!("/cockpit?run={run}&list=gaps&export=csv");
        let csv = clerk.get(&file).await.text;
        let of = |csv: &str, kind: &str| -> Vec<Vec<String>> {
            let beginning = format!("年知识产权质押融资额,{kind},");
            let cells = |line: &str| line.split(',').map(str::to_owned).collect();
            csv.lines().filter(|line| line.starts_with(&beginning)).map(cells).collect()
        };
        let towns = of(&csv, "区镇");
        let net: Vec<f64> = towns.iter().map(|cells| cells[5].parse().unwrap()).collect();
        assert!(!net.is_empty() && net.is_sorted_by(|a, b| a >= b), "{csv}");
        assert!(net.iter().all(|yuan| yuan.abs() > 1_000.0), "yuan, and no number of contracts: {csv}");
        assert!(towns.iter().all(|cells| cells[7] == "元" && cells[8].parse::<i64>().is_ok()), "{csv}");
        let (all, own) = (of(&csv, "企业"), of(&town.get(&file).await.text, "企业"));
        told += all.len();
        hidden += all.len() - own.len();
    }
    assert!(told > 0 && hidden > 0, "{hidden} of {told} in {runs:?}");
}

/// What is counted is one number on every place: the figure and the table of what changed.
#[tokio::test]
async fn a_figure_is_one_number_on_every_place() {
    let mut leader = visitor(Role::Leader).await;
    let changes = leader.get("/cockpit?list=changes&export=csv").await.text;
    for (code, name) in [
        ("M08", "PCT 国际专利授权涉及的国际申请数"),
        ("K02", "PCT 国际专利授权量累计"),
        ("M01", "有效高新技术企业数"),
        ("K11", "知识产权实用人才培训人数"),
    ] {
        let line = changes.lines().find(|line| line.starts_with(&format!("{name},"))).unwrap();
        let stock = line.split(',').nth(4).unwrap();
        let page = leader.get(&format!("/indicators/{code}")).await.text;
        let figure = page.split("<p class=\"figure-value\"").nth(1).and_then(|rest| rest.split_once('>')).unwrap().1;
        let figure: String =
            figure.chars().take_while(|c| c.is_ascii_digit() || *c == ',').filter(|c| *c != ',').collect();
        assert_eq!(figure, stock, "{code}");
    }
}

/// Targets stand against the trajectory of the very day, in words, with how its value was found.
#[tokio::test]
async fn a_target_says_how_it_stands_to_the_trajectory_of_the_day() {
    let mut leader = visitor(Role::Leader).await;
    let may = of_day(&mut leader, "2023-05-31").await;
    let page = leader.get(&format!("/cockpit?run={may}")).await.text;
    let cards = section(&page, "targets");
    assert!(cards.contains("落后轨迹") && cards.contains("领先轨迹"), "{cards}");
    let course = section(&page, "course");
    // K01 between 27.5 and 30; K08 from zero in January, never the 2 of the year before.
    for words in ["27.5 +（30 − 27.5）× 151 ÷ 365 ≈ 28.53", "0 +（2 − 0）× 150 ÷ 364 ≈ 0.82", "约 28.53"]
    {
        assert!(course.contains(words), "{words}: {course}");
    }
    for code in ["K01", "K08"] {
        let page = leader.get(&format!("/indicators/{code}?run={may}")).await.text;
        assert!(page.contains("轨迹（当日）") && page.contains("按日插值"), "{code}: {page}");
        assert!(page.contains("落后轨迹") || page.contains("领先轨迹") || page.contains("与轨迹持平"), "{code}");
    }
    // The line of the yearly sum breaks in January, that of the stock does not.
    let chart =
        |page: &str| page.split("id=\"course-data\">").nth(1).unwrap().split("</script>").next().unwrap().to_owned();
    let k08: serde_json::Value = serde_json::from_str(&chart(&leader.get("/indicators/K08").await.text)).unwrap();
    let january = k08["breaks"][0].as_u64().unwrap() as usize;
    assert_eq!(k08["labels"][january], "2023-01", "{k08}");
    assert_eq!(k08["series"][1]["values"][january], "0.16", "2 × 30 ÷ 364: {k08}");
    let k01: serde_json::Value = serde_json::from_str(&chart(&leader.get("/indicators/K01").await.text)).unwrap();
    assert!(k01.get("breaks").is_none());
}

/// On the target day nothing is called a forecast, and the months before it alone are what the figure is held against.
#[tokio::test]
async fn on_the_target_day_the_months_before_are_a_contrast() {
    let mut leader = visitor(Role::Leader).await;
    let due = leader.get("/indicators/K01").await.text;
    assert!(due.contains("此前各月推算的对照") && due.contains("不用当月的实际数"), "{due}");
    assert!(!due.contains("<h2 id=\"forecast\">预测"), "{due}");
    let told = |page: &str| -> usize {
        page.split_once("依据 ").and_then(|(_, rest)| rest.split_once(" 个月的数值")).unwrap().0.parse().unwrap()
    };
    let november = of_day(&mut leader, "2023-11-30").await;
    let ahead = leader.get(&format!("/indicators/K01?run={november}")).await.text;
    assert!(ahead.contains("<h2 id=\"forecast\">预测"), "{ahead}");
    assert_eq!(told(&due), told(&ahead), "both rest on the months up to November");
}

/// The page leads with what leads: verdicts that changed and gaps are seen at once, the rest is folded and not lost.
#[tokio::test]
async fn the_cockpit_leads_with_verdicts_and_folds_the_rest() {
    let mut leader = visitor(Role::Leader).await;
    let page = leader.get("/cockpit").await.text;
    let place = |id: &str| page.find(&format!("<h2 id=\"{id}\">")).unwrap_or_else(|| panic!("{id}"));
    let order = ["targets", "verdicts", "gaps", "lapses", "alarms", "course", "changes", "monitored", "method-heading"];
    assert!(order.windows(2).all(|pair| place(pair[0]) < place(pair[1])), "{page}");
    for id in ["course", "changes", "monitored", "method-heading"] {
        assert!(page.contains(&format!("<details class=\"fold\">\n  <summary><h2 id=\"{id}\">")), "{id} is folded");
    }
    assert!(!page.contains("<details class=\"fold\" open") && !page.contains("<details class=\"rule fold\" open"));
    // Every target that is told there reads otherwise in the run before, and no other figure is told.
    let verdicts = section(&page, "verdicts");
    let told = verdicts.matches("<li>").count();
    assert_eq!(verdicts.matches(" → ").count(), told);
    assert_eq!(links(verdicts, "/indicators/K").len(), told, "{verdicts}");
    assert_eq!(told == 0, verdicts.contains("没有变化"), "{verdicts}");
}

/// How many rows a list says it has.
fn rows(page: &str) -> usize {
    let rest = page.split("共 ").nth(1).unwrap_or_else(|| panic!("no total in {page}"));
    rest.split(' ').next().unwrap().replace(',', "").parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_4_2_1() {
    // The watch list holds what K04 counted, no more and no less, each with what endangers, binds and protects it.
    let mut clerk = visitor(Role::Clerk).await;
    let cockpit = clerk.get("/cockpit").await.text;
    assert!(cockpit.contains("href=\"/cockpit/high-value\""));
    let counted = rows(&clerk.get("/indicators/K04/rights").await.text);
    let all = clerk.get("/cockpit/high-value").await.text;
    let high = clerk.get("/cockpit/high-value?standing=high").await.text;
    let file = clerk.get("/cockpit/high-value?standing=high&export=csv").await.text;
    assert_eq!(rows(&high), counted, "{high}");
    assert!(rows(&all) > rows(&high), "what may become high-value stands beside it");
    for word in ["高价值：", "战略性新兴产业", "件有效"] {
        assert!(file.contains(word), "{word}: {file}");
    }
    for (filter, word) in
        [("standing=ripening", "待培育：维持到"), ("standing=undetermined", "待判定"), ("sign=pledged", "银行")]
    {
        let page = clerk.get(&format!("/cockpit/high-value?{filter}")).await.text;
        assert!(page.contains(word) && rows(&page) > 0, "{filter}: {page}");
    }
    let in_danger = clerk.get("/cockpit/high-value?standing=high&sign=danger").await.text;
    let soon_lost = clerk.get("/cockpit/lapses?high-value=yes").await.text;
    assert_eq!(rows(&in_danger), rows(&soon_lost), "what the list of lapses marks as high-value");
    let own_town = clerk.get("/cockpit/high-value?standing=high&town=%E6%9F%B3%E5%A0%B0%E9%95%87").await.text;
    assert!(rows(&own_town) < counted);
    let mut enterprise = visitor(Role::Enterprise).await;
    assert_eq!(enterprise.get("/cockpit/high-value").await.status, StatusCode::FORBIDDEN);
}
