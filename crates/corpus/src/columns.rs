//! The narrow columns that are counted by, held in memory as Arrow arrays of codes in the order of rows.
//!
//! A column is read from the Parquet files when it is first asked for. Codes mean the same in every split, so that
//! distinct families are counted exactly over the whole corpus.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use arrow::{
    array::{Array, ArrayRef, AsArray, UInt32Array},
    buffer::{OffsetBuffer, ScalarBuffer},
    datatypes::{Date32Type, Int32Type},
};
use jiff::{ToSpan, civil::date};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use serde::{Deserialize, Serialize};

use crate::{
    Corpus, Error, Result, file,
    row::{self, Row},
    split::Split,
    state,
};

/// The code of a row that has no value.
pub(crate) const UNKNOWN: u32 = u32::MAX;

/// What documents can be counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dimension {
    /// Year of filing (申请年).
    FiledYear,
    /// Year of the first publication (公开年).
    PublishedYear,
    /// Year of the grant (授权年).
    GrantedYear,
    /// Receiving office (受理局).
    Office,
    /// Invention, utility model, design (专利类型).
    Kind,
    /// Legal state (法律状态).
    State,
    /// IPC section (部).
    IpcSection,
    /// IPC class (大类).
    IpcClass,
    /// IPC subclass (小类).
    IpcSubclass,
    /// IPC main group (大组).
    IpcGroup,
    /// CPC subclass.
    CpcSubclass,
    /// Applicant as written (申请人).
    Applicant,
    /// Current owner as written (当前权利人).
    Owner,
    /// Inventor as written (发明人).
    Inventor,
    /// Province of the first applicant (省).
    Province,
    /// City of the first applicant (市).
    City,
    /// Family (同族).
    Family,
}

impl Dimension {
    /// Every dimension.
    pub const ALL: [Self; 17] = [
        Self::FiledYear,
        Self::PublishedYear,
        Self::GrantedYear,
        Self::Office,
        Self::Kind,
        Self::State,
        Self::IpcSection,
        Self::IpcClass,
        Self::IpcSubclass,
        Self::IpcGroup,
        Self::CpcSubclass,
        Self::Applicant,
        Self::Owner,
        Self::Inventor,
        Self::Province,
        Self::City,
        Self::Family,
    ];

    /// The Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            Self::FiledYear => "申请年",
            Self::PublishedYear => "公开年",
            Self::GrantedYear => "授权年",
            Self::Office => "受理局",
            Self::Kind => "专利类型",
            Self::State => "法律状态",
            Self::IpcSection => "IPC 部",
            Self::IpcClass => "IPC 大类",
            Self::IpcSubclass => "IPC 小类",
            Self::IpcGroup => "IPC 大组",
            Self::CpcSubclass => "CPC 小类",
            Self::Applicant => "申请人",
            Self::Owner => "当前权利人",
            Self::Inventor => "发明人",
            Self::Province => "省",
            Self::City => "市",
            Self::Family => "同族",
        }
    }

    /// The column of the Parquet file that it is read from.
    fn column(self) -> &'static str {
        match self {
            Self::FiledYear => "filed_year",
            Self::PublishedYear => "published_on",
            Self::GrantedYear => "granted_on",
            Self::Office => "office",
            Self::Kind => "kind",
            Self::State => "state",
            Self::IpcSection | Self::IpcClass | Self::IpcSubclass => "ipc",
            Self::IpcGroup => "ipc_groups",
            Self::CpcSubclass => "cpc",
            Self::Applicant => "applicants",
            Self::Owner => "owners",
            Self::Inventor => "inventors",
            Self::Province => "province",
            Self::City => "city",
            Self::Family => "family",
        }
    }

    /// Whether a document may have several values of it.
    fn is_list(self) -> bool {
        matches!(
            self,
            Self::IpcSection
                | Self::IpcClass
                | Self::IpcSubclass
                | Self::IpcGroup
                | Self::CpcSubclass
                | Self::Applicant
                | Self::Owner
                | Self::Inventor
        )
    }

    /// How many characters of a symbol it keeps.
    pub(crate) fn cut(self) -> Option<usize> {
        match self {
            Self::IpcSection => Some(1),
            Self::IpcClass => Some(3),
            _ => None,
        }
    }
}

/// A column over all splits.
#[derive(Debug)]
pub(crate) struct Column {
    /// What each code stands for.
    pub(crate) names: Vec<Arc<str>>,
    pub(crate) splits: Vec<Codes>,
    ranks: OnceLock<Box<[u32]>>,
}

/// The codes of one split's rows.
#[derive(Debug)]
pub(crate) enum Codes {
    /// One value a row, or [`UNKNOWN`].
    One(UInt32Array),
    /// Any number of values a row.
    Many(OffsetBuffer<i32>, UInt32Array),
}

impl Codes {
    /// The values of a row; of a row without any, the one unknown.
    pub(crate) fn of(&self, row: u32) -> &[u32] {
        let row = row as usize;
        match self {
            Self::One(codes) => &codes.values()[row..=row],
            Self::Many(offsets, codes) => {
                let (from, to) = (offsets[row] as usize, offsets[row + 1] as usize);
                if from == to { &[UNKNOWN] } else { &codes.values()[from..to] }
            }
        }
    }
}

impl Column {
    /// The first value of a row.
    pub(crate) fn first(&self, split: usize, row: u32) -> Option<u32> {
        self.splits[split].of(row).first().copied().filter(|&code| code != UNKNOWN)
    }

    /// The place of each code among all in the order of their names, found when it is first asked for.
    pub(crate) fn ranks(&self) -> &[u32] {
        self.ranks.get_or_init(|| {
            let mut codes: Vec<u32> = (0..u32::try_from(self.names.len()).unwrap_or(UNKNOWN)).collect();
            codes.sort_unstable_by_key(|&code| &self.names[code as usize]);
            let mut ranks = vec![0; codes.len()];
            (0..).zip(codes).for_each(|(rank, code)| ranks[code as usize] = rank);
            ranks.into()
        })
    }

    /// What a code stands for.
    pub(crate) fn name(&self, code: u32) -> Option<Arc<str>> {
        self.names.get(code as usize).cloned()
    }
}

/// Where a column is put once it has been read.
type Place = Arc<Mutex<Option<Arc<Column>>>>;

/// The columns that have been read, each behind a lock of its own, so that reading one keeps nobody from another.
#[derive(Default)]
pub(crate) struct Columns {
    read: Mutex<HashMap<Dimension, Place>>,
}

impl Corpus {
    /// A column, read now if it has not been.
    pub(crate) fn column(&self, dimension: Dimension) -> Result<Arc<Column>> {
        let mut read = self.columns().read.lock().unwrap_or_else(PoisonError::into_inner);
        let place = read.entry(dimension).or_default().clone();
        drop(read);
        let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(column) = &*place {
            return Ok(column.clone());
        }
        let read = self.splits().par_iter().map(|split| load(split, dimension)).collect::<Result<Vec<_>>>()?;
        let mut names = Names::default();
        let splits = read.into_iter().map(|split| split.finish(dimension, &mut names)).collect();
        let column = Arc::new(Column { names: names.names, splits, ranks: OnceLock::new() });
        *place = Some(column.clone());
        Ok(column)
    }
}

/// Gives each name a code.
#[derive(Default)]
struct Names {
    codes: HashMap<Arc<str>, u32>,
    names: Vec<Arc<str>>,
}

impl Names {
    fn code(&mut self, name: &str) -> u32 {
        self.codes.get(name).copied().unwrap_or_else(|| self.new_code(name.into()))
    }

    /// The code of a name that another has read, which is shared.
    fn shared(&mut self, name: Arc<str>) -> u32 {
        self.codes.get(&name).copied().unwrap_or_else(|| self.new_code(name))
    }

    fn new_code(&mut self, name: Arc<str>) -> u32 {
        let code = u32::try_from(self.names.len()).unwrap_or(UNKNOWN);
        self.names.push(name.clone());
        self.codes.insert(name, code);
        code
    }
}

fn load(split: &Split, dimension: Dimension) -> Result<Loading> {
    let place = file::schema().index_of(dimension.column())?;
    let mut loading = Loading { cut: dimension.cut(), ..Loading::default() };
    if split.entry.rules != row::RULES && matches!(dimension, Dimension::State | Dimension::Family) {
        return derived(split, dimension, loading);
    }
    let mut row = 0_u32;
    for batch in split.rows.read(&[place], None)? {
        let batch = batch?;
        for at in 0..batch.num_rows() {
            match dimension {
                Dimension::State if split.overlay.states.contains_key(&row) => {
                    let state = split.overlay.states[&row];
                    loading.row(state::known(state).into_iter());
                }
                Dimension::Owner if split.overlay.owners.contains_key(&row) => {
                    loading.row(split.overlay.owners[&row].iter().map(String::as_str));
                }
                _ => loading.value(batch.column(0), at)?,
            }
            row += 1;
        }
    }
    Ok(loading)
}

/// A column whose rule has changed since its split was written, from the documents themselves.
fn derived(split: &Split, dimension: Dimension, mut loading: Loading) -> Result<Loading> {
    let mut at = 0_u32;
    split.rows.each_document(None, |document| {
        let row = Row::of(&document);
        match dimension {
            Dimension::Family => loading.row(std::iter::once(row.family.as_str())),
            _ => {
                loading.row(state::known(*split.overlay.states.get(&at).unwrap_or(&row.state)).into_iter());
            }
        }
        at += 1;
        Ok(())
    })?;
    Ok(loading)
}

/// A column of a split while it is read, with codes of its own.
#[derive(Default)]
struct Loading {
    names: Names,
    cut: Option<usize>,
    ends: Vec<i32>,
    codes: Vec<u32>,
}

impl Loading {
    /// Takes the value of a row out of an array, whatever its type.
    fn value(&mut self, array: &ArrayRef, at: usize) -> Result<()> {
        if array.is_null(at) {
            self.row(std::iter::empty());
        } else if let Some(texts) = array.as_string_opt::<i32>() {
            self.row(std::iter::once(texts.value(at)));
        } else if let Some(lists) = array.as_list_opt::<i32>() {
            let values = lists.value(at);
            self.row(values.as_string::<i32>().iter().flatten());
        } else if let Some(days) = array.as_primitive_opt::<Date32Type>() {
            let day = date(1970, 1, 1).checked_add(days.value(at).days());
            let year = day.map(|day| day.year().to_string()).ok();
            self.row(year.as_deref().into_iter());
        } else if let Some(numbers) = array.as_primitive_opt::<Int32Type>() {
            let number = numbers.value(at).to_string();
            self.row(std::iter::once(number.as_str()));
        } else {
            return Err(Error::damaged(std::path::Path::new("documents.parquet"), "列的类型不对"));
        }
        Ok(())
    }

    fn row<'b>(&mut self, values: impl Iterator<Item = &'b str>) {
        let start = self.codes.len();
        for value in values {
            let value = self.cut.and_then(|cut| value.get(..cut)).unwrap_or(value);
            let code = self.names.code(value);
            if !self.codes[start..].contains(&code) {
                self.codes.push(code);
            }
        }
        self.ends.push(i32::try_from(self.codes.len()).unwrap_or(i32::MAX));
    }

    /// The codes as they are in every split.
    fn finish(self, dimension: Dimension, names: &mut Names) -> Codes {
        let shared: Vec<u32> = self.names.names.into_iter().map(|name| names.shared(name)).collect();
        let codes: Vec<u32> = self.codes.into_iter().map(|code| shared[code as usize]).collect();
        let rows = self.ends.len();
        let offsets: Vec<i32> = std::iter::once(0).chain(self.ends).collect();
        if dimension.is_list() {
            return Codes::Many(OffsetBuffer::new(ScalarBuffer::from(offsets)), UInt32Array::from(codes));
        }
        let code = |row: usize| match offsets[row] == offsets[row + 1] {
            true => UNKNOWN,
            false => codes[offsets[row] as usize],
        };
        Codes::One((0..rows).map(code).collect::<Vec<u32>>().into())
    }
}
