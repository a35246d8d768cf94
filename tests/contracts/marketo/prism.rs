//! One Prism: a validating proxy for one description.

use serde_json::Value;
use std::{
    fs::{self, File},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;

const PROGRAM: &str = "contracts/node_modules/@stoplight/prism-cli/dist/index.js";
/// A slow machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(120);

/// Ends when dropped.
pub(super) struct Prism {
    pub(super) port: u16,
    child: Child,
    log: PathBuf,
    _folder: TempDir,
}

impl Prism {
    /// Answers with what `upstream` answers, and with its own findings in a header.
    pub(super) async fn start(description: &Value, upstream: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (file, log) = (
            folder.path().join("description.json"),
            folder.path().join("log"),
        );
        fs::write(&file, serde_json::to_vec(description).unwrap()).unwrap();
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join(PROGRAM);
        assert!(
            program.is_file(),
            "no {program:?}: run `npm ci` in tests/contracts"
        );
        let port = free_port();
        // To a file, since nobody would empty a pipe.
        let output = File::create(&log).unwrap();
        let child = Command::new("node")
            .arg(program)
            .arg("proxy")
            .arg(&file)
            .arg(upstream)
            .args(["--host", "127.0.0.1", "--port", &port.to_string()])
            .arg("--multiprocess=false")
            .stdin(Stdio::null())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .spawn()
            .unwrap_or_else(|error| panic!("node: {error}"));
        let mut prism = Self {
            port,
            child,
            log,
            _folder: folder,
        };
        prism.wait().await;
        prism
    }

    async fn wait(&mut self) {
        let started = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            let ended = self.child.try_wait().unwrap();
            if ended.is_some() || started.elapsed() > PATIENCE {
                let log = fs::read_to_string(&self.log).unwrap_or_default();
                panic!("Prism does not listen ({ended:?}):\n{log}");
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }
}

impl Drop for Prism {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// Findings as Prism words them, without the places in arrays: what is wrong with 300
/// records in the same way is one finding.
pub(super) fn violations(header: Option<&str>) -> Vec<String> {
    let Some(header) = header else {
        return Vec::new();
    };
    let Ok(all) = serde_json::from_str::<Vec<Value>>(header) else {
        // There were too many for a header.
        return vec![header.chars().take(300).collect()];
    };
    let worded = all.iter().map(|one| {
        let message = one["message"].as_str().unwrap_or_default();
        let place = one["location"].as_array().unwrap().iter();
        let place: Vec<&str> = place.filter_map(Value::as_str).collect();
        let text = format!("{}: {message}", place.join("."));
        let parts = text.split('.').filter(|part| part.parse::<u32>().is_err());
        parts.collect::<Vec<_>>().join(".")
    });
    worded.collect()
}
