//! What the demo's universities offer of their patents, and which agency its enterprise lets prepare its applications. All invented.

use corpus::Corpus;
use domain::{
    Installation,
    accounts::{self, Account},
    appointments::{self, Asked},
    matching::ContractKind,
    offers::{self, Said, Standing, Terms},
};
use jiff::{Timestamp, civil::date};

use crate::fill::FillError;

/// The universities with an account, the first of which offers; both stand in the corpus.
pub(crate) const UNIVERSITIES: [&str; 2] = ["北辰航空大学", "江左大学"];
/// The agencies with an account, the first of which is appointed.
pub(crate) const AGENCIES: [&str; 2] = ["云川知远专利代理事务所", "云川卓识知识产权服务有限公司"];

const CONTACT: &str = "科技成果转化中心 010-00000000";

/// Makes the offers, one answer, and the appointment.
pub(crate) async fn seed(installation: &Installation, now: Timestamp) -> Result<(), FillError> {
    let all = accounts::all(&installation.db).await?;
    let find = |login: &str| all.iter().find(|account| account.login == login);
    if let Some(university) = find("university") {
        offer(installation, university, now).await?;
    }
    let (Some(firm), Some(agency)) = (find("enterprise"), find("agency")) else { return Ok(()) };
    let asked = |agency: &str, awards: &[&str], note: &str| Asked {
        agency: agency.to_owned(),
        awards: awards.iter().map(|award| (*award).to_owned()).collect(),
        from_on: date(2024, 1, 1),
        until_on: date(2024, 12, 31),
        note: note.to_owned(),
    };
    let first = asked(AGENCIES[0], &[], "全部申报请先拟好，由我们核对后提交。");
    let id = appointments::ask(installation, firm, &first, now).await?;
    appointments::act(installation, agency, (id, appointments::Act::Accept), "已安排专人。", now).await?;
    appointments::ask(installation, firm, &asked(AGENCIES[1], &["rights-aid"], "仅维权援助。"), now).await?;
    Ok(())
}

/// Two of its patents are published, a third is still a draft; it answers the first demand that is published.
async fn offer(installation: &Installation, university: &Account, now: Timestamp) -> Result<(), FillError> {
    let corpus = Corpus::open_on(&installation.corpus_dir(), installation.business_date(now))?;
    let mut own = offers::patents(installation, Some(&corpus), university, now).await?;
    own.retain(|one| one.standing == Standing::InForce && !one.document_key.is_empty());
    // Those about which firms talk already come first.
    let talks = offers::deals(installation, university).await?;
    own.sort_by_key(|one| talks.iter().all(|talk| talk.document_key != one.document_key));
    let terms = |forms: &[ContractKind], field: &str, price_fen, note: &str| Terms {
        forms: forms.to_vec(),
        field: field.to_owned(),
        price_fen,
        contact: CONTACT.to_owned(),
        until: date(2025, 12, 31),
        note: note.to_owned(),
    };
    let all = [
        (
            terms(&[ContractKind::Transfer, ContractKind::Licence], "动力与储能", Some(30_000_000), "样机已通过测试。"),
            true,
        ),
        (terms(&[ContractKind::Cooperation], "装备制造", None, "可派团队驻厂。"), true),
        (terms(&[ContractKind::Licence], "装备制造", None, "待学校批准后发布。"), false),
    ];
    for (patent, (terms, publishes)) in own.iter().zip(&all) {
        let wanted = (patent.application_number.as_str(), *publishes);
        offers::keep(installation, Some(&corpus), university, wanted, terms, now).await?;
    }
    let sought = offers::sought(installation, university, now).await?;
    if let Some(last) = sought.last() {
        let said = Said {
            number: own.first().map(|one| one.application_number.clone()).unwrap_or_default(),
            words: "本校有相近的成果，样机已通过测试，愿意面谈。".to_owned(),
            contact: CONTACT.to_owned(),
        };
        offers::answer(installation, Some(&corpus), university, last.demand.id, &said, now).await?;
    }
    Ok(())
}
