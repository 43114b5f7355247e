//! The work list of names that are tied to no enterprise can be emptied: each has an answer, which can be taken back.

use axum::http::StatusCode;
use domain::accounts::Role;

use crate::city::{links, own};

/// The values of the boxes of a page.
fn boxes(page: &str) -> Vec<String> {
    let values = page.split("name=\"pick\" form=\"pick\" value=\"").skip(1);
    values.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

fn total(page: &str) -> usize {
    page.split("共 ").nth(1).map_or(0, |rest| rest.split(' ').next().unwrap().parse().unwrap())
}

#[tokio::test]
async fn names_from_outside_leave_the_list_and_come_back() {
    let (mut clerk, _folder) = own(Role::Clerk).await;
    let list = clerk.get("/registers/ties?size=100").await;
    let (token, before, picks) = (list.token(), total(&list.text), boxes(&list.text));
    assert_eq!(picks.len(), before, "every name has a box");
    let plain = [("csrf", token.as_str()), ("act", "outside"), ("reason", "外地高校")];
    let mut form = plain.to_vec();
    form.extend(picks.iter().map(|pick| ("pick", pick.as_str())));
    let done = clerk.post("/registers/ties/settle", &form).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let emptied = clerk.get(done.header("location")).await.text;
    assert!(emptied.contains("没有待关联的名称") && emptied.contains("个名称不是本市企业"), "{emptied}");
    let outside = clerk.get("/registers/ties/outside?size=100").await.text;
    assert!(total(&outside) == before && outside.contains("外地高校"), "{outside}");
    let back = [("csrf", token.as_str()), ("reason", "认错"), ("pick", picks[0].as_str())];
    let undone = clerk.post("/registers/ties/undo", &back).await;
    assert_eq!(undone.status, StatusCode::SEE_OTHER, "{}", undone.text);
    assert_eq!(total(&clerk.get("/registers/ties").await.text), 1);
    assert_eq!(total(&clerk.get("/registers/ties/outside?size=100").await.text), before - 1);
}

#[tokio::test]
async fn a_name_is_judged_by_its_code_and_rows_and_the_reason_is_one_s_own() {
    let (mut clerk, _folder) = own(Role::Clerk).await;
    let list = clerk.get("/registers/ties?size=100").await;
    let one = links(&list.text, "/registers/ties/one")[0].replace("&amp;", "&").replace("&#38;", "&");
    let page = clerk.get(&one).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(page.text.contains("所给代码") && page.text.contains("不是本市企业"), "{}", page.text);
    let row = links(&page.text, "/registers/history/")[0].replace("&amp;", "&").replace("&#38;", "&");
    assert_eq!(clerk.get(&row).await.status, StatusCode::OK, "{row}");
    assert!(
        page.text.contains("name=\"reason\" type=\"text\" value=\"\""),
        "no reason is said for anybody: {}",
        page.text
    );
    let hidden = |name: &str| {
        let rest = page.text.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    let (token, name, code) = (page.token(), hidden("name"), hidden("code"));
    let base = [("csrf", token.as_str()), ("name", &name), ("code", &code)];
    for (form, field) in [
        (vec![("reason", "核对")], "#act"),
        (vec![("act", "outside"), ("reason", "")], "#reason"),
        (vec![("act", "tie"), ("uscc", "123"), ("reason", "核对")], "#uscc"),
    ] {
        let refused = clerk.post("/registers/ties/one", &[&base[..], &form].concat()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{form:?}");
        assert!(refused.text.contains(field), "{form:?}: {}", refused.text);
    }
    let form = [&base[..], &[("act", "outside"), ("reason", "外地医院")]].concat();
    let done = clerk.post("/registers/ties/one", &form).await;
    assert!(done.header("location").contains("done=outside"), "{}", done.text);
    assert_eq!(clerk.get(&one).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn only_a_single_candidate_is_confirmed_in_bulk() {
    let (mut clerk, _folder) = own(Role::Clerk).await;
    let list = clerk.get("/registers/ties?size=100").await;
    let (token, picks) = (list.token(), boxes(&list.text));
    let doubtful = picks.iter().find(|pick| pick.starts_with("- ")).expect("a name without a single candidate");
    let form = [("csrf", token.as_str()), ("act", "tie"), ("reason", "核对"), ("pick", doubtful)];
    let refused = clerk.post("/registers/ties/settle", &form).await;
    assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.text.contains("没有唯一的可能企业"));
}
