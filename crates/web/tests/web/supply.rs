//! The rooms of universities and agencies: a university offers what a firm then finds, answers what is published and sees no more; an
//! agency prepares for who appointed it, and what it prepared is handed in by the enterprise.

use axum::http::StatusCode;
use domain::accounts::Role;

use crate::city::{again, links, own, signed_in, visitor};
use crate::client::Visitor;

async fn ready(visitor: &mut Visitor, path: &str) -> String {
    for _ in 0..200 {
        let page = visitor.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
        if !page.text.contains("正在") {
            return page.text;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{path} is never ready");
}

/// The first address in a page that begins so and ends with a number.
fn numbered(page: &str, beginning: &str) -> String {
    let is_number = |href: &&str| {
        let rest = &href[beginning.len()..];
        !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'X')
    };
    let found = links(page, beginning).into_iter().find(is_number);
    found.unwrap_or_else(|| panic!("nothing at {beginning} in {page}")).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c1_3_what_universities_offer_meets_what_firms_seek() {
    let (mut university, folder) = own(Role::University).await;
    let mut firm = again(folder.path(), Role::Enterprise).await;
    let mut rival = signed_in(folder.path(), "university2").await;
    assert_eq!(university.get("/").await.header("location"), "/supply");

    // A demand that a firm published, without its budget, with the patents of one's own that fit.
    let list = ready(&mut university, "/supply/demands").await;
    assert!(list.contains("电池电芯的温度采样与均衡") && !list.contains("由本企业专利说明的储备方向"), "{list}");
    let href = links(&list, "/supply/demands/").into_iter().find(|href| !href.contains('?')).unwrap().to_owned();
    let page = ready(&mut university, &href).await;
    assert!(!page.contains("万元") && !page.contains("预算"), "no money of enterprises: {page}");

    // A patent of one's own is offered; what is wrong stands beside its field.
    let patents = university.get("/supply?standing=in-force&offer=none").await.text;
    let patent = numbered(&patents, "/supply/patents/");
    let token = university.get(&patent).await.token();
    let wrong = university.post(&patent, &[("csrf", &token), ("until", "2024-12-31"), ("price", "很贵")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for word in ["请选择愿意采取的合作方式", "请填写应用领域", "请填写联系方式", "很贵"] {
        assert!(wrong.text.contains(word), "{word}");
    }
    let sheet = [
        ("csrf", token.as_str()),
        ("forms", "许可"),
        ("forms", "产学研"),
        ("field", "储能"),
        ("contact", "转化中心 010-1"),
        ("until", "2024-12-31"),
        ("publish", "no"),
    ];
    let kept = university.post(&patent, &sheet).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
    let offer = kept.header("location").to_owned();
    for other in [&mut firm, &mut rival] {
        assert_eq!(other.get(&offer).await.status, StatusCode::NOT_FOUND, "a draft");
    }
    let publish: Vec<_> =
        sheet.iter().map(|(name, value)| if *name == "publish" { (*name, "yes") } else { (*name, *value) }).collect();
    university.post(&patent, &publish).await;
    let shown = firm.get(&offer).await;
    assert!(shown.text.contains("转化中心 010-1") && shown.text.contains("面议"), "{}", shown.text);
    assert!(!shown.text.contains("各版") && university.get(&offer).await.text.contains("各版"));
    assert_eq!(rival.get(&offer).await.status, StatusCode::NOT_FOUND, "its own only");
    assert!(firm.get("/offers").await.text.contains("北辰航空大学"));
    assert!(!rival.get("/offers").await.text.contains("北辰航空大学"));

    // It is answered, and the firm goes on from the answer to a contact.
    let number = patent.rsplit('/').next().unwrap().to_owned();
    let token = university.get(&href).await.token();
    let said = [("csrf", token.as_str()), ("number", number.as_str()), ("words", "有样机可测"), ("contact", "010-1")];
    for field in ["words", "contact"] {
        let silent = said.map(|(name, value)| (name, if name == field { " " } else { value }));
        assert_eq!(university.post(&format!("{href}/answer"), &silent).await.marked(), [field]);
    }
    let answered = university.post(&format!("{href}/answer"), &said).await;
    assert_eq!(answered.status, StatusCode::SEE_OTHER, "{}", answered.text);
    assert_eq!(university.post(&format!("{href}/answer"), &said).await.marked(), ["number"], "once");
    let own_page = ready(&mut university, &href).await;
    let demand = href.replace("/supply/demands", "/matching");
    let seen = match firm.get(&demand).await {
        page if page.status == StatusCode::OK => page.text,
        _ => again(folder.path(), Role::Clerk).await.get(&demand).await.text,
    };
    assert!(seen.contains("有样机可测") && seen.contains("高校院所的应答"), "{seen}");
    assert!(seen.contains("/contact/CN"), "the way on: {seen}");
    // Once the demand is closed, the answer is still there and can be taken back; a new one cannot be given.
    let mut clerk = again(folder.path(), Role::Clerk).await;
    let theirs = clerk.get(&demand).await.token();
    let closed = clerk.post(&format!("{demand}/withdraw"), &[("csrf", &theirs)]).await;
    assert_eq!(closed.status, StatusCode::SEE_OTHER, "{}", closed.text);
    let list = ready(&mut university, "/supply/demands?open=no").await;
    assert!(list.contains(&href), "{list}");
    let page = university.get(&href).await;
    assert!(page.text.contains("有样机可测") && page.text.contains("不再征集"), "{}", page.text);
    assert!(!page.text.contains("提交应答") && page.text.contains("/withdraw\""), "{}", page.text);
    let late = university.post(&format!("{href}/answer"), &said).await;
    assert!(late.status == StatusCode::UNPROCESSABLE_ENTITY && late.text.contains("不能再应答"), "{}", late.text);
    assert_eq!(rival.get(&href).await.status, StatusCode::NOT_FOUND, "it had not answered");
    let withdraw = own_page.split("action=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let withdraw = withdraw.into_iter().find(|action| action.starts_with("/supply/answers/")).unwrap().to_owned();
    assert!(university.post(&withdraw, &[("csrf", &token)]).await.status.is_redirection());
    let theirs = rival.get("/messages/settings").await.token();
    assert!(rival.post(&withdraw, &[("csrf", &theirs)]).await.status.is_client_error());

    // Taken back, it is nobody's but its own.
    let token = university.get(&offer).await.token();
    university.post(&format!("{offer}/withdraw"), &[("csrf", &token)]).await;
    assert_eq!(firm.get(&offer).await.status, StatusCode::NOT_FOUND);
}

/// A candidate of one of the firm's demands that one of the demo's universities owns: the demand, the university's login, the document.
async fn candidate(firm: &mut Visitor) -> (String, &'static str, String) {
    let list = firm.get("/matching?size=100").await.text;
    let demands: Vec<String> = links(&list, "/matching/").into_iter().map(str::to_owned).collect();
    let is_demand = |href: &&String| href["/matching/".len()..].bytes().all(|byte| byte.is_ascii_digit());
    for demand in demands.iter().filter(is_demand) {
        for number in 1..6 {
            let page = ready(firm, &format!("{demand}?source=academic&page={number}")).await;
            for hit in page.split("<article class=\"hit\"").skip(1) {
                for (name, login) in [("北辰航空大学", "university"), ("江左大学", "university2")] {
                    if hit.contains(name) && !hit.contains("权利人公开供给") {
                        let key = links(hit, "/corpus/documents/")[0].rsplit('/').next().unwrap().to_owned();
                        return (format!("{demand}?source=academic&page={number}"), login, key);
                    }
                }
            }
        }
    }
    panic!("no university stands among the candidates of {demands:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_offer_is_a_sign_of_a_candidate_with_the_offer_behind_it() {
    let (mut firm, folder) = own(Role::Enterprise).await;
    let (demand, login, key) = candidate(&mut firm).await;
    let mut university = signed_in(folder.path(), login).await;
    let digits: String = key.chars().filter(char::is_ascii_digit).collect();
    let list = university.get(&format!("/supply?q={digits}")).await.text;
    let patent = numbered(&list, "/supply/patents/");
    let token = university.get(&patent).await.token();
    let sheet = [
        ("csrf", token.as_str()),
        ("forms", "许可"),
        ("field", "储能"),
        ("contact", "转化中心 010-1"),
        ("until", "2024-12-31"),
        ("publish", "yes"),
    ];
    let kept = university.post(&patent, &sheet).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
    let page = ready(&mut firm, &demand).await;
    let hit = page.split("<article class=\"hit\"").find(|hit| hit.contains(&key)).unwrap_or_else(|| panic!("{page}"));
    assert!(hit.contains("权利人公开供给") && hit.contains(kept.header("location")), "{hit}");
}

#[tokio::test(flavor = "multi_thread")]
async fn outsiders_open_no_closed_door() {
    for (login, closed) in [
        (
            Role::University,
            ["/cases", "/budget", "/payments", "/enterprises", "/registers", "/matching", "/appointments"],
        ),
        (Role::Agency, ["/cases", "/budget", "/payments", "/enterprises", "/registers", "/matching", "/supply"]),
    ] {
        let mut one = visitor(login).await;
        for path in closed {
            assert_eq!(one.get(path).await.status, StatusCode::FORBIDDEN, "{login:?} {path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agency_prepares_and_the_enterprise_sees_who_wrote_what() {
    let (mut firm, folder) = own(Role::Enterprise).await;
    let mut agency = again(folder.path(), Role::Agency).await;
    let mut rival = signed_in(folder.path(), "agency2").await;
    assert_eq!(agency.get("/").await.header("location"), "/preparing");
    let token = firm.get("/cases").await.token();
    let apply = [
        ("csrf", token.as_str()),
        ("award", "rights-aid/domestic-win"),
        ("matter", "（2023）苏民终88号"),
        ("event", "2023-11-02"),
    ];
    let begun = firm.post("/cases/apply", &apply).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text);
    let case = begun.header("location").to_owned();
    let draft = case.replace("/cases", "/preparing");
    assert_eq!(rival.get(&draft).await.status, StatusCode::NOT_FOUND, "it has not accepted");
    let page = agency.get(&draft).await;
    assert_eq!(page.status, StatusCode::OK);
    for hidden in ["name=\"holder\"", "name=\"bank\"", "提交申报", "收款户名"] {
        assert!(!page.text.contains(hidden), "{hidden}");
    }
    let token = page.token();
    let write =
        [("csrf", token.as_str()), ("kind", "生效裁判文书"), ("statement", "起诉仿冒者，一审胜诉"), ("costs", "80000")];
    let sent = agency.upload(&format!("{draft}/write"), &write, "判决.pdf", b"%PDF-1.4").await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let account = [&write[..], &[("bank", "银行"), ("number", "6222000011112222")]].concat();
    let refused = agency.upload(&format!("{draft}/write"), &account, "判决.pdf", b"%PDF-1.4").await;
    assert!(
        refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.text.contains("企业自己填写"),
        "{}",
        refused.text
    );
    let seen = firm.get(&case).await.text;
    assert!(
        seen.contains("代理机构代拟") && seen.contains("云川知远专利代理事务所") && seen.contains("一审胜诉"),
        "{seen}"
    );
    assert!(!seen.contains("退回机构修改"), "nothing waits yet");

    // Its own paper it opens and takes out; then it hands over, and the enterprise sends it back.
    let page = agency.get(&draft).await.text;
    let paper = numbered(&page, &format!("{draft}/papers/"));
    assert_eq!(agency.get(&paper).await.status, StatusCode::OK);
    assert_eq!(rival.get(&paper).await.status, StatusCode::NOT_FOUND);
    let removed = agency.upload(&format!("{paper}/remove"), &[("csrf", &token)], "", b"").await;
    assert_eq!(removed.status, StatusCode::SEE_OTHER, "{}", removed.text);
    agency.post(&format!("{draft}/hand-over"), &[("csrf", &token), ("said", "请核对费用")]).await;
    assert!(agency.get(&draft).await.text.contains("已交企业核对"));
    assert!(firm.get("/messages?kind=draft").await.text.contains("待企业核对"));
    let waiting = firm.get(&case).await;
    assert!(waiting.text.contains("请核对费用") && waiting.text.contains("退回机构修改"));
    let back = format!("{case}/send-back");
    let empty = firm.post(&back, &[("csrf", &waiting.token()), ("returned", "")]).await;
    assert!(
        empty.status == StatusCode::UNPROCESSABLE_ENTITY && empty.text.contains("请写明要改什么"),
        "{}",
        empty.text
    );
    let sent = firm.post(&back, &[("csrf", &waiting.token()), ("returned", "费用少写一万")]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    assert!(agency.get(&draft).await.text.contains("费用少写一万"));

    // Ended by the enterprise, nothing of it is there any more.
    let list = firm.get("/appointments?state=running").await.text;
    let appointment = numbered(&list, "/appointments/");
    let token = firm.get(&appointment).await.token();
    let silent = firm.post(&format!("{appointment}/end"), &[("csrf", &token), ("why", "")]).await;
    assert_eq!((silent.status, silent.marked()), (StatusCode::UNPROCESSABLE_ENTITY, vec!["why"]));
    firm.post(&format!("{appointment}/end"), &[("csrf", &token), ("why", "自己办理")]).await;
    assert_eq!(agency.get(&draft).await.status, StatusCode::NOT_FOUND);
    assert_eq!(agency.get(&paper).await.status, StatusCode::NOT_FOUND);
    assert!(firm.get(&case).await.text.contains("代理机构代拟"), "what was written stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_appointment_goes_from_the_form_to_its_answer() {
    let (mut firm, folder) = own(Role::Enterprise).await;
    let mut agency = signed_in(folder.path(), "agency2").await;
    let waiting = numbered(&agency.get("/appointments?state=asked").await.text, "/appointments/");
    let token = agency.get(&waiting).await.token();
    let silent = agency.post(&format!("{waiting}/decline"), &[("csrf", &token), ("declined", "")]).await;
    assert!(silent.status == StatusCode::UNPROCESSABLE_ENTITY && silent.text.contains("不接受的原因"));
    assert_eq!(silent.marked(), ["declined"]);
    agency.post(&format!("{waiting}/decline"), &[("csrf", &token), ("declined", "有冲突")]).await;
    assert!(firm.get(&waiting).await.text.contains("有冲突"));
    let token = firm.get("/appointments").await.token();
    let wrong = firm
        .post(
            "/appointments/ask",
            &[("csrf", &token), ("agency", "没有的"), ("first", "2024-03-01"), ("last", "2024-12-31")],
        )
        .await;
    assert!(
        wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.text.contains("请选择要委托的服务机构"),
        "{}",
        wrong.text
    );
    assert_eq!(wrong.marked(), ["agency"]);
    let name = "云川卓识知识产权服务有限公司";
    let form = [
        ("csrf", token.as_str()),
        ("agency", name),
        ("awards", "rights-aid"),
        ("first", "2024-02-01"),
        ("last", "2024-12-31"),
        ("note", "请尽快"),
    ];
    let long = "字".repeat(501);
    for (field, value) in [("last", "2024-01-31"), ("last", "2029-01-01"), ("awards", "no-such"), ("note", &*long)] {
        let wrong = form.map(|(name, right)| (name, if name == field { value } else { right }));
        assert_eq!(firm.post("/appointments/ask", &wrong).await.marked(), [field], "{value}");
    }
    let asked = firm.post("/appointments/ask", &form).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
    let one = asked.header("location").to_owned();
    let token = agency.get(&one).await.token();
    agency.post(&format!("{one}/accept"), &[("csrf", &token), ("note", "好")]).await;
    assert!(firm.get(&one).await.text.contains("委托中"));
    assert!(firm.get("/messages?kind=appointment").await.text.contains("机构已接受"));
    let mut clerk = again(folder.path(), Role::Clerk).await;
    let page = clerk.get(&one).await.text;
    assert!(page.contains("维权援助") && !page.contains("结束委托</button>"), "{page}");
    assert_eq!(clerk.get("/appointments?export=xlsx").await.status, StatusCode::OK);
}
