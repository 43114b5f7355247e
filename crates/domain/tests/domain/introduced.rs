//! Awards for technology that is brought in (C3.4.3) rest on a contract of the register and on what a person confirmed of it: each
//! condition met lets pass, missed stops, and not known holds the money.

use domain::accounts::Account;
use domain::cases::{self, About, Act, Gate, Outcome, Receiving, Said, State, Written};
use domain::items::{self, Terms};
use domain::matching::{self, Introduction};
use jiff::civil::{Date, date};
use registry::ImportOptions;

use crate::delivery::{City, now, refused};

const TRANSFER: &str = "patent-introduction";
const TOGETHER: &str = "university-introduction";
const HEADINGS: &str = "合同编号,统一社会信用代码,引进方式,申请号,来源方,来源方所在地,合同日期,关联产品,产品关联确认,登记备案号,登记日期,\
    登记备案确认,付款凭证,付款确认,实施情况,实施确认,高价值类别,高价值确认,确认人,确认日期";

impl City {
    /// Takes a file in, whose rows are all sound; gives its batch.
    pub(crate) async fn import(&self, register: &str, text: &str) -> i64 {
        let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let mut options = ImportOptions::new(now(), "clerk");
        options.recorded_at = now();
        let report = registry::import::import(self.db(), register, file.path(), &options).await.unwrap();
        assert_eq!(report.quarantined, 0, "{register}: {text}");
        report.batch
    }

    /// Issues an item for one of the two awards, with the money of the demo's project item.
    async fn issue(&self, award: &str) {
        let all = items::all(self.db()).await.unwrap();
        let project = all.into_iter().find(|item| item.award == "project-approval").unwrap().terms;
        let terms = Terms { papers: vec!["合同文本".into()], departments: Vec::new(), ..project };
        let (installation, policy) = (&self.installation, &self.policy);
        let id = items::draft(installation, policy, self.of("clerk"), award, (terms, None), now()).await.unwrap();
        items::issue(installation, policy, self.of("clerk2"), (id, None), now()).await.unwrap();
    }
}

/// A contract as a person enters it: all is told, nothing is confirmed.
#[derive(Clone)]
struct Entered {
    row: Introduction,
    /// 产品关联, 登记备案, 付款, 实施, 高价值.
    confirmed: [&'static str; 5],
}

impl Entered {
    fn csv(&self) -> String {
        let Introduction { contract_number, uscc, kind, application_number, source, source_place, contract_on, .. } =
            &self.row;
        let [products, registration, payment, work, high] = self.confirmed;
        let by = if self.confirmed.iter().any(|one| !one.is_empty()) { "王某,2024-02-28" } else { "," };
        format!(
            "{HEADINGS}\n{contract_number},{uscc},{kind},{application_number},{source},{source_place},{contract_on},电池模组,\
             {products},2024980001234,2024-02-27,{registration},发票 05128831,{payment},年产一万套,{work},1,{high},{by}\n"
        )
    }
}

/// What stands in the way of asking an award for a contract, as its enterprise is shown; none where it is not offered.
async fn lacking(city: &City, firm: &Account, award: &str, number: &str) -> Option<Vec<Gate>> {
    let offers = cases::offers(&city.installation, &city.policy, firm, now()).await.unwrap();
    let offer = offers
        .into_iter()
        .find(|one| one.award == award && one.contract.as_ref().is_some_and(|(contract, _)| contract == number))?;
    Some(offer.lacking)
}

/// The answer of one condition; what is not lacking passed.
async fn answer(city: &City, firm: &Account, award: &str, (number, text): (&str, &str)) -> Outcome {
    let lacking = lacking(city, firm, award, number).await.expect("the contract is offered");
    let found: Vec<&Gate> = lacking.iter().filter(|gate| gate.name == text).collect();
    for gate in &found {
        assert!(gate.words.contains(number) && gate.basis.starts_with("C3.4.3."), "{gate:?}");
    }
    found.first().map_or(Outcome::Pass, |gate| gate.outcome)
}

/// A contract of the demo of this kind, of a firm that the register holds as a high-tech one on its day.
async fn of_kind(city: &City, kind: &str) -> Entered {
    let all = matching::introductions(&city.installation, city.of("clerk"), now()).await.unwrap();
    let fits = |one: &Introduction| one.kind == kind && one.contract_number.starts_with("JS-");
    let row = all.into_iter().find(fits).expect("a contract in the demo");
    let status = "统一社会信用代码,资质,证书编号,生效日期,失效日期";
    city.import("statuses", &format!("{status}\n{},高新技术企业,GR202132000991,2021-12-01,2024-11-30\n", row.uscc))
        .await;
    Entered { row, confirmed: [""; 5] }
}

fn firm(city: &City, uscc: &str) -> Account {
    Account { unit: uscc.to_owned(), ..city.of("enterprise").clone() }
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_4_3_1_each_condition_of_a_contract_lets_pass_stops_or_holds() {
    for database in db::test::databases().await {
        let city = City::new(database.db.clone()).await;
        city.issue(TRANSFER).await;
        let known = of_kind(&city, "转让").await;
        let (number, uscc) = (known.row.contract_number.clone(), known.row.uscc.clone());
        let firm = firm(&city, &uscc);
        let ask = async |text: &str| answer(&city, &firm, TRANSFER, (&number, text)).await;

        // What a person confirms: nothing said, no, yes.
        let confirmed = ["与企业生产相关联", "转让已登记或许可已备案", "已付款，有凭证", "用于转型升级创新发展"];
        for text in confirmed {
            assert_eq!(ask(text).await, Outcome::Unknown, "{text}: nobody has looked");
        }
        for (place, text) in confirmed.iter().enumerate() {
            let mut entered = known.clone();
            entered.confirmed[place] = "否";
            city.import("introductions", &entered.csv()).await;
            assert_eq!(ask(text).await, Outcome::Block, "{text}");
            entered.confirmed[place] = "是";
            city.import("introductions", &entered.csv()).await;
            assert_eq!(ask(text).await, Outcome::Pass, "{text}");
        }
        // What registers and corpus know of this one.
        for text in
            ["签订合同时是高新技术企业", "来源方在本市以外", "签订合同时是有效的发明专利", "签订合同前不是本企业的专利"]
        {
            assert_eq!(ask(text).await, Outcome::Pass, "{text}");
        }
        assert_eq!(lacking(&city, &firm, TRANSFER, &number).await, Some(Vec::new()), "all of it passes");

        // Others of the same firm, each with one thing amiss.
        let other = async |change: &dyn Fn(&mut Introduction), text: &str| {
            let mut entered = Entered { confirmed: ["是", "是", "是", "是", ""], ..known.clone() };
            entered.row.contract_number = "HT-9001".into();
            change(&mut entered.row);
            let batch = city.import("introductions", &entered.csv()).await;
            let outcome = answer(&city, &firm, TRANSFER, ("HT-9001", text)).await;
            let all = matching::introductions(&city.installation, city.of("clerk"), now()).await.unwrap();
            let entered = all.iter().find(|one| one.contract_number == "HT-9001").unwrap();
            // The page of the contract says the same.
            let corpus = corpus::Corpus::open(&city.installation.corpus_dir()).unwrap();
            let facts = matching::facts(&city.installation, Some(&corpus), entered, now()).await.unwrap();
            let check = matching::checks(entered, &facts).into_iter().find(|check| check.text == text).unwrap();
            let said = match check.holds {
                Some(true) => Outcome::Pass,
                Some(false) => Outcome::Block,
                None => Outcome::Unknown,
            };
            assert_eq!(outcome, said, "{text}");
            registry::rollback(city.db(), batch, now(), "clerk", None).await.unwrap();
            outcome
        };
        let high_tech = |row: &mut Introduction| row.contract_on = date(2007, 1, 1);
        assert_eq!(other(&high_tech, "签订合同时是高新技术企业").await, Outcome::Block, "long before any status");
        let inside = |row: &mut Introduction| row.source_place = "江苏省云川市城东街道".into();
        assert_eq!(other(&inside, "来源方在本市以外").await, Outcome::Block);
        let nowhere = |row: &mut Introduction| row.source_place = String::new();
        assert_eq!(other(&nowhere, "来源方在本市以外").await, Outcome::Unknown);
        let unheard = |row: &mut Introduction| row.application_number = "2099100000018".into();
        assert_eq!(other(&unheard, "签订合同时是有效的发明专利").await, Outcome::Unknown);
        assert_eq!(other(&unheard, "签订合同前不是本企业的专利").await, Outcome::Unknown);
        // The firm's own patent, bought back from itself; and one that the register names after the transfer it was bought by.
        let name = known.row.firm.clone();
        let patent = |number: &str| {
            format!(
                "申请号,名称,申请日,授权公告日,专利权人,第一专利权人代码\n{number},电池壳体,2018-05-02,2020-06-02,{name},{uscc}\n"
            )
        };
        let [own, bought] = ["2018101234565", "2018101234584"];
        for number in [own, bought] {
            city.import("patents", &patent(number)).await;
        }
        let event = "申请号,事件,生效日期,登记日期,相对方,相对方代码";
        let on = known.row.contract_on;
        city.import("patent-events", &format!("{event}\n{bought},转让,{on},{on},{name},{uscc}\n")).await;
        let of = |number: &'static str| move |row: &mut Introduction| row.application_number = number.into();
        assert_eq!(other(&of(own), "签订合同前不是本企业的专利").await, Outcome::Block);
        assert_eq!(other(&of(bought), "签订合同前不是本企业的专利").await, Outcome::Pass);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_4_3_2_the_partner_is_academic_and_the_technology_of_high_value() {
    let city = City::alone().await;
    city.issue(TOGETHER).await;
    let known = of_kind(&city, "产学研").await;
    let number = known.row.contract_number.clone();
    let firm = firm(&city, &known.row.uscc);
    let ask = async |text: &str| answer(&city, &firm, TOGETHER, (&number, text)).await;
    let high = "引进的是高价值专利技术";
    assert_eq!(ask("来源方是高等院校或科研院所").await, Outcome::Pass);
    assert_eq!(ask(high).await, Outcome::Unknown, "no list names it and nobody has said");
    for (said, outcome) in [("否", Outcome::Block), ("是", Outcome::Pass)] {
        let mut entered = known.clone();
        entered.confirmed = ["", "", "是", said, said];
        city.import("introductions", &entered.csv()).await;
        assert_eq!((ask(high).await, ask("已转化实施").await), (outcome, outcome));
    }
    assert_eq!(lacking(&city, &firm, TOGETHER, &number).await, Some(Vec::new()));
    for (source, outcome) in [("某某科技有限公司", Outcome::Block), ("某某课题组", Outcome::Unknown)] {
        let mut entered = Entered { confirmed: ["", "", "是", "是", "是"], ..known.clone() };
        (entered.row.contract_number, entered.row.source) = (format!("HT-{source}"), source.into());
        city.import("introductions", &entered.csv()).await;
        let number = entered.row.contract_number.to_uppercase();
        assert_eq!(answer(&city, &firm, TOGETHER, (&number, "来源方是高等院校或科研院所")).await, outcome);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_award_is_offered_or_taken_without_a_contract_of_its_kind() {
    let city = City::alone().await;
    for award in [TRANSFER, TOGETHER] {
        city.issue(award).await;
    }
    let known = of_kind(&city, "转让").await;
    let (number, on) = (known.row.contract_number.as_str(), known.row.contract_on);
    let own = firm(&city, &known.row.uscc);
    let all = matching::introductions(&city.installation, city.of("clerk"), now()).await.unwrap();
    let without = city.cases(State::Notified).await;
    let without = without.iter().find(|case| all.iter().all(|one| one.uscc != case.subject)).unwrap();
    let without = city.firm(without);
    let offered = async |firm: &Account| {
        let offers = cases::offers(&city.installation, &city.policy, firm, now()).await.unwrap();
        let mut awards: Vec<String> = offers.into_iter().map(|one| one.award).collect();
        awards.retain(|award| award.ends_with("introduction"));
        awards.dedup();
        awards
    };
    assert_eq!(offered(&without).await, [] as [&str; 0]);
    assert_eq!(offered(&own).await, [TRANSFER], "its contract is no co-operation");
    let begin = async |firm: &Account, award: &str, matter: &str, event: Date| {
        let about = About { award, matter, event, trigger: None };
        cases::begin(&city.installation, &city.policy, firm, about, now()).await
    };
    for (firm, award) in [(&without, TRANSFER), (&own, TOGETHER)] {
        let refused = begin(firm, award, number, on).await.unwrap_err().to_string();
        assert!(refused.contains(number) && refused.contains("请先登记合同"), "{refused}");
    }

    // What nobody has confirmed is handled with a word, and money does not go on it.
    let id = begin(&own, TRANSFER, number, on).await.unwrap();
    assert!(lacking(&city, &own, TRANSFER, number).await.is_none(), "asked for already");
    let paper = ("合同文本", "合同.pdf", &b"%PDF-1.7 ..."[..]);
    cases::attach(&city.installation, &own, id, paper, now()).await.unwrap();
    let name = cases::find(city.db(), &own, id).await.unwrap().case.name;
    let account = Receiving { holder: name, bank: "农商行".into(), number: "6222000011112222".into() };
    let written = Written { statement: "见合同".into(), account: Some(account), ..Written::default() };
    cases::write(&city.installation, &own, id, &written, now()).await.unwrap();
    city.act_as(&own, id, Act::Submit, &Said::default()).await.unwrap();
    city.act("clerk", id, Act::Accept, "").await.unwrap();
    refused(city.act("clerk", id, Act::Pass, "").await, "还没有核实");
    city.act("clerk", id, Act::Pass, "待补登").await.unwrap();
    assert_eq!(city.act("clerk2", id, Act::PassAgain, "").await.unwrap().state, State::Listed);
    city.notice(TRANSFER).await;
    city.move_to(date(2024, 3, 8)).await;
    refused(city.act("leader", id, Act::Approve, "同意").await, "与企业生产相关联");
    let confirmed = Entered { confirmed: ["是", "是", "是", "是", ""], ..known.clone() };
    city.import("introductions", &confirmed.csv()).await;
    assert_eq!(city.act("leader", id, Act::Approve, "同意").await.unwrap().state, State::Approved);
    let gates = city.case(id).await.facts.gates;
    let of_contract: Vec<&Gate> = gates.iter().filter(|gate| gate.basis == "C3.4.3.1").collect();
    assert_eq!(of_contract.len(), 8);
    assert!(of_contract.iter().all(|gate| gate.outcome == Outcome::Pass && gate.words.contains(number)));
    // Taken back before the money: the contract is not what it was.
    let mut denied = confirmed;
    denied.confirmed[2] = "否";
    city.import("introductions", &denied.csv()).await;
    let finance = city.of("finance");
    let order = domain::payments::order(&city.installation, &city.policy, finance, &[id], now()).await.unwrap_err();
    assert!(order.to_string().contains("不符合“已付款，有凭证”"), "{order}");
}
