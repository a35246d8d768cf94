//! A person's machine: a home folder, a message bus, an unlocked keychain and a screen,
//! all gone when the test ends. Nothing of the real user's is seen.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// What processes on this machine see.
pub struct Machine {
    home: TempDir,
    environment: Vec<(String, String)>,
    running: Vec<Child>,
}

/// How long the program may take to end.
const END: Duration = Duration::from_secs(60);

/// A session's bus that starts no services of the real desktop, in this folder.
const BUS: &str = r#"<busconfig>
  <type>session</type>
  <listen>unix:dir={}</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// How the desktop wants windows to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Dark letters on light ground.
    Light,
    /// Light letters on dark ground.
    Dark,
}

impl Default for Machine {
    fn default() -> Self {
        Self::with(Scheme::Light)
    }
}

impl Machine {
    /// With a desktop of these colours.
    pub fn with(scheme: Scheme) -> Self {
        let mut machine = Self::without_keychain(scheme);
        machine.unlock_keychain();
        machine
    }

    /// The same, where nothing keeps secrets.
    pub fn without_keychain(scheme: Scheme) -> Self {
        let home = TempDir::new().unwrap();
        let runtime = home.path().join("run");
        std::fs::create_dir(&runtime).unwrap();
        private(&runtime);
        let theme = match scheme {
            Scheme::Light => "Adwaita",
            Scheme::Dark => "Adwaita:dark",
        };
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        let mut machine = Self {
            environment: vec![
                ("HOME".into(), text(home.path())),
                ("XDG_DATA_HOME".into(), text(&home.path().join("data"))),
                ("XDG_CONFIG_HOME".into(), text(&home.path().join("config"))),
                ("XDG_CACHE_HOME".into(), text(&home.path().join("cache"))),
                ("XDG_RUNTIME_DIR".into(), text(&runtime)),
                ("GTK_THEME".into(), theme.into()),
                ("LANG".into(), "C.UTF-8".into()),
                ("TZ".into(), "UTC".into()),
                ("NO_AT_BRIDGE".into(), "1".into()),
            ],
            home,
            running: Vec::new(),
        };
        machine.start_bus();
        machine.start_screen();
        machine
    }

    /// The home folder.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// The window's data folder.
    pub fn data_dir(&self) -> PathBuf {
        self.home().join("usher-data")
    }

    /// Writes a file in the home folder.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.home().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// A program in this machine.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// A variable of its environment.
    pub(crate) fn variable(&self, name: &str) -> &str {
        let mut all = self.environment.iter();
        let found = all.find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).unwrap()
    }

    /// Starts a program that ends with the machine; its standard output is read here.
    pub(crate) fn start(&mut self, mut command: Command) -> &mut Child {
        let child = command.stderr(Stdio::null()).spawn();
        let child = child.unwrap_or_else(|error| panic!("{command:?}: {error}"));
        self.running.push(child);
        self.running.last_mut().unwrap()
    }

    /// What `usher --json` says about the window's data folder, with lines on its input.
    pub fn usher_given(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = self.command(support::binary());
        let mut child = command
            .args(["--json", "--data-dir"])
            .arg(self.data_dir())
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
        child.wait_with_output().unwrap()
    }

    /// Starts `usher --json` on the window's data folder, and does not wait for it.
    pub fn start_usher(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(support::binary());
        command
            .args(["--json", "--keychain", "os", "--data-dir"])
            .arg(self.data_dir())
            .args(arguments);
        command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// Waits until some process is the owner of the window's data folder.
    pub fn until_owned(&self) {
        let notice = self.data_dir().join("owner.json");
        while !notice.exists() {
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Asks the window's program to end, as a session that is closed does, and waits for it.
    pub fn ask_to_end(&self) {
        let folder = self.data_dir();
        let id = program_of(folder.to_str().unwrap()).expect("the program runs");
        drop(Command::new("kill").arg(id.to_string()).status());
        self.until_ended();
    }

    /// Waits until the window's program has ended.
    #[track_caller]
    pub fn until_ended(&self) {
        let folder = self.data_dir();
        let end = Instant::now() + END;
        while program_of(folder.to_str().unwrap()).is_some() {
            assert!(Instant::now() < end, "the program goes on");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The document that `usher --json` prints.
    #[track_caller]
    pub fn usher(&self, arguments: &[&str]) -> Value {
        let ran = self.usher_given(arguments, "");
        let words = String::from_utf8_lossy(&ran.stderr).into_owned();
        serde_json::from_slice(&ran.stdout)
            .unwrap_or_else(|error| panic!("{arguments:?}: {error}: {words}"))
    }

    /// The lines that `usher --json` prints.
    pub fn usher_lines(&self, arguments: &[&str]) -> Vec<Value> {
        let ran = self.usher_given(arguments, "");
        let text = String::from_utf8(ran.stdout).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// Starts the window's program once more on the same folder, as a double click on a
    /// file does, and waits for its end.
    pub fn open_again(&self, arguments: &[&str]) -> Output {
        self.app(arguments).output().unwrap()
    }

    /// The window's program on this machine's data folder, not yet started.
    pub fn app(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(app());
        command
            .arg("--data-dir")
            .arg(self.data_dir())
            .args(arguments);
        command
    }

    fn start_bus(&mut self) {
        let folder = self.home().join("run");
        let config = self.file("bus.conf", BUS.replace("{}", folder.to_str().unwrap()));
        let mut command = self.command("dbus-daemon");
        command
            .arg("--config-file")
            .arg(config)
            .args(["--nofork", "--nopidfile", "--print-address"])
            .stdout(Stdio::piped());
        let address = first_line(self.start(command));
        self.environment
            .push(("DBUS_SESSION_BUS_ADDRESS".into(), address));
    }

    /// The keychain goes on by itself, and ends with the bus. Its starter ends before it
    /// can be asked.
    fn unlock_keychain(&mut self) {
        let mut command = self.command("gnome-keyring-daemon");
        command
            .args(["--unlock", "--components=secrets"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut daemon = command.spawn().expect("gnome-keyring-daemon");
        drop(daemon.stdin.take().unwrap().write_all(b"a test's password"));
        assert!(
            daemon.wait().unwrap().success(),
            "the keychain does not start"
        );
        while !self.is_on_the_bus("org.freedesktop.secrets") {
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Whether some program answers to this name.
    fn is_on_the_bus(&self, name: &str) -> bool {
        let mut asks = self.command("dbus-send");
        asks.args([
            "--session",
            "--print-reply=literal",
            "--dest=org.freedesktop.DBus",
        ])
        .args(["/org/freedesktop/DBus", "org.freedesktop.DBus.NameHasOwner"])
        .arg(format!("string:{name}"));
        let said = asks.output().expect("dbus-send").stdout;
        String::from_utf8_lossy(&said).contains("true")
    }

    fn start_screen(&mut self) {
        let mut command = self.command("Xvfb");
        command
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1440x900x24",
                "-nolisten",
                "tcp",
            ])
            .stdout(Stdio::piped());
        let number = first_line(self.start(command));
        self.environment
            .push(("DISPLAY".into(), format!(":{number}")));
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        for child in self.running.iter_mut().rev() {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

/// The built window, as the build leaves it beside the tests; another one by `USHER_APP`.
pub(crate) fn app() -> PathBuf {
    if let Some(app) = std::env::var_os("USHER_APP") {
        return app.into();
    }
    let found =
        support::binary().with_file_name(format!("usher-app{}", std::env::consts::EXE_SUFFIX));
    assert!(found.exists(), "build it first: cargo build -p usher-app");
    found
}

/// The process of the window that works in this folder.
pub fn program_of(folder: &str) -> Option<u32> {
    let all = std::fs::read_dir("/proc").ok()?.flatten();
    let mut found = all.filter_map(|entry| {
        let words = std::fs::read(entry.path().join("cmdline")).ok()?;
        let words = String::from_utf8_lossy(&words).into_owned();
        let is_it = words.contains("usher-app") && words.contains(folder);
        is_it.then(|| entry.file_name().to_str()?.parse().ok())?
    });
    found.next()
}

/// A port that nobody listens at.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// The first line a program prints; the rest is read away, so that it never blocks.
fn first_line(child: &mut Child) -> String {
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    std::thread::spawn(move || drop(output.read_to_end(&mut Vec::new())));
    assert!(
        !line.is_empty(),
        "a program of the machine ended at its start"
    );
    line.trim().to_owned()
}

#[cfg(unix)]
fn private(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).unwrap();
}

#[cfg(not(unix))]
fn private(_: &Path) {}
