//! Items: drafted by one, issued by another, and held against the law above them.

use jiff::civil::date;

use super::*;
use crate::accounts::{self, Role};

pub(crate) const AT: &str = "2024-02-29T04:00:00Z";

pub(crate) fn at() -> Timestamp {
    AT.parse().unwrap()
}

/// Sound terms that pay so much at each level.
pub(crate) fn terms(formula: Formula, amounts: &[(i64, i64)]) -> Terms {
    Terms {
        track: Track::Confirm,
        basis: Basis {
            number: "云政办发〔2023〕12号".into(), title: "云川市知识产权奖励实施细则".into()
        },
        review: Review {
            conclusion: "不具有排除、限制竞争效果".into(), concluded_on: Some(date(2023, 1, 5))
        },
        effective_from: date(2023, 2, 1),
        effective_until: Some(date(2024, 12, 31)),
        formula,
        amounts: amounts.iter().copied().collect(),
        pays_difference: false,
        cap_per_subject_year_fen: None,
        cap_per_invention_fen: None,
        pays_pro_rata: false,
        aid: None,
        window: None,
        subsidy: None,
        departments: vec!["财政局".into()],
        papers: Vec::new(),
        limits: Limits::default(),
    }
}

pub(crate) async fn account(db: &Db, login: &str, role: Role, unit: &str) -> Account {
    accounts::open(db, login, login, role, unit, "correct-horse-9", at()).await.unwrap();
    accounts::all(db).await.unwrap().into_iter().find(|account| account.login == login).unwrap()
}

fn item(award: &str, terms: Terms) -> Item {
    Item {
        id: 1,
        award: award.into(),
        version: 1,
        stage: Stage::Draft,
        terms,
        is_trial: false,
        drafted_by: "a".into(),
        drafted_at: AT.into(),
        issued_by: None,
    }
}

#[test]
fn clause_c3_1_2_1_an_item_against_the_law_is_red_before_it_is_issued() {
    type Change<'a> = &'a dyn Fn(&mut Terms);
    let policy = Policy::installed().unwrap();
    let found = |award: &str, change: &dyn Fn(&mut Terms)| {
        let mut terms = terms(Formula::PerSubject, &[(1, 500_000)]);
        change(&mut terms);
        faults(&policy, &item(award, terms)).unwrap()
    };
    assert_eq!(found("invention-star", &|_| ()), []);
    let reds: [(&str, Change<'_>); 9] = [
        ("文号", &|terms| terms.basis.number = String::new()),
        ("名称", &|terms| terms.basis.title = " ".into()),
        ("公平竞争", &|terms| terms.review.conclusion = String::new()),
        ("晚于生效日", &|terms| terms.review.concluded_on = Some(date(2023, 2, 2))),
        ("失效日期", &|terms| terms.effective_until = None),
        ("2024-12-31", &|terms| terms.effective_until = Some(date(2025, 1, 1))),
        ("没有金额", &|terms| terms.amounts.clear()),
        ("没有第 2 级", &|terms| _ = terms.amounts.insert(2, 600_000)),
        ("5 个工作日", &|terms| terms.limits.notice = 4),
    ];
    for (words, change) in reds {
        let faults = found("invention-star", change);
        assert!(faults.iter().any(|fault| fault.words.contains(words)), "{words}: {faults:?}");
    }
    // Money that no grant stands behind may go on after 2024; an award without rules cannot be given unasked.
    let stars = |change: &dyn Fn(&mut Terms)| {
        found("innovation-star", &|terms| {
            terms.amounts = [(2, 1), (3, 2), (4, 3), (5, 4)].into();
            change(terms);
        })
    };
    let exempt = |number: &str| Some(Subsidy { is_policy_subsidy: false, exempted_by: number.into() });
    let beyond = |subsidy: Option<Subsidy>| {
        stars(&|terms| {
            terms.effective_until = Some(date(2026, 12, 31));
            terms.subsidy.clone_from(&subsidy);
        })
    };
    for subsidy in [None, Some(Subsidy { is_policy_subsidy: true, exempted_by: String::new() })] {
        let ends = beyond(subsidy);
        assert!(ends[0].words.contains("2024-12-31") && ends[0].basis.contains("C3.1.3.2"), "{ends:?}");
    }
    assert_eq!(beyond(exempt("云政办发〔2023〕12号")), []);
    assert!(beyond(exempt("听说"))[0].words.contains("写不成立"));
    let grants = found("invention-star", &|terms| terms.subsidy = exempt("云政办发〔2023〕12号"));
    assert!(grants[0].words.contains("与授权挂钩"), "{grants:?}");
    let unsaid = item("innovation-star", terms(Formula::PerSubject, &[(2, 1)]));
    assert!(warnings(&policy, &unsaid)[0].words.contains("政策性补贴"));
    let said =
        Item { terms: Terms { subsidy: exempt("云政办发〔2023〕12号"), ..unsaid.terms.clone() }, ..unsaid };
    assert_eq!(warnings(&policy, &said), []);
    let yearly = window::Window::Yearly { from: (3, 1), until: (4, 30) };
    assert!(stars(&|terms| terms.window = Some(yearly))[0].words.contains("不设申报期"));
    assert!(stars(&|terms| _ = terms.amounts.insert(5, 1))[0].words.contains("反而低"));
    assert!(found("rights-aid", &|_| ())[0].words.contains("判定规则"));
    let aid = |change: &dyn Fn(&mut Terms)| {
        found("rights-aid", &|terms| {
            terms.track = Track::Apply;
            let proofs = [(aid::Trigger::DomesticWin, vec!["生效裁判文书".to_owned()])].into();
            terms.aid = Some(Aid { proofs, ..Aid::default() });
            change(terms);
        })
    };
    assert_eq!(aid(&|_| ()), []);
    let none = aid(&|terms| terms.aid = None);
    assert!(none.iter().any(|fault| fault.words.contains("哪些维权情形")), "{none:?}");
    let bare = aid(&|terms| terms.aid.as_mut().unwrap().proofs.values_mut().for_each(Vec::clear));
    assert!(bare[0].words.contains("没有写明证明材料"), "{bare:?}");
    let fixed = aid(&|terms| terms.aid.as_mut().unwrap().deduction = aid::Deduction::FromAid);
    assert!(fixed[0].words.contains("按费用的比例"), "{fixed:?}");
    let capped = |award: &str, formula, cap| {
        found(award, &|terms| {
            terms.formula = formula;
            terms.cap_per_invention_fen = Some(cap);
        })
    };
    assert_eq!(capped("pct-grant", Formula::PerRight, 500_000), []);
    assert!(capped("pct-grant", Formula::PerRight, 499_999)[0].words.contains("低于一件"));
    assert!(capped("invention-star", Formula::PerRight, 500_000)[0].words.contains("PCT"));
    assert!(capped("pct-grant", Formula::PerSubject, 500_000)[0].words.contains("PCT"));
}

#[tokio::test]
async fn one_person_drafts_and_another_issues() {
    let policy = Policy::installed().unwrap();
    for database in db::test::databases().await {
        let folder = tempfile::tempdir().unwrap();
        let (installation, _) = Installation::over(database.db.clone(), folder.path(), at()).await.unwrap();
        let db = &installation.db;
        let author = account(db, "author", Role::Clerk, "").await;
        let second = account(db, "second", Role::Clerk, "").await;
        let leader = account(db, "leader", Role::Leader, "").await;
        let sound = terms(Formula::PerSubject, &[(1, 500_000)]);
        let write = async |account: &Account, terms: &Terms| {
            draft(&installation, &policy, account, "invention-star", (terms.clone(), None), at()).await
        };
        assert!(matches!(write(&leader, &sound).await, Err(Error::Forbidden(_))));
        let mut without = sound.clone();
        without.basis.number = String::new();
        let id = write(&author, &without).await.unwrap();
        let refused = issue(&installation, &policy, &second, (id, None), at()).await.unwrap_err();
        assert!(refused.to_string().contains("依据文号"), "{refused}");
        assert_eq!(write(&author, &sound).await.unwrap(), id, "the draft that waits is changed");
        let own = issue(&installation, &policy, &author, (id, None), at()).await.unwrap_err();
        assert!(own.to_string().contains("起草人"), "{own}");
        issue(&installation, &policy, &second, (id, None), at()).await.unwrap();
        assert!(issue(&installation, &policy, &second, (id, None), at()).await.is_err(), "once");
        let day = date(2024, 2, 29);
        assert_eq!(in_force(db, "invention-star", day).await.unwrap().unwrap().terms, sound);
        assert!(in_force(db, "invention-star", date(2025, 1, 1)).await.unwrap().is_none());
        let next = write(&author, &sound).await.unwrap();
        assert_ne!(next, id, "what was issued stays as it was");
        assert_eq!(in_force(db, "invention-star", day).await.unwrap().unwrap().id, id);
        suspend(db, &second, id, at()).await.unwrap();
        assert!(in_force(db, "invention-star", day).await.unwrap().is_none());
        assert_eq!(find(db, next).await.unwrap().version, 2);
    }
}

#[tokio::test]
async fn of_two_who_edit_at_once_the_second_is_told() {
    let policy = Policy::installed().unwrap();
    for database in db::test::databases().await {
        let folder = tempfile::tempdir().unwrap();
        let (installation, _) = Installation::over(database.db.clone(), folder.path(), at()).await.unwrap();
        let db = &installation.db;
        let one = account(db, "one", Role::Clerk, "").await;
        let other = account(db, "other", Role::Clerk, "").await;
        let write = async |account: &Account, fen: i64, seen: &str| {
            let terms = terms(Formula::PerSubject, &[(1, fen)]);
            draft(&installation, &policy, account, "invention-star", (terms, Some(seen)), at()).await
        };
        // Both opened the form while there was no version.
        let id = write(&one, 500_000, "").await.unwrap();
        let late = write(&other, 600_000, "").await.unwrap_err().to_string();
        assert!(late.contains("有人改过（one 起草的第 1 版") && late.contains("没有保存"), "{late}");
        let first = find(db, id).await.unwrap();
        assert_eq!(first.terms.amounts[&1], 500_000, "nothing of the second was kept, nothing of the first lost");
        // Who saw the present one may change it; who read it before the change does not issue what he has not seen.
        write(&one, 700_000, &first.mark()).await.unwrap();
        let stale = issue(&installation, &policy, &other, (id, Some(&first.mark())), at()).await.unwrap_err();
        assert!(stale.to_string().contains("有人改过"), "{stale}");
        let present = find(db, id).await.unwrap().mark();
        issue(&installation, &policy, &other, (id, Some(&present)), at()).await.unwrap();
        assert!(write(&one, 800_000, &present).await.is_err(), "issued meanwhile");
    }
}
