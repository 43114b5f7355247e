//! An enterprise applies: one form for what is typed and for its papers, nothing typed is lost, and what the item asks for is asked for.

use axum::http::StatusCode;
use domain::accounts::Role;

use crate::cases::{act, taken};
use crate::city::{again, links, own};
use crate::client::{Answer, Visitor};

/// What the enterprise fills in.
struct Form {
    write: String,
    fields: Vec<(&'static str, String)>,
}

impl Form {
    /// Sends the form with this statement and these fields besides; with a file where one is chosen.
    async fn send(
        &self,
        to: &str,
        firm: &mut Visitor,
        (statement, more): (&str, &[(&str, &str)]),
        file: &[u8],
    ) -> Answer {
        let token = firm.get("/cases").await.token();
        let mut fields = vec![("csrf", token.as_str()), ("statement", statement)];
        fields.extend(self.fields.iter().map(|(name, value)| (*name, value.as_str())));
        fields.extend(more);
        let files: &[(&str, &[u8])] = if file.is_empty() { &[] } else { &[("文件.pdf", file)] };
        firm.upload_all(to, &fields, files).await
    }

    async fn write(&self, firm: &mut Visitor, said: (&str, &[(&str, &str)]), file: &[u8]) -> Answer {
        self.send(&self.write, firm, said, file).await
    }
}

fn refused(answer: &Answer, word: &str) {
    assert!(answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.text.contains(word), "{word}: {}", answer.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_5_3_1_an_enterprise_applies_with_its_papers() {
    let (mut firm, folder) = own(Role::Enterprise).await;
    let token = firm.get("/cases").await.token();
    let begin = |award: &'static str, matter: &'static str, event: &'static str| {
        [("csrf", token.clone()), ("award", award.into()), ("matter", matter.into()), ("event", event.into())]
    };
    let mut begun = Vec::new();
    for (award, matter, event) in [
        ("rights-aid", "（2023）苏民终88号", "2023-11-02"),
        ("rights-aid", "", ""),
        ("rights-aid/domestic-win", "（2023）苏民终88号", "2023-11-02"),
    ] {
        let form = begin(award, matter, event);
        let fields: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        begun.push(firm.post("/cases/apply", &fields).await);
    }
    refused(&begun[0], "请选择维权情形");
    refused(&begun[1], "请填写");
    taken(&begun[2]);
    let case = begun[2].header("location").to_owned();
    let page = firm.get(&case).await.text;
    // The page asks for what this trigger needs, and for nothing of the others.
    for words in ["裁判结果", "企业是维护自己权利的一方", "已获赔偿", "生效裁判文书", "权利归属证明"]
    {
        assert!(page.contains(words), "{words}");
    }
    for words in ["国家（地区）", "调查通知书", "授权委托书"] {
        assert!(!page.contains(words), "{words}");
    }
    for name in ["statement", "costs", "ending", "defender", "compensation", "holder", "bank", "number"] {
        let field = page.split(&format!("name=\"{name}\"")).nth(1).unwrap().split('>').next().unwrap();
        assert!(field.contains(" required"), "{name}: {field}");
    }
    let holder = page.split("name=\"holder\" type=\"text\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let fields = [
        ("costs", "8万元"),
        ("ending", "won"),
        ("defender", "yes"),
        ("compensation", "0"),
        ("holder", holder),
        ("bank", "云川农商行"),
        ("number", "6222021234567890"),
    ];
    let fields = fields.map(|(name, value)| (name, value.to_owned())).into();
    let form = Form { write: format!("{case}/write"), fields };

    // What is typed is kept though the paper sent with it is refused; that no file was chosen is said.
    let paper: &[(&str, &str)] = &[("act", "attach"), ("kind", "生效裁判文书")];
    let false_one = form.write(&mut firm, ("起诉仿冒者", paper), b"MZ not a pdf").await;
    refused(&false_one, "起诉仿冒者");
    assert!(firm.get(&case).await.text.contains("起诉仿冒者"));
    refused(&form.write(&mut firm, ("起诉仿冒者", paper), b"").await, "请选择文件");
    for kind in ["生效裁判文书", "权利归属证明", "费用发票和付款凭证", "费用发票和付款凭证"]
    {
        taken(&form.write(&mut firm, ("起诉两家仿冒者", &[("act", "attach"), ("kind", kind)]), b"%PDF-1.4 x").await);
    }
    let page = firm.get(&case).await.text;
    assert!(page.contains("起诉两家仿冒者"), "typed and sent with a paper");
    let papers: Vec<String> = links(&page, &format!("{case}/papers/")).into_iter().map(str::to_owned).collect();
    assert_eq!(papers.len(), 4);
    let remove = format!("{}/remove", papers[3]);
    taken(&form.send(&remove, &mut firm, ("起诉三家仿冒者", &[]), b"").await);
    let page = firm.get(&case).await.text;
    assert!(
        page.contains("起诉三家仿冒者") && !page.contains(&papers[3]),
        "nor does taking one out lose what is typed"
    );
    let file = firm.get(&papers[0]).await;
    assert!(file.header("content-disposition").starts_with("attachment"), "never shown by the browser itself");

    // Nothing that the item asks for may be empty; a draft may.
    taken(&form.write(&mut firm, (" ", &[]), b"").await);
    refused(&form.write(&mut firm, (" ", &[("act", "submit")]), b"").await, "没有写情况说明");
    refused(&act(&mut firm, &case, &[("act", "submit")]).await, "没有写情况说明");
    taken(&form.write(&mut firm, ("起诉三家仿冒者", &[("act", "submit")]), b"").await);
    assert!(firm.get(&case).await.text.contains("4 万元") || firm.get(&case).await.text.contains("4 <"), "half of it");
    let mut clerk = again(folder.path(), Role::Clerk).await;
    taken(&act(&mut clerk, &case, &[("act", "ask"), ("note", "补付款凭证")]).await);
    assert!(firm.get(&case).await.text.contains("补付款凭证"));
}
