//! Who did what is told by name: to the office its people, to an enterprise the office alone; words are Chinese, keys are for programs.

use domain::accounts::Account;
use domain::cases::State;

use crate::{delivery::City, zhiqiang};

const LOGINS: [&str; 6] = ["clerk", "clerk2", "finance", "finance2", "leader", "science"];

fn text(city: &City, args: &[&str]) -> String {
    let done = zhiqiang(&city.data, args);
    assert!(done.status.success(), "{args:?}: {done:?}");
    String::from_utf8(done.stdout).unwrap()
}

/// Whether a text names a login as a word of its own.
fn names(text: &str, login: &str) -> bool {
    text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-').any(|word| word == login)
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reads_a_login_where_a_name_is_meant() {
    let dir = tempfile::tempdir().unwrap();
    let city = City::new(dir.path()).await;
    let ids = city.approved().await;
    let batch = city.sent(&ids[..2]).await;
    let case = city.cases(State::Ordered).await.remove(0);
    let firm: Account = city.firm(&case, "acme").await;
    let id = case.id.to_string();
    for args in [
        vec!["case", "list"],
        vec!["case", "show", &id],
        vec!["--json", "case", "show", &id],
        vec!["--json", "case", "list"],
    ] {
        let told = text(&city, &[&args[..], &["--as", &firm.login]].concat());
        assert!(told.contains(&case.name), "{told}");
        for login in LOGINS {
            assert!(!names(&told, login), "{args:?} tells an enterprise of {login}: {told}");
            assert!(!told.contains("演示·"), "{args:?} names a person of the office: {told}");
        }
        assert!(args.contains(&"list") || told.contains("业务科室") && told.contains("领导小组"), "{told}");
    }
    for args in [
        vec!["case", "show", &id, "--as", "clerk"],
        vec!["case", "list", "--as", "clerk"],
        vec!["payment", "list", "--as", "finance"],
    ] {
        let told = text(&city, &args);
        for key in ["innovation-star", "notified", "ordered", "approve", "pass-again"].into_iter().chain(LOGINS) {
            assert!(!names(&told, key), "{args:?} says {key}: {told}");
        }
    }
    let shown = text(&city, &["case", "show", &id, "--as", "clerk"]);
    assert!(
        shown.contains("创新之星") && shown.contains("经办  演示·业务科室") && shown.contains("现在可以：")
            || shown.contains("现在没有要办的"),
        "{shown}"
    );
    let listed = text(&city, &["payment", "list", "--as", "finance"]);
    assert!(
        listed.contains(&format!("第 {batch} 批  已送银行"))
            && listed.contains("制单 演示·财政局  复核 演示·财政局复核"),
        "{listed}"
    );
    assert!(
        listed.contains("对账  送银行 2 笔") && listed.contains("银行未回 2 笔") && listed.contains("差额 0"),
        "{listed}"
    );
    // What is printed is what may be typed.
    let found = text(&city, &["case", "list", "--state", "拨付中", "--award", "创新之星", "--as", "clerk"]);
    assert_eq!(found.lines().count(), 2, "{found}");
}
