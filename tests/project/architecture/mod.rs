//! The arrows of docs/architecture.md: which crates, modules and files may use which.

mod circles;
mod imports;
mod sources;

use std::{collections::BTreeSet, fs};

use local::template::workspace_root;

use circles::find_circle;
use sources::{SourceFile, all_crates, crate_at};

/// The modules of `shared`. Each level may use its own and the ones below it.
const LEVELS: [&[&str]; 9] = [
    &["native"],
    &["http"],
    &["session"],
    &["context"],
    &["app"],
    &["store"],
    &["token"],
    &[
        "account",
        "limit",
        "audit",
        "settings",
        "cursor",
        "pseudonym",
    ],
    &[
        "caseless_form",
        "clock",
        "entropy",
        "error",
        "error_code",
        "hex",
        "patch",
        "secret",
        "strict_json",
        "token_fault",
        "weakness",
    ],
];

/// Modules of HTTP, which no act may use.
const HTTP: [&[&str]; 4] = [
    &["shared", "http"],
    &["shared", "native"],
    &["http"],
    &["lambda_http"],
];

#[test]
fn no_files_depend_on_each_other_in_a_circle() {
    let mut edges = 0;
    for files in all_crates() {
        let graph = imports::graph(&files);
        edges += graph.values().map(BTreeSet::len).sum::<usize>();
        assert_eq!(find_circle(&graph), None);
    }
    assert!(edges > 500, "only {edges} imports were found");
}

#[test]
fn the_modules_of_shared_use_only_those_below_them() {
    let files = crate_at("shared/src/lib.rs");
    let level = |file: &str| {
        let module = sources::top_module(file);
        let level = LEVELS.iter().position(|level| level.contains(&module));
        level.unwrap_or_else(|| panic!("{module} has no level: add it to the table"))
    };
    let root = "shared/src/lib.rs";
    for (file, used) in imports::graph(&files) {
        for used in used.iter().filter(|used| **used != root && file != root) {
            assert!(
                level(&file) <= level(used),
                "{file} uses {used}, which is above it"
            );
        }
    }
}

#[test]
fn the_modules_of_one_level_do_not_use_each_other_in_a_circle() {
    let files = crate_at("shared/src/lib.rs");
    let mut modules = imports::Graph::new();
    for (file, used) in imports::graph(&files) {
        let module = sources::top_module(&file).to_owned();
        let used = used.iter().map(|used| sources::top_module(used).to_owned());
        let used = used.filter(|used| *used != module);
        modules.entry(module.clone()).or_default().extend(used);
    }
    modules.remove("lib");
    assert_eq!(find_circle(&modules), None);
}

#[test]
fn acts_know_nothing_of_http() {
    let mut acts = 0;
    for files in all_crates() {
        for file in files.iter().filter(|file| is_act(file)) {
            acts += 1;
            for path in imports::paths(file) {
                let is_http = HTTP.iter().any(|module| {
                    path.len() >= module.len() && path.iter().zip(*module).all(|(a, b)| a == b)
                });
                assert!(!is_http, "{} uses {}", file.path, path.join("::"));
            }
        }
    }
    assert!(acts > 20, "only {acts} files of acts were found");
}

fn is_act(file: &SourceFile) -> bool {
    let inside = file
        .path
        .strip_prefix("functions/")
        .and_then(|rest| rest.split_once("/src/"));
    inside.is_some_and(|(_, file)| {
        !["lib.rs", "main.rs"].contains(&file) && !file.starts_with("native")
    })
}

#[test]
fn crates_depend_only_on_those_below_them() {
    let functions = fs::read_dir(workspace_root().join("functions")).unwrap();
    let functions: Vec<String> = functions
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    for function in &functions {
        let manifest = format!("functions/{function}/Cargo.toml");
        assert_eq!(
            workspace_dependencies(&manifest, &functions),
            ["shared"],
            "{manifest}"
        );
    }
    assert!(workspace_dependencies("shared/Cargo.toml", &functions).is_empty());
}

/// The workspace's own crates among a crate's dependencies.
fn workspace_dependencies(manifest: &str, functions: &[String]) -> Vec<String> {
    let text = fs::read_to_string(workspace_root().join(manifest)).unwrap();
    let own = [
        "shared",
        "local",
        "bench",
        "floors",
        "operator",
        "product-tests",
    ];
    text.lines()
        .filter_map(|line| line.split_once(".workspace").or(line.split_once(" = {")))
        .map(|(name, _)| name.trim().to_owned())
        .filter(|name| own.contains(&name.as_str()) || functions.contains(name))
        .collect()
}
