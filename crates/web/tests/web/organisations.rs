//! Organisations in the browser: what the administrator keeps, and what the registers tell of.

use axum::http::StatusCode;
use domain::accounts::Role;

use crate::{city::visitor, client::Server};

#[tokio::test]
async fn a_department_is_added_renamed_disabled_and_taken_up_again() {
    let server = Server::start().await;
    let mut administrator = server.signed_in(Role::Administrator).await;
    let token = administrator.get("/organisations").await.token();
    let new = [("csrf", &*token), ("name", "科学技术局"), ("kind", "department"), ("code", ""), ("parent", "")];
    let added = administrator.post("/organisations/add", &new).await;
    assert_eq!(added.header("location"), "/organisations?done=kept", "{}", added.text);
    let again = administrator.post("/organisations/add", &new).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.text.contains("已有部门“科学技术局”，不能再登记一次"), "{}", again.text);
    let town = [("csrf", &*token), ("name", "甲镇"), ("kind", "town"), ("code", ""), ("parent", "")];
    let town = administrator.post("/organisations/add", &town).await;
    assert!(town.status == StatusCode::UNPROCESSABLE_ENTITY && town.text.contains("登记簿提供"), "{}", town.text);
    let list = administrator.get("/organisations").await.text;
    assert!(list.contains("科学技术局") && list.contains("/organisations/1\""), "{list}");
    for (path, name) in [("rename", "科技局"), ("disable", ""), ("enable", "")] {
        let done = administrator.post(&format!("/organisations/1/{path}"), &[("csrf", &*token), ("name", name)]).await;
        assert_eq!(done.header("location"), "/organisations/1?done=kept", "{path}: {}", done.text);
        let page = administrator.get("/organisations/1").await.text;
        assert!(page.contains("科技局") && page.contains("已停用") == (path == "disable"), "{page}");
    }
    assert_eq!(administrator.get("/organisations/99").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_tree_holds_what_the_registers_tell_of() {
    let mut administrator = visitor(Role::Administrator).await;
    let towns = administrator.get("/organisations?kind=town&size=100").await.text;
    assert!(towns.matches("登记簿").count() > 20 && !towns.contains("href=\"/organisations/1\""), "{towns}");
    let firms = administrator.get("/organisations?kind=enterprise&size=100").await.text;
    assert!(firms.matches("登记簿").count() > 50, "{firms}");
    assert!(administrator.get("/organisations?kind=department").await.text.contains("财政局"));
    let token = administrator.get("/accounts").await.token();
    for (role, unit, why) in [("town", "不存在镇", "区镇登记簿中没有单位"), ("department", "不存在局", "没有名为")]
    {
        let new = [("csrf", &*token), ("login", "zhou"), ("name", "周"), ("role", role), ("unit", unit)];
        let answer = administrator.post("/accounts/open", &new).await;
        assert!(answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.text.contains(why), "{}", answer.text);
    }
}
