//! The arrows of docs/architecture.md: which crates, modules and files may use which.

mod circles;
mod imports;
mod macros;
mod sources;

use std::{collections::BTreeMap, fs};

use local::template::workspace_root;

use circles::find_circle;
use sources::{all_crates, crate_at};

/// The modules of `shared` and the files of functions that know how a client is answered.
const DIALECTS: &[&str] = &["native"];

/// The modules of `shared`. Each level may use its own and the ones below it.
const LEVELS: [&[&str]; 11] = [
    DIALECTS,
    &["http"],
    &["runtime"],
    &["session"],
    &["context"],
    &["app"],
    &["store"],
    &["token"],
    &["mail"],
    &["account", "limit", "audit", "settings", "seal", "pseudonym"],
    &[
        "aws",
        "caseless_form",
        "clock",
        "edge_secret",
        "entropy",
        "error",
        "error_code",
        "hex",
        "log",
        "patch",
        "secret",
        "stream",
        "strict_json",
        "token_fault",
        "weakness",
    ],
];

/// The crates that may use `local`: none of them is deployed. The operator's command does so in its tests alone.
const USERS_OF_LOCAL: [&str; 4] = ["tests", "bench", "fuzz", "operator"];

#[test]
fn no_files_depend_on_each_other_in_a_circle() {
    let mut edges = 0;
    for files in all_crates() {
        let graph = imports::graph(&files);
        edges += graph.values().map(BTreeMap::len).sum::<usize>();
        assert_no_circle(&graph);
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
        for (used, name) in used
            .iter()
            .filter(|(used, _)| *used != root && file != root)
        {
            assert!(
                level(&file) <= level(used),
                "{file} uses {used} ({name}), which is above it"
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
        let used = used
            .into_iter()
            .map(|(used, name)| {
                (
                    sources::top_module(&used).to_owned(),
                    format!("{file}: {name}"),
                )
            })
            .filter(|(used, _)| *used != module);
        modules.entry(module.clone()).or_default().extend(used);
    }
    modules.remove("lib");
    assert_no_circle(&modules);
}

fn assert_no_circle(graph: &imports::Graph) {
    if let Some(circle) = find_circle(graph) {
        panic!("a circle:\n  {}", circle.join("\n  "));
    }
}

#[test]
fn acts_know_nothing_of_http() {
    let mut acts = 0;
    for files in all_crates() {
        let graph = imports::graph(&files);
        for file in files.iter().filter(|file| is_act(&file.path)) {
            acts += 1;
            for path in imports::paths(file) {
                assert!(!is_http(&path), "{} uses {}", file.path, path.join("::"));
            }
            for (used, name) in &graph[&file.path] {
                assert!(is_act(used), "{} uses {used} ({name})", file.path);
            }
        }
    }
    assert!(acts > 20, "only {acts} files of acts were found");
}

/// The files of a function but for its routes and its dialects.
fn is_act(path: &str) -> bool {
    let inside = path
        .strip_prefix("functions/")
        .and_then(|rest| rest.split_once("/src/"));
    inside.is_some_and(|(_, file)| {
        !["lib.rs", "main.rs"].contains(&file)
            && !DIALECTS.iter().any(|dialect| file.starts_with(dialect))
    })
}

fn is_http(path: &[String]) -> bool {
    match path[0].as_str() {
        "http" | "lambda_http" => true,
        "shared" => path
            .get(1)
            .is_some_and(|module| module == "http" || DIALECTS.contains(&module.as_str())),
        _ => false,
    }
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
    let operator = fs::read_to_string(workspace_root().join("operator/Cargo.toml")).unwrap();
    let (deployed, for_tests) = operator.split_once("[dev-dependencies]").unwrap();
    assert!(!deployed.contains("local.workspace") && for_tests.contains("local.workspace"));
    for folder in crate_folders() {
        let manifest = format!("{folder}/Cargo.toml");
        let uses_local =
            workspace_dependencies(&manifest, &functions).contains(&"local".to_owned());
        assert!(
            !uses_local || USERS_OF_LOCAL.contains(&folder.as_str()),
            "{manifest} uses `local`"
        );
    }
}

/// The crates at the top of the workspace, and those of its measurements.
fn crate_folders() -> Vec<String> {
    let mut folders = vec!["bench/floors".to_owned()];
    for entry in fs::read_dir(workspace_root()).unwrap() {
        let entry = entry.unwrap();
        if entry.path().join("Cargo.toml").exists() {
            folders.push(entry.file_name().into_string().unwrap());
        }
    }
    assert!(folders.len() > 5, "only {folders:?} were found");
    folders
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
