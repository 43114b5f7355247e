//! What the market moves, what units spend, where special funds go, and which policies pay for the same: from files to figures, on both
//! databases. What never came is not collected, and what was not told is no zero.

use domain::accounts::{Account, Role};
use domain::budget::{self, Moved, Sum};
use domain::overlaps::{self, Same};
use domain::{funds, matching, spending};

use crate::delivery::{City, now};

const LICENCES: &str = "合同备案号,专利号,许可人,被许可人,被许可人代码,许可种类,生效日期,许可费";
const INSURANCES: &str = "保单号,投保人,投保人代码,险种,保费,起保日期,财政补贴金额";
const INTRODUCTIONS: &str = "合同编号,统一社会信用代码,引进方式,申请号,来源方,合同日期,合同金额";
const RETURNS: &str = "投入单位,单位类型,年度,经费来源,支出金额";
const PATENT: &str = "201310699744.2";
const FIRM: &str = "91320682MA10000390";

/// A year in which the demo city has nothing of its own.
const YEAR: i64 = 2019;

async fn year(city: &City) -> budget::Year {
    let board = budget::board(&city.installation, &city.policy, now()).await.unwrap();
    board.into_iter().find(|one| one.year == YEAR).unwrap_or_default()
}

const fn known(fen: i64, count: usize, untold: usize) -> Moved {
    Moved::Known(Sum { fen, count, untold })
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_1_3_1_the_market_counts_each_contract_once_and_no_blank_as_zero() {
    for database in db::test::databases().await {
        let city = City::new(database.db.clone()).await;
        city.import("pledges", &format!(
            "登记号,权利种类,出质人代码,质权人,标的,登记金额,登记日期\nY1,专利,{FIRM},某银行,{PATENT},100万元,{YEAR}-03-01\n"
        ))
        .await;
        let market = year(&city).await.market;
        assert_eq!(market.pledges, known(100_000_000, 1, 0));
        assert_eq!(market.licences, Moved::Unregistered, "the register came, and holds nothing of the year");
        assert!(market.is_least());

        // A licence of 20, one of which nobody told the fee, and one that is a contract of the other register.
        let rows = [
            format!("X1,{PATENT},甲大学,乙公司,{FIRM},普通,{YEAR}-05-01,20万元"),
            format!("X2,{PATENT},甲大学,丙公司,,独占,{YEAR}-06-01,"),
            format!("X3,97101765.4,丁大学,乙公司,{FIRM},普通许可,{YEAR}-07-01,8万元"),
        ];
        let licences = city.import("licences", &format!("{LICENCES}\n{}\n", rows.join("\n"))).await;
        assert_eq!(year(&city).await.market.licences, known(28_000_000, 3, 1));
        let contract =
            |amount: &str| format!("{INTRODUCTIONS}\nHT-9,{FIRM},许可,97101765.4,丁大学,{YEAR}-06-20,{amount}\n");
        // Without an amount the contract does not take the licence's known one away.
        city.import("introductions", &contract("")).await;
        let market = year(&city).await.market;
        assert_eq!((market.licences, market.introductions), (known(28_000_000, 3, 1), known(0, 1, 1)));
        city.import("introductions", &contract("9万元")).await;
        let market = year(&city).await.market;
        assert_eq!((market.licences, market.introductions), (known(20_000_000, 2, 1), known(9_000_000, 1, 0)));
        let shown = budget::licences(&city.installation, city.of("finance"), now()).await.unwrap();
        assert_eq!(shown.iter().find(|one| one.number == "X3").unwrap().counted_as, "HT-9");

        // The premium net of what the treasury gave; of one policy that is not known.
        let rows = [
            format!("P1,乙公司,{FIRM},专利执行险,5000,{YEAR}-08-01,2000"),
            format!("P2,丙公司,,专利执行险,4000,{YEAR}-08-02,"),
        ];
        city.import("insurances", &format!("{INSURANCES}\n{}\n", rows.join("\n"))).await;
        let one = year(&city).await;
        assert_eq!(one.market.premiums, known(300_000, 2, 1));
        assert_eq!(one.market.total(), Some(Sum { fen: 129_300_000, count: 6, untold: 2 }));
        assert!(one.market.is_least() && one.grew.is_none());

        // A batch taken back takes its figure with it.
        registry::rollback(city.db(), licences, now(), "clerk", None).await.unwrap();
        assert_eq!(year(&city).await.market.licences, Moved::Unregistered);
        city.is_sound().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_2_4_2_licences_and_insurance_are_seen_by_the_city_and_each_town_sees_its_own() {
    let city = City::alone().await;
    let (installation, office) = (&city.installation, city.of("clerk"));
    let all = budget::licences(installation, office, now()).await.unwrap();
    assert!(all.iter().any(|one| one.amount_fen.is_none()) && all.iter().any(|one| one.amount_fen.is_some()));
    let introduced = matching::introductions(installation, office, now()).await.unwrap();
    assert!(!introduced.is_empty());
    let town = city.of("town");
    let own = budget::licences(installation, town, now()).await.unwrap();
    assert!(own.len() < all.len(), "{} of {}", own.len(), all.len());
    let nowhere = Account { unit: "没有的镇".into(), ..town.clone() };
    assert!(budget::licences(installation, &nowhere, now()).await.unwrap().is_empty());
    assert!(budget::insurances(installation, &nowhere, now()).await.unwrap().is_empty());
    let insured = budget::insurances(installation, office, now()).await.unwrap();
    assert!(insured.iter().any(|one| one.net_fen().is_none()) && insured.iter().all(|one| one.premium_fen.is_some()));
    for login in ["enterprise", "bank", "province", "science", "admin", "security"] {
        let refused = budget::licences(installation, city.of(login), now()).await;
        assert!(refused.is_err(), "{login} sees contracts of others");
        assert!(budget::insurances(installation, city.of(login), now()).await.is_err(), "{login}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c4_2_6_units_report_by_year_and_head_and_who_has_not_is_named() {
    for database in db::test::databases().await {
        let city = City::new(database.db.clone()).await;
        let town = city.of("town").unit.clone();
        let rows = [
            format!("{town},区镇,{YEAR},本级财政,30万元"),
            format!("{town},区镇,{},本级财政,36万元", YEAR - 1),
            format!("科学技术局,部门,{YEAR},本级财政,50万元"),
            format!("科学技术局,部门,{YEAR},上级专项,"),
        ];
        // The last row tells no amount at all.
        let told = format!("{RETURNS},预算金额\n{},\n{},\n{},\n{},10万元\n", rows[0], rows[1], rows[2], rows[3]);
        city.import("ip-spending", &told).await;
        let people = "指标,区镇,年度,数值,单位,数据版本,发布日期,来源";
        let of_town = format!("{people}\n常住人口,{town},{YEAR},5,万人,公报,{}-03-01,公报\n", YEAR + 1);
        city.import("statistics", &of_town).await;
        let all = spending::spending(&city.installation, city.of("leader"), now()).await.unwrap();
        let find = |unit: &str| all.units.iter().find(|one| one.unit == unit && one.year == YEAR).unwrap();
        let one = find(&town);
        assert_eq!((one.whole_fen(), one.per_head_fen(), one.growth), (Some(30_000_000), Some(600), Some(-1_666)));
        let science = find("科学技术局");
        assert_eq!((science.spent, science.whole_fen()), (Some(Sum { fen: 50_000_000, count: 2, untold: 1 }), None));
        assert_eq!(science.budgeted.map(|sum| sum.fen), Some(10_000_000));
        let course = all.years.iter().find(|one| one.year == YEAR).unwrap();
        assert_eq!((course.reported, course.alike), (2, Some((1, -1_666))));
        assert!(course.is_least() && course.missing.contains(&"财政局".to_owned()), "{:?}", course.missing);
        assert!(!course.missing.contains(&town));

        // A town and a department see what is their own, and no sum over others.
        for (login, unit) in [("town", town.as_str()), ("science", "科学技术局")] {
            let own = spending::spending(&city.installation, city.of(login), now()).await.unwrap();
            assert!(!own.is_whole && own.years.is_empty() && !own.units.is_empty());
            assert!(own.units.iter().all(|one| one.unit == unit) && own.returns.iter().all(|one| one.unit == unit));
        }
        for role in [Role::Enterprise, Role::Bank, Role::Province, Role::Administrator] {
            let account = Account { role, ..city.of("enterprise").clone() };
            assert!(spending::spending(&city.installation, &account, now()).await.is_err(), "{role:?}");
        }
        city.is_sound().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c4_2_2_the_fund_map_tells_conditions_foci_and_what_nobody_tagged() {
    for database in db::test::databases().await {
        let city = City::new(database.db.clone()).await;
        city.import(
            "special-funds",
            &format!("主管部门,资金名称,年度,资金总额,有无知识产权条件\n甲局,甲资金,{YEAR},1000万元,否\n乙局,乙资金,{YEAR},,\n"),
        )
        .await;
        let rows = [
            format!("甲资金,{YEAR},平台,交易平台,60万元"),
            format!("甲资金,{YEAR},转化,运用,30万元"),
            format!("甲资金,{YEAR},改造,,10万元"),
            format!("甲资金,{YEAR},保护站,保护,"),
            format!("丙资金,{YEAR},改造,其他,100万元"),
        ];
        city.import("fund-projects", &format!("资金名称,年度,项目名称,聚焦方向,资金金额\n{}\n", rows.join("\n"))).await;
        let map = funds::map(&city.installation, city.of("finance"), now()).await.unwrap();
        let find = |name: &str| map.funds.iter().find(|one| one.name == name && one.year == YEAR).unwrap();
        assert_eq!((find("甲资金").has_condition, find("乙资金").has_condition), (Some(false), None));
        assert_eq!(find("乙资金").total_fen, None, "a total that was not told is not nothing");
        assert_eq!(find("甲资金").projects(), Sum { fen: 100_000_000, count: 4, untold: 1 });
        assert_eq!(find("甲资金").of("").count, 1, "what nobody tagged is no 其他");
        assert!(!find("丙资金").is_listed, "projects of a fund that the register lacks are kept");
        let share = |focus: &str| {
            map.shares.iter().find(|one| one.year == YEAR && one.focus == focus).and_then(|one| one.share)
        };
        assert_eq!(
            (share("交易平台"), share("保护"), share("其他"), share("")),
            (Some(3_000), Some(0), Some(5_000), Some(500))
        );
        for login in ["town", "enterprise", "science", "bank", "province"] {
            assert!(funds::map(&city.installation, city.of(login), now()).await.is_err(), "{login}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c4_2_3_items_of_others_for_the_same_event_and_rights_that_both_paid_for() {
    let city = City::alone().await;
    let finance = city.of("finance");
    let found = overlaps::check(&city.installation, finance, now()).await.unwrap();
    let pair = |event: &str| found.pairs.iter().filter(|one| one.event == event).collect::<Vec<_>>();
    // The demo's own items pay for inventions granted; the city's science bureau and the province do too.
    assert_eq!(pair("发明专利授权").len(), 2);
    assert!(pair("发明专利授权").iter().any(|one| one.theirs.relation == "就高不就低"));
    assert!(pair("境外专利授权").is_empty(), "our item for grants abroad is a draft and pays nothing");
    let ended = pair("项目立项");
    assert!(ended.len() == 1 && !ended[0].holds(jiff::civil::date(2024, 3, 1)), "what has ended stands apart");
    let document = |number: &str| found.documents.iter().find(|one| one.number == number).unwrap();
    assert_eq!(document("云科发〔2022〕8号").rests_on, ["云政发〔2021〕3号"]);
    assert!(document("云政发〔2021〕3号").carries.len() >= 3 && document("云政办发〔2023〕12号").is_ours);

    // A right of a case that the province has paid for: of its document we know the event, of another document we do not.
    let case =
        domain::cases::all(city.db(), finance).await.unwrap().into_iter().find(|case| !case.facts.rights.is_empty());
    let case = case.expect("the demo opens the stars of the year");
    let [right, other] = [&case.facts.rights[0], &case.facts.rights[1]];
    let event = overlaps::event_of(&case.award).unwrap();
    let items = "发文部门,文件文号,条款,奖补事项,事件种类,生效日期,与本政策关系";
    city.import("policy-items", &format!("{items}\n甲局,云甲发〔2023〕1号,第一条,奖,{event},2023-01-01,不重复享受\n"))
        .await;
    let paid = "申请号,资助单位,金额,发放日期,依据文号";
    let rows =
        format!("{right},甲局,3000,2023-05-01,云甲发〔2023〕1号\n{other},乙局,700,2023-06-01,云乙发〔2023〕2号\n");
    city.import("subsidies", &format!("{paid}\n{rows}")).await;
    let found = overlaps::check(&city.installation, finance, now()).await.unwrap();
    let of = |payer: &str| found.both.iter().find(|one| one.payer == payer && one.case == case.id).unwrap();
    let (first, second) = (of("甲局"), of("乙局"));
    assert_eq!((&first.right, first.theirs_fen, first.same), (right, Some(300_000), Same::Yes));
    assert_eq!((first.relation.as_str(), first.ours_fen), ("不重复享受", case.amount_fen()));
    assert_eq!(
        (second.same, second.relation.as_str()),
        (Same::Unknown, ""),
        "a document without items decides nothing"
    );
    for login in ["town", "enterprise", "science", "bank", "province"] {
        assert!(overlaps::check(&city.installation, city.of(login), now()).await.is_err(), "{login}");
    }
}
