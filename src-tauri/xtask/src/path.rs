//! Which programs this machine has.

use std::env;

/// What Python 3 is called here.
pub(crate) const PYTHON: &str = if cfg!(windows) { "python" } else { "python3" };

/// Whether a program of that name would be found. It is looked for, not run: some ask
/// questions or open windows, whatever their arguments.
pub(crate) fn has(program: &str) -> bool {
    // What npm installs on Windows are scripts.
    let endings: &[&str] = if cfg!(windows) {
        &[".exe", ".cmd", ".bat"]
    } else {
        &[""]
    };
    env::var_os("PATH").is_some_and(|path| {
        env::split_paths(&path).any(|folder| {
            endings
                .iter()
                .any(|ending| folder.join(format!("{program}{ending}")).is_file())
        })
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn finds_what_is_there() {
        assert!(super::has("cargo"));
        assert!(!super::has("no-such-program-anywhere"));
    }
}
