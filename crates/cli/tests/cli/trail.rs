//! Every command that changes something leaves its row in the audit trail, with who did it and that it came from the command line;
//! no command may be missing from the two lists.

use std::collections::BTreeSet;
use std::path::Path;

use db::Db;
use domain::accounts::Account;
use domain::cases::{Act, Said, State};
use domain::claims;
use serde_json::Value;

use crate::delivery::City;
use crate::program::{json, zhiqiang};

/// The commands after which the trail owes nothing, with the reason.
const SILENT: [(&str, &str); 64] = [
    ("init", "an empty installation holds nothing yet"),
    ("demo", "fills by imports, evaluations and cases, each of which records itself; the story stands on such a city"),
    ("serve", "its pages record themselves"),
    ("doctor", "looks"),
    ("account list", "looks"),
    ("organisation list", "looks"),
    ("account invitations", "looks"),
    ("account claims", "looks"),
    ("account claim", "looks"),
    ("key show", "looks"),
    ("audit verify", "looks"),
    ("audit copy", "copies the trail"),
    ("backup", "copies what is there"),
    ("restore", "brings back what was there, its trail included"),
    ("template", "writes an empty form"),
    ("batches", "looks"),
    ("ties", "looks"),
    ("closing list", "looks"),
    ("explain", "looks"),
    ("verify", "computes again and compares"),
    ("diff", "looks"),
    ("runs", "looks"),
    ("policy check", "looks"),
    ("policy test", "computes on rows of its own"),
    ("policy list", "looks"),
    ("item list", "looks"),
    ("item show", "looks"),
    ("item simulate", "computes what an item would pay, and keeps nothing"),
    ("case list", "looks"),
    ("case show", "looks"),
    ("case clawbacks", "looks"),
    ("letter list", "looks"),
    ("letter get", "copies a letter that is there"),
    ("budget list", "looks"),
    ("budget prorations", "looks"),
    ("budget effect", "looks"),
    ("budget board", "looks"),
    ("budget spending", "looks"),
    ("budget funds", "looks"),
    ("budget overlaps", "looks"),
    ("budget leverage", "looks"),
    ("budget projects", "looks"),
    ("budget startups", "looks"),
    ("leave list", "looks"),
    ("payment list", "looks"),
    ("message send", "each mail and attempt stands in a log of its own"),
    ("message log", "looks"),
    ("demand list", "looks"),
    ("demand show", "looks"),
    ("corpus meaning learn", "what follows from published documents, and can be learnt again"),
    ("corpus meaning forget", "the same"),
    ("demand sought", "looks"),
    ("offer list", "looks"),
    ("offer patents", "looks"),
    ("appointment list", "looks"),
    ("appointment cases", "looks"),
    ("corpus index", "published documents, kept with their sources in splits of their own"),
    ("corpus watch", "each watch records what it tells"),
    ("corpus chains", "looks"),
    ("corpus chain versions", "looks"),
    ("corpus chain file", "writes a chain as it stands"),
    ("corpus names list", "looks"),
    ("corpus names proposals", "looks"),
    ("corpus", "those below look: search, show, landscape, audit, match"),
];

/// A story of commands, each held against what it leaves.
struct Story<'a> {
    data: &'a Path,
    db: &'a Db,
    told: BTreeSet<String>,
}

impl Story<'_> {
    /// Runs a command as a person and finds its act in the trail, by that person and from the command line.
    async fn tells(&mut self, command: &str, login: &str, args: &[&str], act: &str) -> Value {
        let before = registry::audit::recent(self.db, None, 1).await.unwrap().first().map_or(0, |entry| entry.id);
        let mut all = vec!["--json"];
        all.extend(command.split(' '));
        all.extend(args);
        if login != "cli" {
            all.extend(["--as", login]);
        }
        let answer = json(&zhiqiang(self.data, &all));
        let entries = registry::audit::recent(self.db, None, 200).await.unwrap();
        let entries: Vec<_> = entries.into_iter().filter(|entry| entry.id > before).collect();
        let found = entries.iter().find(|entry| entry.action == act);
        let found = found.unwrap_or_else(|| panic!("{command} left no {act}: {entries:?}"));
        assert_eq!(found.who, login, "{command}");
        assert!(entries.iter().all(|entry| entry.origin.starts_with(registry::audit::COMMAND_LINE)), "{entries:?}");
        self.told.insert(command.to_owned());
        answer
    }
}

/// The commands that the program has, as its help lists them: those that lead to no others, and those that do both.
fn commands(data: &Path, path: &[&str]) -> BTreeSet<String> {
    let mut args = path.to_vec();
    args.push("--help");
    let help = String::from_utf8(zhiqiang(data, &args).stdout).unwrap();
    let below = help.lines().skip_while(|line| *line != "命令：").skip(1).take_while(|line| !line.is_empty());
    let names: Vec<String> = below.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect();
    let mut found = BTreeSet::new();
    for name in names.iter().filter(|name| *name != "help") {
        let mut path = path.to_vec();
        path.push(name);
        found.extend(commands(data, &path));
    }
    if found.is_empty() {
        found.insert(path.join(" "));
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_that_changes_something_leaves_its_row() {
    let dir = tempfile::tempdir().unwrap();
    let city = City::new(&dir.path().join("data")).await;
    let filled = registry::audit::recent(&city.installation.db, None, 2_000).await.unwrap();
    for act in ["import-merged", "run.evaluate", "account.open", "item.issue", "budget.set", "case.batch"] {
        assert!(filled.iter().any(|entry| entry.action == act), "the demo left no {act}");
    }
    let mut story = Story { data: &city.data, db: &city.installation.db, told: BTreeSet::new() };
    accounts(&mut story).await;
    for (command, args) in [
        ("corpus names merge", &["云川甲厂", "云川甲有限公司", "--reason", "2023-05-01 更名公告"][..]),
        ("corpus names part", &["云川甲厂", "--reason", "公告有误"]),
        ("corpus names undo", &["2"]),
        ("corpus names merge-by-register", &[]),
    ] {
        let act = match command.rsplit(' ').next() {
            Some("part") => "name.part",
            Some("undo") => "name.undo",
            _ => "name.merge",
        };
        story.tells(command, "clerk", args, act).await;
    }
    chains(&mut story, dir.path()).await;
    let products = dir.path().join("products.txt");
    std::fs::write(&products, "方形锂离子电池\n\n储能柜\n").unwrap();
    let (products, firm) = (products.display().to_string(), city.of("enterprise").unit.clone());
    let post = [&firm, "--kind", "need", "--title", "电芯散热", "--products", &products, "--until", "2030-12-31"];
    let id = story.tells("demand post", "clerk", &post, "demand.post").await["demand"].to_string();
    let shown = json(&zhiqiang(story.data, &["--json", "demand", "show", &id, "--as", "clerk"]));
    assert_eq!(shown["words"], "本企业产品：方形锂离子电池；储能柜。");
    story.tells("demand withdraw", "clerk", &[&id], "demand.withdraw").await;
    universities_and_agencies(&mut story, &firm).await;
    let leave = ["clerk2", "--from", "2024-03-01", "--until", "2024-03-05", "--reason", "年休假"];
    let id = story.tells("leave name", "clerk", &leave, "leave.name").await["leave"].to_string();
    story.tells("leave end", "clerk", &[&id], "leave.end").await;
    ways_to_an_account(&mut story, &city).await;
    registers(&mut story, dir.path()).await;
    items_and_applications(&mut story, dir.path()).await;
    money(&mut story, &city, dir.path()).await;
    let sound = zhiqiang(&city.data, &["doctor"]);
    assert!(sound.status.success(), "{}", String::from_utf8_lossy(&sound.stdout));

    let silent = |command: &String| {
        let changes = ["corpus names ", "corpus chain "].iter().any(|those| command.starts_with(those));
        let only_looks = command.starts_with("corpus ") && !changes;
        SILENT.iter().any(|(one, _)| command == one || *one == "corpus" && only_looks)
    };
    let owed: BTreeSet<String> = commands(&city.data, &[]).into_iter().filter(|one| !silent(one)).collect();
    assert_eq!(owed, story.told, "does a command change something and tell nobody?");
}

/// Each way to the next version of a chain; what cannot be kept leaves no row, and says what is wrong where.
async fn chains(story: &mut Story<'_>, scratch: &Path) {
    let search = ["--search", "TI=固态电池", "--below", "storage", "--reason", "新方向"];
    let added = ["new-energy", "--name", "固态电池", search[0], search[1], search[2], search[3], search[4], search[5]];
    let version = story.tells("corpus chain add", "clerk", &added, "chain.edit").await["version"].clone();
    assert_eq!(version, 1);
    let change = ["new-energy/固态电池", "--search", "TI=(固态 AND 电池)", "--note", "含半固态"];
    let changed = story.tells("corpus chain change", "clerk", &change, "chain.edit").await;
    assert_eq!(changed["changes"].as_array().unwrap().len(), 2, "{changed}");
    story.tells("corpus chain shift", "clerk", &["new-energy/固态电池", "up"], "chain.edit").await;
    story.tells("corpus chain head", "clerk", &["new-energy", "--name", "新能源及储能"], "chain.edit").await;
    let file = scratch.join("chain.toml").display().to_string();
    let written = zhiqiang(story.data, &["corpus", "chain", "file", "new-energy", "--to", &file]);
    assert!(written.status.success(), "{written:?}");
    story.tells("corpus chain remove", "clerk", &["new-energy/固态电池"], "chain.edit").await;
    story.tells("corpus chain take", "clerk", &[&file, "--reason", "删错了"], "chain.edit").await;
    let restored = story.tells("corpus chain restore", "clerk", &["new-energy", "0"], "chain.edit").await;
    assert_eq!(restored["version"], 7);
    let history = json(&zhiqiang(story.data, &["--json", "corpus", "chain", "versions", "new-energy"]));
    assert_eq!((history.as_array().unwrap().len(), &history[5]["by"]), (7, &Value::from("clerk")));
    for (args, why) in [
        (&["change", "new-energy/storage", "--search", "TI=(电池"][..], "^"),
        (&["restore", "new-energy", "0"], "没有存成新的一版"),
        (&["remove", "new-energy"], "请写明"),
        (&["restore", "new-energy", "99"], "没有第 99 版"),
    ] {
        let refused = zhiqiang(story.data, &[&["corpus", "chain", "--as", "clerk"], args].concat());
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(refused.status.code() == Some(2) && told.contains(why), "{args:?}: {told}");
    }
}

/// A university offers a patent, takes it back and answers a demand; an enterprise appoints an agency, twice in vain.
async fn universities_and_agencies(story: &mut Story<'_>, firm: &str) {
    let own = json(&zhiqiang(story.data, &["--json", "offer", "patents", "--as", "university2"]));
    let own = own.as_array().unwrap().iter().find(|one| one["standing"] == "in-force").expect("a patent in force");
    let number = own["number"].as_str().unwrap();
    let keep = [number, "--form", "许可", "--field", "电池", "--contact", "025-1", "--until", "2024-12-31"];
    let id = story.tells("offer keep", "university2", &keep, "offer.keep").await["offer"].to_string();
    let listed = json(&zhiqiang(story.data, &["--json", "offer", "list", "--as", "enterprise"]));
    assert!(listed.as_array().unwrap().iter().any(|one| one["offer"].as_i64() == id.parse().ok()), "{listed}");
    let post = [firm, "--kind", "need", "--title", "散热", "--words", "电芯散热", "--until", "2030-12-31", "--publish"];
    let demand = story.tells("demand post", "clerk", &post, "demand.post").await["demand"].to_string();
    let said = [&*demand, "--patent", number, "--words", "有样机", "--contact", "025-1"];
    let answer = story.tells("demand answer", "university2", &said, "demand.answer").await["answer"].to_string();
    story.tells("demand retract", "university2", &[&answer], "demand.answer-withdraw").await;
    story.tells("offer withdraw", "university2", &[&id], "offer.withdraw").await;
    let agency = json(&zhiqiang(story.data, &["--json", "appointment", "list", "--as", "agency2"]));
    let waiting = agency[0]["appointment"].to_string();
    let why = [&*waiting, "--reason", "人手不足"];
    story.tells("appointment decline", "agency2", &why, "appointment.decline").await;
    let name = agency[0]["agency"].as_str().unwrap();
    let ask = [name, "--award", "rights-aid", "--from", "2024-01-01", "--until", "2024-12-31"];
    let id = story.tells("appointment ask", "enterprise", &ask, "appointment.ask").await["appointment"].to_string();
    story.tells("appointment accept", "agency2", &[&id], "appointment.accept").await;
    story.tells("appointment end", "enterprise", &[&id, "--reason", "自己办理"], "appointment.end").await;
}

async fn accounts(story: &mut Story<'_>) {
    story.tells("account open", "cli", &["newcomer", "--name", "新人", "--role", "auditor"], "account.open").await;
    story.tells("account disable", "cli", &["newcomer"], "account.disable").await;
    story.tells("account enable", "cli", &["newcomer"], "account.enable").await;
    story.tells("account reset", "cli", &["newcomer"], "account.reset").await;
    let added = story.tells("organisation add", "cli", &["商务局", "--kind", "department"], "organisation.add").await;
    let id = added["organisation"].to_string();
    story.tells("organisation rename", "cli", &[&id, "市商务局"], "organisation.rename").await;
    story.tells("organisation disable", "cli", &[&id], "organisation.disable").await;
    story.tells("organisation enable", "cli", &[&id], "organisation.enable").await;
    story.tells("account unlock", "cli", &["newcomer"], "account.unlock").await;
    let to = ["newcomer", "--issuer", "https://sso.example.gov.cn", "--subject", "citizen-7"];
    story.tells("account link", "cli", &to, "account.link").await;
    story.tells("account unlink", "cli", &["newcomer"], "account.unlink").await;
    story.tells("audit digest", "cli", &["sm3"], "audit.digest").await;
    story.tells("key rotate", "cli", &[], "key.rotate").await;
    std::fs::rename(story.data.join("secret.key"), story.data.join("lost.key")).unwrap();
    story.tells("key give-up", "cli", &[], "key.give-up").await;
    let run = story.tells("evaluate", "cli", &["--as-of", "2023-11-30"], "run.evaluate").await["run"].clone();
    let closed = [run.as_str().unwrap(), "--acknowledge"];
    story.tells("closing close", "clerk", &closed, "month.close").await;
    story.tells("closing reopen", "leader", &["2023-11", "--reason", "补报"], "month.reopen").await;
}

async fn ways_to_an_account(story: &mut Story<'_>, city: &City) {
    let made = ["--name", "王敏", "--role", "leader"];
    let id = story.tells("account invite", "cli", &made, "invitation.make").await["invitation"].to_string();
    story.tells("account revoke", "cli", &[&id], "invitation.revoke").await;
    let said = claims::Said {
        uscc: terms::Uscc::complete("91320594MA1DEM00").unwrap().to_string(),
        enterprise: "演示甲公司".into(),
        person: "李青".into(),
        phone: "0512-65550000".into(),
        note: String::new(),
    };
    let proof = [(claims::Proof::Licence, "执照.pdf", b"%PDF-1.7".as_slice())];
    let now = "2024-01-02T03:00:00Z".parse().unwrap();
    let (first, _) = claims::make(&city.installation, &said, &proof, now).await.unwrap();
    let (second, _) = claims::make(&city.installation, &said, &proof, now).await.unwrap();
    story.tells("account accept", "clerk", &[&first.to_string()], "claim.accept").await;
    let why = ["--reason", "重复提交", &second.to_string()];
    story.tells("account refuse", "clerk", &why, "claim.refuse").await;
    let listed = json(&zhiqiang(story.data, &["--json", "account", "claims", "--as", "clerk"]));
    assert_eq!((&listed[0]["state"], &listed[1]["state"]), (&"refused".into(), &"accepted".into()), "{listed}");
    let refused = zhiqiang(story.data, &["account", "claims", "--as", "auditor"]);
    assert_eq!(refused.status.code(), Some(2), "{}", String::from_utf8_lossy(&refused.stderr));
}

async fn registers(story: &mut Story<'_>, dir: &Path) {
    let file = dir.join("patents.csv");
    let rows = "申请号,名称,申请日,专利权人\n2013106997443,甲,2013-12-18,某公司\n2013106997451,乙,2013-12-18,某公司\n\
                2013106997445,丙,2013-12-18,某公司\n2013106997442,丁,2013-12-18,某公司\n";
    std::fs::write(&file, rows).unwrap();
    let file = file.display().to_string();
    let report = story.tells("import", "cli", &["patents", &file], "import-merged").await;
    assert_eq!((&report["accepted"], &report["quarantined"]), (&1.into(), &3.into()), "{report}");
    let batch = report["batch"].to_string();
    let kept = json(&zhiqiang(story.data, &["--json", "quarantine", "--batch", &batch]));
    let ids: Vec<String> = kept.as_array().unwrap().iter().map(|row| row["id"].to_string()).collect();
    let set = ["--set", "申请号=2013106997442", &ids[0]];
    story.tells("quarantine correct", "cli", &set, "quarantine-corrected").await;
    let why = ["--reason", "原件如此", &ids[1]];
    story.tells("quarantine release", "cli", &why, "quarantine-released").await;
    story.tells("quarantine discard", "cli", &["--reason", "重复", &ids[2]], "quarantine-discarded").await;
    let batches = json(&zhiqiang(story.data, &["--json", "batches", "patents"]));
    let newest = batches[0]["id"].to_string();
    story.tells("rollback", "cli", &[&newest], "batch-withdrawn").await;
}

async fn items_and_applications(story: &mut Story<'_>, dir: &Path) {
    let file = dir.join("item.toml");
    let terms = "track = \"apply\"\neffective_from = \"2023-02-01\"\neffective_until = \"2024-12-31\"\n\
        formula = { share-of-cost = { percent = 50 } }\ndepartments = []\npapers = [\"判决书\"]\n\
        basis = { number = \"云政办发〔2023〕12号\", title = \"实施细则\" }\n\
        review = { conclusion = \"不具有排除、限制竞争效果\", concluded_on = \"2023-01-05\" }\n\
        amounts = { 1 = \"10万元\" }\n\
        aid = { proofs = { action-abroad = [\"立案凭证\"] } }\n";
    std::fs::write(&file, terms).unwrap();
    let file = file.display().to_string();
    let drafted = story.tells("item draft", "clerk", &["rights-aid", &file], "item.draft").await;
    let id = drafted["item"].to_string();
    story.tells("item issue", "clerk2", &[&id], "item.issue").await;
    let next = story.tells("item draft", "clerk", &["rights-aid", &file], "item.draft").await;
    let next = next["item"].to_string();
    story.tells("item issue", "clerk2", &[&next], "item.issue").await;
    story.tells("item suspend", "clerk", &[&next], "item.suspend").await;

    let begin = ["rights-aid", "（2023）苏民终88号", "--event", "2023-11-02", "--trigger", "action-abroad"];
    let begun = story.tells("case begin", "enterprise", &begin, "case.begin").await;
    let case = begun["case"].to_string();
    let about = [&*case, "--statement", "在海外维权", "--costs", "8万元", "--place", "德国", "--compensation", "0元"];
    story.tells("case write", "enterprise", &about, "case.write").await;
    let paper = dir.join("判决.pdf");
    std::fs::write(&paper, b"%PDF-1.7 ...").unwrap();
    let paper = paper.display().to_string();
    story.tells("case attach", "enterprise", &[&case, "判决书", &paper], "case.attach").await;
    let prepared = [&*case, "--statement", "在海外维权，已立案", "--costs", "8万元", "--place", "德国"];
    story.tells("case write", "agency", &prepared, "case.write").await;
    story.tells("appointment hand-over", "agency", &[&case, "--note", "请核对"], "preparation.hand-over").await;
    story.tells("appointment send-back", "enterprise", &[&case, "--note", "费用再核"], "preparation.send-back").await;
}

/// The money does not suffice for the cases left, each of which gets its part after two have agreed.
async fn short_of_money(story: &mut Story<'_>, city: &City) {
    for case in city.cases(State::Notified).await.iter().filter(|case| case.award == "innovation-star") {
        let firm = Account { unit: case.subject.clone(), ..city.of("enterprise").clone() };
        city.act(&firm, case.id, Act::Withdraw, Said { note: "不申领".into(), ..Said::default() }).await;
    }
    let set = |source: &'static str, amount: &'static str| ["2024", source, amount, "--basis", "云财预〔2024〕9号"];
    for (source, amount) in [("专项", "0元"), ("市级知识产权专项资金", "0元")] {
        story.tells("budget set", "finance", &set(source, amount), "budget.set").await;
    }
    let stars = [&set("市级知识产权专项资金", "1万元")[..], &["--award", "innovation-star"]].concat();
    story.tells("budget set", "finance", &stars, "budget.set").await;
    let lines = json(&zhiqiang(story.data, &["--json", "budget", "list", "--as", "finance"]));
    let line = lines.as_array().unwrap().iter().find(|line| line["award"] == "innovation-star").unwrap();
    let line = line["line"].to_string();
    let why = [&*line, "--reason", "年度指标已下达完毕"];
    let first = story.tells("budget prorate", "finance", &why, "budget.prorate").await["proration"].to_string();
    story.tells("budget withdraw", "finance", &[&first], "budget.withdraw").await;
    let second = story.tells("budget prorate", "finance", &why, "budget.prorate").await["proration"].to_string();
    story.tells("budget agree", "leader", &[&second], "budget.agree").await;
}

async fn money(story: &mut Story<'_>, city: &City, dir: &Path) {
    let set = ["2024", "专项", "20万元", "--basis", "云财预〔2024〕9号"];
    story.tells("budget set", "finance", &set, "budget.set").await;
    story.tells("case open", "clerk", &["invention-star", "--run", "latest"], "case.batch").await;
    let waiting = city.cases(State::Notified).await;
    let case = waiting.iter().find(|case| case.award == "innovation-star").unwrap();
    city.firm(case, "firm").await;
    let id = case.id.to_string();
    let to = ["--holder", &case.name, "--bank", "农商行", "--number", "6222021234567890"];
    let confirm: Vec<&str> = [&*id, "confirm"].into_iter().chain(to).collect();
    story.tells("case act", "firm", &confirm, "case.confirm").await;
    for (login, act) in [("clerk", "pass"), ("clerk2", "pass-again"), ("finance", "agree"), ("science", "agree")] {
        let done = [&*id, act, "--note", "核对无误"];
        story.tells("case act", login, &done, &format!("case.{act}")).await;
    }
    // A second one on the same list.
    let other = waiting.iter().rfind(|case| case.award == "innovation-star").unwrap();
    city.confirmed(other, 1).await;
    for (login, act) in
        [("clerk", Act::Pass), ("clerk2", Act::PassAgain), ("finance", Act::Agree), ("science", Act::Agree)]
    {
        city.act(city.of(login), other.id, act, Said { note: "核对无误".into(), ..Said::default() }).await;
    }
    story.tells("case notice", "clerk", &["innovation-star"], "notice.open").await;
    let said = [&*id, "--who", "某公司", "--contact", "138", "--content", "数量不实"];
    let raised = story.tells("case object", "clerk", &said, "case.object").await["objection"].to_string();
    let settled = [&*raised, "--dismiss", "--answer", "经核查数量属实"];
    story.tells("case settle", "leader", &settled, "case.dismiss").await;
    story.tells("demo-date", "cli", &["2024-03-07"], "demo.move").await;
    // The day after, reached without its work being done, as a kill between the two leaves it.
    let demo = story.data.join("demo.json");
    let text = std::fs::read_to_string(&demo).unwrap().replace("2024-03-07", "2024-03-08");
    std::fs::write(&demo, text).unwrap();
    let day = story.tells("case daily", "cli", &[], "case.notice-over").await;
    assert_eq!(day["noticed"], 2, "{day}");
    short_of_money(story, city).await;
    story.tells("case notice", "clerk", &["innovation-star"], "notice.open").await;
    story.tells("demo-date", "cli", &["2024-03-18"], "demo.move").await;
    story.tells("case act", "leader", &[&id, "approve"], "case.approve").await;
    let order = async |story: &mut Story<'_>| {
        let batch = story.tells("payment order", "finance", &[&id], "payment.order").await["batch"].to_string();
        story.tells("payment approve", "finance2", &[&batch], "payment.approve").await;
        batch
    };
    let batch = order(story).await;
    story.tells("payment cancel", "finance", &[&batch], "payment.cancel").await;
    let batch = order(story).await;
    let out = dir.join("bank.csv").display().to_string();
    story.tells("payment send", "finance", &[&batch, "--out", &out], "payment.send").await;
    let sent = std::fs::read_to_string(&out).unwrap();
    let number = sent.lines().nth(1).unwrap().split(',').next().unwrap();
    let answer = dir.join("answer.csv");
    std::fs::write(&answer, format!("付款编号,结果\n{number},成功\n")).unwrap();
    let answer = answer.display().to_string();
    let taken = story.tells("payment answer", "finance", &[&batch, &answer], "payment.answer").await;
    assert_eq!(taken["paid"], 1, "{taken}");
    assert_eq!(city.cases(State::Paid).await.len(), 1);
    let back = [&*batch, number, "--on", "2024-03-18", "--reason", "账户已销户，退汇通知 17 号"];
    story.tells("payment return", "finance", &back, "payment.return").await;
    assert_eq!(city.cases(State::Failed).await.len(), 1);
    // Paid once more; who entered the return is not the second pair of eyes.
    let batch = order(story).await;
    story.tells("payment send", "finance", &[&batch, "--out", &out], "payment.send").await;
    let number = std::fs::read_to_string(&out).unwrap().lines().nth(1).unwrap().split(',').next().unwrap().to_owned();
    std::fs::write(&answer, format!("付款编号,结果\n{number},成功\n")).unwrap();
    let taken = story.tells("payment answer", "finance", &[&batch, &answer], "payment.answer").await;
    assert_eq!(taken["paid"], 1, "{taken}");
    after_the_money(story, &id).await;
}

/// A fact that comes out later and is no reason, and letters that were never written.
async fn after_the_money(story: &mut Story<'_>, case: &str) {
    let mut tx = story.db.begin().await.unwrap();
    for sql in [
        "insert into clawback (case_id, fact, found_on) select id, '资质被撤销', '2024-03-18' from award_case where state = 'paid'",
        "update letter set taken_back_on = '2024-03-18', taken_back_why = '写错' \
         where case_id in (select id from award_case where state = 'paid')",
    ] {
        db::with_conn!(&mut tx, conn => sqlx::query(sql).execute(conn).await.map(|_| ())).unwrap();
    }
    tx.commit().await.unwrap();
    let listed = json(&zhiqiang(story.data, &["--json", "case", "clawbacks", "--as", "leader"]));
    assert_eq!(listed[0]["case"].to_string(), case);
    let why = [&*listed[0]["id"].to_string(), "--note", "撤销在决定之后，不影响本次"];
    story.tells("case dismiss", "leader", &why, "clawback.settle").await;
    story.tells("letter supply", "clerk", &[], "letter.issue").await;
    let archive = json(&zhiqiang(story.data, &["--json", "letter", "list", "--as", "auditor"]));
    let late = archive.as_array().unwrap().iter().find(|one| one["is_late"] == true).expect("a letter written late");
    let out = story.data.join("letter.docx").display().to_string();
    let got = zhiqiang(story.data, &["letter", "get", &late["id"].to_string(), "--out", &out, "--as", "auditor"]);
    assert!(got.status.success() && std::fs::read(&out).unwrap().starts_with(b"PK"), "{got:?}");
    std::fs::remove_file(&out).unwrap();
}
