//! What belongs to another: every door with a number in it that an enterprise may open is tried with the numbers of others, and no such
//! door may be missing from the two lists.

use std::collections::BTreeSet;

use domain::accounts::Role;
use web::routes::{self, Access};

use crate::{
    city::{again, links, own},
    client::Visitor,
    registry::wait,
    trail,
};

/// Doors that lead to what belongs to somebody.
const OWNED: [&str; 35] = [
    "/account/sessions/{id}/end",
    "/corpus/baskets/{id}",
    "/corpus/baskets/{id}/documents/{key}",
    "/corpus/baskets/{id}/documents/{key}/take-out",
    "/corpus/baskets/{id}/remove",
    "/corpus/baskets/{id}/restore",
    "/corpus/searches/{id}/open",
    "/corpus/searches/{id}/remove",
    "/corpus/searches/{id}/restore",
    "/warnings/watches/{id}/remove",
    "/warnings/watches/{id}/restore",
    "/messages/{id}",
    "/messages/{id}/open",
    "/warnings/{id}",
    "/warnings/{id}/handle",
    "/matching/deals/{id}",
    "/matching/deals/{id}/step",
    "/matching/{id}",
    "/matching/{id}/contact/{key}",
    "/matching/{id}/edit",
    "/matching/{id}/withdraw",
    "/offers/{id}",
    "/appointments/{id}",
    "/appointments/{id}/end",
    "/cases/{id}/send-back",
    "/cases/{id}",
    "/cases/{id}/act",
    "/cases/{id}/letters/{kind}",
    "/letters/kept/{id}",
    "/cases/{id}/papers/{file}",
    "/cases/{id}/papers/{file}/remove",
    "/cases/{id}/write",
    "/jobs/{id}/cancel",
    "/my-enterprise/reports/{id}",
    "/my-enterprise/reports/{id}/export",
];

/// Doors that lead to what is public, or that know nobody's.
const OPEN: [(&str, &str); 6] = [
    ("/corpus/documents/{key}", "patent documents are published by law"),
    ("/policy/{clause}", "the policy is public"),
    ("/items/{id}", "what an award pays, and on which document, is public"),
    ("/notices/{id}", "public notices"),
    ("/notices/{id}/letter", "public notices"),
    ("/jobs/{id}", "a job's page is found by a number that cannot be guessed, and says how far it is"),
];

/// The number in the first address of a page that begins so and goes on with nothing but it.
fn first(page: &str, beginning: &str) -> String {
    let number = |href: &&&str| {
        let rest = &href[beginning.len()..];
        rest.bytes().any(|byte| byte.is_ascii_digit()) && !rest.contains(['/', '?', '#'])
    };
    let found = links(page, beginning);
    let found = found.iter().find(number).unwrap_or_else(|| panic!("nothing at {beginning} in {page}"));
    found[beginning.len()..].to_owned()
}

/// The numbers of things that are not the enterprise's.
struct Others {
    basket: String,
    search: String,
    watch: String,
    warning: String,
    demand: String,
    deal: String,
    case: String,
    job: String,
    session: String,
    message: String,
    /// An offer that its university has not published.
    offer: String,
    /// The appointment of another enterprise.
    appointment: String,
}

impl Others {
    async fn of(folder: &std::path::Path, clerk: &mut Visitor, firm: &mut Visitor, university: &mut Visitor) -> Self {
        let offer = first(&university.get("/offers?state=draft").await.text, "/offers/");
        let appointment = another_s_appointment(folder).await;
        let token = clerk.get("/corpus/baskets").await.token();
        let opened = clerk.post("/corpus/baskets/open", &[("csrf", &token), ("name", "甲")]).await;
        let basket = opened.header("location").rsplit('/').next().unwrap().split('?').next().unwrap().to_owned();
        clerk.post("/corpus/searches/save", &[("csrf", &token), ("name", "乙"), ("query", "IC=H01M")]).await;
        let searches = clerk.get("/corpus/searches").await.text;
        let between = |page: &str, before: &str, after: &str| {
            let mut ids = page.split(before).skip(1).filter_map(|rest| rest.split_once(after)).map(|(id, _)| id);
            ids.find(|id| !id.contains('"')).unwrap_or_else(|| panic!("{before}")).to_owned()
        };
        let search = between(&searches, "/corpus/searches/", "/remove");
        let watch = between(&clerk.get("/warnings/watches").await.text, "/warnings/watches/", "/remove");
        let warning = first(&clerk.get("/warnings?size=100").await.text, "/warnings/");
        let own: BTreeSet<String> =
            links(&firm.get("/cases?size=100").await.text, "/cases/").into_iter().map(str::to_owned).collect();
        let all = clerk.get("/cases?size=100").await.text;
        let case = links(&all, "/cases/").into_iter().find(|href| !own.contains(*href)).unwrap();
        let mine: BTreeSet<String> =
            ["/matching?size=100", "/matching/deals?size=100"].map(|list| list.to_owned()).into_iter().collect();
        let mut seen = BTreeSet::new();
        for list in mine {
            seen.extend(links(&firm.get(&list).await.text, "/matching/").into_iter().map(str::to_owned));
        }
        let foreign = |page: &str, beginning: &str| {
            let found = links(page, beginning).into_iter().find(|href| {
                !seen.contains(*href) && href[beginning.len()..].bytes().all(|byte| byte.is_ascii_digit())
            });
            found.map(|href| href[beginning.len()..].to_owned()).unwrap_or_else(|| panic!("{beginning}: {page}"))
        };
        let demand = foreign(&clerk.get("/matching?size=100").await.text, "/matching/");
        let deal = foreign(&clerk.get("/matching/deals?size=100").await.text, "/matching/deals/");
        let run = first(&clerk.get("/runs").await.text, "/runs/");
        let verified = clerk.post(&format!("/runs/{run}/verify"), &[("csrf", &token)]).await;
        let job = verified.header("location").to_owned();
        wait(clerk, &job).await;
        let session = between(&clerk.get("/account").await.text, "/account/sessions/", "/end");
        let message = first(&clerk.get("/messages?size=100").await.text, "/messages/");
        Self {
            basket,
            search,
            watch,
            warning,
            demand,
            deal,
            case: case.trim_start_matches("/cases/").to_owned(),
            job: job.trim_start_matches("/jobs/").to_owned(),
            session,
            message,
            offer,
            appointment,
        }
    }

    /// The address of a door with another's number in it.
    fn at(&self, door: &str) -> String {
        let id = match door.split('/').take(3).collect::<Vec<_>>()[1..] {
            ["account", _] => &self.session,
            ["corpus", "baskets"] => &self.basket,
            ["corpus", _] => &self.search,
            ["warnings", "watches"] => &self.watch,
            ["warnings", _] => &self.warning,
            ["matching", "deals"] => &self.deal,
            ["matching", _] => &self.demand,
            ["offers", _] => &self.offer,
            ["appointments", _] => &self.appointment,
            ["jobs", _] => &self.job,
            ["messages", _] => &self.message,
            _ => &self.case,
        };
        door.replace("{id}", id).replace("{key}", "CN201920050001").replace("{file}", "1").replace("{kind}", "decision")
    }
}

/// The number of an appointment that an enterprise other than the demo's made.
async fn another_s_appointment(folder: &std::path::Path) -> String {
    let (installation, _) = domain::Installation::open(folder, None, crate::city::now()).await.unwrap();
    let firm = domain::accounts::find(&installation.db, "enterprise").await.unwrap().account;
    let others = domain::subjects::enterprises(&installation, crate::city::now()).await.unwrap();
    let (unit, _) = others.into_iter().find(|(code, _)| *code != firm.unit).unwrap();
    let other = domain::accounts::Account { unit, ..firm };
    let asked = domain::appointments::Asked {
        agency: domain::appointments::agencies(&installation).await.unwrap().remove(0),
        awards: Vec::new(),
        from_on: jiff::civil::date(2024, 3, 1),
        until_on: jiff::civil::date(2024, 12, 31),
        note: String::new(),
    };
    let id = domain::appointments::ask(&installation, &other, &asked, crate::city::now()).await.unwrap();
    id.to_string()
}

#[test]
fn no_door_of_somebody_s_is_missing_from_the_lists() {
    let may = |access| match access {
        Access::Needs(permission) => Role::Enterprise.may(permission),
        Access::SignedIn | Access::Everyone => true,
    };
    let doors: BTreeSet<&str> = routes::doors()
        .iter()
        .filter(|door| may(door.access) && door.path.contains('{'))
        .map(|door| door.path)
        .collect();
    let listed: BTreeSet<&str> = OWNED.into_iter().chain(OPEN.map(|(door, _)| door)).collect();
    assert_eq!(doors, listed);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_another_s_is_not_there_and_nothing_happens_to_it() {
    let (mut clerk, folder) = own(Role::Clerk).await;
    let mut firm = again(folder.path(), Role::Enterprise).await;
    let mut university = again(folder.path(), Role::University).await;
    let _second = again(folder.path(), Role::Clerk).await;
    let others = Others::of(folder.path(), &mut clerk, &mut firm, &mut university).await;
    for door in [
        "/corpus/baskets/{id}",
        "/warnings/{id}",
        "/matching/{id}",
        "/matching/deals/{id}",
        "/cases/{id}",
        "/jobs/{id}",
        "/messages/{id}",
        "/appointments/{id}",
    ] {
        assert!(clerk.get(&others.at(door)).await.status.is_success(), "{door} is there for its own people");
    }
    let token = firm.get("/cases").await.token();
    let before = trail::newest(firm.db()).await;
    for door in OWNED {
        let path = others.at(door);
        let seen = firm.get(&path).await;
        assert!(seen.status.is_client_error(), "{path}: {}", seen.status);
        let form = [
            ("csrf", token.as_str()),
            ("act", "withdraw"),
            ("note", "无关的人"),
            ("stage", "closed"),
            ("title", "改名"),
            ("words", "改写"),
            ("kind", "demand"),
            ("until", "2024-12-31"),
            ("on", "2024-02-28"),
            ("statement", "改写"),
            ("name", "改名"),
            ("why", "无关的人"),
            ("returned", "无关的人"),
        ];
        let sent = firm.post(&path, &form).await;
        assert!(sent.status.is_client_error(), "{path}: {} {}", sent.status, sent.header("location"));
        let file = firm.upload(&path, &[("csrf", &token), ("kind", "立项文件")], "文件.pdf", b"%PDF-1.4").await;
        assert!(file.status.is_client_error(), "{path}: {}", file.status);
    }
    assert_eq!(trail::newest(firm.db()).await, before, "nothing was changed by anybody");
}
