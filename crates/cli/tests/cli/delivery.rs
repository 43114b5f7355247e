//! The synthetic city with cases in the states that a test needs, made in this process; the program is then run on it.

use std::path::{Path, PathBuf};

use demo::Scale;
use domain::accounts::{self, Account, New, Role};
use domain::cases::{self, Act, Case, Receiving, Said, State};
use domain::{Installation, payments, runs};
use jiff::Timestamp;
use jiff::civil::date;
use rules::Policy;

const SMALL: Scale = Scale { towns: 21, enterprises: 200, patents: 3_200 };

pub(crate) fn now() -> Timestamp {
    "2024-03-01T02:00:00Z".parse().unwrap()
}

/// A city and its people.
pub(crate) struct City {
    pub(crate) installation: Installation,
    pub(crate) data: PathBuf,
    policy: Policy,
    accounts: Vec<Account>,
}

impl City {
    pub(crate) async fn new(data: &Path) -> Self {
        let (mut installation, _) = Installation::open(data, None, now()).await.unwrap();
        demo::fill(&mut installation, SMALL, now(), &|_| ()).await.unwrap();
        let accounts = accounts::all(&installation.db).await.unwrap();
        Self { installation, data: data.to_owned(), policy: runs::policy().unwrap(), accounts }
    }

    pub(crate) fn of(&self, login: &str) -> &Account {
        self.accounts.iter().find(|account| account.login == login).unwrap()
    }

    pub(crate) async fn cases(&self, state: State) -> Vec<Case> {
        let all = cases::all(&self.installation.db, self.of("clerk")).await.unwrap();
        all.into_iter().filter(|case| case.state == state).collect()
    }

    /// An account of the enterprise whose case it is.
    pub(crate) async fn firm(&self, case: &Case, login: &str) -> Account {
        let new =
            New { login: login.into(), name: "企业".into(), role: Role::Enterprise, unit: case.subject.clone() };
        accounts::open_with_fresh_password(&self.installation.db, &new, "test", now()).await.unwrap();
        accounts::find(&self.installation.db, login).await.unwrap().account
    }

    pub(crate) async fn act(&self, account: &Account, case: i64, act: Act, said: Said) {
        cases::act(&self.installation, &self.policy, account, (case, act), &said, now()).await.unwrap();
    }

    /// Opens an account for the enterprise of a case and confirms it.
    pub(crate) async fn confirmed(&self, case: &Case, place: usize) {
        let firm = self.firm(case, &format!("firm{place}")).await;
        let number = format!("62220212{place:08}");
        let account = Some(Receiving { holder: case.name.clone(), bank: "云川农商行".into(), number });
        self.act(&firm, case.id, Act::Confirm, Said { account, ..Said::default() }).await;
    }

    /// Every case that waits, confirmed, passed, published and decided; the money is reserved.
    pub(crate) async fn approved(&self) -> Vec<i64> {
        let waiting = self.cases(State::Notified).await;
        for (place, case) in waiting.iter().enumerate() {
            self.confirmed(case, place).await;
            for (login, act) in
                [("clerk", Act::Pass), ("clerk2", Act::PassAgain), ("finance", Act::Agree), ("science", Act::Agree)]
            {
                self.act(self.of(login), case.id, act, Said { note: "核对无误".into(), ..Said::default() }).await;
            }
        }
        let clerk = self.of("clerk");
        cases::open_notice(&self.installation, &self.policy, clerk, "innovation-star", now()).await.unwrap();
        self.installation.move_to(date(2024, 3, 8), "clerk", now()).await.unwrap();
        for case in &waiting {
            self.act(self.of("leader"), case.id, Act::Approve, Said::default()).await;
        }
        waiting.iter().map(|case| case.id).collect()
    }

    /// A batch of these cases that the bank has.
    pub(crate) async fn sent(&self, cases: &[i64]) -> i64 {
        let batch = payments::order(&self.installation, &self.policy, self.of("finance"), cases, now()).await.unwrap();
        payments::approve(&self.installation, &self.policy, self.of("finance2"), batch, now()).await.unwrap();
        payments::send(&self.installation, &self.policy, self.of("finance"), batch, now()).await.unwrap();
        batch
    }
}
