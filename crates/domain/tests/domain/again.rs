//! What was decided is looked at again: a revoked case has the level of what is known now, and nothing is paid about which something is
//! still to be answered.

use std::io::{Cursor, Read};

use domain::Error;
use domain::accounts::Account;
use domain::cases::{self, About, Act, Case, Receiving, Said, State};
use domain::items;
use domain::letters::{self, Kind};
use domain::payments;
use jiff::civil::date;

use crate::claims::pair;
use crate::clauses::applied;
use crate::delivery::{City, now, refused};

/// How many rights a star may lose before it has a star less: it needs more than ten times its level.
fn too_many(case: &Case) -> usize {
    case.facts.rights.len() - usize::try_from(case.level).unwrap() * 10
}

/// The words of the latest letter of this kind.
async fn words(city: &City, kind: Kind, case: i64) -> String {
    let letter = letters::latest(city.db(), Some(city.of("clerk")), kind, case).await.unwrap();
    let bytes = letters::file(&city.installation, &letter).unwrap();
    let mut text = String::new();
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    archive.by_name("word/document.xml").unwrap().read_to_string(&mut text).unwrap();
    text
}

impl City {
    async fn reconsidered(&self, case: &Case) -> Case {
        let said = Said { note: "请重新审核".into(), ..Said::default() };
        self.act_as(&self.firm(case), case.id, Act::Reconsider, &said).await.unwrap()
    }

    fn level_name(&self, level: i64) -> &str {
        let levels = &self.policy.award("innovation-star").unwrap().levels;
        levels.iter().find(|one| one.level == level).map_or("", |one| &one.name)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_case_that_is_looked_at_again_has_the_level_of_what_is_known_now() {
    for database in db::test::databases().await {
        Box::pin(revoked(City::new(database.db.clone()).await)).await;
    }
}

async fn revoked(city: City) {
    let [high, wide] = pair(&city).await;
    for case in [&high, &wide] {
        city.listed(case).await;
    }
    city.decided("innovation-star", &[high.id, wide.id], date(2024, 3, 8)).await;
    let void = city.declare_void(&high, too_many(&high)).await;
    city.look().await;
    for case in [&high, &wide] {
        city.act("leader", case.id, Act::Revoke, "决定有误").await.unwrap();
    }
    let level = city.level(&high).await;
    assert!((1..high.level).contains(&level), "{level} of {}", high.level);

    // Looked at again it is what it comes to now: fewer rights, a lower star, less money.
    let again = city.reconsidered(&high).await;
    assert_eq!((again.state, again.level, again.amount_fen()), (State::Review, level, Some(city.amount(level).await)));
    assert!(again.facts.rights.len() < high.facts.rights.len());
    assert!(void.iter().all(|right| !again.facts.rights.contains(right)));
    // Of the other nothing fell, and nothing changes.
    let same = city.reconsidered(&wide).await;
    assert_eq!(
        (same.level, &same.facts.rights, same.amount_fen()),
        (wide.level, &wide.facts.rights, wide.amount_fen())
    );

    // What becomes known between asking and looking counts as well: nothing is left of it.
    city.declare_void(&wide, wide.facts.rights.len()).await;
    refused(city.act("clerk", wide.id, Act::Pass, "核对无误").await, "不符合“创新之星”的条件");
    city.act("leader", wide.id, Act::Reject, "专利已被宣告无效").await.unwrap();

    city.act("clerk", high.id, Act::Pass, "核对无误").await.unwrap();
    city.act("clerk2", high.id, Act::PassAgain, "").await.unwrap();
    city.act("finance", high.id, Act::Agree, "").await.unwrap();
    let listed = city.act("science", high.id, Act::Agree, "").await.unwrap();
    assert_eq!((listed.state, listed.level), (State::Listed, level));
    city.decided("innovation-star", &[high.id], date(2024, 3, 18)).await;
    for kind in [Kind::Decision, Kind::Certificate] {
        let text = words(&city, kind, high.id).await;
        let (now, before) = (city.level_name(level), city.level_name(high.level));
        assert!(text.contains(now) && !text.contains(before), "{kind:?} of {now}, not {before}: {text}");
    }
    assert_eq!(city.look().await, 0, "what was weighed is not told again");
    city.is_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_ordered_or_approved_while_a_proposal_or_an_objection_is_open() {
    for database in db::test::databases().await {
        Box::pin(held(City::new(database.db.clone()).await)).await;
    }
}

async fn held(city: City) {
    let [high, wide] = pair(&city).await;
    for case in [&high, &wide] {
        city.listed(case).await;
    }
    city.decided("innovation-star", &[high.id, wide.id], date(2024, 3, 8)).await;
    let (installation, policy) = (&city.installation, &city.policy);
    let (finance, second) = (city.of("finance"), city.of("finance2"));
    let order = async |ids: &[i64]| payments::order(installation, policy, finance, ids, now()).await;
    let approve = async |batch| payments::approve(installation, policy, second, batch, now()).await;
    let send = async |batch| payments::send(installation, policy, finance, batch, now()).await;
    let holds = async || {
        let payable = payments::payable(city.db(), finance).await.unwrap();
        payable.into_iter().map(|one| (one.case.id, one.held)).collect::<Vec<_>>()
    };
    let held_of = async |batch| {
        let batch = payments::batch(city.db(), finance, batch).await.unwrap();
        payments::held(city.db(), finance, &batch).await.unwrap()
    };

    // The proposal comes when the batch is made and not approved.
    let batch = order(&[high.id, wide.id]).await.unwrap();
    assert_eq!(held_of(batch).await, []);
    let right = city.declare_void(&high, too_many(&high)).await.remove(0);
    city.look().await;
    refused(approve(batch).await, "追回建议待领导小组决定");
    let held = held_of(batch).await;
    assert!(held.len() == 1 && held[0].0 == high.id && held[0].1.contains(&right), "{held:?}");
    payments::cancel(installation, finance, batch, now()).await.unwrap();
    refused(order(&[high.id, wide.id]).await, &right);
    let rows = holds().await;
    assert!(rows.iter().all(|(id, why)| (*id == high.id) == why.contains(&right)), "its own row alone: {rows:?}");
    let batch = order(&[wide.id]).await.unwrap();
    approve(batch).await.unwrap();

    // Dropped, it holds nothing any more.
    let open = city.open_clawbacks(high.id).await;
    for one in &open[1..] {
        cases::dismiss(installation, city.of("leader"), (one.id, "决定正在诉讼中"), now()).await.unwrap();
    }
    refused(order(&[high.id]).await, "追回建议");
    cases::dismiss(installation, city.of("leader"), (open[0].id, "决定正在诉讼中"), now()).await.unwrap();
    assert_eq!(holds().await, [(high.id, String::new())]);
    let other = order(&[high.id]).await.unwrap();
    approve(other).await.unwrap();

    // An objection that is still open when the money is to go holds it as well, also after the approval.
    let mut tx = city.db().begin().await.unwrap();
    let sql = "insert into objection (case_id, notice_id, who, contact, content, raised_on, answer) \
        select case_id, notice_id, '', '', '数量不实', '2024-03-07', '' from notice_case where case_id = $1";
    db::with_conn!(&mut tx, conn => sqlx::query(sql).bind(high.id).execute(conn).await.map(|_| ())).unwrap();
    tx.commit().await.unwrap();
    refused(send(other).await, "2024-03-07 的异议尚未答复");
    let objection = cases::objections(city.db(), city.of("clerk")).await.unwrap()[0].id;
    let answer = (false, "经核查属实");
    cases::decide_objection(installation, city.of("leader"), objection, answer, now()).await.unwrap();
    send(other).await.unwrap();
    send(batch).await.unwrap();
}

/// An application for project money of an enterprise, handed in.
async fn project(city: &City, firm: &Account, matter: &str) -> Case {
    applied(city, firm, ("project-approval", matter), &["立项文件"]).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_back_counts_to_the_cap_of_the_year_no_more_and_what_is_claimed_does() {
    let city = City::alone().await;
    let [high, _] = pair(&city).await;
    let had = high.amount_fen().unwrap();
    // A year's cap that the star alone fills.
    let all = items::all(city.db()).await.unwrap();
    let mut terms = all.into_iter().find(|item| item.award == "project-approval").unwrap().terms;
    terms.cap_per_subject_year_fen = Some(had);
    let (installation, policy, award) = (&city.installation, &city.policy, "project-approval");
    let id = items::draft(installation, policy, city.of("clerk"), award, (terms, None), now()).await.unwrap();
    items::issue(installation, policy, city.of("clerk2"), (id, None), now()).await.unwrap();
    city.listed(&high).await;
    city.decided("innovation-star", &[high.id], date(2024, 3, 8)).await;
    let (batch, rows) = city.sent(&[high.id]).await;
    city.answer(batch, &[(&*rows[0].0, "成功", "")]).await.unwrap();
    let firm = city.firm(&high);
    let mut matters = 0;
    let mut room = async || {
        matters += 1;
        let case = project(&city, &firm, &format!("国科发资〔2023〕{matters}号")).await;
        let fen = case.amount_fen().unwrap();
        city.act_as(&firm, case.id, Act::Withdraw, &Said { note: "试算".into(), ..Said::default() }).await.unwrap();
        fen
    };
    assert_eq!(room().await, 0, "the year is full");
    city.act("leader", high.id, Act::Reclaim, "材料虚假").await.unwrap();
    assert_eq!(room().await, 0, "what is claimed is still with the enterprise");
    let back = Said { amount_fen: Some(1_000), ..Said::default() };
    city.act_as(city.of("finance"), high.id, Act::Recover, &back).await.unwrap();
    assert_eq!(room().await, 1_000, "so much came back");
    city.act("finance", high.id, Act::Recover, "").await.unwrap();
    assert!(room().await > 1_000, "all of it came back");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_open_the_same_at_once_the_second_gets_the_first() {
    for database in db::test::databases().await {
        let city = City::new(database.db.clone()).await;
        let (installation, policy) = (&city.installation, &city.policy);
        let firm = city.firm(&city.cases(State::Notified).await[0]);
        // However the number is typed.
        let begin = async |matter| {
            let about = About { award: "project-approval", matter, event: date(2023, 11, 2), trigger: None };
            cases::begin(installation, policy, &firm, about, now()).await.unwrap()
        };
        let (a, b, c, d) = tokio::join!(
            begin("国科发资〔2023〕7号"),
            begin("国科发资(2023)7号"),
            begin("国科发资〔2023〕7号"),
            begin("国科发资[2023] 7号")
        );
        assert_eq!([a, a, a], [b, c, d], "{}", database.name);

        // A batch over one run, opened by two: each subject has one case.
        let run = domain::runs::latest(installation).await.unwrap().unwrap().run;
        let wanted = ("invention-star", run.as_str());
        let open = async |login| cases::open_batch(installation, policy, city.of(login), wanted, now()).await.unwrap();
        let (one, two) = tokio::join!(open("clerk"), open("clerk2"));
        let opened = |one: &cases::Opening| one.opened + one.stopped;
        let (first, second) = if opened(&one) > 0 { (one, two) } else { (two, one) };
        assert!(opened(&first) > 0, "{}", database.name);
        assert_eq!((opened(&second), second.known), (0, opened(&first)), "{}", database.name);

        // An item drafted by two: one draft.
        let terms = items::all(city.db()).await.unwrap().into_iter().find(|item| item.award == wanted.0).unwrap().terms;
        let draft = async |login| {
            let written = (terms.clone(), None);
            items::draft(installation, policy, city.of(login), wanted.0, written, now()).await.unwrap()
        };
        let (one, two) = tokio::join!(draft("clerk"), draft("clerk2"));
        assert_eq!(one, two, "{}", database.name);
        city.is_sound().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_says_of_itself_which_field_it_is_about() {
    let city = City::alone().await;
    let case = city.cases(State::Notified).await.remove(0);
    let firm = city.firm(&case);
    let field = |done: Result<Case, Error>| match done {
        Err(Error::Field { field, .. }) => field,
        other => panic!("{other:?} names no field"),
    };
    let account = |holder: &str, bank: &str, number: &str| Said {
        account: Some(Receiving { holder: holder.into(), bank: bank.into(), number: number.into() }),
        ..Said::default()
    };
    for (said, name) in [
        (Said::default(), "number"),
        (account("别的公司", "银行", "62220000111"), "holder"),
        (account(&case.name, " ", "62220000111"), "bank"),
        (account(&case.name, "银行", "1"), "number"),
        // Whatever words a name is made of.
        (account("户名账号事项发生日", "银行", "62220000111"), "holder"),
    ] {
        assert_eq!(field(city.act_as(&firm, case.id, Act::Confirm, &said).await), name);
    }
    assert_eq!(field(city.act_as(&firm, case.id, Act::Decline, &Said::default()).await), "note");
    city.confirm(&case).await.unwrap();
    let pass = async |said: Said| city.act_as(city.of("clerk"), case.id, Act::Pass, &said).await;
    let event = Said { event: Some(date(2023, 6, 1)), note: "依据判决书".into(), ..Said::default() };
    assert_eq!(field(pass(event).await), "event");
    let instead = Said { for_whom: Some("clerk2".into()), note: "核对无误".into(), ..Said::default() };
    assert_eq!(field(pass(instead).await), "for");
    let long = Said { note: "长".repeat(cases::NOTE_CHARS_MAX + 1), ..Said::default() };
    assert_eq!(field(pass(long).await), "note");
}
