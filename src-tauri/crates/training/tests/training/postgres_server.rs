//! A PostgreSQL server of the tests' own: Debian's, in a temporary folder, reached by its socket.
//!
//! It ends with the test that started it, also when that test is killed: a shell waits for the
//! test's end of a pipe to close, then stops the server and removes the folder.

use super::kept::address;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Where PostgreSQL's programs are on Debian, one folder for each version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// A running server.
pub(crate) struct PostgresServer {
    folder: PathBuf,
    programs: PathBuf,
    account: Option<Account>,
    watch: Child,
}

/// The account under which the server runs where the tests run as root, which it refuses.
struct Account {
    name: &'static str,
    user: u32,
    group: u32,
}

impl PostgresServer {
    /// Starts a server. Each setting is as in `fsync=off`.
    pub(crate) fn start(settings: &[&str]) -> Self {
        let programs = programs();
        let account = Account::needed();
        let folder = tempfile::Builder::new()
            .prefix("cpis-postgres-")
            .tempdir_in("/tmp")
            .unwrap()
            .keep();
        if let Some(account) = &account {
            std::os::unix::fs::chown(&folder, Some(account.user), Some(account.group)).unwrap();
        }
        let mut server = Self {
            watch: watch(&folder, &programs, account.as_ref()),
            folder,
            programs,
            account,
        };
        // Sorted as people sort, so that a query that relies on bytes must say so.
        server.run(
            "initdb",
            &[
                "--auth=trust",
                "--username=training",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--locale-provider=icu",
                "--icu-locale=en-GB",
                "--no-sync",
            ],
        );
        let mut configuration = std::fs::read_to_string(server.configuration()).unwrap();
        let socket = server.folder.display().to_string();
        for setting in ["listen_addresses=''", "max_connections=200"]
            .iter()
            .chain(settings)
        {
            configuration += &format!("\n{setting}");
        }
        configuration += &format!("\nunix_socket_directories='{socket}'\n");
        std::fs::write(server.configuration(), configuration).unwrap();
        server.start_again();
        server
    }

    /// The address of a database, by the server's socket.
    pub(crate) fn address(&self, database: &str) -> String {
        address(&self.addresses(), database)
    }

    /// As in `ADDRESSES`.
    pub(crate) fn addresses(&self) -> String {
        format!(
            "postgres:///DATABASE?host={}&user=training",
            self.folder.display()
        )
    }

    /// The folder of the server's files.
    pub(crate) fn files(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Stops it as a power cut of its programs would: no client is told, nothing is written out.
    pub(crate) fn stop_at_once(&self) {
        self.run("pg_ctl", &["-m", "immediate", "-w", "stop"]);
    }

    /// Starts it again, and waits until it answers.
    pub(crate) fn start_again(&mut self) {
        let log = self.folder.join("log").display().to_string();
        self.run("pg_ctl", &["-l", &log, "-w", "-t", "120", "start"]);
    }

    fn configuration(&self) -> PathBuf {
        self.files().join("postgresql.conf")
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        // Not by a pipe: the server would hold it open for as long as it runs.
        let out = self.folder.join(format!("{program}.out"));
        let file = File::create(&out).unwrap();
        let status = command(self.account.as_ref(), &self.programs.join(program))
            .arg("-D")
            .arg(self.files())
            .args(arguments)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(file.try_clone().unwrap())
            .stderr(file)
            .status()
            .unwrap();
        let told = std::fs::read_to_string(&out).unwrap_or_default();
        let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        assert!(status.success(), "{program}: {told}\n{log}");
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        // The shell goes on by itself: removing the files can take longer than the test.
        drop(self.watch.stdin.take());
    }
}

impl Account {
    fn needed() -> Option<Self> {
        (id(&["-u"]) == Some(0)).then(|| {
            let named = |name| Some((name, id(&["-u", name])?, id(&["-g", name])?));
            let (name, user, group) = named("postgres")
                .or_else(|| named("nobody"))
                .expect("as root, PostgreSQL needs the account that its Debian package makes");
            Self { name, user, group }
        })
    }
}

fn id(arguments: &[&str]) -> Option<u32> {
    let output = Command::new("id").args(arguments).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

fn command(account: Option<&Account>, program: &Path) -> Command {
    match account {
        Some(account) => {
            let mut command = Command::new("runuser");
            command.args(["-u", account.name, "--"]).arg(program);
            command
        }
        None => Command::new(program),
    }
}

fn watch(folder: &Path, programs: &Path, account: Option<&Account>) -> Child {
    use std::os::unix::process::CommandExt;
    let what = "read -r _; \"$1/pg_ctl\" -D \"$2/data\" -m immediate -w stop; rm -rf \"$2\"";
    command(account, Path::new("sh"))
        .args(["-c", what, "watch"])
        .args([programs, folder])
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .unwrap()
}

/// The folder of the newest version's programs.
fn programs() -> PathBuf {
    let version = |folder: &Path| -> Option<u32> { folder.file_name()?.to_str()?.parse().ok() };
    let debian = std::fs::read_dir(DEBIAN)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|folder| folder.join("bin/initdb").is_file())
        .max_by_key(|folder| version(folder))
        .map(|folder| folder.join("bin"));
    let on_path = std::env::var_os("PATH")
        .into_iter()
        .flat_map(|path| std::env::split_paths(&path).collect::<Vec<_>>())
        .find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file());
    debian.or(on_path).expect(
        "PostgreSQL's server is missing: apt-get install postgresql, or run cargo xtask test, \
         which does",
    )
}
