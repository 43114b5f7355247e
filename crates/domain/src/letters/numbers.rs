//! Whether the numbers of letters (文号) run on without a gap and without a double, and are those that the trail says were given.

mod store;

use std::collections::{BTreeMap, BTreeSet};

use db::Db;
use registry::audit;

use super::{
    Kind, Letter,
    store::{Which, letters},
};
use crate::Error;

/// What is wrong with the numbers, each in words.
pub(crate) async fn number_faults(db: &Db) -> Result<Vec<String>, Error> {
    let mut tx = db.begin_read().await?;
    let all = letters(&mut tx, Which::All).await?;
    let given = store::tallies(&mut tx).await?;
    let mut faults = Vec::new();
    let mut seen: BTreeMap<&str, i64> = BTreeMap::new();
    for letter in all.iter().rev() {
        if let Some(first) = seen.insert(&letter.number, letter.id) {
            faults.push(format!("文号 {} 重复：第 {first} 和第 {} 号文书", letter.number, letter.id));
        }
    }
    for (kind, year, used) in given {
        let of_year = |one: &&Letter| one.kind.key() == kind && i64::from(one.issued_on.year()) == year;
        let own: Vec<&Letter> = all.iter().filter(of_year).collect();
        let name = Kind::of_key(&kind).map_or("文书", Kind::zh);
        faults.extend(gap(&own, used).map(|what| format!("{year} 年的{name}已编到 {used} 号，{what}")));
    }
    let told = audit::of_acts(&mut tx, "letter.issue").await?;
    let of_letter = |id: i64| told.iter().find(|entry| entry.detail["letter"] == id);
    for letter in &all {
        match of_letter(letter.id) {
            None => faults.push(format!("文书 {} 没有签发的审计记录", letter.number)),
            Some(entry) if entry.object != letter.number || entry.detail["sha256"] != *letter.sha256 => {
                faults.push(format!("第 {} 号文书的文号或指纹与审计记录 {} 不符", letter.id, entry.id));
            }
            Some(_) => {}
        }
    }
    let kept: BTreeSet<i64> = all.iter().map(|letter| letter.id).collect();
    let is_gone = |id: i64| !kept.contains(&id);
    let gone = told.iter().filter(|entry| entry.detail["letter"].as_i64().is_some_and(is_gone));
    faults.extend(gone.map(|entry| format!("审计记录 {} 所记的文书 {} 不在", entry.id, entry.object)));
    Ok(faults)
}

/// Whether the letters of a kind and a year are as many as numbers were given, and have each of them where their numbers can be read.
fn gap(letters: &[&Letter], used: i64) -> Option<String> {
    if i64::try_from(letters.len()).is_ok_and(|count| count != used) {
        return Some(format!("却有 {} 份", letters.len()));
    }
    // An office may word its numbers as it likes; only those that end in a plain number are counted through.
    let places: Option<BTreeSet<i64>> = letters.iter().map(|letter| place(&letter.number)).collect();
    let missing = (1..=used).find(|place| places.as_ref().is_some_and(|places| !places.contains(place)))?;
    Some(format!("缺 {missing} 号"))
}

/// The serial part of a number: `云川市知奖决〔2024〕7号` has 7.
fn place(number: &str) -> Option<i64> {
    let before = number.trim().strip_suffix('号')?;
    let digits = before.bytes().rev().take_while(u8::is_ascii_digit).count();
    before[before.len() - digits..].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn the_serial_part_is_what_stands_before_the_last_word() {
        assert_eq!(place("云川市知奖决〔2024〕7号"), Some(7));
        assert_eq!(place("云知奖（2024）012号 "), Some(12));
        for other in ["云川市知奖决〔2024〕", "第七号", "号", ""] {
            assert_eq!(place(other), None, "{other}");
        }
    }
}
