//! Patents and all that follows from one patent's row and its events: force, owners, symbols, strategic industries.

use std::{collections::HashMap, thread};

use jiff::civil::Date;
use registry::{Folded, FoldedRow};
use terms::{ApplicationNumber, PatentKind};

use super::{
    Note,
    force::{self, Life},
    interval::Interval,
    owners::{self, Passing, Placing, Written},
    places::{Addresses, Gazetteer, Place},
    rows,
    sei::Industries,
    sheet::{Field, Sheet},
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
pub(super) struct Events<'a> {
    pub(super) life: Life,
    pub(super) passings: Vec<Passing<'a>>,
}

/// Reads every patent, each core its share; `done` hears how many are read, now and then.
///
/// The shares are put together in the order of the register, so that the answer knows nothing of cores.
pub(super) fn tables<'a>(
    folded: &'a Folded,
    ties: &Ties<'a>,
    gazetteer: &Gazetteer<'a>,
    enterprise_places: &HashMap<&'a str, Vec<(Interval, Place<'a>)>>,
    notes: &mut Vec<Note>,
    done: &mut dyn FnMut(usize, usize),
) -> PatentTables<'a> {
    let events = events(folded, notes);
    let rows = folded.get("patents");
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let share = rows.len().div_ceil(cores).max(SHARE_MIN);
    let start = || Share {
        fields: Fields::of(&Sheet::of(folded, "patents")),
        events: &events,
        industries: Industries::of(folded),
        placing: Placing { ties, addresses: Addresses::new(gazetteer), enterprise_places },
        tables: PatentTables::for_patents(share),
        notes: Vec::new(),
    };
    let mut tables = PatentTables { voids: voids(&events), ..PatentTables::for_patents(rows.len()) };
    let (first, others) = rows.split_at(share.min(rows.len()));
    thread::scope(|scope| {
        let start = &start;
        let others: Vec<_> =
            others.chunks(share).map(|rows| scope.spawn(move || start().read(rows, &mut |_| {}))).collect();
        // This thread's share stands for all of them in what is told.
        let mut told = |read: usize| done((read * rows.len()).div_ceil(first.len().max(1)), rows.len());
        let first = start().read(first, &mut told);
        for (part, said) in std::iter::once(first).chain(others.into_iter().map(joined)) {
            tables.append(part);
            notes.extend(said);
        }
    });
    done(rows.len(), rows.len());
    tables
}

fn joined<T>(share: thread::ScopedJoinHandle<'_, T>) -> T {
    share.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Fewer patents than this are not worth a thread of their own.
const SHARE_MIN: usize = 4_000;

impl PatentTables<'_> {
    /// Empty tables with room for what so many patents mostly say.
    fn for_patents(count: usize) -> Self {
        Self {
            patents: Vec::with_capacity(count),
            force: Vec::with_capacity(count),
            owners: Vec::with_capacity(count),
            symbols: Vec::with_capacity(2 * count),
            ..Self::default()
        }
    }

    fn append(&mut self, mut other: Self) {
        self.patents.append(&mut other.patents);
        self.force.append(&mut other.force);
        self.owners.append(&mut other.owners);
        self.symbols.append(&mut other.symbols);
        self.industries.append(&mut other.industries);
        self.voids.append(&mut other.voids);
    }
}

/// The columns of the register.
struct Fields {
    number: Field,
    kind: Field,
    title: Field,
    filed_on: Field,
    granted_on: Field,
    grant_number: Field,
    patentees: Field,
    code: Field,
    ipc: Field,
    address: Field,
    summary: Field,
}

impl Fields {
    fn of(sheet: &Sheet<'_>) -> Self {
        Self {
            number: sheet.field("application_number"),
            kind: sheet.field("kind"),
            title: sheet.field("title"),
            filed_on: sheet.field("filed_on"),
            granted_on: sheet.field("granted_on"),
            grant_number: sheet.field("grant_number"),
            patentees: sheet.field("patentees"),
            code: sheet.field("first_patentee_uscc"),
            ipc: sheet.field("ipc"),
            address: sheet.field("address"),
            summary: sheet.field("abstract"),
        }
    }
}

/// One core's share of the patents.
struct Share<'g, 'a> {
    fields: Fields,
    events: &'g HashMap<&'a str, Events<'a>>,
    industries: Industries<'a>,
    placing: Placing<'g, 'a>,
    tables: PatentTables<'a>,
    notes: Vec<Note>,
}

impl<'a> Share<'_, 'a> {
    fn read(mut self, rows: &'a [FoldedRow], done: &mut dyn FnMut(usize)) -> (PatentTables<'a>, Vec<Note>) {
        for (index, row) in rows.iter().enumerate() {
            if index % REPORT_EVERY == 0 {
                done(index);
            }
            self.read_one(row);
        }
        (self.tables, self.notes)
    }

    fn read_one(&mut self, row: &'a FoldedRow) {
        let Self { fields, tables, notes, placing, .. } = self;
        let number = fields.number.text(row);
        let Some(kind) = kind_of(fields.kind.text(row), number) else {
            notes.push(Note::new("patents", &row.key, "专利类型不明，未计入任何统计；请补填专利类型".to_owned()));
            return;
        };
        let (filed_on, granted_on) = (fields.filed_on.date(row), fields.granted_on.date(row));
        let nothing = Events::default();
        let Events { life, passings } = self.events.get(number).unwrap_or(&nothing);

        let force = force::force(kind, filed_on, granted_on, life);
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

        let (title, patentees) = (fields.title.text(row), fields.patentees);
        let owner =
            Written { name: patentees.first(row), code: fields.code.text(row), address: fields.address.text(row) };
        let (at_grant, owners) = owners::owners(number, owner, granted_on, filed_on, &mut passings.clone(), placing);
        tables.owners.extend(owners);

        let mut symbols: Vec<&str> = fields.ipc.list(row).collect();
        symbols.sort_unstable();
        symbols.dedup();
        if kind == PatentKind::Invention && granted_on.is_some() {
            let judged = self.industries.judge(number, symbols.iter().copied(), title, fields.summary.text(row));
            tables.industries.extend(judged);
        }
        tables.symbols.extend(symbols.iter().map(|&symbol| rows::PatentIpc { application_number: number, symbol }));
        tables.patents.push(rows::Patent {
            application_number: number,
            kind: kind.zh(),
            title,
            filed_on,
            granted_on,
            grant_number: fields.grant_number.some(row),
            applicant_names: patentees.text(row),
            grant_uscc: at_grant.uscc,
            grant_owner: granted_on.map(|_| owner.name).filter(|name| !name.is_empty()),
            grant_town: at_grant.town,
            grant_in_city: at_grant.in_city,
        });
    }
}

/// Progress is told once for so many patents.
const REPORT_EVERY: usize = 5_000;

/// The kind as written, else as the number says.
pub(super) fn kind_of(written: &str, number: &str) -> Option<PatentKind> {
    written.parse().or_else(|_| number.parse::<ApplicationNumber>().map(|number| number.kind())).ok()
}

fn voids<'a>(events: &HashMap<&'a str, Events<'a>>) -> Vec<rows::PatentVoid<'a>> {
    let void = events.iter().filter(|(_, events)| events.life.is_void);
    void.map(|(&application_number, _)| rows::PatentVoid { application_number }).collect()
}

/// The events by application number.
pub(super) fn events<'a>(folded: &'a Folded, notes: &mut Vec<Note>) -> HashMap<&'a str, Events<'a>> {
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
