//! The city is the same for the same seed, valid where it means to be, and tells the planned story.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::LazyLock,
};

use jiff::civil::{Date, date};
use sha2::{Digest, Sha256};

use crate::{
    AS_OF, COMPLETE, City, Expect, FIRST_COUNT, Owner, Patent, Scale, Story, Strategic,
    cells::Cell,
    generate,
    industries::{self, INDUSTRIES},
    registers, words, write_files,
};

static ORDINARY: LazyLock<City> = LazyLock::new(|| generate(2023, Scale::default()));

fn small() -> Scale {
    Scale { towns: 21, enterprises: 120, patents: 2_000 }
}

/// A hash over the names and bytes of all files.
fn hash(dir: &Path) -> String {
    let mut names: Vec<_> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let mut hasher = Sha256::new();
    for path in names {
        hasher.update(path.file_name().unwrap().to_str().unwrap());
        hasher.update(fs::read(path).unwrap());
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn written(seed: u64, scale: Scale) -> String {
    let dir = tempfile::tempdir().unwrap();
    write_files(&generate(seed, scale), dir.path()).unwrap();
    hash(dir.path())
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    assert_eq!(written(7, small()), written(7, small()));
    assert_ne!(written(7, small()), written(8, small()));
}

/// Workbooks are left out: how they are compressed may differ from machine to machine.
#[test]
fn the_text_tables_of_a_seed_are_the_same_on_every_machine() {
    let dir = tempfile::tempdir().unwrap();
    for file in write_files(&generate(7, small()), dir.path()).unwrap() {
        if file.path.extension().is_some_and(|ending| ending == "xlsx") {
            fs::remove_file(file.path).unwrap();
        }
    }
    assert_eq!(&hash(dir.path())[..16], "a5cdc6469b8666d8");
}

#[test]
fn topics_are_what_the_table_of_strategic_industries_makes_of_them() {
    for industry in INDUSTRIES {
        for topic in industry.topics {
            assert_eq!(industries::judge(&[topic.ipc], topic.noun), topic.strategic, "{}", topic.noun);
        }
    }
    for patent in ORDINARY.patents.iter().filter(|patent| patent.is_invention()) {
        let topic = words::topic(patent).1;
        let text = format!("{}{}", words::title(patent), words::summary(patent));
        assert_eq!(industries::judge(&[topic.ipc], &text), topic.strategic, "{text}");
    }
}

#[test]
fn there_are_as_many_as_asked_for() {
    let city = &*ORDINARY;
    assert_eq!((city.towns.len(), city.enterprises.len(), city.patents.len()), (21, 1_200, 20_000));
    let of = |kinds: &[u8]| city.patents.iter().filter(|patent| kinds.contains(&patent.number.kind)).count();
    assert_eq!((of(&[1, 8]), of(&[2, 9]), of(&[3])), (5_000, 12_000, 3_000));
    let numbers: BTreeSet<String> = city.patents.iter().map(|patent| patent.number.digits()).collect();
    assert_eq!(numbers.len(), 20_000);
    let codes: BTreeSet<&str> = city.enterprises.iter().map(|enterprise| enterprise.uscc.as_str()).collect();
    assert_eq!(codes.len(), 1_200);
    let names: BTreeSet<&str> =
        city.enterprises.iter().flat_map(|enterprise| &enterprise.names).map(|(_, name)| name.as_str()).collect();
    assert_eq!(names.len(), city.enterprises.iter().map(|enterprise| enterprise.names.len()).sum::<usize>());
}

#[test]
fn dates_of_patents_are_in_order() {
    for patent in &ORDINARY.patents {
        let Some(granted) = patent.granted else { continue };
        assert!(patent.filed < granted, "{patent:?}");
        assert!(
            patent.number.year as i16 >= patent.filed.year() && patent.number.year as i16 <= granted.year(),
            "{patent:?}"
        );
    }
    for event in &ORDINARY.events {
        let patent = &ORDINARY.patents[event.patent as usize];
        assert!(patent.granted.is_some_and(|granted| granted < event.effective), "{event:?} {patent:?}");
        assert!(event.reported >= event.effective, "{event:?}");
    }
}

/// Inventions for each 10^9 yuan, in hundredths.
fn density(city: &City, inventions: usize, last: bool) -> i64 {
    let (_, first, corrected) = city.denominators.gdp.iter().find(|(year, ..)| *year == 2022).copied().unwrap();
    let gdp = if last { corrected.unwrap() } else { first };
    inventions as i64 * 100_000 / gdp
}

#[test]
fn the_density_of_inventions_is_met_at_first_and_missed_in_the_end() {
    let city = &*ORDINARY;
    let (first, last) = (city.truth(AS_OF, FIRST_COUNT), city.truth(AS_OF, COMPLETE));
    assert!((3_900..4_000).contains(&last.inventions), "{}", last.inventions);
    assert!(density(city, first.inventions, false) >= 3_000, "{}", density(city, first.inventions, false));
    assert!(density(city, last.inventions, true) < 3_000, "{}", density(city, last.inventions, true));
    let gdp = city.denominators.gdp[3].2.unwrap();
    assert!((130_000..145_000).contains(&gdp), "{gdp}");
}

#[test]
fn high_value_inventions_just_miss_ten_for_ten_thousand_residents() {
    let city = &*ORDINARY;
    let truth = city.truth(AS_OF, COMPLETE);
    let residents = city.denominators.residents.iter().find(|(year, _)| *year == 2022).unwrap().1 as usize;
    assert!(truth.high_value.len() < residents, "{} {residents}", truth.high_value.len());
    assert!(
        truth.high_value.len() + truth.undetermined.len() >= residents,
        "{} {}",
        truth.high_value.len(),
        truth.undetermined.len()
    );
    assert_eq!(city.official_2023.len(), residents * 98 / 100);
    let official: BTreeSet<u32> = city.official_2023.iter().copied().collect();
    assert!(truth.high_value.difference(&official).count() >= 10);
    assert!(official.difference(&truth.high_value).count() >= 5);
}

#[test]
fn enterprises_stand_on_both_sides_of_every_threshold() {
    let city = &*ORDINARY;
    let truth = city.truth(AS_OF, COMPLETE);
    let official: BTreeSet<u32> = city.official_2023.iter().copied().collect();
    let mut stars = BTreeMap::new();
    for (enterprise, (valid, high)) in &truth.by_enterprise {
        let stars_of = match valid {
            _ if *high < 5 => 0,
            51.. => 5,
            41.. => 4,
            31.. => 3,
            21.. => 2,
            _ => 0,
        };
        if stars_of > 0 {
            *stars.entry(stars_of).or_insert(0) += 1;
        }
        assert!((*enterprise as usize) < city.plans.len() || *valid <= 20, "{enterprise} {valid}");
    }
    assert!((12..=25).contains(&stars.values().sum::<usize>()), "{stars:?}");
    assert_eq!(stars.len(), 4, "{stars:?}");
    for (index, plan) in city.plans.iter().enumerate() {
        let counts = truth.by_enterprise[&(index as u32)];
        assert_eq!(counts, (plan.valid, plan.high_value), "{index} {plan:?}");
        if let Some(wanted) = plan.granted_2023 {
            assert_eq!(truth.granted_in_year.get(&(index as u32)).copied().unwrap_or(0), wanted, "{index} {plan:?}");
        }
        let owned = |patent: &&u32| city.patents[**patent as usize].owner == Owner::Enterprise(index as u32);
        if plan.story == Story::NotOnOfficialList {
            assert_eq!(official.iter().filter(owned).count(), 4);
        }
    }
    let inventors = truth.granted_in_year.values().filter(|granted| **granted >= 5).count();
    assert!((12..60).contains(&inventors), "{inventors}");
}

#[test]
fn status_shares_come_out_as_planned() {
    let city = &*ORDINARY;
    let holds = |kind: &str, on: Date| -> BTreeSet<u32> {
        let of_kind = city.statuses.iter().filter(|status| status.kind == kind && status.from <= on);
        let valid = of_kind.filter(|status| {
            let until = status.until.or((kind == "高新技术企业")
                .then(|| crate::random::plus_days(crate::random::plus_years(status.from, 3), -1)));
            until.is_none_or(|until| until >= on) && status.revoked.is_none_or(|revoked| revoked > on)
        });
        valid.map(|status| status.enterprise).filter(|index| city.enterprises[*index as usize].exists_on(on)).collect()
    };
    let high_tech = holds("高新技术企业", AS_OF);
    let filed = holds("省贯标备案", AS_OF);
    assert_eq!((high_tech.len(), high_tech.intersection(&filed).count()), (310, 279));
    let exemplary: BTreeSet<u32> =
        holds("国家知识产权优势企业", AS_OF).union(&holds("国家知识产权示范企业", AS_OF)).copied().collect();
    assert_eq!(exemplary.len(), 31);
    let abroad = city.foreign.iter().filter(|grant| grant.route == "PCT" && grant.kind == "发明");
    assert_eq!(abroad.count(), 33);
    assert_eq!(city.foreign.iter().filter(|grant| grant.claimed_twice).count(), 1);
}

#[test]
fn keys_do_not_repeat_within_a_file_save_where_planted() {
    for delivery in &ORDINARY.deliveries {
        let key: &[usize] = match delivery.register {
            "enterprise-changes" => &[0, 1, 4],
            "statuses" => &[0, 1, 3],
            "patent-events" => &[0, 1, 2, 4, 7],
            "foreign-grants" | "trademarks" | "official-high-value" | "deliveries" => &[0, 1],
            "prizes" => &[0, 1, 2],
            "statistics" => &[0, 1, 2, 5],
            "strategic-industries" => &[0, 1, 3],
            "trainees" => &[0, 3],
            "survey-waves" => &[0, 2],
            "official-fees" => &[4, 0, 1],
            "credit-records" => &[0, 1, 3],
            "subsidies" => &[0, 1, 3],
            "trajectories" => &[0, 1, 2],
            "ip-spending" => &[0, 2, 3],
            "special-funds" => &[1, 2],
            "fund-projects" => &[0, 1, 2],
            "policy-items" => &[1, 3, 4],
            "leading-industries" => &[0, 1],
            _ => &[0],
        };
        let mut seen = BTreeSet::new();
        let _ = delivery.rows::<()>(&ORDINARY, &mut |row| {
            let cells: Vec<String> = key.iter().map(|place| format!("{:?}", row[*place])).collect();
            assert!(seen.insert(cells.join("|")), "{} {:?}", delivery.file_name(), cells);
            assert_eq!(row.len(), registers::columns(delivery.register).len());
            Ok(())
        });
    }
}

#[test]
fn the_pledges_of_each_year_come_to_the_planned_amount() {
    let mut sums: BTreeMap<i16, i64> = BTreeMap::new();
    for delivery in ORDINARY.deliveries.iter().filter(|delivery| delivery.register == "pledges") {
        let _ = delivery.rows::<()>(&ORDINARY, &mut |row| {
            let (Cell::Day(registered), Cell::Fen(amount)) = (&row[9], &row[5]) else { panic!("{row:?}") };
            let counted = if let Cell::Fen(share) = &row[6] { *share } else { *amount };
            if row[1] != crate::cells::text("著作权") {
                *sums.entry(registered.year()).or_default() += counted;
            }
            Ok(())
        });
    }
    assert_eq!(sums.into_iter().collect::<Vec<_>>(), crate::rights::PLEDGED);
}

/// What the office could know by the end of a month is in the files that came soon after.
#[test]
fn pledges_statuses_trainees_and_grants_abroad_come_month_by_month_in_2023() {
    for (register, on) in [("pledges", 9), ("statuses", 3), ("trainees", 5), ("foreign-grants", 2), ("madrid", 4)] {
        let files = ORDINARY.deliveries.iter().filter(|file| file.register == register);
        let of_2023: Vec<_> = files.filter(|file| file.received > date(2023, 1, 31)).collect();
        let days: BTreeSet<Date> = of_2023.iter().map(|file| file.received).collect();
        let least = if register == "madrid" { 1 } else { 8 };
        assert!(days.len() >= least, "{register} {days:?}");
        for file in of_2023.into_iter().filter(|file| file.name != "补充申报") {
            let _ = file.rows::<()>(&ORDINARY, &mut |row| {
                let Cell::Day(day) = &row[on] else { panic!("{register} {row:?}") };
                assert!(*day < file.received, "{} {row:?}", file.file_name());
                let late = crate::random::days_between(*day, file.received);
                // A grant that ended comes once more.
                assert!(late <= 105 || register == "foreign-grants", "{} {row:?}", file.file_name());
                Ok(())
            });
        }
    }
}

#[test]
fn two_bursts_of_filings_are_planted_and_one_of_them_is_sold() {
    let filed = |patent: &Patent| (patent.filed.year(), patent.filed.month()) == (2022, 6);
    let mut bursts: BTreeMap<Owner, Vec<u32>> = BTreeMap::new();
    for (index, patent) in (0..).zip(&ORDINARY.patents) {
        if filed(patent) && matches!(patent.owner, Owner::Enterprise(_)) {
            bursts.entry(patent.owner).or_default().push(index);
        }
    }
    bursts.retain(|owner, filings| filings.len() >= 10 && *owner >= Owner::Enterprise(800));
    let sold = |index: &&u32| ORDINARY.events.iter().any(|event| event.patent == **index && event.kind == "转让");
    let mut counts: Vec<_> = bursts.values().map(|all| (all.len(), all.iter().filter(sold).count())).collect();
    counts.sort_unstable();
    assert_eq!(counts.iter().map(|(_, sold)| *sold).collect::<Vec<_>>(), [0, 9], "{counts:?}");
}

#[test]
fn about_one_row_in_two_hundred_is_dirty_in_every_way() {
    let dirty = ORDINARY.dirty_rows();
    let kinds: BTreeSet<_> = dirty.iter().map(|row| row.dirt).collect();
    assert_eq!(kinds.len(), 11, "{kinds:?}");
    let rows: usize = ORDINARY.deliveries.iter().map(|delivery| delivery.count(&ORDINARY)).sum();
    assert!((rows / 350..rows / 150).contains(&dirty.len()), "{} of {rows}", dirty.len());
    assert!(dirty.iter().any(|row| row.expect == Expect::Accepted));
}

#[test]
fn strategic_kinds_all_occur() {
    let kinds: BTreeSet<Strategic> = ORDINARY.patents.iter().map(|patent| words::topic(patent).1.strategic).collect();
    assert_eq!(kinds.len(), 3);
    assert!(ORDINARY.deliveries.iter().all(|delivery| delivery.received < COMPLETE));
}

/// Reads a clean cell with the type of the field; `None` for what is free text.
fn sound(register: &str, field: &str, text: &str) -> Option<Result<(), String>> {
    fn read<T: std::str::FromStr<Err = terms::Error>>(text: &str) -> Option<Result<(), String>> {
        Some(text.parse::<T>().map(drop).map_err(|error| error.message))
    }
    fn each<T: std::str::FromStr<Err = terms::Error>>(text: &str) -> Option<Result<(), String>> {
        let mut parts = text.split([';', '；', '、', '|']).map(str::trim).filter(|part| !part.is_empty());
        Some(parts.try_for_each(|part| part.parse::<T>().map(drop).map_err(|error| error.message)))
    }
    match (register, field) {
        ("strategic-industries", "ipc" | "excluded_ipc") => each::<terms::IpcPattern>(text),
        ("patents", "ipc") => each::<terms::IpcSymbol>(text),
        ("patents", "grant_number") => read::<terms::PublicationNumber>(text),
        ("patents", "kind") | ("foreign-grants", "kind") => read::<terms::PatentKind>(text),
        ("official-fees", "number") | (_, "application_number" | "cn_application_number") => {
            read::<terms::ApplicationNumber>(text)
        }
        ("enterprises", "industry") => read::<terms::IndustryCode>(text),
        ("regions", "code") => read::<terms::RegionCode>(text),
        ("trademarks", "number") => read::<terms::TrademarkNumber>(text),
        (_, "nice_class") => read::<terms::NiceClass>(text),
        (_, "nice_classes") => each::<terms::NiceClass>(text),
        (_, "designations") => each::<terms::Office>(text),
        (_, "pct_number") => read::<terms::PctNumber>(text),
        (_, "ir_number") => read::<terms::MadridNumber>(text),
        (_, "office" | "origin") => read::<terms::Office>(text),
        ("statuses" | "prizes", "basis") | (_, "approval") => read::<terms::DocumentNumber>(text),
        (_, field) if field == "uscc" || field.ends_with("_uscc") => {
            let inner =
                |code: terms::Uscc| if code.inner_check_holds() { Ok(()) } else { Err("inner check".to_owned()) };
            Some(text.parse::<terms::Uscc>().map_err(|error| error.message).and_then(inner))
        }
        _ => None,
    }
}

#[test]
fn every_code_and_number_is_sound_save_where_planted() {
    let city = &*ORDINARY;
    for delivery in &city.deliveries {
        let columns = registers::columns(delivery.register);
        let _ = delivery.rows::<()>(city, &mut |row| {
            for (cell, (field, _)) in row.iter().zip(columns) {
                let text = match cell {
                    Cell::Text(text) => text.to_string(),
                    Cell::Int(number) => number.to_string(),
                    _ => continue,
                };
                if let Some(Err(why)) = sound(delivery.register, field, &text) {
                    panic!("{} {field} {text}: {why}", delivery.file_name());
                }
            }
            Ok(())
        });
    }
    for planted in &city.planted {
        let row = &planted.row;
        if row.dirt == crate::Dirt::BadCheckCharacter || row.dirt == crate::Dirt::MangledNumber {
            assert!(matches!(sound(row.register, row.field, &row.value), Some(Err(_))), "{row:?}");
        }
    }
}

#[test]
fn files_are_read_back_with_the_planted_rows_in_their_places() {
    let dir = tempfile::tempdir().unwrap();
    let city = generate(11, small());
    let files = write_files(&city, dir.path()).unwrap();
    assert_eq!(files.len(), city.deliveries.len());
    let mut found = 0;
    for (file, delivery) in files.iter().zip(&city.deliveries) {
        let mut book = sheets::open(&file.path, &sheets::Limits::default()).unwrap();
        let mut rows = BTreeMap::new();
        book.read_sheet(0, &mut |row| {
            rows.insert(row.number, row.cells);
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
        let data = rows.keys().filter(|number| **number > delivery.titles + 1).count() as u64;
        if delivery.format != crate::deliveries::Format::JsonLines {
            assert_eq!(data, file.rows, "{}", file.path.display());
        }
        for planted in city.planted.iter().filter(|planted| files[planted.file].path == file.path) {
            let place = registers::columns(delivery.register)
                .iter()
                .position(|(field, _)| *field == planted.row.field)
                .unwrap();
            let cell = rows[&planted.row.row].get(place).map(|cell| cell.text().into_owned()).unwrap_or_default();
            assert_eq!(cell, planted.row.value, "{:?}", planted.row);
            found += 1;
        }
    }
    assert_eq!(found, city.dirty_rows().len());
}

#[test]
fn a_larger_city_is_written_as_text_tables_only() {
    let scale = small().times(12);
    assert!(scale.is_larger());
    let city = generate(5, scale);
    assert!(city.deliveries.iter().all(|delivery| delivery.format != crate::deliveries::Format::Xlsx));
    assert_eq!(city.patents.len(), 24_000);
}

#[test]
fn other_seeds_tell_the_same_story() {
    for seed in [1, 42, 20_231_231] {
        let city = generate(seed, Scale::default());
        let (first, last) = (city.truth(AS_OF, FIRST_COUNT), city.truth(AS_OF, COMPLETE));
        assert!(
            density(&city, first.inventions, false) >= 3_000 && density(&city, last.inventions, true) < 3_000,
            "{seed}"
        );
        let (high, open) = (last.high_value.len(), last.undetermined.len());
        assert!((1_050..1_198).contains(&high) && high + open >= 1_198, "{seed} {high} {open}");
        let stars = last.by_enterprise.values().filter(|(valid, high)| *valid > 20 && *high >= 5).count();
        assert!((12..=25).contains(&stars), "{seed} {stars}");
    }
}

#[test]
fn what_is_known_later_of_a_document_is_what_it_says_now() {
    let city = generate(2023, small());
    let (mut changed, mut unknown) = (0, 0);
    for document in crate::documents(&city) {
        match crate::documents::known_on(&document, AS_OF) {
            None => unknown += 1,
            Some(earlier) if earlier == document => {}
            Some(earlier) => {
                changed += 1;
                let now = earlier.merge(document.clone());
                assert_eq!((&now.publications, &now.events), (&document.publications, &document.events));
                assert_eq!((now.state, &now.owners), (document.state, &document.owners), "{}", document.key);
            }
        }
    }
    assert!(changed > 0 && unknown > 0, "{changed} changed, {unknown} were not known");
}
