//! Patents and all that follows from one patent's row and its events: force, owners, symbols, strategic industries.

use std::collections::HashMap;

use jiff::civil::Date;
use registry::Folded;
use terms::{ApplicationNumber, PatentKind};

use super::{
    Note,
    force::{self, Life},
    interval::Interval,
    owners::{self, Passing, Placing, Written},
    places::{Addresses, Gazetteer, Place},
    rows,
    sei::Industries,
    sheet::Sheet,
    ties::Ties,
};

/// The tables about patents.
#[derive(Default)]
pub(super) struct PatentTables<'a> {
    pub(super) patents: Vec<rows::Patent<'a>>,
    pub(super) force: Vec<rows::PatentForce<'a>>,
    pub(super) owners: Vec<rows::PatentOwner<'a>>,
    pub(super) symbols: Vec<rows::PatentIpc<'a>>,
    pub(super) industries: Vec<rows::PatentSei<'a>>,
    pub(super) voids: Vec<rows::PatentVoid<'a>>,
}

/// What happened to one patent.
#[derive(Default)]
struct Events<'a> {
    life: Life,
    passings: Vec<Passing<'a>>,
}

/// Reads every patent; `done` hears how many are read, now and then.
pub(super) fn tables<'a>(
    folded: &'a Folded,
    ties: &Ties<'a>,
    gazetteer: &Gazetteer<'a>,
    enterprise_places: &HashMap<&'a str, Vec<(Interval, Place<'a>)>>,
    notes: &mut Vec<Note>,
    done: &mut dyn FnMut(usize, usize),
) -> PatentTables<'a> {
    let mut events = events(folded, notes);
    let mut industries = Industries::of(folded);
    let mut placing = Placing { ties, addresses: Addresses::new(gazetteer), enterprise_places };
    let mut tables = PatentTables { voids: voids(&events), ..PatentTables::default() };
    let sheet = Sheet::of(folded, "patents");
    let [number, kind, title, filed_on, granted_on, grant_number, patentees, code, ipc, address, summary] = [
        "application_number",
        "kind",
        "title",
        "filed_on",
        "granted_on",
        "grant_number",
        "patentees",
        "first_patentee_uscc",
        "ipc",
        "address",
        "abstract",
    ]
    .map(|field| sheet.field(field));
    for (index, row) in sheet.rows.iter().enumerate() {
        if index % REPORT_EVERY == 0 {
            done(index, sheet.rows.len());
        }
        let number = number.text(row);
        let Some(kind) = kind_of(kind.text(row), number) else {
            notes.push(Note::new("patents", &row.key, "专利类型不明，未计入任何统计；请补填专利类型".to_owned()));
            continue;
        };
        let (filed_on, granted_on) = (filed_on.date(row), granted_on.date(row));
        let Events { life, mut passings } = events.remove(number).unwrap_or_default();

        let force = force::force(kind, filed_on, granted_on, &life);
        if let Some((during, ended_by)) = force.in_force
            && let Some(from_on) = during.from
        {
            let ended_by = Some(ended_by).filter(|by| !by.is_empty());
            tables.force.push(rows::PatentForce {
                application_number: number,
                from_on,
                until_on: during.until,
                ended_by,
            });
        }
        notes.extend(force.stray_restorations.iter().map(|on| {
            Note::new("patent-events", number, format!("{on}的恢复没有对应的终止，未采用；请核对终止事件是否漏报"))
        }));

        let owner = Written { name: patentees.first(row), code: code.text(row), address: address.text(row) };
        let (at_grant, owners) = owners::owners(number, owner, granted_on, filed_on, &mut passings, &mut placing);
        tables.owners.extend(owners);

        let mut symbols: Vec<&str> = ipc.list(row).collect();
        symbols.sort_unstable();
        symbols.dedup();
        if kind == PatentKind::Invention && granted_on.is_some() {
            tables.industries.extend(industries.judge(
                number,
                symbols.iter().copied(),
                title.text(row),
                summary.text(row),
            ));
        }
        tables.symbols.extend(symbols.iter().map(|&symbol| rows::PatentIpc { application_number: number, symbol }));
        tables.patents.push(rows::Patent {
            application_number: number,
            kind: kind.zh(),
            title: title.text(row),
            filed_on,
            granted_on,
            grant_number: grant_number.some(row),
            applicant_names: patentees.text(row),
            grant_uscc: at_grant.uscc,
            grant_owner: granted_on.map(|_| owner.name).filter(|name| !name.is_empty()),
            grant_town: at_grant.town,
            grant_in_city: at_grant.in_city,
        });
    }
    done(sheet.rows.len(), sheet.rows.len());
    tables
}

/// Progress is told once for so many patents.
const REPORT_EVERY: usize = 5_000;

/// The kind as written, else as the number says.
fn kind_of(written: &str, number: &str) -> Option<PatentKind> {
    written.parse().or_else(|_| number.parse::<ApplicationNumber>().map(|number| number.kind())).ok()
}

fn voids<'a>(events: &HashMap<&'a str, Events<'a>>) -> Vec<rows::PatentVoid<'a>> {
    let void = events.iter().filter(|(_, events)| events.life.is_void);
    void.map(|(&application_number, _)| rows::PatentVoid { application_number }).collect()
}

/// The events by application number.
fn events<'a>(folded: &'a Folded, notes: &mut Vec<Note>) -> HashMap<&'a str, Events<'a>> {
    let sheet = Sheet::of(folded, "patent-events");
    let [number, kind, effective_on, registered_on, party, party_uscc, party_address, document] = [
        "application_number",
        "kind",
        "effective_on",
        "registered_on",
        "party",
        "party_uscc",
        "party_address",
        "document",
    ]
    .map(|field| sheet.field(field));
    let mut by_number: HashMap<&str, Events<'a>> = HashMap::new();
    for row in sheet.rows {
        let events = by_number.entry(number.text(row)).or_default();
        let effective: Option<Date> = effective_on.date(row);
        let passing = |on, is_transfer| Passing {
            on,
            is_transfer,
            document: document.text(row),
            party: party.first(row),
            party_uscc: party_uscc.text(row),
            party_address: party_address.text(row),
        };
        match kind.text(row) {
            "全部无效" => events.life.is_void = true,
            "终止" => events.life.lapses.extend(effective),
            "恢复" => events.life.restorations.extend(effective),
            "放弃" => events.life.abandonments.extend(effective),
            "期满" => events.life.expiries.extend(effective),
            "变更" => events.passings.extend(effective.map(|on| passing(on, false))),
            "转让" => {
                let registered = registered_on.date(row);
                if registered.is_none() {
                    notes.push(Note::new(
                        "patent-events",
                        &row.key,
                        "转让没有登记日期，暂按生效日期计算；请补填登记日期".to_owned(),
                    ));
                }
                events.passings.extend(registered.or(effective).map(|on| passing(on, true)));
            }
            // 部分无效, 许可备案, 开放许可, 保全 and 解除保全 touch neither force nor owner.
            _ => {}
        }
    }
    by_number
}
