//! How a process dies: halted at a named point, in the middle of a call, or at
//! any time; always by SIGKILL from outside.

use crate::world::{Clean, until};
use serde_json::{Value, json};
use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::process::Child;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use support::Desk;
use support::Random;

/// SIGKILL has this number wherever there are signals.
const SIGKILL: i32 = 9;
/// A call that is killed while the service is still at it takes effect that much later.
const LATE_MS: u64 = 700;

/// When the kill comes.
#[derive(Clone, Debug)]
pub(crate) enum When {
    /// At a named point, `name` or `name:n`, with these things going wrong before.
    Halt(String, Vec<Value>),
    /// While a call is under way.
    Call {
        /// Of the calls that change something, or of all.
        write_only: bool,
        /// Which of them.
        nth: u64,
        /// How far it is.
        at: At,
        /// How long other calls go on meanwhile.
        after: Duration,
    },
    /// So long after the start.
    Time(Duration),
}

/// How far a call is when the kill comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    /// The service has it, and will not do it.
    Received,
    /// The service has looked at it, and will not do it.
    Admitted,
    /// Done, and not answered.
    Done,
    /// Part of the answer has come.
    Answering,
    /// Still to be done, and it will be, after the kill.
    Late,
    /// It goes through; the kill comes at some moment of it or soon after.
    Passing,
}

/// Where a kill fell, seen from the service.
pub(crate) struct Fell {
    /// Calls that had arrived.
    pub(crate) calls: u64,
    /// Writes that had arrived, and those of them that were answered.
    pub(crate) writes: (u64, u64),
    /// The last call that was through.
    pub(crate) last: String,
    /// When anything that was under way has taken effect.
    pub(crate) settled_by: Instant,
}

impl When {
    /// Anywhere in a run; most often in the middle of a write.
    pub(crate) fn draw(random: &mut Random, clean: &Clean) -> Self {
        match random.below(100) {
            0..15 => Self::Time(
                clean
                    .took
                    .mul_f64(0.3 + random.below(1_200) as f64 / 1_000.0),
            ),
            15..30 => Self::call(random, false, clean.calls),
            _ => Self::call(random, true, clean.writes),
        }
    }

    /// Anywhere in what follows a kill.
    pub(crate) fn draw_second(random: &mut Random) -> Self {
        if random.percent(40) {
            Self::Time(Duration::from_millis(random.below(1_500)))
        } else {
            let write_only = random.percent(60);
            Self::call(random, write_only, 6)
        }
    }

    fn call(random: &mut Random, write_only: bool, most: u64) -> Self {
        let all = [
            At::Received,
            At::Admitted,
            At::Done,
            At::Done,
            At::Answering,
            At::Late,
            At::Passing,
        ];
        Self::Call {
            write_only,
            nth: random.to(most),
            at: random.pick(&all),
            after: Duration::from_millis(random.below(40)),
        }
    }

    /// Starts a command and kills it then. Nothing when it ended by itself before.
    pub(crate) fn strike(&self, desk: &Desk, arguments: &[&str]) -> Option<Fell> {
        let mut faults = self.faults();
        let watched = faults.len();
        faults.extend([
            json!({ "on": {} }),
            json!({ "on": { "write_only": true }, "at": "after_commit" }),
        ]);
        desk.remote.mend();
        desk.remote.private("DELETE", "log", Value::Null);
        desk.remote.faults(Value::from(faults));
        let seen = |at: usize, what: &str| {
            let all = desk.remote.private("GET", "faults", Value::Null);
            all["faults"][at][what].as_u64().unwrap()
        };

        let mut command = desk.command(arguments);
        if let Self::Halt(wish, _) = self {
            command.env("USHER_HALT_AT", wish);
        }
        let mut child = desk.start_given(command, "");
        let (halted, said) = listen(&mut child);
        let started = Instant::now();
        let mut ended = || child.try_wait().unwrap().is_some();
        until("the kill is due", || {
            let due = match self {
                Self::Halt(..) => halted.load(Ordering::SeqCst),
                Self::Call { .. } => seen(0, "struck") > 0,
                Self::Time(at) => started.elapsed() >= *at,
            };
            due || ended()
        });
        if let Self::Call { after, .. } = self {
            std::thread::sleep(*after);
        }
        child.kill().unwrap();
        let ended = child.wait().unwrap();
        let killed = ended.signal() == Some(SIGKILL);
        if !killed {
            let said = said.join().unwrap();
            assert!(ended.success(), "{arguments:?}: {ended}: {said}");
        }
        let settled_by = Instant::now() + Duration::from_millis(LATE_MS + 200);
        let log = desk.remote.log();
        let is_answered = |one: &&Value| one["status"] == 200 && one["code"] != "dropped";
        // The second watch strikes writes alone, at a point of its own.
        let is_write = |one: &&Value| {
            let fault = one["fault"].as_str().unwrap_or_default();
            fault.contains("AfterCommit:nothing")
        };
        let answered = log.iter().filter(is_write).filter(is_answered).count();
        let fell = Fell {
            calls: seen(watched, "seen"),
            writes: (seen(watched + 1, "seen"), answered as u64),
            last: log.last().map_or_else(|| "none".into(), told),
            settled_by,
        };
        desk.remote.mend();
        killed.then_some(fell)
    }

    fn faults(&self) -> Vec<Value> {
        let Self::Call {
            write_only,
            nth,
            at,
            ..
        } = self
        else {
            return match self {
                Self::Halt(_, faults) => faults.clone(),
                _ => Vec::new(),
            };
        };
        let (at, act) = match at {
            At::Received => ("before_receipt", json!({ "hang": true })),
            At::Admitted => ("after_receipt", json!({ "hang": true })),
            At::Done => ("after_commit", json!({ "hang": true })),
            At::Answering => ("mid_reply", json!({ "drop": true })),
            At::Late => ("after_receipt", json!({ "delay_ms": LATE_MS })),
            At::Passing => ("before_receipt", json!({})),
        };
        vec![json!({ "on": { "write_only": write_only, "nth": nth }, "at": at, "do": act })]
    }
}

/// Hears whether the process halts, and everything it says.
fn listen(child: &mut Child) -> (Arc<AtomicBool>, JoinHandle<String>) {
    let halted = Arc::new(AtomicBool::new(false));
    let (heard, from) = (halted.clone(), child.stderr.take().unwrap());
    let said = std::thread::spawn(move || {
        let mut said = String::new();
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            if line.starts_with("halted at ") {
                heard.store(true, Ordering::SeqCst);
            }
            said += &line;
        }
        said
    });
    let mut document = child.stdout.take().unwrap();
    std::thread::spawn(move || document.read_to_end(&mut Vec::new()));
    (halted, said)
}

fn told(call: &Value) -> String {
    let text = |name: &str| call[name].as_str().unwrap_or_default();
    let path = text("path").trim_start_matches("/rest");
    match text("code") {
        "" => format!("{} {path}", text("method")),
        code => format!("{} {path} ({code})", text("method")),
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Halt(wish, faults) if faults.is_empty() => write!(f, "at {wish}"),
            Self::Halt(wish, _) => write!(f, "at {wish}, after a failure"),
            Self::Call {
                write_only,
                nth,
                at,
                after,
            } => {
                let kind = if *write_only { "write" } else { "call" };
                write!(f, "{kind} {nth} {at:?} +{} ms", after.as_millis())
            }
            Self::Time(at) => write!(f, "after {} ms", at.as_millis()),
        }
    }
}

impl fmt::Display for Fell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (arrived, answered) = self.writes;
        write!(
            f,
            "{} calls, {arrived} writes, {answered} answered, last {}",
            self.calls, self.last
        )
    }
}
