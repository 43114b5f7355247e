//! A full disk during an import and an evaluation: a plain message, the old state whole and readable, and the same
//! command succeeds once there is room.
//!
//! The disk is a small tmpfs where mounting is permitted; a limit on the size of files is tried everywhere.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::delivery::City;
use crate::program::{city, copy, hidden, json, patents, program, words, zhiqiang};
use crate::server::{Server, clerk, token};

/// A small disk of its own, gone with this value.
struct Disk {
    path: PathBuf,
}

impl Disk {
    /// Nothing where this process may not mount.
    fn mount(path: &Path, kilobytes: u64) -> Option<Self> {
        std::fs::create_dir_all(path).unwrap();
        let size = format!("size={kilobytes}k");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(path).output();
        let is_mounted = mounted.is_ok_and(|output| output.status.success());
        is_mounted.then(|| Self { path: path.to_owned() })
    }

    fn enlarge(&self) {
        let done = Command::new("mount").args(["-o", "remount,size=1g"]).arg(&self.path).status().unwrap();
        assert!(done.success());
    }

    fn kilobytes_free(&self) -> u64 {
        let output = Command::new("df").args(["-k", "--output=avail"]).arg(&self.path).output().unwrap();
        String::from_utf8_lossy(&output.stdout).lines().last().unwrap().trim().parse().unwrap()
    }

    /// Takes the last byte.
    fn fill(&self) {
        let _ = std::fs::write(self.path.join("last"), vec![1_u8; 1024 * (self.kilobytes_free() as usize + 64)]);
        assert_eq!(self.kilobytes_free(), 0);
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: a failing test may still have a file of it open.
        let _ = Command::new("umount").arg("-l").arg(&self.path).status();
    }
}

fn kilobytes(folder: &Path) -> u64 {
    let output = Command::new("du").arg("-sk").arg(folder).output().unwrap();
    String::from_utf8_lossy(&output.stdout).split_whitespace().next().unwrap().parse().unwrap()
}

/// The program with files no larger than so many kilobytes; `SIGXFSZ` is ignored, so that writing fails instead.
fn limited(data: &Path, args: &[&str], kilobytes: u64) -> Output {
    let command = program(data, args);
    // `ulimit -f` counts blocks of 512 bytes.
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("trap '' XFSZ; ulimit -f {}; exec \"$@\"", kilobytes * 2), "sh"]);
    shell.arg(command.get_program()).args(command.get_args()).output().unwrap()
}

/// The failure says that the disk is full, where, and what to do; it is no panic.
fn assert_says_full(output: &Output, data: &Path, at: &str) {
    let told = words(output);
    assert_eq!(output.status.code(), Some(1), "{at}: {told}");
    assert!(!told.contains("panicked"), "{at}: {told}");
    for part in ["错误：", "磁盘已满", &data.display().to_string(), "清理磁盘", "再执行一次"] {
        assert!(told.contains(part), "{at}: “{part}” is not said: {told}");
    }
}

/// What the old state is known by.
fn state(data: &Path) -> (Value, Value) {
    let output = zhiqiang(data, &["--json", "batches"]);
    let merged: Vec<Value> =
        json(&output).as_array().unwrap().iter().filter(|one| one["state"] == "merged").cloned().collect();
    (merged.into(), json(&zhiqiang(data, &["--json", "runs"])))
}

const EVALUATE: [&str; 6] = ["--json", "evaluate", "--as-of", "2023-12-31", "--known-at", "2030-01-01T00:00:00Z"];
const EARLIER: [&str; 4] = ["--json", "evaluate", "--as-of", "2022-12-31"];

struct Story {
    dir: tempfile::TempDir,
    /// A city with a run, to be copied.
    pristine: PathBuf,
    large: String,
}

impl Story {
    fn begin() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let pristine = dir.path().join("pristine");
        city(&pristine, dir.path(), 2_000);
        json(&zhiqiang(&pristine, &EARLIER));
        let large = dir.path().join("large.csv");
        std::fs::write(&large, patents(30_000)).unwrap();
        Self { large: large.display().to_string(), dir, pristine }
    }

    fn import(&self) -> [&str; 4] {
        ["--json", "import", "patents", &self.large]
    }
}

#[test]
fn a_full_disk_leaves_the_old_state_and_says_what_to_do() {
    let story = Story::begin();
    let base = kilobytes(&story.pristine);
    let import = story.import();
    let mut tried = [0, 0];
    for (kind, command, rooms) in
        [(0, &import[..], [0, 48, 200, 1_000, 4_000]), (1, &EVALUATE[..], [0, 48, 100, 160, 240])]
    {
        for room in rooms {
            let at = format!("{} with {room} KiB of room", command[1]);
            let mounted = story.dir.path().join("disk");
            let Some(disk) = Disk::mount(&mounted, base + 4096) else {
                eprintln!("SKIPPED: mounting is not permitted here, so only the limit on the size of files is tried");
                return;
            };
            let data = mounted.join("data");
            copy(&story.pristine, &data);
            let before = state(&data);
            let taken = disk.kilobytes_free().saturating_sub(room);
            std::fs::write(mounted.join("ballast"), vec![1_u8; 1024 * taken as usize]).unwrap();
            let output = zhiqiang(&data, command);
            if output.status.success() {
                eprintln!("{at}: there was room enough");
                continue;
            }
            assert_says_full(&output, &data, &at);
            eprintln!("{at}: {}", words(&output).lines().last().unwrap_or_default());
            tried[kind] += 1;
            assert_eq!(state(&data), before, "{at}: the old state is readable as soon as the program has failed");
            disk.fill();
            assert_eq!(state(&data), before, "{at}: and when not a byte is left");
            disk.enlarge();
            for ballast in ["ballast", "last"] {
                std::fs::remove_file(mounted.join(ballast)).unwrap();
            }
            let again = json(&zhiqiang(&data, command));
            assert!(again["run"].is_string() || again["rows"] == 30_000, "{at}: {again}");
            assert_eq!(hidden(&data), Vec::<String>::new(), "{at}");
            let doctor = zhiqiang(&data, &["doctor"]);
            assert!(doctor.status.success(), "{at}: {}", String::from_utf8_lossy(&doctor.stdout));
        }
    }
    assert!(tried[0] >= 4 && tried[1] >= 2, "too few sizes were too small: {tried:?}");
}

#[test]
fn a_limit_on_the_size_of_files_is_met_like_a_full_disk() {
    let story = Story::begin();
    let import = story.import();
    let mut tried = 0;
    for (command, limits) in [(&import[..], [16, 200, 2_000]), (&EVALUATE[..], [2, 4, 16])] {
        for limit in limits {
            let at = format!("{} with files of at most {limit} KiB", command[1]);
            let data = story.dir.path().join("limited");
            copy(&story.pristine, &data);
            let before = state(&data);
            let output = limited(&data, command, limit);
            if output.status.success() {
                eprintln!("{at}: there was room enough");
                std::fs::remove_dir_all(&data).unwrap();
                continue;
            }
            tried += 1;
            assert_says_full(&output, &data, &at);
            eprintln!("{at}: {}", words(&output).lines().last().unwrap_or_default());
            assert_eq!(state(&data), before, "{at}");
            json(&zhiqiang(&data, command));
            assert_eq!(hidden(&data), Vec::<String>::new(), "{at}");
            std::fs::remove_dir_all(&data).unwrap();
        }
    }
    assert!(tried >= 4, "too few limits were too small: {tried}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_into_a_full_disk_is_refused_and_reading_goes_on() {
    const EDGE: &str = "a-line-that-no-file-holds";
    let dir = tempfile::tempdir().unwrap();
    let mounted = dir.path().join("disk");
    let Some(disk) = Disk::mount(&mounted, 40_000) else {
        eprintln!("SKIPPED: mounting is not permitted here, so no upload into a full disk is tried");
        return;
    };
    let data = mounted.join("data");
    city(&data, dir.path(), 200);
    clerk(&data).await;
    let server = Server::start(&data);
    let visitor = server.sign_in();
    let csrf = token(&server.ask("GET /registers/import", &visitor, "")).to_owned();
    let ballast = vec![1_u8; 1024 * (disk.kilobytes_free() as usize - 300)];
    std::fs::write(mounted.join("ballast"), ballast).unwrap();
    let upload = format!(
        "--{EDGE}\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n\
         --{EDGE}\r\nContent-Disposition: form-data; name=\"register\"\r\n\r\npatents\r\n\
         --{EDGE}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"patents.csv\"\r\n\r\n{}\r\n--{EDGE}--\r\n",
        patents(20_000)
    );
    let kind = format!("multipart/form-data; boundary={EDGE}");
    let send = || server.send("POST /registers/import", &visitor, &kind, upload.as_bytes());
    let refused = send();
    assert!(refused.starts_with("HTTP/1.1 507"), "{refused}");
    for part in ["磁盘已满", "清理磁盘"] {
        assert!(refused.contains(part), "{part}: {refused}");
    }
    assert_eq!(std::fs::read_dir(data.join("uploads")).map_or(0, Iterator::count), 0, "nothing half received is left");
    disk.fill();
    let page = server.ask("GET /registers/batches", &visitor, "");
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("patents.csv"), "{page}");
    disk.enlarge();
    for ballast in ["ballast", "last"] {
        std::fs::remove_file(mounted.join(ballast)).unwrap();
    }
    let taken = send();
    assert!(taken.starts_with("HTTP/1.1 303"), "{taken}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paper_that_does_not_fit_is_refused_and_those_there_stay_whole() {
    let dir = tempfile::tempdir().unwrap();
    let mounted = dir.path().join("disk");
    let Some(disk) = Disk::mount(&mounted, 400_000) else {
        eprintln!("SKIPPED: mounting is not permitted here, so no paper is handed in on a full disk");
        return;
    };
    let data = mounted.join("data");
    let city = City::new(&data).await;
    city.installation.db.close().await;
    let about = ["rights-aid", "A1", "--event", "2023-11-02", "--trigger", "domestic-win"];
    let begin = [&["--json", "case", "begin"][..], &about, &["--as", "enterprise"]].concat();
    let case = json(&zhiqiang(&data, &begin))["case"].to_string();
    let paper = |name: &str, bytes: usize| {
        let path = dir.path().join(name);
        std::fs::write(&path, [b"%PDF-1.7 ", vec![b'x'; bytes].as_slice()].concat()).unwrap();
        path.display().to_string()
    };
    let (small, large) = (paper("一.pdf", 50_000), paper("二.pdf", 3_000_000));
    let attach =
        |file: &str| zhiqiang(&data, &["--json", "case", "attach", &case, "生效裁判文书", file, "--as", "enterprise"]);
    json(&attach(&small));
    let evidence = || {
        let entries = std::fs::read_dir(data.join("evidence")).unwrap();
        let mut all: Vec<u64> = entries.map(|entry| entry.unwrap().metadata().unwrap().len()).collect();
        all.sort_unstable();
        all
    };
    let before = evidence();
    let taken = disk.kilobytes_free() - 1_000;
    std::fs::write(mounted.join("ballast"), vec![1_u8; 1024 * taken as usize]).unwrap();
    assert_says_full(&attach(&large), &data, "a paper");
    assert_eq!(evidence(), before, "nothing half written is left");
    disk.fill();
    // The same bytes again need no room for themselves, and are not touched.
    let _ = attach(&small);
    assert_eq!(evidence(), before);
    disk.enlarge();
    for ballast in ["ballast", "last"] {
        std::fs::remove_file(mounted.join(ballast)).unwrap();
    }
    json(&attach(&large));
    assert_eq!(evidence().len(), 2);
    let doctor = zhiqiang(&data, &["doctor"]);
    assert!(doctor.status.success(), "{}", String::from_utf8_lossy(&doctor.stdout));
}
