//! Rust sources, with what is code, what is text and what is remark kept apart.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// One file.
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    /// Without remarks and without what stands between quotes.
    pub(crate) code: String,
    /// What stands between quotes.
    pub(crate) texts: Vec<String>,
}

/// `src-tauri`, where the rooms are.
pub(crate) fn rooms() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../src-tauri")
}

/// The window's room, which stands where Tauri looks for it: around the others.
pub(crate) const WINDOW: &str = "app";

/// The folder of a room.
pub(crate) fn room(name: &str) -> PathBuf {
    match name {
        WINDOW => rooms(),
        name => rooms().join(name),
    }
}

/// Every source below a folder.
pub(crate) fn below(folder: &Path) -> Vec<Source> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}")) {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(below(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let (code, texts) = split(&text);
            all.push(Source { path, code, texts });
        }
    }
    all
}

impl Source {
    /// Whether a name stands in the code.
    pub(crate) fn names(&self, name: &str) -> bool {
        let apart = |c: char| !c.is_alphanumeric() && c != '_';
        self.code.split(apart).any(|word| word == name)
    }
}

fn split(text: &str) -> (String, Vec<String>) {
    let (mut code, mut texts, mut rest) = (String::new(), Vec::new(), text);
    while let Some(first) = rest.chars().next() {
        let taken = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |at| at + 2)
        } else if let Some(quoted) = raw(rest, &code).or_else(|| plain(rest)) {
            texts.push(quoted.to_owned());
            code.push_str(" \"\" ");
            quoted.len()
        } else {
            let taken = character(rest).unwrap_or(first.len_utf8());
            code.push_str(&rest[..taken]);
            taken
        };
        rest = &rest[taken..];
    }
    (code, texts)
}

/// `r#"…"#` with any number of signs, unless the `r` ends a name.
fn raw<'a>(rest: &'a str, before: &str) -> Option<&'a str> {
    if before.ends_with(|c: char| c.is_alphanumeric() && c != 'b' || c == '_') {
        return None;
    }
    let signs = rest
        .strip_prefix('r')?
        .bytes()
        .take_while(|byte| *byte == b'#')
        .count();
    let start = signs + 2;
    rest[signs + 1..].strip_prefix('"')?;
    let end = rest[start..].find(&format!("\"{}", "#".repeat(signs)))?;
    Some(&rest[..start + end + 1 + signs])
}

fn plain(rest: &str) -> Option<&str> {
    let inner = rest.strip_prefix('"')?;
    let mut escaped = false;
    let end = inner.find(|c| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    })?;
    Some(&rest[..end + 2])
}

/// A character such as `'"'`, as opposed to a lifetime.
fn character(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('\'')?;
    let mut chars = inner.char_indices();
    let (_, first) = chars.next()?;
    if first == '\\' {
        return inner[2..].find('\'').map(|at| at + 4);
    }
    let (at, second) = chars.next()?;
    (second == '\'').then_some(at + 2)
}

pub(crate) const TESTS: &[(&str, fn())] = &[("source::text_is_told_from_code", || {
    let text = r##"let a = '"'; /* b */ f::<'c>("d \" e", r#"g "h""#); // i"##;
    let (code, texts) = split(text);
    assert_eq!(code, "let a = '\"';  f::<'c>( \"\" ,  \"\" ); ");
    assert_eq!(texts, [r#""d \" e""#, r##"r#"g "h""#"##]);
})];
