//! The types that cross to the page, as TypeScript: what is kept in
//! `ui/src/backend/types.ts` is what the commands really speak. After a change,
//! `UPDATE=1 cargo test -p usher-app --test types` writes the file anew.

#![allow(clippy::unwrap_used)]

use std::any::TypeId;
use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::{env, fs};
use ts_rs::{Config, TS, TypeVisitor};
use usher_app::wire;

const FILE: &str = "../ui/src/backend/types.ts";
const HEAD: &str = "\
// Made from the Rust types that the commands speak; do not edit.
// `UPDATE=1 cargo test -p usher-app --test types` makes it anew.

";

/// Declarations by name, of what was visited and of what that is made of.
struct Declared<'a> {
    config: &'a Config,
    all: BTreeMap<String, String>,
    seen: HashSet<TypeId>,
}

impl TypeVisitor for Declared<'_> {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        if T::output_path().is_some() {
            let name = T::ident(self.config);
            let docs = T::docs().unwrap_or_default();
            let text = format!("{docs}export {}\n", T::decl(self.config));
            self.all.insert(name, text);
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

#[test]
fn types_of_the_page_are_those_of_the_commands() {
    let config = Config::new().with_large_int("number");
    let mut declared = Declared {
        config: &config,
        all: BTreeMap::new(),
        seen: HashSet::new(),
    };
    wire::visit(&mut declared);
    let all: Vec<String> = declared.all.into_values().collect();
    let made = format!("{HEAD}{}", all.join("\n"));
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    if env::var_os("UPDATE").is_some() {
        fs::write(&file, &made).unwrap();
    }
    let kept = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        kept == made,
        "ui/src/backend/types.ts is not what the commands speak; UPDATE=1 writes it anew"
    );
}
