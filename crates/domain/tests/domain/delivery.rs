//! From a run to money in the synthetic city: one story on both databases, and what must not happen on the way.

use std::io::Write as _;

use db::Db;
use demo::Scale;
use domain::accounts::{self, Account};
use domain::cases::{self, About, Act, Case, Receiving, Said, State, Written};
use domain::items::aid::Trigger;
use domain::payments::{self, Stage};
use domain::{Error, Installation, budget, doctor, items, runs};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use rules::Policy;

const SMALL: Scale = Scale { towns: 21, enterprises: 200, patents: 3_200 };

pub(crate) fn now() -> Timestamp {
    "2024-03-01T02:00:00Z".parse().unwrap()
}

/// A city with its people.
pub(crate) struct City {
    pub(crate) installation: Installation,
    pub(crate) policy: Policy,
    accounts: Vec<Account>,
    _dir: tempfile::TempDir,
}

impl City {
    pub(crate) async fn new(db: Db) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (installation, _) = Installation::over(db, dir.path(), now()).await.unwrap();
        Self::filled(installation, dir).await
    }

    /// A city on the database of its own folder.
    pub(crate) async fn alone() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (installation, _) = Installation::open(dir.path(), None, now()).await.unwrap();
        Self::filled(installation, dir).await
    }

    async fn filled(mut installation: Installation, dir: tempfile::TempDir) -> Self {
        demo::fill(&mut installation, SMALL, now(), &|_| ()).await.unwrap();
        Self::over(installation, dir).await
    }

    /// The people of an installation that stands in this folder.
    pub(crate) async fn over(installation: Installation, dir: tempfile::TempDir) -> Self {
        let accounts = accounts::all(&installation.db).await.unwrap();
        Self { installation, policy: runs::policy().unwrap(), accounts, _dir: dir }
    }

    pub(crate) fn db(&self) -> &Db {
        &self.installation.db
    }

    pub(crate) fn of(&self, login: &str) -> &Account {
        self.accounts.iter().find(|account| account.login == login).unwrap()
    }

    /// The account that an enterprise would have.
    pub(crate) fn firm(&self, case: &Case) -> Account {
        Account { unit: case.subject.clone(), ..self.of("enterprise").clone() }
    }

    pub(crate) async fn act_as(&self, account: &Account, case: i64, act: Act, said: &Said) -> Result<Case, Error> {
        cases::act(&self.installation, &self.policy, account, (case, act), said, now()).await
    }

    pub(crate) async fn act(&self, login: &str, case: i64, act: Act, note: &str) -> Result<Case, Error> {
        self.act_as(self.of(login), case, act, &Said { note: note.into(), ..Said::default() }).await
    }

    pub(crate) async fn confirm(&self, case: &Case) -> Result<Case, Error> {
        let account = Some(Receiving {
            holder: case.name.clone(),
            bank: "云川农商行".into(),
            number: "6222 0212 3456 7890".into(),
        });
        self.act_as(&self.firm(case), case.id, Act::Confirm, &Said { account, ..Said::default() }).await
    }

    pub(crate) async fn cases(&self, state: State) -> Vec<Case> {
        let all = cases::all(self.db(), self.of("clerk")).await.unwrap();
        all.into_iter().filter(|case| case.state == state).collect()
    }

    pub(crate) async fn case(&self, id: i64) -> Case {
        cases::find(self.db(), self.of("clerk"), id).await.unwrap().case
    }

    /// From the enterprise's confirmation to the list for the notice.
    pub(crate) async fn listed(&self, case: &Case) -> Case {
        self.confirm(case).await.unwrap();
        self.act("clerk", case.id, Act::Pass, "核对无误").await.unwrap();
        self.act("clerk2", case.id, Act::PassAgain, "").await.unwrap();
        self.act("finance", case.id, Act::Agree, "").await.unwrap();
        self.act("science", case.id, Act::Agree, "").await.unwrap()
    }

    pub(crate) async fn notice(&self, award: &str) -> i64 {
        cases::open_notice(&self.installation, &self.policy, self.of("clerk"), award, now()).await.unwrap()
    }

    pub(crate) async fn move_to(&self, day: Date) {
        self.installation.move_to(day, "clerk", now()).await.unwrap();
    }

    pub(crate) async fn answer(&self, batch: i64, rows: &[(&str, &str, &str)]) -> Result<payments::Answered, Error> {
        let mut file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
        writeln!(file, "付款编号,结果,原因").unwrap();
        rows.iter().for_each(|(number, result, why)| writeln!(file, "{number},{result},{why}").unwrap());
        payments::take_answer(&self.installation, self.of("finance"), batch, file.path(), now()).await
    }

    /// Orders, approves and sends the payment of these cases: the batch, and number and amount of each payment as the bank has them.
    pub(crate) async fn sent(&self, ids: &[i64]) -> (i64, Vec<(String, String)>) {
        let (installation, finance) = (&self.installation, self.of("finance"));
        let batch = payments::order(installation, &self.policy, finance, ids, now()).await.unwrap();
        payments::approve(installation, &self.policy, self.of("finance2"), batch, now()).await.unwrap();
        let sheet = payments::send(installation, &self.policy, finance, batch, now()).await.unwrap();
        let row = |row: &Vec<sheets::Cell>| (row[0].text().into_owned(), row[1].text().into_owned());
        (batch, sheet.rows.iter().map(row).collect())
    }

    /// From the notice to the decision of these cases of an award, whose lists are ready.
    pub(crate) async fn decided(&self, award: &str, ids: &[i64], day: Date) {
        self.notice(award).await;
        self.move_to(day).await;
        for id in ids {
            self.act("leader", *id, Act::Approve, "同意").await.unwrap();
        }
    }

    pub(crate) async fn is_sound(&self) {
        assert_eq!(self.faults().await, Vec::<String>::new());
    }

    /// What `doctor` finds.
    pub(crate) async fn faults(&self) -> Vec<String> {
        let checks = doctor::examine(&self.installation, now()).await;
        checks.into_iter().filter(|check| check.state == doctor::State::Fault).map(|check| check.message).collect()
    }
}

pub(crate) fn refused<T: std::fmt::Debug>(done: Result<T, Error>, word: &str) {
    let error = done.expect_err(word);
    assert!(error.to_string().contains(word), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_3_2_2_from_the_run_to_the_money_and_the_archive() {
    let mut stories = Vec::new();
    for database in db::test::databases().await {
        let city = City::new(database.db.clone()).await;
        let waiting = city.cases(State::Notified).await;
        assert!(waiting.len() >= 3, "the demo opens a batch: {}", waiting.len());
        let stopped = city.cases(State::Rejected).await;
        let (one, other) = (&waiting[0], &waiting[1]);
        assert_eq!(one.amount_fen(), one.amount.lines.last().map(|line| line.left_fen));
        assert!(one.due_on.is_some(), "{}", one.due_why);

        // Nobody but the enterprise confirms, to nobody's account but its own.
        let given = |holder: &str, number: &str| Said {
            account: Some(Receiving { holder: holder.into(), bank: "银行".into(), number: number.into() }),
            ..Said::default()
        };
        assert!(matches!(city.act("clerk", one.id, Act::Confirm, "").await, Err(Error::Forbidden(_))));
        let stranger = city.firm(other);
        let foreign = city.act_as(&stranger, one.id, Act::Confirm, &given(&one.name, "12345678")).await;
        assert!(matches!(foreign, Err(Error::NotFound { .. })), "another's case is not there");
        let firm = city.firm(one);
        refused(city.act_as(&firm, one.id, Act::Confirm, &given("别的公司", "12345678")).await, "户名");
        refused(city.act_as(&firm, one.id, Act::Confirm, &given(&one.name, "=1+1")).await, "账号");

        // Handled by one, looked at again by another.
        city.confirm(one).await.unwrap();
        refused(city.act("clerk", one.id, Act::Approve, "").await, "权限");
        refused(city.act("leader", one.id, Act::Approve, "").await, "不能");
        city.act("clerk", one.id, Act::Pass, "").await.unwrap();
        refused(city.act("clerk", one.id, Act::PassAgain, "").await, "同一个人");
        let joint = city.act("clerk2", one.id, Act::PassAgain, "").await.unwrap();
        assert_eq!(joint.state, State::Joint);

        // Departments in parallel; one that disagrees sends it back, with its reason.
        city.act("finance", one.id, Act::Agree, "").await.unwrap();
        refused(city.act("finance", one.id, Act::Agree, "").await, "已经表态");
        refused(city.act("science", one.id, Act::Disagree, "").await, "理由");
        let back = city.act("science", one.id, Act::Disagree, "高企资格待核").await.unwrap();
        assert_eq!(back.state, State::Review);
        city.act("clerk", one.id, Act::Pass, "已核").await.unwrap();
        city.act("clerk2", one.id, Act::PassAgain, "").await.unwrap();
        city.act("science", one.id, Act::Agree, "").await.unwrap();
        assert_eq!(city.act("finance", one.id, Act::Agree, "").await.unwrap().state, State::Listed);
        city.listed(other).await;

        // Five working days from 29 February 2024, a Thursday: until 7 March.
        let notice = city.notice("innovation-star").await;
        let shown = cases::notice(city.db(), notice).await.unwrap();
        assert_eq!((shown.closes_on, shown.cases.len()), (date(2024, 3, 7), 2));
        refused(city.act("leader", one.id, Act::Approve, "").await, "公示中");
        let clerk = city.of("clerk");
        let object = async |who| {
            cases::raise_objection(&city.installation, clerk, other.id, (who, "138", "数量不实"), now()).await
        };
        assert!(object("").await.is_err(), "named");
        object("某公司").await.unwrap();
        city.move_to(date(2024, 3, 7)).await;
        refused(city.act("leader", one.id, Act::Approve, "").await, "公示中");
        city.move_to(date(2024, 3, 8)).await;
        assert_eq!(city.case(one.id).await.state, State::Noticed);
        assert_eq!(city.case(other.id).await.state, State::Objected, "an objection holds its own row alone");
        let objection = cases::objections(city.db(), clerk).await.unwrap()[0].id;
        let answer = (false, "经核查登记簿，数量属实");
        cases::decide_objection(&city.installation, city.of("leader"), objection, answer, now()).await.unwrap();
        assert_eq!(city.case(other.id).await.state, State::Noticed);

        // Decided, the money is reserved.
        for case in [one, other] {
            city.act("leader", case.id, Act::Approve, "同意").await.unwrap();
        }
        let (line, held, state) = budget::reservation(city.db(), one.id).await.unwrap().unwrap();
        assert_eq!(
            (Some(held), state.as_str(), line.award.as_str()),
            (one.amount_fen(), "reserved", "innovation-star")
        );

        // Paid: made by one, approved by another, answered by the bank; one comes back and is paid again.
        let finance = city.of("finance");
        let ids = [one.id, other.id];
        let batch = payments::order(&city.installation, &city.policy, finance, &ids, now()).await.unwrap();
        assert!(payments::order(&city.installation, &city.policy, finance, &ids, now()).await.is_err(), "ordered once");
        assert!(payments::approve(&city.installation, &city.policy, finance, batch, now()).await.is_err(), "four eyes");
        assert!(
            payments::send(&city.installation, &city.policy, finance, batch, now()).await.is_err(),
            "not before approval"
        );
        payments::approve(&city.installation, &city.policy, city.of("finance2"), batch, now()).await.unwrap();
        let sheet = payments::send(&city.installation, &city.policy, finance, batch, now()).await.unwrap();
        assert_eq!(
            sheet,
            payments::send(&city.installation, &city.policy, finance, batch, now()).await.unwrap(),
            "the same file again"
        );
        let number = |case: &Case| {
            let row = sheet.rows.iter().find(|row| row[5].text() == case.id.to_string()).unwrap();
            row[0].text().into_owned()
        };
        let numbers = [number(one), number(other)];
        let wrong = city.answer(batch, &[(&numbers[0], "成功", ""), ("ZQ0", "成功", "")]).await.unwrap_err();
        assert!(wrong.to_string().contains("ZQ0"), "{wrong}");
        assert_eq!(city.case(one.id).await.state, State::Ordered, "a wrong file changes nothing");
        let first = [(&*numbers[0], "成功", ""), (&*numbers[1], "失败", "账号不存在")];
        let answered = city.answer(batch, &first).await.unwrap();
        assert_eq!((answered.paid, answered.failed), (1, 1));
        let again = city.answer(batch, &first).await.unwrap();
        assert_eq!((again.paid, again.failed, again.unchanged), (0, 0, 2), "the same file once");
        let contrary = city.answer(batch, &[(&numbers[0], "失败", "x")]).await;
        assert!(contrary.is_err(), "what arrived does not come back by a file");
        assert_eq!(payments::batch(city.db(), finance, batch).await.unwrap().stage, Stage::Closed);
        assert_eq!(city.case(other.id).await.state, State::Failed);
        let amended = Said {
            account: Some(Receiving {
                holder: other.name.clone(), bank: "银行".into(), number: "62220000111".into()
            }),
            ..Said::default()
        };
        city.act_as(&city.firm(other), other.id, Act::Amend, &amended).await.unwrap();
        let retry = payments::order(&city.installation, &city.policy, finance, &[other.id], now()).await.unwrap();
        payments::approve(&city.installation, &city.policy, city.of("finance2"), retry, now()).await.unwrap();
        let sheet = payments::send(&city.installation, &city.policy, finance, retry, now()).await.unwrap();
        let stray = city.answer(retry, &first).await.unwrap_err();
        assert!(stray.to_string().contains("不在拨付批次"), "the answer to another batch: {stray}");
        assert!(city.answer(retry, &[]).await.unwrap_err().to_string().contains("没有一行"));
        city.answer(retry, &[(&sheet.rows[0][0].text(), "成功", "")]).await.unwrap();

        // To the fen.
        let lines = budget::lines(city.db()).await.unwrap();
        let line = lines.iter().find(|line| line.award == "innovation-star").unwrap();
        assert_eq!((line.reserved_fen, line.paid_fen), (0, one.amount_fen().unwrap() + other.amount_fen().unwrap()));
        // C3.1.3.1: what was paid stands beside the budget and the pledge loans of its year.
        let board = budget::board(&city.installation, &city.policy, now()).await.unwrap();
        let year = board.iter().find(|year| year.year == 2024).unwrap();
        assert_eq!((year.other_fen, year.grant_linked_fen, year.taper), (Some(line.paid_fen), Some(0), Some(25)));
        assert_eq!((year.subsidy_fen, year.share()), (Some(0), Some(0)), "a document exempts the star");
        assert!(board.iter().any(|year| year.pledged_fen() > Some(0)));
        for case in [one, other] {
            city.act("clerk", case.id, Act::Archive, "").await.unwrap();
        }
        // Found invalid later: claimed back.
        city.act("leader", one.id, Act::Reclaim, "专利被宣告全部无效").await.unwrap();
        city.act("finance", one.id, Act::Recover, "").await.unwrap();
        assert_eq!(city.case(one.id).await.state, State::Recovered);
        city.is_sound().await;
        let steps = cases::find(city.db(), clerk, other.id).await.unwrap().steps;
        let acts: Vec<String> = steps.into_iter().map(|step| step.act).collect();
        let amounts: Vec<_> =
            waiting.iter().map(|case| (case.subject.clone(), case.level, case.amount.clone())).collect();
        stories.push((acts, amounts, stopped.len()));
    }
    assert!(stories.iter().all(|story| *story == stories[0]), "both databases tell the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_faults_of_other_systems_do_not_happen_here() {
    for database in db::test::databases().await {
        // Boxed: the story is a long one.
        Box::pin(no_fault_of_other_systems(database.db.clone())).await;
    }
}

async fn no_fault_of_other_systems(db: db::Db) {
    let city = City::new(db).await;
    let clerk = city.of("clerk");

    // The same run twice opens nothing twice; an item that is not issued opens nothing.
    let run = runs::latest(&city.installation).await.unwrap().unwrap().run;
    let open =
        async |award: &str| cases::open_batch(&city.installation, &city.policy, clerk, (award, &run), now()).await;
    let again = open("innovation-star").await.unwrap();
    assert_eq!((again.opened, again.stopped), (0, 0));
    assert!(again.known > 0);
    assert!(open("pct-grant").await.unwrap_err().to_string().contains("已发布"));

    // One of those who have earned it stands on a list that bars.
    let evaluation = runs::load(&city.installation, &run).await.unwrap();
    let listed = evaluation.awards.iter().find(|one| one.award == "invention-star").unwrap().subject.clone();
    let file = tempfile::Builder::new().prefix("listed").suffix(".csv").tempfile().unwrap();
    let row = format!("{listed},严重违法失信名单,禁止,云市监〔2024〕9号,2024-01-05,");
    std::fs::write(file.path(), format!("统一社会信用代码,名单,处理,决定文号,列入日期,移出日期\n{row}\n")).unwrap();
    let options = registry::import::ImportOptions::new(now(), "clerk");
    registry::import::import(city.db(), "credit-records", file.path(), &options).await.unwrap();

    // Grant-linked money: half the official fees, a quarter of it in 2024, nothing without receipts.
    open("invention-star").await.unwrap();
    let grant_linked: Vec<Case> =
        cases::all(city.db(), clerk).await.unwrap().into_iter().filter(|case| case.award == "invention-star").collect();
    assert!(!grant_linked.is_empty());
    for case in &grant_linked {
        let fees: i64 = case.amount.rights.iter().filter_map(|right| right.fees_fen).sum();
        match case.amount_fen() {
            Some(fen) => assert!(fen <= fees / 2 / 4 && fen <= 250_000, "{fen} of {fees}"),
            None => assert!(!case.amount.held.is_empty()),
        }
    }

    // An enterprise on a barring list is stopped at once, with list and decision in words.
    let barred = cases::all(city.db(), clerk).await.unwrap().into_iter().find(|case| {
        case.facts.gates.iter().any(|gate| gate.outcome == cases::Outcome::Block && gate.name.contains("名单"))
    });
    let barred = barred.expect("whoever is on the list has earned the star");
    assert_eq!((&barred.subject, barred.state), (&listed, State::Rejected));

    // Of two who act at once one is told.
    let waiting = city.cases(State::Notified).await;
    let case = waiting.iter().find(|case| case.award == "innovation-star").unwrap();
    city.confirm(case).await.unwrap();
    let (one, two) =
        tokio::join!(city.act("clerk", case.id, Act::Pass, "甲"), city.act("clerk2", case.id, Act::Pass, "乙"));
    assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1);

    // Who stepped aside does not handle the case any more.
    let handler = city.case(case.id).await.handler.unwrap();
    let second = if handler == "clerk" { "clerk2" } else { "clerk" };
    city.act(second, case.id, Act::Recuse, "亲属在该企业任职").await.unwrap();
    refused(city.act(second, case.id, Act::PassAgain, "").await, "回避");

    // A budget that does not suffice refuses the second decision, whoever comes first.
    let two: Vec<&Case> =
        waiting.iter().filter(|one| one.award == "innovation-star" && one.id != case.id).take(2).collect();
    for case in &two {
        city.listed(case).await;
    }
    city.notice("innovation-star").await;
    city.move_to(date(2024, 3, 8)).await;
    let finance = city.of("finance");
    let amounts: Vec<i64> = two.iter().map(|case| case.amount_fen().unwrap()).collect();
    for (award, fen) in [("innovation-star", amounts[0].max(amounts[1])), ("", 0)] {
        let line = (2024, "市级知识产权专项资金", award);
        budget::set(city.db(), finance, line, (fen, "云财预〔2024〕9号"), now()).await.unwrap();
    }
    let (one, other) = tokio::join!(
        city.act("leader", two[0].id, Act::Approve, "同意"),
        city.act("leader", two[1].id, Act::Approve, "同意")
    );
    let denied = [one, other].into_iter().find_map(Result::err).expect("both cannot fit");
    assert!(denied.to_string().contains("预算不足") || denied.to_string().contains("刚刚"), "{denied}");
    let lines = budget::lines(city.db()).await.unwrap();
    assert!(lines.iter().all(|line| line.left_fen() >= 0));
    let below =
        budget::set(city.db(), finance, (2024, "市级知识产权专项资金", "innovation-star"), (1, "文"), now()).await;
    assert!(below.is_err(), "not below what is reserved");

    // Not confirmed in time: expired, not confirmed by itself.
    let late = city.cases(State::Notified).await.len();
    assert!(late > 0);
    city.move_to(date(2024, 4, 12)).await;
    assert_eq!(city.cases(State::Notified).await.len(), 0);
    assert_eq!(city.cases(State::Expired).await.len(), late);
    city.is_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_5_3_1_an_application_with_its_papers() {
    let database = db::test::sqlite().await;
    let city = City::new(database.db.clone()).await;
    let firm = city.of("enterprise");
    let begin = async |award: &str, matter: &str, event| {
        let trigger = (award == "rights-aid").then_some(Trigger::ActionAbroad);
        let about = About { award, matter, event, trigger };
        cases::begin(&city.installation, &city.policy, firm, about, now()).await
    };
    let event = date(2023, 11, 2);
    assert!(begin("rights-aid", " ", event).await.is_err(), "a matter has its number");
    assert!(begin("rights-aid", "A", date(2024, 5, 1)).await.is_err(), "not before it has happened");
    assert!(begin("innovation-star", "A", event).await.is_err(), "what a run proposes is not applied for");
    let id = begin("rights-aid", "（2023）苏民终88号", event).await.unwrap();
    // However its brackets and spaces are typed, one matter is one draft.
    for matter in ["（2023）苏民终88号", "(2023)苏民终88号", "〔2023〕苏民终88号", "[2023] 苏民终 88号"]
    {
        assert_eq!(begin("rights-aid", matter, event).await.unwrap(), id, "the draft is found again: {matter}");
    }
    let submit = async || city.act("enterprise", id, Act::Submit, "").await;
    for lacks in ["还缺材料", "没有写情况说明", "没有填已付费用", "没有填国家", "没有填写收款账户"]
    {
        refused(submit().await, lacks);
    }
    let attach = async |kind: &str, name: &str, bytes: &[u8]| {
        cases::attach(&city.installation, firm, id, (kind, name, bytes), now()).await
    };
    let pdf = b"%PDF-1.7 ...";
    assert!(attach("授权委托书", "判决.pdf", b"MZ").await.is_err(), "not what its name says");
    assert!(attach("授权委托书", "run.exe", b"MZ").await.is_err());
    for other in ["别的", "生效裁判文书"] {
        assert!(attach(other, "判决.pdf", pdf).await.is_err(), "no such paper is asked for");
    }
    attach("授权委托书", "../../etc/判决.pdf", pdf).await.unwrap();
    attach("起诉状、投诉书或律师函", "诉状.pdf", pdf).await.unwrap();
    attach("立案或受理凭证", "立案.pdf", pdf).await.unwrap();
    attach("费用发票和付款凭证", "发票.pdf", b"%PDF-1.4 invoice").await.unwrap();
    let whole = cases::find(city.db(), firm, id).await.unwrap();
    assert_eq!(whole.papers[0].name, "判决.pdf");
    let (_, bytes) = cases::paper(&city.installation, firm, (id, whole.papers[0].id)).await.unwrap();
    assert_eq!(bytes, pdf);
    let stranger = Account { unit: "91320621MA00000000".into(), ..firm.clone() };
    assert!(cases::paper(&city.installation, &stranger, (id, whole.papers[0].id)).await.is_err());
    let account =
        Receiving { holder: whole.case.name.clone(), bank: "银行".into(), number: "6222000011112222".into() };
    let written = Written {
        statement: "在海外维权".into(),
        costs_fen: Some(8_000_001),
        account: Some(account),
        place: "美国".into(),
        compensation_fen: Some(0),
        ..Written::default()
    };
    cases::write(&city.installation, firm, id, &written, now()).await.unwrap();
    let handed_in = submit().await.unwrap();
    assert_eq!(handed_in.state, State::Submitted);
    assert_eq!(handed_in.amount_fen(), Some(4_000_000), "half the paid costs, down to the fen");
    assert!(attach("费用发票和付款凭证", "又一张.pdf", pdf).await.is_err(), "not while it is with the office");
    city.act("clerk", id, Act::Ask, "请补充付款凭证").await.unwrap();
    submit().await.unwrap();
    refused(city.act("clerk", id, Act::Ask, "再补").await, "已经告知过");
    city.act("clerk", id, Act::Accept, "").await.unwrap();
    assert!(begin("rights-aid", "（2023）苏民终88号", event).await.is_err(), "once for one judgment");
    city.act("enterprise", id, Act::Withdraw, "另案处理").await.unwrap();
    assert!(begin("rights-aid", "（2023）苏民终88号", event).await.is_ok(), "what was taken back may come again");
    assert!(items::all(city.db()).await.unwrap().iter().all(|item| item.is_trial), "amounts of a demo are for trials");
    city.is_sound().await;
}
