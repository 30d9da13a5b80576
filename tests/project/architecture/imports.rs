//! Which files of a crate use which others of it. An imported name counts for the file that defines
//! it, wherever it is re-exported.

use std::collections::BTreeMap;

use syn::{
    Item, ItemUse, UseTree, Visibility,
    visit::{self, Visit},
};

use super::{
    macros::paths_in_macro,
    sources::{SourceFile, is_for_tests},
};

/// The files that each file uses, by their paths, each with the name it is used by.
pub type Graph = BTreeMap<String, BTreeMap<String, String>>;

/// More re-exports of one name are a circle.
const MAX_REEXPORTS: usize = 8;

pub fn graph(files: &[SourceFile]) -> Graph {
    let modules: BTreeMap<&[String], &SourceFile> = files
        .iter()
        .map(|file| (file.module.as_slice(), file))
        .collect();
    let mut graph = Graph::new();
    for file in files {
        let used = graph.entry(file.path.clone()).or_default();
        for path in paths(file) {
            let Some(target) = absolute(file, &path) else {
                continue;
            };
            let target = defining_file(&modules, &target, 0);
            if target.path != file.path {
                used.entry(target.path.clone())
                    .or_insert_with(|| path.join("::"));
            }
        }
    }
    graph
}

/// Every imported or qualified path outside of tests. Re-exports are not among them: who imports the
/// name depends on it, not the file between.
pub fn paths(file: &SourceFile) -> Vec<Vec<String>> {
    let mut collector = Collector::default();
    for item in &file.items {
        collector.visit_item(item);
    }
    collector.paths
}

#[derive(Default)]
struct Collector {
    paths: Vec<Vec<String>>,
}

impl<'ast> Visit<'ast> for Collector {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Mod(item) => &item.attrs,
            Item::Fn(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            _ => return visit::visit_item(self, item),
        };
        if !is_for_tests(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if matches!(item.vis, Visibility::Inherited) {
            let imported = names(&item.tree).into_iter().map(|(_, path)| path);
            self.paths.extend(imported);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.segments.len() > 1 {
            let segments = path.segments.iter();
            self.paths
                .push(segments.map(|segment| segment.ident.to_string()).collect());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.paths.extend(paths_in_macro(call));
        visit::visit_macro(self, call);
    }
}

/// Each imported name with its path.
fn names(tree: &UseTree) -> Vec<(String, Vec<String>)> {
    match tree {
        UseTree::Path(path) => names(&path.tree)
            .into_iter()
            .map(|(name, rest)| {
                let name = if name == "self" {
                    path.ident.to_string()
                } else {
                    name
                };
                (name, [vec![path.ident.to_string()], rest].concat())
            })
            .collect(),
        UseTree::Name(name) if name.ident == "self" => vec![("self".to_owned(), Vec::new())],
        UseTree::Name(name) => vec![(name.ident.to_string(), vec![name.ident.to_string()])],
        UseTree::Rename(rename) => {
            vec![(rename.rename.to_string(), vec![rename.ident.to_string()])]
        }
        UseTree::Glob(_) => vec![("*".to_owned(), Vec::new())],
        UseTree::Group(group) => group.items.iter().flat_map(names).collect(),
    }
}

/// The path from the crate's root. None for a path into another crate.
fn absolute(file: &SourceFile, path: &[String]) -> Option<Vec<String>> {
    let mut module = file.module.clone();
    let mut rest = path;
    match rest.first()?.as_str() {
        "crate" => {
            module.clear();
            rest = &rest[1..];
        }
        "self" => rest = &rest[1..],
        "super" => {
            while rest.first().is_some_and(|first| first == "super") {
                module.pop();
                rest = &rest[1..];
            }
        }
        child => {
            let declares = |item: &Item| matches!(item, Item::Mod(module) if module.ident == child);
            if !file.items.iter().any(declares) {
                // An imported module's name can start a path. A crate's name leads outside.
                let imported = reexported(file, child).filter(|imported| imported[0] != child)?;
                return Some([absolute(file, &imported)?, rest[1..].to_vec()].concat());
            }
        }
    }
    module.extend_from_slice(rest);
    Some(module)
}

/// The longest prefix that is a module is the file, unless that file re-exports the next name.
fn defining_file<'a>(
    modules: &BTreeMap<&[String], &'a SourceFile>,
    path: &[String],
    reexports: usize,
) -> &'a SourceFile {
    let length = (0..=path.len())
        .rev()
        .find(|length| modules.contains_key(&path[..*length]));
    let length = length.expect("the root of the crate is a module");
    let file = modules[&path[..length]];
    let target = path.get(length).and_then(|name| reexported(file, name));
    match target.and_then(|target| absolute(file, &target)) {
        Some(target) if reexports < MAX_REEXPORTS => {
            let path = [target, path[length + 1..].to_vec()].concat();
            defining_file(modules, &path, reexports + 1)
        }
        _ => file,
    }
}

/// The path of a name that the file imports: others can import it from there.
fn reexported(file: &SourceFile, name: &str) -> Option<Vec<String>> {
    let imports = file.items.iter().filter_map(|item| match item {
        Item::Use(item) => Some(names(&item.tree)),
        _ => None,
    });
    imports
        .flatten()
        .find(|(known, _)| known == name)
        .map(|(_, path)| path)
}

#[cfg(test)]
mod tests {
    use super::{super::circles::find_circle, *};

    fn file(path: &str, module: &[&str], text: &str) -> SourceFile {
        SourceFile {
            path: path.to_owned(),
            module: module.iter().map(|&part| part.to_owned()).collect(),
            items: syn::parse_file(text).unwrap().items,
        }
    }

    fn used(files: &[SourceFile], path: &str) -> Vec<String> {
        graph(files)[path].keys().cloned().collect()
    }

    #[test]
    fn a_reexported_name_counts_for_the_file_that_defines_it() {
        let files = [
            file("lib.rs", &[], "pub mod store; mod user;"),
            file(
                "store/mod.rs",
                &["store"],
                "mod table; pub use table::{Table as Store, self};",
            ),
            file("store/table.rs", &["store", "table"], "pub struct Table;"),
            file(
                "user.rs",
                &["user"],
                "use crate::{store::Store, other::X}; use std::fmt;",
            ),
        ];
        assert_eq!(used(&files, "user.rs"), ["lib.rs", "store/table.rs"]);
        assert!(used(&files, "store/mod.rs").is_empty());
    }

    #[test]
    fn qualified_paths_count_and_tests_do_not() {
        let files = [
            file("lib.rs", &[], "mod one; mod two; fn f() { one::f(); }"),
            file(
                "one.rs",
                &["one"],
                "fn f() -> super::two::T { crate::two::g() }",
            ),
            file(
                "two.rs",
                &["two"],
                "#[cfg(test)] mod tests { use crate::one::f; }",
            ),
        ];
        assert_eq!(used(&files, "lib.rs"), ["one.rs"]);
        assert_eq!(used(&files, "one.rs"), ["two.rs"]);
        assert!(used(&files, "two.rs").is_empty());
        assert_eq!(find_circle(&graph(&files)), None);
    }

    #[test]
    fn a_name_counts_for_its_file_when_only_its_module_is_imported() {
        let files = [
            file("lib.rs", &[], "mod store; mod user;"),
            file("store/mod.rs", &["store"], "mod table; pub use table::T;"),
            file("store/table.rs", &["store", "table"], "pub struct T;"),
            file(
                "user.rs",
                &["user"],
                "use crate::store; use http::{self}; fn f(_: http::Uri) -> store::T {}",
            ),
        ];
        assert_eq!(used(&files, "user.rs"), ["store/mod.rs", "store/table.rs"]);
    }

    #[test]
    fn paths_in_macros_count() {
        let files = [
            file("lib.rs", &[], "mod one; mod two;"),
            file(
                "one.rs",
                &["one"],
                r#"fn f() { json!({ "a": [crate::two::B], "b": b::<u8>(super::x) }) }"#,
            ),
            file("two.rs", &["two"], "pub const B: u8 = 1;"),
        ];
        assert_eq!(used(&files, "one.rs"), ["lib.rs", "two.rs"]);
    }

    #[test]
    fn a_circle_is_found_through_a_reexport() {
        let files = [
            file("lib.rs", &[], "mod one; mod two; pub use two::Two;"),
            file("one.rs", &["one"], "use crate::Two; pub struct One(Two);"),
            file(
                "two.rs",
                &["two"],
                "pub struct Two; fn f(_: super::one::One) {}",
            ),
        ];
        let circle = find_circle(&graph(&files)).unwrap();
        assert_eq!(
            circle,
            [
                "one.rs uses two.rs (crate::Two)",
                "two.rs uses one.rs (super::one::One)"
            ]
        );
    }
}
