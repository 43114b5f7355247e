//! The office's own check of what is handed in (病毒查杀): a program that it names gets each file before it is kept.
//!
//! The program finds a copy by its path, may not write it, has a time to answer, and sees nothing of our environment. It ends with 0 for
//! clean and 1 for refused, as `ClamAV` does; whatever else happens – another status, a crash, silence, a missing program – is no answer,
//! and a file without an answer is not accepted.

use std::{
    env, fs,
    io::Read,
    os::unix::{
        fs::{OpenOptionsExt, PermissionsExt},
        process::{CommandExt, ExitStatusExt},
    },
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use serde::Deserialize;

use crate::{Error, Installation};

/// The variable that names another file than `scan.toml` in the data folder.
pub(crate) const VARIABLE: &str = "ZHIQIANG_SCAN";
const FILE: &str = "scan.toml";
/// How often a program that runs is looked at.
const LOOK: Duration = Duration::from_millis(10);
/// The longest time that may be given, in seconds: somebody waits before the page.
const SECONDS_MAX: u64 = 300;
/// The longest answer that is kept, in characters.
const ANSWER_CHARS_MAX: usize = 200;
const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// The file, as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hook {
    /// The program, by its whole path.
    program: PathBuf,
    /// What it gets before the path of the file.
    #[serde(default)]
    arguments: Vec<String>,
    /// How long it may take.
    #[serde(default = "seconds")]
    seconds: u64,
}

const fn seconds() -> u64 {
    60
}

/// What came of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing was found.
    Clean,
    /// Something was, in the program's words.
    Refused(String),
    /// There is no answer, and why.
    Broken(String),
}

impl Hook {
    /// The office's hook; none where it has named none.
    pub(crate) fn of(installation: &Installation) -> Result<Option<Self>, String> {
        let named = env::var_os(VARIABLE).map(PathBuf::from);
        let path = named.clone().unwrap_or_else(|| installation.dir().join(FILE));
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(cause) if named.is_none() && cause.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(cause) => return Err(format!("读不到查杀设置 {}：{cause}", path.display())),
        };
        Self::read(&text).map(Some).map_err(|why| format!("查杀设置 {} 不能用：{why}", path.display()))
    }

    fn read(text: &str) -> Result<Self, String> {
        let hook: Self = toml::from_str(text).map_err(|cause| cause.message().to_owned())?;
        if !hook.program.is_absolute() {
            return Err(format!("program 要写完整路径，现为“{}”", hook.program.display()));
        }
        if !(1..=SECONDS_MAX).contains(&hook.seconds) {
            return Err(format!("seconds 应为 1 到 {SECONDS_MAX}，现为 {}", hook.seconds));
        }
        Ok(hook)
    }

    /// Whether its program is there to be run.
    pub(crate) fn fault(&self) -> Option<String> {
        let program = self.program.display();
        match fs::metadata(&self.program) {
            Ok(found) if found.is_file() && found.permissions().mode() & 0o111 != 0 => None,
            Ok(_) => Some(format!("查杀程序 {program} 不能执行")),
            Err(cause) => Some(format!("查杀程序 {program} 不在：{cause}")),
        }
    }

    /// Puts these bytes before the program, in a folder of their own.
    pub(crate) fn check(&self, folder: &Path, bytes: &[u8]) -> Verdict {
        let file = folder.join("file");
        let said = folder.join("said");
        let placed = place(&file, bytes).and_then(|()| fs::File::create(&said));
        let answer = match placed {
            Ok(answer) => answer,
            Err(cause) => return Verdict::Broken(format!("待查文件写不下：{cause}")),
        };
        let child = self.command(folder, &file).stdout(Stdio::from(answer)).spawn();
        let mut child = match child {
            Ok(child) => child,
            Err(cause) => return Verdict::Broken(format!("查杀程序 {} 启动不了：{cause}", self.program.display())),
        };
        match wait(&mut child, Duration::from_secs(self.seconds)) {
            Ok(Some(status)) => self.verdict(status, &first_line(&said)),
            Ok(None) => Verdict::Broken(format!("查杀程序 {} 秒没有答复，已中止", self.seconds)),
            Err(cause) => Verdict::Broken(format!("查杀程序等不到：{cause}")),
        }
    }

    fn command(&self, folder: &Path, file: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).arg(file).current_dir(folder);
        // Nothing of ours, neither passwords nor addresses, goes to a program of others.
        command.env_clear().env("PATH", PATH).env("LANG", "C.UTF-8");
        command.stdin(Stdio::null()).stderr(Stdio::null()).process_group(0);
        command
    }

    fn verdict(&self, status: ExitStatus, said: &str) -> Verdict {
        match status.code() {
            Some(0) => Verdict::Clean,
            Some(1) => Verdict::Refused(said.to_owned()),
            Some(code) => Verdict::Broken(format!("查杀程序以状态 {code} 结束：{said}")),
            None => Verdict::Broken(format!("查杀程序被信号 {} 中止", status.signal().unwrap_or(0))),
        }
    }
}

/// Writes a file that only its owner may read, and nobody may write.
fn place(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    let mut placed = fs::OpenOptions::new().write(true).create_new(true).mode(0o400).open(file)?;
    placed.write_all(bytes)
}

/// Waits for the program so long and no longer; one that is still there is ended with all that it began.
fn wait(child: &mut Child, patience: Duration) -> std::io::Result<Option<ExitStatus>> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if begun.elapsed() >= patience {
            let group = format!("kill -KILL -{}", child.id());
            let _ = Command::new("/bin/sh").args(["-c", &group]).stderr(Stdio::null()).status();
            let _ = child.kill();
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(LOOK);
    }
}

/// What the program said, on one line and without anything that steers a terminal.
fn first_line(said: &Path) -> String {
    let mut bytes = Vec::new();
    let read = fs::File::open(said).and_then(|file| file.take(4096).read_to_end(&mut bytes));
    let text = read.map(|_| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    // Where the file lay is nobody's business.
    let line = line.rsplit_once("/file:").map_or(line, |(_, found)| found.trim());
    line.chars().filter(|letter| !letter.is_control()).take(ANSWER_CHARS_MAX).collect()
}

/// Asks the office's hook about a file that somebody hands in; clean where the office has none.
pub(crate) async fn ask(installation: &Installation, bytes: &[u8]) -> Result<Verdict, Error> {
    let hook = match Hook::of(installation) {
        Ok(None) => return Ok(Verdict::Clean),
        Ok(Some(hook)) => hook,
        Err(why) => return Ok(Verdict::Broken(why)),
    };
    let (folder, bytes) = (installation.upload_dir()?, bytes.to_vec());
    let asked = tokio::task::spawn_blocking(move || {
        let verdict = hook.check(folder.path(), &bytes);
        // What could not be cleared away now is cleared at the next start.
        let _ = fs::remove_dir_all(folder.path());
        verdict
    });
    Ok(asked.await.unwrap_or_else(|cause| Verdict::Broken(cause.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A hook that is this script.
    fn hook(folder: &Path, script: &str, seconds: u64) -> Hook {
        let program = folder.join("hook.sh");
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        Hook { program, arguments: vec!["--quiet".into()], seconds }
    }

    fn says(script: &str, bytes: &[u8]) -> Verdict {
        let (home, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        hook(home.path(), script, 2).check(folder.path(), bytes)
    }

    #[test]
    fn only_an_answer_is_an_answer() {
        let infected = r#"if grep -q EICAR "$2"; then echo "$2: Eicar-Test-Signature FOUND"; exit 1; fi; exit 0"#;
        assert_eq!(says(infected, b"%PDF-1.7 all is well"), Verdict::Clean);
        assert_eq!(says(infected, b"%PDF-1.7 EICAR"), Verdict::Refused("Eicar-Test-Signature FOUND".into()));
        for broken in ["exit 2", "exit 127", "kill -SEGV $$", "kill -KILL $$", "exec /no/such/program"] {
            assert!(matches!(says(broken, b"%PDF-"), Verdict::Broken(_)), "{broken}");
        }
        let (home, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let gone = Hook { program: home.path().join("none"), arguments: Vec::new(), seconds: 1 };
        assert!(matches!(gone.check(folder.path(), b"x"), Verdict::Broken(_)) && gone.fault().is_some());
    }

    #[test]
    fn one_that_hangs_is_ended_with_all_that_it_began() {
        let (home, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let trace = home.path().join("trace");
        let script = format!("(sleep 3; echo late >{}) &\nsleep 600", trace.display());
        let verdict = hook(home.path(), &script, 1).check(folder.path(), b"x");
        assert!(matches!(&verdict, Verdict::Broken(why) if why.contains("1 秒没有答复")), "{verdict:?}");
        std::thread::sleep(Duration::from_millis(3_500));
        assert!(!trace.exists(), "what it began goes on");
    }

    #[test]
    fn it_sees_the_file_read_only_and_nothing_of_our_environment() {
        let script = r#"[ "$1" = --quiet ] || exit 9
            [ "$(cat "$2")" = here ] || exit 8
            [ "$(stat -c %a "$2")" = 400 ] || exit 7
            [ "$(env | cut -d= -f1 | grep -v '^_$' | sort | tr '\n' ' ')" = "LANG PATH PWD " ] || exit 6
            read -r nothing && exit 5
            exit 0"#;
        assert_eq!(says(script, b"here"), Verdict::Clean);
    }

    #[test]
    fn a_setting_that_cannot_be_meant_is_refused() {
        assert!(Hook::read("program = \"/usr/bin/clamdscan\"\narguments = [\"--no-summary\"]").is_ok());
        for (text, word) in [
            ("program = \"clamscan\"", "完整路径"),
            ("program = \"/bin/true\"\nseconds = 0", "1 到"),
            ("program = \"/bin/true\"\nsecond = 3", "second"),
            ("", "program"),
        ] {
            let why = Hook::read(text).unwrap_err();
            assert!(why.contains(word), "{text}: {why}");
        }
    }
}
