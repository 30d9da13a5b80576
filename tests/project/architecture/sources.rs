//! The source files of the workspace, parsed, without the parts that only tests compile.

use std::{
    fs,
    path::{Path, PathBuf},
};

use local::template::workspace_root;
use syn::{Attribute, Item, ItemMod};

const FOLDERS: [&str; 7] = [
    "shared",
    "functions",
    "local/src",
    "operator/src",
    "bench",
    "fuzz/src",
    "tests",
];
const CRATE_ROOTS: [&str; 3] = ["lib.rs", "main.rs", "product.rs"];

pub struct SourceFile {
    /// From the root of the workspace.
    pub path: String,
    /// Its module within its crate.
    pub module: Vec<String>,
    pub items: Vec<Item>,
}

/// The files of every crate.
pub fn all_crates() -> Vec<Vec<SourceFile>> {
    let files: Vec<PathBuf> = FOLDERS
        .iter()
        .flat_map(|folder| rust_files(folder))
        .collect();
    let is_root = |file: &&PathBuf| CRATE_ROOTS.iter().any(|root| file.ends_with(root));
    files
        .iter()
        .filter(is_root)
        .map(|root| crate_of(root, &files))
        .collect()
}

pub fn crate_at(root: &str) -> Vec<SourceFile> {
    let mut crates = all_crates().into_iter();
    crates
        .find(|files| files.iter().any(|file| file.path == root))
        .unwrap()
}

/// `store` of `shared/src/store/keys.rs`.
pub fn top_module(path: &str) -> &str {
    let inside = path.split_once("/src/").map_or(path, |(_, inside)| inside);
    inside
        .split('/')
        .next()
        .unwrap_or(inside)
        .trim_end_matches(".rs")
}

pub fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("test")
            || attribute
                .parse_args::<syn::Path>()
                .is_ok_and(|flag| attribute.path().is_ident("cfg") && flag.is_ident("test"))
    })
}

fn rust_files(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![workspace_root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("target") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found
}

/// The files below a crate's root, without those of a crate within its folder.
fn crate_of(root: &Path, files: &[PathBuf]) -> Vec<SourceFile> {
    let folder = root.parent().unwrap();
    if root.ends_with("main.rs") && folder.join("lib.rs").exists() {
        return vec![parse(root, folder)];
    }
    let mut own: Vec<SourceFile> = files
        .iter()
        .filter(|file| *file == root || (file.starts_with(folder) && !is_in_another(file, folder)))
        .map(|file| parse(file, folder))
        .collect();
    let for_tests: Vec<Vec<String>> = own.iter().flat_map(modules_for_tests).collect();
    own.retain(|file| !for_tests.contains(&file.module));
    own
}

fn is_in_another(file: &Path, folder: &Path) -> bool {
    let is_root = |file: &Path| CRATE_ROOTS.iter().any(|root| file.ends_with(root));
    let mut between = file
        .ancestors()
        .skip(1)
        .take_while(|above| *above != folder);
    is_root(file)
        || file.parent().is_some_and(|parent| parent.ends_with("bin"))
        || between.any(|above| CRATE_ROOTS.iter().any(|root| above.join(root).exists()))
}

fn parse(file: &Path, folder: &Path) -> SourceFile {
    let inside = file.strip_prefix(folder).unwrap().with_extension("");
    let mut module: Vec<String> = inside
        .iter()
        .map(|part| part.to_str().unwrap().to_owned())
        .collect();
    let is_root = module.len() == 1 && CRATE_ROOTS.contains(&format!("{}.rs", module[0]).as_str());
    if is_root || module.last().is_some_and(|last| last == "mod") {
        module.pop();
    }
    let text = fs::read_to_string(file).unwrap();
    let path = file.strip_prefix(workspace_root()).unwrap();
    SourceFile {
        path: path.to_str().unwrap().replace('\\', "/"),
        module,
        items: syn::parse_file(&text).unwrap().items,
    }
}

fn modules_for_tests(file: &SourceFile) -> Vec<Vec<String>> {
    let declared = file.items.iter().filter_map(|item| match item {
        Item::Mod(ItemMod {
            attrs,
            ident,
            content: None,
            ..
        }) if is_for_tests(attrs) => Some(ident),
        _ => None,
    });
    declared
        .map(|name| {
            file.module
                .iter()
                .cloned()
                .chain([name.to_string()])
                .collect()
        })
        .collect()
}
