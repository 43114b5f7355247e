//! Who is supported for intellectual property of their own: projects and start-ups, from files to verdicts, on both databases. What
//! cannot be told is no no.

use domain::accounts::{Account, Role};
use domain::budget::Sum;
use domain::cases::{Act, State};
use domain::freeze::Standing;
use domain::{budget, projects, startups};
use jiff::civil::date;

use crate::clauses::applied;
use crate::delivery::{City, now};

const FIRMS: &str = "统一社会信用代码,企业名称,区镇,成立日期,行业代码,企业状态";
const PATENTS: &str = "申请号,名称,申请日,授权公告日,专利权人,第一专利权人代码";
const EVENTS: &str = "申请号,事件,生效日期,登记日期,相对方,相对方代码";
const LIBRARY: &str = "项目编号,项目名称,统一社会信用代码,年度,项目标签,依据权利,评审结论,评审日期,扶持方式,扶持金额";
const PILOTS: &str = "试点编号,统一社会信用代码,扶持方式,扶持金额,扶持日期,评估结论";

/// Three invented firms and two of their patents, of which one passes on and one ends.
async fn firms(city: &City) -> [String; 3] {
    let town = city.of("town").unit.clone();
    let codes = [901, 902, 903].map(demo_code);
    let [young, old, open] = &codes;
    let rows = [
        format!("{young},甲试验科技有限公司,{town},2021-06-01,3825,存续"),
        format!("{old},乙试验科技有限公司,{town},2015-06-01,3825,存续"),
        format!("{open},丙试验科技有限公司,{town},,1371,存续"),
    ];
    city.import("enterprises", &format!("{FIRMS}\n{}\n", rows.join("\n"))).await;
    let rows = [
        format!("{},甲装置,2021-08-02,2022-03-01,甲试验科技有限公司,{young}", number(1)),
        format!("{},乙装置,2019-08-02,2020-03-01,乙试验科技有限公司,{old}", number(2)),
        format!("{},丙装置,2019-08-02,2020-03-01,丙试验科技有限公司,{open}", number(3)),
    ];
    city.import("patents", &format!("{PATENTS}\n{}\n", rows.join("\n"))).await;
    let rows = [
        format!("{},转让,2023-05-20,2023-06-01,甲试验科技有限公司,{young}", number(2)),
        format!("{},终止,2023-08-02,,,", number(3)),
    ];
    city.import("patent-events", &format!("{EVENTS}\n{}\n", rows.join("\n"))).await;
    codes
}

/// A code of an enterprise, by its serial.
fn demo_code(serial: u64) -> String {
    const SYMBOLS: &str = "0123456789ABCDEFGHJKLMNPQRTUWXYX";
    let sound = |inner: char, check: char| {
        let code = format!("91320682MA{serial:06}{inner}{check}");
        code.parse::<terms::Uscc>().is_ok().then_some(code)
    };
    let mut all = SYMBOLS.chars().flat_map(|inner| SYMBOLS.chars().map(move |check| (inner, check)));
    all.find_map(|(inner, check)| sound(inner, check)).unwrap()
}

/// The number of a patent of 2019 that no city of the demo holds.
fn number(serial: u32) -> String {
    format!("20191999{serial:04}").parse::<terms::ApplicationNumber>().unwrap().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c4_2_4_a_project_has_its_own_ip_on_the_day_of_its_review_or_says_why_not() {
    for database in db::test::databases().await {
        let city = City::new(database.db.clone()).await;
        let [young, old, open] = firms(&city).await;
        let [first, second, third] = [1, 2, 3].map(number);
        let rows = [
            // Its own since before the review, and one that came to it only later.
            format!("T1,一,{young},2019,前瞻性;创新型,{first};{second},通过,2023-05-31,无偿资助,20万元"),
            // Its own on the day of the review, sold since.
            format!("T2,二,{old},2019,,{second},通过,2023-05-31,股权投资,"),
            // Not reviewed, so as of today, and ended by then.
            format!("T3,三,{open},2019,示范性,{third},,,,0"),
            format!("T4,四,{old},2019,示范性,2023SR0123456,通过,2023-05-31,贷款贴息,5万元"),
            format!("T5,五,{old},2019,示范性,,通过,2023-05-31,贷款贴息,5万元"),
            format!("T6,六,{},2019,示范性,{second},通过,2023-05-31,贷款贴息,5万元", city.of("enterprise").unit),
        ];
        let batch = city.import("project-library", &format!("{LIBRARY}\n{}\n", rows.join("\n"))).await;
        let library = projects::library(&city.installation, city.of("leader"), now()).await.unwrap();
        let find = |number: &str| library.projects.iter().find(|one| one.number == number).unwrap();
        let told = |number: &str| {
            let one = find(number);
            (one.own(), one.own_today(), one.rights.iter().map(|one| one.standing).collect::<Vec<_>>())
        };
        assert_eq!(told("T1"), (Some(true), Some(true), vec![Standing::Own, Standing::Others]));
        assert_eq!(told("T2"), (Some(true), Some(false), vec![Standing::Own]));
        assert_eq!(told("T3"), (Some(false), Some(false), vec![Standing::Ended]));
        assert_eq!(told("T4"), (None, None, vec![Standing::OtherKind]));
        assert_eq!(told("T5"), (None, None, vec![]), "no right was named");
        assert_eq!(told("T6").0, Some(false), "another enterprise's");
        assert_eq!((find("T1").day.to_string(), find("T3").day), ("2023-05-31".into(), library.today));
        assert_eq!(find("T1").industry.names(), ["新能源"]);
        assert!(find("T3").industry.names().is_empty() && !find("T3").industry.why_none().is_empty());
        let totals = projects::totals(&library.projects);
        let total = |tag: Option<&str>| {
            let one = totals.iter().find(|one| one.year == 2019 && one.tag.as_deref() == tag).unwrap();
            (one.own, one.amount)
        };
        assert_eq!(total(None), ([2, 2, 2], Sum { fen: 35_000_000, count: 6, untold: 1 }));
        assert_eq!(total(Some("创新型")), ([1, 0, 0], Sum { fen: 20_000_000, count: 1, untold: 0 }));
        assert_eq!(total(Some("")).0, [1, 0, 0], "what nobody tagged stands apart");

        // A town sees its own firms' alone; an enterprise, a bank and the others nothing.
        let own = projects::library(&city.installation, city.of("town"), now()).await.unwrap().projects;
        assert!(own.iter().any(|one| one.number == "T1") && own.iter().all(|one| one.town == city.of("town").unit));
        let nowhere = Account { unit: "没有的镇".into(), ..city.of("town").clone() };
        assert!(projects::library(&city.installation, &nowhere, now()).await.unwrap().projects.is_empty());
        for login in ["enterprise", "bank", "province", "science", "admin", "security"] {
            assert!(projects::library(&city.installation, city.of(login), now()).await.is_err(), "{login}");
        }
        registry::rollback(city.db(), batch, now(), "clerk", None).await.unwrap();
        let left = projects::library(&city.installation, city.of("leader"), now()).await.unwrap();
        assert!(left.projects.iter().all(|one| one.year != 2019));
        city.is_sound().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c4_2_5_a_start_up_is_young_has_its_own_patent_and_a_leading_industry() {
    for database in db::test::databases().await {
        let city = City::new(database.db.clone()).await;
        let [young, old, open] = firms(&city).await;
        let rows = [
            format!("P1,{young},股权投资,50万元,2019-03-01,停止"),
            format!("P2,{young},无偿资助,,2019-04-01,"),
            format!("P3,{old},股权投资,30万元,2019-05-01,继续推广"),
        ];
        city.import("startup-pilots", &format!("{PILOTS}\n{}\n", rows.join("\n"))).await;
        let of = async |account: &Account| startups::startups(&city.installation, &city.policy, account, now()).await;
        let all = of(city.of("finance")).await.unwrap();
        assert_eq!(all.years, Some(5), "a parameter of the policy");
        let find = |uscc: &str| all.startups.iter().find(|one| one.uscc == uscc).unwrap();
        let one = find(&young);
        assert_eq!((one.is_one(), one.own(), one.age.is_young()), (Some(true), Some(true), Some(true)));
        assert_eq!(one.own_rights().collect::<Vec<_>>(), [number(1), number(2)], "what was bought is its own too");
        assert_eq!(one.supported, Sum { fen: 50_000_000, count: 2, untold: 1 });
        let one = find(&old);
        assert_eq!((one.is_one(), one.age.is_young()), (Some(false), Some(false)), "listed for its pilot");
        let one = find(&open);
        assert_eq!((one.is_one(), one.age.is_young(), one.own()), (Some(false), None, Some(false)));
        assert!(!all.startups.iter().any(|one| one.age.is_young() == Some(false) && one.supported.count == 0));
        let forms = all.by_form();
        let equity = forms.iter().find(|one| one.year == 2019 && one.form == "股权投资").unwrap();
        assert_eq!((equity.given.fen, equity.evaluated, equity.going_on), (80_000_000, 2, 1));
        assert!(all.startups.iter().filter(|one| one.is_one() == Some(true)).count() > 1, "the demo has some");

        let own = of(city.of("town")).await.unwrap();
        assert!(!own.startups.is_empty() && own.startups.iter().all(|one| one.town == city.of("town").unit));
        assert!(own.startups.len() < all.startups.len());
        for role in [Role::Enterprise, Role::Bank, Role::Province, Role::Department, Role::Administrator] {
            let account = Account { role, ..city.of("enterprise").clone() };
            assert!(of(&account).await.is_err(), "{role:?}");
        }
        city.is_sound().await;
    }
}

const USES: &str = "台账编号,扶持事项,统一社会信用代码,贷款或保单号,扶持金额,拨付日期";

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_2_4_1_loans_and_premiums_stand_beside_each_yuan_of_support() {
    for database in db::test::databases().await {
        let city = City::new(database.db.clone()).await;
        let [young, old, open] = firms(&city).await;
        let pledges = "登记号,权利种类,出质人代码,质权人,标的,登记金额,登记日期";
        let rows = [
            format!("L1,专利,{young},某银行,{},100万元,2019-03-01", number(1)),
            format!("L2,专利,{old},某银行,{},60万元,2019-03-01", number(2)),
        ];
        city.import("pledges", &format!("{pledges}\n{}\n", rows.join("\n"))).await;
        let insurances = "保单号,投保人,投保人代码,险种,保费,起保日期";
        let rows =
            [format!("P1,甲,{young},专利执行险,5000,2019-04-01"), format!("P2,甲,{young},专利执行险,,2019-04-01")];
        city.import("insurances", &format!("{insurances}\n{}\n", rows.join("\n"))).await;
        let rows = [
            // Interest of one loan, paid twice in the year: the loan counts once.
            format!("U1,贴息,{young},L1,1万元,2019-06-30"),
            format!("U2,贴息,{young},l1,1万元,2019-12-30"),
            format!("U3,贴息,{old},L2,1万元,2019-12-30"),
            // Of one policy the premium was not told.
            format!("U4,保费补贴,{young},P1,2000,2019-05-01"),
            format!("U5,保费补贴,{young},P2,1000,2019-05-01"),
            // A loan of another, one that no register holds, and an amount that nobody told.
            format!("U6,费用补助,{open},L1,3000,2019-05-01"),
            format!("U7,费用补助,{open},L9,3000,2019-05-01"),
            format!("U8,贴息,{young},L1,,2018-12-30"),
        ];
        let batch = city.import("use-support", &format!("{USES}\n{}\n", rows.join("\n"))).await;
        let of = async |account: &Account| budget::leverage(&city.installation, &city.policy, account, now()).await;
        let all = of(city.of("finance")).await.unwrap();
        let find =
            |award: &str, year: i64| all.years.iter().find(|one| one.award == award && one.year == year).unwrap();
        let interest = find("pledge-interest", 2019);
        assert_eq!(interest.support, Sum { fen: 3_000_000, count: 3, untold: 0 });
        assert_eq!(interest.brought, Sum { fen: 160_000_000, count: 2, untold: 0 });
        assert_eq!((interest.per_yuan(), interest.is_least()), (Some(5_333), false));
        let premium = find("insurance-premium", 2019);
        assert_eq!((premium.support.fen, premium.brought), (300_000, Sum { fen: 500_000, count: 2, untold: 1 }));
        assert_eq!((premium.per_yuan(), premium.is_least()), (Some(166), true));
        let fee = find("pledge-fee", 2019);
        assert_eq!((fee.brought, fee.per_yuan()), (Sum { fen: 0, count: 2, untold: 2 }, None), "unknown is no zero");
        let row = |number: &str| all.rows.iter().find(|one| one.number == number).unwrap();
        assert_eq!((row("U6").brought, row("U7").brought), (budget::Brought::AnotherS, budget::Brought::Unregistered));
        assert_eq!(find("pledge-interest", 2018).per_yuan(), None, "what was paid is not known");

        // The demo has items with basis and budget, and one that nobody has drafted.
        let (configured, missing) = (find("pledge-interest", 2024), find("pledge-fee", 2024));
        assert!(configured.is_issued && configured.budget_fen == Some(40_000_000), "{configured:?}");
        assert!(configured.item.as_ref().is_some_and(|(_, basis)| !basis.is_empty()));
        assert_eq!((&missing.item, missing.budget_fen), (&None, None));

        let own = of(city.of("town")).await.unwrap();
        assert!(!own.rows.is_empty() && own.rows.len() < all.rows.len());
        assert!(own.years.iter().all(|one| one.budget_fen.is_none()), "the budget is the city's");
        for login in ["enterprise", "bank", "province", "science", "admin", "security"] {
            assert!(of(city.of(login)).await.is_err(), "{login}");
        }
        registry::rollback(city.db(), batch, now(), "clerk", None).await.unwrap();
        assert!(of(city.of("finance")).await.unwrap().years.iter().all(|one| one.year != 2019));
        city.is_sound().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_2_4_1_what_a_case_paid_counts_once_beside_the_register() {
    let city = City::alone().await;
    let one = city.cases(State::Notified).await.remove(0);
    let firm = city.firm(&one);
    let pledges = "登记号,权利种类,出质人代码,质权人,标的,登记金额,登记日期";
    city.import("pledges", &format!("{pledges}\nL1,商标,{},某银行,12345678,100万元,2023-01-18\n", firm.unit)).await;
    let papers = ["贷款合同和放款凭证", "付息凭证"];
    let case = applied(&city, &firm, ("pledge-interest", "L1"), &papers).await.unwrap();
    let amount = case.amount_fen().unwrap();
    for (login, act) in
        [("clerk", Act::Accept), ("clerk", Act::Pass), ("clerk2", Act::PassAgain), ("finance", Act::Agree)]
    {
        city.act(login, case.id, act, "已核").await.unwrap();
    }
    city.decided("pledge-interest", &[case.id], date(2024, 3, 8)).await;
    let before = budget::leverage(&city.installation, &city.policy, city.of("leader"), now()).await.unwrap();
    assert!(before.rows.iter().all(|one| one.case.is_none()), "what was decided is not paid yet");
    let (batch, paid) = city.sent(&[case.id]).await;
    let answers: Vec<(&str, &str, &str)> = paid.iter().map(|(number, _)| (number.as_str(), "成功", "")).collect();
    city.answer(batch, &answers).await.unwrap();
    let uses = format!("{USES}\nU1,贴息,{0},L1,1万元,2023-12-20\nU2,贴息,{0},L1,1万元,2019-02-20\n", firm.unit);
    city.import("use-support", &uses).await;
    let all = budget::leverage(&city.installation, &city.policy, city.of("leader"), now()).await.unwrap();
    let row = |number: &str| all.rows.iter().find(|one| one.number == number).unwrap();
    assert_eq!((row("U1").counted_as, row("U2").counted_as), (Some(case.id), None), "another year's is another");
    let paid = all.rows.iter().find(|one| one.case == Some(case.id)).unwrap();
    assert_eq!((paid.paid_fen, paid.brought, paid.year), (Some(amount), budget::Brought::Known(100_000_000), 2023));
    let grown = |all: &budget::Leverage| {
        let one = all.years.iter().find(|one| one.award == "pledge-interest" && one.year == 2023).unwrap();
        (one.support.fen, one.support.count, one.brought.fen)
    };
    let (old, new) = (grown(&before), grown(&all));
    assert_eq!(new, (old.0 + amount, old.1 + 1, old.2 + 100_000_000), "the case, and not its row too");
    city.is_sound().await;
}
