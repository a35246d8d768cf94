//! A command that has ended.

use serde_json::Value;
use std::process::Output;

/// What it printed, and how it ended.
#[derive(Debug)]
pub struct Ran {
    /// Its exit code; -1 for one that a signal ended.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ran {
    /// The same, held to have ended with this code.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "exit code; standard output: {}\nstandard error: {}",
            self.stdout, self.stderr
        );
        self
    }

    /// The same, held to have ended well.
    #[track_caller]
    pub fn ok(self) -> Self {
        self.exits(0)
    }

    /// The document on standard output.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| {
            panic!(
                "{error} in {:?}; standard error: {}",
                self.stdout, self.stderr
            )
        })
    }

    /// The lines of JSON on standard output.
    #[track_caller]
    pub fn lines(&self) -> Vec<Value> {
        self.stdout
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// The code of the error on standard error.
    #[track_caller]
    pub fn error(&self) -> String {
        let error: Value = self
            .stderr
            .lines()
            .rev()
            .find_map(|line| serde_json::from_str(line).ok())
            .unwrap_or_else(|| panic!("no error in {:?}", self.stderr));
        for part in ["message", "hint"] {
            assert!(
                !error["error"][part].as_str().unwrap().is_empty(),
                "an error has a {part}: {error}"
            );
        }
        error["error"]["code"].as_str().unwrap().to_owned()
    }
}
