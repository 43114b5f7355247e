//! The compound file (OLE) that wraps an xls workbook or an encrypted xlsx, looked at before it is trusted.
//!
//! The xls reader that we use believes the sizes a workbook declares and reserves memory for them.
//! Here the records are walked once: their bounds and the area their cells span must stay within limits.

use std::{fs, path::Path};

use crate::{Error, Limits, detect::Content, detect::Format};

pub(crate) const MAGIC: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// Cells that all sheets of an xls may span together, empty ones between them included.
const CELLS: u64 = 20_000_000;

const NO_SECTOR: u32 = 0xFFFF_FFFA;

/// What a compound file holds; by the names in its directory.
pub(crate) fn kind(path: &Path, file: &str) -> Result<Content, Error> {
    let bytes = fs::read(path).map_err(Error::io(file, "读取文件"))?;
    let compound = Compound::parse(&bytes).ok_or_else(|| Error::damaged(file, "文件目录", "扇区链断裂"))?;
    let has = |name: &str| compound.entries.iter().any(|entry| entry.name.eq_ignore_ascii_case(name));
    if has("EncryptedPackage") {
        return Err(Error::Encrypted { file: file.to_owned() });
    }
    Ok(if has("Workbook") || has("Book") {
        Content::Table(Format::Xls)
    } else if has("WordDocument") {
        Content::Other("Word 97-2003 文档")
    } else if has("PowerPoint Document") {
        Content::Other("PowerPoint 97-2003 演示文稿")
    } else {
        Content::Other("Office 97-2003 复合文档（不是工作簿）")
    })
}

/// Walks the workbook's records and refuses what is encrypted, cut off or spans too much.
pub(crate) fn check(bytes: &[u8], file: &str, limits: &Limits) -> Result<(), Error> {
    let cut_off = || Error::damaged(file, "工作簿", "扇区链断裂");
    let compound = Compound::parse(bytes).ok_or_else(cut_off)?;
    let is_workbook = |name: &str| name.eq_ignore_ascii_case("Workbook") || name.eq_ignore_ascii_case("Book");
    let entry = compound.entries.iter().find(|entry| is_workbook(&entry.name)).ok_or_else(cut_off)?;
    let stream = compound.stream(entry).ok_or_else(cut_off)?;
    let mut spanned = 0_u64;
    let mut area = Area::default();
    let mut left = stream.as_slice();
    while let Some((header, rest)) = left.split_at_checked(4) {
        let record = u16::from_le_bytes([header[0], header[1]]);
        let length = usize::from(u16::from_le_bytes([header[2], header[3]]));
        // Zeros fill the stream up after its last record.
        if record == 0 && length == 0 {
            break;
        }
        let Some((data, next)) = rest.split_at_checked(length) else {
            return Err(Error::damaged(file, "工作簿", "记录不完整"));
        };
        left = next;
        match record {
            0x002F if data.iter().take(2).any(|byte| *byte != 0) || data.len() > 2 => {
                return Err(Error::Encrypted { file: file.to_owned() });
            }
            0x0809 | 0x000A => spanned += std::mem::take(&mut area).cells(),
            0x0200 => check_dimensions(data, file)?,
            0x0006 | 0x00BD | 0x00D6 | 0x00FD | 0x0203 | 0x0204 | 0x0205 | 0x027E => {
                area.include(data, record == 0x00BD);
                if area.last_column >= limits.columns.max(256) {
                    return Err(Error::too_large(file, "", "列数", format!("{} 列", limits.columns)));
                }
            }
            _ => {}
        }
        if spanned + area.cells() > CELLS {
            return Err(Error::too_large(file, "", "单元格数", format!("{CELLS} 个")));
        }
    }
    Ok(())
}

/// The declared extent of a sheet, for which the reader reserves memory.
fn check_dimensions(data: &[u8], file: &str) -> Result<(), Error> {
    let wide = |at: usize| data.get(at..at + 4).map_or(0, |b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    let narrow = |at: usize| data.get(at..at + 2).map_or(0, |b| u32::from(u16::from_le_bytes([b[0], b[1]])));
    let (first_row, end_row, first_column, end_column) = if data.len() == 10 {
        (narrow(0), narrow(2), narrow(4), narrow(6))
    } else {
        (wide(0), wide(4), narrow(8), narrow(10))
    };
    let is_sound = end_row <= 65_536 && end_column <= 256 && first_row <= end_row.max(1) && first_column <= 256;
    if is_sound { Ok(()) } else { Err(Error::damaged(file, "工作表", "声明的行列范围不合理")) }
}

/// The rectangle that the cells of one sheet span.
#[derive(Default)]
struct Area {
    rows: Option<(u32, u32)>,
    first_column: u32,
    last_column: u32,
}

impl Area {
    fn include(&mut self, data: &[u8], is_run: bool) {
        let Some([r0, r1, c0, c1]) = data.first_chunk::<4>() else { return };
        let row = u32::from(u16::from_le_bytes([*r0, *r1]));
        let column = u32::from(u16::from_le_bytes([*c0, *c1]));
        let last = match data.last_chunk::<2>() {
            Some(end) if is_run => u32::from(u16::from_le_bytes(*end)).max(column),
            _ => column,
        };
        match &mut self.rows {
            Some((first_row, last_row)) => {
                *first_row = row.min(*first_row);
                *last_row = row.max(*last_row);
                self.first_column = self.first_column.min(column);
                self.last_column = self.last_column.max(last);
            }
            None => {
                self.rows = Some((row, row));
                self.first_column = column;
                self.last_column = last;
            }
        }
    }

    fn cells(&self) -> u64 {
        let Some((first, last)) = self.rows else { return 0 };
        u64::from(last - first + 1) * u64::from(self.last_column - self.first_column + 1)
    }
}

struct Entry {
    name: String,
    start: u32,
    size: u64,
}

struct Compound<'a> {
    bytes: &'a [u8],
    sector_bytes: usize,
    mini_cutoff: u64,
    next: Vec<u32>,
    next_mini: Vec<u32>,
    entries: Vec<Entry>,
}

impl<'a> Compound<'a> {
    /// None when a chain of sectors leaves the file or runs in a circle.
    fn parse(bytes: &'a [u8]) -> Option<Compound<'a>> {
        let number = |at: usize| bytes.get(at..at + 4)?.first_chunk::<4>().map(|four| u32::from_le_bytes(*four));
        let shift = bytes.get(30..32).map(|two| u16::from_le_bytes([two[0], two[1]]))?;
        let sector_bytes = 1_usize << shift.clamp(9, 12);
        let mut compound = Compound {
            bytes,
            sector_bytes,
            mini_cutoff: u64::from(number(56)?),
            next: Vec::new(),
            next_mini: Vec::new(),
            entries: Vec::new(),
        };
        let mut tables: Vec<u32> = (0..109).filter_map(|index| number(76 + index * 4)).collect();
        let mut more = number(68)?;
        let most = bytes.len() / sector_bytes + 1;
        for _ in 0..most {
            if more >= NO_SECTOR {
                break;
            }
            let mut listed = numbers(compound.sector(more)?);
            more = listed.pop()?;
            tables.extend(listed);
        }
        for table in tables.into_iter().filter(|sector| *sector < NO_SECTOR).take(most) {
            let listed = numbers(compound.sector(table)?);
            compound.next.extend(listed);
        }
        let directory = compound.chain(number(48)?)?;
        if directory.len() % sector_bytes != 0 {
            return None;
        }
        let mini_start = number(60)?;
        compound.next_mini = if mini_start < NO_SECTOR { numbers(&compound.chain(mini_start)?) } else { Vec::new() };
        compound.entries = directory.chunks_exact(128).filter_map(entry).collect();
        Some(compound)
    }

    fn sector(&self, index: u32) -> Option<&'a [u8]> {
        let start = (index as usize + 1).checked_mul(self.sector_bytes)?;
        // The last sector of a file may be cut short.
        let end = (start + self.sector_bytes).min(self.bytes.len());
        self.bytes.get(start..end).filter(|sector| !sector.is_empty())
    }

    fn chain(&self, start: u32) -> Option<Vec<u8>> {
        let mut joined = Vec::new();
        let mut index = start;
        while index < NO_SECTOR {
            joined.extend_from_slice(self.sector(index)?);
            if joined.len() > self.bytes.len() + self.sector_bytes {
                return None;
            }
            index = *self.next.get(index as usize)?;
        }
        Some(joined)
    }

    fn stream(&self, entry: &Entry) -> Option<Vec<u8>> {
        let size = usize::try_from(entry.size).ok()?;
        if entry.size >= self.mini_cutoff {
            let mut joined = self.chain(entry.start)?;
            joined.truncate(size);
            return Some(joined);
        }
        let root = self.entries.first()?;
        let pool = self.chain(root.start)?;
        let mut joined = Vec::new();
        let mut index = entry.start;
        while index < NO_SECTOR && joined.len() < size {
            let start = (index as usize).checked_mul(64)?;
            joined.extend_from_slice(pool.get(start..(start + 64).min(pool.len()))?);
            index = *self.next_mini.get(index as usize)?;
        }
        joined.truncate(size);
        Some(joined)
    }
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.as_chunks::<4>().0.iter().map(|four| u32::from_le_bytes(*four)).collect()
}

fn entry(bytes: &[u8]) -> Option<Entry> {
    let length = usize::from(u16::from_le_bytes([bytes[64], bytes[65]])).saturating_sub(2).min(62);
    let units: Vec<u16> = bytes[..length].as_chunks::<2>().0.iter().map(|two| u16::from_le_bytes(*two)).collect();
    let start = bytes[116..120].first_chunk::<4>().map(|four| u32::from_le_bytes(*four))?;
    let size = bytes[120..124].first_chunk::<4>().map(|four| u32::from_le_bytes(*four))?;
    (bytes[66] != 0).then(|| Entry { name: String::from_utf16_lossy(&units), start, size: u64::from(size) })
}
