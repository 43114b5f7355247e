//! Personal data stand on no page and in no workbook of a role that the policies do not let see them: pages are walked from link to
//! link, a few of every kind, as each role. Published patent documents (`/corpus`) name their inventors and applicants by law.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use domain::accounts::{Permission, Role};
use web::routes;

use crate::{
    cases::{act, numbers, press, taken},
    city::{again, own, signed_in},
    client::{Answer, Visitor},
};

const ACCOUNT: &str = "6222021234567890";
const OBJECTOR: &str = "某某举报人";
const CONTACT: &str = "13800001111";

/// How many pages of a door are opened.
const PAGES_MAX: usize = 3;

/// The door that an address leads to.
fn door(path: &str) -> Option<&'static str> {
    static DOORS: std::sync::LazyLock<Vec<&'static str>> =
        std::sync::LazyLock::new(|| routes::doors().iter().map(|door| door.path).collect());
    let parts: Vec<&str> = path.split('/').collect();
    let fits = |door: &&&str| {
        let named: Vec<&str> = door.split('/').collect();
        named.len() == parts.len() && named.iter().zip(&parts).all(|(one, part)| one.starts_with('{') || one == part)
    };
    // A word of its own stands before a number.
    DOORS.iter().filter(fits).min_by_key(|door| door.matches('{').count()).copied()
}

/// The rows of a workbook, as texts; none of what is no workbook.
pub(crate) fn rows(answer: &Answer) -> Vec<Vec<String>> {
    if !answer.body.starts_with(b"PK") {
        return Vec::new();
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file.xlsx");
    std::fs::write(&file, &answer.body).unwrap();
    // A letter is a zip as well, and no workbook.
    let Ok(sheets) = sheets::read_all(&file, &sheets::Limits::default()) else { return Vec::new() };
    let texts = |row: sheets::Row| row.cells.iter().map(|cell| cell.text().into_owned()).collect();
    sheets.into_iter().flat_map(|(_, rows)| rows).map(texts).collect()
}

/// What an answer says: the text of a page, or the cells of a workbook.
fn words(answer: &Answer) -> String {
    let rows = rows(answer);
    if rows.is_empty() { answer.text.clone() } else { rows.concat().join("\n") }
}

/// Opens a few pages of every kind that can be reached, and their workbooks: what each of them said.
async fn walk(visitor: &mut Visitor) -> BTreeMap<String, String> {
    let plain = routes::doors().into_iter().map(|door| door.path).filter(|path| !path.contains('{'));
    let mut waiting: VecDeque<String> = plain.map(str::to_owned).collect();
    let (mut opened, mut counts, mut said) = (BTreeSet::new(), BTreeMap::new(), BTreeMap::new());
    while let Some(href) = waiting.pop_front() {
        let path = href.split(['?', '#']).next().unwrap_or_default().to_owned();
        let Some(door) = door(&path) else { continue };
        // Whose a patent is, is published by law, in the corpus and beside a demand alike.
        if door.starts_with("/corpus")
            || door == "/matching/{id}"
            || door == "/sign-out"
            || !opened.insert(path.clone())
        {
            continue;
        }
        let count = counts.entry(door).or_insert(0);
        *count += 1;
        if *count > PAGES_MAX {
            continue;
        }
        for address in [path.clone(), format!("{path}?export=xlsx")] {
            let answer = visitor.get(&address).await;
            if !answer.status.is_success() {
                break;
            }
            let links = answer.text.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
            waiting.extend(links.filter(|link| link.starts_with('/')).map(str::to_owned));
            said.insert(address, words(&answer));
        }
    }
    said
}

/// The names of natural persons among the owners of patents, as who keeps the registers sees them.
async fn persons(clerk: &mut Visitor) -> Vec<String> {
    let rows = rows(&clerk.get("/patents?export=xlsx").await);
    let (at, head) = rows.iter().enumerate().find(|(_, row)| row.iter().any(|cell| cell == "专利权人")).unwrap();
    let owner = head.iter().position(|cell| cell == "专利权人").unwrap();
    let is_han = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
    let ends = ["大学", "学院", "公司", "集团", "中心", "工厂", "医院"];
    // Of three characters: shorter ones are words as well.
    let is_person = |name: &&String| {
        name.chars().count() == 3 && name.chars().all(is_han) && !ends.iter().any(|end| name.ends_with(end))
    };
    let names: BTreeSet<&String> = rows[at + 1..].iter().filter_map(|row| row.get(owner)).filter(is_person).collect();
    names.into_iter().cloned().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_and_no_workbook_shows_personal_data_to_who_may_not_see_them() {
    let (mut clerk, folder) = own(Role::Clerk).await;
    let mut firm = again(folder.path(), Role::Enterprise).await;
    let case = numbers(&mut firm, "").await.remove(0);
    let page = firm.get(&case).await.text;
    let holder =
        page.split("name=\"holder\" type=\"text\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let confirm = [("act", "confirm"), ("holder", holder.as_str()), ("bank", "云川农商行"), ("number", ACCOUNT)];
    taken(&act(&mut firm, &case, &confirm).await);
    taken(&act(&mut clerk, &case, &[("act", "pass"), ("note", "核对无误")]).await);
    taken(&act(&mut signed_in(folder.path(), "clerk2").await, &case, &[("act", "pass-again")]).await);
    for login in ["finance", "science"] {
        taken(&act(&mut signed_in(folder.path(), login).await, &case, &[("act", "agree")]).await);
    }
    taken(&press(&mut clerk, "/notices", "/notices/open/innovation-star").await);
    let token = clerk.get(&case).await.token();
    let objection = [("csrf", token.as_str()), ("who", OBJECTOR), ("contact", CONTACT), ("content", "数量与登记不符")];
    taken(&clerk.post(&format!("{case}/object"), &objection).await);
    let persons = persons(&mut clerk).await;
    assert!(persons.len() > 3, "{persons:?}");

    for role in Role::ALL {
        let mut visitor = again(folder.path(), role).await;
        let mut said = walk(&mut visitor).await;
        // The case itself, whichever pages the walk happened to take.
        said.insert(case.clone(), visitor.get(&case).await.text);
        assert!(said.len() > 5, "{role:?} saw {:?}", said.keys());
        let shows = |secrets: &[&str]| -> Vec<&str> {
            let holding = said.iter().filter(|(_, text)| secrets.iter().any(|secret| text.contains(secret)));
            holding.map(|(address, _)| address.as_str()).collect()
        };
        let names: Vec<&str> = persons.iter().map(String::as_str).collect();
        for (permission, secrets) in [
            (Permission::SeePersons, names.as_slice()),
            (Permission::SeeAccounts, &[ACCOUNT]),
            (Permission::SeeObjectors, &[OBJECTOR, CONTACT]),
        ] {
            let shown = shows(secrets);
            assert_eq!(!shown.is_empty(), role.may(permission), "{role:?} {permission:?}: {shown:?}");
        }
    }
}
