//! Which process left a piece of unfinished work behind, and whether it still lives.

use std::fmt;

use crate::Db;

/// A process on a host, told apart from a later one with the same number by its start.
///
/// Work that spans several transactions carries this mark, so that whoever finds it unfinished can tell a killed
/// process from a busy one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    host: String,
    pid: u32,
    started: String,
}

impl Process {
    /// The process that asks.
    pub fn this() -> Self {
        let pid = std::process::id();
        Self { host: host(), pid, started: started(pid).unwrap_or_default() }
    }

    /// A process that runs on this host; none with this number, none here.
    pub fn running(pid: u32) -> Option<Self> {
        Some(Self { host: host(), pid, started: started(pid)? })
    }

    /// Reads the form that [`fmt::Display`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.rsplitn(3, ':');
        let started = parts.next()?.to_owned();
        let pid = parts.next()?.parse().ok()?;
        Some(Self { host: parts.next()?.to_owned(), pid, started })
    }

    /// Whether work on this database that bears this mark has certainly ended with its process.
    pub fn is_gone(&self, db: &Db) -> bool {
        if self.host != host() {
            // A SQLite file is worked on from one host, whose name may change with its container.
            return matches!(db, Db::Sqlite { .. });
        }
        match started(self.pid) {
            Some(started) => started != self.started,
            None => self.pid != std::process::id(),
        }
    }
}

impl fmt::Display for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.host, self.pid, self.started)
    }
}

fn host() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname")
        .ok()
        .or_else(|| std::env::var("COMPUTERNAME").ok())
        .map_or_else(|| "localhost".to_owned(), |name| name.trim().to_owned())
}

/// The start of a process in clock ticks since boot (field 22 of `/proc/PID/stat`); `None` when it does not run,
/// or where there is no `/proc`.
fn started(pid: u32) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the program's name in brackets and may hold blanks.
    let (_, fields) = stat.rsplit_once(')')?;
    fields.split_whitespace().nth(19).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn this_process_lives_and_a_later_namesake_is_another() {
        let base = crate::test::sqlite().await;
        let this = Process::this();
        assert!(!this.is_gone(&base.db));
        assert_eq!(Process::parse(&this.to_string()), Some(this.clone()));
        let former = Process { started: "1".into(), ..this.clone() };
        assert!(former.is_gone(&base.db) || this.started.is_empty());
        assert!(Process { host: "elsewhere".into(), ..former }.is_gone(&base.db), "a SQLite file stays on its host");
    }
}
